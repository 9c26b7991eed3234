/* SPDX-License-Identifier: MIT */
/* update - what gls_update() of glassine.h does, once glassine_operations.c has seen to
 * the arguments: the options are whole, and the call is as call.h says. */
#ifndef GLS_ENGINE_UPDATE_UPDATE_H
#define GLS_ENGINE_UPDATE_UPDATE_H

#include "engine/operation/call.h"

bool gls_engine_update(struct gls_summary *summary, const struct gls_engine_call *call,
                       const struct gls_update_options *options, struct gls_error *error);

#endif
