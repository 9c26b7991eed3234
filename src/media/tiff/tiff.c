/* SPDX-License-Identifier: MIT */
/* TIFF, DNG and the RAW formats that are built on TIFF, as a container. */
#include "media/tiff/tiff.h"

#include <stdlib.h>
#include <string.h>

#include "media/core/block_load.h"
#include "media/jpeg/jpeg.h"

/* Panasonic keeps the Exif of an RW2 in the JPEG that this tag of IFD0 embeds. */
#define TAG_RW2_JPEG 0x002e

bool gls_tiff_read_traits(struct gls_tiff_traits *out, struct gls_input *input,
                          struct gls_error *error)
{
    struct gls_tiff tiff;
    struct gls_tiff_ifd ifd = GLS_TIFF_IFD_INIT;
    struct gls_error inner = GLS_ERROR_INIT;
    GLS_STRBUF_AUTO make = GLS_STRBUF_INIT;
    memset(out, 0, sizeof *out);
    bool ok = gls_tiff_open(&tiff, input, &inner) &&
              gls_tiff_read_ifd(&ifd, &tiff, tiff.first_ifd, &inner);
    if (ok) {
        const struct gls_tiff_entry *entry = gls_tiff_find(&ifd, GLS_TAG_MAKE);
        out->is_dng = gls_tiff_find(&ifd, GLS_TAG_DNG_VERSION) != NULL;
        if (entry != NULL && gls_tiff_read_data(&make, &tiff, entry, 1024, &inner)) {
            size_t size = make.size < sizeof out->make ? make.size : sizeof out->make - 1;
            memcpy(out->make, make.data, size);
        }
    }
    gls_tiff_ifd_free(&ifd);
    if (gls_error_is_of_system(&inner)) {
        *error = inner;
        return false;
    }
    return true;
}

/* ---- The blocks ---------------------------------------------------------------- */

/* Does a later entry have the same tag? */
static bool has_another(const struct gls_tiff_ifd *ifd, const struct gls_tiff_entry *entry)
{
    const struct gls_tiff_entry *end = ifd->entries + ifd->count;
    for (const struct gls_tiff_entry *other = entry + 1; other < end; other++) {
        if (other->tag == entry->tag) {
            return true;
        }
    }
    return false;
}

static bool read_block(struct gls_block *out, const struct gls_tiff *tiff,
                       const struct gls_tiff_ifd *ifd, unsigned tag, struct gls_error *error)
{
    struct gls_error inner = GLS_ERROR_INIT;
    const struct gls_tiff_entry *entry = gls_tiff_find(ifd, tag);
    if (entry == NULL) {
        return true;
    }
    out->is_unread = has_another(ifd, entry);
    if (entry->data_size == 0) {
        out->is_unread = out->is_unread || entry->count > 0; /* of a type that we do not know */
        return true;
    }
    if (gls_tiff_read_data(&out->bytes, tiff, entry, GLS_BLOCK_MAX, &inner)) {
        out->present = true;
        return true;
    }
    gls_strbuf_clear(&out->bytes);
    out->is_unread = true;
    if (gls_error_is_of_system(&inner)) {
        *error = inner;
        return false;
    }
    return true;
}

static bool scan_rw2_jpeg(struct gls_blocks *out, const struct gls_tiff *tiff,
                          const struct gls_tiff_ifd *ifd, struct gls_error *error)
{
    struct gls_block jpeg;
    struct gls_input *input = NULL;
    struct gls_error inner = GLS_ERROR_INIT;
    memset(&jpeg, 0, sizeof jpeg);
    bool ok = read_block(&jpeg, tiff, ifd, TAG_RW2_JPEG, error);
    if (ok && jpeg.present) {
        ok = gls_input_from_memory(&input, jpeg.bytes.data, jpeg.bytes.size,
                                   gls_input_name(tiff->input), error);
        if (ok && !gls_jpeg_container.scan(out, input, &inner)) {
            if (gls_error_is_of_system(&inner)) {
                *error = inner;
                ok = false;
            } else {
                gls_blocks_note(out, "the JPEG inside is broken");
            }
        }
    }
    gls_input_free(input);
    gls_strbuf_free(&jpeg.bytes);
    return ok;
}

/* Tag 33723, whose type some writers state as LONG; else Photoshop's resources. */
static bool scan_iptc(struct gls_blocks *out, const struct gls_tiff *tiff,
                      const struct gls_tiff_ifd *ifd, struct gls_error *error)
{
    struct gls_block resources;
    const uint8_t *records;
    size_t size;
    memset(&resources, 0, sizeof resources);
    if (!read_block(&out->iptc, tiff, ifd, GLS_TAG_IPTC, error)) {
        return false;
    }
    bool ok = out->iptc.present || read_block(&resources, tiff, ifd, GLS_TAG_PHOTOSHOP, error);
    if (ok && resources.present &&
        gls_photoshop_find(&records, &size, GLS_PHOTOSHOP_IPTC,
                           (const uint8_t *)resources.bytes.data, resources.bytes.size)) {
        gls_strbuf_add(&out->iptc.bytes, records, size);
        out->iptc.present = true;
        ok = !out->iptc.bytes.failed ? true : gls_fail_memory(error);
    }
    gls_strbuf_free(&resources.bytes);
    return ok;
}

static bool scan_ifd0(struct gls_blocks *out, const struct gls_tiff *tiff,
                      const struct gls_tiff_ifd *ifd, struct gls_error *error)
{
    if (tiff->is_rw2 && !scan_rw2_jpeg(out, tiff, ifd, error)) {
        return false;
    }
    struct gls_block *exif = out->exif.present ? &out->exif_outer : &out->exif;
    if (!gls_tiff_compact_exif(&exif->bytes, tiff->input, error)) {
        return false;
    }
    exif->present = true;
    if (!out->xmp.present && !read_block(&out->xmp, tiff, ifd, GLS_TAG_XMP, error)) {
        return false;
    }
    return out->iptc.present || scan_iptc(out, tiff, ifd, error);
}

static bool tiff_scan(struct gls_blocks *out, struct gls_input *input, struct gls_error *error)
{
    struct gls_tiff tiff;
    struct gls_tiff_ifd ifd = GLS_TIFF_IFD_INIT;
    struct gls_error inner = GLS_ERROR_INIT;
    if (!gls_tiff_open(&tiff, input, error)) {
        return false;
    }
    bool ok = true;
    if (gls_tiff_read_ifd(&ifd, &tiff, tiff.first_ifd, &inner)) {
        ok = scan_ifd0(out, &tiff, &ifd, error);
    } else if (gls_error_is_of_system(&inner)) {
        *error = inner;
        ok = false;
    } else {
        gls_blocks_note(out, "the first TIFF directory is broken");
    }
    gls_tiff_ifd_free(&ifd);
    return ok;
}

static bool tiff_replace(struct gls_patch *out, struct gls_input *input,
                         const struct gls_block_edit *edit, struct gls_error *error)
{
    const struct gls_tiff_edit request = {.tags = edit->tags, .xmp = edit->xmp};
    return gls_tiff_plan(out, input, &request, error);
}

const struct gls_container gls_tiff_container = {
    .name = "tiff",
    .scan = tiff_scan,
    .essence = gls_tiff_essence,
    .replace = tiff_replace,
    .can_hold_exif = true,
    .is_exif = true,
};

const struct gls_container gls_tiff_raw_container = {
    .name = "RAW",
    .scan = tiff_scan,
    .essence = gls_tiff_essence,
    .can_hold_exif = true,
    .is_exif = true,
};
