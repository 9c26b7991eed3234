/* SPDX-License-Identifier: MIT */
#include "media/bmff/quicktime_edit.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/timestamp.h"
#include "media/bmff/box_edit.h"
#include "media/bmff/quicktime.h"
#include "media/core/iso6709.h"

/* ---- Can it be edited? ------------------------------------------------------------------ */

/* Samples beyond the end would come to lie in what is appended. */
static bool read_samples(struct gls_ranges *out, struct gls_input *input, struct gls_error *error)
{
    uint64_t size = gls_input_size(input);

    if (!gls_movie_essence(out, input, error)) {
        if (error->status == GLS_ERROR_FORMAT)
            error->status = GLS_ERROR_UNSUPPORTED;
        return false;
    }
    for (size_t i = 0; i < out->count; i++) {
        if (out->items[i].offset > size || out->items[i].size > size - out->items[i].offset)
            return gls_input_refuse(input, "it ends too early: samples lie beyond its end", error);
    }
    gls_ranges_normalize(out, size);
    return true;
}

static bool check_movie(const struct gls_movie *movie, struct gls_input *input,
                        struct gls_error *error)
{
    if (!movie->has_moov)
        return gls_input_refuse(input, "it has no movie header", error);
    if (movie->is_cut)
        return gls_input_refuse(input, "it ends too early or holds a box that states too much",
                                error);
    if (movie->is_compressed)
        return gls_input_refuse(input, "its movie header is compressed", error);
    if (movie->time_count >= GLS_MOVIE_TIME_MAX || movie->value_count >= GLS_MOVIE_VALUE_MAX)
        return gls_input_refuse(input, "it holds too many tracks or values", error);
    return true;
}

/* ---- Dates -------------------------------------------------------------------------------- */

static bool plan_header_times(struct gls_patch *out, struct gls_input *input,
                              const struct gls_movie *movie, const struct gls_datetime *date,
                              struct gls_error *error)
{
    int64_t since_1904_s = gls_datetime_to_utc_s(date) + GLS_MOVIE_EPOCH_S;
    bool has_header = false;
    uint8_t bytes[8];

    /* Less than the epoch's distance is read as seconds since 1970. */
    if (since_1904_s < GLS_MOVIE_EPOCH_S)
        return gls_input_refuse(input, "its header cannot hold a time before 1970", error);
    gls_put_be64(bytes, (uint64_t)since_1904_s);
    for (size_t i = 0; i < movie->time_count; i++) {
        const struct gls_movie_time *time = &movie->times[i];
        has_header = has_header || time->header == GLS_4CC('m', 'v', 'h', 'd');
        if (time->since_1904_s == (uint64_t)since_1904_s)
            continue;
        if (time->width == 4 && since_1904_s > UINT32_MAX)
            return gls_input_refuse(input, "its header cannot hold a time after February 2040",
                                    error);
        if (!gls_patch_overwrite(out, time->offset, bytes + 8 - time->width, time->width, error))
            return false;
    }
    return has_header || gls_input_refuse(input, "it has no movie header (mvhd)", error);
}

static void put_digits(char *out, unsigned value, unsigned count)
{
    for (unsigned i = count; i > 0; i--) {
        out[i - 1] = (char)('0' + value % 10);
        value /= 10;
    }
}

/* Writes the fraction and returns where the zone begins. */
static size_t put_fraction(char *text, const struct gls_datetime *when)
{
    unsigned left = (unsigned)when->nanosecond;
    unsigned scale = 100000000;
    size_t at = 19;

    if (text[at] != '.')
        return at;
    for (at++; gls_ascii_is_digit(text[at]); at++) {
        text[at] = (char)('0' + (scale > 0 ? left / scale % 10 : 0));
        scale /= 10;
    }
    return at;
}

/* "+HHMM", "+HH:MM" or "+HH". */
static bool put_zone(char *zone, int32_t offset_s)
{
    size_t size = strlen(zone);
    unsigned minutes = (unsigned)(offset_s < 0 ? -offset_s : offset_s) / 60;

    if ((zone[0] != '+' && zone[0] != '-') || (size != 3 && size != 5 && size != 6) ||
        (size == 3 && minutes % 60 != 0))
        return false;
    zone[0] = offset_s < 0 ? '-' : '+';
    put_digits(zone + 1, minutes / 60, 2);
    if (size > 3)
        put_digits(zone + size - 2, minutes % 60, 2);
    return true;
}

/* Writes the date over a text that states one, in that text's own form: a year,
 * a day, or a time with or without fraction and zone. */
static bool overwrite_date(char *text, const struct gls_datetime *date)
{
    struct gls_datetime when = *date;
    size_t size = strlen(text);
    size_t zone;

    if (size != 4 && size != 10 && size < 19)
        return false;
    if (size >= 20 && text[size - 1] == 'Z' &&
        !gls_datetime_from_utc_s(&when, gls_datetime_to_utc_s(date), 0))
        return false;
    when.nanosecond = date->nanosecond;
    put_digits(text, (unsigned)when.year, 4);
    if (size == 4)
        return true;
    put_digits(text + 5, (unsigned)when.month, 2);
    put_digits(text + 8, (unsigned)when.day, 2);
    if (size == 10)
        return true;
    put_digits(text + 11, (unsigned)when.hour, 2);
    put_digits(text + 14, (unsigned)when.minute, 2);
    put_digits(text + 17, (unsigned)when.second, 2);
    zone = put_fraction(text, &when);
    return text[zone] == '\0' || strcmp(text + zone, "Z") == 0 ||
           put_zone(text + zone, when.utc_offset_s);
}

