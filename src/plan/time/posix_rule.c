/* SPDX-License-Identifier: MIT */
/* posix_rule - the TZ rule of POSIX.1-2017, 8.3, with the wider hours of RFC 9636. */
#include <limits.h>
#include <string.h>

#include "base/ascii.h"
#include "plan/time/zone_rules.h"

enum { DAY_S = 86400 };

/* ---- Reading --------------------------------------------------------------- */

struct cursor {
    const char *at;
    const char *end;
};

static bool take(struct cursor *c, char expected)
{
    if (c->at == c->end || *c->at != expected)
        return false;
    c->at++;
    return true;
}

static bool take_name(struct cursor *c)
{
    const char *from = c->at;
    if (take(c, '<')) {
        while (c->at < c->end && *c->at != '>')
            c->at++;
        return c->at - from > 1 && take(c, '>');
    }
    while (c->at < c->end && gls_ascii_is_letter(*c->at))
        c->at++;
    return c->at - from >= 3;
}

static bool take_number(struct cursor *c, int *out, int max)
{
    int value = 0;
    if (c->at == c->end || !gls_ascii_is_digit(*c->at))
        return false;
    while (c->at < c->end && gls_ascii_is_digit(*c->at)) {
        value = value * 10 + (*c->at++ - '0');
        if (value > max)
            return false;
    }
    *out = value;
    return true;
}

/* [+-]hh[:mm[:ss]] */
static bool take_time(struct cursor *c, int32_t *out, int max_hours)
{
    int part[3] = {0, 0, 0};
    bool negative = take(c, '-');
    if (!negative)
        take(c, '+');
    if (!take_number(c, &part[0], max_hours))
        return false;
    for (int i = 1; i < 3 && take(c, ':'); i++)
        if (!take_number(c, &part[i], 59))
            return false;
    int32_t seconds = part[0] * 3600 + part[1] * 60 + part[2];
    *out = negative ? -seconds : seconds;
    return true;
}

static bool take_date(struct cursor *c, struct gls_rule_date *out)
{
    memset(out, 0, sizeof *out);
    if (take(c, 'M')) {
        out->form = 'M';
        if (!take_number(c, &out->month, 12) || !take(c, '.') || !take_number(c, &out->week, 5) ||
            !take(c, '.') || !take_number(c, &out->day, 6) || out->month < 1 || out->week < 1)
            return false;
    } else if (take(c, 'J')) {
        out->form = 'J';
        if (!take_number(c, &out->day, 365) || out->day < 1)
            return false;
    } else {
        out->form = 'N';
        if (!take_number(c, &out->day, 365))
            return false;
    }
    out->time_s = 2 * 3600;
    return !take(c, '/') || take_time(c, &out->time_s, 167);
}

bool gls_posix_rule_parse(struct gls_posix_rule *out, const char *text, size_t size)
{
    /* What POSIX leaves open, a daylight name without dates, is read as the C
     * library does: by the rule of the United States. */
    static const char usual[] = ",M3.2.0,M11.1.0";
    struct cursor c = {text, text + size};
    int32_t west;

    memset(out, 0, sizeof *out);
    if (!take_name(&c) || !take_time(&c, &west, 24))
        return false;
    out->standard_s = -west;
    if (c.at == c.end)
        return true;
    if (!take_name(&c))
        return false;
    out->has_daylight = true;
    out->daylight_s = out->standard_s + 3600;
    if (c.at < c.end && *c.at != ',') {
        if (!take_time(&c, &west, 24))
            return false;
        out->daylight_s = -west;
    }
    if (c.at == c.end)
        c = (struct cursor){usual, usual + sizeof usual - 1};
    return take(&c, ',') && take_date(&c, &out->start) && take(&c, ',') &&
           take_date(&c, &out->end) && c.at == c.end;
}

/* ---- Applying ----------------------------------------------------------------- */

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from 1970-01-01 to 1 January of `year`. */
static int64_t year_start(int64_t year)
{
    int64_t y = year - 1;
    int64_t quad = y >= 0 ? y / 4 : -((3 - y) / 4);
    int64_t century = y >= 0 ? y / 100 : -((99 - y) / 100);
    int64_t era = y >= 0 ? y / 400 : -((399 - y) / 400);
    return y * 365 + quad - century + era - 719162;
}

static int64_t year_of(int64_t utc_s)
{
    int64_t days = utc_s >= 0 ? utc_s / DAY_S : -((DAY_S - 1 - utc_s) / DAY_S);
    int64_t year = 1970 + days * 400 / 146097;
    while (year_start(year) > days)
        year--;
    while (year_start(year + 1) <= days)
        year++;
    return year;
}

/* Seconds from the epoch to `date` in `year`, by the clock on the wall. */
static int64_t date_in_year(const struct gls_rule_date *date, int64_t year)
{
    static const int before[2][13] = {
        {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365},
        {0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366},
    };
    int64_t day = year_start(year);
    if (date->form == 'M') {
        const int *months = before[is_leap(year)];
        int64_t first = day + months[date->month - 1];
        int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
        int64_t in_month = (date->day - weekday + 7) % 7 + (date->week - 1) * 7;
        int length = months[date->month] - months[date->month - 1];
        if (in_month >= length)
            in_month -= 7;
        day = first + in_month;
    } else if (date->form == 'J') {
        day += date->day - 1 + (is_leap(year) && date->day >= 60);
    } else {
        day += date->day;
    }
    return day * DAY_S + date->time_s;
}

struct gls_zone_span gls_posix_rule_span(const struct gls_posix_rule *rule, int64_t utc_s)
{
    struct gls_zone_span span = {rule->standard_s, INT64_MAX};
    if (!rule->has_daylight)
        return span;
    /* A change may lie up to a week outside its year, so the neighbours count
     * too. At equal instants daylight wins: that is how a rule says "all year". */
    int64_t year = year_of(utc_s), last = INT64_MIN;
    for (int64_t y = year - 2; y <= year + 2; y++) {
        int64_t start = date_in_year(&rule->start, y) - rule->standard_s;
        int64_t end = date_in_year(&rule->end, y) - rule->daylight_s;
        if (end <= utc_s && end > last) {
            last = end;
            span.offset_s = rule->standard_s;
        } else if (end > utc_s && end < span.until_s) {
            span.until_s = end;
        }
        if (start <= utc_s && start >= last) {
            last = start;
            span.offset_s = rule->daylight_s;
        } else if (start > utc_s && start < span.until_s) {
            span.until_s = start;
        }
    }
    return span;
}
