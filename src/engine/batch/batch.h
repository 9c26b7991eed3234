/* SPDX-License-Identifier: MIT */
/* batch - the two operations on the queues of plugins; see glassine.h. */
#ifndef GLS_ENGINE_BATCH_BATCH_H
#define GLS_ENGINE_BATCH_BATCH_H

#include "engine/operation/call.h"
#include "plan/config/config.h"

bool gls_engine_batch(struct gls_batch_summary *summary, const struct gls_engine_call *call,
                      const struct gls_batch_options *options, struct gls_error *error);
/* The root of the library that is named, which must be one, or of the configuration's,
 * which may not be there yet. *root NULL: there is none. The caller frees it. */
bool gls_batch_find_library(char **root, const struct gls_config *config, const char *named,
                            struct gls_error *error);
bool gls_engine_list_plugins(const struct gls_config *config,
                             const struct gls_list_plugins_options *options,
                             void (*on_plugin)(void *user, const struct gls_plugin_info *info),
                             void *user, struct gls_error *error);

#endif
