/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "media/bmff/quicktime.h"
#include "media/bmff/quicktime_edit.h"
#include "media/core/container.h"
#include "media/xmp/xmp.h"

#define UUID_HEADER_SIZE 24u

/* The top-level boxes, as far as an appended one must know them. */
struct layout {
    uint64_t append_at;      /* where a new box goes */
    struct gls_box before;   /* the box that ends there */
    struct gls_box follower; /* the box behind the XMP uuid box; size 0: none */
};

static bool refuse(struct gls_input *input, const char *reason, struct gls_error *error)
{
    return gls_fail(error, GLS_ERROR_UNSUPPORTED, "%s: %s", gls_input_name(input), reason);
}

/* These are found from the end of the file and must stay there. */
static bool must_stay_last(const struct gls_box *box)
{
    return box->type == GLS_4CC('m', 'f', 'r', 'a') || box->type == GLS_4CC('s', 'e', 'f', 'd');
}

static bool read_layout(struct layout *out, struct gls_input *input, const struct gls_movie *movie,
                        struct gls_error *error)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    struct gls_box_walk walk;
    struct gls_box box;
    bool at_end = false;

    memset(out, 0, sizeof *out);
    gls_box_walk_file(&walk, input);
    while (gls_box_next(&box, &walk, &ignored)) {
        if (movie->xmp_uuid.size > 0 && box.offset == gls_box_end(&movie->xmp_uuid))
            out->follower = box;
        if (at_end && !must_stay_last(&box))
            return refuse(input, "boxes follow that are counted from its end", error);
        at_end = must_stay_last(&box);
        if (!at_end) {
            out->before = box;
            out->append_at = gls_box_end(&box);
        }
    }
    if (walk.failed || walk.offset != gls_input_size(input))
        return refuse(input, "something follows the movie that is no box", error);
    return true;
}

/* ---- Splices -------------------------------------------------------------------------- */

/* A box whose content is wiped and that every reader skips. */
static bool make_free(struct gls_patch *out, const struct gls_box *box, struct gls_error *error)
{
    GLS_STRBUF_AUTO zeros = GLS_STRBUF_INIT;
    uint32_t head =
        box->type == GLS_4CC('u', 'u', 'i', 'd') ? box->header_size - 16 : box->header_size;
    size_t size = (size_t)(box->size - head);
    char *room = gls_strbuf_reserve(&zeros, size + 1);

    if (room == NULL)
        return gls_fail_memory(error);
    memset(room, 0, size);
    return gls_patch_add(out, box->offset + 4, 4, "free", 4, error) &&
           gls_patch_add(out, box->offset + head, size, room, size, error);
}

static void put_uuid_box(struct gls_strbuf *out, const struct gls_strbuf *packet, size_t padding)
{
    uint8_t head[8] = {0, 0, 0, 0, 'u', 'u', 'i', 'd'};

    gls_put_be32(head, (uint32_t)(UUID_HEADER_SIZE + packet->size + padding));
    gls_strbuf_add(out, head, sizeof head);
    gls_strbuf_add(out, gls_uuid_xmp, sizeof gls_uuid_xmp);
    gls_strbuf_add(out, packet->data, packet->size);
    for (size_t i = 0; i < padding; i++)
        gls_strbuf_add_char(out, ' ');
}

/* Writes the box over the old one and a free box behind it. What is left is a
 * free box again, or a few blanks behind the packet if that is too little. */
static bool overwrite(struct gls_patch *out, const struct gls_box *old, uint64_t space,
                      const struct gls_strbuf *packet, struct gls_error *error)
{
    GLS_STRBUF_AUTO bytes = GLS_STRBUF_INIT;
    size_t left = (size_t)(space - UUID_HEADER_SIZE - packet->size);
    uint8_t head[8] = {0, 0, 0, 0, 'f', 'r', 'e', 'e'};
    char *room;

    put_uuid_box(&bytes, packet, left < sizeof head ? left : 0);
    if (left >= sizeof head) {
        gls_put_be32(head, (uint32_t)left);
        gls_strbuf_add(&bytes, head, sizeof head);
        room = gls_strbuf_reserve(&bytes, left - sizeof head + 1);
        if (room == NULL)
            return gls_fail_memory(error);
        memset(room, 0, left - sizeof head);
        bytes.size += left - sizeof head;
    }
    if (bytes.failed)
        return gls_fail_memory(error);
    return gls_patch_add(out, old->offset, space, bytes.data, bytes.size, error);
}

