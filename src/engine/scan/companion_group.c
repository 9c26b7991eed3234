/* SPDX-License-Identifier: MIT */
#include "engine/scan/companion.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "engine/scan/companion_join.h"

bool gls_group_is_sidecar_name(const char *name)
{
    enum gls_name_kind kind = gls_name_kind_of(name);

    return kind == GLS_NAME_XMP || kind == GLS_NAME_AAE || kind == GLS_NAME_JSON;
}

/* ---- The table of stems ----------------------------------------------------------- */

static int compare_stems(const void *a, const void *b)
{
    const struct gls_stem *left = a;
    const struct gls_stem *right = b;
    int order = gls_folded_compare(left->text, left->size, right->text, right->size);

    return order != 0 ? order : (left->file > right->file) - (left->file < right->file);
}

void gls_join_find_stem(const struct gls_join *join, const char *text, size_t size, size_t *first,
                        size_t *end)
{
    size_t low = 0;
    size_t high = join->stem_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct gls_stem *stem = &join->stems[middle];
        if (gls_folded_compare(stem->text, stem->size, text, size) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *first = low;
    while (low < join->stem_count && low - *first < GLS_UNIT_FILES_AT_MOST &&
           gls_folded_compare(join->stems[low].text, join->stems[low].size, text, size) == 0)
        low++;
    /* Names that differ in case only are many in hostile folders alone. */
    *end = low;
}

/* ---- Joining ---------------------------------------------------------------------- */

bool gls_join_has_kind(const struct gls_join *join, size_t file, enum gls_name_kind kind)
{
    for (size_t i = join->info[file].leader; i != GLS_NO_FILE; i = join->info[i].next)
        if (join->info[i].kind == kind)
            return true;
    return false;
}

static bool suffix_is_free(const struct gls_join *join, size_t leader, const char *suffix)
{
    for (size_t i = leader; i != GLS_NO_FILE; i = join->info[i].next)
        if (gls_folded_compare(join->files[i].suffix, strlen(join->files[i].suffix), suffix,
                               strlen(suffix)) == 0)
            return false;
    return true;
}

bool gls_join_attach(struct gls_join *join, size_t file, size_t target, const char *suffix)
{
    size_t leader = join->info[target].leader;
    struct gls_join_file *info = join->info;

    if (info[leader].unit_size >= GLS_UNIT_FILES_AT_MOST || !suffix_is_free(join, leader, suffix))
        return false;
    char *copy = strdup(suffix);
    if (copy == NULL) {
        join->out_of_memory = true;
        return false;
    }
    free(join->files[file].suffix);
    join->files[file].suffix = copy;
    info[file].leader = leader;
    info[file].next = info[leader].next;
    info[leader].next = file;
    info[leader].unit_size++;
    return true;
}

static char *media_suffix(const struct gls_join *join, size_t file)
{
    GLS_STRBUF_AUTO suffix = GLS_STRBUF_INIT;

    gls_strbuf_add_str(&suffix, join->info[file].variant);
    gls_strbuf_add_str(&suffix, join->files[file].name + join->info[file].stem_size);
    return gls_strbuf_take(&suffix);
}

bool gls_join_attach_media(struct gls_join *join, size_t file, size_t target)
{
    char *suffix = media_suffix(join, file);
    bool done = suffix != NULL && gls_join_attach(join, file, target, suffix);

    if (suffix == NULL)
        join->out_of_memory = true;
    free(suffix);
    return done;
}

/* Of the stems [first, end) the first file of that kind, and of that extension
 * unless it is NULL. */
static size_t first_of(const struct gls_join *join, size_t first, size_t end,
                       enum gls_name_kind kind, const char *extension)
{
    for (size_t i = first; i < end; i++) {
        size_t file = join->stems[i].file;
        if (join->info[file].kind == kind &&
            (extension == NULL || gls_name_has_extension(join->files[file].name, extension)))
            return file;
    }
    return GLS_NO_FILE;
}

static bool is_alone(const struct gls_join *join, size_t file)
{
    return join->info[file].leader == file && join->info[file].unit_size == 1;
}

/* RAW and stills of one shot. */
static void join_shot(struct gls_join *join, size_t first, size_t end)
{
    size_t raw = first_of(join, first, end, GLS_NAME_RAW, NULL);

    if (raw == GLS_NO_FILE)
        return;
    for (size_t i = first; i < end; i++) {
        size_t file = join->stems[i].file;
        enum gls_name_kind kind = join->info[file].kind;
        if (file != raw && (kind == GLS_NAME_RAW || kind == GLS_NAME_STILL))
            (void)gls_join_attach_media(join, file, raw);
    }
}

/* One movie for one still: .mov before .mp4, HEIC before JPEG before DNG. */
static void join_movie(struct gls_join *join, size_t first, size_t end)
{
    size_t movie = first_of(join, first, end, GLS_NAME_MOVIE, "mov");
    size_t still = first_of(join, first, end, GLS_NAME_STILL, "heic");

    if (movie == GLS_NO_FILE)
        movie = first_of(join, first, end, GLS_NAME_MOVIE, NULL);
    if (still == GLS_NO_FILE)
        still = first_of(join, first, end, GLS_NAME_STILL, NULL);
    if (still == GLS_NO_FILE)
        still = first_of(join, first, end, GLS_NAME_RAW, "dng");
    if (movie != GLS_NO_FILE && still != GLS_NO_FILE && is_alone(join, movie))
        (void)gls_join_attach_media(join, movie, still);
}

/* The stems [first, end) are Apple's edits of another: they go to its unit. */
static void join_edits(struct gls_join *join, size_t first, size_t end)
{
    char base[256];
    size_t base_first;
    size_t base_end;

    if (gls_apple_variant(base, join->stems[first].text, join->stems[first].size) != 'E')
        return;
    gls_join_find_stem(join, base, strlen(base), &base_first, &base_end);
    size_t target = first_of(join, base_first, base_end, GLS_NAME_STILL, "heic");
    if (target == GLS_NO_FILE)
        target = first_of(join, base_first, base_end, GLS_NAME_STILL, NULL);
    if (target == GLS_NO_FILE)
        target = first_of(join, base_first, base_end, GLS_NAME_RAW, NULL);
    if (target == GLS_NO_FILE)
        target = first_of(join, base_first, base_end, GLS_NAME_MOVIE, NULL);
    for (size_t i = first; i < end && target != GLS_NO_FILE; i++) {
        size_t file = join->stems[i].file;
        struct gls_join_file *info = &join->info[file];
        if ((info->kind != GLS_NAME_STILL && info->kind != GLS_NAME_MOVIE) || !is_alone(join, file))
            continue;
        info->variant = "-edited";
        if (!gls_join_attach_media(join, file, target))
            info->variant = "";
    }
}

/* Calls join_run for every run of equal stems. */
static void for_each_stem(struct gls_join *join,
                          void (*join_run)(struct gls_join *join, size_t first, size_t end))
{
    size_t end;

    for (size_t first = 0; first < join->stem_count; first = end) {
        const struct gls_stem *stem = &join->stems[first];
        for (end = first + 1; end < join->stem_count; end++)
            if (gls_folded_compare(stem->text, stem->size, join->stems[end].text,
                                   join->stems[end].size) != 0)
                break;
        join_run(join, first, end);
    }
}

/* ---- Start and end ------------------------------------------------------------------ */

static bool begin(struct gls_join *join)
{
    join->info = calloc(join->count + 1, sizeof(join->info[0]));
    join->stems = calloc(join->count + 1, sizeof(join->stems[0]));
    if (join->info == NULL || join->stems == NULL)
        return false;
    for (size_t i = 0; i < join->count; i++) {
        struct gls_group_file *file = &join->files[i];
        struct gls_join_file *info = &join->info[i];
        info->kind = gls_name_kind_of(file->name);
        info->stem_size = gls_path_stem_size(file->name);
        info->variant = "";
        info->leader = i;
        info->next = GLS_NO_FILE;
        info->unit_size = 1;
        file->suffix = media_suffix(join, i);
        if (file->suffix == NULL)
            return false;
        file->role = GLS_SCAN_MEDIA;
        file->of = i;
        file->is_orphan = false;
        if (!file->stands_alone && !gls_group_is_sidecar_name(file->name))
            join->stems[join->stem_count++] = (struct gls_stem){file->name, info->stem_size, i};
    }
    qsort(join->stems, join->stem_count, sizeof(join->stems[0]), compare_stems);
    return true;
}

/* How good a file is to decide date and place; more is better. */
static int primary_rank(const struct gls_join *join, size_t file)
{
    static const int ranks[] = {
        [GLS_NAME_LONER] = 2, [GLS_NAME_OTHER] = 3, [GLS_NAME_RAW] = 4,  [GLS_NAME_STILL] = 5,
        [GLS_NAME_MOVIE] = 1, [GLS_NAME_XMP] = -9,  [GLS_NAME_AAE] = -9, [GLS_NAME_JSON] = -9};
    const struct gls_join_file *info = &join->info[file];

    return ranks[info->kind] - (info->variant[0] != '\0' ? 5 : 0);
}

/* Numbers the units in the order of their first members and lists these. */
static bool finish(struct gls_group *out, struct gls_join *join)
{
    size_t placed = 0;

    out->units = calloc(join->count + 1, sizeof(out->units[0]));
    out->order = calloc(join->count + 1, sizeof(out->order[0]));
    if (out->units == NULL || out->order == NULL)
        return false;
    for (size_t i = 0; i < join->count; i++)
        join->files[i].unit = GLS_NO_FILE;
    for (size_t i = 0; i < join->count; i++) {
        size_t leader = join->info[i].leader;
        if (join->files[leader].unit == GLS_NO_FILE) {
            join->files[leader].unit = out->unit_count;
            out->units[out->unit_count].first = placed;
            out->units[out->unit_count].primary = i;
            placed += join->info[leader].unit_size;
            out->unit_count++;
        }
        size_t number = join->files[leader].unit;
        struct gls_group_unit *unit = &out->units[number];
        join->files[i].unit = number;
        out->order[unit->first + unit->count++] = i;
        if (primary_rank(join, i) > primary_rank(join, unit->primary))
            unit->primary = i;
    }
    return true;
}

bool gls_group_files(struct gls_group *out, struct gls_group_file *files, size_t count,
                     const struct gls_group_asker *asker, struct gls_error *error)
{
    struct gls_join join = {.files = files, .count = count};

    *out = (struct gls_group){NULL, 0, NULL};
    bool done = begin(&join);
    if (done) {
        for_each_stem(&join, join_shot);
        for_each_stem(&join, join_edits);
        for_each_stem(&join, join_movie);
        if (asker != NULL)
            gls_join_live_photos(&join, asker);
        gls_join_sidecars(&join);
        done = !join.out_of_memory && finish(out, &join);
    }
    free(join.info);
    free(join.stems);
    return done ? true : gls_fail_memory(error);
}

void gls_group_clear(struct gls_group *group, struct gls_group_file *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(files[i].suffix);
        files[i].suffix = NULL;
    }
    free(group->units);
    free(group->order);
    *group = (struct gls_group){NULL, 0, NULL};
}
