/* SPDX-License-Identifier: MIT */
/*
 * scan - from the paths a person gave to units of files, in the order of their
 * path bytes. Memory holds the entries of the directories on the way only.
 */
#ifndef GLS_ENGINE_SCAN_SCAN_H
#define GLS_ENGINE_SCAN_SCAN_H

#include <sys/stat.h>

#include "base/error.h"
#include "engine/scan/companion.h"
#include "engine/scan/exclude.h"

enum gls_scan_verdict {
    GLS_SCAN_TAKE,    /* a file to import */
    GLS_SCAN_SKIPPED, /* left out on purpose; `reason` */
    GLS_SCAN_FAILED   /* cannot be read; `reason` */
};

/* One file. Valid during the callback. */
struct gls_scan_file {
    const char *path;
    struct stat status; /* of the target, if the name is a symbolic link */
    enum gls_scan_verdict verdict;
    const char *reason; /* NULL if taken */
    enum gls_scan_role role;
    bool is_named;      /* among the paths that were given */
    bool is_orphan;     /* a sidecar with nothing to belong to; skipped */
    size_t of;          /* XMP and companions: index of the media they belong to */
    const char *suffix; /* what a stored name has behind the unit's stem: ".jpg",
                           ".jpg.xmp", "-edited.jpg", "_hevc.mov" never: the pair
                           shares one stem; as spelled in the source's extension */
};

struct gls_scan_unit {
    const struct gls_scan_file *files; /* in path order */
    size_t count;
    size_t primary;
};

struct gls_scan_options {
    const char *const *paths;
    size_t path_count;
    const struct gls_exclude *exclude; /* NULL: none */
    const char *library_root;          /* absolute; not walked into; NULL: none */
    bool shallow;                      /* folders of `paths` are read, not descended into */
    bool with_orphans;                 /* hand over sidecars that nobody named, too */
    const struct gls_cancel *cancel;   /* looked at before each folder; NULL: none */
    void *user;
    /* False: stop. */
    bool (*on_unit)(void *user, const struct gls_scan_unit *unit);
    /* Reads a movie's or still's Live Photo identifier; false: it has none. NULL: do
     * not ask. Only called for files whose stem found no partner. */
    bool (*content_id)(void *user, const char *path, char out[64]);
};

struct gls_scan_totals {
    uint64_t excluded;    /* by a regex */
    uint64_t unsupported; /* files of other types met while walking */
};

/* Single bad inputs are units with a verdict. False: the callback stopped it
 * (GLS_ERROR_CANCELLED), or no memory. */
bool gls_scan(struct gls_scan_totals *totals, const struct gls_scan_options *options,
              struct gls_error *error);

#endif