/* A last box without a size would take in what is appended. */
static bool close_last_box(struct gls_patch *out, struct gls_input *input,
                           const struct gls_box *last, struct gls_error *error)
{
    uint8_t size[4];

    if (!last->to_end)
        return true;
    if (last->size > UINT32_MAX)
        return refuse(input, "its last box has no size and is larger than 4 GiB", error);
    gls_put_be32(size, (uint32_t)last->size);
    return gls_patch_add(out, last->offset, sizeof size, size, sizeof size, error);
}

static bool append(struct gls_patch *out, struct gls_input *input, const struct layout *layout,
                   const struct gls_strbuf *packet, struct gls_error *error)
{
    GLS_STRBUF_AUTO bytes = GLS_STRBUF_INIT;

    put_uuid_box(&bytes, packet, 0);
    if (bytes.failed)
        return gls_fail_memory(error);
    return close_last_box(out, input, &layout->before, error) &&
           gls_patch_add(out, layout->append_at, 0, bytes.data, bytes.size, error);
}

/* ---- The packet --------------------------------------------------------------------------- */

/* Puts the packet where the old one is, if it is the last box or fits; else at
 * the end, and what was there before becomes free space. */
static bool place_packet(struct gls_patch *out, struct gls_input *input,
                         const struct gls_movie *movie, const struct gls_strbuf *packet,
                         struct gls_error *error)
{
    GLS_STRBUF_AUTO bytes = GLS_STRBUF_INIT;
    const struct gls_box *old = &movie->xmp_uuid;
    struct layout layout;
    uint64_t space;

    if (!read_layout(&layout, input, movie, error))
        return false;
    if (old->size == 0) {
        return append(out, input, &layout, packet, error) &&
               (movie->xmp_user.size == 0 || make_free(out, &movie->xmp_user, error));
    }
    if (old->offset == layout.before.offset) {
        put_uuid_box(&bytes, packet, 0);
        if (bytes.failed)
            return gls_fail_memory(error);
        return gls_patch_add(out, old->offset, old->size, bytes.data, bytes.size, error);
    }
    space = old->size;
    if (layout.follower.type == GLS_4CC('f', 'r', 'e', 'e') && !layout.follower.to_end &&
        layout.follower.size <= GLS_BLOCK_MAX)
        space += layout.follower.size;
    if (packet->size + UUID_HEADER_SIZE <= space)
        return overwrite(out, old, space, packet, error);
    return make_free(out, old, error) && append(out, input, &layout, packet, error);
}

bool gls_movie_plan_xmp(struct gls_patch *out, struct gls_input *input,
                        const struct gls_movie *movie, const struct gls_tags *tags,
                        struct gls_error *error)
{
    static const struct gls_xmp_use use = {
        .is_video = true, .holds_date = false, .holds_position = true, .size_limit = GLS_BLOCK_MAX};
    GLS_STRBUF_AUTO old = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO packet = GLS_STRBUF_INIT;
    const struct gls_box *box = movie->xmp_uuid.size > 0 ? &movie->xmp_uuid : &movie->xmp_user;
    bool changed = false;

    if (movie->xmp_uuid_count > 1 || (movie->xmp_uuid_count == 1 && movie->xmp_user.size > 0))
        return refuse(input, "it holds more than one XMP packet", error);
    if (box->size > 0 && !gls_box_read_payload(&old, input, box, GLS_BLOCK_MAX, error)) {
        if (error->status == GLS_ERROR_FORMAT)
            error->status = GLS_ERROR_UNSUPPORTED;
        return false;
    }
    const struct gls_xmp_request wish = {old.size > 0 ? old.data : NULL, old.size, tags, &use};
    if (!gls_xmp_edit(&packet, &changed, &wish, error))
        return false;
    return !changed || place_packet(out, input, movie, &packet, error);
}
