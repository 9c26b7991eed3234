/* SPDX-License-Identifier: MIT */
/*
 * Putting other Exif and XMP items into a HEIF file. An item that fits stays
 * where it is; else it goes into an `mdat` of glassine's own at the end of the
 * file, which is replaced the next time, so that a file grows once and not with
 * every edit. Coded items never move but for the growth of `meta` before them.
 */
#include <stdlib.h>
#include <string.h>

#include "media/bmff/box_edit.h"
#include "media/bmff/heif_edit.h"
#include "media/bmff/quicktime.h"

/* ---- The tail ---------------------------------------------------------------------------- */

static bool is_inside(const struct gls_range *range, const struct gls_box *box)
{
    return box->size > 0 && range->offset >= gls_box_payload(box) &&
           range->offset + range->size <= gls_box_end(box);
}

static bool is_described_item(const struct gls_heif_plan *plan, uint32_t id)
{
    for (size_t i = 0; i < GLS_HEIF_PARTS; i++) {
        if (!plan->parts[i].is_new && plan->parts[i].id == id)
            return true;
    }
    return false;
}

/* Does a sample of an image sequence lie in the box? */
static bool holds_samples(bool *out, struct gls_heif_plan *plan, const struct gls_box *box,
                          struct gls_error *error)
{
    struct gls_ranges ranges = GLS_RANGES_INIT;
    bool ok = true;

    *out = false;
    if (plan->heif.has_moov)
        ok = gls_movie_essence(&ranges, plan->input, error);
    for (size_t i = 0; i < ranges.count; i++) {
        const struct gls_range *range = &ranges.items[i];
        *out =
            *out || (range->offset < gls_box_end(box) && range->offset + range->size > box->offset);
    }
    gls_ranges_free(&ranges);
    return ok;
}

/* Is the box an mdat that holds our Exif and XMP items and nothing else? Its
 * payload must be filled by them without a gap. */
static bool is_own_tail(bool *out, struct gls_heif_plan *plan, const struct gls_box *box,
                        struct gls_error *error)
{
    const struct gls_heif *heif = &plan->heif;
    uint64_t filled = 0;
    bool samples;

    *out = false;
    if (box->type != GLS_4CC('m', 'd', 'a', 't') || box->header_size != 8 || box->to_end)
        return true;
    if (!holds_samples(&samples, plan, box, error))
        return false;
    if (samples)
        return true;
    for (size_t i = 0; i < heif->location_count; i++) {
        const struct gls_heif_location *location = &heif->locations[i];
        for (size_t j = 0; j < location->extent_count; j++) {
            struct gls_range range;
            if (location->construction != 0 || location->data_reference != 0)
                continue;
            if (!gls_heif_extent_range(&range, heif, location, j, error))
                return false;
            if (range.offset >= gls_box_end(box) || range.offset + range.size <= box->offset)
                continue;
            if (!is_described_item(plan, location->id) || !is_inside(&range, box) ||
                location->extent_count != 1)
                return true;
            filled += range.size;
        }
    }
    *out = filled > 0 && filled == gls_box_payload_size(box);
    return true;
}

/* ---- What is to be written ----------------------------------------------------------------- */

static bool next_id(uint32_t *out, struct gls_heif_plan *plan, struct gls_error *error)
{
    uint32_t id = plan->heif.highest_id;

    for (size_t i = 0; i < GLS_HEIF_PARTS; i++) {
        if (plan->parts[i].is_new && plan->parts[i].id > id)
            id = plan->parts[i].id;
    }
    if (id >= 65535 || plan->heif.primary > 65535)
        return gls_input_refuse(plan->input, "its item numbers leave no room for another one",
                                error);
    *out = id + 1;
    return true;
}

/* Reads what the item holds now: how many bytes of an Exif item stand before its
 * TIFF header, and whether the block is the one that is to be written. */
static bool read_present(struct gls_heif_plan *plan, struct gls_heif_part *part,
                         const struct gls_strbuf *block, bool *is_same, struct gls_error *error)
{
    GLS_STRBUF_AUTO old = GLS_STRBUF_INIT;
    size_t start = 0;

    if (!gls_heif_read_item(&old, &plan->heif, plan->input, part->id, error))
        return false;
    if (!part->is_xmp && !gls_heif_exif_start(&start, old.data, old.size))
        start = old.size;
    *is_same = old.size - start == block->size && block->size > 0 &&
               memcmp(old.data + start, block->data, block->size) == 0;
    /* A start that states its own length is kept. */
    if (!part->is_xmp && start >= 4 && start < old.size &&
        start == 4 + (size_t)gls_be32((const uint8_t *)old.data))
        gls_strbuf_add(&part->bytes, old.data, start);
    return true;
}

