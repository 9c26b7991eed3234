/* SPDX-License-Identifier: MIT */
/* schema - the tables of library.db and the steps from each version to the next. */
#ifndef GLS_STORE_LIBRARY_SCHEMA_H
#define GLS_STORE_LIBRARY_SCHEMA_H

#include "store/library/db_handle.h"

#define GLS_LIBRARY_SCHEMA_VERSION 1

/* Is it a database of glassine, and of the version that this build uses? One
 * that is older is brought up to date if `may_write`. GLS_ERROR_LIBRARY: it is
 * from a newer glassine, of another program, or too old to be read as it is. */
bool gls_schema_check(struct gls_db *db, bool may_write, struct gls_error *error);
/* Makes all tables in an empty database. */
bool gls_schema_create(struct gls_db *db, struct gls_error *error);

#endif
