/* SPDX-License-Identifier: MIT */
/* csv - rows of comma-separated values as RFC 4180 describes them: fields in quotes may hold
 * commas, line breaks and doubled quotes. A byte order mark is skipped. Memory holds one
 * row. */
#ifndef GLS_BASE_CSV_H
#define GLS_BASE_CSV_H

#include "base/input.h"

enum { GLS_CSV_ROW_SIZE = 1 << 16, GLS_CSV_FIELDS = 64 };

/* One row that is not empty: `count` texts, 1 at least, valid during the call; a NUL byte in
 * a field ends it. False: stop, which is no error. */
typedef bool (*gls_csv_visit)(void *user, char *const *fields, size_t count);

/* GLS_ERROR_FORMAT: a row of more than GLS_CSV_ROW_SIZE bytes or GLS_CSV_FIELDS fields; the
 * rows before it were visited. */
bool gls_csv_each_row(struct gls_input *input, gls_csv_visit visit, void *user,
                      struct gls_error *error);

#endif
