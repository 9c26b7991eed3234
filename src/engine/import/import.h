/* SPDX-License-Identifier: MIT */
/* import - what gls_import() of glassine.h does, once glassine_operations.c has seen to
 * the arguments: `config` and `callbacks` are never NULL here, and the options are
 * whole. */
#ifndef GLS_ENGINE_IMPORT_IMPORT_H
#define GLS_ENGINE_IMPORT_IMPORT_H

#include "glassine.h"

bool gls_engine_import(struct gls_summary *summary, const struct gls_config *config,
                       const struct gls_import_options *options,
                       const struct gls_callbacks *callbacks, struct gls_cancel *cancel,
                       struct gls_error *error);

#endif
