/* SPDX-License-Identifier: MIT */
/*
 * Maker notes of many cameras point to a larger preview behind the image data,
 * by a distance that counts from the TIFF header of the Exif block. No published
 * specification says where, so this looks for the pointers by what they point to.
 */
#include <string.h>

#include "media/core/block_load.h"
#include "media/jpeg/jpeg.h"

enum {
    TYPE_LONG = 4,
    TYPE_UNDEFINED = 7,
    ENTRY_SIZE = 12,
    ARRAY_MAX = 16,     /* longs beside the pointer: its size, for instance */
    PREVIEW_MIN = 1024, /* a value of fewer bytes is no preview */
    PREVIEW_HEAD = 32,  /* what stands before SOI in some (Sony) */
    LOOKS_MAX = 64      /* reads into the file; beyond, a pointer is assumed */
};

struct search {
    struct gls_input *input;
    const uint8_t *block;
    size_t size;
    uint64_t base; /* of the TIFF header, in the file */
    uint64_t sos_offset;
    bool is_big_endian;
    unsigned looks;
    bool found;
};

static uint16_t get16(const struct search *search, size_t at)
{
    return search->is_big_endian ? gls_be16(search->block + at) : gls_le16(search->block + at);
}

static uint32_t get32(const struct search *search, size_t at)
{
    return search->is_big_endian ? gls_be32(search->block + at) : gls_le32(search->block + at);
}

/* Does an image begin there, behind the image data? `is_malformed`: its first byte may
 * be another one than 0xFF, as one camera has it. */
static bool look_at(struct search *search, uint64_t offset, bool is_malformed,
                    struct gls_error *error)
{
    uint8_t bytes[3];
    uint64_t file_size = gls_input_size(search->input);

    if (search->found || offset <= search->sos_offset || offset + sizeof bytes > file_size)
        return true;
    if (++search->looks > LOOKS_MAX) {
        search->found = true;
        return true;
    }
    if (!gls_input_read(search->input, offset, bytes, sizeof bytes, error))
        return false;
    search->found = (bytes[0] == 0xFF || is_malformed) && bytes[1] == 0xD8 && bytes[2] == 0xFF;
    return true;
}

/* Takes the bytes at `at` for an entry of an IFD, of whatever maker. */
static bool look_at_entry(struct search *search, size_t at, struct gls_error *error)
{
    uint16_t type = get16(search, at + 2);
    if (type != TYPE_LONG && type != TYPE_UNDEFINED)
        return true;
    uint32_t count = get32(search, at + 4);
    uint64_t value = get32(search, at + 8);

    if (type == TYPE_LONG && count == 1)
        return look_at(search, search->base + value, false, error);
    if (type == TYPE_LONG && count <= ARRAY_MAX && value + 4 * count <= search->size) {
        for (uint32_t i = 0; i < count; i++)
            if (!look_at(search, search->base + get32(search, (size_t)value + 4 * i), false, error))
                return false;
        return true;
    }
    if (type == TYPE_UNDEFINED && count >= PREVIEW_MIN &&
        search->base + value + count <= gls_input_size(search->input))
        return look_at(search, search->base + value, false, error) &&
               look_at(search, search->base + value + PREVIEW_HEAD, true, error);
    return true;
}

bool gls_jpeg_find_offset_preview(struct gls_jpeg_layout *layout, struct gls_input *input,
                                  struct gls_error *error)
{
    const struct gls_jpeg_segment *exif = gls_jpeg_find(layout, GLS_JPEG_EXIF, NULL);
    const uint32_t head = GLS_JPEG_HEAD_SIZE + GLS_JPEG_EXIF_HEAD;
    GLS_STRBUF_AUTO block = GLS_STRBUF_INIT;
    bool ok = true;

    layout->has_offset_preview = false;
    if (exif == NULL)
        return true;
    if (!gls_block_append(&block, input, exif->offset + head, exif->size - head, error))
        return false;
    struct search search = {.input = input,
                            .block = (const uint8_t *)block.data,
                            .size = block.size,
                            .base = exif->offset + head,
                            .sos_offset = layout->sos_offset};
    /* A maker note need not have the byte order of the block around it. */
    for (int order = 0; order < 2; order++) {
        search.is_big_endian = order == 1;
        for (size_t at = 0; ok && !search.found && at + ENTRY_SIZE <= search.size; at += 2)
            ok = look_at_entry(&search, at, error);
    }
    layout->has_offset_preview = search.found;
    return ok;
}
