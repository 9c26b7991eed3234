/* SPDX-License-Identifier: MIT */
/*
 * When a picture was taken, in the local time of the place. The machine's zone
 * is the last resort, asked only where a file states an instant and nothing else.
 */
#include "plan/destination.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "base/timestamp.h"
#include "media/core/record.h"
#include "plan/camera_clock.h"
#include "plan/places/geocode.h"
#include "plan/time/name_date.h"
#include "plan/time/zone.h"

/* The zone of the position, else the configured one, else NULL. */
static const struct gls_zone *known_zone(const struct gls_media *media,
                                         const struct gls_config *config)
{
    const struct gls_zone *zone = NULL;
    if (media->has_position)
        zone = gls_zone_at(media->latitude, media->longitude);
    if (zone == NULL && config != NULL && config->zone != NULL)
        zone = gls_zone_find(config->zone);
    return zone;
}

/* Gives a local time the offset that is really known, if any. */
static void add_offset(struct gls_datetime *local, const struct gls_media *media,
                       const struct gls_config *config)
{
    const struct gls_zone *zone = known_zone(media, config);
    if (local->has_offset || zone == NULL)
        return;
    local->utc_offset_s = gls_zone_offset_at_civil(zone, gls_datetime_to_civil_s(local));
    local->has_offset = true;
}

/* The local time of an instant at the file's place, else at home. */
static bool localize(struct gls_datetime *out, int64_t utc_s, const struct gls_media *media,
                     const struct gls_config *config)
{
    const struct gls_zone *zone = known_zone(media, config);
    if (zone == NULL)
        zone = gls_zone_local();
    struct gls_datetime local;
    if (!gls_datetime_from_utc_s(&local, utc_s, gls_zone_offset_at_utc(zone, utc_s)))
        return false;
    local.nanosecond = out->nanosecond;
    local.subsecond_digits = out->subsecond_digits;
    *out = local;
    return true;
}

static bool set_source(struct gls_media *media, const char *source, struct gls_error *error)
{
    free(media->date_source);
    media->date_source = strdup(source);
    return media->date_source != NULL || gls_fail_memory(error);
}

/* Is the date one of the camera's own clock, in a field of the container? */
static bool is_container_clock(const struct gls_media *media)
{
    return media->date_strength == GLS_DATE_DIGITIZED && media->date_source != NULL &&
           strncmp(media->date_source, "Xmp.", 4) != 0;
}

/* Tells where a date is not all that it seems to be. */
static void note_weakness(struct gls_media *media)
{
    const struct gls_datetime *date = &media->date;
    if (media->date_is_partial)
        gls_media_note(media,
                       "of its date (%s) only a part is legible: the rest counts as the first",
                       media->date_source != NULL ? media->date_source : "stated");
    else if (date->month == 1 && date->day == 1 && date->hour == 0 && date->minute == 0 &&
             date->second == 0)
        gls_media_note(media, "midnight of 1 January is what a clock shows that was never set, or "
                              "stands for a year alone");
}

static void resolve_stated(struct gls_media *media, const struct gls_config *config)
{
    note_weakness(media);
    if (media->date_is_utc && is_container_clock(media) &&
        gls_camera_writes_local_time(media, config)) {
        media->date_is_utc = false;
        media->date.has_offset = false;
        media->date.utc_offset_s = 0;
    }
    if (media->date_is_utc) {
        /* Who states the instant in local time may do so in the zone of his desk: the place
         * knows better. */
        bool has_place =
            media->has_position && gls_zone_at(media->latitude, media->longitude) != NULL;
        int32_t stated_s = has_place ? 0 : media->date.utc_offset_s;
        /* At the ends of the calendar no zone can be applied: UTC stays. */
        media->date.utc_offset_s = 0;
        media->date.has_offset = true;
        if (stated_s == 0)
            localize(&media->date, gls_datetime_to_civil_s(&media->date), media, config);
        else if (gls_datetime_add_s(&media->date, stated_s))
            media->date.utc_offset_s = stated_s;
        media->date_is_utc = false;
        return;
    }
    add_offset(&media->date, media, config);
    if (media->has_gps_time && media->date.has_offset)
        gls_camera_check_clock(media, media->date.utc_offset_s);
}

