/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/ascii.h"
#include "base/error.h"
#include "media/core/block_load.h"
#include "media/jpeg/jpeg.h"

static const char unsafe[] = "so its tags cannot be embedded safely";

/* Where a new segment goes: behind the leading APP0 segments, and for XMP behind
 * the Exif segments too. Those all stand before any MPF segment: its offsets
 * count from its own header, so that what is inserted before it moves header
 * and images alike. An offset-dependent Exif block keeps its distance to what it
 * points to if the XMP stands before it. */
static uint64_t insertion_point(const struct gls_jpeg_layout *layout, bool behind_exif)
{
    const struct gls_jpeg_segment *mpf = gls_jpeg_find(layout, GLS_JPEG_MPF, NULL);
    uint64_t point = 2; /* behind SOI */

    for (size_t i = 0; i < layout->leading; i++) {
        if (layout->segments[i].kind != GLS_JPEG_APP0)
            break;
        point = layout->segments[i].offset + layout->segments[i].size;
    }
    for (size_t i = 0; behind_exif && !layout->has_offset_preview && i < layout->count; i++) {
        const struct gls_jpeg_segment *segment = &layout->segments[i];
        if ((segment->kind == GLS_JPEG_EXIF || segment->kind == GLS_JPEG_EXIF_MORE) &&
            (mpf == NULL || segment->offset < mpf->offset) && segment->offset >= point)
            point = segment->offset + segment->size;
    }
    return point;
}

/* What to put where. */
struct change {
    const struct gls_jpeg_segment *old; /* NULL: insert */
    const char *head;
    size_t head_size;
    const struct gls_strbuf *block;
};

static bool is_same(const struct change *change, struct gls_input *input, bool *same,
                    struct gls_error *error)
{
    struct gls_strbuf present = GLS_STRBUF_INIT;
    size_t size = change->block->size;
    bool ok = true;

    *same = false;
    if (change->old == NULL || change->old->size != GLS_JPEG_HEAD_SIZE + change->head_size + size)
        return true;
    char *bytes = gls_strbuf_reserve(&present, size);
    if (bytes == NULL)
        ok = gls_fail_memory(error);
    ok = ok && gls_input_read(input, change->old->offset + GLS_JPEG_HEAD_SIZE + change->head_size,
                              bytes, size, error);
    *same = ok && (size == 0 || memcmp(bytes, change->block->data, size) == 0);
    gls_strbuf_free(&present);
    return ok;
}

/* Would the change move something away from what counts its distance to it? */
static bool check_distances(struct gls_input *input, const struct gls_jpeg_layout *layout,
                            const struct change *change, size_t size, struct gls_error *error)
{
    const struct gls_jpeg_segment *old = change->old;
    const struct gls_jpeg_segment *mpf = gls_jpeg_find(layout, GLS_JPEG_MPF, NULL);
    const struct gls_jpeg_segment *exif = gls_jpeg_find(layout, GLS_JPEG_EXIF, NULL);

    if (old == NULL || old->size == size)
        return true;
    if (mpf != NULL && old->offset > mpf->offset)
        return gls_input_refuse(
            input,
            "the tags stand between the index of its further images (MPF) and those "
            "images, which must not move apart",
            error);
    if (layout->has_offset_preview && old->offset >= exif->offset)
        return gls_input_refuse(
            input,
            "its maker note points to a preview behind the image, and the two must not "
            "move apart",
            error);
    return true;
}

static bool add_change(struct gls_patch *out, struct gls_input *input,
                       const struct gls_jpeg_layout *layout, const struct change *change,
                       struct gls_error *error)
{
    const struct gls_jpeg_segment *old = change->old;
    size_t size = GLS_JPEG_HEAD_SIZE + change->head_size + change->block->size;
    uint8_t head[GLS_JPEG_HEAD_SIZE] = {0xFF, 0xE1, 0, 0};
    struct gls_strbuf segment = GLS_STRBUF_INIT;
    bool same, ok;

    if (!is_same(change, input, &same, error))
        return false;
    if (same)
        return true;
    if (!check_distances(input, layout, change, size, error))
        return false;
    gls_put_be16(head + 2, (uint16_t)(size - 2));
    gls_strbuf_add(&segment, head, sizeof head);
    gls_strbuf_add(&segment, change->head, change->head_size);
    gls_strbuf_add(&segment, change->block->data, change->block->size);
    if (segment.failed)
        ok = gls_fail_memory(error);
    else if (old != NULL)
        ok = gls_patch_replace(out, old->offset, old->size, &segment, error);
    else
        ok = gls_patch_insert(out, insertion_point(layout, change->head_size == GLS_JPEG_XMP_HEAD),
                              segment.data, segment.size, error);
    gls_strbuf_free(&segment);
    return ok;
}

