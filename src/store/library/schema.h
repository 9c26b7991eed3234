/* SPDX-License-Identifier: MIT */
/*
 * schema - the tables of library.db and the numbered migrations from each version of
 * them to the next. A migration that was released is never changed: a change of the
 * schema is a new one. docs/format/library.md describes tables and columns.
 */
#ifndef GLS_STORE_LIBRARY_SCHEMA_H
#define GLS_STORE_LIBRARY_SCHEMA_H

#include "store/library/db_handle.h"

#define GLS_LIBRARY_SCHEMA_VERSION 2

/* Is it a database of glassine that this build knows? One that is older is brought up
 * to date if `may_write`, and else left as it is. GLS_ERROR_LIBRARY: it is from a newer
 * glassine, of another program, or lacks a table. */
bool gls_schema_check(struct gls_db *db, bool may_write, struct gls_error *error);
/* Lets the connection of a reader see an older database as if it were of the present
 * version, without writing to it. */
bool gls_schema_read_older(struct gls_db *db, struct gls_error *error);
/* Makes the tables again, empty, that a database of ours has lost. `lost` is the name of one;
 * "": none was. */
enum { GLS_SCHEMA_NAME = 64 };
bool gls_schema_complete(struct gls_db *db, char lost[GLS_SCHEMA_NAME], struct gls_error *error);
/* Makes all tables in an empty database. */
bool gls_schema_create(struct gls_db *db, struct gls_error *error);

#endif
