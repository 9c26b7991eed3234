/* SPDX-License-Identifier: MIT */
#include "base/timestamp.h"

#include <string.h>
#include <time.h>

#include "base/ascii.h"

enum {
    DAY_S = 86400,
    OFFSET_AT_MOST_S = 18 * 3600,
    FIRST_PHOTO_YEAR = 1826,
    PROGRAM_YEAR = 2026 /* an earlier clock was never set */
};

/* Civil seconds of 0001-01-01T00:00:00 and 9999-12-31T23:59:59. */
static const int64_t first_civil_s = INT64_C(-62135596800);
static const int64_t last_civil_s = INT64_C(253402300799);

static int days_in_month(int year, int month)
{
    static const int8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

bool gls_datetime_is_valid(const struct gls_datetime *when)
{
    if (when->year < 1 || when->year > 9999 || when->month < 1 || when->month > 12)
        return false;
    if (when->day < 1 || when->day > days_in_month(when->year, when->month))
        return false;
    if (when->hour < 0 || when->hour > 23 || when->minute < 0 || when->minute > 59 ||
        when->second < 0 || when->second > 59)
        return false;
    if (when->nanosecond < 0 || when->nanosecond > 999999999 || when->subsecond_digits < 0 ||
        when->subsecond_digits > 9)
        return false;
    return !when->has_offset ||
           (when->utc_offset_s >= -OFFSET_AT_MOST_S && when->utc_offset_s <= OFFSET_AT_MOST_S);
}

bool gls_datetime_is_plausible(const struct gls_datetime *when)
{
    struct gls_datetime now;

    if (!gls_datetime_is_valid(when) || when->year < FIRST_PHOTO_YEAR)
        return false;
    if (!gls_datetime_from_civil_s(&now, (int64_t)time(NULL)))
        return false;
    return when->year <= (now.year > PROGRAM_YEAR ? now.year : PROGRAM_YEAR) + 1;
}

/* ---- Reading --------------------------------------------------------------- */

/* Reads exactly `digits` digits and moves *text behind them. */
static bool read_number(int *out, const char **text, int digits)
{
    int value = 0;

    for (int i = 0; i < digits; i++) {
        char c = (*text)[i];
        if (c < '0' || c > '9')
            return false;
        value = value * 10 + (c - '0');
    }
    *out = value;
    *text += digits;
    return true;
}

static bool skip_char(const char **text, char c)
{
    if (**text != c)
        return false;
    (*text)++;
    return true;
}

static bool read_date(struct gls_datetime *out, const char **text)
{
    int year;
    int month;
    int day;

    if (!read_number(&year, text, 4))
        return false;
    char separator = **text;
    if (separator != ':' && separator != '-' && separator != '/')
        return false;
    if (!skip_char(text, separator) || !read_number(&month, text, 2) ||
        !skip_char(text, separator) || !read_number(&day, text, 2))
        return false;
    out->year = (int16_t)year;
    out->month = (int8_t)month;
    out->day = (int8_t)day;
    return true;
}

/* The digits behind the point; those beyond nanoseconds are ignored. */
static bool read_fraction(struct gls_datetime *out, const char **text)
{
    int32_t scale = 100000000;
    const char *start = *text;

    for (; **text >= '0' && **text <= '9'; (*text)++) {
        out->nanosecond += (**text - '0') * scale;
        scale /= 10;
        if (out->subsecond_digits < 9)
            out->subsecond_digits++;
    }
    return *text > start;
}

static bool read_time(struct gls_datetime *out, const char **text)
{
    int hour;
    int minute;
    int second = 0;

    if (!read_number(&hour, text, 2) || !skip_char(text, ':') || !read_number(&minute, text, 2))
        return false;
    if (skip_char(text, ':')) {
        if (!read_number(&second, text, 2))
            return false;
        if ((skip_char(text, '.') || skip_char(text, ',')) && !read_fraction(out, text))
            return false;
    }
    if (second == 60)
        second = 59; /* a leap second */
    out->hour = (int8_t)hour;
    out->minute = (int8_t)minute;
    out->second = (int8_t)second;
    return true;
}

/* The hours have two digits, or `digits_least` at least. */
static bool read_offset(int32_t *out_s, const char **text, int digits_least)
{
    int hours;
    int minutes = 0;

    if (skip_char(text, 'Z')) {
        *out_s = 0;
        return true;
    }
    bool west = **text == '-';
    if (!west && **text != '+')
        return false;
    (*text)++;
    bool is_long = (*text)[0] != '\0' && gls_ascii_is_digit((*text)[1]);
    if (!read_number(&hours, text, is_long ? 2 : digits_least))
        return false;
    bool colon = skip_char(text, ':');
    if ((colon || (**text >= '0' && **text <= '9')) && !read_number(&minutes, text, 2))
        return false;
    int32_t seconds = hours * 3600 + minutes * 60;
    if (minutes > 59 || seconds > OFFSET_AT_MOST_S)
        return false;
    *out_s = west ? -seconds : seconds;
    return true;
}

bool gls_datetime_parse(struct gls_datetime *out, const char *text, bool date_only_ok)
{
    struct gls_datetime when = {0};

    if (!read_date(&when, &text))
        return false;
    if (*text == 'T' || *text == 't' || (*text == ' ' && text[1] != ' ' && text[1] != '\0')) {
        text++;
        if (!read_time(&when, &text))
            return false;
        const char *zone = text + strspn(text, " ");
        if (*zone != '\0') {
            when.has_offset = read_offset(&when.utc_offset_s, &zone, 2);
            if (!when.has_offset)
                return false;
            text = zone;
        }
    } else if (!date_only_ok) {
        return false;
    }
    /* EXIF fields are padded with blanks by some cameras. */
    text += strspn(text, " ");
    if (*text != '\0' || !gls_datetime_is_valid(&when))
        return false;
    *out = when;
    return true;
}

/* One or two digits, with a blank in the place of a leading zero; two stand for a number that
 * is not there. */
static bool read_short(int *out, const char **text)
{
    *text += **text == ' ';
    return read_number(out, text,
                       (*text)[0] != '\0' && (*text)[1] >= '0' && (*text)[1] <= '9' ? 2 : 1);
}

static bool skip_any(const char **text, const char *set)
{
    bool found = **text != '\0' && strchr(set, **text) != NULL;
    *text += found;
    return found;
}

int gls_half_of_day_take(const char **text)
{
    static const char *const words[] = {"am",           "a.m.", "a. m.", "a.\xC2\xA0m.", "上午",
                                        "午前",         "오전", "pm",    "p.m.",         "p. m.",
                                        "p.\xC2\xA0m.", "下午", "午後",  "오후"};
    static const char *const blanks[] = {" ", "\xC2\xA0", "\xE2\x80\xAF"};
    enum { WORDS = sizeof words / sizeof *words };
    const char *p = *text;

    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        while (strncmp(p, blanks[i], strlen(blanks[i])) == 0)
            p += strlen(blanks[i]);
    for (int i = 0; i < WORDS; i++) {
        size_t size = strlen(words[i]);
        if (gls_ascii_begins_equal(p, words[i], size) && !gls_ascii_is_letter(p[size])) {
            *text = p + size;
            return i < WORDS / 2 ? 1 : 2;
        }
    }
    return 0;
}

/* "UTC", "GMT", "z", an offset from UTC, or a word and an offset: "UTC+02:00". */
static bool take_zone(int32_t *out_s, const char **text)
{
    static const char *const words[] = {"UTC", "GMT", "z"};

    *text += strspn(*text, " ");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t size = strlen(words[i]);
        if (strncmp(*text, words[i], size) == 0) {
            *text += size;
            *out_s = 0;
            return (**text != '+' && **text != '-') || read_offset(out_s, text, 1);
        }
    }
    return read_offset(out_s, text, 1);
}

