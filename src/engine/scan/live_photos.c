/* SPDX-License-Identifier: MIT */
/* Live Photos whose halves have different stems: IMG_7943.HEIC and
 * IMG_7943_HEVC.MOV. Both hold the same identifier. */
#include <stdlib.h>
#include <string.h>

#include "engine/scan/companion_join.h"

/* Reading is costly, so among many stills only the likely ones are asked. */
enum { STILLS_TO_ASK_AT_MOST = 500 };

struct identifier {
    bool asked;
    char text[64]; /* "": none */
};

struct live {
    struct gls_join *join;
    const struct gls_group_asker *asker;
    struct identifier *identifiers; /* by file; made for the first lone movie */
    size_t stills[STILLS_TO_ASK_AT_MOST];
    size_t still_count; /* 0 if there are too many to ask */
};

static const char *identifier_of(struct live *live, size_t file)
{
    struct identifier *identifier = &live->identifiers[file];

    if (!identifier->asked) {
        identifier->asked = true;
        if (!live->asker->content_id(live->asker->user, file, identifier->text))
            identifier->text[0] = '\0';
    }
    return identifier->text;
}

static bool is_lone_movie(const struct gls_join *join, size_t file)
{
    return join->info[file].kind == GLS_NAME_MOVIE && !join->files[file].stands_alone &&
           gls_name_has_extension(join->files[file].name, "mov") &&
           !gls_join_has_kind(join, file, GLS_NAME_STILL);
}

static bool is_lone_still(const struct gls_join *join, size_t file)
{
    return join->info[file].kind == GLS_NAME_STILL && !join->files[file].stands_alone &&
           !gls_join_has_kind(join, file, GLS_NAME_MOVIE);
}

/* Joins if the identifiers are equal. A movie that other files hang on already
 * keeps its unit. */
static bool try_pair(struct live *live, size_t movie, size_t still)
{
    if (!is_lone_still(live->join, still) || live->join->info[movie].unit_size > 1)
        return false;
    return strcmp(identifier_of(live, still), identifier_of(live, movie)) == 0 &&
           gls_join_attach_media(live->join, movie, still);
}

/* First the stills whose stem the movie's begins with, longest first. */
static bool pair_by_prefix(struct live *live, size_t movie)
{
    const struct gls_join *join = live->join;

    for (size_t size = join->info[movie].stem_size; size-- > 1;) {
        size_t first;
        size_t end;
        gls_join_find_stem(join, join->files[movie].name, size, &first, &end);
        for (size_t i = first; i < end; i++)
            if (try_pair(live, movie, join->stems[i].file))
                return true;
    }
    return false;
}

static bool pair_with_any(struct live *live, size_t movie)
{
    for (size_t i = 0; i < live->still_count; i++)
        if (try_pair(live, movie, live->stills[i]))
            return true;
    return false;
}

/* Lists the stills without a movie, as long as they are few. Returns whether
 * there is one at all. */
static bool list_lone_stills(struct live *live)
{
    size_t count = 0;

    for (size_t i = 0; i < live->join->count && count <= STILLS_TO_ASK_AT_MOST; i++) {
        if (!is_lone_still(live->join, i))
            continue;
        if (count < STILLS_TO_ASK_AT_MOST)
            live->stills[count] = i;
        count++;
    }
    live->still_count = count <= STILLS_TO_ASK_AT_MOST ? count : 0;
    return count > 0;
}

void gls_join_live_photos(struct gls_join *join, const struct gls_group_asker *asker)
{
    struct live live = {.join = join, .asker = asker};

    if (!list_lone_stills(&live))
        return;
    for (size_t movie = 0; movie < join->count; movie++) {
        if (!is_lone_movie(join, movie))
            continue;
        if (live.identifiers == NULL)
            live.identifiers = calloc(join->count, sizeof(live.identifiers[0]));
        if (live.identifiers == NULL) {
            join->out_of_memory = true;
            return;
        }
        if (identifier_of(&live, movie)[0] != '\0' && !pair_by_prefix(&live, movie))
            (void)pair_with_any(&live, movie);
    }
    free(live.identifiers);
}
