/* SPDX-License-Identifier: MIT */
#include "engine/scan/same_shot.h"

#include <string.h>

#include "base/timestamp.h"
#include "engine/names/file_name.h"
#include "media/media.h"
#include "media/takeout.h"

enum {
    QUARTER_S = 900,
    WEST_MOST_S = -12 * 3600,
    EAST_MOST_S = 14 * 3600,
    DAY_S = 86400,
    LIVE_LEAD_S = 10
};

/* Is `after` at most `late` seconds behind `before`, and `early` before it? */
static bool is_near(int64_t before, int64_t after, int64_t early, int64_t late)
{
    return after - before >= -early && after - before <= late;
}

/* The same, but for the offset of a zone: local time is `local`, UTC is `utc`. */
static bool is_near_in_some_zone(int64_t utc, int64_t local, int64_t early, int64_t late)
{
    int64_t difference = local - utc;

    for (int64_t zone = WEST_MOST_S; zone <= EAST_MOST_S; zone += QUARTER_S)
        if (is_near(0, difference - zone, early, late))
            return true;
    return false;
}

/* Midnight is how a date without a time of day is read. */
static bool is_day_alone(const struct gls_shot_facts *facts)
{
    return facts->has_local && facts->local_s % DAY_S == 0;
}

/* Is `other` of the day that `day` states? In UTC it may be a zone earlier or later. */
static bool is_of_day(const struct gls_shot_facts *day, const struct gls_shot_facts *other)
{
    if (other->has_local)
        return is_near(day->local_s, other->local_s, 0, DAY_S - 1);
    return !other->has_utc || is_near(day->local_s, other->utc_s, EAST_MOST_S, DAY_S - WEST_MOST_S);
}

/* Do they lie further apart than b may be before a (`early`), or behind it (`late`)? */
static bool times_contradict(const struct gls_shot_facts *a, const struct gls_shot_facts *b,
                             int64_t early, int64_t late)
{
    if (a->has_utc && b->has_utc && is_near(a->utc_s, b->utc_s, early, late))
        return false;
    if (a->has_local && b->has_local)
        return !is_near(a->local_s, b->local_s, early, late);
    if (a->has_utc && b->has_utc)
        return true;
    if (a->has_utc && b->has_local)
        return !is_near_in_some_zone(a->utc_s, b->local_s, early, late);
    if (a->has_local && b->has_utc)
        return !is_near_in_some_zone(b->utc_s, a->local_s, late, early);
    return false;
}

bool gls_shots_contradict(const struct gls_shot_facts *a, const struct gls_shot_facts *b,
                          unsigned same_shot_s)
{
    int64_t tolerance = same_shot_s;
    int64_t early =
        b->is_movie && !a->is_movie && tolerance < LIVE_LEAD_S ? LIVE_LEAD_S : tolerance;
    int64_t late = a->is_movie && !b->is_movie && tolerance < LIVE_LEAD_S ? LIVE_LEAD_S : tolerance;

    if (a->content_id[0] != '\0' && b->content_id[0] != '\0')
        return strcmp(a->content_id, b->content_id) != 0;
    if (a->burst_id[0] != '\0' && b->burst_id[0] != '\0')
        return strcmp(a->burst_id, b->burst_id) != 0;
    /* A midnight may be meant: the other half of the shot may lie just before it. */
    return times_contradict(a, b, early, late) && !(is_day_alone(a) && is_of_day(a, b)) &&
           !(is_day_alone(b) && is_of_day(b, a));
}

bool gls_shots_agree(const struct gls_shot_facts *a, const struct gls_shot_facts *b,
                     unsigned same_shot_s)
{
    return ((a->has_local && b->has_local) || (a->has_utc && b->has_utc)) && !is_day_alone(a) &&
           !is_day_alone(b) && !gls_shots_contradict(a, b, same_shot_s);
}

static void state_id(char out[64], const char *id)
{
    if (id != NULL && strlen(id) < 64)
        memcpy(out, id, strlen(id) + 1);
}

static void state_facts(struct gls_shot_facts *out, const struct gls_media *media)
{
    out->is_movie = media->kind == GLS_KIND_VIDEO;
    out->is_apple = media->camera_make != NULL && strcmp(media->camera_make, "Apple") == 0;
    state_id(out->content_id, media->content_id);
    state_id(out->burst_id, media->burst_id);
    if (!media->has_date || media->date_is_partial ||
        (media->date_strength != GLS_DATE_NONE && media->date_strength < GLS_DATE_GPS))
        return;
    int64_t civil_s = gls_datetime_to_civil_s(&media->date);
    out->has_local = !media->date_is_utc;
    out->local_s = civil_s;
    out->has_utc = media->date_is_utc || media->date.has_offset;
    out->utc_s = media->date_is_utc ? civil_s : civil_s - media->date.utc_offset_s;
}

/* Of a Takeout's JSON: when its picture was taken. */
static bool read_takeout(struct gls_shot_facts *out, struct gls_input *input,
                         struct gls_error *error)
{
    struct gls_takeout record = {0};
    bool done = gls_takeout_read(&record, input, error);

    if (done && record.is_photo && record.has_date) {
        out->has_utc = true;
        out->utc_s = gls_datetime_to_civil_s(&record.date);
    }
    gls_takeout_clear(&record);
    return done || !gls_error_is_of_system(error);
}

bool gls_shot_facts_read(struct gls_shot_facts *out, struct gls_input *input, const char *path,
                         bool has_beside, struct gls_error *error)
{
    const struct gls_format *format = NULL;
    struct gls_media media = {0};

    *out = (struct gls_shot_facts){0};
    if (gls_name_has_extension(path, "json"))
        return read_takeout(out, input, error);
    bool done = gls_media_detect(&format, input, path, error) &&
                gls_media_read(&media, input, format, path, error);
    if (done && has_beside)
        done = gls_media_apply_beside(&media, path, GLS_BESIDE_XMP | GLS_BESIDE_XML, error);
    if (done)
        state_facts(out, &media);
    gls_media_clear(&media);
    return done || !gls_error_is_of_system(error);
}