/* Each extent of an edited item is compared with all others of the file. Metadata lies in
 * one, or a few. */
enum { EDITED_EXTENTS_MAX = 16 };

static bool is_editable(const struct gls_heif_plan *plan, const struct gls_heif_item *item)
{
    const struct gls_heif_location *location = gls_heif_find_location(&plan->heif, item->id);

    return !item->is_guarded && location != NULL && location->construction <= 1 &&
           location->data_reference == 0 && location->extent_count > 0 &&
           location->extent_count <= EDITED_EXTENTS_MAX;
}

static bool open_part(struct gls_heif_plan *plan, struct gls_heif_part *part,
                      const struct gls_strbuf *block, struct gls_error *error)
{
    const struct gls_heif_item *item =
        part->is_xmp ? gls_heif_find_xmp(&plan->heif) : gls_heif_find_exif(&plan->heif);
    bool is_same = false;

    if (item != NULL && is_editable(plan, item))
        part->id = item->id;
    else if (item != NULL && block != NULL)
        return gls_input_refuse(
            plan->input, "its metadata item is stored in a way that cannot be edited", error);
    if (block == NULL)
        return true;
    if (block->size == 0)
        return gls_input_refuse(plan->input, "an empty item cannot be written", error);
    if (part->id != 0 && !read_present(plan, part, block, &is_same, error))
        return false;
    if (is_same) {
        gls_strbuf_clear(&part->bytes);
        return true;
    }
    if (part->id == 0) {
        if (!next_id(&part->id, plan, error))
            return false;
        part->is_new = true;
    }
    part->place = GLS_HEIF_IN_TAIL;
    if (!part->is_xmp && part->bytes.size == 0)
        gls_strbuf_add(&part->bytes, "\0\0\0\6Exif\0", 10);
    gls_strbuf_add(&part->bytes, block->data, block->size);
    return !part->bytes.failed || gls_fail_memory(error);
}

/* Does any other extent share a byte with this one? */
static bool is_shared(const struct gls_heif_plan *plan, const struct gls_range *range, uint32_t id)
{
    const struct gls_heif *heif = &plan->heif;
    struct gls_error ignored = GLS_ERROR_INIT;

    for (size_t i = 0; i < heif->location_count; i++) {
        const struct gls_heif_location *location = &heif->locations[i];
        for (size_t j = 0; j < location->extent_count && location->id != id; j++) {
            struct gls_range other;
            if (!gls_heif_extent_range(&other, heif, location, j, &ignored))
                continue;
            if (other.offset < range->offset + range->size &&
                range->offset < other.offset + other.size)
                return true;
        }
    }
    return false;
}

/* May the bytes be overwritten? They must lie within `idat` or one `mdat`, and
 * belong to no other item. */
static bool is_own_extent(bool *out, const struct gls_heif_plan *plan,
                          const struct gls_heif_location *location, const struct gls_range *range,
                          struct gls_error *error)
{
    struct gls_box_walk walk;
    struct gls_box box;
    bool in_media = location->construction == 1;

    gls_box_walk_file(&walk, plan->input);
    while (!in_media && gls_box_next(&box, &walk, error))
        in_media = box.type == GLS_4CC('m', 'd', 'a', 't') && is_inside(range, &box);
    *out = in_media && !is_shared(plan, range, location->id);
    return !walk.failed;
}

/* The bytes that an edited item has now are its own (unless shared): they hold
 * the new ones if those fit, and zeros else, so that nothing stale stays. */
static bool place_part(struct gls_heif_plan *plan, struct gls_heif_part *part,
                       struct gls_patch *out, struct gls_error *error)
{
    const struct gls_heif *heif = &plan->heif;
    const struct gls_heif_location *location = gls_heif_find_location(heif, part->id);
    struct gls_range range;
    bool written = false;

