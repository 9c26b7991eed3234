/* SPDX-License-Identifier: MIT */
/*
 * operations - what the public functions of the same names do, once
 * glassine_operations.c has seen to the arguments: `config` and `callbacks` are never NULL here,
 * and the options are whole. Everything else is as glassine.h says.
 */
#ifndef GLS_ENGINE_OPERATIONS_H
#define GLS_ENGINE_OPERATIONS_H

#include "glassine.h"

bool gls_engine_import(struct gls_summary *summary, const struct gls_config *config,
                       const struct gls_import_options *options,
                       const struct gls_callbacks *callbacks, struct gls_cancel *cancel,
                       struct gls_error *error);
bool gls_engine_update(struct gls_summary *summary, const struct gls_config *config,
                       const struct gls_update_options *options,
                       const struct gls_callbacks *callbacks, struct gls_cancel *cancel,
                       struct gls_error *error);
bool gls_engine_verify(struct gls_verify_summary *summary, const struct gls_config *config,
                       const struct gls_verify_options *options,
                       const struct gls_verify_callbacks *callbacks, struct gls_cancel *cancel,
                       struct gls_error *error);
bool gls_engine_generate_db(struct gls_summary *summary, const struct gls_config *config,
                            const struct gls_generate_options *options,
                            const struct gls_callbacks *callbacks, struct gls_cancel *cancel,
                            struct gls_error *error);
bool gls_engine_log(const struct gls_config *config, const char *library, int64_t run_id,
                    const struct gls_log_callbacks *callbacks, struct gls_error *error);

#endif
