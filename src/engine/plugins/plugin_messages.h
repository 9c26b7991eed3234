/* SPDX-License-Identifier: MIT */
/* plugin_messages - what plugins say, from any thread, until the calling thread hands
 * it on: callbacks come on no other. */
#ifndef GLS_ENGINE_PLUGINS_PLUGIN_MESSAGES_H
#define GLS_ENGINE_PLUGINS_PLUGIN_MESSAGES_H

#include "base/error.h"

struct gls_plugin_messages;
/* NULL: no memory. */
struct gls_plugin_messages *gls_plugin_messages_new(void);
/* NULL is allowed. */
void gls_plugin_messages_free(struct gls_plugin_messages *messages);
/* Adds "plugin NAME: text". What is too much until the next emission is counted and
 * left out. Any thread. */
void gls_plugin_messages_add(struct gls_plugin_messages *messages, const char *plugin,
                             const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Hands everything to on_message, in order. NULL is allowed for both. */
void gls_plugin_messages_emit(struct gls_plugin_messages *messages,
                              const struct gls_callbacks *callbacks);

#endif
