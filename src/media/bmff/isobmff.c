/* SPDX-License-Identifier: MIT */
#include "media/bmff/isobmff.h"

#include <string.h>

const uint8_t gls_uuid_xmp[16] = {0xbe, 0x7a, 0xcf, 0xcb, 0x97, 0xa9, 0x42, 0xe8,
                                  0x9c, 0x71, 0x99, 0x94, 0x91, 0xe3, 0xaf, 0xac};

void gls_box_walk_file(struct gls_box_walk *walk, struct gls_input *input)
{
    memset(walk, 0, sizeof *walk);
    walk->input = input;
    walk->end = gls_input_size(input);
    walk->is_top = true;
}

void gls_box_walk_children(struct gls_box_walk *walk, struct gls_input *input,
                           const struct gls_box *parent, uint32_t skip)
{
    memset(walk, 0, sizeof *walk);
    walk->input = input;
    walk->end = gls_box_end(parent);
    walk->offset = gls_box_payload(parent);
    walk->offset = walk->end - walk->offset > skip ? walk->offset + skip : walk->end;
}

/* The type as text for messages, with '.' for what cannot be printed. */
static const char *box_name(uint32_t type, char out[GLS_BOX_TYPE_NAME_SIZE])
{
    for (unsigned i = 0; i < 4; i++) {
        unsigned char c = (unsigned char)(type >> (24 - 8 * i));
        out[i] = c >= 0x20 && c < 0x7f ? (char)c : '.';
    }
    out[4] = '\0';
    return out;
}

bool gls_box_is_uuid(const struct gls_box *box, const uint8_t uuid[16])
{
    return box->type == GLS_4CC('u', 'u', 'i', 'd') && memcmp(box->uuid, uuid, 16) == 0;
}

/* Reads the parts of a header behind the first eight bytes. */
static bool read_long_header(struct gls_box *out, uint64_t *stated, struct gls_box_walk *walk,
                             struct gls_error *error)
{
    uint64_t left = walk->end - walk->offset;
    uint8_t bytes[16];

    if (*stated == 1) {
        if (left < 16)
            return gls_fail(error, GLS_ERROR_FORMAT, "%s: ends within a box header at byte %llu",
                            gls_input_name(walk->input), (unsigned long long)walk->offset);
        if (!gls_input_read(walk->input, walk->offset + 8, bytes, 8, error))
            return false;
        *stated = gls_be64(bytes);
        out->header_size = 16;
    }
    if (out->type == GLS_4CC('u', 'u', 'i', 'd')) {
        if (left < out->header_size + 16u)
            return gls_fail(error, GLS_ERROR_FORMAT, "%s: ends within a box header at byte %llu",
                            gls_input_name(walk->input), (unsigned long long)walk->offset);
        if (!gls_input_read(walk->input, walk->offset + out->header_size, out->uuid, 16, error))
            return false;
        out->header_size += 16;
    }
    return true;
}

static bool read_header(struct gls_box *out, struct gls_box_walk *walk, struct gls_error *error)
{
    uint64_t left = walk->end - walk->offset;
    uint8_t bytes[8];
    uint64_t stated;
    char name[GLS_BOX_TYPE_NAME_SIZE];

    memset(out, 0, sizeof *out);
    if (!gls_input_read(walk->input, walk->offset, bytes, 8, error))
        return false;
    stated = gls_be32(bytes);
    out->type = gls_be32(bytes + 4);
    out->offset = walk->offset;
    out->header_size = 8;
    out->to_end = stated == 0;
    if (!read_long_header(out, &stated, walk, error))
        return false;
    if (out->to_end)
        stated = left;
    if (stated < out->header_size)
        return gls_fail(error, GLS_ERROR_FORMAT,
                        "%s: box '%s' at byte %llu states an impossible size",
                        gls_input_name(walk->input), box_name(out->type, name),
                        (unsigned long long)walk->offset);
    out->is_cut = stated > left;
    out->size = out->is_cut ? left : stated;
    return true;
}

/* Does the list end here? QTFF ends some lists with a 32-bit zero. */
static bool is_at_end(struct gls_box_walk *walk, struct gls_error *error)
{
    uint64_t left = walk->end - walk->offset;
    uint8_t zero[8];

    if (left < 8)
        return true;
    if (walk->is_top)
        return false;
    if (!gls_input_read(walk->input, walk->offset, zero, sizeof zero, error)) {
        walk->failed = true;
        return true;
    }
    return gls_be32(zero) == 0;
}

bool gls_box_next(struct gls_box *out, struct gls_box_walk *walk, struct gls_error *error)
{
    if (walk->failed || is_at_end(walk, error))
        return false;
    if (walk->count >= GLS_BOX_COUNT_MAX) {
        walk->failed = true;
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: has more than %u boxes in one place",
                        gls_input_name(walk->input), GLS_BOX_COUNT_MAX);
    }
    if (!read_header(out, walk, error)) {
        walk->failed = true;
        return false;
    }
    walk->count++;
    walk->offset = gls_box_end(out);
    return true;
}

bool gls_box_find(struct gls_box *out, struct gls_input *input, const struct gls_box *parent,
                  uint32_t type, struct gls_error *error)
{
    struct gls_box_walk walk;

    gls_box_walk_children(&walk, input, parent, 0);
    while (gls_box_next(out, &walk, error)) {
        if (out->type == type)
            return true;
    }
    memset(out, 0, sizeof *out);
    return !walk.failed;
}

bool gls_box_read_payload(struct gls_strbuf *out, struct gls_input *input,
                          const struct gls_box *box, size_t limit, struct gls_error *error)
{
    uint64_t size = gls_box_payload_size(box);
    char name[GLS_BOX_TYPE_NAME_SIZE];
    char *room;

    if (box->is_cut)
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: ends too early, within box '%s'",
                        gls_input_name(input), box_name(box->type, name));
    if (size > limit)
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: box '%s' is larger than %zu bytes",
                        gls_input_name(input), box_name(box->type, name), limit);
    room = gls_strbuf_reserve(out, (size_t)size);
    if (room == NULL)
        return gls_fail_memory(error);
    if (!gls_input_read(input, gls_box_payload(box), room, (size_t)size, error))
        return false;
    out->size += (size_t)size;
    room[size] = '\0';
    return true;
}

bool gls_box_patch_spares(const struct gls_patch *patch, const struct gls_ranges *ranges)
{
    size_t at = 0;

    for (size_t i = 0; i < patch->count; i++) {
        const struct gls_splice *splice = &patch->splices[i];
        const struct gls_range *range;
        while (at < ranges->count &&
               ranges->items[at].offset + ranges->items[at].size <= splice->offset)
            at++;
        if (at == ranges->count)
            return true;
        range = &ranges->items[at];
        if (range->offset < splice->offset || range->offset < splice->offset + splice->removed)
            return false;
    }
    return true;
}
