/* SPDX-License-Identifier: MIT */
#include "media/jpeg/jpeg.h"

#include <string.h>

#include "base/error.h"
#include "media/core/block_load.h"

enum {
    PHOTOSHOP_HEAD = 14, /* "Photoshop 3.0" and its NUL */
    HEAD_SIZE_MAX = 16,  /* in which a TIFF header is looked for behind an unknown head */
    TAIL_SIZE = 4096     /* in which the end of the image is looked for first */
};

/* An Exif block may go on in the segments that follow the first (ExifTool and
 * some cameras do so beyond 64 KiB). */
static bool load_exif(struct gls_blocks *out, struct gls_input *input,
                      const struct gls_jpeg_layout *layout, struct gls_error *error)
{
    size_t count;
    const struct gls_jpeg_segment *segment = gls_jpeg_find(layout, GLS_JPEG_EXIF, &count);
    const uint32_t head = GLS_JPEG_HEAD_SIZE + GLS_JPEG_EXIF_HEAD;

    if (segment == NULL)
        return true;
    if (count > 1)
        gls_blocks_note(out, "has %zu Exif blocks; the first one counts", count);
    if (!gls_block_load(&out->exif, input, segment->offset + head, segment->size - head, error))
        return false;
    const struct gls_jpeg_segment *end = layout->segments + layout->count;
    for (segment++; segment < end && segment->kind == GLS_JPEG_EXIF_MORE; segment++)
        if (!gls_block_append(&out->exif.bytes, input, segment->offset + head, segment->size - head,
                              error))
            return false;
    return true;
}

static bool load_xmp(struct gls_blocks *out, struct gls_input *input,
                     const struct gls_jpeg_layout *layout, struct gls_error *error)
{
    size_t count;
    const struct gls_jpeg_segment *segment = gls_jpeg_find(layout, GLS_JPEG_XMP, &count);
    const uint32_t head = GLS_JPEG_HEAD_SIZE + GLS_JPEG_XMP_HEAD;

    if (segment == NULL)
        return true;
    if (count > 1)
        gls_blocks_note(out, "has %zu XMP packets; the first one counts", count);
    return gls_block_load(&out->xmp, input, segment->offset + head, segment->size - head, error);
}

static bool contains(const struct gls_strbuf *bytes, const char *text)
{
    return memmem(gls_strbuf_str(bytes), bytes->size, text, strlen(text)) != NULL;
}

/* Is there a TIFF header near the start, where a damaged head has it? Further on, the data
 * of thermal cameras would hold one by chance. */
static bool begins_as_exif(const struct gls_strbuf *bytes)
{
    size_t size = bytes->size < HEAD_SIZE_MAX ? bytes->size : HEAD_SIZE_MAX;

    return memmem(gls_strbuf_str(bytes), size, "II*\0", 4) != NULL ||
           memmem(gls_strbuf_str(bytes), size, "MM\0*", 4) != NULL;
}

/* Other programs read Exif and XMP behind heads that are damaged or not the usual ones. */
static bool look_for_more(struct gls_blocks *out, struct gls_input *input,
                          const struct gls_jpeg_layout *layout, struct gls_error *error)
{
    GLS_STRBUF_AUTO bytes = GLS_STRBUF_INIT;

    for (size_t i = 0; i < layout->count; i++) {
        const struct gls_jpeg_segment *segment = &layout->segments[i];
        if (segment->kind != GLS_JPEG_OTHER_APP1)
            continue;
        gls_strbuf_clear(&bytes);
        if (!gls_block_append(&bytes, input, segment->offset + GLS_JPEG_HEAD_SIZE,
                              segment->size - GLS_JPEG_HEAD_SIZE, error))
            return false;
        out->xmp.is_unread = out->xmp.is_unread || contains(&bytes, "<?xpacket") ||
                             contains(&bytes, "<x:xmpmeta") || contains(&bytes, "<rdf:RDF") ||
                             contains(&bytes, "<exif:");
        out->exif.is_unread = out->exif.is_unread || begins_as_exif(&bytes);
    }
    return true;
}

