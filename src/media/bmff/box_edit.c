/* SPDX-License-Identifier: MIT */
#include "media/bmff/box_edit.h"

#include <string.h>

enum { HEAD_SIZE = 8, UUID_SIZE = 16, FREED_MAX = 16 << 20 };

static bool counts_from_end(const struct gls_box *box)
{
    return box->type == GLS_4CC('m', 'f', 'r', 'a') || box->type == GLS_4CC('m', 'p', 'v', 'd') ||
           box->type == GLS_4CC('s', 'e', 'f', 'd');
}

bool gls_box_find_tail(struct gls_box_tail *out, struct gls_input *input, struct gls_error *error)
{
    struct gls_error inner = GLS_ERROR_INIT;
    struct gls_box_walk walk;
    struct gls_box box;
    bool in_trailer = false;

    memset(out, 0, sizeof *out);
    gls_box_walk_file(&walk, input);
    while (gls_box_next(&box, &walk, &inner)) {
        out->is_cut = out->is_cut || box.is_cut;
        out->has_fragments = out->has_fragments || box.type == GLS_4CC('m', 'o', 'o', 'f');
        out->has_mixed_trailer = out->has_mixed_trailer || (in_trailer && !counts_from_end(&box));
        in_trailer = in_trailer || counts_from_end(&box);
        if (!in_trailer) {
            out->last = box;
            out->offset = gls_box_end(&box);
        }
    }
    if (walk.failed && inner.status == GLS_ERROR_IO) {
        *error = inner;
        return false;
    }
    if (walk.failed || walk.offset != gls_input_size(input))
        return gls_input_refuse(input, "something follows at its end that is no box", error);
    return true;
}

bool gls_box_patch_number(struct gls_patch *out, struct gls_input *input,
                          struct gls_box_number number, uint64_t value, struct gls_error *error)
{
    uint8_t bytes[8];

    if (number.width < 8 && value >> (8 * number.width) != 0)
        return gls_input_refuse(input, "a box would become too large", error);
    gls_put_be64(bytes, value);
    return gls_patch_overwrite(out, number.offset, bytes + 8 - number.width, number.width, error);
}

bool gls_box_patch_end(struct gls_patch *out, struct gls_input *input, const struct gls_box *last,
                       struct gls_error *error)
{
    const struct gls_box_number size = {last->offset, 4};

    if (!last->to_end)
        return true;
    if (last->size > UINT32_MAX)
        return gls_input_refuse(input, "its last box has no size and is larger than 4 GiB", error);
    return gls_box_patch_number(out, input, size, last->size, error);
}

bool gls_box_patch_free(struct gls_patch *out, struct gls_input *input, const struct gls_box *box,
                        struct gls_error *error)
{
    GLS_STRBUF_AUTO zeros = GLS_STRBUF_INIT;
    uint32_t head = box->header_size;
    char *room;

    if (box->type == GLS_4CC('u', 'u', 'i', 'd'))
        head -= UUID_SIZE;
    if (box->size - head > FREED_MAX)
        return gls_input_refuse(input, "a box that is to go is larger than 16 MiB", error);
    size_t size = (size_t)(box->size - head);
    room = gls_strbuf_reserve(&zeros, size + 1);
    if (room == NULL)
        return gls_fail_memory(error);
    memset(room, 0, size);
    return gls_patch_overwrite(out, box->offset + 4, "free", 4, error) &&
           gls_patch_overwrite(out, box->offset + head, room, size, error);
}

void gls_box_put_head(struct gls_strbuf *out, uint32_t type, size_t payload_size)
{
    uint8_t head[HEAD_SIZE];

    gls_put_be32(head, (uint32_t)(sizeof head + payload_size));
    gls_put_be32(head + 4, type);
    gls_strbuf_add(out, head, sizeof head);
}

void gls_box_put_free(struct gls_strbuf *out, size_t size)
{
    gls_box_put_head(out, GLS_4CC('f', 'r', 'e', 'e'), size - HEAD_SIZE);
    char *room = gls_strbuf_reserve(out, size - HEAD_SIZE + 1);
    if (room != NULL) {
        memset(room, 0, size - HEAD_SIZE);
        out->size += size - HEAD_SIZE;
    }
}
