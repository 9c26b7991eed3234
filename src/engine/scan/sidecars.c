/* SPDX-License-Identifier: MIT */
/* Whose sidecar is it? .xmp, .aae and Takeout's .json find their media. */
#include <string.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "engine/scan/companion_join.h"

/* The media of exactly that name, ASCII case aside; the same spelling wins. */
static size_t find_name(const struct gls_join *join, const char *name, size_t size)
{
    size_t found = GLS_NO_FILE;
    size_t stem_size = size;
    size_t first;
    size_t end;

    while (stem_size > 0 && name[stem_size - 1] != '.')
        stem_size--;
    if (stem_size < 2)
        return GLS_NO_FILE;
    gls_join_find_stem(join, name, stem_size - 1, &first, &end);
    for (size_t i = first; i < end; i++) {
        size_t file = join->stems[i].file;
        const char *other = join->files[file].name;
        if (gls_folded_compare(other, strlen(other), name, size) != 0)
            continue;
        if (found == GLS_NO_FILE || memcmp(other, name, size) == 0)
            found = file;
    }
    return found;
}

/* The media of that stem to which a sidecar without an extension of its media in
 * its name belongs: to the RAW, as RAW developers mean it, with `raw_first`,
 * else to the still. */
static size_t find_by_stem(const struct gls_join *join, const char *stem, size_t size,
                           bool raw_first)
{
    static const enum gls_name_kind kinds[2][4] = {
        {GLS_NAME_STILL, GLS_NAME_RAW, GLS_NAME_MOVIE, GLS_NAME_OTHER},
        {GLS_NAME_RAW, GLS_NAME_STILL, GLS_NAME_MOVIE, GLS_NAME_OTHER}};
    size_t first;
    size_t end;

    gls_join_find_stem(join, stem, size, &first, &end);
    for (size_t k = 0; k < 4; k++)
        for (size_t i = first; i < end; i++)
            if (join->info[join->stems[i].file].kind == kinds[raw_first][k])
                return join->stems[i].file;
    return GLS_NO_FILE;
}

/* Attaches under "<first><second><.ext>", the extension as the sidecar spells it. */
static bool attach(struct gls_join *join, size_t file, size_t target, const char *first,
                   const char *second)
{
    GLS_STRBUF_AUTO suffix = GLS_STRBUF_INIT;

    if (target == GLS_NO_FILE)
        return false;
    gls_strbuf_add_str(&suffix, first);
    gls_strbuf_add_str(&suffix, second);
    gls_strbuf_add_str(&suffix, join->files[file].name + join->info[file].stem_size);
    if (suffix.failed) {
        join->out_of_memory = true;
        return false;
    }
    if (!gls_join_attach(join, file, target, suffix.data))
        return false;
    join->files[file].of = target;
    return true;
}

static bool join_xmp(struct gls_join *join, size_t file)
{
    const char *name = join->files[file].name;
    size_t size = join->info[file].stem_size;
    size_t target = find_name(join, name, size);

    if (target != GLS_NO_FILE)
        return attach(join, file, target, join->files[target].suffix, "");
    target = find_by_stem(join, name, size, true);
    return target != GLS_NO_FILE && attach(join, file, target, join->info[target].variant, "");
}

static bool join_aae(struct gls_join *join, size_t file)
{
    const char *name = join->files[file].name;
    size_t size = join->info[file].stem_size;
    size_t target = find_by_stem(join, name, size, false);
    char base[256];

    if (target != GLS_NO_FILE)
        return attach(join, file, target, join->info[target].variant, "");
    char variant = gls_apple_variant(base, name, size);
    if (variant == 0)
        return false;
    target = find_by_stem(join, base, strlen(base), false);
    return attach(join, file, target, "", variant == 'E' ? "-edited" : "-original");
}

struct takeout_search {
    struct gls_join *join;
    size_t target;
};

static bool find_takeout(void *user, const char *media, size_t size)
{
    struct takeout_search *search = user;

    search->target = find_name(search->join, media, size);
    return search->target != GLS_NO_FILE;
}

/* The only media, or the first of the only unit, whose name begins as that of the
 * description does and has its number. */
static size_t find_cut_name(const struct gls_join *join, const char *json, size_t size)
{
    size_t found = GLS_NO_FILE;
    size_t low = 0;
    size_t high = join->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strncmp(join->files[middle].name, json, size) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t i = low; i < join->count && i - low < GLS_UNIT_FILES_AT_MOST; i++) {
        const struct gls_group_file *file = &join->files[i];
        if (strncmp(file->name, json, size) != 0)
            break;
        if (file->stands_alone || join->info[i].kind >= GLS_NAME_XMP ||
            !gls_takeout_numbers_agree(json, file->name))
            continue;
        if (found != GLS_NO_FILE && join->info[i].leader != join->info[found].leader)
            return GLS_NO_FILE;
        if (found == GLS_NO_FILE)
            found = i;
    }
    return found;
}

static bool join_json(struct gls_join *join, size_t file)
{
    const char *name = join->files[file].name;
    struct takeout_search search = {join, GLS_NO_FILE};
    size_t cut_size = gls_takeout_cut_size(name);

    if (!gls_takeout_candidates(name, find_takeout, &search) && cut_size > 0)
        search.target = find_cut_name(join, name, cut_size);
    /* Old Takeouts leave the extension out where the title has none. */
    if (search.target == GLS_NO_FILE)
        search.target = find_by_stem(join, name, join->info[file].stem_size, false);
    if (search.target == GLS_NO_FILE)
        return false;
    const char *media = join->files[search.target].name;
    size_t media_size = strlen(media);
    size_t size = join->info[file].stem_size;
    char rest[256] = "";
    /* ".supplemental-metadata" is kept where it follows the media's whole name. */
    if (size > media_size && size - media_size < sizeof(rest) &&
        gls_folded_compare(name, media_size, media, media_size) == 0)
        memcpy(rest, name + media_size, size - media_size);
    return attach(join, file, search.target, join->files[search.target].suffix, rest);
}

void gls_join_sidecars(struct gls_join *join)
{
    for (size_t i = 0; i < join->count; i++) {
        struct gls_group_file *file = &join->files[i];
        bool joined = false;
        switch (join->info[i].kind) {
        case GLS_NAME_XMP:
            file->role = GLS_SCAN_XMP;
            joined = !file->stands_alone && join_xmp(join, i);
            break;
        case GLS_NAME_AAE:
            file->role = GLS_SCAN_COMPANION;
            joined = !file->stands_alone && join_aae(join, i);
            break;
        case GLS_NAME_JSON:
            file->role = GLS_SCAN_COMPANION;
            joined = !file->stands_alone && join_json(join, i);
            break;
        default:
            continue;
        }
        file->is_orphan = !joined;
    }
}