/* Image resources may be cut anywhere where they span several segments. */
static bool load_iptc(struct gls_blocks *out, struct gls_input *input,
                      const struct gls_jpeg_layout *layout, struct gls_error *error)
{
    GLS_STRBUF_AUTO resources = GLS_STRBUF_INIT;
    const uint32_t head = GLS_JPEG_HEAD_SIZE + PHOTOSHOP_HEAD;
    const uint8_t *records;
    size_t size;

    for (size_t i = 0; i < layout->count; i++) {
        const struct gls_jpeg_segment *segment = &layout->segments[i];
        if (segment->kind == GLS_JPEG_PHOTOSHOP &&
            !gls_block_append(&resources, input, segment->offset + head, segment->size - head,
                              error))
            return false;
    }
    if (resources.size > 0 && gls_photoshop_find(&records, &size, GLS_PHOTOSHOP_IPTC,
                                                 (const uint8_t *)resources.data, resources.size)) {
        gls_strbuf_add(&out->iptc.bytes, records, size);
        if (out->iptc.bytes.failed)
            return gls_fail_memory(error);
        out->iptc.present = true;
    }
    return true;
}

static bool jpeg_scan(struct gls_blocks *out, struct gls_input *input, struct gls_error *error)
{
    struct gls_jpeg_layout layout = {0};
    bool ok = gls_jpeg_read_layout(&layout, input, error);

    if (ok) {
        if (!layout.has_image)
            gls_blocks_note(out, "%s at byte %llu", layout.parse_error,
                            (unsigned long long)layout.parse_error_offset);
        if (layout.junk_size > 0)
            gls_blocks_note(out, "has %llu bytes between its segments that belong to none",
                            (unsigned long long)layout.junk_size);
        ok = load_exif(out, input, &layout, error) && load_xmp(out, input, &layout, error) &&
             gls_jpeg_load_extended(out, input, &layout, error) &&
             look_for_more(out, input, &layout, error) && load_iptc(out, input, &layout, error);
    }
    gls_jpeg_layout_free(&layout);
    if (!ok)
        gls_blocks_free(out);
    return ok;
}

/* Everything from the first SOS marker to the end of the file: the coded image,
 * and behind it further images (MPF, gain maps), motion photos and trailers. The
 * tables before SOS are not in it, but no edit of ours touches them either. */
static bool jpeg_essence(struct gls_ranges *out, struct gls_input *input, struct gls_error *error)
{
    struct gls_jpeg_layout layout = {0};
    bool ok = gls_jpeg_read_layout(&layout, input, error);

    if (ok && !layout.has_image)
        ok = gls_fail(error, GLS_ERROR_FORMAT, "%s: %s at byte %llu", gls_input_name(input),
                      layout.parse_error, (unsigned long long)layout.parse_error_offset);
    ok = ok &&
         gls_ranges_add(out, layout.sos_offset, gls_input_size(input) - layout.sos_offset, error);
    gls_jpeg_layout_free(&layout);
    return ok;
}

/* Does EOI (FF D9) stand in the file from `from` on? Coded data has no other FF D9. */
static bool has_end(bool *out, struct gls_input *input, uint64_t from, struct gls_error *error)
{
    uint8_t bytes[TAIL_SIZE];
    uint64_t size = gls_input_size(input);
    size_t got = sizeof bytes;

    *out = false;
    for (uint64_t at = from; !*out && got == sizeof bytes && at < size; at += got - 1) {
        got = sizeof bytes;
        if (!gls_input_read_some(input, at, bytes, &got, error))
            return false;
        const uint8_t *end = bytes + got, *found = bytes;
        while (!*out && found + 1 < end &&
               (found = memchr(found + 1, 0xD9, (size_t)(end - found - 1))) != NULL)
            *out = found[-1] == 0xFF;
    }
    return true;
}

/* Most end with EOI: only where it is not near the end, because of a trailer, is the coded
 * data gone through. */
static bool jpeg_ends_early(bool *out, struct gls_input *input, struct gls_error *error)
{
    struct gls_jpeg_layout layout = {0};
    uint64_t size = gls_input_size(input);
    uint64_t tail = size > TAIL_SIZE ? size - TAIL_SIZE : 0;
    bool found = true;
    bool ok = gls_jpeg_read_layout(&layout, input, error);

    if (ok && layout.has_image)
        ok = has_end(&found, input, tail > layout.sos_offset ? tail : layout.sos_offset, error);
    if (ok && !found && tail > layout.sos_offset)
        ok = has_end(&found, input, layout.sos_offset, error);
    *out = !found;
    gls_jpeg_layout_free(&layout);
    return ok;
}

const struct gls_container gls_jpeg_container = {
    .name = "JPEG",
    .scan = jpeg_scan,
    .ends_early = jpeg_ends_early,
    .essence = jpeg_essence,
    .replace = gls_jpeg_replace,
    .can_hold_exif = true,
    .xmp_size_max = GLS_JPEG_XMP_MAX,
};
