/* SPDX-License-Identifier: MIT */
/* The pictures and movies of one shot. */
#include <string.h>

#include "base/path.h"
#include "engine/names/takeout_name.h"
#include "engine/scan/companion_join.h"

/* Of the stems [first, end) the first file of that kind, and of that extension
 * unless it is NULL. */
static size_t first_of(const struct gls_join *join, size_t first, size_t end,
                       enum gls_name_kind kind, const char *extension)
{
    for (size_t i = first; i < end; i++) {
        uint32_t file = join->group->stems[i];
        if (gls_join_file(join, file)->kind == kind &&
            (extension == NULL ||
             gls_name_has_extension(gls_group_name(join->group, file), extension)))
            return file;
    }
    return GLS_NO_FILE;
}

static bool is_kind_of_rule(const struct gls_join *join, size_t file,
                            const struct gls_companion_rule *rule)
{
    bool is_movie = gls_join_file(join, file)->kind == GLS_NAME_MOVIE;

    return rule->extension == NULL
               ? rule->first != GLS_RULE_MOVIE || is_movie
               : gls_name_has_extension(gls_group_name(join->group, file), rule->extension);
}

/* What the file is a further version of by this rule; a-edited(1) of a(1). A picture is none of a
 * movie: VID_9-edited.jpg has been taken of VID_9.mp4. */
static size_t find_base(const struct gls_join *join, size_t file,
                        const struct gls_companion_rule *rule, struct gls_strbuf *variant)
{
    GLS_STRBUF_AUTO base = GLS_STRBUF_INIT;
    const char *name = gls_group_name(join->group, file);
    size_t size = gls_join_file(join, file)->stem_size;
    size_t number = gls_takeout_number_size(name, size);

    if (!is_kind_of_rule(join, file, rule) ||
        !gls_rule_match(rule, name, size - number, &base, variant))
        return GLS_NO_FILE;
    gls_strbuf_add(&base, name + size - number, number);
    if (gls_join_has_failed(join, &base) || gls_join_has_failed(join, variant))
        return GLS_NO_FILE;
    size_t target = gls_join_find_by_stem(join, base.data, base.size, rule->first);
    return target == file ||
                   (target != GLS_NO_FILE && gls_join_file(join, target)->kind == GLS_NAME_MOVIE &&
                    gls_join_file(join, file)->kind != GLS_NAME_MOVIE)
               ? GLS_NO_FILE
               : target;
}

static bool is_version(const struct gls_join *join, size_t file)
{
    GLS_STRBUF_AUTO variant = GLS_STRBUF_INIT;

    for (const struct gls_companion_rule *rule = gls_version_rules; rule->source != NULL; rule++)
        if (find_base(join, file, rule, &variant) != GLS_NO_FILE)
            return true;
    return false;
}

/* RAW and stills of one shot: to the RAW, else to the HEIC, else to the first. What is
 * of another shot may still have companions of its own: RAW A, JPEG B and HEIC B. */
static void join_stills(struct gls_join *join, size_t first, size_t end)
{
    size_t target = first_of(join, first, end, GLS_NAME_RAW, NULL);

    if (target == GLS_NO_FILE)
        target = first_of(join, first, end, GLS_NAME_STILL, "heic");
    if (target == GLS_NO_FILE)
        target = first_of(join, first, end, GLS_NAME_STILL, NULL);
    /* Versions of another stem go to that, each by itself. */
    if (target == GLS_NO_FILE || is_version(join, target))
        return;
    size_t other = GLS_NO_FILE; /* the first that contradicts */
    for (size_t i = first; i < end; i++) {
        uint32_t file = join->group->stems[i];
        uint8_t kind = gls_join_file(join, file)->kind;
        if (file == target || (kind != GLS_NAME_RAW && kind != GLS_NAME_STILL) ||
            gls_join_attach_shot(join, file, target, ""))
            continue;
        if (other == GLS_NO_FILE || !gls_join_attach_shot(join, file, other, ""))
            other = file;
    }
}

/* One movie for one still: .mov before .mp4, HEIC before JPEG before DNG; the next one if
 * what they state contradicts. */
static void join_movie(struct gls_join *join, size_t first, size_t end)
{
    static const struct {
        enum gls_name_kind kind;
        const char *extension;
    } stills[] = {
        {GLS_NAME_STILL, "heic"}, {GLS_NAME_STILL, NULL}, {GLS_NAME_RAW, GLS_NAME_RAW_OF_MOVIE}};
    size_t movie = first_of(join, first, end, GLS_NAME_MOVIE, "mov");

    if (movie == GLS_NO_FILE)
        movie = first_of(join, first, end, GLS_NAME_MOVIE, NULL);
    if (movie == GLS_NO_FILE || !gls_join_is_alone(join, movie))
        return;
    for (size_t k = 0; k < sizeof(stills) / sizeof(stills[0]); k++) {
        size_t still = first_of(join, first, end, stills[k].kind, stills[k].extension);
        if (still != GLS_NO_FILE && gls_join_attach_shot(join, movie, still, ""))
            return;
    }
}

