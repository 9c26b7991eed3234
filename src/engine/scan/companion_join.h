/* SPDX-License-Identifier: MIT */
/* group_join - the workings that the parts of group share. */
#ifndef GLS_ENGINE_SCAN_COMPANION_JOIN_H
#define GLS_ENGINE_SCAN_COMPANION_JOIN_H

#include "engine/scan/companion.h"
#include "engine/scan/companion_name.h"

/* No real unit comes near it; it bounds the work that hostile names cause. */
enum { GLS_UNIT_FILES_AT_MOST = 64 };
static const size_t GLS_NO_FILE = (size_t)-1;

struct gls_join_file {
    enum gls_name_kind kind;
    size_t stem_size;
    const char *variant; /* "", "-edited": stands between unit's stem and extension */
    size_t leader;       /* the file whose unit it is in; GLS_NO_FILE: in none */
    size_t next;         /* of the same unit; GLS_NO_FILE at the end */
    size_t unit_size;    /* of leaders */
};

struct gls_stem {
    const char *text;
    size_t size;
    size_t file;
};

struct gls_join {
    struct gls_group_file *files;
    struct gls_join_file *info;
    size_t count;
    struct gls_stem *stems; /* of media, by folded stem, then by name */
    size_t stem_count;
    bool out_of_memory;
};

/* The stems equal to `text`: [*first, *end) of join->stems. */
void gls_join_find_stem(const struct gls_join *join, const char *text, size_t size, size_t *first,
                        size_t *end);
/* Does the unit of `file` have a member of that kind? */
bool gls_join_has_kind(const struct gls_join *join, size_t file, enum gls_name_kind kind);
/* Puts `file` into the unit of `target` under `suffix`; false: that suffix is
 * taken there, the unit is full, or no memory. */
bool gls_join_attach(struct gls_join *join, size_t file, size_t target, const char *suffix);
/* The same for media: its suffix is its variant and extension. */
bool gls_join_attach_media(struct gls_join *join, size_t file, size_t target);

/* live_photos.c: pairs movies with stills by their content identifier. */
void gls_join_live_photos(struct gls_join *join, const struct gls_group_asker *asker);
/* sidecars.c: gives sidecars to the media they belong to. */
void gls_join_sidecars(struct gls_join *join);

#endif
