/* SPDX-License-Identifier: MIT */
/* log - what gls_log() of glassine.h does, once glassine_operations.c has seen to
 * the arguments: `config` and `callbacks` are never NULL here, and the options are
 * whole. */
#ifndef GLS_ENGINE_LOG_H
#define GLS_ENGINE_LOG_H

#include "glassine.h"

bool gls_engine_log(const struct gls_config *config, const char *library, int64_t run_id,
                    const struct gls_log_callbacks *callbacks, struct gls_error *error);

#endif
