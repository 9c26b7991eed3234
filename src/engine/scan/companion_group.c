/* SPDX-License-Identifier: MIT */
#include "engine/scan/companion.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "engine/scan/companion_join.h"
#include "media/media.h"

bool gls_group_is_companion_name(const char *name)
{
    return gls_name_has_extension(name, "json") ||
           (gls_is_companion_name(name) && !gls_media_is_supported_name(name));
}

const char *gls_group_name(const struct gls_group *group, size_t index)
{
    return group->texts.data + group->files[index].name;
}

size_t gls_group_find(const struct gls_group *group, const char *name)
{
    size_t low = 0;
    size_t high = group->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = gls_name_order(gls_group_name(group, middle), name);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return SIZE_MAX;
}

const char *gls_group_suffix(const struct gls_group *group, size_t index)
{
    const struct gls_group_file *file = &group->files[index];

    return file->suffix != 0 ? group->texts.data + file->suffix
                             : gls_group_name(group, index) + file->stem_size;
}

size_t gls_group_media_of(const struct gls_group *group, size_t index)
{
    size_t media = index; /* the last before the file in the ring */

    if (group->files[index].kind != GLS_NAME_COMPANION)
        return index;
    for (size_t i = group->files[index].next; i != index; i = group->files[i].next)
        if (group->files[i].kind != GLS_NAME_COMPANION)
            media = i;
    return media;
}

/* With its dot: that of the name, else what content gave it. */
static const char *extension_of(const struct gls_group *group, size_t index)
{
    const struct gls_group_file *file = &group->files[index];

    return file->has_own_extension ? strrchr(gls_group_suffix(group, index), '.')
                                   : gls_group_name(group, index) + file->stem_size;
}

/* ---- Files --------------------------------------------------------------------------- */

bool gls_group_reserve(struct gls_group *group, size_t count)
{
    size_t space = group->count + count;

    if (space <= group->space)
        return true;
    struct gls_group_file *files = reallocarray(group->files, space, sizeof(files[0]));
    if (files == NULL)
        return false;
    group->files = files;
    group->space = space;
    return true;
}

struct gls_group_file *gls_group_add(struct gls_group *group, uint32_t name)
{
    if (group->count == group->space && !gls_group_reserve(group, 16 + group->count / 2))
        return NULL;
    struct gls_group_file *file = &group->files[group->count++];
    *file = (struct gls_group_file){.name = name};
    return file;
}

static int compare_names(const void *a, const void *b, void *user)
{
    const struct gls_group *group = user;
    const struct gls_group_file *left = a;
    const struct gls_group_file *right = b;
    int order = gls_name_order(group->texts.data + left->name, group->texts.data + right->name);

    return order != 0 ? order : left->is_beside - right->is_beside;
}

void gls_group_sort(struct gls_group *group)
{
    if (group->count > 0)
        qsort_r(group->files, group->count, sizeof(group->files[0]), compare_names, group);
}

void gls_group_clear(struct gls_group *group)
{
    gls_strbuf_free(&group->texts);
    free(group->files);
    free(group->stems);
    *group = (struct gls_group){0};
}

/* ---- The table of stems ---------------------------------------------------------------- */

static int compare_with(const struct gls_group *group, uint32_t file, const char *text, size_t size)
{
    return gls_folded_compare(gls_group_name(group, file), group->files[file].stem_size, text,
                              size);
}

static int compare_stems(const void *a, const void *b, void *user)
{
    const struct gls_group *group = user;
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    int order =
        compare_with(group, left, gls_group_name(group, right), group->files[right].stem_size);

    return order != 0 ? order : (left > right) - (left < right);
}

