/* SPDX-License-Identifier: MIT */
/*
 * Extended XMP (XMP part 3, section 1.1.3.1): the main packet names a GUID in
 * xmpNote:HasExtendedXMP; segments with that GUID carry parts of a second
 * packet, each with the whole's size and its own offset.
 */
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/error.h"
#include "media/core/block_load.h"
#include "media/jpeg/jpeg.h"

enum { EXTENDED_HEAD = 35, GUID_SIZE = 32, PART_HEAD = GUID_SIZE + 8, GUID_DISTANCE_MAX = 64 };

struct part {
    uint64_t data; /* in the file */
    uint32_t size;
    uint32_t full_size;
    uint32_t offset; /* in the packet */
};
struct part_list {
    struct part *items;
    size_t count;
};

bool gls_jpeg_extended_guid(char guid[33], const struct gls_strbuf *packet)
{
    static const char name[] = "HasExtendedXMP";
    const char *found =
        packet->size > 0 ? memmem(packet->data, packet->size, name, sizeof name - 1) : NULL;
    size_t digits = 0;

    if (found == NULL)
        return false;
    /* ="GUID", ='GUID' or >GUID<: the next run of 32 hex digits. */
    found += sizeof name - 1;
    size_t left = packet->size - (size_t)(found - packet->data);
    for (size_t i = 0; i < left && i < GUID_DISTANCE_MAX && digits < GUID_SIZE; i++) {
        if (gls_hex_value(found[i]) >= 0)
            guid[digits++] = found[i];
        else
            digits = 0;
    }
    guid[digits] = '\0';
    return digits == GUID_SIZE;
}

static int compare_parts(const void *left, const void *right)
{
    const struct part *a = left, *b = right;

    return (a->offset > b->offset) - (a->offset < b->offset);
}

/* Collects the parts with that GUID; there is room for every segment. */
static bool collect_parts(struct part_list *out, struct gls_input *input,
                          const struct gls_jpeg_layout *layout, const char *guid,
                          struct gls_error *error)
{
    uint8_t head[PART_HEAD];

    for (size_t i = 0; i < layout->count; i++) {
        const struct gls_jpeg_segment *segment = &layout->segments[i];
        const uint32_t skip = GLS_JPEG_HEAD_SIZE + EXTENDED_HEAD;
        if (segment->kind != GLS_JPEG_XMP_EXTENDED || segment->size < skip + PART_HEAD)
            continue;
        if (!gls_input_read(input, segment->offset + skip, head, sizeof head, error))
            return false;
        if (!gls_ascii_begins_equal((const char *)head, guid, GUID_SIZE))
            continue;
        out->items[out->count++] = (struct part){
            .data = segment->offset + skip + PART_HEAD,
            .size = segment->size - skip - PART_HEAD,
            .full_size = gls_be32(head + GUID_SIZE),
            .offset = gls_be32(head + GUID_SIZE + 4),
        };
    }
    return true;
}

/* Sorts the parts; do they make one whole, without overlap or hole? Checked
 * before anything of the stated size is allocated. */
static bool parts_fit(struct part_list *parts)
{
    const struct part *part = parts->items;
    uint64_t end = 0;

    qsort(parts->items, parts->count, sizeof *parts->items, compare_parts);
    for (size_t i = 0; i < parts->count; i++) {
        if (part[i].offset != end || part[i].full_size != part[0].full_size)
            return false;
        end += part[i].size;
    }
    return end == part[0].full_size && end <= GLS_BLOCK_MAX;
}

bool gls_jpeg_load_extended(struct gls_blocks *out, struct gls_input *input,
                            const struct gls_jpeg_layout *layout, struct gls_error *error)
{
    char guid[GUID_SIZE + 1];
    struct part_list parts = {0};
    bool ok = true;

    if (!out->xmp.present || !gls_jpeg_extended_guid(guid, &out->xmp.bytes))
        return true;
    parts.items = calloc(layout->count, sizeof *parts.items);
    if (parts.items == NULL)
        return gls_fail_memory(error);
    ok = collect_parts(&parts, input, layout, guid, error);
    if (ok && parts.count == 0) {
        out->xmp_extended.is_unread = gls_jpeg_find(layout, GLS_JPEG_XMP_EXTENDED, NULL) != NULL;
        gls_blocks_note(out, "its extended XMP is missing");
    } else if (ok && !parts_fit(&parts)) {
        out->xmp_extended.is_unread = true;
        gls_blocks_note(out, "its extended XMP has holes or overlaps and was left out");
    } else if (ok) {
        for (size_t i = 0; ok && i < parts.count; i++)
            ok = gls_block_append(&out->xmp_extended.bytes, input, parts.items[i].data,
                                  parts.items[i].size, error);
        out->xmp_extended.present = ok;
    }
    free(parts.items);
    return ok;
}
