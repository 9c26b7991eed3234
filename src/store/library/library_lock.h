/* SPDX-License-Identifier: MIT */
/*
 * library_lock - one writer at a time, and readers that stop no writer.
 *
 * The writer holds a flock on .glassine/lock and writes into the file who it is. Readers
 * hold none: SQLite's log (WAL) gives each a whole view. One that may create nothing (a
 * dry run, a medium that is read-only) reads the files as they lie: see checkpoint.h.
 */
#ifndef GLS_STORE_LIBRARY_LIBRARY_LOCK_H
#define GLS_STORE_LIBRARY_LIBRARY_LOCK_H

#include "store/library/library_db.h"

/* The lock of a writer; waits as the options say. GLS_ERROR_BUSY names who has it;
 * GLS_ERROR_CANCELLED: it was stopped while it waited. */
bool gls_library_lock(struct gls_library *library, const struct gls_library_options *options,
                      struct gls_error *error);
/* Gives back whatever lock the library holds. */
void gls_library_unlock(struct gls_library *library);

/* For a reader that may create nothing, until the library is closed. False: a writer is
 * at work, and SQLite's own files are there to read beside it. */
bool gls_library_lock_passive(struct gls_library *library);

#endif
