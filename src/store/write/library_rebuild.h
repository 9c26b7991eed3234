/* SPDX-License-Identifier: MIT */
/*
 * library_rebuild - making a library's database anew beside the old one.
 *
 * Use: open the library with GLS_LIBRARY_REBUILD (readers then read the old
 * database, or nothing where there is none or it is damaged), begin, write rows
 * through the writer, finish. Until finish() renames the new database into place
 * the old one is in force; a run that dies leaves a draft that the next one drops.
 */
#ifndef GLS_STORE_WRITE_LIBRARY_REBUILD_H
#define GLS_STORE_WRITE_LIBRARY_REBUILD_H

#include "store/write/db_writer.h"

struct gls_rebuild;

/* Starts an empty draft that knows the runs, actions, settings, places and
 * Elodie's hashes of the old database. No writer is at work on the old one. */
bool gls_rebuild_begin(struct gls_rebuild **out, struct gls_library *library,
                       struct gls_error *error);
/* Owned by the rebuild. */
struct gls_db_writer *gls_rebuild_writer(struct gls_rebuild *rebuild);
/* Did the runs of the old database come over, so that rows may go on naming them? */
bool gls_rebuild_has_runs(const struct gls_rebuild *rebuild);
/* Gives a file its name and replaces nothing: gls_publish(), which stands on a floor above. */
typedef bool gls_rebuild_publish(const char *from, const char *to, struct gls_error *error);
/* Flushes the draft, copies the old database to library.db.YYYYmmdd-HHMMSS (UTC)
 * beside it, and swaps. No reader or writer of the library may be open.
 * *backup_path: the copy's path, which the caller frees; NULL if there was none. */
bool gls_rebuild_finish(struct gls_rebuild *rebuild, gls_rebuild_publish *publish,
                        char **backup_path, struct gls_error *error);
/* Drops the draft if it was not swapped in. NULL is allowed. */
void gls_rebuild_free(struct gls_rebuild *rebuild);

#endif
