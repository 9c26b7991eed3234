/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/ascii.h"
#include "base/c_locale.h"
#include "base/timestamp.h"

enum { DAY_S = 86400 };

/* Days since 1970-01-01; a midnight is a whole number of days. */
static int64_t day_of(int16_t year, int8_t month, int8_t day)
{
    struct gls_datetime midnight = {.year = year, .month = month, .day = day};

    return gls_datetime_to_civil_s(&midnight) / DAY_S;
}

static struct tm to_tm(const struct gls_datetime *when)
{
    struct tm out = {0};
    int64_t day = day_of(when->year, when->month, when->day);

    out.tm_year = when->year - 1900;
    out.tm_mon = when->month - 1;
    out.tm_mday = when->day;
    out.tm_hour = when->hour;
    out.tm_min = when->minute;
    out.tm_sec = when->second;
    out.tm_yday = (int)(day - day_of(when->year, 1, 1));
    out.tm_wday = (int)(((day + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
    /* An unknown offset makes %z empty, which glibc does for a negative isdst. */
    out.tm_isdst = when->has_offset ? 0 : -1;
    out.tm_gmtoff = when->has_offset ? when->utc_offset_s : 0;
    out.tm_zone = "";
    return out;
}

/* Of glibc's extensions to strftime(), what other C libraries lack: "^" and "#" in
 * front of a conversion, which ask for another case, and the letters k, l and P. */
static void put_conversion(struct gls_strbuf *out, const struct tm *fields, const char *spec,
                           char letter, char letter_case)
{
    char text[512] = "";
    int hour = letter == 'l' ? (fields->tm_hour + 11) % 12 + 1 : fields->tm_hour;
    size_t size;

    if (letter == 'k' || letter == 'l')
        snprintf(text, sizeof(text), spec[1] == '-' ? "%d" : spec[1] == '0' ? "%02d" : "%2d", hour);
    else
        /* 0 is nothing (or more than any conversion of a date can be). */
        (void)strftime_l(text, sizeof(text), letter == 'P' ? "%p" : spec, fields, gls_c_locale());
    size = strlen(text);
    for (size_t i = 0; i < size; i++) {
        if (letter == 'P' || (letter == 'p' && letter_case == '#'))
            text[i] = gls_ascii_lower(text[i]);
        else if (letter_case != '\0' && text[i] >= 'a' && text[i] <= 'z')
            text[i] = (char)(text[i] - 'a' + 'A');
    }
    gls_strbuf_add(out, text, size);
}

bool gls_datetime_format(struct gls_strbuf *out, const struct gls_datetime *when, const char *mask)
{
    enum { RESULT_AT_MOST = 4096 };
    struct tm fields = to_tm(when);
    size_t before = out->size;

    if (gls_c_locale() == (locale_t)0)
        return false;
    while (*mask != '\0') {
        char spec[16] = "%";
        size_t used = 1;
        char letter_case = '\0';
        size_t plain = strcspn(mask, "%");

        gls_strbuf_add(out, mask, plain);
        mask += plain;
        if (*mask == '\0' || *++mask == '\0')
            break;
        /* Flags, a width, E or O; then the letter. */
        for (; strchr("_-0^#123456789EO", *mask) != NULL && mask[1] != '\0'; mask++) {
            if (*mask == '^' || *mask == '#')
                letter_case = *mask;
            else if (used < sizeof(spec) - 2)
                spec[used++] = *mask;
        }
        spec[used] = *mask++;
        put_conversion(out, &fields, spec, spec[used], letter_case);
    }
    if (out->size - before > RESULT_AT_MOST) {
        out->size = before;
        out->data[before] = '\0';
        return false;
    }
    return !out->failed;
}

static void put_digits(char *out, int value, int digits)
{
    for (int i = digits - 1; i >= 0; i--) {
        out[i] = (char)('0' + value % 10);
        value /= 10;
    }
}

/* Nineteen characters from the pattern "....-..-..T..:..:..". */
static void put_datetime(char *out, const struct gls_datetime *when)
{
    put_digits(out, when->year, 4);
    put_digits(out + 5, when->month, 2);
    put_digits(out + 8, when->day, 2);
    put_digits(out + 11, when->hour, 2);
    put_digits(out + 14, when->minute, 2);
    put_digits(out + 17, when->second, 2);
}

void gls_datetime_add_iso(struct gls_strbuf *out, const struct gls_datetime *when)
{
    char text[] = "yyyy-mm-ddThh:mm:ss.nnnnnnnnn";
    size_t size = 19;

    put_datetime(text, when);
    if (when->subsecond_digits > 0) {
        put_digits(text + 20, when->nanosecond, 9);
        size = 20 + (size_t)when->subsecond_digits;
    }
    gls_strbuf_add(out, text, size);
}

void gls_utc_offset_add(struct gls_strbuf *out, int32_t offset_s)
{
    char text[] = "+hh:mm";
    int32_t distance = offset_s < 0 ? -offset_s : offset_s;

    if (offset_s < 0)
        text[0] = '-';
    put_digits(text + 1, distance / 3600, 2);
    put_digits(text + 4, distance / 60 % 60, 2);
    gls_strbuf_add_str(out, text);
}

void gls_datetime_to_exif(char out[20], const struct gls_datetime *when)
{
    memcpy(out, "yyyy:mm:dd hh:mm:ss", 20);
    put_datetime(out, when);
}
