/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "media/bmff/heif_edit.h"

uint64_t gls_heif_move(const struct gls_heif_plan *plan, uint64_t offset)
{
    const struct gls_box *meta = &plan->heif.meta;

    if (offset >= meta->offset && offset < gls_box_end(meta))
        return UINT64_MAX;
    if (offset >= plan->tail_at)
        return offset + (uint64_t)plan->meta_growth + plan->new_tail_size - plan->old_tail.size;
    return offset > meta->offset ? offset + (uint64_t)plan->meta_growth : offset;
}

/* Appends a big-endian number of `width` bytes; false: it does not fit. */
static bool put(struct gls_strbuf *out, uint64_t value, unsigned width)
{
    uint8_t bytes[8];

    gls_put_be64(bytes, value);
    gls_strbuf_add(out, bytes + 8 - width, width);
    return width == 8 || value >> (8 * width) == 0;
}

static bool fail_fit(const struct gls_heif_plan *plan, uint32_t id, struct gls_error *error)
{
    return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                    "%s: its item table has no room for the new place of item %u",
                    gls_input_name(plan->input), id);
}

static const struct gls_heif_part *part_of(const struct gls_heif_plan *plan, uint32_t id)
{
    for (size_t i = 0; i < GLS_HEIF_PARTS; i++) {
        if (plan->parts[i].place != GLS_HEIF_KEPT && plan->parts[i].id == id)
            return &plan->parts[i];
    }
    return NULL;
}

static bool put_entry_head(struct gls_strbuf *out, const struct gls_heif *heif, uint32_t id,
                           uint16_t method)
{
    bool fits = put(out, id, heif->iloc_version < 2 ? 2 : 4);

    if (heif->iloc_version > 0)
        fits = put(out, method, 2) && fits;
    return fits;
}

/* An entry with one extent in the tail. */
static bool put_tail_entry(struct gls_heif_plan *plan, const struct gls_heif_part *part,
                           uint16_t reserved, struct gls_error *error)
{
    const struct gls_heif *heif = &plan->heif;
    struct gls_strbuf *out = &plan->iloc;
    uint64_t offset = plan->tail_at + (uint64_t)plan->meta_growth + 8 + part->tail_offset;
    bool use_base = heif->offset_size == 0;
    bool fits = put_entry_head(out, heif, part->id, reserved);

    fits = put(out, 0, 2) && fits; /* data in this file */
    if (heif->base_size > 0)
        fits = put(out, use_base ? offset : 0, heif->base_size) && fits;
    fits = put(out, 1, 2) && fits;
    if (heif->index_size > 0)
        fits = put(out, 0, heif->index_size) && fits;
    if (heif->offset_size > 0)
        fits = put(out, offset, heif->offset_size) && fits;
    else
        fits = fits && heif->base_size > 0;
    fits = heif->length_size > 0 && put(out, part->bytes.size, heif->length_size) && fits;
    return fits || fail_fit(plan, part->id, error);
}

/* The base that keeps the first extent's offset as it is. */
static bool moved_base(uint64_t *out, const struct gls_heif_plan *plan,
                       const struct gls_heif_location *location)
{
    uint64_t first;

    *out = location->base;
    if (location->construction != 0 || location->data_reference != 0 || location->base == 0 ||
        location->extent_count == 0)
        return true;
    first = plan->heif.extents[location->first_extent].offset;
    *out = gls_heif_move(plan, location->base + first);
    if (*out == UINT64_MAX || *out < first)
        return false;
    *out -= first;
    return true;
}

