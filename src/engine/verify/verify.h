/* SPDX-License-Identifier: MIT */
/* verify - what gls_verify() of glassine.h does, once glassine_operations.c has seen to
 * the arguments: the options are whole, and the call is as call.h says.
 * `callbacks` is never NULL. */
#ifndef GLS_ENGINE_VERIFY_VERIFY_H
#define GLS_ENGINE_VERIFY_VERIFY_H

#include "engine/operation/call.h"

bool gls_engine_verify(struct gls_verify_summary *summary, const struct gls_engine_call *call,
                       const struct gls_verify_options *options,
                       const struct gls_verify_callbacks *callbacks, struct gls_error *error);

#endif