/* Calls join_run for every run of equal stems. */
static void for_each_stem(struct gls_join *join,
                          void (*join_run)(struct gls_join *join, size_t first, size_t end))
{
    const struct gls_group *group = join->group;
    size_t end;

    for (size_t first = 0; first < group->stem_count; first = end) {
        uint32_t file = group->stems[first];
        for (end = first + 1; end < group->stem_count; end++) {
            uint32_t next = group->stems[end];
            if (gls_folded_compare(gls_group_name(group, file), group->files[file].stem_size,
                                   gls_group_name(group, next), group->files[next].stem_size) != 0)
                break;
        }
        if (end - first > 1)
            join_run(join, first, end);
    }
}

static bool join_movie_to(struct gls_join *join, size_t movie, const struct gls_strbuf *stem)
{
    size_t first;
    size_t end;

    gls_join_find_stem(join, gls_strbuf_str(stem), stem->size, &first, &end);
    size_t still = first_of(join, first, end, GLS_NAME_STILL, NULL);
    return still != GLS_NO_FILE && gls_join_attach_shot(join, movie, still, "");
}

/* A Pixel's movie of a motion photo, PXL_1.MP of PXL_1.MP.jpg: its name is the stem, but where
 * Takeout numbered the two, PXL_1(1).MP of PXL_1.MP(1).jpg. That of an edited one, PXL_1.MP~2,
 * stands beside the original where that is not edited. */
static bool join_motion(struct gls_join *join, size_t file)
{
    GLS_STRBUF_AUTO base = GLS_STRBUF_INIT;
    const char *name = gls_group_name(join->group, file);
    size_t stem = gls_join_file(join, file)->stem_size;
    size_t number = gls_takeout_number_size(name, stem);
    const char *version = strchr(name + stem, '~');
    /* In a library the last of these is the picture's stem. */
    size_t sizes[] = {strlen(name), version != NULL ? (size_t)(version - name) : 0, stem};

    if (gls_join_file(join, file)->kind != GLS_NAME_MOVIE)
        return false;
    for (size_t i = 0; i < (version != NULL ? 3 : 1); i++) {
        gls_strbuf_clear(&base);
        gls_strbuf_add(&base, name, sizes[i]);
        if (gls_join_has_failed(join, &base))
            return false;
        if (join_movie_to(join, file, &base))
            return true;
        if (number == 0)
            continue;
        gls_strbuf_clear(&base);
        gls_strbuf_add(&base, name, stem - number);
        gls_strbuf_add(&base, name + stem, sizes[i] - stem);
        gls_strbuf_add(&base, name + stem - number, number);
        if (gls_join_has_failed(join, &base))
            return false;
        if (join_movie_to(join, file, &base))
            return true;
    }
    return false;
}

/* Has the unit as many frames of a burst as leave room for what belongs to each? The others stand
 * by themselves. */
static bool is_full_of_frames(const struct gls_join *join, size_t target,
                              const struct gls_companion_rule *rule)
{
    static const char burst[] = "-burst-";
    size_t count = 1, size = strlen(burst);

    if (strncmp(rule->variant, burst, size) != 0)
        return false;
    for (size_t i = gls_join_file(join, target)->next; i != target;
         i = gls_join_file(join, i)->next) {
        const char *suffix = gls_group_suffix(join->group, i);
        count += strncmp(suffix, burst, size) == 0 &&
                 suffix[size + strspn(suffix + size, "0123456789")] == '.';
    }
    return count >= GLS_UNIT_FRAMES_AT_MOST;
}

static bool join_by_rule(struct gls_join *join, size_t file, const struct gls_companion_rule *rule)
{
    GLS_STRBUF_AUTO variant = GLS_STRBUF_INIT;
    size_t target = find_base(join, file, rule, &variant);

    return target != GLS_NO_FILE && !is_full_of_frames(join, target, rule) &&
           gls_join_attach_shot(join, file, target, gls_strbuf_str(&variant));
}

/* A version that glassine filed: its name is the picture's with the variant behind it. */
static void join_own_version(struct gls_join *join, size_t file)
{
    GLS_STRBUF_AUTO pattern = GLS_STRBUF_INIT;
    bool done = !join->asker->is_library;

    for (const struct gls_companion_rule *rule = gls_version_rules; !done && rule->source != NULL;
         rule++) {
        struct gls_companion_rule own;
        if (gls_rule_of_library(&own, &pattern, rule) && !gls_join_has_failed(join, &pattern))
            done = join_by_rule(join, file, &own);
    }
}

static void join_version(struct gls_join *join, size_t file)
{
    if (!gls_join_is_alone(join, file) || join_motion(join, file))
        return;
    for (const struct gls_companion_rule *rule = gls_version_rules; rule->source != NULL; rule++)
        if (join_by_rule(join, file, rule))
            return;
    join_own_version(join, file);
}

void gls_join_shots(struct gls_join *join)
{
    for_each_stem(join, join_stills);
    for (size_t i = 0; i < join->group->stem_count; i++)
        join_version(join, join->group->stems[i]);
    for_each_stem(join, join_movie);
}
