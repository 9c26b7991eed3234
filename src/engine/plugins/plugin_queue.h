/* SPDX-License-Identifier: MIT */
/*
 * plugin_queue - a plugin's part of the outbox. The store puts an item there for each
 * subscribed plugin in the commit that records a file (subscriptions.h); it names the
 * file's row, so that the plugin is given what the database says at that time.
 */
#ifndef GLS_ENGINE_PLUGINS_PLUGIN_QUEUE_H
#define GLS_ENGINE_PLUGINS_PLUGIN_QUEUE_H

#include "engine/plugins/plugin_record.h"
#include "store/write/db_writer.h"

#define GLS_QUEUE_AFTER "after"
#define GLS_QUEUE_BATCH "batch"

struct gls_plugin_item {
    int64_t id; /* in the outbox */
    unsigned attempts;
    struct gls_plugin_file *file;
};
void gls_plugin_item_clear(struct gls_plugin_item *item);

/* How far a plugin's queue has been read. What it points to is borrowed. */
struct gls_plugin_queue {
    struct gls_reader *reader;
    const struct gls_library *library;
    const char *plugin;
    const char *hook; /* NULL: all */
    int64_t last_id;  /* of the items read so far; 0: none yet */
};

/* The next items, at most `limit`, that may be tried now, in their order, and goes on
 * behind them. *out is the caller's, for gls_plugin_items_free(); *count 0: there are no
 * more. */
bool gls_plugin_queue_read(struct gls_plugin_item **out, size_t *count,
                           struct gls_plugin_queue *queue, size_t limit, struct gls_error *error);
void gls_plugin_items_free(struct gls_plugin_item *items, size_t count);

/* Adds to `batch` what becomes of an item after `result` (enum gls_plugin_result). */
bool gls_plugin_queue_set(struct gls_db_batch *batch, const struct gls_plugin_item *item,
                          int result, const struct gls_plugin_reply *reply);

struct gls_plugin_queue_count {
    uint64_t queued; /* all that is left, also what is set aside */
    uint64_t failed; /* set aside */
    char last_error[512];
};
bool gls_plugin_queue_count(struct gls_plugin_queue_count *out, struct gls_reader *reader,
                            const char *plugin, struct gls_error *error);

#endif
