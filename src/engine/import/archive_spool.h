/* SPDX-License-Identifier: MIT */
/* archive_spool - copies of members of archives, hashed while they are read: a file each in
 * the library's folder for copies, or in a dry run parts of one file without a name. */
#ifndef GLS_ENGINE_IMPORT_ARCHIVE_SPOOL_H
#define GLS_ENGINE_IMPORT_ARCHIVE_SPOOL_H

#include "engine/archive/archive.h"
#include "engine/filing/session.h"
#include "store/claims/member_index.h"

struct gls_archive_spool;

bool gls_archive_spool_new(struct gls_archive_spool **out, struct gls_session *run,
                           struct gls_error *error);
void gls_archive_spool_free(struct gls_archive_spool *spool);
/* Reads the member that the row names and sets the row's copy and hashes. On failure there
 * is no copy. */
bool gls_archive_spool_fill(struct gls_archive_spool *spool, struct gls_archive *archive,
                            struct gls_member_row *row, struct gls_error *error);
bool gls_archive_spool_open(const struct gls_archive_spool *spool, struct gls_input **out,
                            const struct gls_member_row *row, struct gls_error *error);
/* The status of the copy, with the size and time of the member. */
bool gls_archive_spool_status(struct stat *out, const struct gls_member_row *row,
                              struct gls_error *error);
void gls_archive_spool_remove(const char *path);

#endif
