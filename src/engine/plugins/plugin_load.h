/* SPDX-License-Identifier: MIT */
/*
 * plugin_load - finds NAME.so and loads it. Only what nobody but the user and the
 * superuser can write to is loaded: the object, its folder and every folder above.
 * Nothing is ever unloaded: a call that was abandoned may still run in it.
 */
#ifndef GLS_ENGINE_PLUGINS_PLUGIN_LOAD_H
#define GLS_ENGINE_PLUGINS_PLUGIN_LOAD_H

#include "base/error.h"
#include "glassine_plugin.h"
#include "plan/config/config.h"

/* Where the plugin lies. Opens nothing. The caller frees *path, also after a failure.
 * GLS_ERROR_NOT_FOUND, GLS_ERROR_PERMISSION. */
bool gls_plugin_find(char **path, const struct gls_config *config, const char *name,
                     struct gls_error *error);
/* Loads what gls_plugin_find() finds. *out is static. *path as above, also after a
 * failure. GLS_ERROR_UNSUPPORTED, beside what finding it gives (no
 * descriptor, another ABI, another name). */
bool gls_plugin_load(const struct gls_plugin **out, char **path, const struct gls_config *config,
                     const char *name, struct gls_error *error);

#endif
