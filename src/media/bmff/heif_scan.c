/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "media/bmff/heif.h"

void gls_heif_free(struct gls_heif *heif)
{
    free(heif->items);
    free(heif->locations);
    free(heif->extents);
    free(heif->links);
    memset(heif, 0, sizeof *heif);
}

/* A table in memory that is read from its start; going beyond its end sets
 * `failed` and gives zeros, so that a reader checks once for each entry. */
struct cursor {
    const uint8_t *bytes;
    size_t size;
    size_t at;
    bool failed;
};

static uint64_t take(struct cursor *cursor, unsigned width)
{
    uint64_t value = 0;

    if (cursor->failed || cursor->size - cursor->at < width) {
        cursor->failed = true;
        return 0;
    }
    for (unsigned i = 0; i < width; i++)
        value = value << 8 | cursor->bytes[cursor->at++];
    return value;
}

/* The text up to its NUL, or to the end of the table. */
static const char *take_text(struct cursor *cursor, size_t *size)
{
    const char *text = (const char *)cursor->bytes + cursor->at;
    const char *nul;

    *size = 0;
    if (cursor->failed || cursor->at >= cursor->size)
        return "";
    nul = memchr(text, 0, cursor->size - cursor->at);
    *size = nul != NULL ? (size_t)(nul - text) : cursor->size - cursor->at;
    cursor->at += *size + (nul != NULL);
    return text;
}

static bool fail_cut(struct gls_input *input, const char *table, struct gls_error *error)
{
    return gls_fail(error, GLS_ERROR_FORMAT, "%s: the '%s' box is cut off", gls_input_name(input),
                    table);
}

/* ---- iinf ------------------------------------------------------------------ */

static bool text_is(const char *text, size_t size, const char *target)
{
    return size == strlen(target) && memcmp(text, target, size) == 0;
}

static void read_mime(struct gls_heif_item *item, struct cursor *cursor)
{
    size_t type_size;
    size_t encoding_size;
    const char *type = take_text(cursor, &type_size);

    (void)take_text(cursor, &encoding_size);
    item->is_mime = true;
    item->is_xmp = text_is(type, type_size, "application/rdf+xml") && encoding_size == 0;
    item->is_packed = text_is(type, type_size, "application/rdf+xml") && encoding_size > 0;
    item->is_image = type_size > 6 && memcmp(type, "image/", 6) == 0;
}

/* One ItemInfoEntry, versions 0 to 3. */
static bool read_infe(struct gls_heif_item *out, struct cursor *cursor)
{
    uint64_t version = take(cursor, 1);
    size_t name_size;

    memset(out, 0, sizeof *out);
    (void)take(cursor, 3);
    out->id = (uint32_t)take(cursor, version == 3 ? 4 : 2);
    out->is_guarded = take(cursor, 2) != 0;
    if (version >= 2)
        out->type = (uint32_t)take(cursor, 4);
    (void)take_text(cursor, &name_size);
    if (version < 2) {
        read_mime(out, cursor);
        out->is_mime = out->is_xmp;
    } else if (out->type == GLS_4CC('m', 'i', 'm', 'e')) {
        read_mime(out, cursor);
    }
    return !cursor->failed;
}

static int compare_items(const void *a, const void *b)
{
    const struct gls_heif_item *left = a;
    const struct gls_heif_item *right = b;

    return left->id < right->id ? -1 : left->id > right->id;
}

static bool add_item(struct gls_heif *heif, const struct gls_heif_item *item, size_t *space,
                     struct gls_error *error)
{
    if (heif->item_count == *space) {
        size_t target = *space == 0 ? 64 : *space * 2;
        struct gls_heif_item *grown = realloc(heif->items, target * sizeof *grown);
        if (grown == NULL)
            return gls_fail_memory(error);
        heif->items = grown;
        *space = target;
    }
    heif->items[heif->item_count++] = *item;
    if (item->id > heif->highest_id)
        heif->highest_id = item->id;
    return true;
}

