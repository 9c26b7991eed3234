/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "media/jpeg/jpeg.h"

enum {
    MARKER_TEM = 0x01,
    MARKER_RST0 = 0xD0,
    MARKER_RST7 = 0xD7,
    MARKER_SOI = 0xD8,
    MARKER_EOI = 0xD9,
    MARKER_SOS = 0xDA,
    MARKER_APP0 = 0xE0,
    MARKER_APP1 = 0xE1,
    MARKER_APP2 = 0xE2,
    MARKER_APP13 = 0xED
};

const char gls_jpeg_xmp_head[GLS_JPEG_XMP_HEAD] = "http://ns.adobe.com/xap/1.0/";

static const struct {
    uint8_t marker;
    uint8_t size;
    const char *text;
    enum gls_jpeg_kind kind;
} heads[] = {
    {MARKER_APP1, 5, "Exif", GLS_JPEG_EXIF}, /* the sixth byte is odd in some files */
    {MARKER_APP1, GLS_JPEG_XMP_HEAD, gls_jpeg_xmp_head, GLS_JPEG_XMP},
    /* Some agencies' software writes over the first four letters. */
    {MARKER_APP1, GLS_JPEG_XMP_HEAD, "XMP\0://ns.adobe.com/xap/1.0/", GLS_JPEG_XMP},
    {MARKER_APP1, 35, "http://ns.adobe.com/xmp/extension/", GLS_JPEG_XMP_EXTENDED},
    {MARKER_APP2, 4, "MPF", GLS_JPEG_MPF},
    {MARKER_APP13, 14, "Photoshop 3.0", GLS_JPEG_PHOTOSHOP},
};
enum { HEAD_MAX = 35 };

void gls_jpeg_layout_free(struct gls_jpeg_layout *layout)
{
    free(layout->segments);
    memset(layout, 0, sizeof *layout);
}

const struct gls_jpeg_segment *gls_jpeg_find(const struct gls_jpeg_layout *layout,
                                             enum gls_jpeg_kind kind, size_t *count)
{
    const struct gls_jpeg_segment *first = NULL;
    size_t found = 0;

    for (size_t i = 0; i < layout->count; i++) {
        if (layout->segments[i].kind != kind)
            continue;
        if (found++ == 0)
            first = &layout->segments[i];
    }
    if (count != NULL)
        *count = found;
    return first;
}

/* Exif that begins with no TIFF header goes on from the segment before. */
static bool is_exif_continuation(const struct gls_jpeg_layout *layout, const uint8_t *head,
                                 size_t size)
{
    enum gls_jpeg_kind last =
        layout->count > 0 ? layout->segments[layout->count - 1].kind : GLS_JPEG_OTHER;

    return (last == GLS_JPEG_EXIF || last == GLS_JPEG_EXIF_MORE) && size >= 10 &&
           memcmp(head + 6, "II*\0", 4) != 0 && memcmp(head + 6, "MM\0*", 4) != 0;
}

/* Sets the kind of a segment whose place is known. */
static bool classify(struct gls_jpeg_segment *segment, struct gls_input *input,
                     const struct gls_jpeg_layout *layout, uint8_t marker, struct gls_error *error)
{
    enum gls_jpeg_kind *out = &segment->kind;
    uint64_t data = segment->offset + GLS_JPEG_HEAD_SIZE;
    size_t data_size = segment->size - GLS_JPEG_HEAD_SIZE;
    uint8_t head[HEAD_MAX];
    size_t size = data_size < sizeof head ? data_size : sizeof head;

    *out = marker == MARKER_APP0 ? GLS_JPEG_APP0 : GLS_JPEG_OTHER;
    if (marker != MARKER_APP1 && marker != MARKER_APP2 && marker != MARKER_APP13)
        return true;
    if (!gls_input_read(input, data, head, size, error))
        return false;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        if (heads[i].marker == marker && size >= heads[i].size &&
            memcmp(head, heads[i].text, heads[i].size) == 0)
            *out = heads[i].kind;
    if (*out == GLS_JPEG_EXIF && size < GLS_JPEG_EXIF_HEAD)
        *out = GLS_JPEG_OTHER;
    if (*out == GLS_JPEG_OTHER && marker == MARKER_APP1)
        *out = GLS_JPEG_OTHER_APP1;
    if (*out == GLS_JPEG_EXIF && is_exif_continuation(layout, head, size))
        *out = GLS_JPEG_EXIF_MORE;
    return true;
}

static bool add_segment(struct gls_jpeg_layout *layout, const struct gls_jpeg_segment *segment,
                        struct gls_error *error)
{
    if (layout->count == layout->space) {
        size_t space = layout->space > 0 ? 2 * layout->space : 16;
        struct gls_jpeg_segment *grown =
            reallocarray(layout->segments, space, sizeof *layout->segments);
        if (grown == NULL)
            return gls_fail_memory(error);
        layout->segments = grown;
        layout->space = space;
    }
    layout->segments[layout->count++] = *segment;
    return true;
}

static bool stop(struct gls_jpeg_layout *layout, const char *why, uint64_t offset)
{
    layout->parse_error = why;
    layout->parse_error_offset = offset;
    return false;
}

