/* SPDX-License-Identifier: MIT */
/*
 * exclude - Elodie's --exclude-regex: searched anywhere in the whole path. Used
 * by one thread at a time.
 */
#ifndef GLS_ENGINE_SCAN_EXCLUDE_H
#define GLS_ENGINE_SCAN_EXCLUDE_H

#include "base/error.h"

struct gls_exclude;
/* PCRE2 patterns, matched on characters where the path is UTF-8, else on bytes.
 * GLS_ERROR_CONFIG names the pattern and the place that does not compile. count
 * 0: *out is NULL. */
bool gls_exclude_new(struct gls_exclude **out, const char *const *patterns, size_t count,
                     struct gls_error *error);
void gls_exclude_free(struct gls_exclude *exclude);
/* `exclude` may be NULL: nothing is. A pattern that would take too long matches
 * nothing. */
bool gls_exclude_matches(const struct gls_exclude *exclude, const char *path);

#endif