size_t gls_join_lower_bound(const struct gls_join *join, const char *text, size_t size)
{
    const struct gls_group *group = join->group;
    size_t low = 0;
    size_t high = group->stem_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_with(group, group->stems[middle], text, size) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void gls_join_find_stem(const struct gls_join *join, const char *text, size_t size, size_t *first,
                        size_t *end)
{
    const struct gls_group *group = join->group;
    size_t low = gls_join_lower_bound(join, text, size);

    *first = low;
    /* Names that differ in case only are many in hostile folders alone. */
    while (low < group->stem_count && low - *first < GLS_UNIT_FILES_AT_MOST &&
           compare_with(group, group->stems[low], text, size) == 0)
        low++;
    *end = low;
}

/* ---- Joining ----------------------------------------------------------------------------- */

bool gls_join_has_kind(const struct gls_join *join, size_t file, enum gls_name_kind kind)
{
    size_t i = file;

    do {
        if (gls_join_file(join, i)->kind == kind)
            return true;
        i = gls_join_file(join, i)->next;
    } while (i != file);
    return false;
}

bool gls_join_is_alone(const struct gls_join *join, size_t file)
{
    return gls_join_file(join, file)->next == file;
}

bool gls_join_is_one_unit(const struct gls_join *join, size_t a, size_t b)
{
    size_t i = gls_join_file(join, a)->next;

    while (i != a && i != b)
        i = gls_join_file(join, i)->next;
    return i == b;
}

/* Has the unit of `file` room for another, and none of that suffix? */
static bool suffix_is_free(struct gls_join *join, size_t file, const char *suffix)
{
    unsigned count = 0;
    size_t i = file;

    do {
        if (gls_folded_equal(gls_group_suffix(join->group, i), suffix))
            return false;
        count++;
        i = gls_join_file(join, i)->next;
    } while (i != file);
    join->met_full |= count >= GLS_UNIT_FILES_AT_MOST;
    return count < GLS_UNIT_FILES_AT_MOST;
}

bool gls_join_attach(struct gls_join *join, size_t file, size_t target, const char *variant,
                     const char *middle)
{
    struct gls_group *group = join->group;
    struct gls_group_file *own = gls_join_file(join, file);
    GLS_STRBUF_AUTO suffix = GLS_STRBUF_INIT;

    gls_strbuf_addf(&suffix, "%s%s%s", variant, middle, extension_of(group, file));
    if (suffix.failed || group->out_of_memory) {
        group->out_of_memory = true;
        return false;
    }
    if (file == target || !gls_join_is_alone(join, file) ||
        !suffix_is_free(join, target, suffix.data))
        return false;
    if (variant[0] != '\0' || middle[0] != '\0') {
        own->is_version = true;
        own->suffix = (uint32_t)group->texts.size;
        gls_strbuf_add(&group->texts, suffix.data, suffix.size + 1);
        group->out_of_memory = group->texts.failed;
    }
    own->next = gls_join_file(join, target)->next;
    gls_join_file(join, target)->next = (uint32_t)file;
    return true;
}

bool gls_join_facts(struct gls_join *join, size_t file, struct gls_shot_facts *out)
{
    *out = (struct gls_shot_facts){0};
    if (join->asker->facts == NULL)
        return true;
    if (gls_join_file(join, file)->is_unseen)
        return false;
    for (size_t i = 0; i < GLS_JOIN_FACTS && i < join->answer_count; i++)
        if (join->answers[i].file == file) {
            *out = join->answers[i].facts;
            return true;
        }
    if (!join->asker->facts(join->asker->user, file, out)) {
        gls_join_file(join, file)->is_unseen = true;
        return false;
    }
    join->answers[join->answer_count++ % GLS_JOIN_FACTS] = (struct gls_join_answer){file, *out};
    return true;
}

bool gls_join_contradicts(struct gls_join *join, size_t file, size_t target)
{
    struct gls_shot_facts own;
    struct gls_shot_facts other;

    /* What cannot be read may be of the shot: then all of it fails. */
    return gls_join_facts(join, file, &own) && gls_join_facts(join, target, &other) &&
           gls_shots_contradict(&own, &other, join->asker->same_shot_s);
}

bool gls_join_agrees(struct gls_join *join, size_t file, size_t target)
{
    struct gls_shot_facts own;
    struct gls_shot_facts other;

    return gls_join_facts(join, file, &own) && gls_join_facts(join, target, &other) &&
           gls_shots_agree(&own, &other, join->asker->same_shot_s);
}

bool gls_join_is_at(struct gls_join *join, size_t file, size_t json)
{
    struct gls_shot_facts own;
    struct gls_shot_facts other;

    return gls_join_facts(join, file, &own) && gls_join_facts(join, json, &other) &&
           (own.has_local || own.has_utc) && (other.has_local || other.has_utc) &&
           !gls_shots_contradict(&own, &other, join->asker->same_shot_s);
}

bool gls_join_attach_shot(struct gls_join *join, size_t file, size_t target, const char *variant)
{
    GLS_STRBUF_AUTO of_target = GLS_STRBUF_INIT;

    gls_join_variant(join, target, &of_target);
    return !gls_join_has_failed(join, &of_target) && gls_join_is_alone(join, file) &&
           !gls_join_contradicts(join, file, target) &&
           gls_join_attach(join, file, target, gls_strbuf_str(&of_target), variant);
}

void gls_join_variant(const struct gls_join *join, size_t file, struct gls_strbuf *out)
{
    const char *suffix = gls_group_suffix(join->group, file);
    size_t extension = strlen(extension_of(join->group, file));

    gls_strbuf_clear(out);
    gls_strbuf_add(out, suffix, strlen(suffix) - extension);
}

/* ---- Start and end ------------------------------------------------------------------------ */

/* Files of one camera are in the order of their stems already, and a sort needs memory. */
static void sort_stems(struct gls_group *group)
{
    for (size_t i = 1; i < group->stem_count; i++)
        if (compare_stems(&group->stems[i - 1], &group->stems[i], group) > 0) {
            qsort_r(group->stems, group->stem_count, sizeof(group->stems[0]), compare_stems, group);
            return;
        }
}

static enum gls_name_kind kind_of(const struct gls_group *group, size_t index)
{
    char plain[16];

    if (!group->files[index].has_own_extension)
        return gls_name_kind_of(gls_group_name(group, index));
    snprintf(plain, sizeof plain, "x%s", extension_of(group, index));
    return gls_name_kind_of(plain);
}

static bool begin(struct gls_group *group)
{
    uint32_t *stems = reallocarray(group->stems, group->count + 1, sizeof(group->stems[0]));

    if (stems == NULL)
        return false;
    group->stems = stems;
    for (size_t i = 0; i < group->count; i++) {
        struct gls_group_file *file = &group->files[i];
        const char *name = gls_group_name(group, i);
        bool is_companion = gls_group_is_companion_name(name);
        file->stem_size = (uint8_t)(file->has_own_extension ? gls_name_stem_size(name)
                                                            : gls_path_stem_size(name));
        file->kind = (uint8_t)(is_companion ? GLS_NAME_COMPANION : kind_of(group, i));
        file->next = (uint32_t)i;
        file->role = GLS_SCAN_MEDIA;
        if (!is_companion && (file->verdict == GLS_SCAN_TAKE || file->is_unseen))
            group->stems[group->stem_count++] = (uint32_t)i;
    }
    sort_stems(group);
    return true;
}

bool gls_group_join(struct gls_group *group, const struct gls_group_asker *asker,
                    struct gls_error *error)
{
    static const struct gls_group_asker nobody = {0};
    struct gls_join join = {.group = group, .asker = asker != NULL ? asker : &nobody};

    if (!begin(group))
        return gls_fail_memory(error);
    gls_join_bursts(&join); /* before what may belong to a frame */
    gls_join_shots(&join);
    gls_join_live_photos(&join);
    gls_join_companions(&join); /* behind their media, which are in place */
    gls_join_edited(&join);
    free(group->stems);
    group->stems = NULL;
    group->stem_count = 0;
    return !group->out_of_memory || gls_fail_memory(error);
}

/* ---- Units --------------------------------------------------------------------------------- */

/* How good a file is to decide date and place; more is better. */
static int primary_rank(const struct gls_group *group, size_t index)
{
    static const int ranks[] = {
        [GLS_NAME_LONER] = 2, [GLS_NAME_OTHER] = 3, [GLS_NAME_RAW] = 4,
        [GLS_NAME_STILL] = 5, [GLS_NAME_MOVIE] = 1, [GLS_NAME_COMPANION] = -9};
    const struct gls_group_file *file = &group->files[index];

    /* A further version stands back. */
    return ranks[file->kind] - (file->is_version ? 5 : 0);
}

size_t gls_group_peek(struct gls_group *group)
{
    while (group->next < group->count && group->files[group->next].is_taken)
        group->next++;
    return group->next < group->count ? group->next : SIZE_MAX;
}

static int compare_indices(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;

    return (left > right) - (left < right);
}

bool gls_group_next(struct gls_group *group, struct gls_group_unit *out)
{
    size_t first = gls_group_peek(group);

    if (first == SIZE_MAX)
        return false;
    out->count = 0;
    for (size_t i = first; !group->files[i].is_taken; i = group->files[i].next) {
        group->files[i].is_taken = true;
        out->files[out->count++] = (uint32_t)i;
    }
    qsort(out->files, out->count, sizeof(out->files[0]), compare_indices);
    out->primary = out->files[0];
    for (size_t i = 1; i < out->count; i++)
        if (primary_rank(group, out->files[i]) > primary_rank(group, out->primary))
            out->primary = out->files[i];
    return true;
}
