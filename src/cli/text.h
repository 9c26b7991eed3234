/* SPDX-License-Identifier: MIT */
/* text - small helpers for what the command prints. Returned strings are the
 * caller's to free(); NULL when memory is short. */
#ifndef GLS_CLI_TEXT_H
#define GLS_CLI_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "glassine.h"

bool cli_is_utf8(const char *text);
/* A copy in which bytes that belong to no character are U+FFFD. */
char *cli_valid_utf8(const char *text);
/* Everything but RFC 3986's unreserved characters and '/' as %XX. */
char *cli_percent_encode(const char *bytes);
/* The end of a path in at most `width` columns of a terminal, printable. */
char *cli_tail_for_width(const char *path, size_t width);
int cli_terminal_width(void);
double cli_now_s(void); /* monotonic */
/* The ending of a counted noun: "1 file", "2 files". */
const char *cli_plural(uint64_t count);
/* "2015-12-05T00:59:26[.sss][+01:00]" in `out`. */
void cli_date_text(char out[64], const struct gls_datetime *when, bool with_offset);
/* "3.5 GB" in `out`. */
void cli_size_text(char out[24], double bytes);
/* Control characters as \xNN. In `out`, which has at least 4 * strlen(text) + 1
 * bytes. */
void cli_escape(char *out, const char *text);

#endif
