/* SPDX-License-Identifier: MIT */
/* heif_checks - what must be true of a HEIF file before it is edited, and of
 * the edit before it is given away. */
#include <string.h>

#include "media/bmff/box_edit.h"
#include "media/bmff/heif_edit.h"
#include "media/bmff/quicktime.h"

/* Samsung and Google put a movie and a directory behind the photo and count
 * from the end of the file: what is added must stand before them. */
static bool check_layout(struct gls_heif_plan *plan, struct gls_box *last_before_tail,
                         struct gls_error *error)
{
    struct gls_box_tail tail;

    if (!gls_box_find_tail(&tail, plan->input, error))
        return false;
    *last_before_tail = tail.last;
    plan->tail_at = tail.offset;
    if (tail.is_cut)
        return gls_input_refuse(plan->input, "it ends too early", error);
    if (tail.has_fragments)
        return gls_input_refuse(plan->input, "it holds a fragmented movie", error);
    if (plan->tail_at < gls_box_end(&plan->heif.meta))
        return gls_input_refuse(plan->input, "its movie stands before the photo", error);
    return true;
}

/* Does a table list a number twice? Which of the two counts, readers disagree about.
 * Numbers that new items cannot have are left out of the second table's check. */
static bool repeats_a_number(const struct gls_heif *heif)
{
    uint8_t seen[65536 / 8] = {0};

    for (size_t i = 1; i < heif->item_count; i++) {
        if (heif->items[i].id == heif->items[i - 1].id)
            return true;
    }
    for (size_t i = 0; i < heif->location_count; i++) {
        uint32_t id = heif->locations[i].id;
        if (id >= 65536)
            continue;
        if ((seen[id / 8] >> (id % 8) & 1) != 0)
            return true;
        seen[id / 8] |= (uint8_t)(1U << (id % 8));
    }
    return false;
}

static bool check_tables(struct gls_heif_plan *plan, struct gls_error *error)
{
    const struct gls_heif *heif = &plan->heif;

    if (!heif->has_meta || heif->iinf.size == 0 || heif->iloc.size == 0 || !heif->has_primary)
        return gls_input_refuse(plan->input, "it has no complete item tables", error);
    if (heif->meta.header_size != 8 || heif->meta.to_end || heif->iinf.header_size != 8 ||
        heif->iloc.header_size != 8 || (heif->iref.size > 0 && heif->iref.header_size != 8))
        return gls_input_refuse(plan->input, "its item tables have 64-bit sizes", error);
    if (heif->meta_is_malformed)
        return gls_input_refuse(plan->input, "its item tables do not fill the box that they lie in",
                                error);
    if (heif->iinf_is_malformed)
        return gls_input_refuse(plan->input, "its list of items is not as long as it says", error);
    if (repeats_a_number(heif))
        return gls_input_refuse(plan->input, "two of its items have one number", error);
    if (heif->iref_has_rest)
        return gls_input_refuse(plan->input, "its item references do not fill their box", error);
    return true;
}

/* An extent must be whole, inside the file, and outside the tables. */
static bool check_extent(struct gls_heif_plan *plan, const struct gls_heif_location *location,
                         size_t extent, struct gls_range *range, struct gls_error *error)
{
    const struct gls_heif *heif = &plan->heif;
    uint64_t size = gls_input_size(plan->input);

    if (!gls_heif_extent_range(range, heif, location, extent, error))
        return gls_error_prefix(error, "%s", gls_input_name(plan->input));
    if (range->offset > size || range->size > size - range->offset)
        return gls_input_refuse(plan->input, "it ends too early: an item lies beyond its end",
                                error);
    if (location->construction == 1)
        return true;
    if (heif->extents[location->first_extent + extent].size == 0)
        return gls_input_refuse(plan->input, "an item in it states no length", error);
    if (range->offset < gls_box_end(&heif->meta) && range->offset + range->size > heif->meta.offset)
        return gls_input_refuse(plan->input, "an item lies within its tables", error);
    return true;
}

static bool check_extents(struct gls_heif_plan *plan, struct gls_error *error)
{
    const struct gls_heif *heif = &plan->heif;
    bool has_picture = heif->has_moov;

    for (size_t i = 0; i < heif->location_count; i++) {
        const struct gls_heif_location *location = &heif->locations[i];
        if (location->construction > 1 || location->data_reference != 0)
            continue;
        for (size_t j = 0; j < location->extent_count; j++) {
            struct gls_range range;
            if (!check_extent(plan, location, j, &range, error))
                return false;
            has_picture = has_picture || (range.size > 0 && gls_heif_is_coded(heif, location->id));
        }
    }
    return has_picture || gls_input_refuse(plan->input, "it holds no coded image", error);
}

/* So must every sample of an image sequence. */
static bool check_samples(struct gls_heif_plan *plan, struct gls_error *error)
{
    struct gls_ranges ranges = GLS_RANGES_INIT;
    struct gls_error inner = GLS_ERROR_INIT;
    uint64_t size = gls_input_size(plan->input);
    bool inside = true;
    bool ok;

    if (!plan->heif.has_moov)
        return true;
    ok = gls_movie_essence(&ranges, plan->input, &inner);
    for (size_t i = 0; i < ranges.count; i++)
        inside = inside && ranges.items[i].offset <= size &&
                 ranges.items[i].size <= size - ranges.items[i].offset;
    gls_ranges_free(&ranges);
    if (!ok && inner.status != GLS_ERROR_FORMAT) {
        *error = inner;
        return false;
    }
    return (ok && inside) ||
           gls_input_refuse(plan->input, "its image sequence cannot be followed", error);
}

bool gls_heif_check(struct gls_heif_plan *plan, struct gls_box *last, struct gls_error *error)
{
    return check_tables(plan, error) && check_layout(plan, last, error) &&
           check_extents(plan, error) && check_samples(plan, error);
}

static bool is_replaced(const struct gls_heif_plan *plan, uint32_t id)
{
    for (size_t i = 0; i < GLS_HEIF_PARTS; i++) {
        if (plan->parts[i].place != GLS_HEIF_KEPT && plan->parts[i].id == id)
            return true;
    }
    return false;
}

static bool list_kept_bytes(struct gls_ranges *out, const struct gls_heif_plan *plan,
                            struct gls_error *error)
{
    const struct gls_heif *heif = &plan->heif;
    struct gls_range range;

    for (size_t i = 0; i < heif->location_count; i++) {
        const struct gls_heif_location *location = &heif->locations[i];
        if (location->construction > 1 || location->data_reference != 0 ||
            is_replaced(plan, location->id))
            continue;
        for (size_t j = 0; j < location->extent_count; j++) {
            if (!gls_heif_extent_range(&range, heif, location, j, error) ||
                !gls_ranges_add(out, range.offset, range.size, error))
                return false;
        }
    }
    return !heif->has_moov || gls_movie_essence(out, plan->input, error);
}

bool gls_heif_check_patch(const struct gls_heif_plan *plan, const struct gls_patch *patch,
                          struct gls_error *error)
{
    struct gls_ranges kept = GLS_RANGES_INIT;
    bool ok = list_kept_bytes(&kept, plan, error);

    if (ok) {
        gls_ranges_normalize(&kept, gls_input_size(plan->input));
        ok = gls_box_patch_spares(patch, &kept) ||
             gls_input_refuse(plan->input, "its items share bytes with others or with its tables",
                              error);
    }
    gls_ranges_free(&kept);
    return ok;
}
