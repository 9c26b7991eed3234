/* SPDX-License-Identifier: MIT */
#include "media/bmff/heif.h"

#include <stdlib.h>
#include <string.h>

#include "media/bmff/quicktime.h"
#include "media/core/block_load.h"

static const struct gls_heif_item *find_item(const struct gls_heif *heif, uint32_t id)
{
    size_t low = 0;
    size_t high = heif->item_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (heif->items[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < heif->item_count && heif->items[low].id == id ? &heif->items[low] : NULL;
}

const struct gls_heif_location *gls_heif_find_location(const struct gls_heif *heif, uint32_t id)
{
    for (size_t i = 0; i < heif->location_count; i++) {
        if (heif->locations[i].id == id)
            return &heif->locations[i];
    }
    return NULL;
}

enum relation { LINKED_ELSEWHERE, LINKED_TO_NOTHING, LINKED_TO_PRIMARY };

static enum relation relation_of(const struct gls_heif *heif, uint32_t id)
{
    enum relation relation = LINKED_TO_NOTHING;

    for (size_t i = 0; i < heif->link_count; i++) {
        if (heif->links[i].from != id)
            continue;
        if (heif->has_primary && heif->links[i].to == heif->primary)
            return LINKED_TO_PRIMARY;
        relation = LINKED_ELSEWHERE;
    }
    return relation;
}

/* Depth maps and gain maps have packets of their own: those are linked to them
 * and say nothing about the photo. */
static const struct gls_heif_item *find_describing(const struct gls_heif *heif, bool is_xmp)
{
    const struct gls_heif_item *best = NULL;
    enum relation best_relation = LINKED_ELSEWHERE;
    unsigned looked_at = 0;

    for (size_t i = 0; i < heif->item_count && looked_at < 64; i++) {
        const struct gls_heif_item *item = &heif->items[i];
        enum relation relation;
        if (is_xmp ? !item->is_xmp : item->type != GLS_4CC('E', 'x', 'i', 'f'))
            continue;
        looked_at++;
        relation = relation_of(heif, item->id);
        if (relation > best_relation) {
            best = item;
            best_relation = relation;
        }
    }
    return best;
}

const struct gls_heif_item *gls_heif_find_exif(const struct gls_heif *heif)
{
    return find_describing(heif, false);
}

const struct gls_heif_item *gls_heif_find_xmp(const struct gls_heif *heif)
{
    return find_describing(heif, true);
}

bool gls_heif_is_coded(const struct gls_heif *heif, uint32_t id)
{
    const struct gls_heif_item *item = find_item(heif, id);

    if (item == NULL)
        return true;
    if (item->is_mime)
        return item->is_image;
    return item->type != GLS_4CC('E', 'x', 'i', 'f') && item->type != GLS_4CC('u', 'r', 'i', ' ');
}

bool gls_heif_extent_range(struct gls_range *out, const struct gls_heif *heif,
                           const struct gls_heif_location *location, size_t extent,
                           struct gls_error *error)
{
    const struct gls_heif_extent *stated = &heif->extents[location->first_extent + extent];
    bool in_idat = location->construction == 1;
    uint64_t start = in_idat && heif->idat.size > 0 ? gls_box_payload(&heif->idat) : 0;
    uint64_t end = in_idat && heif->idat.size > 0 ? gls_box_end(&heif->idat) : heif->file_size;

    if (location->construction > 1 || location->data_reference != 0)
        return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                        "item %u is made of other items or lies in another file", location->id);
    if (in_idat && heif->idat.size == 0)
        return gls_fail(error, GLS_ERROR_FORMAT, "item %u lies in an 'idat' box that is missing",
                        location->id);
    if (location->base > INT64_MAX || stated->offset > INT64_MAX || stated->size > INT64_MAX ||
        location->base + stated->offset > INT64_MAX)
        return gls_fail(error, GLS_ERROR_FORMAT, "item %u lies at an impossible offset",
                        location->id);
    out->offset = start + location->base + stated->offset;
    out->size = stated->size;
    if (out->size == 0 && out->offset < end)
        out->size = end - out->offset;
    if (in_idat && (out->offset > end || out->size > end - out->offset))
        return gls_fail(error, GLS_ERROR_FORMAT, "item %u reaches beyond its 'idat' box",
                        location->id);
    return true;
}

bool gls_heif_read_item(struct gls_strbuf *out, const struct gls_heif *heif,
                        struct gls_input *input, uint32_t id, struct gls_error *error)
{
    const struct gls_heif_location *location = gls_heif_find_location(heif, id);
    struct gls_range range = {0};
    char *room;

    if (location == NULL)
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: item %u has no place", gls_input_name(input),
                        id);
    for (size_t i = 0; i < location->extent_count; i++) {
        if (!gls_heif_extent_range(&range, heif, location, i, error))
            return gls_error_prefix(error, "%s", gls_input_name(input));
        if (range.size > GLS_BLOCK_MAX || out->size > GLS_BLOCK_MAX - range.size)
            return gls_fail(error, GLS_ERROR_FORMAT, "%s: item %u is larger than %u bytes",
                            gls_input_name(input), id, GLS_BLOCK_MAX);
        room = gls_strbuf_reserve(out, (size_t)range.size);
        if (room == NULL)
            return gls_fail_memory(error);
        if (!gls_input_read(input, range.offset, room, (size_t)range.size, error))
            return false;
        out->size += (size_t)range.size;
        out->data[out->size] = '\0';
    }
    return true;
}