static bool scan_iinf(struct gls_heif *heif, struct gls_input *input, struct gls_error *error)
{
    GLS_STRBUF_AUTO bytes = GLS_STRBUF_INIT;
    struct cursor cursor = {NULL, 0, 0, false};
    struct gls_heif_item item;
    size_t space = 0;
    uint64_t stated, found = 0;

    if (!gls_box_read_payload(&bytes, input, &heif->iinf, GLS_HEIF_TABLE_MAX, error))
        return false;
    cursor.bytes = (const uint8_t *)bytes.data;
    cursor.size = bytes.size;
    unsigned count_size = take(&cursor, 1) == 0 ? 2 : 4; /* by the version */
    (void)take(&cursor, 3);
    stated = take(&cursor, count_size);
    while (!cursor.failed && cursor.at < cursor.size && cursor.size - cursor.at >= 8) {
        size_t start = cursor.at;
        uint64_t size = take(&cursor, 4);
        uint64_t type = take(&cursor, 4);
        struct cursor entry = {cursor.bytes, start + (size_t)size, cursor.at, false};
        if (size < 8 || size > cursor.size - start)
            return fail_cut(input, "iinf", error);
        if (type == GLS_4CC('i', 'n', 'f', 'e')) {
            if (!read_infe(&item, &entry))
                return fail_cut(input, "infe", error);
            if (heif->item_count >= GLS_HEIF_ITEM_MAX)
                return gls_fail(error, GLS_ERROR_FORMAT, "%s: has too many items",
                                gls_input_name(input));
            if (!add_item(heif, &item, &space, error))
                return false;
        }
        found++;
        cursor.at = start + (size_t)size;
    }
    heif->iinf_is_malformed = found != stated || cursor.at != cursor.size;
    if (heif->item_count > 0)
        qsort(heif->items, heif->item_count, sizeof *heif->items, compare_items);
    return !cursor.failed || fail_cut(input, "iinf", error);
}

/* ---- iloc ------------------------------------------------------------------ */

static bool add_extent(struct gls_heif *heif, struct cursor *cursor, size_t *space,
                       struct gls_error *error)
{
    struct gls_heif_extent *extent;

    if (heif->extent_count == *space) {
        size_t target = *space == 0 ? 64 : *space * 2;
        struct gls_heif_extent *grown = realloc(heif->extents, target * sizeof *grown);
        if (grown == NULL)
            return gls_fail_memory(error);
        heif->extents = grown;
        *space = target;
    }
    extent = &heif->extents[heif->extent_count++];
    extent->index = take(cursor, heif->index_size);
    extent->offset = take(cursor, heif->offset_size);
    extent->size = take(cursor, heif->length_size);
    return true;
}

static bool is_field_size(unsigned size)
{
    return size == 0 || size == 4 || size == 8;
}

static bool read_iloc_sizes(struct gls_heif *heif, struct cursor *cursor, size_t *count)
{
    unsigned sizes;

    heif->iloc_version = (uint8_t)take(cursor, 1);
    (void)take(cursor, 3);
    sizes = (unsigned)take(cursor, 2);
    heif->offset_size = sizes >> 12 & 15;
    heif->length_size = sizes >> 8 & 15;
    heif->base_size = sizes >> 4 & 15;
    heif->index_size = heif->iloc_version > 0 ? sizes & 15 : 0;
    *count = (size_t)take(cursor, heif->iloc_version < 2 ? 2 : 4);
    return !cursor->failed && heif->iloc_version <= 2 && is_field_size(heif->offset_size) &&
           is_field_size(heif->length_size) && is_field_size(heif->base_size) &&
           is_field_size(heif->index_size) && *count <= GLS_HEIF_ITEM_MAX;
}

static bool read_location(struct gls_heif *heif, struct gls_heif_location *out,
                          struct cursor *cursor, size_t *space, struct gls_error *error)
{
    size_t count;

    memset(out, 0, sizeof *out);
    out->id = (uint32_t)take(cursor, heif->iloc_version < 2 ? 2 : 4);
    if (heif->iloc_version > 0) {
        unsigned method = (unsigned)take(cursor, 2);
        out->construction = method & 15;
        out->reserved = (uint16_t)(method & 0xfff0);
    }
    out->data_reference = (uint16_t)take(cursor, 2);
    out->base = take(cursor, heif->base_size);
    count = (size_t)take(cursor, 2);
    out->first_extent = heif->extent_count;
    out->extent_count = count;
    if (count > GLS_HEIF_EXTENT_MAX - heif->extent_count)
        cursor->failed = true;
    for (size_t i = 0; i < count && !cursor->failed; i++) {
        if (!add_extent(heif, cursor, space, error))
            return false;
    }
    if (out->id > heif->highest_id)
        heif->highest_id = out->id;
    return true;
}

