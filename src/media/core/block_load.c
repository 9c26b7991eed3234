/* SPDX-License-Identifier: MIT */
#include "media/core/block_load.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum { PHOTOSHOP_HEAD_MIN = 12 };

void gls_blocks_free(struct gls_blocks *blocks)
{
    if (blocks == NULL)
        return;
    gls_strbuf_free(&blocks->exif.bytes);
    gls_strbuf_free(&blocks->exif_outer.bytes);
    gls_strbuf_free(&blocks->xmp.bytes);
    gls_strbuf_free(&blocks->xmp_extended.bytes);
    gls_strbuf_free(&blocks->iptc.bytes);
    free(blocks->text_title);
    free(blocks->text_date);
    free(blocks->text_date_source);
    free(blocks->note);
    memset(blocks, 0, sizeof *blocks);
}

bool gls_block_append(struct gls_strbuf *out, struct gls_input *input, uint64_t offset,
                      uint64_t size, struct gls_error *error)
{
    uint64_t input_size = gls_input_size(input);

    if (size > GLS_BLOCK_MAX - out->size)
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: a metadata block is larger than %u MiB",
                        gls_input_name(input), GLS_BLOCK_MAX >> 20);
    if (offset > input_size || size > input_size - offset)
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: ends too early, within a metadata block",
                        gls_input_name(input));
    char *to = gls_strbuf_reserve(out, (size_t)size);
    if (to == NULL)
        return gls_fail_memory(error);
    if (!gls_input_read(input, offset, to, (size_t)size, error))
        return false;
    out->size += (size_t)size;
    out->data[out->size] = '\0';
    return true;
}

bool gls_block_load(struct gls_block *out, struct gls_input *input, uint64_t offset, uint64_t size,
                    struct gls_error *error)
{
    gls_strbuf_clear(&out->bytes);
    out->present = gls_block_append(&out->bytes, input, offset, size, error);
    return out->present;
}

void gls_blocks_note(struct gls_blocks *blocks, const char *format, ...)
{
    char text[512];
    va_list arguments;
    char *joined = NULL;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (blocks->note != NULL && strlen(blocks->note) > 2 * sizeof text)
        return; /* enough said */
    if (asprintf(&joined, "%s%s%s", blocks->note != NULL ? blocks->note : "",
                 blocks->note != NULL ? "; " : "", text) < 0)
        return;
    free(blocks->note);
    blocks->note = joined;
}

size_t gls_exif_prefix_size(const void *bytes, size_t size)
{
    return size >= 6 && memcmp(bytes, "Exif", 5) == 0 ? 6 : 0;
}

static bool is_resource_signature(const uint8_t *bytes)
{
    static const char signatures[][5] = {"8BIM", "PHUT", "AgHg", "DCSR", "MeSa"};

    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++)
        if (memcmp(bytes, signatures[i], 4) == 0)
            return true;
    return false;
}

/* A resource: signature, id, Pascal string padded to an even size, data size,
 * data padded to an even size (Adobe Photoshop File Formats, Image Resources). */
bool gls_photoshop_find(const uint8_t **data, size_t *data_size, enum gls_photoshop_id id,
                        const uint8_t *bytes, size_t size)
{
    size_t at = 0;

    while (size - at >= PHOTOSHOP_HEAD_MIN && is_resource_signature(bytes + at)) {
        size_t name_size = ((size_t)bytes[at + 6] + 2) & ~(size_t)1;
        if (size - at < 6 + name_size + 4)
            return false;
        size_t start = at + 6 + name_size + 4;
        size_t stated = gls_be32(bytes + start - 4);
        if (stated > size - start)
            return false;
        if (gls_be16(bytes + at + 4) == id) {
            *data = bytes + start;
            *data_size = stated;
            return true;
        }
        at = start + stated + (stated & 1);
        if (at > size)
            return false;
    }
    return false;
}