/* A time of day with one-digit parts, dots, dashes, letters or nothing between them, half
 * days. False: it is not whole; *out then holds what was legible. */
static bool read_damaged_time(struct gls_datetime *out, const char *text)
{
    int hour;
    int minute;
    int second = 0;
    int half = gls_half_of_day_take(&text);
    size_t digits = strspn(text, "0123456789");
    bool is_packed = digits == 4 || digits == 6;

    if (!read_short(&hour, &text))
        return false;
    bool has_dashes = *text == '-';
    if ((!is_packed && !skip_any(&text, ":. -hH")) || !read_short(&minute, &text) || hour > 23 ||
        minute > 59)
        return false;
    bool has_second = is_packed ? digits == 6 : skip_any(&text, has_dashes ? "-" : ":. mM");
    has_second = has_second && read_short(&second, &text) && second <= 60;
    if (has_second && skip_any(&text, ".,"))
        (void)read_fraction(out, &text);
    if (half == 0)
        half = gls_half_of_day_take(&text);
    if (half != 0 && hour >= 1 && hour <= 12)
        hour = hour % 12 + (half == 2 ? 12 : 0);
    out->hour = (int8_t)hour;
    out->minute = (int8_t)minute;
    out->second = (int8_t)(!has_second ? 0 : second == 60 ? 59 : second);
    out->has_offset = take_zone(&out->utc_offset_s, &text);
    return has_second && text[strspn(text, " \t\r\ns")] == '\0';
}

