/* SPDX-License-Identifier: MIT */
/* Whose companion is it? Each finds its media by the table of rules. */
#include <string.h>

#include "base/path.h"
#include "engine/scan/companion_join.h"

/* The same of those of that stem. */
static size_t find_name_of_stem(const struct gls_join *join, const char *name, size_t size,
                                size_t stem_size)
{
    size_t found = GLS_NO_FILE;
    size_t first;
    size_t end;

    gls_join_find_stem(join, name, stem_size, &first, &end);
    for (size_t i = first; i < end; i++) {
        uint32_t file = join->group->stems[i];
        const char *other = gls_group_name(join->group, file);
        size_t other_size = strlen(other);
        if (gls_folded_compare(other, other_size, name, size) != 0)
            continue;
        if (found == GLS_NO_FILE || (other_size == size && memcmp(other, name, size) == 0))
            found = file;
    }
    return found;
}

size_t gls_join_find_name(const struct gls_join *join, const char *name, size_t size)
{
    size_t stem_size = size;

    while (stem_size > 0 && name[stem_size - 1] != '.')
        stem_size--;
    if (stem_size < 2)
        return GLS_NO_FILE;
    size_t found = find_name_of_stem(join, name, size, stem_size - 1);
    /* "Shot 12.30.45" is a stem, not one with an extension. */
    return found != GLS_NO_FILE ? found : find_name_of_stem(join, name, size, size);
}

size_t gls_join_find_by_stem(const struct gls_join *join, const char *stem, size_t size,
                             enum gls_rule_first rule_first)
{
    static const enum gls_name_kind kinds[3][4] = {
        [GLS_RULE_STILL] = {GLS_NAME_STILL, GLS_NAME_RAW, GLS_NAME_MOVIE, GLS_NAME_OTHER},
        [GLS_RULE_RAW] = {GLS_NAME_RAW, GLS_NAME_STILL, GLS_NAME_MOVIE, GLS_NAME_OTHER},
        [GLS_RULE_MOVIE] = {GLS_NAME_MOVIE, GLS_NAME_OTHER, GLS_NAME_RAW, GLS_NAME_STILL}};
    size_t first;
    size_t end;

    gls_join_find_stem(join, stem, size, &first, &end);
    for (size_t k = 0; k < 4; k++)
        for (size_t i = first; i < end; i++) {
            uint32_t file = join->group->stems[i];
            if (gls_join_file(join, file)->kind == kinds[rule_first][k])
                return file;
        }
    return GLS_NO_FILE;
}

/* NAME_01.EXT.xmp: `inner` is the name without the companion's own extension. */
static bool join_appended(struct gls_join *join, size_t file, const struct gls_companion_rule *rule)
{
    GLS_STRBUF_AUTO base = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO variant = GLS_STRBUF_INIT;
    const char *name = gls_group_name(join->group, file);
    size_t size = gls_join_file(join, file)->stem_size;
    size_t stem_size = size;

    while (stem_size > 0 && name[stem_size - 1] != '.')
        stem_size--;
    if (stem_size < 2 || !gls_rule_match(rule, name, stem_size - 1, &base, &variant))
        return false;
    gls_strbuf_add(&base, name + stem_size - 1, size - stem_size + 1);
    if (gls_join_has_failed(join, &base) || gls_join_has_failed(join, &variant))
        return false;
    size_t target = gls_join_find_name(join, base.data, base.size);
    return target != GLS_NO_FILE && gls_join_attach(join, file, target, gls_strbuf_str(&variant),
                                                    gls_group_suffix(join->group, target));
}

static bool join_by_stem(struct gls_join *join, size_t file, const struct gls_companion_rule *rule)
{
    GLS_STRBUF_AUTO base = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO variant = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO of_target = GLS_STRBUF_INIT;
    const char *name = gls_group_name(join->group, file);

    if (!gls_rule_match(rule, name, gls_join_file(join, file)->stem_size, &base, &variant))
        return false;
    if (gls_join_has_failed(join, &base) || gls_join_has_failed(join, &variant))
        return false;
    size_t target = gls_join_find_by_stem(join, base.data, base.size, rule->first);
    if (target == GLS_NO_FILE)
        return false;
    gls_join_variant(join, target, &of_target);
    return !gls_join_has_failed(join, &of_target) &&
           gls_join_attach(join, file, target, gls_strbuf_str(&of_target),
                           gls_strbuf_str(&variant));
}

/* A companion that glassine filed: its name is the picture's with the variant behind it. */
static bool join_own(struct gls_join *join, size_t file, const struct gls_companion_rule *rule)
{
    GLS_STRBUF_AUTO pattern = GLS_STRBUF_INIT;
    struct gls_companion_rule own;

    return join->asker->is_library && gls_rule_of_library(&own, &pattern, rule) &&
           !gls_join_has_failed(join, &pattern) && join_by_stem(join, file, &own);
}

static bool join_by_rules(struct gls_join *join, size_t file)
{
    const char *extension = gls_path_extension(gls_group_name(join->group, file));

    for (const struct gls_companion_rule *rule = gls_companion_rules; rule->source != NULL; rule++)
        if (gls_folded_equal(rule->extension, extension) &&
            (rule->relation == GLS_RULE_APPENDED
                 ? join_appended(join, file, rule)
                 : join_by_stem(join, file, rule) || join_own(join, file, rule)))
            return true;
    return false;
}

/* Left out as an orphan it would be parted from its picture without a word. */
static void fail_for_room(struct gls_join *join, struct gls_group_file *file, uint32_t *reason)
{
    static const char text[] =
        "its picture has as many files as are filed together: rename it, and import it by itself";
    struct gls_strbuf *texts = &join->group->texts;

    if (*reason == 0) {
        *reason = (uint32_t)texts->size;
        gls_strbuf_add(texts, text, sizeof(text));
        join->group->out_of_memory |= texts->failed;
    }
    file->verdict = GLS_SCAN_FAILED;
    file->reason = *reason;
}

void gls_join_companions(struct gls_join *join)
{
    uint32_t reason = 0;

    for (size_t i = 0; i < join->group->count; i++) {
        struct gls_group_file *file = gls_join_file(join, i);
        const char *name = gls_group_name(join->group, i);
        if (file->kind != GLS_NAME_COMPANION)
            continue;
        bool stands_alone = file->verdict != GLS_SCAN_TAKE && !file->is_unseen;
        bool is_json = gls_name_has_extension(name, "json");
        file->role = GLS_SCAN_COMPANION;
        if (is_json)
            file->role = GLS_SCAN_TAKEOUT;
        else if (gls_name_has_extension(name, "xmp"))
            file->role = GLS_SCAN_XMP;
        join->met_full = false;
        file->is_orphan =
            stands_alone || !(is_json ? gls_join_takeout(join, i) : join_by_rules(join, i));
        if (file->is_orphan && join->met_full) {
            file->is_orphan = false;
            fail_for_room(join, file, &reason);
        }
    }
}
