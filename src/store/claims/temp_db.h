/* SPDX-License-Identifier: MIT */
/* temp_db - a private temporary database for lists that may outgrow memory. It has
 * no name anywhere; SQLite spills to the system's temporary folder. */
#ifndef GLS_STORE_CLAIMS_TEMP_DB_H
#define GLS_STORE_CLAIMS_TEMP_DB_H

#include <sqlite3.h>

#include "base/error.h"

enum { GLS_TEMP_STATEMENTS_MAX = 12 };

struct gls_temp_db {
    sqlite3 *sqlite;
    sqlite3_stmt *statements[GLS_TEMP_STATEMENTS_MAX];
};

/* Runs `setup` and prepares `count` statements. On failure *db is closed. */
bool gls_temp_db_open(struct gls_temp_db *db, const char *setup, const char *const *statements,
                      size_t count, struct gls_error *error);
void gls_temp_db_close(struct gls_temp_db *db);
/* Fills *error from the last failure. Returns false. */
bool gls_temp_db_fail(struct gls_temp_db *db, struct gls_error *error);
/* Makes a statement ready for its next use. */
void gls_temp_db_reset(sqlite3_stmt *statement);

#endif
