/* SPDX-License-Identifier: MIT */
/* rebuild - what gls_generate_db() of glassine.h does, once glassine_operations.c has seen to
 * the arguments: `config` and `callbacks` are never NULL here, and the options are
 * whole. */
#ifndef GLS_ENGINE_REBUILD_REBUILD_H
#define GLS_ENGINE_REBUILD_REBUILD_H

#include "glassine.h"

bool gls_engine_generate_db(struct gls_summary *summary, const struct gls_config *config,
                            const struct gls_generate_options *options,
                            const struct gls_callbacks *callbacks, struct gls_cancel *cancel,
                            struct gls_error *error);

#endif
