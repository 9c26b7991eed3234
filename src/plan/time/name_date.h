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

/* A date that is part of a file's name (IMG_20200131_235959, PXL_..., ...);
 * false if there is none. A date without a time is midnight. `regex` is the
 * user's (it goes first) or NULL. A name that states UTC (PXL_) gives offset 0,
 * all others a local time without offset. */
bool gls_date_from_name(struct gls_datetime *out, const char *base_name, const char *regex);

#endif
