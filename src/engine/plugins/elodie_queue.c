/* SPDX-License-Identifier: MIT */
#include "engine/plugins/elodie_queue.h"

#include <string.h>

#include "store/elodie/elodie_queue.h"

/* Only GooglePhotos kept a queue; the files of others are values of their own. */
bool gls_take_elodie_queue(const struct gls_plugin_entry *entry,
                           const struct gls_plugins_options *options,
                           struct gls_plugin_messages *messages, struct gls_error *error)
{
    struct gls_elodie_queue queue = {.library = options->library,
                                     .writer = options->writer,
                                     .folder = options->config->elodie_folder,
                                     .plugin = entry->name,
                                     .hook = gls_plugin_entry_queue(entry)};
    struct gls_elodie_queue_counts counts;
    struct gls_error cause = GLS_ERROR_INIT;

    if (strcmp(entry->name, "GooglePhotos") != 0 || entry->lane == NULL || queue.folder == NULL ||
        queue.hook == NULL)
        return true;
    if (!gls_elodie_queue_import(&counts, &queue, &cause)) {
        if (cause.status == GLS_ERROR_LIBRARY) {
            *error = cause;
            return false;
        }
        gls_plugin_messages_add(messages, entry->name, "Elodie's queue could not be taken in: %s",
                                cause.message);
        return true;
    }
    if (counts.queued + counts.gone > 0)
        gls_plugin_messages_add(messages, entry->name,
                                "taken in from Elodie's queue: %llu; not there any more: %llu",
                                (unsigned long long)counts.queued, (unsigned long long)counts.gone);
    if (counts.unknown > 0)
        gls_plugin_messages_add(
            messages, entry->name,
            "not recorded yet, of Elodie's queue: %llu; \"glassine generate-db\" "
            "records them",
            (unsigned long long)counts.unknown);
    return true;
}
