/* SPDX-License-Identifier: MIT */
/* stored - what a library's database knows of its files, for gls_list(), gls_lookup() and
 * gls_walk() of glassine.h, whose optional arguments are filled in. Reading only. */
#ifndef GLS_ENGINE_STORED_H
#define GLS_ENGINE_STORED_H

#include "store/library/library_db.h"

/* Hands a row on to on_path and on_stored. False: it was enough. */
bool gls_stored_report(const struct gls_list_callbacks *callbacks,
                       const struct gls_stored_file *file);

bool gls_engine_lookup(const struct gls_config *config, const char *library, const char *sha256,
                       const struct gls_list_callbacks *callbacks, struct gls_error *error);
bool gls_engine_walk(const struct gls_config *config, const struct gls_walk_options *options,
                     const struct gls_list_callbacks *callbacks, struct gls_error *error);

#endif
