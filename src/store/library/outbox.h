/* SPDX-License-Identifier: MIT */
/*
 * outbox - what is queued for plugins, and the values that they keep.
 *
 * An item is queued in the commit that stores its file (db_writer.h), for every plugin
 * that has subscribed, and removed when the plugin has taken it; so a plugin is told of
 * each file at least once. Subscriptions stay when a run dies: what the next one
 * completes for it is queued as well, whatever its configuration says.
 */
#ifndef GLS_STORE_LIBRARY_OUTBOX_H
#define GLS_STORE_LIBRARY_OUTBOX_H

#include "store/library/library_db.h"

enum gls_outbox_state {
    GLS_OUTBOX_QUEUED = 0,
    GLS_OUTBOX_FAILED = 1 /* tried as often as it may be; waits until it is asked for again */
};
struct gls_outbox_item {
    int64_t id; /* in the order they were queued */
    const char *plugin;
    const char *hook;
    const char *file_key; /* stable: the same file of the same run has the same one */
    const char *payload;  /* JSON */
    unsigned attempts;
    int64_t next_try_s;     /* epoch seconds; 0: at once */
    const char *last_error; /* NULL: none yet */
    enum gls_outbox_state state;
    int64_t file_id;                    /* the row; the item goes with it. 0: none */
    const struct gls_stored_file *file; /* what is read alone: that row; NULL: none */
};
/* At most `limit` items after `after_id` of one plugin, or of all where it is NULL; the
 * same with the hook. */
struct gls_outbox_page {
    const char *plugin;
    int64_t after_id;
    size_t limit;
    const char *hook;
};
/* Inside the callback the reader may be used for anything but closing it; false ends. */
bool gls_reader_each_outbox(struct gls_reader *reader, const struct gls_outbox_page *page,
                            bool (*visit)(void *user, const struct gls_outbox_item *item),
                            void *user, struct gls_error *error);

struct gls_outbox_count {
    uint64_t queued;  /* all items */
    uint64_t failed;  /* those of them that are FAILED */
    char *last_error; /* of the latest item that has one, the caller's to free; NULL: none */
};
/* How many items a plugin has. */
bool gls_reader_outbox_count(struct gls_reader *reader, struct gls_outbox_count *out,
                             const char *plugin, struct gls_error *error);
/* Is an item of the plugin for the file with this path still in the outbox? */
bool gls_reader_outbox_has(struct gls_reader *reader, bool *out, const char *plugin,
                           const char *path, struct gls_error *error);
/* Who has items, by name; `hook` is NULL. Or who has subscribed, and to what. */
bool gls_reader_each_outbox_plugin(struct gls_reader *reader,
                                   bool (*visit)(void *user, const char *plugin, const char *hook),
                                   void *user, struct gls_error *error);
bool gls_reader_each_subscription(struct gls_reader *reader,
                                  bool (*visit)(void *user, const char *plugin, const char *hook),
                                  void *user, struct gls_error *error);

/* *out NULL: there is no such key. The caller frees it. */
bool gls_reader_plugin_value(struct gls_reader *reader, char **out, const char *plugin,
                             const char *key, struct gls_error *error);

#endif
