/* SPDX-License-Identifier: MIT */
/*
 * plugin_delivery - takes a plugin's items from the outbox to its after(), on a thread
 * of its own, so that neither import nor other plugins wait. An item leaves the outbox
 * when the plugin has taken it: after a crash in between it is delivered again.
 */
#ifndef GLS_ENGINE_PLUGINS_PLUGIN_DELIVERY_H
#define GLS_ENGINE_PLUGINS_PLUGIN_DELIVERY_H

#include "engine/plugins/plugin_lane.h"

/* All stay the caller's and must outlive the delivery. */
struct gls_plugin_delivery_options {
    const char *name;
    struct gls_plugin_lane *lane;
    struct gls_plugin_limits limits;
    struct gls_library *library;
    struct gls_db_writer *writer;
    const struct gls_cancel *cancel;
    struct gls_plugin_messages *messages;
};

struct gls_plugin_delivery;
/* Begins with what earlier runs left. */
bool gls_plugin_delivery_start(struct gls_plugin_delivery **out,
                               const struct gls_plugin_delivery_options *options,
                               struct gls_error *error);
/* A commit may have put items there. */
void gls_plugin_delivery_notify(struct gls_plugin_delivery *delivery);
/* The same, and returns a ticket: somebody waits for those. */
uint64_t gls_plugin_delivery_ask(struct gls_plugin_delivery *delivery);
/* Was everything tried that the ticket stands for, and is what became of it recorded; or
 * does the plugin rest, or was the run cancelled? Waits for up to a tenth of a second. */
bool gls_plugin_delivery_is_done(struct gls_plugin_delivery *delivery, uint64_t ticket);
/* Ends the thread after the page that it is at; what became of items is recorded. NULL is
 * allowed. */
void gls_plugin_delivery_stop(struct gls_plugin_delivery *delivery);

#endif