    for (size_t i = 0; i < location->extent_count; i++) {
        GLS_STRBUF_AUTO bytes = GLS_STRBUF_INIT;
        char *room;
        bool is_own;
        if (!gls_heif_extent_range(&range, heif, location, i, error))
            return false;
        if (!is_own_extent(&is_own, plan, location, &range, error))
            return false;
        if (!is_own || is_inside(&range, &plan->old_tail))
            continue;
        written =
            location->extent_count == 1 && part->bytes.size <= range.size && heif->length_size > 0;
        if (written)
            gls_strbuf_add(&bytes, part->bytes.data, part->bytes.size);
        room = gls_strbuf_reserve(&bytes, (size_t)range.size - bytes.size + 1);
        if (room == NULL)
            return gls_fail_memory(error);
        memset(room, 0, (size_t)range.size - bytes.size);
        if (!gls_patch_overwrite(out, range.offset, bytes.data, (size_t)range.size, error))
            return false;
    }
    if (written)
        part->place = GLS_HEIF_IN_PLACE;
    return true;
}

/* An item that is in the old tail and not edited moves with it. */
static bool keep_in_tail(struct gls_heif_plan *plan, struct gls_heif_part *part,
                         struct gls_error *error)
{
    const struct gls_heif_location *location;
    struct gls_range range;

    if (part->place != GLS_HEIF_KEPT || part->id == 0 || plan->old_tail.size == 0)
        return true;
    location = gls_heif_find_location(&plan->heif, part->id);
    if (!gls_heif_extent_range(&range, &plan->heif, location, 0, error))
        return false;
    if (location->construction != 0 || !is_inside(&range, &plan->old_tail))
        return true;
    part->place = GLS_HEIF_IN_TAIL;
    return gls_heif_read_item(&part->bytes, &plan->heif, plan->input, part->id, error);
}

static bool place_parts(struct gls_heif_plan *plan, struct gls_patch *out, struct gls_error *error)
{
    uint64_t used = 0;

    for (size_t i = 0; i < GLS_HEIF_PARTS; i++) {
        struct gls_heif_part *part = &plan->parts[i];
        if (part->place == GLS_HEIF_IN_TAIL && !part->is_new && !place_part(plan, part, out, error))
            return false;
        if (!keep_in_tail(plan, part, error))
            return false;
        if (part->place == GLS_HEIF_IN_TAIL) {
            part->tail_offset = used;
            used += part->bytes.size;
        }
    }
    plan->new_tail_size = used > 0 ? used + 8 : 0;
    return true;
}

/* ---- Writing it ------------------------------------------------------------------ */

/* Insertions come before all numbers: a box may begin where one before it grows. */
static bool insert_entries(struct gls_patch *out, struct gls_heif_plan *plan,
                           struct gls_error *error)
{
    const struct gls_heif *heif = &plan->heif;
    uint8_t head[12] = {0, 0, 0, 0, 'i', 'r', 'e', 'f', 0, 0, 0, 0};
    uint64_t at = heif->iref.size > 0 ? gls_box_end(&heif->iref) : gls_box_end(&heif->meta);

    if (plan->new_infe.size == 0)
        return true;
    gls_put_be32(head, (uint32_t)(sizeof head + plan->new_links.size));
    return gls_patch_insert(out, gls_box_end(&heif->iinf), plan->new_infe.data, plan->new_infe.size,
                            error) &&
           (heif->iref.size > 0 || gls_patch_insert(out, at, head, sizeof head, error)) &&
           gls_patch_insert(out, at, plan->new_links.data, plan->new_links.size, error);
}

static bool patch_size(struct gls_patch *out, struct gls_heif_plan *plan, const struct gls_box *box,
                       uint64_t growth, struct gls_error *error)
{
    return gls_box_patch_number(out, plan->input, (struct gls_box_number){box->offset, 4},
                                box->size + growth, error);
}

static bool patch_counts(struct gls_patch *out, struct gls_heif_plan *plan, struct gls_error *error)
{
    const struct gls_box *iinf = &plan->heif.iinf;
    const struct gls_box *iref = &plan->heif.iref;
    uint64_t at = gls_box_payload(iinf);
    uint8_t head[8];
    uint64_t count;

    if (plan->new_infe.size == 0)
        return true;
    if (!gls_input_read(plan->input, at, head, sizeof head, error))
        return false;
    count = head[0] == 0 ? gls_be16(head + 4) : gls_be32(head + 4);
    for (size_t i = 0; i < GLS_HEIF_PARTS; i++)
        count += plan->parts[i].is_new;
    const struct gls_box_number number = {at + 4, head[0] == 0 ? 2 : 4};
    return patch_size(out, plan, iinf, plan->new_infe.size, error) &&
           gls_box_patch_number(out, plan->input, number, count, error) &&
           (iref->size == 0 || patch_size(out, plan, iref, plan->new_links.size, error));
}