static bool is_tiff(const uint8_t *bytes)
{
    return memcmp(bytes, "II*\0", 4) == 0 || memcmp(bytes, "MM\0*", 4) == 0;
}

bool gls_heif_exif_start(size_t *out, const void *block, size_t size)
{
    const uint8_t *bytes = block;
    uint32_t stated;

    if (size < 8)
        return false;
    stated = gls_be32(bytes);
    if (stated <= size - 8 && is_tiff(bytes + 4 + stated)) {
        *out = 4 + (size_t)stated;
        return true;
    }
    /* Some writers state 0 and put "Exif\0\0" there, or leave the offset out. */
    for (size_t at = 0; at <= 10 && at + 4 <= size; at++) {
        if (is_tiff(bytes + at)) {
            *out = at;
            return true;
        }
    }
    return false;
}

/* A block that cannot be read is noted; the other may still be good. */
static bool read_block(struct gls_blocks *out, const struct gls_heif *heif, struct gls_input *input,
                       bool is_xmp, struct gls_error *error)
{
    const struct gls_heif_item *item = find_describing(heif, is_xmp);
    struct gls_block *block = is_xmp ? &out->xmp : &out->exif;
    struct gls_error inner = GLS_ERROR_INIT;

    if (item == NULL)
        return true;
    if (gls_heif_read_item(&block->bytes, heif, input, item->id, &inner)) {
        block->present = block->bytes.size > 0;
        return true;
    }
    gls_strbuf_clear(&block->bytes);
    block->is_unread = true;
    if (inner.status != GLS_ERROR_FORMAT && inner.status != GLS_ERROR_UNSUPPORTED) {
        *error = inner;
        return false;
    }
    gls_blocks_note(out, "%s", inner.message);
    return true;
}

static bool heif_scan(struct gls_blocks *out, struct gls_input *input, struct gls_error *error)
{
    struct gls_heif heif;
    size_t start;
    bool ok;

    if (!gls_heif_scan(&heif, input, error))
        return false;
    ok = read_block(out, &heif, input, false, error) && read_block(out, &heif, input, true, error);
    if (ok && out->exif.present) {
        if (gls_heif_exif_start(&start, out->exif.bytes.data, out->exif.bytes.size)) {
            gls_strbuf_splice(&out->exif.bytes, 0, start, "", 0);
        } else {
            gls_strbuf_clear(&out->exif.bytes);
            out->exif.present = false;
            out->exif.is_unread = true;
            gls_blocks_note(out, "the Exif item holds no Exif");
        }
    }
    for (size_t i = 0; i < heif.item_count; i++)
        out->xmp.is_unread = out->xmp.is_unread || heif.items[i].is_packed;
    gls_heif_free(&heif);
    return ok;
}

static bool add_item(struct gls_ranges *out, const struct gls_heif *heif, struct gls_input *input,
                     const struct gls_heif_location *location, struct gls_error *error)
{
    struct gls_range range;

    /* Construction 2 borrows the bytes of items that are counted themselves. */
    if (!gls_heif_is_coded(heif, location->id) || location->construction > 1 ||
        location->data_reference != 0)
        return true;
    gls_ranges_next_group(out);
    for (size_t i = 0; i < location->extent_count; i++) {
        if (!gls_heif_extent_range(&range, heif, location, i, error))
            return gls_error_prefix(error, "%s", gls_input_name(input));
        if (!gls_ranges_add(out, range.offset, range.size, error))
            return false;
    }
    return true;
}

static int compare_locations(const void *a, const void *b)
{
    const struct gls_heif_location *left = *(const struct gls_heif_location *const *)a;
    const struct gls_heif_location *right = *(const struct gls_heif_location *const *)b;

    if (left->id != right->id)
        return left->id > right->id ? 1 : -1;
    return (left > right) - (left < right);
}

/* By their numbers, whatever the order of iloc's entries. */
static bool add_coded_items(struct gls_ranges *out, const struct gls_heif *heif,
                            struct gls_input *input, struct gls_error *error)
{
    size_t count = heif->location_count;
    const struct gls_heif_location **order = calloc(count + 1, sizeof(const void *));
    bool ok = true;

    if (order == NULL)
        return gls_fail_memory(error);
    for (size_t i = 0; i < count; i++)
        order[i] = &heif->locations[i];
    qsort(order, count, sizeof order[0], compare_locations);
    for (size_t i = 0; ok && i < count; i++)
        ok = add_item(out, heif, input, order[i], error);
    free(order);
    return ok;
}

static bool heif_essence(struct gls_ranges *out, struct gls_input *input, struct gls_error *error)
{
    struct gls_heif heif;
    bool ok;

    if (!gls_heif_scan(&heif, input, error))
        return false;
    ok = add_coded_items(out, &heif, input, error) &&
         (!heif.has_moov || gls_movie_essence(out, input, error));
    if (ok && out->count == 0)
        ok = gls_fail(error, GLS_ERROR_FORMAT, "%s: holds no coded image", gls_input_name(input));
    gls_heif_free(&heif);
    return ok;
}

const struct gls_container gls_heif_container = {
    .name = "heif",
    .scan = heif_scan,
    .essence = heif_essence,
    .replace = gls_heif_replace,
    .can_hold_exif = true,
};
