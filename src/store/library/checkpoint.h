/* SPDX-License-Identifier: MIT */
/*
 * checkpoint - when SQLite's log (WAL) may be moved into the database.
 *
 * A reader that may create nothing beside a database sees its file, and perhaps a log,
 * as they lie. A writer beside it only adds to the log for as long as one byte of
 * .glassine/lock is locked: the log is moved by who can lock that byte alone. It is a
 * lock of the open file (F_OFD_SETLK), apart from the writer's flock, and stops nobody.
 */
#ifndef GLS_STORE_LIBRARY_CHECKPOINT_H
#define GLS_STORE_LIBRARY_CHECKPOINT_H

/* For a reader, until it closes `lock_fd`, the open lock file. Waits for a checkpoint
 * that is going on. */
void gls_checkpoint_hold_off(int lock_fd);

/* May the log of this database be moved now? REFUSED, or a claim for
 * gls_checkpoint_end(). Two connections that ask at a time do not both get it. */
enum { GLS_CHECKPOINT_REFUSED = -1, GLS_CHECKPOINT_FREE = -2 };
int gls_checkpoint_claim(const char *db_path);
void gls_checkpoint_end(int claim);

#endif
