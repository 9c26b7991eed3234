/* SPDX-License-Identifier: MIT */
/* The frames of a burst of Apple's, which are numbered on like any other picture: all hold the
 * same identifier. */
#include <string.h>

#include "engine/scan/companion_join.h"

/* Reading is costly, so a folder whose first pictures are of another maker is not asked on. */
enum { OTHERS_AT_MOST = 8 };

static const struct gls_companion_rule frame = {
    NULL, GLS_RULE_STEM, GLS_RULE_STILL, "IMG_%%%%", "", "-burst-%%%%", ""};

static bool is_frame_by_name(const struct gls_join *join, size_t file, struct gls_strbuf *variant)
{
    GLS_STRBUF_AUTO ignored = GLS_STRBUF_INIT;

    return gls_join_file(join, file)->kind == GLS_NAME_STILL &&
           !gls_join_has_kind(join, file, GLS_NAME_MOVIE) &&
           gls_rule_match(&frame, gls_group_name(join->group, file),
                          gls_join_file(join, file)->stem_size, &ignored, variant);
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
    unsigned others = 0;

    if (join->asker->facts == NULL)
        return;
    for (size_t i = 0; i < join->group->stem_count && others < OTHERS_AT_MOST; i++) {
        uint32_t file = join->group->stems[i];
        if (!is_frame_by_name(join, file, &variant))
            continue;
        if (before == GLS_NO_FILE || !is_one_burst(join, before, file, &others) ||
            !gls_join_attach(join, file, first, gls_strbuf_str(&variant), ""))
            first = file;
        before = file;
    }
}
