/* SPDX-License-Identifier: MIT */
/* rebuild - what gls_generate_db() of glassine.h does, once glassine_operations.c has seen to
 * the arguments: the options are whole, and the call is as call.h says. */
#ifndef GLS_ENGINE_REBUILD_REBUILD_H
#define GLS_ENGINE_REBUILD_REBUILD_H

#include "engine/operation/call.h"

bool gls_engine_generate_db(struct gls_summary *summary, const struct gls_engine_call *call,
                            const struct gls_generate_options *options, struct gls_error *error);

#endif
