/* SPDX-License-Identifier: MIT */
/*
 * zone_rules - the inside of a zone: transitions from a TZif file (RFC 9636)
 * and the POSIX rule that holds after the last of them. For zone.c and tests.
 */
#ifndef GLS_PLAN_TIME_ZONE_RULES_H
#define GLS_PLAN_TIME_ZONE_RULES_H

#include "plan/time/zone.h"

/* A day of the year as POSIX.1-2017, 8.3 "TZ" writes it, and a time on it. */
struct gls_rule_date {
    char form;      /* 'M': month.week.weekday, 'J': day 1..365 without 29 February,
                       'N': day 0..365 */
    int month;      /* 1..12 */
    int week;       /* 1..5, 5: the last */
    int day;        /* of the week (0: Sunday) for 'M', else of the year */
    int32_t time_s; /* after midnight by the clock before the change; may be
                       negative or beyond a day (RFC 9636, 3.3.1) */
};

struct gls_posix_rule {
    int32_t standard_s; /* east of UTC */
    int32_t daylight_s;
    bool has_daylight;
    struct gls_rule_date start; /* standard to daylight */
    struct gls_rule_date end;
};

/* A span of time with one offset: from_s <= t < until_s. */
struct gls_zone_span {
    int32_t offset_s;
    int64_t until_s; /* INT64_MAX: for ever */
};

struct gls_zone_rules {
    size_t count;         /* of transitions */
    int64_t *at;          /* ascending instants, UTC */
    int32_t *offset;      /* offset from at[i] on */
    int32_t first_offset; /* before at[0] */
    bool has_tail;        /* `tail` holds from the last transition on */
    struct gls_posix_rule tail;
};

/* Reads `size` bytes of a TZ rule: "EST5EDT,M3.2.0,M11.1.0", "<+0330>-3:30".
 * False: malformed. */
bool gls_posix_rule_parse(struct gls_posix_rule *out, const char *text, size_t size);
struct gls_zone_span gls_posix_rule_span(const struct gls_posix_rule *rule, int64_t utc_s);

/* NULL, with errno: EINVAL if malformed or with leap seconds ("right/"), ENOMEM. */
struct gls_zone_rules *gls_zone_rules_from_tzif(const uint8_t *bytes, size_t size);
/* NULL: no memory. */
struct gls_zone_rules *gls_zone_rules_from_posix(const struct gls_posix_rule *rule);
void gls_zone_rules_free(struct gls_zone_rules *rules);
struct gls_zone_span gls_zone_rules_span(const struct gls_zone_rules *rules, int64_t utc_s);

#endif