static bool patch_iloc(struct gls_patch *out, struct gls_heif_plan *plan, struct gls_error *error)
{
    const struct gls_box *iloc = &plan->heif.iloc;

    return gls_box_patch_number(out, plan->input, (struct gls_box_number){iloc->offset, 4},
                                plan->iloc.size + 8, error) &&
           gls_patch_replace(out, gls_box_payload(iloc), gls_box_payload_size(iloc), &plan->iloc,
                             error);
}

static bool patch_tail(struct gls_patch *out, struct gls_heif_plan *plan, struct gls_error *error)
{
    GLS_STRBUF_AUTO bytes = GLS_STRBUF_INIT;

    if (plan->new_tail_size > 0)
        gls_box_put_head(&bytes, GLS_4CC('m', 'd', 'a', 't'), (size_t)plan->new_tail_size - 8);
    for (size_t i = 0; i < GLS_HEIF_PARTS; i++) {
        if (plan->parts[i].place == GLS_HEIF_IN_TAIL)
            gls_strbuf_add(&bytes, plan->parts[i].bytes.data, plan->parts[i].bytes.size);
    }
    if (bytes.failed)
        return gls_fail_memory(error);
    return gls_patch_replace(out, plan->tail_at, plan->old_tail.size, &bytes, error);
}

static uint64_t moved_offset(const void *context, uint64_t offset)
{
    return gls_heif_move(context, offset);
}

static bool write_plan(struct gls_patch *out, struct gls_heif_plan *plan,
                       const struct gls_box *last, struct gls_error *error)
{
    const struct gls_heif *heif = &plan->heif;
    const struct gls_movie_mover mover = {.moved_offset = moved_offset, .context = plan};
    uint64_t meta_size;

    if (!gls_heif_encode_tables(plan, error))
        return false;
    plan->meta_growth = (int64_t)(plan->iloc.size + plan->new_infe.size + plan->new_links.size) -
                        (int64_t)gls_box_payload_size(&heif->iloc);
    if (heif->iref.size == 0 && plan->new_links.size > 0)
        plan->meta_growth += 12;
    meta_size = heif->meta.size + (uint64_t)plan->meta_growth;
    return gls_heif_encode_tables(plan, error) && insert_entries(out, plan, error) &&
           gls_box_patch_number(out, plan->input, (struct gls_box_number){heif->meta.offset, 4},
                                meta_size, error) &&
           patch_counts(out, plan, error) && patch_iloc(out, plan, error) &&
           (plan->new_tail_size == 0 || gls_box_patch_end(out, plan->input, last, error)) &&
           patch_tail(out, plan, error) &&
           (!heif->has_moov || gls_movie_move_chunks(out, plan->input, &heif->moov, &mover, error));
}

static bool make_plan(struct gls_heif_plan *plan, struct gls_patch *out,
                      const struct gls_block_edit *edit, struct gls_error *error)
{
    struct gls_box last;
    bool own_tail = false;

    if (!gls_heif_check(plan, &last, error) ||
        !open_part(plan, &plan->parts[0], edit->exif, error) ||
        !open_part(plan, &plan->parts[1], edit->xmp, error) ||
        !is_own_tail(&own_tail, plan, &last, error))
        return false;
    if (plan->parts[0].place == GLS_HEIF_KEPT && plan->parts[1].place == GLS_HEIF_KEPT)
        return true; /* the file says it already */
    if (own_tail) {
        plan->old_tail = last;
        plan->tail_at = last.offset;
    }
    return place_parts(plan, out, error) && write_plan(out, plan, &last, error);
}

bool gls_heif_replace(struct gls_patch *out, struct gls_input *input,
                      const struct gls_block_edit *edit, struct gls_error *error)
{
    struct gls_heif_plan plan;
    bool ok;

    memset(&plan, 0, sizeof plan);
    plan.input = input;
    plan.parts[1].is_xmp = true;
    if (!gls_heif_scan(&plan.heif, input, error))
        return false;
    ok = make_plan(&plan, out, edit, error) && gls_patch_seal(out, gls_input_size(input), error) &&
         gls_heif_check_patch(&plan, out, error);
    for (size_t i = 0; i < GLS_HEIF_PARTS; i++)
        gls_strbuf_free(&plan.parts[i].bytes);
    gls_strbuf_free(&plan.iloc);
    gls_strbuf_free(&plan.new_infe);
    gls_strbuf_free(&plan.new_links);
    gls_heif_free(&plan.heif);
    return ok;
}
