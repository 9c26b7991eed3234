/* SPDX-License-Identifier: MIT */
/* elodie_queue - what Elodie's plugin GooglePhotos had still to upload becomes a part of the
 * outbox of the plugin of that name, once. */
#ifndef GLS_ENGINE_PLUGINS_ELODIE_QUEUE_H
#define GLS_ENGINE_PLUGINS_ELODIE_QUEUE_H

#include "engine/plugins/plugin_set.h"

/* Does nothing for another plugin, and for one that is not used. False: the database
 * failed; a queue that is malformed is a message. */
bool gls_take_elodie_queue(const struct gls_plugin_entry *entry,
                           const struct gls_plugins_options *options,
                           struct gls_plugin_messages *messages, struct gls_error *error);

#endif
