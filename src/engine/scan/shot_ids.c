/* SPDX-License-Identifier: MIT */
/* Files of different stems that are joined by the identifier that they hold: the halves of a
 * Live Photo, IMG_7943.HEIC and IMG_7943_HEVC.MOV, and the frames of a burst of Apple's, which
 * are numbered on like any other picture. Reading is costly, so only likely ones are asked. */
#include <stdlib.h>
#include <string.h>

#include "engine/scan/companion_join.h"

enum {
    STILLS_TO_ASK_AT_MOST = 500,
    OTHERS_AT_MOST = 8 /* pictures of another maker: the folder is not asked on for bursts */
};

/* ---- Live Photos ------------------------------------------------------------------------- */

struct still {
    uint32_t file;
    bool is_asked;
    char content_id[64];
};

struct live {
    struct gls_join *join;
    struct still stills[STILLS_TO_ASK_AT_MOST];
    size_t still_count; /* 0 if there are too many to ask */
    bool met_unread;    /* a still that could not be read may be the movie's */
};

static bool is_lone_movie(const struct gls_join *join, size_t file)
{
    return gls_join_file(join, file)->kind == GLS_NAME_MOVIE && gls_join_is_alone(join, file) &&
           gls_name_has_extension(gls_group_name(join->group, file), "mov");
}

static bool is_lone_still(const struct gls_join *join, size_t file)
{
    return gls_join_file(join, file)->kind == GLS_NAME_STILL &&
           !gls_join_has_kind(join, file, GLS_NAME_MOVIE);
}

/* Joins if the identifiers are equal. A movie that other files hang on already
 * keeps its unit. */
static bool try_pair(struct live *live, const struct gls_shot_facts *facts, size_t movie,
                     size_t still)
{
    struct gls_shot_facts other;

    if (!is_lone_still(live->join, still))
        return false;
    if (!gls_join_facts(live->join, still, &other)) {
        live->met_unread = true;
        return false;
    }
    return strcmp(facts->content_id, other.content_id) == 0 &&
           gls_join_attach(live->join, movie, still, "", "");
}

/* First the stills whose stem the movie's begins with, longest first. */
static bool pair_by_prefix(struct live *live, const struct gls_shot_facts *facts, size_t movie)
{
    const struct gls_join *join = live->join;

    for (size_t size = gls_join_file(join, movie)->stem_size; size-- > 1;) {
        size_t first;
        size_t end;
        gls_join_find_stem(join, gls_group_name(join->group, movie), size, &first, &end);
        for (size_t i = first; i < end; i++)
            if (try_pair(live, facts, movie, join->group->stems[i]))
                return true;
    }
    return false;
}

static bool pair_with_any(struct live *live, const struct gls_shot_facts *facts, size_t movie)
{
    for (size_t i = 0; i < live->still_count; i++) {
        struct still *still = &live->stills[i];
        struct gls_shot_facts other;
        if (!still->is_asked) {
            still->is_asked = true;
            if (!gls_join_facts(live->join, still->file, &other))
                live->met_unread = true;
            else
                memcpy(still->content_id, other.content_id, sizeof(still->content_id));
        }
        if (strcmp(facts->content_id, still->content_id) == 0 &&
            is_lone_still(live->join, still->file) &&
            gls_join_attach(live->join, movie, still->file, "", ""))
            return true;
    }
    return false;
}

/* Lists the stills without a movie, as long as they are few. Returns whether
 * there is one at all. */
static bool list_lone_stills(struct live *live)
{
    const struct gls_group *group = live->join->group;
    size_t count = 0;

    for (size_t i = 0; i < group->stem_count && count <= STILLS_TO_ASK_AT_MOST; i++) {
        if (!is_lone_still(live->join, group->stems[i]))
            continue;
        if (count < STILLS_TO_ASK_AT_MOST)
            live->stills[count].file = group->stems[i];
        count++;
    }
    live->still_count = count <= STILLS_TO_ASK_AT_MOST ? count : 0;
    return count > 0;
}

void gls_join_live_photos(struct gls_join *join)
{
    struct live *live = NULL;

    if (join->asker->facts == NULL)
        return;
    for (size_t i = 0; i < join->group->stem_count; i++) {
        uint32_t movie = join->group->stems[i];
        struct gls_shot_facts facts;
        if (!is_lone_movie(join, movie))
            continue;
        if (live == NULL) {
            live = calloc(1, sizeof(*live));
            if (live == NULL) {
                join->group->out_of_memory = true;
                return;
            }
            live->join = join;
            if (!list_lone_stills(live))
                break;
        }
        if (!gls_join_facts(join, movie, &facts) || facts.content_id[0] == '\0' ||
            pair_by_prefix(live, &facts, movie) || pair_with_any(live, &facts, movie))
            continue;
        /* Whose movie it is is not known: it is not filed alone. */
        if (live->met_unread)
            gls_join_file(join, movie)->is_unseen = true;
    }
    free(live);
}

/* ---- Bursts ------------------------------------------------------------------------------ */

static const struct gls_companion_rule frame = {
    NULL, GLS_RULE_STEM, GLS_RULE_STILL, "IMG_%%%%", "", "-burst-%%%%", ""};

/* A frame is the one picture of its stem: another format, a RAW, makes a shot of its own. */
static bool is_only_picture(const struct gls_join *join, size_t file)
{
    size_t first;
    size_t end;
    unsigned count = 0;

    gls_join_find_stem(join, gls_group_name(join->group, file),
                       gls_join_file(join, file)->stem_size, &first, &end);
    for (size_t i = first; i < end; i++) {
        uint8_t kind = gls_join_file(join, join->group->stems[i])->kind;
        count += kind == GLS_NAME_STILL || kind == GLS_NAME_RAW;
    }
    return count == 1;
}

static bool is_frame_by_name(const struct gls_join *join, size_t file, struct gls_strbuf *variant)
{
    GLS_STRBUF_AUTO ignored = GLS_STRBUF_INIT;

    return gls_join_file(join, file)->kind == GLS_NAME_STILL &&
           gls_rule_match(&frame, gls_group_name(join->group, file),
                          gls_join_file(join, file)->stem_size, &ignored, variant) &&
           is_only_picture(join, file);
}

/* Are the two of one burst? Counts in *others what is not Apple's. */
static bool is_one_burst(struct gls_join *join, size_t a, size_t b, unsigned *others)
{
    struct gls_shot_facts own;
    struct gls_shot_facts other;

    if (!gls_join_facts(join, a, &own) || !gls_join_facts(join, b, &other))
        return false;
    *others += !own.is_apple || !other.is_apple;
    return own.burst_id[0] != '\0' && strcmp(own.burst_id, other.burst_id) == 0;
}

void gls_join_bursts(struct gls_join *join)
{
    GLS_STRBUF_AUTO variant = GLS_STRBUF_INIT;
    size_t before = GLS_NO_FILE;
    size_t first = GLS_NO_FILE; /* of the burst that `before` is of */
    unsigned frames = 0;
    unsigned others = 0;

    if (join->asker->facts == NULL)
        return;
    for (size_t i = 0; i < join->group->stem_count && others < OTHERS_AT_MOST; i++) {
        uint32_t file = join->group->stems[i];
        if (!is_frame_by_name(join, file, &variant) || gls_join_has_failed(join, &variant))
            continue;
        if (before == GLS_NO_FILE || !is_one_burst(join, before, file, &others) ||
            frames == GLS_UNIT_FRAMES_AT_MOST ||
            !gls_join_attach(join, file, first, gls_strbuf_str(&variant), "")) {
            first = file;
            frames = 0;
        }
        frames++;
        before = file;
    }
}
