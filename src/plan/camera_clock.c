/* SPDX-License-Identifier: MIT */
#include "plan/camera_clock.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/strbuf.h"
#include "base/timestamp.h"
#include "media/core/record.h"
#include "media/media.h"

enum {
    QUARTER_HOUR_S = 900,
    GPS_AGE_S = 60, /* a receiver's last fix may be that old */
    CLOCK_DRIFT_S = 600,
    ZONES_SPAN_S = 26 * 3600, /* from UTC-12 to UTC+14 */
    DAY_S = 86400,
    GPS_EPOCH_S = 1024 * 7 * DAY_S /* after which the number of the week begins anew */
};

/*
 * Cameras that put local time where QuickTime and ISO 14496-12 want UTC. Only
 * makers for which users and maker agree are listed; the rest is for
 * [Time] video_is_local=.
 */
static const char *const local_clocks[] = {
    /* https://github.com/Piwigo/piwigo-videojs/issues/98 (DSLR),
     * https://github.com/immich-app/immich/issues/13009 (Z 30),
     * https://github.com/pulsejet/memories/issues/1256 */
    "NIKON",
    /* https://github.com/gopro/labs/pull/5 (the firmware knows no time zone),
     * https://github.com/pulsejet/memories/issues/1256 */
    "GoPro",
};

/* Is `pattern` the beginning of `name`, up to the end of a word? */
static bool begins_with_words(const char *name, const char *pattern)
{
    size_t size = strlen(pattern);
    return size > 0 && gls_ascii_begins_equal(name, pattern, size) &&
           (name[size] == '\0' || name[size] == ' ');
}

static bool is_camera(const struct gls_media *media, const char *pattern)
{
    const char *make = media->camera_make != NULL ? media->camera_make : "";
    const char *model = media->camera_model != NULL ? media->camera_model : "";
    if (begins_with_words(make, pattern) || begins_with_words(model, pattern))
        return true;
    GLS_STRBUF_AUTO both = GLS_STRBUF_INIT;
    gls_strbuf_addf(&both, "%s %s", make, model);
    return begins_with_words(gls_strbuf_str(&both), pattern);
}

bool gls_camera_writes_local_time(const struct gls_media *media, const struct gls_config *config)
{
    for (size_t i = 0; config != NULL && i < config->video_is_local_count; i++)
        if (strcmp(config->video_is_local[i], "*") == 0 ||
            is_camera(media, config->video_is_local[i]))
            return true;
    for (size_t i = 0; i < sizeof local_clocks / sizeof *local_clocks; i++)
        if (is_camera(media, local_clocks[i]))
            return true;
    return false;
}

/* "3 d 04:30:00" or "02:00:00". */
static void add_span(struct gls_strbuf *out, int64_t seconds)
{
    if (seconds >= 86400)
        gls_strbuf_addf(out, "%" PRId64 " d ", seconds / 86400);
    seconds %= 86400;
    gls_strbuf_addf(out, "%02d:%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60),
                    (int)(seconds % 60));
}

void gls_camera_check_clock(struct gls_media *media, int32_t offset_s)
{
    GLS_STRBUF_AUTO says = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO expected = GLS_STRBUF_INIT;
    int64_t shown_s = gls_datetime_to_civil_s(&media->date) -
                      gls_datetime_to_civil_s(&media->gps_time); /* the camera's offset */
    int64_t off_s = shown_s - offset_s;
    /* A receiver that knows no later epoch of GPS shows a date whole epochs too early. */
    off_s -= off_s > 0 ? (off_s + DAY_S) / GPS_EPOCH_S * GPS_EPOCH_S : 0;
    int64_t quarters =
        (off_s + (off_s < 0 ? -QUARTER_HOUR_S / 2 : QUARTER_HOUR_S / 2)) / QUARTER_HOUR_S;
    int64_t rest_s = llabs(off_s - quarters * QUARTER_HOUR_S);
    gls_utc_offset_add(&expected, offset_s);
    if (quarters != 0 && rest_s <= GPS_AGE_S && llabs(off_s) <= ZONES_SPAN_S) {
        gls_utc_offset_add(&says, offset_s + (int32_t)(quarters * QUARTER_HOUR_S));
        gls_media_note(media,
                       "by its GPS time the camera's clock was set to UTC%s, not UTC%s: "
                       "a wrong time zone",
                       gls_strbuf_str(&says), gls_strbuf_str(&expected));
    } else if (llabs(off_s) > CLOCK_DRIFT_S) {
        add_span(&says, llabs(off_s));
        gls_media_note(media, "by its GPS time the camera's clock is %s %s", gls_strbuf_str(&says),
                       off_s > 0 ? "fast" : "slow");
    }
}
