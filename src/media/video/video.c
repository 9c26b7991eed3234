/* SPDX-License-Identifier: MIT */
/*
 * video - movies and sound in ISO-BMFF and QuickTime boxes.
 *
 * What the boxes say is read by our own walker, which also knows where each value
 * stands and so agrees with the editor; libavformat is asked where the walker cannot
 * look: in compressed headers.
 */
#include "media/video/video.h"
#include "media/video/camera_xml.h"

#include <string.h>

#include "base/timestamp.h"
#include "media/bmff/quicktime.h"
#include "media/bmff/quicktime_edit.h"
#include "media/core/container.h"
#include "media/video/video_offer.h"

/* ---- ISO-BMFF --------------------------------------------------------------------- */

/* When QuickTime was published, 1991-12-02, in Unix time. */
static const int64_t FIRST_MOVIE_S = INT64_C(691632000);

/* Seconds since 1904, UTC. Some cameras count from 1970 instead: a value that would lie
 * before 1970 is taken that way, unless no movie can be that old: then a clock that was
 * never set counted on from zero. */
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
    else if (epoch_s < FIRST_MOVIE_S)
        return;
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
    static const struct gls_date_claim year = {GLS_DATE_CHANGED, "QuickTime.ContentCreateDate",
                                               false, false};
    const char *day;

    gls_video_offer_date(media, gls_movie_text(movie, GLS_MOVIE_KEYS_DATE), GLS_QUICKTIME_EPOCH_S,
                         &gls_video_creation_date);
    gls_video_offer_date(media, gls_movie_text(movie, GLS_MOVIE_USER_DATE), GLS_NO_EPOCH,
                         &user_date);
    offer_header_time(media, gls_movie_created(movie, GLS_4CC('m', 'v', 'h', 'd')),
                      "QuickTime.CreateDate");
    offer_header_time(media, gls_movie_created(movie, GLS_4CC('m', 'd', 'h', 'd')),
                      "QuickTime.MediaCreateDate");
    day = gls_movie_text(movie, GLS_MOVIE_CONTENT_DATE);
    /* A year alone may be when an album came out, or the film of a tape was shot. */
    if (day != NULL && (strlen(day) >= 10 || media->kind == GLS_KIND_VIDEO))
        gls_video_offer_date(media, day, GLS_NO_EPOCH, strlen(day) >= 10 ? &content_date : &year);
}

static void offer_movie_texts(struct gls_media *media, const struct gls_movie *movie)
{
    gls_video_offer_camera(media, gls_movie_text(movie, GLS_MOVIE_MAKE),
                           gls_movie_text(movie, GLS_MOVIE_MODEL), "QuickTime.Make");
    gls_video_offer_text(media, &media->content_id, gls_movie_text(movie, GLS_MOVIE_CONTENT_ID));
}

static void offer_movie_position(struct gls_media *media, const struct gls_movie *movie)
{
    gls_video_offer_position(media, gls_movie_text(movie, GLS_MOVIE_KEYS_POSITION),
                             "QuickTime.LocationISO6709");
    gls_video_offer_position(media, gls_movie_text(movie, GLS_MOVIE_USER_POSITION),
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
    return gls_video_decode_xmp(out, media, packet.data, packet.size, error);
}

/* What the camera states beside the movie header; XML that is broken leaves a note. */
static bool read_camera_xml(struct gls_media *media, struct gls_input *input,
                            const struct gls_box *box, struct gls_error *error)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    struct gls_error inner = GLS_ERROR_INIT;
    const size_t head = 4; /* version and flags */

    if (box->size == 0 || (gls_box_read_payload(&text, input, box, GLS_CAMERA_XML_MAX, &inner) &&
                           (text.size <= head || gls_camera_xml_offer(media, text.data + head,
                                                                      text.size - head, &inner))))
        return true;
    if (inner.status != GLS_ERROR_FORMAT) {
        *error = inner;
        return false;
    }
    gls_media_note(media, "%s", inner.message);
    return true;
}

/* The headers are compressed: only libavformat can look inside. */
static bool read_compressed(struct gls_media *out, struct gls_input *input, struct gls_error *error)
{
    static const struct gls_date_claim claim = {GLS_DATE_DIGITIZED, "QuickTime.CreateDate", true,
                                                false};
    struct gls_error inner = GLS_ERROR_INIT;
    struct gls_av_values values;

    if (!gls_av_read(&values, input, &inner)) {
        if (inner.status == GLS_ERROR_FORMAT || inner.status == GLS_ERROR_UNSUPPORTED) {
            gls_media_note(out, "%s", inner.message); /* filed by its name and time */
            return true;
        }
        *error = inner;
        return false;
    }
    gls_video_offer_av(out, &values);
    gls_video_offer_date(out, values.creation_time, GLS_QUICKTIME_EPOCH_S, &claim);
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
        ok = read_camera_xml(out, input, &movie->camera_xml, error) &&
             (!movie->is_compressed || read_compressed(out, input, error));
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

const struct gls_backend gls_video_backend = {
    .name = "video",
    .read = video_read,
    .essence = video_essence,
    .plan_edit = video_plan_edit,
};
