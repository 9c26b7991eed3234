/* SPDX-License-Identifier: MIT */
/* verify - what gls_verify() of glassine.h does, once glassine_operations.c has seen to
 * the arguments: `config` and `callbacks` are never NULL here, and the options are
 * whole. */
#ifndef GLS_ENGINE_VERIFY_VERIFY_H
#define GLS_ENGINE_VERIFY_VERIFY_H

#include "glassine.h"

bool gls_engine_verify(struct gls_verify_summary *summary, const struct gls_config *config,
                       const struct gls_verify_options *options,
                       const struct gls_verify_callbacks *callbacks, struct gls_cancel *cancel,
                       struct gls_error *error);

#endif
