/* SPDX-License-Identifier: MIT */
/*
 * db_handle - one connection to a SQLite file, its prepared statements, and the
 * translation of SQLite's errors. Used by one thread at a time.
 */
#ifndef GLS_STORE_LIBRARY_DB_HANDLE_H
#define GLS_STORE_LIBRARY_DB_HANDLE_H

#include <sqlite3.h>

#include "base/error.h"
#include "store/library/queries.h"

enum gls_db_access {
    GLS_DB_WRITE,     /* the writer: WAL, synchronous=FULL, foreign keys */
    GLS_DB_DRAFT,     /* as WRITE, but nothing is flushed: the caller flushes the file at the end */
    GLS_DB_CREATE,    /* as WRITE, for a file that is not there yet; no WAL */
    GLS_DB_QUERY,     /* reads beside a writer; may make and tidy WAL files */
    GLS_DB_PASSIVE,   /* reads beside a live writer, opening nothing for writing */
    GLS_DB_IMMUTABLE, /* nobody writes and there is no WAL; creates nothing */
    GLS_DB_OLD_WAL    /* nobody writes, a WAL was left behind; creates nothing */
};

struct gls_db;

/* `path` is absolute; copied. */
bool gls_db_open(struct gls_db **out, const char *path, enum gls_db_access access,
                 struct gls_error *error);
/* NULL is allowed. */
void gls_db_close(struct gls_db *db);
const char *gls_db_path(const struct gls_db *db);
sqlite3 *gls_db_sqlite(struct gls_db *db);

/* Is the file no SQLite database, or cut short or overwritten at its beginning? An
 * empty file counts: glassine never leaves one. */
bool gls_db_is_damaged(const char *path);

bool gls_db_exec(struct gls_db *db, const char *sql, struct gls_error *error);
/* The first column of the first row of a query that always has one. */
bool gls_db_number(struct gls_db *db, const char *sql, int64_t *out, struct gls_error *error);
/* Ends a transaction that failed. No effect when none is open. */
void gls_db_roll_back(struct gls_db *db);
/* Fills *error from the connection's last error. Returns false. */
bool gls_db_fail(struct gls_db *db, struct gls_error *error);

/* A statement ready to be bound; NULL on failure. Give it back with
 * gls_db_put_back(), also after errors. Taking one that is in use gives a
 * second one, so a visitor may ask the same question again. */
sqlite3_stmt *gls_db_take(struct gls_db *db, enum gls_query query, struct gls_error *error);
void gls_db_put_back(struct gls_db *db, enum gls_query query, sqlite3_stmt *statement);
/* Steps: *row tells whether there is a row. */
bool gls_db_step(struct gls_db *db, sqlite3_stmt *statement, bool *row, struct gls_error *error);
/* Steps a statement to its end and puts it back. */
bool gls_db_finish(struct gls_db *db, enum gls_query query, sqlite3_stmt *statement,
                   struct gls_error *error);

#endif
