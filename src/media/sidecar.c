/* SPDX-License-Identifier: MIT */
/* The .xmp file beside a picture or movie: what it edits wins. And the XML that some
 * cameras put beside their movies. */
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "media/core/record.h"
#include "media/media.h"
#include "media/video/camera_xml.h"
#include "media/xmp/xmp.h"

#define SIDECAR_MAX (16u << 20)
enum {
    QUARTER_HOUR_S = 900,
    OFFSET_MIN_S = -12 * 3600, /* from UTC-12 to UTC+14 */
    OFFSET_MAX_S = 14 * 3600,
    MINUTE_S = 60,
    DAY_S = 86400,
    WEEK_S = 7 * 86400
};

static bool read_text(struct gls_strbuf *out, struct gls_input *sidecar, unsigned size_max,
                      struct gls_error *error)
{
    uint64_t size = gls_input_size(sidecar);
    if (size > size_max) {
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: a sidecar of more than %u bytes is not read",
                        gls_input_name(sidecar), size_max);
    }
    char *room = gls_strbuf_reserve(out, (size_t)size);
    if (room == NULL) {
        return gls_fail_memory(error);
    }
    if (!gls_input_read(sidecar, 0, room, (size_t)size, error)) {
        return false;
    }
    out->size += (size_t)size;
    out->data[out->size] = '\0';
    return true;
}

static void override_text(struct gls_media *media, char **field, const char *value)
{
    if (value != NULL) {
        free(*field);
        *field = strdup(value);
        media->is_incomplete = media->is_incomplete || *field == NULL;
    }
}

/* How fine the sidecar states the date that it is read for: many programs leave out the
 * seconds, or write the day alone. */
static int64_t stated_step_s(const struct gls_media *sidecar, const struct gls_xmp_values *values)
{
    bool is_original = sidecar->date_source != NULL &&
                       strcmp(sidecar->date_source, "Xmp.exif.DateTimeOriginal") == 0;
    const char *text =
        is_original ? values->exif_date_time_original : values->photoshop_date_created;
    const char *time = text != NULL ? strpbrk(text, "Tt ") : NULL;
    if (time == NULL) {
        return DAY_S;
    }
    size_t size = strcspn(time, "Zz+-");
    const char *colon = memchr(time, ':', size);
    return colon == NULL || memchr(colon + 1, ':', size - (size_t)(colon + 1 - time)) != NULL
               ? 1
               : MINUTE_S;
}

/* What the clock of the picture shows, no finer than `step_s`. */
static int64_t civil_s_in_steps(const struct gls_media *media, int64_t step_s)
{
    int64_t civil_s = gls_datetime_to_civil_s(&media->date);
    return civil_s - (civil_s % step_s + step_s) % step_s;
}

/* Does the sidecar state in UTC the moment that the picture states as local time
 * without an offset? Then they differ by what an offset can be. */
static bool is_same_moment(int32_t *out_offset_s, const struct gls_media *media,
                           const struct gls_media *sidecar, int64_t step_s)
{
    int64_t offset_s = civil_s_in_steps(media, step_s) - gls_datetime_to_civil_s(&sidecar->date);
    *out_offset_s = (int32_t)(offset_s % WEEK_S);
    return offset_s >= OFFSET_MIN_S && offset_s <= OFFSET_MAX_S && offset_s % QUARTER_HOUR_S == 0;
}

/* A date of which only the year or the month is known, and the picture knows more. */
static bool is_vaguer(const struct gls_media *media, const struct gls_media *sidecar)
{
    return sidecar->date_is_partial && media->date_strength == GLS_DATE_TAKEN &&
           sidecar->date.year == media->date.year &&
           (sidecar->date.month == 1 || sidecar->date.month == media->date.month);
}

/* Does a sidecar that states an instant in UTC state the moment that the picture does? */
static bool is_same_instant(struct gls_media *media, const struct gls_media *sidecar,
                            int64_t step_s)
{
    int32_t offset_s;
    if (media->date.has_offset) {
        return civil_s_in_steps(media, step_s) - media->date.utc_offset_s ==
               gls_datetime_to_civil_s(&sidecar->date);
    }
    if (!sidecar->date_is_utc || !is_same_moment(&offset_s, media, sidecar, step_s)) {
        return false;
    }
    /* Equal digits may be a local time that was marked as UTC by mistake. */
    if (offset_s != 0 && !media->has_position) {
        media->date.has_offset = true;
        media->date.utc_offset_s = offset_s;
    }
    return true;
}

/* Does the sidecar's date say nothing that the picture does not say? A tool that
 * copies a movie's UTC time without saying so states nothing new either: the
 * container's instant is then the better knowledge. */
static bool says_nothing_new(struct gls_media *media, const struct gls_media *sidecar,
                             int64_t step_s)
{
    int64_t sidecar_s = gls_datetime_to_civil_s(&sidecar->date);
    if (!media->has_date) {
        return false;
    }
    if (is_vaguer(media, sidecar)) {
        return true;
    }
    if (media->date_is_utc) {
        return (sidecar->date_is_utc || !sidecar->date.has_offset) &&
               civil_s_in_steps(media, step_s) == sidecar_s;
    }
    /* Any other offset than UTC's or the picture's is an edit: a clock in the zone of home, put
     * right. */
    if (sidecar->date_is_utc || sidecar->date.has_offset) {
        if (media->date.has_offset && sidecar->date.has_offset &&
            media->date.utc_offset_s == sidecar->date.utc_offset_s)
            return civil_s_in_steps(media, step_s) == sidecar_s;
        return sidecar->date.utc_offset_s == 0 && is_same_instant(media, sidecar, step_s);
    }
    return step_s > 1 && media->date_strength == GLS_DATE_TAKEN && !media->date_is_partial &&
           civil_s_in_steps(media, step_s) == sidecar_s;
}

