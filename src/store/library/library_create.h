/* SPDX-License-Identifier: MIT */
/* library_create - a new database that stands under its name only when whole. */
#ifndef GLS_STORE_LIBRARY_LIBRARY_CREATE_H
#define GLS_STORE_LIBRARY_LIBRARY_CREATE_H

#include "base/error.h"

/* Removes what a run left that was cut off while it made a database at `db_path`. The
 * library is locked. */
void gls_library_drop_draft(const char *db_path);
/* Removes the logs beside a database that is gone or about to be replaced: SQLite would replay
 * them into the next. False: one stays, and nothing may get this name. */
bool gls_library_drop_logs(const char *db_path, struct gls_error *error);
/* Makes an empty database at `db_path`. The caller holds the library's lock.
 * A database under this name is never touched: GLS_ERROR_EXISTS. */
bool gls_library_create_db(const char *db_path, struct gls_error *error);
/* Flushes the folder that holds `path`, so that a new name survives a power loss. */
bool gls_library_sync_folder(const char *path, struct gls_error *error);

#endif
