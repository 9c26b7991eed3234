/* SPDX-License-Identifier: MIT */
/*
 * import_commit - from finished copies to files of the library, a batch at a time:
 * flush, journal the intents, rename, flush, record. After a crash the intents
 * tell the next run what to finish (recover.h).
 *
 * Batches overlap: the flush that makes the copies of one batch durable makes the
 * names of the batch before durable as well, and one commit journals the intents of
 * the one and records the other. So each batch costs one flush and one commit.
 */
#ifndef GLS_ENGINE_IMPORT_IMPORT_COMMIT_H
#define GLS_ENGINE_IMPORT_IMPORT_COMMIT_H

#include "engine/filing/session.h"

/* The file_units function of an import. False only when the flush or the database
 * failed: what is published already will be completed by the next run. */
bool gls_file_units(void *import_run, const struct gls_unit_list *filed,
                    const struct gls_unit_list *copied, struct gls_error *error);

#endif
