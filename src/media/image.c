/* SPDX-License-Identifier: MIT */
/* Joins containers and blocks. The order of the offers is the precedence. */
#include "media/image.h"

#include <string.h>

#include "base/timestamp.h"
#include "media/container.h"
#include "media/exif.h"
#include "media/tiff.h"
#include "media/xmp.h"

#pragma weak gls_png_container
#pragma weak gls_gif_container
#pragma weak gls_webp_container
#pragma weak gls_heif_container
#pragma weak gls_cr3_container
#pragma weak gls_raf_container

/* What one APP1 segment of a JPEG has left for the packet itself. */
#define JPEG_PACKET_MAX 65502u

/* ---- Reading ---------------------------------------------------------------- */

/* A block that cannot be read takes nothing from the file's other blocks. */
static bool note_or_fail(struct gls_media *media, const char *block, const struct gls_error *doubt,
                         struct gls_error *error)
{
    if (doubt->status == GLS_ERROR_MEMORY || doubt->status == GLS_ERROR_IO) {
        *error = *doubt;
        return false;
    }
    gls_media_note(media, "%s is not read: %.200s", block, doubt->message);
    return true;
}

static bool offer_exif(struct gls_media *media, const struct gls_block *block,
                       struct gls_error *error)
{
    struct gls_exif_values values;
    struct gls_error doubt = GLS_ERROR_INIT;
    if (!block->present) {
        return true;
    }
    if (!gls_exif_decode(&values, block->bytes.data, block->bytes.size, &doubt)) {
        return note_or_fail(media, "Exif", &doubt, error);
    }
    gls_exif_offer(media, &values);
    gls_exif_values_clear(&values);
    return true;
}

static bool offer_xmp(struct gls_media *media, const struct gls_block *block,
                      struct gls_error *error)
{
    struct gls_xmp_values values;
    struct gls_error doubt = GLS_ERROR_INIT;
    if (!block->present) {
        return true;
    }
    if (!gls_xmp_decode(&values, block->bytes.data, block->bytes.size, &doubt)) {
        return note_or_fail(media, "XMP", &doubt, error);
    }
    gls_xmp_offer_dates(media, &values);
    gls_xmp_offer(media, &values);
    gls_xmp_values_clear(&values);
    return true;
}

static bool offer_iptc(struct gls_media *media, const struct gls_block *block,
                       struct gls_error *error)
{
    struct gls_iptc_values values;
    struct gls_error doubt = GLS_ERROR_INIT;
    struct gls_datetime when;
    if (!block->present) {
        return true;
    }
    if (!gls_iptc_decode(&values, block->bytes.data, block->bytes.size, &doubt)) {
        return note_or_fail(media, "IPTC", &doubt, error);
    }
    if (values.date_time_created != NULL &&
        gls_datetime_parse(&when, values.date_time_created, true)) {
        gls_media_offer_date(media, &when, false, "Iptc.Application2.DateCreated");
    }
    gls_iptc_values_clear(&values);
    return true;
}

static void offer_text_date(struct gls_media *media, const struct gls_blocks *blocks)
{
    struct gls_datetime when;
    if (blocks->text_date != NULL && gls_datetime_parse(&when, blocks->text_date, true)) {
        const char *source = blocks->text_date_source;
        gls_media_offer_date(media, &when, false, source != NULL ? source : "text");
    }
}

static bool offer_blocks(struct gls_media *media, const struct gls_blocks *blocks,
                         struct gls_error *error)
{
    if (!offer_exif(media, &blocks->exif, error) || !offer_xmp(media, &blocks->xmp, error) ||
        !offer_xmp(media, &blocks->xmp_extended, error) ||
        !offer_iptc(media, &blocks->iptc, error)) {
        return false;
    }
    offer_text_date(media, blocks);
    if (media->has_gps_time) {
        gls_media_offer_date(media, &media->gps_time, true, "Exif.GPSInfo.GPSDateStamp");
    }
    if (blocks->note != NULL) {
        gls_media_note(media, "%s", blocks->note);
    }
    return true;
}

static bool read_image(struct gls_media *out, struct gls_input *input,
                       const struct gls_container *container, struct gls_error *error)
{
    struct gls_blocks blocks;
    memset(&blocks, 0, sizeof blocks);
    bool ok = container->scan(&blocks, input, error) && offer_blocks(out, &blocks, error);
    gls_blocks_free(&blocks);
    return ok;
}

/* ---- The backends -------------------------------------------------------------- */

#define READER(name)                                                                               \
    static bool name##_read(struct gls_media *out, struct gls_input *input,                        \
                            struct gls_error *error)                                               \
    {                                                                                              \
        return read_image(out, input, &gls_##name##_container, error);                             \
    }                                                                                              \
    static bool name##_essence(struct gls_ranges *out, struct gls_input *input,                    \
                               struct gls_error *error)                                            \
    {                                                                                              \
        if (gls_##name##_container.essence == NULL)                                                \
            return gls_fail(error, GLS_ERROR_UNSUPPORTED, "the whole file is its essence");        \
        return gls_##name##_container.essence(out, input, error);                                  \
    }

#define BACKEND(name, plan)                                                                        \
    READER(name)                                                                                   \
    const struct gls_backend gls_##name##_backend = {#name, name##_read, name##_essence, plan}

BACKEND(jpeg, NULL);
BACKEND(png, NULL);
BACKEND(gif, NULL);
BACKEND(webp, NULL);
BACKEND(heif, NULL);
BACKEND(cr3, NULL);
BACKEND(raf, NULL);
BACKEND(tiff, NULL);
