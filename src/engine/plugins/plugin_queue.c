/* SPDX-License-Identifier: MIT */
#include "engine/plugins/plugin_queue.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/path.h"

void gls_plugin_item_clear(struct gls_plugin_item *item)
{
    gls_plugin_file_drop(item->file);
    *item = (struct gls_plugin_item){0};
}

void gls_plugin_items_free(struct gls_plugin_item *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        gls_plugin_item_clear(&items[i]);
    free(items);
}

struct page_reading {
    const struct gls_library *library;
    struct gls_plugin_item *items;
    size_t count;
    size_t space;
    int64_t last_id;
    bool ok;
    struct gls_error error;
};

/* Text of a path that the payload has percent-encoded, made absolute; NULL: none. */
static char *old_destination(const struct gls_library *library, const json_t *payload)
{
    const char *encoded = json_string_value(json_object_get(payload, "old_path"));
    size_t size = 0;
    char *relative = encoded != NULL ? gls_percent_decode(encoded, &size) : NULL;
    char *path = relative != NULL ? gls_path_join(gls_library_root(library), relative) : NULL;

    free(relative);
    return path;
}

static const char *or_null(const char *text)
{
    return text != NULL && text[0] != '\0' ? text : NULL;
}

static struct gls_plugin_file *describe(const struct gls_library *library,
                                        const struct gls_outbox_item *item)
{
    const struct gls_stored_file *row = item->file;
    json_t *payload = json_loads(item->payload, 0, NULL);
    const char *status = json_string_value(json_object_get(payload, "status"));
    char *destination = gls_path_join(gls_library_root(library), row->path);
    char *old = old_destination(library, payload);
    struct gls_plugin_record values = {.key = item->file_key,
                                       .status = status != NULL ? status : "imported",
                                       .source = row->source_path,
                                       .library = gls_library_root(library),
                                       .destination = destination,
                                       .old_destination = old,
                                       .kind = gls_plugin_kind(row->path),
                                       .sha256 = or_null(row->source_sha256),
                                       .stored_xxh128 = or_null(row->stored_xxh128),
                                       .date_taken = or_null(row->date_taken),
                                       .title = or_null(row->title),
                                       .album = or_null(row->album),
                                       .original_name = or_null(row->original_name),
                                       .size_bytes = row->size_bytes,
                                       .latitude = row->latitude,
                                       .longitude = row->longitude,
                                       .has_position = row->has_position};
    struct gls_plugin_file *file = destination != NULL ? gls_plugin_file_new(&values) : NULL;

    free(old);
    free(destination);
    json_decref(payload);
    return file;
}

static bool add_item(struct page_reading *reading, const struct gls_outbox_item *item)
{
    struct gls_plugin_file *file = describe(reading->library, item);

    if (reading->count == reading->space) {
        size_t space = reading->space == 0 ? 64 : reading->space * 2;
        struct gls_plugin_item *grown = reallocarray(reading->items, space, sizeof *reading->items);
        if (grown != NULL) {
            reading->items = grown;
            reading->space = space;
        }
    }
    if (file == NULL || reading->count == reading->space) {
        gls_plugin_file_drop(file);
        return gls_fail_memory(&reading->error);
    }
    reading->items[reading->count++] =
        (struct gls_plugin_item){.id = item->id, .attempts = item->attempts, .file = file};
    return true;
}

static bool visit_item(void *user, const struct gls_outbox_item *item)
{
    struct page_reading *reading = user;

    reading->last_id = item->id;
    if (item->state != GLS_OUTBOX_QUEUED || item->next_try_s > (int64_t)time(NULL))
        return true;
    reading->ok = item->file == NULL || add_item(reading, item);
    return reading->ok;
}

bool gls_plugin_queue_read(struct gls_plugin_item **out, size_t *count,
                           struct gls_plugin_queue *queue, size_t limit, struct gls_error *error)
{
    struct page_reading reading = {
        .library = queue->library, .last_id = queue->last_id, .ok = true};
    struct gls_outbox_page rows = {
        .plugin = queue->plugin, .after_id = queue->last_id, .limit = limit, .hook = queue->hook};
    int64_t before = 0;
    bool ok = true;

    *out = NULL;
    *count = 0;
    /* A page whose items are all set aside is not the end. */
    do {
        before = rows.after_id;
        ok = gls_reader_each_outbox(queue->reader, &rows, visit_item, &reading, error);
        rows.after_id = reading.last_id;
    } while (ok && reading.ok && reading.count == 0 && reading.last_id != before);
    if (ok && !reading.ok) {
        *error = reading.error;
        ok = false;
    }
    if (!ok) {
        gls_plugin_items_free(reading.items, reading.count);
        return false;
    }
    *out = reading.items;
    *count = reading.count;
    queue->last_id = reading.last_id;
    return true;
}

bool gls_plugin_queue_set(struct gls_db_batch *batch, const struct gls_plugin_item *item,
                          int result, const struct gls_plugin_reply *reply)
{
    struct gls_outbox_item next = {
        .id = item->id, .attempts = item->attempts + 1, .last_error = reply->reason};

    switch (result) {
    case GLS_PLUGIN_OK:
        return gls_db_batch_remove_outbox(batch, item->id);
    case GLS_PLUGIN_KEEP:
        next.last_error = NULL;
        next.hook = GLS_QUEUE_BATCH;
        return gls_db_batch_set_outbox(batch, &next);
    case GLS_PLUGIN_REFUSE:
        next.state = GLS_OUTBOX_FAILED;
        return gls_db_batch_set_outbox(batch, &next);
    default:
        if (reply->retry_after_s > 0)
            next.next_try_s = (int64_t)time(NULL) + reply->retry_after_s;
        return gls_db_batch_set_outbox(batch, &next);
    }
}

bool gls_plugin_queue_count(struct gls_plugin_queue_count *out, struct gls_reader *reader,
                            const char *plugin, struct gls_error *error)
{
    struct gls_outbox_count count;
    bool ok = gls_reader_outbox_count(reader, &count, plugin, error);

    *out = (struct gls_plugin_queue_count){.queued = count.queued, .failed = count.failed};
    if (count.last_error != NULL)
        snprintf(out->last_error, sizeof out->last_error, "%s", count.last_error);
    free(count.last_error);
    return ok;
}
