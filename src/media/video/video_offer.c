/* SPDX-License-Identifier: MIT */
#include "media/video/video_offer.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/timestamp.h"
#include "media/core/iso6709.h"

const struct gls_date_claim gls_video_creation_date = {GLS_DATE_TAKEN, "QuickTime.CreationDate",
                                                       false, false};

void gls_video_offer_date(struct gls_media *media, const char *text, int64_t epoch_s,
                          const struct gls_date_claim *claim)
{
    struct gls_datetime when;

    if (text != NULL && gls_datetime_parse(&when, text, false) &&
        gls_datetime_to_civil_s(&when) - (when.has_offset ? when.utc_offset_s : 0) == epoch_s)
        return;
    (void)gls_media_offer_date_text(media, text, claim);
}

void gls_video_offer_text(struct gls_media *media, char **field, const char *text)
{
    char *converted;

    if (text == NULL)
        return;
    if (gls_utf8_is_valid(text, strlen(text))) {
        gls_media_offer_text(media, field, text);
        return;
    }
    converted = gls_latin1_to_utf8(text, strlen(text));
    if (converted != NULL)
        gls_media_offer_text(media, field, converted);
    else
        media->is_incomplete = true;
    free(converted);
}

void gls_video_offer_camera(struct gls_media *media, const char *make, const char *model,
                            const char *source)
{
    gls_video_offer_text(media, &media->camera_make, make);
    gls_video_offer_text(media, &media->camera_model, model);
    if (media->camera_source == NULL && (media->camera_make != NULL || media->camera_model != NULL))
        media->camera_source = source;
}

void gls_video_offer_position(struct gls_media *media, const char *text, const char *source)
{
    double latitude;
    double longitude;

    if (text != NULL && gls_iso6709_parse(&latitude, &longitude, text))
        (void)gls_media_offer_position(media, latitude, longitude, source);
}

bool gls_video_decode_xmp(struct gls_xmp_values *values, struct gls_media *media,
                          const void *packet, size_t size, struct gls_error *error)
{
    struct gls_error inner = GLS_ERROR_INIT;

    memset(values, 0, sizeof *values);
    if (size == 0 || gls_xmp_decode(values, packet, size, &inner))
        return true;
    if (inner.status == GLS_ERROR_MEMORY || inner.status == GLS_ERROR_INTERNAL) {
        *error = inner;
        return false;
    }
    gls_media_note(media, "its XMP cannot be read: %s", inner.message);
    return true;
}

void gls_video_offer_av(struct gls_media *media, const struct gls_av_values *values)
{
    static const struct gls_date_claim recorded = {GLS_DATE_TAKEN, "Matroska.DateRecorded", false,
                                                   false};

    gls_video_offer_date(media, values->apple_creation_date, GLS_QUICKTIME_EPOCH_S,
                         &gls_video_creation_date);
    gls_video_offer_date(media, values->date_recorded, GLS_NO_EPOCH, &recorded);
    gls_video_offer_camera(media, values->make, values->model, "container.make");
    gls_video_offer_text(media, &media->content_id, values->content_id);
    gls_video_offer_position(media, values->position, "container.location");
}

void gls_av_values_free(struct gls_av_values *values)
{
    free(values->creation_time);
    free(values->apple_creation_date);
    free(values->date_recorded);
    free(values->date_digitized);
    free(values->position);
    free(values->make);
    free(values->model);
    free(values->content_id);
    free(values->xmp);
    memset(values, 0, sizeof *values);
}
