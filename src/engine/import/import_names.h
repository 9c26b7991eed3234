/* SPDX-License-Identifier: MIT */
/* import_names - what the two halves of the sequencer's stage share: which files are
 * duplicates (import_duplicates.c), and what the others are called (import_names.c). */
#ifndef GLS_ENGINE_IMPORT_IMPORT_NAMES_H
#define GLS_ENGINE_IMPORT_IMPORT_NAMES_H

#include "engine/filing/session.h"

/* Sets the outcome of media that the library or an earlier input has. */
bool gls_import_find_duplicates(struct gls_session *run, struct gls_unit *unit,
                                struct gls_error *error);
/* Sets the outcome of media whose bytes an earlier one of the unit has, under another
 * extension. Their stored.path is known when that one is named: then the second
 * function fills it in. */
void gls_import_find_duplicates_in_unit(const struct gls_session *run, struct gls_unit *unit);
void gls_import_name_duplicates_in_unit(struct gls_unit *unit);

/* Looks at what stands in the library at `relative`. False: it cannot be looked at, and nobody
 * knows whether something is there. */
bool gls_import_stat_stored(bool *is_there, const struct gls_session *run, const char *relative,
                            struct stat *out, struct gls_error *error);

/* Names the sidecars of pictures that the library has already (`stored.joins`), each
 * beside its picture: under its own name there, else as a further version of it
 * (a_01.jpg.xmp), and claims the name. What has no such form is left where it is. */
bool gls_import_join_sidecars(struct gls_session *run, struct gls_unit *unit,
                              struct gls_error *error);

/* What stands under member->stored.path? `user` is the session. */
bool gls_import_look_at_name(void *user, struct gls_member *member, enum gls_name_state *out,
                             struct gls_error *error);
/* Claims the member's name; one whose bytes stand there is a duplicate. */
bool gls_import_claim(struct gls_session *run, const struct gls_unit *unit,
                      struct gls_member *member, struct gls_error *error);

#endif
