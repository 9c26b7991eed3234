/* SPDX-License-Identifier: MIT */
/* plugin_options - what the plugins of one operation work with. */
#ifndef GLS_ENGINE_PLUGINS_PLUGIN_OPTIONS_H
#define GLS_ENGINE_PLUGINS_PLUGIN_OPTIONS_H

#include "plan/config/config.h"
#include "store/write/db_writer.h"

/* All stay the caller's and must outlive the plugins. */
struct gls_plugins_options {
    const struct gls_config *config;
    struct gls_library *library;
    struct gls_db_writer *writer;
    const struct gls_callbacks *callbacks; /* called on the calling thread alone */
    const struct gls_cancel *cancel;
    unsigned jobs;           /* threads of a plugin that says nothing else */
    bool allow_hooks;        /* [Hooks] may start programs */
    bool wants_log;          /* pass on what plugins log, not only what they display */
    bool is_batch;           /* for "glassine batch": who is subscribed stays as it is */
    const char *const *only; /* is_batch: these plugins; count 0: all */
    size_t only_count;
};

#endif
