/* SPDX-License-Identifier: MIT */
/*
 * archive_spool - members of archives, hashed while they are read: copies in the library's
 * folder for copies, a file each, or in a dry run parts of one file without a name.
 */
#ifndef GLS_ENGINE_IMPORT_ARCHIVE_SPOOL_H
#define GLS_ENGINE_IMPORT_ARCHIVE_SPOOL_H

#include "engine/archive/archive.h"
#include "engine/filing/session.h"
#include "store/claims/member_index.h"

struct gls_archive_spool;

bool gls_archive_spool_new(struct gls_archive_spool **out, struct gls_session *run,
                           struct gls_error *error);
void gls_archive_spool_free(struct gls_archive_spool *spool);
/* Takes room for a unit's files, of which so many are to be filled then; waits for it. Each
 * gives back its own. False: cancelled, nothing is taken. */
bool gls_archive_spool_wait(struct gls_archive_spool *spool, uint64_t bytes, uint64_t files);
/* Reads the member that the row names for the unit's member, which gets copy, status and
 * hashes. On failure gls_member_drop_spool() drops what was written. */
bool gls_archive_spool_fill(struct gls_archive_spool *spool, struct gls_archive *archive,
                            const struct gls_member_row *row, struct gls_member *member,
                            struct gls_error *error);
/* Reads it for a look at it: into a file without a name, which goes with the input. */
bool gls_archive_spool_open(struct gls_archive_spool *spool, struct gls_archive *archive,
                            struct gls_input **out, const struct gls_member_row *row,
                            struct gls_error *error);
/* Reads what the row's hash is of, while the archive is listed, and sets row->may_be_media. */
bool gls_archive_spool_hash(struct gls_archive_spool *spool, struct gls_archive *archive,
                            struct gls_member_row *row, struct gls_error *error);
/* Reads its first bytes, unless that was done for the hash: of most files they tell that these
 * are neither photo nor movie. False: nothing of it can be read. */
bool gls_archive_spool_may_be_media(bool *out, struct gls_archive *archive,
                                    const struct gls_member_row *row, struct gls_error *error);
/* Reads it into the row. */
bool gls_archive_spool_keep(struct gls_archive *archive, struct gls_member_row *row,
                            struct gls_error *error);
/* The size and time of the member, as a file has them. */
struct stat gls_archive_spool_status(const struct gls_member_row *row);

#endif
