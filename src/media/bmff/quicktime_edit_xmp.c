/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "media/bmff/box_edit.h"
#include "media/bmff/quicktime.h"
#include "media/bmff/quicktime_edit.h"
#include "media/core/container.h"
#include "media/xmp/xmp.h"

#define UUID_HEADER_SIZE 24u

/* ---- Splices -------------------------------------------------------------------------- */

/* `padding`: blanks behind the packet. */
static void put_uuid_box(struct gls_strbuf *out, const struct gls_strbuf *packet, size_t padding)
{
    gls_box_put_head(out, GLS_4CC('u', 'u', 'i', 'd'),
                     sizeof gls_uuid_xmp + packet->size + padding);
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

    put_uuid_box(&bytes, packet, left < 8 ? left : 0);
    if (left >= 8)
        gls_box_put_free(&bytes, left);
    if (bytes.failed)
        return gls_fail_memory(error);
    return gls_patch_replace(out, old->offset, space, &bytes, error);
}

static bool append(struct gls_patch *out, struct gls_input *input, const struct gls_box_tail *tail,
                   const struct gls_strbuf *packet, struct gls_error *error)
{
    GLS_STRBUF_AUTO bytes = GLS_STRBUF_INIT;

    put_uuid_box(&bytes, packet, 0);
    if (bytes.failed)
        return gls_fail_memory(error);
    return gls_box_patch_end(out, input, &tail->last, error) &&
           gls_patch_insert(out, tail->offset, bytes.data, bytes.size, error);
}

/* The free space that stands behind a box; 0: something else does. */
static bool space_behind(uint64_t *out, struct gls_input *input, const struct gls_box *box,
                         struct gls_error *error)
{
    struct gls_box_walk walk;
    struct gls_box next;

    *out = 0;
    gls_box_walk_file(&walk, input);
    while (gls_box_next(&next, &walk, error)) {
        if (next.offset != gls_box_end(box))
            continue;
        if (next.type == GLS_4CC('f', 'r', 'e', 'e') && !next.to_end && next.size <= GLS_BLOCK_MAX)
            *out = next.size;
        return true;
    }
    return !walk.failed;
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
    struct gls_box_tail tail;
    uint64_t space = 0;

    if (!gls_box_find_tail(&tail, input, error))
        return false;
    if (tail.has_mixed_trailer)
        return gls_input_refuse(input, "boxes follow that are counted from its end", error);
    if (old->size == 0) {
        return append(out, input, &tail, packet, error) &&
               (movie->xmp_user.size == 0 ||
                gls_box_patch_free(out, input, &movie->xmp_user, error));
    }
    if (old->offset == tail.last.offset) {
        put_uuid_box(&bytes, packet, 0);
        if (bytes.failed)
            return gls_fail_memory(error);
        return gls_patch_replace(out, old->offset, old->size, &bytes, error);
    }
    if (!space_behind(&space, input, old, error))
        return false;
    space += old->size;
    if (packet->size + UUID_HEADER_SIZE <= space)
        return overwrite(out, old, space, packet, error);
    return gls_box_patch_free(out, input, old, error) && append(out, input, &tail, packet, error);
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
        return gls_input_refuse(input, "it holds more than one XMP packet", error);
    if (box->size > 0 && !gls_box_read_payload(&old, input, box, GLS_BLOCK_MAX, error)) {
        if (error->status == GLS_ERROR_FORMAT)
            error->status = GLS_ERROR_UNSUPPORTED;
        return false;
    }
    const struct gls_xmp_request request = {old.size > 0 ? old.data : NULL, old.size, tags, &use,
                                            input};
    if (!gls_xmp_edit(&packet, &changed, &request, error))
        return false;
    return !changed || place_packet(out, input, movie, &packet, error);
}
