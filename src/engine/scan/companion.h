/* SPDX-License-Identifier: MIT */
/*
 * group - which files of one folder belong together: the companions that move
 * as one unit, share one stem and one folder, all or none.
 *
 *   a.nef a.jpg a.heic          RAW and still of one shot: same stem
 *   a.heic a.mov                Live Photo: same stem, else same content identifier
 *   a.jpg.xmp a.xmp             sidecars, beside any of them
 *   IMG_1.AAE IMG_O1.AAE IMG_E1.*   Apple's edits of IMG_1
 *   a.jpg.json a.jpg.supplemental-metadata.json   Takeout, with its truncations
 *
 * Stems are compared without regard to ASCII case. Text and audio stand alone.
 */
#ifndef GLS_ENGINE_SCAN_COMPANION_H
#define GLS_ENGINE_SCAN_COMPANION_H

#include "base/error.h"

enum gls_scan_role { GLS_SCAN_MEDIA, GLS_SCAN_XMP, GLS_SCAN_COMPANION };

struct gls_group_file {
    const char *name;  /* base name; the caller's */
    bool stands_alone; /* it cannot be imported: nothing is joined to it */

    /* Filled in: */
    enum gls_scan_role role;
    bool is_orphan; /* a sidecar with nothing to belong to */
    size_t unit;    /* number of its unit */
    size_t of;      /* index of the media it belongs to; its own for media */
    char *suffix;   /* owned: what a stored name has behind the unit's stem */
};

struct gls_group_unit {
    size_t first; /* the members are order[first .. first + count - 1] */
    size_t count;
    size_t primary; /* index of the file that decides date and place */
};

struct gls_group {
    struct gls_group_unit *units; /* in the order of their first members */
    size_t unit_count;
    size_t *order; /* indices of files, unit by unit, each in name order */
};

/* How to ask for a Live Photo identifier; false: it has none. `index` is a file's. */
struct gls_group_asker {
    void *user;
    bool (*content_id)(void *user, size_t index, char out[64]);
};

/* Could the file be a companion of another: .xmp, .aae, .json? */
bool gls_group_is_sidecar_name(const char *name);

/* `files` are sorted by the bytes of their names. The caller clears the group
 * and then the files with gls_group_clear(), after failure (no memory) too.
 * `asker` may be NULL. Files are asked about only if a .mov has no still of its
 * stem: the .mov, then stills whose stem its own begins with, and where there
 * are few, the other stills without a movie. */
bool gls_group_files(struct gls_group *out, struct gls_group_file *files, size_t count,
                     const struct gls_group_asker *asker, struct gls_error *error);
void gls_group_clear(struct gls_group *group, struct gls_group_file *files, size_t count);

#endif
