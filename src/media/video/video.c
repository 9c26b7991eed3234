/* SPDX-License-Identifier: MIT */
/*
 * video - the two backends of videos and sound.
 *
 * What the boxes of an ISO-BMFF file say is read by our own walker, which also
 * knows where each value stands and so agrees with the editor; libavformat is
 * asked where the walker cannot look (compressed headers), and for every other
 * container.
 */
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/timestamp.h"
#include "media/bmff/quicktime.h"
#include "media/bmff/quicktime_edit.h"
#include "media/core/container.h"
#include "media/core/iso6709.h"
#include "media/core/record.h"
#include "media/riff/riff.h"
#include "media/video/avchd.h"
#include "media/video/matroska.h"
#include "media/video/video.h"
#include "media/video/video_av.h"
#include "media/xmp/xmp.h"

/* ---- Offering values ------------------------------------------------------------- */

static const struct gls_date_claim creation_date = {GLS_DATE_TAKEN, "QuickTime.CreationDate", false,
                                                    false};

/* The civil seconds of 1904-01-01 and 2001-01-01, from which QuickTime and Matroska
 * count: zero there is no date. A text that is no count has no epoch. */
#define QUICKTIME_EPOCH_S (-GLS_MOVIE_EPOCH_S)
#define MATROSKA_EPOCH_S INT64_C(978307200)
#define NO_EPOCH INT64_MIN

static void offer_date_text(struct gls_media *media, const char *text, int64_t epoch_s,
                            const struct gls_date_claim *claim)
{
    struct gls_datetime when;

    if (text != NULL && gls_datetime_parse(&when, text, false) &&
        gls_datetime_to_civil_s(&when) == epoch_s)
        return;
    (void)gls_media_offer_date_text(media, text, claim);
}

/* Texts of old cameras are often not UTF-8. */
static void offer_text(char **field, const char *text)
{
    char *converted;

    if (text == NULL)
        return;
    if (gls_utf8_is_valid(text, strlen(text))) {
        gls_media_offer_text(field, text);
        return;
    }
    converted = gls_latin1_to_utf8(text, strlen(text));
    if (converted != NULL)
        gls_media_offer_text(field, converted);
    free(converted);
}

static void offer_camera(struct gls_media *media, const char *make, const char *model,
                         const char *source)
{
    offer_text(&media->camera_make, make);
    offer_text(&media->camera_model, model);
    if (media->camera_source == NULL && (media->camera_make != NULL || media->camera_model != NULL))
        media->camera_source = source;
}

static void offer_position_text(struct gls_media *media, const char *text, const char *source)
{
    double latitude;
    double longitude;

    if (text != NULL && gls_iso6709_parse(&latitude, &longitude, text))
        (void)gls_media_offer_position(media, latitude, longitude, source);
}

/* Decodes a packet into *values; one that cannot be decoded leaves a note. */
static bool decode_xmp(struct gls_xmp_values *values, struct gls_media *media, const void *packet,
                       size_t size, struct gls_error *error)
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

/* ---- ISO-BMFF --------------------------------------------------------------------- */

/* Seconds since 1904, UTC. Some cameras count from 1970 instead: a value that
 * would lie before 1970 is taken that way. */
static void offer_header_time(struct gls_media *media, uint64_t since_1904_s, const char *source)
{
    const struct gls_date_claim claim = {GLS_DATE_DIGITIZED, source, .is_utc = true};
    struct gls_datetime when;
    int64_t epoch_s;

    if (since_1904_s == 0 || since_1904_s > INT64_MAX)
        return;
    epoch_s = (int64_t)since_1904_s;
    if (epoch_s >= GLS_MOVIE_EPOCH_S)
        epoch_s -= GLS_MOVIE_EPOCH_S;
    /* Old libavformat wrote 1970 for "not known". */
    if (epoch_s != 0 && gls_datetime_from_utc_s(&when, epoch_s, 0))
        (void)gls_media_offer_date(media, &when, &claim);
}

static void offer_movie_dates(struct gls_media *media, const struct gls_movie *movie)
{
    static const struct gls_date_claim user_date = {
        GLS_DATE_TAKEN, "QuickTime.UserData.DateTimeOriginal", false, false};
    static const struct gls_date_claim content_date = {GLS_DATE_DIGITIZED,
                                                       "QuickTime.ContentCreateDate", false, false};
    const char *day;

    offer_date_text(media, gls_movie_text(movie, GLS_MOVIE_KEYS_DATE), QUICKTIME_EPOCH_S,
                    &creation_date);
    offer_date_text(media, gls_movie_text(movie, GLS_MOVIE_USER_DATE), NO_EPOCH, &user_date);
    offer_header_time(media, gls_movie_created(movie, GLS_4CC('m', 'v', 'h', 'd')),
                      "QuickTime.CreateDate");
    offer_header_time(media, gls_movie_created(movie, GLS_4CC('m', 'd', 'h', 'd')),
                      "QuickTime.MediaCreateDate");
    day = gls_movie_text(movie, GLS_MOVIE_CONTENT_DATE);
    if (day != NULL && strlen(day) >= 10) /* a year alone is when an album came out */
        offer_date_text(media, day, NO_EPOCH, &content_date);
}

