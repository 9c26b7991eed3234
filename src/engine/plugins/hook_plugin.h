/* SPDX-License-Identifier: MIT */
/* hook_plugin - the commands of [Hooks], seen as a plugin named Hooks: what is true of
 * plugins (queue, retries, rest) is true of them. */
#ifndef GLS_ENGINE_PLUGINS_HOOK_PLUGIN_H
#define GLS_ENGINE_PLUGINS_HOOK_PLUGIN_H

#include "glassine_plugin.h"
#include "plan/config/config.h"

#define GLS_HOOK_PLUGIN_NAME "Hooks"

/* Has [Hooks] a command? */
/* Can the commands be read? GLS_ERROR_CONFIG, or why not. */
bool gls_hook_plugin_check(const struct gls_config *config, struct gls_error *error);
bool gls_hook_plugin_is_configured(const struct gls_config *config);
/* The plugin with those hooks that have a command. Its host must be one of
 * plugin_services. */
struct gls_plugin gls_hook_plugin(const struct gls_config *config);

#endif
