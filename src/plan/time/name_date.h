/* SPDX-License-Identifier: MIT */
/* name_date - dates in file names, and the regular expressions that find more. */
#ifndef GLS_PLAN_TIME_NAME_DATE_H
#define GLS_PLAN_TIME_NAME_DATE_H

#include "base/error.h"
#include "glassine.h"

/* Does PCRE2 compile `regex`? GLS_ERROR_CONFIG says where it stops making sense. */
bool gls_regex_check(const char *regex, struct gls_error *error);
/* As above; it must also name the groups year, month and day. */
bool gls_name_regex_check(const char *regex, struct gls_error *error);

/* The order of "01-02-2023" in a name. */
enum gls_date_order {
    GLS_DATE_ORDER_UNKNOWN,
    GLS_DATE_ORDER_DAY_FIRST,
    GLS_DATE_ORDER_MONTH_FIRST
};

/* How the user wants names to be read. */
struct gls_name_rules {
    const char *regex; /* goes before all shapes; NULL: none */
    enum gls_date_order order;
};

/* What is to be said of a date in a name. */
struct gls_name_remarks {
    bool is_ambiguous; /* there is one whose day and month cannot be distinguished */
    bool is_partial;   /* it states no day, or no month either: the first counts */
};

/* A date that is part of a file's name (IMG_20200131_235959, PXL_..., ...);
 * false if there is none. A date without a time is midnight. A name that states UTC (PXL_, a
 * count of seconds) gives offset 0, all others a local time without offset. */
bool gls_date_from_name(struct gls_datetime *out, struct gls_name_remarks *remarks,
                        const char *base_name, const struct gls_name_rules *rules);

#endif