enum { SPREAD_SIZE = 40 };

/* The digits of "199307", "19930704" and "19930704T120000+0100" as a date with separators. */
static bool spread_digits(char out[SPREAD_SIZE], const char *text)
{
    static const char digits[] = "0123456789";
    size_t size = strspn(text, digits);
    const char *time = text + (size > 8 ? 8 : size);

    if (size != 6 && size != 8 && size != 14)
        return false;
    memcpy(out, size == 6 ? "yyyy-mm\0\0\0" : "yyyy-mm-dd", 11);
    memcpy(out, text, 4);
    memcpy(out + 5, text + 4, 2);
    if (size == 6)
        return true;
    memcpy(out + 8, text + 6, 2);
    time += *time == 'T' || *time == ' ';
    if (strspn(time, digits) == 6) {
        memcpy(out + 10, "Thh:mm:ss", 10);
        for (size_t i = 0; i < 3; i++)
            memcpy(out + 11 + 3 * i, time + 2 * i, 2);
        size_t zone = strnlen(time + 6, SPREAD_SIZE - 20);
        memcpy(out + 19, time + 6, zone);
        out[19 + zone] = '\0';
    }
    return true;
}

bool gls_datetime_parse_legible(struct gls_datetime *out, bool *is_partial, const char *text)
{
    struct gls_datetime when = {.month = 1, .day = 1};
    char spread[SPREAD_SIZE];
    int number;

    text += strspn(text, " \t\r\n");
    *is_partial = false;
    if (gls_datetime_parse(out, text, true))
        return true;
    *is_partial = true;
    if (spread_digits(spread, text))
        text = spread;
    if (gls_datetime_parse(out, text, true))
        return !(*is_partial = false);
    if (!read_number(&number, &text, 4) || number == 0)
        return false;
    when.year = (int16_t)number;
    *out = when;
    if (!skip_any(&text, ":-/. "))
        return *text == '\0' || *text == '\n' || *text == '\r';
    if (!read_short(&number, &text) || number < 1 || number > 12)
        return true;
    when.month = out->month = (int8_t)number;
    if (!skip_any(&text, ":-/. ") || !read_short(&number, &text) || number < 1 ||
        number > days_in_month(when.year, when.month))
        return true;
    when.day = out->day = (int8_t)number;
    /* Also "2005/11/28/ 09:19", of a Casio. */
    if (*text == '/' ? text[1] == ' ' : text[0] != '\0' && text[1] >= '0' && text[1] <= '9')
        (void)skip_any(&text, ":,_/");
    text += strspn(text, " ,Tt\t\r\n");
    *is_partial = *text != '\0' && !read_damaged_time(&when, text);
    if (gls_datetime_is_valid(&when))
        *out = when;
    return true;
}