static bool scan_iloc(struct gls_heif *heif, struct gls_input *input, struct gls_error *error)
{
    GLS_STRBUF_AUTO bytes = GLS_STRBUF_INIT;
    struct cursor cursor = {NULL, 0, 0, false};
    size_t space = 0;
    size_t count;

    if (!gls_box_read_payload(&bytes, input, &heif->iloc, GLS_HEIF_TABLE_MAX, error))
        return false;
    cursor.bytes = (const uint8_t *)bytes.data;
    cursor.size = bytes.size;
    if (!read_iloc_sizes(heif, &cursor, &count))
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: the 'iloc' box is malformed",
                        gls_input_name(input));
    heif->locations = calloc(count > 0 ? count : 1, sizeof *heif->locations);
    if (heif->locations == NULL)
        return gls_fail_memory(error);
    for (size_t i = 0; i < count; i++) {
        if (!read_location(heif, &heif->locations[i], &cursor, &space, error))
            return false;
        if (cursor.failed)
            return fail_cut(input, "iloc", error);
        heif->location_count++;
    }
    return true;
}

/* ---- iref ------------------------------------------------------------------ */

static bool add_link(struct gls_heif *heif, uint32_t from, uint32_t to, size_t *space,
                     struct gls_error *error)
{
    if (heif->link_count == *space) {
        size_t target = *space == 0 ? 16 : *space * 2;
        struct gls_heif_link *grown = realloc(heif->links, target * sizeof *grown);
        if (grown == NULL)
            return gls_fail_memory(error);
        heif->links = grown;
        *space = target;
    }
    heif->links[heif->link_count++] = (struct gls_heif_link){from, to};
    return true;
}

static bool scan_iref(struct gls_heif *heif, struct gls_input *input, struct gls_error *error)
{
    GLS_STRBUF_AUTO bytes = GLS_STRBUF_INIT;
    struct cursor cursor = {NULL, 0, 0, false};
    size_t space = 0;
    unsigned width;

    if (!gls_box_read_payload(&bytes, input, &heif->iref, GLS_HEIF_TABLE_MAX, error))
        return false;
    cursor.bytes = (const uint8_t *)bytes.data;
    cursor.size = bytes.size;
    heif->iref_version = (uint8_t)take(&cursor, 1);
    (void)take(&cursor, 3);
    width = heif->iref_version == 0 ? 2 : 4;
    while (!cursor.failed && cursor.size - cursor.at >= 8) {
        size_t start = cursor.at;
        uint64_t size = take(&cursor, 4);
        uint64_t type = take(&cursor, 4);
        uint32_t from = (uint32_t)take(&cursor, width);
        uint64_t count = take(&cursor, 2);
        if (size < 8 || size > cursor.size - start)
            return fail_cut(input, "iref", error);
        if (from > heif->highest_id)
            heif->highest_id = from;
        for (uint64_t i = 0; i < count && !cursor.failed && type == GLS_4CC('c', 'd', 's', 'c');
             i++) {
            if (!add_link(heif, from, (uint32_t)take(&cursor, width), &space, error))
                return false;
        }
        /* A reference that is longer than its box says so is read all the same. */
        heif->iref_has_rest = heif->iref_has_rest || cursor.at > start + (size_t)size;
        cursor.at = start + (size_t)size;
    }
    heif->iref_has_rest = heif->iref_has_rest || cursor.at != cursor.size;
    return !cursor.failed || fail_cut(input, "iref", error);
}

/* ---- meta ------------------------------------------------------------------ */

static bool read_primary(struct gls_heif *heif, struct gls_input *input, const struct gls_box *pitm,
                         struct gls_error *error)
{
    uint8_t bytes[8] = {0};
    uint64_t size = gls_box_payload_size(pitm);

