/* SPDX-License-Identifier: MIT */
/* import - what gls_import() of glassine.h does, once glassine_operations.c has seen to
 * the arguments: the options are whole, and the call is as call.h says. */
#ifndef GLS_ENGINE_IMPORT_IMPORT_H
#define GLS_ENGINE_IMPORT_IMPORT_H

#include "engine/operation/call.h"

bool gls_engine_import(struct gls_summary *summary, const struct gls_engine_call *call,
                       const struct gls_import_options *options, struct gls_error *error);

#endif
