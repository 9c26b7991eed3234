/* SPDX-License-Identifier: MIT */
/*
 * file_row - struct gls_stored_file to and from the columns of a statement.
 *
 * The order of columns and of parameters ?1..?23 is that of FILE_COLUMNS in
 * queries.c: id, path, size, mtime, source size, the three hashes, source path,
 * date, unit, run, checked; then original name, title, album, position; then the
 * essence's version, description, people, rating, favourite.
 */
#ifndef GLS_STORE_LIBRARY_FILE_ROW_H
#define GLS_STORE_LIBRARY_FILE_ROW_H

#include <sqlite3.h>

#include "store/library/library_db.h"

enum { GLS_FILE_COLUMNS = 23 };

/* Fills *out, whose strings are the caller's (gls_stored_file_clear()). False: *out is
 * empty; GLS_ERROR_LIBRARY: the row's path is none below a library. */
bool gls_file_row_read(struct gls_stored_file *out, sqlite3_stmt *statement,
                       struct gls_error *error);
/* The path in a column, or *out NULL where it is NULL and may be. GLS_ERROR_LIBRARY: as
 * above, or it names what is glassine's own. A database comes with its library, perhaps
 * from somebody else: no path of it is used that was not read through here. */
bool gls_column_path(char **out, sqlite3_stmt *statement, int column, struct gls_error *error);
/* Binds those of ?1..?23 that the statement has. The strings must outlive the step.
 * Codes are kept by SQLite: a failure shows when the statement is stepped. */
void gls_file_row_bind(sqlite3_stmt *statement, const struct gls_stored_file *file);
/* Fails with the words for a row that names what it may not. */
bool gls_fail_row_path(sqlite3_stmt *statement, const char *path, struct gls_error *error);

/* Hex in, BLOB bound; NULL when it is not `bytes` long. */
void gls_bind_hex(sqlite3_stmt *statement, int parameter, const char *hex, size_t bytes);
/* BLOB in, hex out; "" when the column is NULL or of another length. */
void gls_column_hex(char *out, sqlite3_stmt *statement, int column, size_t bytes);
/* The bytes of a text as BLOB or TEXT; NULL binds NULL. Not copied. */
void gls_bind_bytes(sqlite3_stmt *statement, int parameter, const char *text);
void gls_bind_text(sqlite3_stmt *statement, int parameter, const char *text);
/* A copy of a BLOB or TEXT column, *out NULL where it is NULL. False: no memory. */
bool gls_column_copy(char **out, sqlite3_stmt *statement, int column);

#endif
