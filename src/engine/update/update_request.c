/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/c_locale.h"
#include "base/timestamp.h"
#include "engine/update/update_run.h"

static const int64_t SHIFT_MAX_S = 200LL * 366 * 86400;

static int64_t unit_seconds(char unit)
{
    switch (unit) {
    case 'w':
        return 604800;
    case 'd':
        return 86400;
    case 'h':
        return 3600;
    case 'm':
        return 60;
    case 's':
        return 1;
    default:
        return 0;
    }
}

bool gls_shift_parse(int64_t *out_s, const char *text)
{
    int64_t total_s = 0;
    unsigned seen = 0;
    bool negative = *text == '-';

    if (*text == '+' || *text == '-')
        text++;
    if (*text == '\0')
        return false;
    while (*text != '\0') {
        char *end = NULL;
        if (!isdigit((unsigned char)*text))
            return false;
        errno = 0;
        long long number = strtoll(text, &end, 10);
        int64_t scale = unit_seconds(*end);
        if (errno != 0 || scale == 0 || number > SHIFT_MAX_S / scale)
            return false;
        unsigned bit = 1u << (*end - 'a');
        if ((seen & bit) != 0)
            return false;
        seen |= bit;
        total_s += number * scale;
        text = end + 1;
    }
    if (total_s > SHIFT_MAX_S)
        return false;
    *out_s = negative ? -total_s : total_s;
    return true;
}

/* "LAT,LON" in decimal degrees, whatever the locale's decimal sign is. */
static bool parse_position(double *latitude, double *longitude, const char *text)
{
    char *end = NULL;

    *latitude = strtod_l(text, &end, gls_c_locale());
    if (end == text || strpbrk(text, "xX") != NULL) /* it reads hexadecimal too */
        return false;
    while (*end == ' ')
        end++;
    if (*end++ != ',')
        return false;
    const char *second = end;
    *longitude = strtod_l(second, &end, gls_c_locale());
    while (end != second && *end == ' ')
        end++;
    return end != second && *end == '\0';
}

static bool name_candidates(struct gls_error *error, const char *name,
                            const struct gls_place *candidates, size_t count)
{
    struct gls_strbuf text = GLS_STRBUF_INIT;
    bool ambiguous = error->status == GLS_ERROR_ARGUMENT;

    for (size_t i = 0; i < count && i < 5; i++)
        gls_strbuf_addf(&text, "%s%s, %s, %s", i == 0 ? "" : "; ", candidates[i].city,
                        candidates[i].state, candidates[i].country);
    if (count > 0)
        gls_fail(error, GLS_ERROR_ARGUMENT, "--location '%s' is %s: %s", name,
                 ambiguous ? "ambiguous, say which" : "not known; did you mean",
                 gls_strbuf_str(&text));
    gls_strbuf_free(&text);
    return false;
}

static bool resolve_location(struct gls_update_request *out, struct gls_geocoder *geocoder,
                             const char *location, struct gls_error *error)
{
    struct gls_place place = {0};
    struct gls_place_candidates candidates = {0};

    out->set_position = true;
    if (parse_position(&out->latitude, &out->longitude, location)) {
        bool in_range = out->latitude >= -90 && out->latitude <= 90 && out->longitude >= -180 &&
                        out->longitude <= 180;
        if (!in_range)
            return gls_fail(error, GLS_ERROR_ARGUMENT,
                            "--location %s: latitude is -90..90, longitude -180..180", location);
        return out->latitude != 0 || out->longitude != 0 ||
               gls_fail(error, GLS_ERROR_ARGUMENT,
                        "--location %s: receivers without a fix write that, and it is taken for no "
                        "position; --clear location removes one",
                        location);
    }
    bool ok = gls_geocoder_find(geocoder, &place, &candidates, location, error);
    if (!ok) {
        name_candidates(error, location, candidates.places, candidates.count);
        if (error->status == GLS_ERROR_NOT_FOUND)
            error->status = GLS_ERROR_ARGUMENT;
    }
    free(candidates.places);
    out->latitude = place.latitude;
    out->longitude = place.longitude;
    return ok;
}

static bool check_conflicts(const struct gls_update_options *options, struct gls_error *error)
{
    if (options->album != NULL && options->clear_album)
        return gls_fail(error, GLS_ERROR_ARGUMENT, "--album and --clear album exclude each other");
    if (options->title != NULL && options->clear_title)
        return gls_fail(error, GLS_ERROR_ARGUMENT, "--title and --clear title exclude each other");
    if (options->location != NULL && options->clear_location)
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "--location and --clear location exclude each other");
    if (options->time != NULL && options->shift != NULL)
        return gls_fail(error, GLS_ERROR_ARGUMENT, "--time and --shift exclude each other");
    if (options->album == NULL && options->title == NULL && options->location == NULL &&
        options->time == NULL && options->shift == NULL && !options->clear_album &&
        !options->clear_title && !options->clear_location)
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "nothing to change: use --album, --title, --location, --time, --shift or "
                        "--clear");
    return true;
}

/* Has it the shape of a date, whatever its numbers? */
static bool is_shaped_like_a_date(const char *text)
{
    static const char shape[] = "dddd-dd-dd";
    size_t i = 0;

    while (shape[i] != '\0' &&
           (shape[i] == 'd' ? text[i] >= '0' && text[i] <= '9' : text[i] == '-' || text[i] == ':'))
        i++;
    return shape[i] == '\0' && (text[i] == '\0' || text[i] == ' ' || text[i] == 'T');
}

static bool parse_time(struct gls_datetime *out, const char *text, struct gls_error *error)
{
    bool is_date = gls_datetime_parse(out, text, true);

    if (is_date && gls_datetime_is_plausible(out))
        return true;
    if (is_date)
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "--time '%s': no picture was taken then; from 1826 on, and not in the "
                        "future",
                        text);
    if (is_shaped_like_a_date(text))
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "--time '%s': there is no such day, time or offset; the day is YYYY-mm-dd, "
                        "the time HH:MM or HH:MM:SS",
                        text);
    return gls_fail(error, GLS_ERROR_ARGUMENT,
                    "--time '%s': say YYYY-mm-dd, YYYY-mm-dd HH:MM or YYYY-mm-dd HH:MM:SS, with "
                    "+HH:MM behind it if you know the offset",
                    text);
}

bool gls_update_request_make(struct gls_update_request *out, struct gls_geocoder *geocoder,
                             const struct gls_update_options *options, struct gls_error *error)
{
    *out = (struct gls_update_request){.album = options->album,
                                       .title = options->title,
                                       .clear_album = options->clear_album,
                                       .clear_title = options->clear_title,
                                       .clear_position = options->clear_location};
    if (!check_conflicts(options, error))
        return false;
    if (options->time != NULL) {
        out->set_time = true;
        if (!parse_time(&out->time, options->time, error))
            return false;
    }
    if (options->shift != NULL) {
        out->shifts = true;
        if (!gls_shift_parse(&out->shift_s, options->shift))
            return gls_fail(error, GLS_ERROR_ARGUMENT,
                            "--shift '%s': say for example +1h30m or -2d (w, d, h, m, s)",
                            options->shift);
        if (out->shift_s == 0)
            return gls_fail(error, GLS_ERROR_ARGUMENT, "--shift '%s': changes nothing",
                            options->shift);
    }
    struct gls_tags texts = {.album = options->album, .title = options->title};
    if (!gls_tags_check(&texts, error))
        return false;
    return options->location == NULL || resolve_location(out, geocoder, options->location, error);
}
