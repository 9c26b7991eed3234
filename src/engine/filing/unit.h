/* SPDX-License-Identifier: MIT */
/*
 * unit - a shot: a file and its companions, which share one stem and one folder, and
 * are filed all or none. A unit is owned by the stage of the pipeline that holds it.
 */
#ifndef GLS_ENGINE_FILING_UNIT_H
#define GLS_ENGINE_FILING_UNIT_H

#include <sys/stat.h>

#include "engine/disk/copy.h"
#include "media/media.h"
#include "store/library/library_db.h"

enum gls_member_role {
    GLS_ROLE_MEDIA,    /* a photo, movie, sound or note */
    GLS_ROLE_SIDECAR,  /* .xmp */
    GLS_ROLE_COMPANION /* .aae, Takeout .json: copied as it is */
};

/* One file of a unit. Strings are owned. */
struct gls_member {
    char *source; /* NULL: a sidecar that glassine makes itself */
    struct stat status;
    enum gls_member_role role;
    size_t of;    /* sidecars: index of the media they belong to */
    char *suffix; /* what follows the unit's stem in the stored name */

    enum gls_outcome outcome;
    bool settled; /* outcome and reason are final; later stages pass it by */
    char *reason;

    struct gls_media media;
    bool album_is_new;               /* media.album is the folder's name, not yet in the file */
    const struct gls_format *format; /* NULL: not media */
    struct gls_input *input;         /* open during the work stage only */
    struct gls_patch patch;          /* the tags to embed; sealed */
    struct gls_media edited;         /* what a copy with the patch must state */
    bool is_doubted;                 /* the edit was given up: the copy did not prove sound */
    char sha256[GLS_SHA256_HEX_SIZE];
    char source_xxh128[GLS_XXH128_HEX_SIZE]; /* "" unless hashed ahead of the copy */

    bool is_copied;
    bool by_rename; /* import --move with nothing to write: the file itself moves */
    char *tmp;      /* base name in the library's folder for copies; NULL: none */
    uint64_t stored_size;
    int64_t stored_mtime_ns;
    char stored_xxh128[GLS_XXH128_HEX_SIZE];
    char essence_xxh128[GLS_XXH128_HEX_SIZE];

    char *destination;   /* relative to the library; of the stored file or its duplicate */
    int64_t replaces_id; /* row of the same content whose file is gone; 0: none */
    bool is_held;        /* a sidecar that the library holds under this name */
    bool is_adopted;     /* the bytes stood there already, unknown to the database */
    bool is_published;
    char *content; /* a sidecar's merged bytes, which replace the source's */
    size_t content_size;

    /* Update only: the file as the library has it. */
    char *old_path;    /* relative (absolute with --in-place); NULL in an import */
    char *named_title; /* the title until now; NULL: media.title stays what it was */
    bool has_row;
    struct gls_stored_file row;
    bool old_is_gone; /* `leaves_old` is done with */
    bool leaves_old;  /* the new version is there, and the old one has its name still */

    enum gls_written written;
    char *written_reason;
    enum gls_source_fate fate;
    char *fate_reason;
};

struct gls_unit {
    uint64_t number; /* in input order, from 0 */
    struct gls_member *members;
    size_t count;
    size_t space;
    size_t primary; /* decides date, place and name */
    bool has_plan;
    char *folder; /* relative */
    char *stem;
    struct gls_datetime date; /* local; valid if has_plan */
    int64_t stored_unit_id;   /* of the stored file that its companions join; 0: none */
};

struct gls_unit_list {
    struct gls_unit **units;
    size_t count;
};

struct gls_unit *gls_unit_new(void);
void gls_unit_free(struct gls_unit *unit);
/* Adds an empty member; NULL: no memory. Earlier pointers become invalid. */
struct gls_member *gls_unit_add(struct gls_unit *unit);
/* Settles one member, or every member that is not settled yet. `reason` is a
 * format; the text is cut at 1 KiB. */
void gls_member_set_outcome(struct gls_member *member, enum gls_outcome outcome, const char *format,
                            ...) __attribute__((format(printf, 3, 4)));
void gls_unit_fail(struct gls_unit *unit, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool gls_unit_has_outcome(const struct gls_unit *unit);

/* Opens and reads every open member, sidecars applied (unit_read.c). A member that
 * fails takes its companions along: all or none. Returns false then. */
bool gls_unit_read(struct gls_unit *unit);
void gls_unit_close_inputs(struct gls_unit *unit);

/* The unit's stem, with "-N" for a number above 0, cut so that every member's
 * name fits a file name; plus the member's suffix. The caller frees it. NULL: no
 * memory. */
char *gls_unit_member_path(const struct gls_unit *unit, const struct gls_member *member,
                           unsigned number);

/* What the rows of a unit's files share; 0: it is one file. */
int64_t gls_unit_id(const struct gls_unit *unit, int64_t run_id);
/* The row of the stored file. Strings stay the member's; `date` is its buffer. */
struct gls_stored_file gls_member_row(const struct gls_unit *unit, const struct gls_member *member,
                                      int64_t run_id, char date[64]);

#endif