/* Moves *offset to the next 0xFF that may begin a marker: between segments, bytes
 * that are none are skipped, as decoders do. False: too many, or the end. */
static bool skip_junk(struct gls_jpeg_layout *layout, struct gls_input *input, uint64_t *offset,
                      struct gls_error *error)
{
    uint8_t bytes[512];
    uint64_t end = *offset + GLS_JPEG_JUNK_MAX;
    size_t got;

    for (uint64_t at = *offset; at < end; at += got - 1) {
        got = sizeof bytes;
        if (!gls_input_read_some(input, at, bytes, &got, error))
            return false;
        for (size_t i = 0; i + 1 < got; i++) {
            if (bytes[i] == 0xFF && bytes[i + 1] != 0) {
                layout->junk_size += at + i - *offset;
                *offset = at + i;
                return layout->junk_size <= GLS_JPEG_JUNK_MAX ||
                       stop(layout, "is damaged before its image data, which shows", *offset);
            }
        }
        if (got < sizeof bytes)
            break;
    }
    return stop(layout, "is damaged before its image data, which shows", *offset);
}

/* A marker and the length behind it, as far as the file goes. */
struct marker {
    uint8_t bytes[4];
    size_t size;
};

/* Finds the marker that stands at or, behind fill bytes, after *offset, which
 * becomes that of its 0xFF. False: there is none (stop() was called) or an I/O
 * error, which *error states. */
static bool next_marker(struct gls_jpeg_layout *layout, struct gls_input *input, uint64_t *offset,
                        struct marker *out, struct gls_error *error)
{
    const uint8_t *bytes = out->bytes;

    for (unsigned fill = 0; fill < GLS_JPEG_FILL_MAX; fill++, ++*offset) {
        out->size = sizeof out->bytes;
        if (!gls_input_read_some(input, *offset, out->bytes, &out->size, error))
            return false;
        if (out->size < 2)
            return stop(layout, "ends too early, before its image data,", *offset);
        if (bytes[0] != 0xFF || bytes[1] == 0) {
            if (!skip_junk(layout, input, offset, error))
                return false;
            --*offset; /* the next turn of the loop is there */
            continue;
        }
        if (bytes[1] != 0xFF)
            return true;
    }
    return stop(layout, "has nothing but fill bytes before its image data", *offset);
}

static bool has_no_length(uint8_t marker)
{
    return marker == MARKER_TEM || (marker >= MARKER_RST0 && marker <= MARKER_RST7);
}

/* One step of the walk from *offset on; false at SOS, at a parse error, and on an error. */
static bool walk_segment(struct gls_jpeg_layout *layout, struct gls_input *input, uint64_t *offset,
                         struct gls_error *error)
{
    struct gls_jpeg_segment segment = {0};
    uint64_t start = *offset;
    struct marker found;

    if (!next_marker(layout, input, offset, &found, error))
        return false;
    uint8_t marker = found.bytes[1];
    if (has_no_length(marker)) {
        *offset += 2;
        return true;
    }
    if (marker == MARKER_SOS) {
        layout->has_image = true;
        layout->sos_offset = *offset;
        return false;
    }
    if (marker == MARKER_EOI || marker == MARKER_SOI)
        return stop(layout, "has no image data: it ends or begins anew", *offset);
    uint16_t length = found.size == sizeof found.bytes ? gls_be16(found.bytes + 2) : UINT16_MAX;
    if (length < 2)
        return stop(layout, "is damaged before its image data, which shows", *offset);
    if (found.size < sizeof found.bytes || length > gls_input_size(input) - *offset - 2)
        return stop(layout, "ends too early, before its image data, in the segment", *offset);
    segment.offset = *offset;
    segment.size = (uint32_t)length + 2;
    if (!classify(&segment, input, layout, marker, error))
        return false;
    *offset += segment.size;
    if (segment.kind == GLS_JPEG_OTHER)
        return true;
    if (!add_segment(layout, &segment, error))
        return false;
    /* Leading ones follow each other without as much as a fill byte between. */
    const struct gls_jpeg_segment *last =
        layout->count > 1 ? &layout->segments[layout->count - 2] : NULL;
    if (layout->leading == layout->count - 1 && start == segment.offset &&
        start == (last != NULL ? last->offset + last->size : 2))
        layout->leading++;
    return true;
}

bool gls_jpeg_read_layout(struct gls_jpeg_layout *out, struct gls_input *input,
                          struct gls_error *error)
{
    uint8_t soi[2];
    uint64_t offset = sizeof soi;
    size_t got = sizeof soi;
    struct gls_error inner = GLS_ERROR_INIT;

    memset(out, 0, sizeof *out);
    if (!gls_input_read_some(input, 0, soi, &got, error))
        return false;
    if (got < sizeof soi || soi[0] != 0xFF || soi[1] != MARKER_SOI)
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: not a JPEG: it does not begin with SOI",
                        gls_input_name(input));
    for (unsigned i = 0; i < GLS_JPEG_SEGMENTS_MAX; i++) {
        if (walk_segment(out, input, &offset, &inner))
            continue;
        if (!out->has_image && out->parse_error == NULL) {
            *error = inner;
            gls_jpeg_layout_free(out);
            return false;
        }
        return true;
    }
    stop(out, "has too many segments before its image data, the last", offset);
    return true;
}