    if (size < 6)
        return fail_cut(input, "pitm", error);
    if (!gls_input_read(input, gls_box_payload(pitm), bytes, size < 8 ? 6 : 8, error))
        return false;
    heif->primary = bytes[0] == 0 ? gls_be16(bytes + 4) : gls_be32(bytes + 4);
    heif->has_primary = true;
    return true;
}

static bool read_handler(bool *is_picture, struct gls_input *input, const struct gls_box *hdlr,
                         struct gls_error *error)
{
    uint8_t bytes[12];

    *is_picture = false;
    if (gls_box_payload_size(hdlr) < sizeof bytes)
        return true;
    if (!gls_input_read(input, gls_box_payload(hdlr), bytes, sizeof bytes, error))
        return false;
    *is_picture = gls_be32(bytes + 8) == GLS_4CC('p', 'i', 'c', 't');
    return true;
}

/* Keeps a table of 'meta'. Of two the last counts. */
static void keep_table(struct gls_heif *heif, struct gls_box *table, const struct gls_box *box)
{
    heif->meta_is_malformed = heif->meta_is_malformed || table->size > 0;
    *table = *box;
}

static bool scan_meta(struct gls_heif *heif, struct gls_input *input, struct gls_error *error)
{
    struct gls_box_walk walk;
    struct gls_box box;

    gls_box_walk_children(&walk, input, &heif->meta, 4);
    while (gls_box_next(&box, &walk, error)) {
        heif->meta_is_malformed = heif->meta_is_malformed || box.is_cut || box.to_end;
        if (box.type == GLS_4CC('h', 'd', 'l', 'r')) {
            if (!read_handler(&heif->has_meta, input, &box, error))
                return false;
        } else if (box.type == GLS_4CC('p', 'i', 't', 'm')) {
            if (!read_primary(heif, input, &box, error))
                return false;
        } else if (box.type == GLS_4CC('i', 'i', 'n', 'f')) {
            keep_table(heif, &heif->iinf, &box);
        } else if (box.type == GLS_4CC('i', 'l', 'o', 'c')) {
            keep_table(heif, &heif->iloc, &box);
        } else if (box.type == GLS_4CC('i', 'r', 'e', 'f')) {
            keep_table(heif, &heif->iref, &box);
        } else if (box.type == GLS_4CC('i', 'd', 'a', 't')) {
            keep_table(heif, &heif->idat, &box);
        }
    }
    heif->meta_is_malformed = heif->meta_is_malformed || walk.offset != gls_box_end(&heif->meta);
    return !walk.failed;
}

static bool scan_tables(struct gls_heif *heif, struct gls_input *input, struct gls_error *error)
{
    return scan_meta(heif, input, error) &&
           (!heif->has_meta || ((heif->iinf.size == 0 || scan_iinf(heif, input, error)) &&
                                (heif->iloc.size == 0 || scan_iloc(heif, input, error)) &&
                                (heif->iref.size == 0 || scan_iref(heif, input, error))));
}

bool gls_heif_scan(struct gls_heif *out, struct gls_input *input, struct gls_error *error)
{
    struct gls_error at_end = GLS_ERROR_INIT;
    struct gls_box_walk walk;
    struct gls_box box;
    bool seen_meta = false;

    memset(out, 0, sizeof *out);
    out->file_size = gls_input_size(input);
    gls_box_walk_file(&walk, input);
    while (gls_box_next(&box, &walk, &at_end)) {
        if (box.type == GLS_4CC('m', 'e', 't', 'a') && !seen_meta) {
            seen_meta = true;
            out->meta = box;
        } else if (box.type == GLS_4CC('m', 'o', 'o', 'v') && !out->has_moov) {
            out->moov = box;
            out->has_moov = true;
        }
    }
    /* What follows a complete meta may be anything: a trailer, or cut off. */
    if (walk.failed && (!seen_meta || at_end.status != GLS_ERROR_FORMAT)) {
        *error = at_end;
        return false;
    }
    if (seen_meta && out->meta.is_cut)
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: ends too early, within box 'meta'",
                        gls_input_name(input));
    if (seen_meta && !scan_tables(out, input, error)) {
        gls_heif_free(out);
        return false;
    }
    return true;
}