bool gls_utc_offset_parse(int32_t *out_s, const char *text)
{
    int32_t seconds;

    if (!take_zone(&seconds, &text))
        return false;
    text += strncmp(text, ":00", 3) == 0 ? 3 : 0;
    if (text[strspn(text, " ")] != '\0')
        return false;
    *out_s = seconds;
    return true;
}

/* ---- Counting -------------------------------------------------------------- */

/* Days from 1970-01-01, counted in years that begin in March so that the leap
 * day is the last of its year, in eras of 400 years. */
static int64_t days_of(int year, int month, int day)
{
    int shifted = month <= 2 ? year - 1 : year; /* >= 0 */
    int era = shifted / 400;
    int year_of_era = shifted % 400;
    int day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return (int64_t)era * 146097 + day_of_era - 719468;
}

int64_t gls_datetime_to_civil_s(const struct gls_datetime *when)
{
    return days_of(when->year, when->month, when->day) * DAY_S + when->hour * 3600 +
           when->minute * 60 + when->second;
}

int64_t gls_datetime_to_utc_s(const struct gls_datetime *when)
{
    return gls_datetime_to_civil_s(when) - when->utc_offset_s;
}

bool gls_datetime_from_civil_s(struct gls_datetime *out, int64_t civil_s)
{
    if (civil_s < first_civil_s || civil_s > last_civil_s)
        return false;
    /* Counted from 0000-03-01, which makes every number below positive. */
    int64_t since = civil_s + INT64_C(719468) * DAY_S;
    int days = (int)(since / DAY_S);
    int rest = (int)(since % DAY_S);
    int era = days / 146097;
    int day_of_era = days % 146097;
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted_month = (5 * day_of_year + 2) / 153;
    int month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;

    *out = (struct gls_datetime){0};
    out->year = (int16_t)(era * 400 + year_of_era + (month <= 2));
    out->month = (int8_t)month;
    out->day = (int8_t)(day_of_year - (153 * shifted_month + 2) / 5 + 1);
    out->hour = (int8_t)(rest / 3600);
    out->minute = (int8_t)(rest / 60 % 60);
    out->second = (int8_t)(rest % 60);
    return true;
}

bool gls_datetime_from_utc_s(struct gls_datetime *out, int64_t utc_s, int32_t offset_s)
{
    int64_t civil_s;

    if (offset_s < -OFFSET_AT_MOST_S || offset_s > OFFSET_AT_MOST_S ||
        __builtin_add_overflow(utc_s, (int64_t)offset_s, &civil_s) ||
        !gls_datetime_from_civil_s(out, civil_s))
        return false;
    out->utc_offset_s = offset_s;
    out->has_offset = true;
    return true;
}

bool gls_datetime_add_s(struct gls_datetime *when, int64_t seconds)
{
    struct gls_datetime moved;
    int64_t civil_s;

    if (__builtin_add_overflow(gls_datetime_to_civil_s(when), seconds, &civil_s) ||
        !gls_datetime_from_civil_s(&moved, civil_s))
        return false;
    moved.subsecond_digits = when->subsecond_digits;
    moved.nanosecond = when->nanosecond;
    moved.utc_offset_s = when->utc_offset_s;
    moved.has_offset = when->has_offset;
    *when = moved;
    return true;
}

/* ---- Times of files ------------------------------------------------------------ */

enum { NS_PER_S = 1000000000 };

int64_t gls_timespec_to_ns(const struct timespec *time)
{
    /* One second less than what fits, so that every fraction fits too. */
    const int64_t limit_s = INT64_MAX / NS_PER_S - 1;
    int64_t seconds = (int64_t)time->tv_sec;

    if (seconds > limit_s)
        seconds = limit_s;
    if (seconds < -limit_s)
        seconds = -limit_s;
    return seconds * NS_PER_S + time->tv_nsec;
}

struct timespec gls_timespec_from_ns(int64_t time_ns)
{
    struct timespec time = {.tv_sec = (time_t)(time_ns / NS_PER_S),
                            .tv_nsec = (long)(time_ns % NS_PER_S)};

    if (time.tv_nsec < 0) {
        time.tv_nsec += NS_PER_S;
        time.tv_sec--;
    }
    return time;
}