static bool plan_text_date(struct gls_patch *out, struct gls_input *input,
                           const struct gls_movie_value *value, const struct gls_datetime *date,
                           struct gls_error *error)
{
    struct gls_datetime stated;
    char text[64];

    if (value->size >= sizeof text || !gls_datetime_parse(&stated, value->text, true)) {
        /* A bare year is no date to the parser, and nothing that is read. */
        return true;
    }
    memset(text, 0, sizeof text);
    memcpy(text, value->text, value->size);
    if (!overwrite_date(text, date))
        return gls_input_refuse(input, "it states its date in a form that cannot be overwritten",
                                error);
    if (memcmp(text, value->text, value->size) == 0)
        return true;
    return gls_patch_overwrite(out, value->offset, text, value->size, error);
}

static bool plan_date(struct gls_patch *out, struct gls_input *input, const struct gls_movie *movie,
                      const struct gls_datetime *date, struct gls_error *error)
{
    if (!date->has_offset)
        return gls_input_refuse(input, "its headers count UTC, and the date's offset is not known",
                                error);
    for (size_t i = 0; i < movie->value_count; i++) {
        const struct gls_movie_value *value = &movie->values[i];
        if ((value->kind == GLS_MOVIE_KEYS_DATE || value->kind == GLS_MOVIE_KEYS_CREATED ||
             value->kind == GLS_MOVIE_USER_DATE || value->kind == GLS_MOVIE_CONTENT_DATE) &&
            !plan_text_date(out, input, value, date, error))
            return false;
    }
    return plan_header_times(out, input, movie, date, error);
}

/* ---- Positions ------------------------------------------------------------------------------ */

static bool is_position(const struct gls_movie_value *value)
{
    return value->kind == GLS_MOVIE_KEYS_POSITION || value->kind == GLS_MOVIE_USER_POSITION;
}

static bool plan_text_position(struct gls_patch *out, struct gls_input *input,
                               const struct gls_movie_value *value, const struct gls_tags *tags,
                               struct gls_error *error)
{
    char text[128];
    double latitude;
    double longitude;

    if (value->size >= sizeof text || !gls_iso6709_parse(&latitude, &longitude, value->text))
        return true; /* it is not read as a position either */
    memset(text, 0, sizeof text);
    memcpy(text, value->text, value->size);
    if (!gls_iso6709_overwrite(text, tags->latitude, tags->longitude))
        return gls_input_refuse(
            input, "it states its position in a form that cannot be overwritten", error);
    if (memcmp(text, value->text, value->size) == 0)
        return true;
    return gls_patch_overwrite(out, value->offset, text, value->size, error);
}

static bool plan_loci(struct gls_patch *out, struct gls_input *input, const struct gls_movie *movie,
                      const struct gls_tags *tags, struct gls_error *error)
{
    uint8_t bytes[8];
    uint8_t old[8];
    double latitude = tags->latitude * 65536.0;
    double longitude = tags->longitude * 65536.0;

    gls_put_be32(bytes, (uint32_t)(int32_t)(longitude + (longitude < 0 ? -0.5 : 0.5)));
    gls_put_be32(bytes + 4, (uint32_t)(int32_t)(latitude + (latitude < 0 ? -0.5 : 0.5)));
    if (!gls_input_read(input, movie->loci_offset, old, sizeof old, error))
        return false;
    return memcmp(old, bytes, sizeof old) == 0 ||
           gls_patch_overwrite(out, movie->loci_offset, bytes, sizeof bytes, error);
}

static bool plan_position(struct gls_patch *out, struct gls_input *input,
                          const struct gls_movie *movie, const struct gls_tags *tags,
                          struct gls_error *error)
{
    uint64_t wiped = 0; /* the box that was wiped last: it may hold several values */

    for (size_t i = 0; i < movie->value_count; i++) {
        const struct gls_movie_value *value = &movie->values[i];
        if (!is_position(value) || (tags->clear_position && value->box.offset == wiped))
            continue;
        wiped = value->box.offset;
        if (tags->clear_position ? !gls_box_patch_free(out, input, &value->box, error)
                                 : !plan_text_position(out, input, value, tags, error))
            return false;
    }
    if (!movie->has_loci)
        return true;
    return tags->clear_position ? gls_box_patch_free(out, input, &movie->loci, error)
                                : plan_loci(out, input, movie, tags, error);
}

/* ---- The whole ------------------------------------------------------------------- */

static bool plan_all(struct gls_patch *out, struct gls_input *input, const struct gls_movie *movie,
                     const struct gls_tags *tags, struct gls_error *error)
{
    return (!tags->set_date || plan_date(out, input, movie, &tags->date, error)) &&
           ((!tags->set_position && !tags->clear_position) ||
            plan_position(out, input, movie, tags, error)) &&
           gls_movie_plan_xmp(out, input, movie, tags, error) &&
           gls_patch_seal(out, gls_input_size(input), error);
}

bool gls_movie_plan_edit(struct gls_patch *out, struct gls_input *input,
                         const struct gls_tags *tags, struct gls_error *error)
{
    struct gls_ranges samples = GLS_RANGES_INIT;
    struct gls_movie movie;
    bool ok;

    if (!gls_movie_scan(&movie, input, error))
        return false;
    ok = check_movie(&movie, input, error) && read_samples(&samples, input, error) &&
         plan_all(out, input, &movie, tags, error);
    if (ok && !gls_box_patch_spares(out, &samples))
        ok = gls_input_refuse(input, "its samples lie within its headers", error);
    gls_ranges_free(&samples);
    gls_movie_free(&movie);
    return ok;
}