/* What the sidecar states of when the picture was taken is an edit, and counts over
 * what the picture states; its other dates may be its own birth, and count as theirs
 * do in a picture. */
static void apply_date(struct gls_media *media, struct gls_media *sidecar, int64_t step_s)
{
    bool is_edit = sidecar->date_strength == GLS_DATE_TAKEN;
    const struct gls_date_claim claim = {sidecar->date_strength, "", sidecar->date_is_utc,
                                         sidecar->date_is_partial};
    if (sidecar->has_date) {
        gls_media_offer_utc_offset(media, &sidecar->date, &claim);
    }
    /* When the sidecar itself was last changed says nothing of its picture. */
    if (!sidecar->has_date || sidecar->date_strength == GLS_DATE_CHANGED ||
        (is_edit && says_nothing_new(media, sidecar, step_s)) ||
        (!is_edit && media->has_date && sidecar->date_strength <= media->date_strength)) {
        return;
    }
    /* An instant becomes local through the offset that the picture states. */
    if (sidecar->date_is_utc && media->has_date && !media->date_is_utc && media->date.has_offset) {
        sidecar->date_is_utc = !gls_datetime_add_s(&sidecar->date, media->date.utc_offset_s);
        sidecar->date.utc_offset_s = sidecar->date_is_utc ? 0 : media->date.utc_offset_s;
    }
    free(media->date_source);
    media->date_source = sidecar->date_source;
    sidecar->date_source = NULL;
    media->date = sidecar->date;
    media->date_is_utc = sidecar->date_is_utc;
    media->date_is_partial = sidecar->date_is_partial;
    media->date_strength = sidecar->date_strength;
    media->has_date = true;
}

static void apply_values(struct gls_media *media, struct gls_media *sidecar)
{
    override_text(media, &media->title, sidecar->title);
    media->title_source = sidecar->title != NULL ? sidecar->title_source : media->title_source;
    override_text(media, &media->album, sidecar->album);
    media->album_source = sidecar->album != NULL ? sidecar->album_source : media->album_source;
    override_text(media, &media->original_name, sidecar->original_name);
    override_text(media, &media->description, sidecar->description);
    for (size_t i = 0; i < sidecar->people_count; i++) {
        gls_media_add_person(media, sidecar->people[i]);
    }
    for (size_t i = 0; i < sidecar->album_count; i++) {
        gls_media_add_album(media, sidecar->albums[i]);
    }
    media->rating = sidecar->rating != 0 ? sidecar->rating : media->rating;
    if (sidecar->has_position) {
        media->has_position = true;
        media->latitude = sidecar->latitude;
        media->longitude = sidecar->longitude;
        media->position_source = sidecar->position_source;
    }
    gls_media_offer_value(media, &media->camera_make, &media->camera_source, sidecar->camera_make,
                          sidecar->camera_source);
    gls_media_offer_value(media, &media->camera_model, &media->camera_source, sidecar->camera_model,
                          sidecar->camera_source);
    if (!media->has_gps_time && sidecar->has_gps_time) {
        media->has_gps_time = true;
        media->gps_time = sidecar->gps_time;
    }
}

bool gls_media_apply_sidecar(struct gls_media *media, struct gls_input *sidecar,
                             struct gls_error *error)
{
    GLS_STRBUF_AUTO packet = GLS_STRBUF_INIT;
    struct gls_xmp_values values;
    struct gls_media stated = {.kind = media->kind};
    if (!read_text(&packet, sidecar, SIDECAR_MAX, error)) {
        return false;
    }
    if (!gls_xmp_decode_of(&values, sidecar, packet.data, packet.size, error)) {
        return gls_error_prefix(error, "%s", gls_input_name(sidecar));
    }
    gls_xmp_offer_dates(&stated, &values);
    gls_xmp_offer(&stated, &values);
    int64_t step_s = stated_step_s(&stated, &values);
    gls_xmp_values_clear(&values);
    apply_values(media, &stated);
    apply_date(media, &stated, step_s);
    bool ok = gls_media_is_whole(&stated, error) && gls_media_is_whole(media, error);
    gls_media_clear(&stated);
    return ok;
}

bool gls_media_apply_camera_xml(struct gls_media *media, struct gls_input *xml,
                                struct gls_error *error)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    return read_text(&text, xml, GLS_CAMERA_XML_MAX, error) &&
           gls_camera_xml_offer(media, gls_strbuf_str(&text), text.size, error) &&
           gls_media_is_whole(media, error);
}

bool gls_media_make_sidecar(struct gls_strbuf *out, bool *changed,
                            const struct gls_sidecar_request *request, struct gls_error *error)
{
    struct gls_input *existing = request->existing;
    GLS_STRBUF_AUTO packet = GLS_STRBUF_INIT;
    const struct gls_xmp_use use = {
        .is_video = request->kind == GLS_KIND_VIDEO || request->kind == GLS_KIND_AUDIO,
        .holds_date = true,
        .holds_position = true,
    };
    *changed = false;
    if (!gls_tags_check(request->tags, error)) {
        return false;
    }
    if (existing != NULL && !read_text(&packet, existing, SIDECAR_MAX, error)) {
        return false;
    }
    const struct gls_xmp_request edit = {packet.data, packet.size, request->tags, &use, existing};
    if (!gls_xmp_edit(out, changed, &edit, error)) {
        return existing != NULL ? gls_error_prefix(error, "%s", gls_input_name(existing)) : false;
    }
    return true;
}