static bool resolve_by_name(struct gls_media *media, const struct gls_config *config,
                            const char *path, struct gls_error *error)
{
    struct gls_name_rules rules = {NULL, GLS_DATE_ORDER_UNKNOWN};
    struct gls_datetime when;
    struct gls_name_remarks remarks;
    if (config != NULL)
        rules = (struct gls_name_rules){config->filename_regex, config->date_order};
    if (!gls_date_from_name(&when, &remarks, gls_path_base(path), &rules)) {
        if (remarks.is_ambiguous)
            gls_media_note(media, "which number in its name is the month is not certain: [Date] "
                                  "order=dmy or order=mdy says it");
        return true;
    }
    if (when.has_offset)
        localize(&when, gls_datetime_to_utc_s(&when), media, config);
    else
        add_offset(&when, media, config);
    media->date = when;
    media->has_date = true;
    media->date_is_utc = false;
    media->date_is_partial = remarks.is_partial;
    media->date_strength = GLS_DATE_NAMED;
    if (remarks.is_partial)
        gls_media_note(media, "its name states no day: the first counts");
    return set_source(media, "file.name", error);
}

/* Zero on the clocks of Unix, and of FAT, which counts local time from 1980: a time
 * that was never set. */
static bool is_unset(int64_t time_ns)
{
    const int64_t fat_epoch_s = INT64_C(315532800);
    const int32_t offset_s = gls_zone_offset_at_civil(gls_zone_local(), fat_epoch_s);
    return time_ns == 0 || time_ns == fat_epoch_s * 1000000000 ||
           time_ns == (fat_epoch_s - offset_s) * 1000000000;
}

static bool resolve_by_times(struct gls_media *media, const struct gls_config *config,
                             const struct gls_file_times *times, struct gls_error *error)
{
    bool by_mtime = times->mtime_ns <= times->ctime_ns && !is_unset(times->mtime_ns);
    int64_t ns = by_mtime ? times->mtime_ns : times->ctime_ns;
    int64_t fraction_ns = (ns % 1000000000 + 1000000000) % 1000000000;
    struct gls_datetime when = {.year = 0};
    if (!localize(&when, (ns - fraction_ns) / 1000000000, media, config))
        return true;
    media->date = when;
    media->has_date = true;
    media->date_strength = GLS_DATE_FILE_TIMES;
    return set_source(media, by_mtime ? "file.mtime" : "file.ctime", error);
}

static bool resolve_date(struct gls_media *media, const struct gls_config *config, const char *path,
                         const struct gls_file_times *times, struct gls_error *error)
{
    if (media->has_date && !gls_datetime_is_valid(&media->date))
        media->has_date = false;
    if (!media->has_date) {
        media->date_strength = GLS_DATE_NONE;
        media->date_is_utc = false;
    }
    if (media->date_strength < GLS_DATE_NAMED && path != NULL &&
        !resolve_by_name(media, config, path, error))
        return false;
    if (media->has_date && media->date_strength != GLS_DATE_NAMED)
        resolve_stated(media, config);
    return media->has_date || times == NULL || resolve_by_times(media, config, times, error);
}

bool gls_resolve_date(struct gls_media *media, const struct gls_config *config, const char *path,
                      const struct gls_file_times *times, struct gls_error *error)
{
    const bool is_resolved = resolve_date(media, config, path, times, error);
    return gls_zone_check(error) && is_resolved;
}

/* Does `name` begin with "YYYY-MM-DD_HH-MM-SS"? */
static bool leading_date(struct gls_datetime *out, const char *name)
{
    static const char shape[] = "dddd-dd-dd_dd-dd-dd";
    char text[sizeof shape];
    for (size_t i = 0; i < sizeof shape - 1; i++) {
        if (shape[i] == 'd' ? name[i] < '0' || name[i] > '9' : name[i] != shape[i])
            return false;
        text[i] = i < 10 ? name[i] : i == 10 ? ' ' : name[i] == '-' ? ':' : name[i];
    }
    text[sizeof shape - 1] = '\0';
    return gls_datetime_parse(out, text, false);
}

int64_t gls_destination_mtime_ns(const char *stored_name, const struct gls_datetime *local,
                                 const struct gls_config *config)
{
    struct gls_datetime when = *local;
    if (leading_date(&when, gls_path_base(stored_name))) {
        /* The same second: the date's fraction counts too. */
        if (gls_datetime_to_civil_s(&when) == gls_datetime_to_civil_s(local))
            when.nanosecond = local->nanosecond;
        when.has_offset = local->has_offset;
        when.utc_offset_s = local->utc_offset_s;
    }
    int64_t civil_s = gls_datetime_to_civil_s(&when);
    if (!when.has_offset) {
        const struct gls_zone *zone = gls_zone_home(config != NULL ? config->zone : NULL);
        when.utc_offset_s = gls_zone_offset_at_civil(zone, civil_s);
    }
    int64_t ns;
    if (__builtin_mul_overflow(civil_s - when.utc_offset_s, (int64_t)1000000000, &ns) ||
        __builtin_add_overflow(ns, (int64_t)when.nanosecond, &ns))
        return civil_s < 0 ? INT64_MIN : INT64_MAX;
    return ns;
}
