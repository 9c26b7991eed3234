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

/* Allocates a struct of `size_bytes` (all zero), a struct gls_temp_db or one that begins
 * with it; runs `setup` and prepares `count` statements. NULL on failure. */
void *gls_temp_db_new(size_t size_bytes, const char *setup, const char *const *statements,
                      size_t count, struct gls_error *error);
/* Closes the database and frees what gls_temp_db_new() gave. NULL is fine. */
void gls_temp_db_free(void *list);
/* Fills *error from the last failure. Returns false. */
bool gls_temp_db_fail(struct gls_temp_db *db, struct gls_error *error);
/* Runs a statement that gives no rows, and resets it. */
bool gls_temp_db_run(struct gls_temp_db *db, sqlite3_stmt *statement, struct gls_error *error);
/* Makes a statement ready for its next use. */
void gls_temp_db_reset(sqlite3_stmt *statement);

#endif