static void offer_movie_texts(struct gls_media *media, const struct gls_movie *movie)
{
    offer_camera(media, gls_movie_text(movie, GLS_MOVIE_MAKE),
                 gls_movie_text(movie, GLS_MOVIE_MODEL), "QuickTime.Make");
    offer_text(&media->content_id, gls_movie_text(movie, GLS_MOVIE_CONTENT_ID));
}

static void offer_movie_position(struct gls_media *media, const struct gls_movie *movie)
{
    offer_position_text(media, gls_movie_text(movie, GLS_MOVIE_KEYS_POSITION),
                        "QuickTime.LocationISO6709");
    offer_position_text(media, gls_movie_text(movie, GLS_MOVIE_USER_POSITION),
                        "QuickTime.UserData.GPSCoordinates");
    if (movie->has_loci)
        (void)gls_media_offer_position(media, movie->loci_latitude, movie->loci_longitude,
                                       "QuickTime.UserData.Location");
}

/* The packet of one box; a box that is cut off or huge leaves a note. */
static bool read_xmp_box(struct gls_xmp_values *out, struct gls_media *media,
                         struct gls_input *input, const struct gls_box *box,
                         struct gls_error *error)
{
    GLS_STRBUF_AUTO packet = GLS_STRBUF_INIT;
    struct gls_error inner = GLS_ERROR_INIT;

    memset(out, 0, sizeof *out);
    if (box->size == 0)
        return true;
    if (!gls_box_read_payload(&packet, input, box, GLS_BLOCK_MAX, &inner)) {
        if (inner.status != GLS_ERROR_FORMAT) {
            *error = inner;
            return false;
        }
        gls_media_note(media, "its XMP cannot be read: %s", inner.message);
        return true;
    }
    return decode_xmp(out, media, packet.data, packet.size, error);
}

static void offer_av_values(struct gls_media *media, const struct gls_av_values *values)
{
    static const struct gls_date_claim recorded = {GLS_DATE_TAKEN, "Matroska.DateRecorded", false,
                                                   false};

    offer_date_text(media, values->apple_creation_date, QUICKTIME_EPOCH_S, &creation_date);
    offer_date_text(media, values->date_recorded, NO_EPOCH, &recorded);
    offer_camera(media, values->make, values->model, "container.make");
    offer_text(&media->content_id, values->content_id);
    offer_position_text(media, values->position, "container.location");
}

/* The headers are compressed: only libavformat can look inside. */
static bool read_compressed(struct gls_media *out, struct gls_input *input, struct gls_error *error)
{
    static const struct gls_date_claim claim = {GLS_DATE_DIGITIZED, "QuickTime.CreateDate", true,
                                                false};
    struct gls_av_values values;

    if (!gls_av_read(&values, input, error))
        return false;
    offer_av_values(out, &values);
    offer_date_text(out, values.creation_time, QUICKTIME_EPOCH_S, &claim);
    gls_av_values_free(&values);
    return true;
}

static bool offer_movie(struct gls_media *out, struct gls_input *input,
                        const struct gls_movie *movie, struct gls_error *error)
{
    struct gls_xmp_values appended;
    struct gls_xmp_values embedded;
    bool ok = false;

    memset(&embedded, 0, sizeof embedded);
    if (read_xmp_box(&appended, out, input, &movie->xmp_uuid, error) &&
        read_xmp_box(&embedded, out, input, &movie->xmp_user, error)) {
        offer_movie_dates(out, movie);
        offer_movie_texts(out, movie);
        gls_xmp_offer(out, &appended);
        gls_xmp_offer(out, &embedded);
        offer_movie_position(out, movie);
        ok = !movie->is_compressed || read_compressed(out, input, error);
        gls_xmp_offer_dates(out, &appended);
        gls_xmp_offer_dates(out, &embedded);
    }
    gls_xmp_values_clear(&appended);
    gls_xmp_values_clear(&embedded);
    return ok;
}

