/* SPDX-License-Identifier: MIT */
/* plugin_set - one configured plugin: its limits, where it lies, and its lane. */
#ifndef GLS_ENGINE_PLUGINS_PLUGIN_SET_H
#define GLS_ENGINE_PLUGINS_PLUGIN_SET_H

#include "engine/plugins/plugin_delivery.h"
#include "engine/plugins/plugin_options.h"

struct gls_plugin_entry {
    const char *name; /* the configuration's */
    char *path;       /* of the object; NULL: not found, or built in */
    struct gls_plugin plugin;
    bool is_loaded; /* `plugin` is valid */
    struct gls_plugin_limits limits;
    struct gls_plugin_lane *lane; /* NULL: not opened, or not usable */
    struct gls_plugin_delivery *delivery;
};

/* [PluginNAME] max_per_second= parallel= retries= timeout_s= required=. */
bool gls_plugin_limits_read(struct gls_plugin_limits *out, const struct gls_config *config,
                            const char *name, unsigned jobs, struct gls_error *error);
/* The names: those of plugins=, each once, then Hooks if it has commands and is
 * allowed. *out and its entries' names are to be freed with gls_plugin_entries_free(). */
bool gls_plugin_entries_new(struct gls_plugin_entry **out, size_t *count,
                            const struct gls_plugins_options *options, struct gls_error *error);
void gls_plugin_entries_free(struct gls_plugin_entry *entries, size_t count);
/* Reads its limits and loads it. */
bool gls_plugin_entry_load(struct gls_plugin_entry *entry,
                           const struct gls_plugins_options *options, struct gls_error *error);
/* For a dry run: its limits, and would it load? Runs none of its code. */
bool gls_plugin_entry_check(struct gls_plugin_entry *entry,
                            const struct gls_plugins_options *options,
                            struct gls_plugin_messages *messages, struct gls_error *error);
/* What cannot be used costs a warning, unless it is required. */
bool gls_plugin_entry_pass_over(const struct gls_plugin_entry *entry,
                                struct gls_plugin_messages *messages, const char *why,
                                struct gls_error *error);
/* The hook that its files are queued for; NULL: it is told of none. */
const char *gls_plugin_entry_queue(const struct gls_plugin_entry *entry);
/* From now on each file is queued for these, and for no others. Where that was so before,
 * nothing is written. */
bool gls_plugin_entries_subscribe(const struct gls_plugin_entry *entries, size_t count,
                                  const struct gls_plugins_options *options,
                                  struct gls_error *error);

#endif
