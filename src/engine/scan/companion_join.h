/* SPDX-License-Identifier: MIT */
/* companion_join - the workings that the parts of companion share. */
#ifndef GLS_ENGINE_SCAN_COMPANION_JOIN_H
#define GLS_ENGINE_SCAN_COMPANION_JOIN_H

#include "engine/scan/companion.h"
#include "engine/scan/companion_rules.h"

#define GLS_NO_FILE UINT32_MAX

enum { GLS_JOIN_FACTS = 8 };

struct gls_join {
    struct gls_group *group;
    const struct gls_group_asker *asker; /* never NULL; its functions may be */
    /* The last answers: files of one stem are asked about together. */
    struct gls_join_answer {
        size_t file;
        struct gls_shot_facts facts;
    } answers[GLS_JOIN_FACTS];
    size_t answer_count;
    bool met_full; /* a file found its unit full; whoever asks resets it */
};

static inline struct gls_group_file *gls_join_file(const struct gls_join *join, size_t index)
{
    return &join->group->files[index];
}

/* Did memory run out for the text? Then what it was to find is not said to be none: joining
 * fails as a whole. */
static inline bool gls_join_has_failed(const struct gls_join *join, const struct gls_strbuf *text)
{
    if (text->failed)
        join->group->out_of_memory = true;
    return text->failed;
}

/* The media whose stems are equal to `text`: [*first, *end) of group->stems. */
void gls_join_find_stem(const struct gls_join *join, const char *text, size_t size, size_t *first,
                        size_t *end);
/* The first of group->stems that is not before `text`. */
size_t gls_join_lower_bound(const struct gls_join *join, const char *text, size_t size);
/* Does the unit of `file` have a member of that kind? */
bool gls_join_has_kind(const struct gls_join *join, size_t file, enum gls_name_kind kind);
bool gls_join_is_alone(const struct gls_join *join, size_t file);
bool gls_join_is_one_unit(const struct gls_join *join, size_t a, size_t b);

/* Puts `file` behind `target` in its unit under `variant` + `middle` + its own extension;
 * false: that suffix is taken there, the unit is full, or no memory. */
bool gls_join_attach(struct gls_join *join, size_t file, size_t target, const char *variant,
                     const char *middle);
/* The same for media, unless what the two state contradicts that they are one shot. */
bool gls_join_attach_shot(struct gls_join *join, size_t file, size_t target, const char *variant);
/* Does what the two state contradict that they are one shot? */
bool gls_join_contradicts(struct gls_join *join, size_t file, size_t target);
/* Do both state that they are one shot? */
bool gls_join_agrees(struct gls_join *join, size_t file, size_t target);
/* Do both state a time, in whatever zone, and do these not contradict? */
bool gls_join_is_at(struct gls_join *join, size_t file, size_t json);
/* What the file states; false: it cannot be read, and is marked so. */
bool gls_join_facts(struct gls_join *join, size_t file, struct gls_shot_facts *out);
/* What stands between the unit's stem and the extension of `file`. */
void gls_join_variant(const struct gls_join *join, size_t file, struct gls_strbuf *out);

/* companion_shots.c: RAW, stills, movies and further versions. */
void gls_join_shots(struct gls_join *join);
/* shot_ids.c: pairs movies with stills by their content identifier. */
void gls_join_live_photos(struct gls_join *join);
/* shot_ids.c: pairs stills with the first of their burst by its identifier. */
void gls_join_bursts(struct gls_join *join);
/* companion_files.c: gives companions to the media they belong to. */
void gls_join_companions(struct gls_join *join);
/* takeout_match.c: the same for one .json. Was its media found? */
bool gls_join_takeout(struct gls_join *join, size_t file);
/* takeout_match.c: gives edited pictures that have no JSON to their originals that have one. */
void gls_join_edited(struct gls_join *join);
/* The media of exactly that name, as names compare; the same spelling wins.
 * GLS_NO_FILE: none. */
size_t gls_join_find_name(const struct gls_join *join, const char *name, size_t size);
/* The media of that stem to which a companion belongs that names no extension. */
size_t gls_join_find_by_stem(const struct gls_join *join, const char *stem, size_t size,
                             enum gls_rule_first first);

#endif
