/* SPDX-License-Identifier: MIT */
/*
 * import_stages - the stages of an import; `user` is the struct gls_session.
 *
 *   import.c          opens everything, runs the pipeline, sums up
 *   import_scan.c     produce: inputs to units (scanner thread)
 *   import_ask.c      work: asks the caller (before_file)
 *   import_before.c   work: asks plugins before a byte is written
 *   import_work.c     work: read, plan, hash, copy (workers)
 *   import_duplicates.c, import_names.c, import_join.c
 *                     sequence: duplicates, names, sidecars that join a stored
 *                     picture, in input order (sequencer)
 *   import_commit.c   files a batch (calling thread)
 *   source_removal.c  reads copies back, removes sources that are safely filed (calling
 *                     thread)
 */
#ifndef GLS_ENGINE_IMPORT_IMPORT_STAGES_H
#define GLS_ENGINE_IMPORT_IMPORT_STAGES_H

#include "engine/filing/session.h"

bool gls_import_produce(void *user, struct gls_pipeline *pipeline, struct gls_error *error);
void gls_import_work(void *user, unsigned worker, void *item);
enum gls_sequence_result gls_import_resolve_names(void *user, void *item);
/* Asks the caller about a unit, and does as he says: skips it, or plans it otherwise. To be
 * called once for every unit, also where it has an outcome or no plan. */
void gls_import_ask_caller(struct gls_session *run, struct gls_unit *unit, bool is_planned);
/* Asks plugins about a unit. To be called once for every unit, also where it has an outcome
 * or no plan. */
struct gls_plugins_question *gls_import_ask_plugins(struct gls_session *run, struct gls_unit *unit,
                                                    bool is_planned);
/* Waits for what they say (NULL: nothing was asked), and skips the unit if one vetoes. */
void gls_import_take_answers(struct gls_session *run, struct gls_unit *unit,
                             struct gls_plugins_question *question);
void gls_import_rework(void *user, unsigned worker, void *item);

#endif
