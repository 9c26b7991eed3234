/* SPDX-License-Identifier: MIT */
/*
 * recover - finishing what a run that died had begun (law 7). Called with the
 * library locked, before anything else is done to it.
 */
#ifndef GLS_ENGINE_JOURNAL_RECOVER_H
#define GLS_ENGINE_JOURNAL_RECOVER_H

#include "store/write/db_writer.h"

/* Completes or takes back every open intent and removes copies that no intent
 * names. *completed counts the files that were finished. */
bool gls_recover(struct gls_library *library, struct gls_db_writer *writer, int64_t run_id,
                 uint64_t *completed, struct gls_error *error);

#endif
