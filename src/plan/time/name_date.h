/* SPDX-License-Identifier: MIT */
/* name_date - checking the regular expressions of the configuration. See
 * destination.h for gls_date_from_name(). */
#ifndef GLS_PLAN_TIME_NAME_DATE_H
#define GLS_PLAN_TIME_NAME_DATE_H

#include "base/error.h"

/* Does PCRE2 compile `regex`? GLS_ERROR_CONFIG says where it stops making sense. */
bool gls_regex_check(const char *regex, struct gls_error *error);
/* As above; it must also name the groups year, month and day. */
bool gls_name_regex_check(const char *regex, struct gls_error *error);

#endif
