/* SPDX-License-Identifier: MIT */
/*
 * companion - which files of one folder belong together: the shot and its companions,
 * which move as one unit, share one stem and one folder, all or none.
 *
 *   a.nef a.jpg a.heic   RAW and stills of one shot: same stem
 *   a.heic a.mov         Live Photo: same stem, else same content identifier
 *   IMG_1.jpg IMG_2.jpg  a burst: same burst identifier
 *   companion_rules.c    sidecars, thumbnails, tracks, edited versions ...
 *   takeout_match.c      the JSON of a Google Takeout
 *
 * Two files of one stem are one shot unless their identifiers or times contradict; what
 * a file does not state contradicts nothing. Stems compare as file_name.h says. Text and
 * audio stand alone.
 *
 * Start from zeroes, add every file of the folder, gls_group_sort(), gls_group_join(),
 * take the units with gls_group_next(), and release with gls_group_clear(). A file costs
 * its name and 20 bytes, and 8 more while files are joined.
 */
#ifndef GLS_ENGINE_SCAN_COMPANION_H
#define GLS_ENGINE_SCAN_COMPANION_H

#include "base/error.h"
#include "base/strbuf.h"
#include "engine/names/file_name.h"
#include "engine/scan/same_shot.h"

enum gls_scan_verdict {
    GLS_SCAN_TAKE,    /* a file to import */
    GLS_SCAN_SKIPPED, /* left out on purpose */
    GLS_SCAN_FAILED   /* cannot be read */
};

/* TAKEOUT: the JSON of a Google Takeout, or another JSON with no media */
enum gls_scan_role { GLS_SCAN_MEDIA, GLS_SCAN_XMP, GLS_SCAN_TAKEOUT, GLS_SCAN_COMPANION };

/* No real unit comes near it; it bounds the work that hostile names cause. */
enum { GLS_UNIT_FILES_AT_MOST = 64 };
/* Of a burst: each frame may come with a movie, an edited version and a sidecar. */
enum { GLS_UNIT_FRAMES_AT_MOST = GLS_UNIT_FILES_AT_MOST / 4 };

struct gls_group_file {
    uint32_t name;   /* these three: offsets in the group's texts; 0: none */
    uint32_t suffix; /* what a stored name has behind the unit's stem; 0: its extension */
    uint32_t reason; /* the scanner's */
    uint32_t next;   /* of the same unit, in a ring: companions behind their media */
    uint8_t kind;    /* enum gls_name_kind */
    uint8_t stem_size;
    enum gls_scan_role role : 2;
    enum gls_scan_verdict verdict : 2;
    bool is_unseen : 1; /* it could not be looked at, so that it may belong to others */
    bool is_named : 1;  /* the scanner's: given by the caller, not found by walking */
    bool by_link : 1;   /* the scanner's */
    bool is_beside : 1; /* the scanner's: it lies in the folder beside this one */
    bool is_orphan : 1; /* a companion with nothing to belong to */
    bool is_taken : 1;  /* its unit was handed out */
    /* The scanner's: `suffix` is an extension that content gave it, as its name has none. */
    bool has_own_extension : 1;
    bool is_unworded : 1; /* a version by a word that no table has */
    bool is_version : 1;  /* or a companion: more than the extension is behind the unit's stem */
};

struct gls_group {
    struct gls_strbuf texts; /* offset 0 is no text */
    struct gls_group_file *files;
    size_t count, space;
    /* While files are joined: media, by folded stem, then by index. Before that, NULL or
     * memory to put them into. */
    uint32_t *stems;
    size_t stem_count;
    size_t next; /* the first file whose unit may not have been handed out yet */
    bool out_of_memory;
};

struct gls_group_unit {
    uint32_t files[GLS_UNIT_FILES_AT_MOST]; /* indices, ascending */
    size_t count;
    size_t primary; /* index of the file that decides date and place */
};

/* What names do not show. `index` is a file's. Each returns false if the file
 * cannot be read: the asked mark it is_unseen, which fails its unit. */
struct gls_group_asker {
    void *user;
    unsigned same_shot_s; /* how far times of one shot may lie apart */
    /* NULL: times and identifiers contradict nothing, and none is a Live Photo by its
     * identifier. Asked of media only that share a stem with others, of a .mov without a
     * still, of the stills that it may belong to, and of those that are called as Apple's. */
    bool (*facts)(void *user, size_t index, struct gls_shot_facts *out);
    /* The title in the Takeout JSON of a picture, "" if the JSON is none. NULL: only names
     * count. Asked of a JSON only whose name does not do. */
    bool (*title)(void *user, size_t index, struct gls_strbuf *out);
    bool is_library; /* versions may have the names that glassine gives them */
};

/* Could the file be a companion of another by its name? */
bool gls_group_is_companion_name(const char *name);

/* Makes room for so many more files, where that is known: a table that grows leaves holes
 * in the memory. False: no memory. */
bool gls_group_reserve(struct gls_group *group, size_t count);
/* Appends a file whose name is at that offset of group->texts. NULL: no memory. */
struct gls_group_file *gls_group_add(struct gls_group *group, uint32_t name);
/* Puts the files in the order of gls_name_order(). */
void gls_group_sort(struct gls_group *group);
/* `asker` may be NULL. Files whose verdict is not TAKE stand alone, unless they are
 * unseen. False: no memory. */
bool gls_group_join(struct gls_group *group, const struct gls_group_asker *asker,
                    struct gls_error *error);
/* The file that the next unit begins with; SIZE_MAX: there is none. */
size_t gls_group_peek(struct gls_group *group);
/* The next unit, in the order of first files. False: there is none. */
bool gls_group_next(struct gls_group *group, struct gls_group_unit *out);
void gls_group_clear(struct gls_group *group);

const char *gls_group_name(const struct gls_group *group, size_t index);
/* The file of exactly that name, in a sorted group; SIZE_MAX: none. */
size_t gls_group_find(const struct gls_group *group, const char *name);
/* The media that the file belongs to: of media, and of what belongs to none, itself. */
size_t gls_group_media_of(const struct gls_group *group, size_t index);
const char *gls_group_suffix(const struct gls_group *group, size_t index);

#endif
