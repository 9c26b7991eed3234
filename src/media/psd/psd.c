/* SPDX-License-Identifier: MIT */
/*
 * psd - Photoshop documents (Adobe Photoshop File Formats Specification): a header of 26
 * bytes, then colour mode data, image resources, layers and the merged image. Exif, XMP
 * and IPTC stand in the image resources. Read only.
 */
#include "media/psd/psd.h"

#include <string.h>

#include "base/error.h"
#include "media/core/block_load.h"

enum { HEAD_SIZE = 26, VERSION = 4 };

/* Where the image resources begin and end. */
static bool find_resources(struct gls_range *out, struct gls_input *input, struct gls_error *error)
{
    uint8_t head[HEAD_SIZE + 4];
    uint8_t number[4];
    size_t got = sizeof head;

    if (!gls_input_read_some(input, 0, head, &got, error))
        return false;
    if (got < sizeof head || memcmp(head, "8BPS", 4) != 0 || gls_be16(head + VERSION) > 2)
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: not a Photoshop document",
                        gls_input_name(input));
    uint64_t at = sizeof head + (uint64_t)gls_be32(head + HEAD_SIZE);
    if (!gls_input_read(input, at, number, sizeof number, error))
        return false;
    *out = (struct gls_range){.offset = at + sizeof number, .size = gls_be32(number)};
    return true;
}

static bool take(struct gls_block *out, const struct gls_strbuf *resources,
                 enum gls_photoshop_id id, struct gls_error *error)
{
    const uint8_t *data;
    size_t size;

    if (!gls_photoshop_find(&data, &size, id, (const uint8_t *)resources->data, resources->size))
        return true;
    gls_strbuf_add(&out->bytes, data, size);
    out->present = !out->bytes.failed;
    return out->present || gls_fail_memory(error);
}

static bool psd_scan(struct gls_blocks *out, struct gls_input *input, struct gls_error *error)
{
    GLS_STRBUF_AUTO resources = GLS_STRBUF_INIT;
    struct gls_error inner = GLS_ERROR_INIT;
    struct gls_range range = {0};

    if (!find_resources(&range, input, error))
        return false;
    if (!gls_block_append(&resources, input, range.offset, range.size, &inner)) {
        if (inner.status != GLS_ERROR_FORMAT) {
            *error = inner;
            return false;
        }
        gls_blocks_note(out, "%s", inner.message);
        return true;
    }
    if (!take(&out->exif, &resources, GLS_PHOTOSHOP_EXIF, error) ||
        !take(&out->xmp, &resources, GLS_PHOTOSHOP_XMP, error) ||
        !take(&out->iptc, &resources, GLS_PHOTOSHOP_IPTC, error))
        return false;
    size_t prefix = gls_exif_prefix_size(gls_strbuf_str(&out->exif.bytes), out->exif.bytes.size);
    if (prefix > 0)
        gls_strbuf_splice(&out->exif.bytes, 0, prefix, NULL, 0);
    return true;
}

/* Everything but the image resources. */
static bool psd_essence(struct gls_ranges *out, struct gls_input *input, struct gls_error *error)
{
    uint64_t size = gls_input_size(input);
    struct gls_range resources = {0};

    if (!find_resources(&resources, input, error))
        return false;
    uint64_t end = resources.offset + resources.size;
    if (end >= size)
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: ends too early, before its picture",
                        gls_input_name(input));
    return gls_ranges_add(out, 0, resources.offset - 4, error) &&
           gls_ranges_add(out, end, size - end, error);
}

const struct gls_container gls_psd_container = {
    .name = "PSD",
    .scan = psd_scan,
    .essence = psd_essence,
    .can_hold_exif = true,
};