/* A copy of an entry whose bytes stay, at the offsets that they then have. */
static bool put_moved_entry(struct gls_heif_plan *plan, const struct gls_heif_location *location,
                            const struct gls_heif_part *part, struct gls_error *error)
{
    const struct gls_heif *heif = &plan->heif;
    struct gls_strbuf *out = &plan->iloc;
    bool moves = location->construction == 0 && location->data_reference == 0;
    uint64_t base;
    bool fits = put_entry_head(out, heif, location->id,
                               (uint16_t)(location->reserved | location->construction));

    fits = moved_base(&base, plan, location) && fits;
    fits = put(out, location->data_reference, 2) && fits;
    if (heif->base_size > 0)
        fits = put(out, base, heif->base_size) && fits;
    fits = put(out, location->extent_count, 2) && fits;
    for (size_t i = 0; i < location->extent_count; i++) {
        const struct gls_heif_extent *extent = &heif->extents[location->first_extent + i];
        uint64_t offset = extent->offset;
        if (moves) {
            offset = gls_heif_move(plan, location->base + extent->offset);
            fits = fits && offset != UINT64_MAX && offset >= base;
            offset -= base;
        }
        if (heif->index_size > 0)
            fits = put(out, extent->index, heif->index_size) && fits;
        if (heif->offset_size > 0)
            fits = put(out, offset, heif->offset_size) && fits;
        else
            fits = fits && offset == 0;
        if (heif->length_size > 0)
            fits =
                put(out, part != NULL ? part->bytes.size : extent->size, heif->length_size) && fits;
    }
    return fits || fail_fit(plan, location->id, error);
}

static bool encode_iloc(struct gls_heif_plan *plan, struct gls_error *error)
{
    const struct gls_heif *heif = &plan->heif;
    struct gls_strbuf *out = &plan->iloc;
    uint64_t count = heif->location_count;
    unsigned sizes = (unsigned)heif->offset_size << 12 | (unsigned)heif->length_size << 8 |
                     (unsigned)heif->base_size << 4 | heif->index_size;

    gls_strbuf_clear(out);
    for (size_t i = 0; i < GLS_HEIF_PARTS; i++)
        count += plan->parts[i].place != GLS_HEIF_KEPT && plan->parts[i].is_new;
    (void)put(out, (uint64_t)heif->iloc_version << 24, 4);
    (void)put(out, sizes, 2);
    if (!put(out, count, heif->iloc_version < 2 ? 2 : 4))
        return fail_fit(plan, heif->highest_id, error);
    for (size_t i = 0; i < heif->location_count; i++) {
        const struct gls_heif_location *location = &heif->locations[i];
        const struct gls_heif_part *part = part_of(plan, location->id);
        if (part != NULL && part->place == GLS_HEIF_IN_TAIL) {
            if (!put_tail_entry(plan, part, location->reserved, error))
                return false;
        } else if (!put_moved_entry(plan, location, part, error)) {
            return false;
        }
    }
    for (size_t i = 0; i < GLS_HEIF_PARTS; i++) {
        if (plan->parts[i].is_new && !put_tail_entry(plan, &plan->parts[i], 0, error))
            return false;
    }
    return !out->failed || gls_fail_memory(error);
}

/* ItemInfoEntry version 2, marked as not to be shown. */
static void encode_infe(struct gls_strbuf *out, const struct gls_heif_part *part)
{
    static const char xmp[] = "mime\0application/rdf+xml"; /* type, empty name, content type */
    static const char exif[] = "Exif";                     /* type, empty name */
    const char *text = part->is_xmp ? xmp : exif;
    size_t size = part->is_xmp ? sizeof xmp : sizeof exif;

    (void)put(out, 16 + size, 4);
    gls_strbuf_add_str(out, "infe");
    (void)put(out, 2u << 24 | 1u, 4);
    (void)put(out, part->id, 2);
    (void)put(out, 0, 2);
    gls_strbuf_add(out, text, size);
}

/* A cdsc reference from the new item to the primary image. */
static void encode_link(struct gls_strbuf *out, const struct gls_heif *heif,
                        const struct gls_heif_part *part)
{
    unsigned width = heif->iref_version == 0 ? 2 : 4;

    (void)put(out, 10 + 2 * width, 4);
    gls_strbuf_add_str(out, "cdsc");
    (void)put(out, part->id, width);
    (void)put(out, 1, 2);
    (void)put(out, heif->primary, width);
}

bool gls_heif_encode_tables(struct gls_heif_plan *plan, struct gls_error *error)
{
    gls_strbuf_clear(&plan->new_infe);
    gls_strbuf_clear(&plan->new_links);
    for (size_t i = 0; i < GLS_HEIF_PARTS; i++) {
        if (!plan->parts[i].is_new)
            continue;
        encode_infe(&plan->new_infe, &plan->parts[i]);
        encode_link(&plan->new_links, &plan->heif, &plan->parts[i]);
    }
    if (plan->new_infe.failed || plan->new_links.failed)
        return gls_fail_memory(error);
    return encode_iloc(plan, error);
}
