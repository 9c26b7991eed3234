/* SPDX-License-Identifier: MIT */
/*
 * stream - videos in other containers than ISO-BMFF, each by a reader of ours. None of
 * them is written to.
 */
#include <string.h>

#include "media/riff/riff.h"
#include "media/video/asf.h"
#include "media/video/avchd.h"
#include "media/video/matroska.h"
#include "media/video/video.h"
#include "media/video/video_offer.h"

static bool read_avi(struct gls_media *out, struct gls_input *input, struct gls_error *error)
{
    struct gls_riff riff;
    struct gls_xmp_values values;
    static const struct gls_date_claim original = {GLS_DATE_TAKEN, "RIFF.DateTimeOriginal", false,
                                                   false};
    static const struct gls_date_claim created = {GLS_DATE_DIGITIZED, "RIFF.DateCreated", false,
                                                  false};
    bool ok;

    if (!gls_riff_read(&riff, input, error)) {
        gls_riff_free(&riff);
        return false;
    }
    gls_video_offer_date(out, riff.date_time_original, GLS_NO_EPOCH, &original);
    ok = gls_video_decode_xmp(&values, out, riff.xmp.data, riff.xmp.size, error);
    if (ok) {
        gls_xmp_offer(out, &values);
        gls_xmp_offer_dates(out, &values);
    }
    gls_xmp_values_clear(&values);
    gls_video_offer_date(out, riff.date_created, GLS_NO_EPOCH, &created);
    gls_riff_free(&riff);
    return ok;
}

static bool read_avchd(struct gls_media *out, struct gls_input *input, struct gls_error *error)
{
    static const struct gls_date_claim claim = {GLS_DATE_TAKEN, "H264.DateTimeOriginal", false,
                                                false};
    struct gls_avchd avchd;

    if (!gls_avchd_read(&avchd, input, error))
        return false;
    if (avchd.has_date)
        (void)gls_media_offer_date(out, &avchd.date, &claim);
    gls_video_offer_camera(out, avchd.make, avchd.model, "H264.Make");
    return true;
}

/* A date among the tags, even the year alone, says more than the UTC of the header, which is
 * when the file was put together: a tape digitised in 1999 may get its container today. */
static bool read_matroska(struct gls_media *out, struct gls_input *input, struct gls_error *error)
{
    static const struct gls_date_claim claim = {GLS_DATE_DIGITIZED, "Matroska.DateUTC", true,
                                                false};
    static const struct gls_date_claim digitized = {GLS_DATE_DIGITIZED, "Matroska.DateDigitized",
                                                    false, false};
    struct gls_av_values values;
    struct gls_xmp_values xmp;
    struct gls_datetime when;
    bool found = false;
    bool is_tagged = false;
    bool ok = gls_matroska_read_tags(&values, input, error) &&
              gls_matroska_read_date(&when, &found, input, error);

    if (ok) {
        gls_video_offer_av(out, &values);
        gls_video_offer_date(out, values.date_digitized, GLS_NO_EPOCH, &digitized);
        is_tagged = out->has_date;
        if (!is_tagged)
            gls_video_offer_date(out, values.creation_time, GLS_MATROSKA_EPOCH_S, &claim);
        ok = gls_video_decode_xmp(&xmp, out, values.xmp,
                                  values.xmp != NULL ? strlen(values.xmp) : 0, error);
        gls_xmp_offer(out, &xmp);
        gls_xmp_offer_dates(out, &xmp);
        gls_xmp_values_clear(&xmp);
    }
    if (ok && found && !is_tagged)
        (void)gls_media_offer_date(out, &when, &claim);
    gls_av_values_free(&values);
    return ok;
}

static bool read_asf(struct gls_media *out, struct gls_input *input, struct gls_error *error)
{
    static const struct gls_date_claim claim = {GLS_DATE_DIGITIZED, "ASF.CreationDate", true,
                                                false};
    struct gls_datetime when;
    bool found;

    if (!gls_asf_read_date(&when, &found, input, error))
        return false;
    if (found)
        (void)gls_media_offer_date(out, &when, &claim);
    return true;
}

static bool stream_read(struct gls_media *out, struct gls_input *input, const void *context,
                        struct gls_error *error)
{
    const struct gls_stream *stream = context;

    return stream->read(out, input, error);
}

const struct gls_stream gls_avi_stream = {read_avi};
const struct gls_stream gls_mts_stream = {read_avchd};
const struct gls_stream gls_matroska_stream = {read_matroska};
const struct gls_stream gls_asf_stream = {read_asf};

const struct gls_backend gls_stream_backend = {.name = "stream", .read = stream_read};
