/* SPDX-License-Identifier: MIT */
/*
 * plugin_services - what one plugin may ask of glassine: the functions of its
 * struct gls_plugin_host. After gls_plugin_services_end() they do nothing: a call
 * that was abandoned may return when the operation is long over.
 */
#ifndef GLS_ENGINE_PLUGINS_PLUGIN_SERVICES_H
#define GLS_ENGINE_PLUGINS_PLUGIN_SERVICES_H

#include "engine/plugins/plugin_messages.h"
#include "engine/plugins/plugin_queue.h"
#include "plan/config/config.h"

/* All stay the caller's and must outlive gls_plugin_services_end(). */
struct gls_plugin_services_options {
    const char *name;
    const struct gls_config *config;
    struct gls_library *library;  /* NULL: none, and so no values and no queue */
    struct gls_db_writer *writer; /* NULL: as above */
    const struct gls_cancel *cancel;
    struct gls_plugin_messages *messages;
    const char *batch_queue; /* what next() hands out; NULL: all of the plugin's items */
    unsigned timeout_ms;     /* of a call */
    bool wants_log;          /* GLS_PLUGIN_LOG is passed on, too */
    /* How far batch() is; on the plugin's thread. NULL: nobody asks. */
    void (*progress)(void *user, uint64_t done, uint64_t total);
    void *user;
};

struct gls_plugin_services;
bool gls_plugin_services_new(struct gls_plugin_services **out,
                             const struct gls_plugin_services_options *options,
                             struct gls_error *error);
void gls_plugin_services_end(struct gls_plugin_services *services);
/* NULL is allowed. */
void gls_plugin_services_free(struct gls_plugin_services *services);
/* What hooks are given; valid as long as the services. */
struct gls_plugin_host *gls_plugin_services_host(struct gls_plugin_services *services);
/* The other way: those that a host belongs to. */
const struct gls_plugin_services_options *
gls_plugin_services_options_of(const struct gls_plugin_host *host);
bool gls_plugin_services_is_cancelled(const struct gls_plugin_services *services);
/* When the plugin last called one of the host's functions; 0: never. */
double gls_plugin_services_alive_s(struct gls_plugin_services *services);
/* A key of the plugin's section in the configuration; NULL: not set. */
const char *gls_plugin_setting(const struct gls_config *config, const char *plugin,
                               const char *key);

#endif
