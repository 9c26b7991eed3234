/* SPDX-License-Identifier: MIT */
#include "media/core/iso6709.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* One signed coordinate. The number of digits before the fraction tells what
 * they are: degrees, degrees and minutes, or degrees, minutes and seconds. */
static const char *parse_coordinate(double *out, const char *text, size_t degree_digits)
{
    double whole = 0;
    double fraction = 0;
    double scale = 0.1;
    size_t digits = 0;
    bool negative = *text == '-';

    if (*text != '+' && *text != '-')
        return NULL;
    for (text++; *text >= '0' && *text <= '9'; text++, digits++) {
        if (digits >= 8)
            return NULL;
        whole = whole * 10 + (*text - '0');
    }
    if (*text == '.') {
        for (text++; *text >= '0' && *text <= '9'; text++, scale /= 10)
            fraction += (*text - '0') * scale;
    }
    if (digits == degree_digits + 2) {
        fraction = (fmod(whole, 100) + fraction) / 60;
        whole = floor(whole / 100);
    } else if (digits == degree_digits + 4) {
        fraction = (fmod(floor(whole / 100), 100) + (fmod(whole, 100) + fraction) / 60) / 60;
        whole = floor(whole / 10000);
    } else if (digits == 0 || digits > degree_digits) {
        return NULL;
    }
    *out = negative ? -(whole + fraction) : whole + fraction;
    return text;
}

bool gls_iso6709_parse(double *latitude, double *longitude, const char *text)
{
    double north;
    double east;

    text = parse_coordinate(&north, text, 2);
    text = text != NULL ? parse_coordinate(&east, text, 3) : NULL;
    if (text == NULL || fabs(north) > 90 || fabs(east) > 180)
        return false;
    *latitude = north;
    *longitude = east;
    return true;
}

/* Exactly `width` characters: sign, degrees, and a fraction. Fewer than three
 * decimals would put the picture into the next village, and are refused. Counted in integers,
 * because printf would follow the process's locale. */
static bool format_coordinate(char *out, size_t width, double value, size_t degree_digits)
{
    size_t decimals = width > degree_digits + 2 ? width - degree_digits - 2 : 0;
    uint64_t scale = 1;
    uint64_t number;

    if (decimals < 3 || decimals > 12)
        return false;
    for (size_t i = 0; i < decimals; i++)
        scale *= 10;
    number = (uint64_t)(fabs(value) * (double)scale + 0.5);
    out[0] = value < 0 ? '-' : '+';
    for (size_t i = width - 1; i > 0; i--) {
        if (i == degree_digits + 1) {
            out[i] = '.';
        } else {
            out[i] = (char)('0' + number % 10);
            number /= 10;
        }
    }
    return true;
}

bool gls_iso6709_overwrite(char *text, double latitude, double longitude)
{
    double ignored;
    const char *middle = parse_coordinate(&ignored, text, 2);
    const char *end = middle != NULL ? parse_coordinate(&ignored, middle, 3) : NULL;
    size_t first;

    if (end == NULL || !isfinite(latitude) || !isfinite(longitude) || fabs(latitude) > 90 ||
        fabs(longitude) > 180)
        return false;
    first = (size_t)(middle - text);
    return format_coordinate(text, first, latitude, 2) &&
           format_coordinate(text + first, (size_t)(end - middle), longitude, 3);
}