static bool video_read(struct gls_media *out, struct gls_input *input, const void *context,
                       struct gls_error *error)
{
    struct gls_movie movie;
    bool ok;

    (void)context;
    if (!gls_movie_scan(&movie, input, error))
        return false;
    if (!movie.has_moov)
        gls_media_note(out, "it ends too early: its movie header (moov) is missing");
    else if (movie.is_cut)
        gls_media_note(out, "it ends too early or holds a box that states too much");
    ok = offer_movie(out, input, &movie, error);
    gls_movie_free(&movie);
    return ok;
}

/* ---- Other containers ---------------------------------------------------------------- */

static bool read_riff(struct gls_media *out, struct gls_input *input, struct gls_error *error)
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
    offer_date_text(out, riff.date_time_original, NO_EPOCH, &original);
    ok = decode_xmp(&values, out, riff.xmp.data, riff.xmp.size, error);
    if (ok) {
        gls_xmp_offer(out, &values);
        gls_xmp_offer_dates(out, &values);
    }
    gls_xmp_values_clear(&values);
    offer_date_text(out, riff.date_created, NO_EPOCH, &created);
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
    offer_camera(out, avchd.make, avchd.model, "H264.Make");
    return true;
}

/* What libavformat cannot open may still be filed by what was found: `has_date`. */
static bool read_through_libavformat(struct gls_media *out, struct gls_input *input, bool is_utc,
                                     bool has_date, struct gls_error *error)
{
    const struct gls_date_claim claim = {
        GLS_DATE_DIGITIZED, is_utc ? "Matroska.DateUTC" : "creation_time", is_utc, false};
    struct gls_error inner = GLS_ERROR_INIT;
    struct gls_av_values values;
    struct gls_xmp_values xmp;
    bool ok;

    if (!gls_av_read(&values, input, &inner)) {
        if (inner.status == GLS_ERROR_FORMAT ||
            (inner.status == GLS_ERROR_UNSUPPORTED && has_date)) {
            gls_media_note(out, "%s", inner.message);
            return true;
        }
        *error = inner;
        return false;
    }
    offer_av_values(out, &values);
    offer_date_text(out, values.creation_time, is_utc ? MATROSKA_EPOCH_S : NO_EPOCH, &claim);
    ok = decode_xmp(&xmp, out, values.xmp, values.xmp != NULL ? strlen(values.xmp) : 0, error);
    if (ok) {
        gls_xmp_offer(out, &xmp);
        gls_xmp_offer_dates(out, &xmp);
    }
    gls_xmp_values_clear(&xmp);
    gls_av_values_free(&values);
    return ok;
}

/* The tags are libavformat's to read: a local time among them says more than the
 * UTC of the header, which is read here in case that library cannot. */
static bool read_matroska(struct gls_media *out, struct gls_input *input, struct gls_error *error)
{
    static const struct gls_date_claim claim = {GLS_DATE_DIGITIZED, "Matroska.DateUTC", true,
                                                false};
    struct gls_datetime when;
    bool found;

    if (!gls_matroska_read_date(&when, &found, input, error) ||
        !read_through_libavformat(out, input, true, found, error))
        return false;
    if (found)
        (void)gls_media_offer_date(out, &when, &claim);
    return true;
}

static bool video_essence(struct gls_ranges *out, struct gls_input *input, const void *context,
                          struct gls_error *error)
{
    (void)context;
    return gls_movie_essence(out, input, error);
}

static bool video_plan_edit(struct gls_patch *out, struct gls_input *input,
                            const struct gls_tags *tags, const void *context,
                            struct gls_error *error)
{
    (void)context;
    return gls_movie_plan_edit(out, input, tags, error);
}

static bool stream_read(struct gls_media *out, struct gls_input *input, const void *context,
                        struct gls_error *error)
{
    uint8_t head[12] = {0};
    size_t got;

    (void)context;
    if (!gls_input_read_some(input, 0, head, sizeof head, &got, error))
        return false;
    if (memcmp(head, "RIFF", 4) == 0 && !read_riff(out, input, error))
        return false;
    if ((head[0] == 0x47 || head[4] == 0x47) && !read_avchd(out, input, error))
        return false;
    if (gls_be32(head) == 0x1a45dfa3)
        return read_matroska(out, input, error);
    return read_through_libavformat(out, input, false, out->has_date, error);
}

const struct gls_backend gls_video_backend = {
    .name = "video",
    .read = video_read,
    .essence = video_essence,
    .plan_edit = video_plan_edit,
};

const struct gls_backend gls_stream_backend = {
    .name = "stream",
    .read = stream_read,
    .essence = NULL,
    .plan_edit = NULL,
};
