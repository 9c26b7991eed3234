/* SPDX-License-Identifier: MIT */
/*
 * jp2 - JPEG 2000 (ISO/IEC 15444-1 annex I) and JPEG XL (ISO/IEC 18181-2): boxes as of
 * ISO-BMFF around a codestream. JP2 keeps Exif, XMP and IPTC in `uuid` boxes (XMP part 3,
 * section 1.1.4), JPEG XL in boxes of their own. A codestream alone says nothing.
 */
#include "media/bmff/jp2.h"

#include "media/bmff/isobmff.h"
#include "media/core/block_load.h"

static const uint8_t uuid_exif[16] = "JpgTiffExif->JP2";
static const uint8_t uuid_iptc[16] = {0x33, 0xc7, 0xa4, 0xd2, 0xb8, 0x1d, 0x47, 0x23,
                                      0xa0, 0xba, 0xf1, 0xa3, 0xe0, 0x97, 0xad, 0x38};

/* A box that cannot be read is noted; the others may still be good. */
static bool take(struct gls_block *out, struct gls_blocks *blocks, struct gls_input *input,
                 const struct gls_box *box, struct gls_error *error)
{
    struct gls_error inner = GLS_ERROR_INIT;

    if (out->present)
        return true;
    if (gls_box_read_payload(&out->bytes, input, box, GLS_BLOCK_MAX, &inner)) {
        out->present = true;
        return true;
    }
    gls_strbuf_clear(&out->bytes);
    if (inner.status != GLS_ERROR_FORMAT) {
        *error = inner;
        return false;
    }
    out->is_unread = true;
    gls_blocks_note(blocks, "%s", inner.message);
    return true;
}

/* JPEG XL: the offset of the TIFF header, counted from behind itself, comes first. */
static void strip_offset(struct gls_block *exif)
{
    size_t size = exif->bytes.size;
    size_t start = size >= 4 ? gls_be32((const uint8_t *)exif->bytes.data) : 0;

    if (!exif->present)
        return;
    exif->present = size >= 4 && start <= size - 4;
    gls_strbuf_splice(&exif->bytes, 0, exif->present ? 4 + start : size, NULL, 0);
}

static bool take_box(struct gls_blocks *out, struct gls_input *input, const struct gls_box *box,
                     bool is_jxl, struct gls_error *error)
{
    bool had_exif = out->exif.present;

    /* In JP2, `xml ` holds XML of any kind. */
    if (gls_box_is_uuid(box, gls_uuid_xmp) || (is_jxl && box->type == GLS_4CC('x', 'm', 'l', ' ')))
        return take(&out->xmp, out, input, box, error);
    if (gls_box_is_uuid(box, uuid_exif))
        return take(&out->exif, out, input, box, error);
    if (gls_box_is_uuid(box, uuid_iptc))
        return take(&out->iptc, out, input, box, error);
    if (box->type == GLS_4CC('b', 'r', 'o', 'b'))
        gls_blocks_note(out, "metadata that is packed by Brotli is not read");
    if (box->type != GLS_4CC('E', 'x', 'i', 'f'))
        return true;
    if (!take(&out->exif, out, input, box, error))
        return false;
    if (!had_exif)
        strip_offset(&out->exif);
    return true;
}

static bool is_codestream(const uint8_t head[2])
{
    return head[0] == 0xff && (head[1] == 0x4f || head[1] == 0x0a);
}

static bool scan(struct gls_blocks *out, struct gls_input *input, bool is_jxl,
                 struct gls_error *error)
{
    struct gls_error inner = GLS_ERROR_INIT;
    struct gls_box_walk walk;
    struct gls_box box;
    uint8_t head[2];

    if (!gls_input_read(input, 0, head, sizeof head, error))
        return false;
    if (is_codestream(head))
        return true;
    gls_box_walk_file(&walk, input);
    while (gls_box_next(&box, &walk, &inner))
        if (!take_box(out, input, &box, is_jxl, error))
            return false;
    if (walk.failed && inner.status != GLS_ERROR_FORMAT) {
        *error = inner;
        return false;
    }
    if (walk.failed)
        gls_blocks_note(out, "%s", inner.message);
    return true;
}

static bool jp2_scan(struct gls_blocks *out, struct gls_input *input, struct gls_error *error)
{
    return scan(out, input, false, error);
}

static bool jxl_scan(struct gls_blocks *out, struct gls_input *input, struct gls_error *error)
{
    return scan(out, input, true, error);
}

/* The codestream: JP2 has it in `jp2c`, JPEG XL in `jxlc` or in parts, `jxlp`, with
 * `jbrd` for the JPEG that it was. */
static bool is_picture(uint32_t type)
{
    return type == GLS_4CC('j', 'p', '2', 'c') || type == GLS_4CC('j', 'p', '2', 'h') ||
           type == GLS_4CC('j', 'x', 'l', 'c') || type == GLS_4CC('j', 'x', 'l', 'p') ||
           type == GLS_4CC('j', 'b', 'r', 'd');
}

static bool jp2_essence(struct gls_ranges *out, struct gls_input *input, struct gls_error *error)
{
    struct gls_box_walk walk;
    struct gls_box box;
    uint8_t head[2];

    if (!gls_input_read(input, 0, head, sizeof head, error))
        return false;
    if (is_codestream(head))
        return gls_fail(error, GLS_ERROR_UNSUPPORTED, "the whole file is its essence");
    gls_box_walk_file(&walk, input);
    while (gls_box_next(&box, &walk, error)) {
        if (is_picture(box.type) &&
            !gls_ranges_add(out, gls_box_payload(&box), gls_box_payload_size(&box), error))
            return false;
    }
    return !walk.failed;
}

const struct gls_container gls_jp2_container = {
    .name = "JPEG 2000",
    .scan = jp2_scan,
    .essence = jp2_essence,
    .can_hold_exif = true,
};
const struct gls_container gls_jxl_container = {
    .name = "JPEG XL",
    .scan = jxl_scan,
    .essence = jp2_essence,
    .can_hold_exif = true,
};