static bool replace_exif(struct gls_patch *out, struct gls_input *input,
                         const struct gls_jpeg_layout *layout, const struct gls_strbuf *block,
                         struct gls_error *error)
{
    char head[GLS_JPEG_EXIF_HEAD] = "Exif\0";
    size_t count;
    struct change change = {gls_jpeg_find(layout, GLS_JPEG_EXIF, &count), head, sizeof head, block};

    if (block->size > GLS_JPEG_EXIF_MAX)
        return gls_input_refuse(input, "the Exif block would become larger than a JPEG segment",
                                error);
    if (count > 1)
        return gls_input_refuse(
            input, "it has several Exif blocks, which could contradict each other", error);
    if (gls_jpeg_find(layout, GLS_JPEG_EXIF_MORE, NULL) != NULL)
        return gls_input_refuse(input, "its Exif block spans several segments", error);
    /* The odd second byte that some writers use stays as it is. */
    if (change.old != NULL &&
        !gls_input_read(input, change.old->offset + GLS_JPEG_HEAD_SIZE, head, sizeof head, error))
        return false;
    return add_change(out, input, layout, &change, error);
}

/* The present packet names parts of an extended XMP: so must the new one. */
static bool check_extended(struct gls_input *input, const struct gls_jpeg_layout *layout,
                           const struct gls_jpeg_segment *old, const struct gls_strbuf *block,
                           struct gls_error *error)
{
    const uint32_t head = GLS_JPEG_HEAD_SIZE + GLS_JPEG_XMP_HEAD;
    GLS_STRBUF_AUTO present = GLS_STRBUF_INIT;
    char named[33], expected[33];

    if (old == NULL || gls_jpeg_find(layout, GLS_JPEG_XMP_EXTENDED, NULL) == NULL)
        return true;
    if (!gls_block_append(&present, input, old->offset + head, old->size - head, error))
        return false;
    if (gls_jpeg_extended_guid(expected, &present) &&
        !(gls_jpeg_extended_guid(named, block) && gls_ascii_equal(named, expected)))
        return gls_input_refuse(input, "the new XMP packet does not name the extended XMP", error);
    return true;
}

static bool replace_xmp(struct gls_patch *out, struct gls_input *input,
                        const struct gls_jpeg_layout *layout, const struct gls_strbuf *block,
                        struct gls_error *error)
{
    size_t count;
    struct change change = {gls_jpeg_find(layout, GLS_JPEG_XMP, &count), gls_jpeg_xmp_head,
                            GLS_JPEG_XMP_HEAD, block};

    if (block->size > GLS_JPEG_XMP_MAX)
        return gls_input_refuse(input, "the XMP packet would become larger than a JPEG segment",
                                error);
    if (count > 1)
        return gls_input_refuse(
            input, "it has several XMP packets, which could contradict each other", error);
    if (!check_extended(input, layout, change.old, block, error))
        return false;
    return add_change(out, input, layout, &change, error);
}

bool gls_jpeg_replace(struct gls_patch *out, struct gls_input *input,
                      const struct gls_block_edit *edit, struct gls_error *error)
{
    struct gls_jpeg_layout layout = {0};
    bool ok = gls_jpeg_read_layout(&layout, input, error);

    if (ok && !layout.has_image)
        ok = gls_fail(error, GLS_ERROR_UNSUPPORTED, "%s: it %s at byte %llu, %s",
                      gls_input_name(input), layout.parse_error,
                      (unsigned long long)layout.parse_error_offset, unsafe);
    if (ok && layout.junk_size > 0)
        ok =
            gls_input_refuse(input, "it has bytes between its segments that belong to none", error);
    ok = ok && gls_jpeg_find_offset_preview(&layout, input, error);
    if (ok && edit->exif != NULL)
        ok = replace_exif(out, input, &layout, edit->exif, error);
    if (ok && edit->xmp != NULL)
        ok = replace_xmp(out, input, &layout, edit->xmp, error);
    ok = ok && gls_patch_seal(out, gls_input_size(input), error);
    gls_jpeg_layout_free(&layout);
    return ok;
}
