/* SPDX-License-Identifier: MIT */
#include "store/write/db_batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"

struct gls_db_batch *gls_db_batch_new(void)
{
    return calloc(1, sizeof(struct gls_db_batch));
}

static void free_change(struct gls_change *change)
{
    if (change == NULL)
        return;
    gls_stored_file_clear(&change->file);
    for (size_t i = 0; i < sizeof change->text / sizeof *change->text; i++)
        free(change->text[i]);
    free(change);
}

void gls_db_batch_clear(struct gls_db_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        free_change(batch->changes[i]);
    batch->count = 0;
    batch->input = 0;
}

void gls_db_batch_set_input(struct gls_db_batch *batch, uint64_t number)
{
    batch->input = (int64_t)number + 1;
}

void gls_db_batch_free(struct gls_db_batch *batch)
{
    if (batch == NULL)
        return;
    gls_db_batch_clear(batch);
    free(batch->changes);
    free(batch);
}

bool gls_db_batch_is_empty(const struct gls_db_batch *batch)
{
    return batch->count == 0;
}

/* Appends an empty change; NULL: no memory. */
static struct gls_change *add(struct gls_db_batch *batch, enum gls_change_kind kind)
{
    if (batch->count == batch->space) {
        size_t space = batch->space == 0 ? 16 : batch->space * 2;
        struct gls_change **moved =
            reallocarray(batch->changes, space, sizeof(struct gls_change *));
        if (moved == NULL)
            return NULL;
        batch->changes = moved;
        batch->space = space;
    }
    struct gls_change *change = calloc(1, sizeof *change);
    if (change == NULL)
        return NULL;
    change->kind = kind;
    change->input = batch->input;
    batch->changes[batch->count++] = change;
    return change;
}

/* Drops the change that could not be filled, so that the batch stays as it was. */
static bool keep_if(struct gls_db_batch *batch, bool filled)
{
    if (!filled)
        free_change(batch->changes[--batch->count]);
    return filled;
}

/* An album's name in place of which the composed one comes: one name is one album. */
static bool compose(char **album)
{
    char *composed = *album != NULL ? gls_utf8_compose(*album) : NULL;
    bool ok = *album == NULL || composed != NULL;

    free(*album);
    *album = composed;
    return ok;
}

static bool set_file(struct gls_change *change, const struct gls_stored_file *file)
{
    return gls_stored_file_copy(&change->file, file) && compose(&change->file.album) &&
           compose(&change->file.further_albums);
}

/* Copies `text` into slot `index`. NULL stays NULL. */
static bool set_text(struct gls_change *change, size_t index, const char *text)
{
    if (text == NULL)
        return true;
    change->text[index] = strdup(text);
    return change->text[index] != NULL;
}

static void set_hex(char *out, size_t size, const char *hex)
{
    snprintf(out, size, "%s", hex == NULL ? "" : hex);
}

bool gls_db_batch_add_intent(struct gls_db_batch *batch, const struct gls_intent *intent)
{
    struct gls_change *change = add(batch, GLS_CHANGE_ADD_INTENT);

    if (change == NULL)
        return false;
    change->intent_kind = intent->kind;
    return keep_if(batch, set_file(change, &intent->file) &&
                              set_text(change, 0, intent->tmp_path) &&
                              set_text(change, 1, intent->old_path));
}

bool gls_db_batch_put_file(struct gls_db_batch *batch, const struct gls_stored_file *file,
                           const char *tmp_path, const char *action, const char *from)
{
    struct gls_change *change = add(batch, GLS_CHANGE_PUT_FILE);

    if (change == NULL)
        return false;
    return keep_if(batch, set_file(change, file) && set_text(change, 0, tmp_path) &&
                              set_text(change, 1, action) && set_text(change, 2, from));
}

/* Appends a change that is nothing but texts. */
static bool add_texts(struct gls_db_batch *batch, enum gls_change_kind kind,
                      const char *const texts[4])
{
    struct gls_change *change = add(batch, kind);
    bool ok = change != NULL;

    for (size_t i = 0; ok && i < 4; i++)
        ok = set_text(change, i, texts[i]);
    return change != NULL && keep_if(batch, ok);
}

static bool add_by_id(struct gls_db_batch *batch, enum gls_change_kind kind, int64_t id)
{
    struct gls_change *change = add(batch, kind);

    if (change != NULL)
        change->id = id;
    return change != NULL;
}

bool gls_db_batch_drop_intent(struct gls_db_batch *batch, int64_t intent_id)
{
    return add_by_id(batch, GLS_CHANGE_DROP_INTENT, intent_id);
}

bool gls_db_batch_drop_intent_of(struct gls_db_batch *batch, const char *tmp_path, const char *path)
{
    return add_texts(batch, GLS_CHANGE_DROP_INTENT_OF, (const char *[4]){tmp_path, path});
}

bool gls_db_batch_remove_file(struct gls_db_batch *batch, int64_t file_id)
{
    return add_by_id(batch, GLS_CHANGE_REMOVE_FILE, file_id);
}

bool gls_db_batch_set_checked(struct gls_db_batch *batch, const struct gls_stored_file *file)
{
    struct gls_change *change = add(batch, GLS_CHANGE_SET_CHECKED);

    if (change == NULL)
        return false;
    change->file.id = file->id;
    change->file.checked_s = file->checked_s;
    change->file.essence_version = file->essence_version;
    memcpy(change->file.essence_xxh128, file->essence_xxh128, sizeof file->essence_xxh128);
    memcpy(change->file.stored_xxh128, file->stored_xxh128, sizeof file->stored_xxh128);
    return true;
}

bool gls_db_batch_log(struct gls_db_batch *batch, const struct gls_action *action)
{
    struct gls_change *change = add(batch, GLS_CHANGE_LOG);

    if (change == NULL)
        return false;
    change->id = action->run_id;
    set_hex(change->source_sha256, sizeof change->source_sha256, action->source_sha256);
    set_hex(change->stored_xxh128, sizeof change->stored_xxh128, action->stored_xxh128);
    return keep_if(batch,
                   set_text(change, 0, action->action) && set_text(change, 1, action->from) &&
                       set_text(change, 2, action->to) && set_text(change, 3, action->reason));
}

bool gls_db_batch_keep_place(struct gls_db_batch *batch, const struct gls_place *place)
{
    struct gls_change *change = add(batch, GLS_CHANGE_KEEP_PLACE);

    if (change != NULL)
        change->place = *place;
    return change != NULL;
}

bool gls_db_batch_set_setting(struct gls_db_batch *batch, const char *name, const char *value)
{
    return add_texts(batch, GLS_CHANGE_SET_SETTING, (const char *[4]){name, value});
}

bool gls_db_batch_put_elodie_hash(struct gls_db_batch *batch, const char *sha256, const char *path)
{
    struct gls_change *change = add(batch, GLS_CHANGE_PUT_ELODIE_HASH);

    if (change == NULL)
        return false;
    set_hex(change->source_sha256, sizeof change->source_sha256, sha256);
    return keep_if(batch, set_text(change, 0, path));
}

/* The same, whose first text is an album's name. */
static bool add_album_texts(struct gls_db_batch *batch, enum gls_change_kind kind,
                            const char *const texts[4])
{
    return add_texts(batch, kind, texts) &&
           keep_if(batch, compose(&batch->changes[batch->count - 1]->text[0]));
}

bool gls_db_batch_put_album(struct gls_db_batch *batch, const struct gls_album *album)
{
    return add_album_texts(
        batch, GLS_CHANGE_PUT_ALBUM,
        (const char *[4]){album->name, album->title, album->description, album->date});
}

bool gls_db_batch_add_to_album(struct gls_db_batch *batch, const char *album, const char *path)
{
    return add_album_texts(batch, GLS_CHANGE_ADD_TO_ALBUM, (const char *[4]){album, path});
}

bool gls_db_batch_remove_from_album(struct gls_db_batch *batch, const char *album, const char *path)
{
    return add_album_texts(batch, GLS_CHANGE_REMOVE_FROM_ALBUM, (const char *[4]){album, path});
}

bool gls_db_batch_forget_album_changes(struct gls_db_batch *batch, const char *path)
{
    return add_texts(batch, GLS_CHANGE_FORGET_ALBUM_CHANGES, (const char *[4]){path});
}

bool gls_db_batch_add_outbox(struct gls_db_batch *batch, const struct gls_outbox_item *item)
{
    if (!add_texts(batch, GLS_CHANGE_ADD_OUTBOX,
                   (const char *[4]){item->plugin, item->hook, item->file_key, item->payload}))
        return false;
    batch->changes[batch->count - 1]->id = item->file_id;
    return true;
}

bool gls_db_batch_set_outbox(struct gls_db_batch *batch, const struct gls_outbox_item *item)
{
    if (!add_texts(batch, GLS_CHANGE_SET_OUTBOX, (const char *[4]){item->last_error, item->hook}))
        return false;
    struct gls_change *change = batch->changes[batch->count - 1];
    change->id = item->id;
    change->number[0] = item->attempts;
    change->number[1] = item->next_try_s;
    change->number[2] = item->state;
    return true;
}

bool gls_db_batch_remove_outbox(struct gls_db_batch *batch, int64_t id)
{
    return add_by_id(batch, GLS_CHANGE_REMOVE_OUTBOX, id);
}

bool gls_db_batch_retry_outbox(struct gls_db_batch *batch, const char *plugin)
{
    return add_texts(batch, GLS_CHANGE_RETRY_OUTBOX, (const char *[4]){plugin});
}

bool gls_db_batch_drop_outbox(struct gls_db_batch *batch, const char *plugin)
{
    return add_texts(batch, GLS_CHANGE_DROP_OUTBOX, (const char *[4]){plugin});
}

bool gls_db_batch_clear_subscriptions(struct gls_db_batch *batch)
{
    return add(batch, GLS_CHANGE_CLEAR_SUBSCRIPTIONS) != NULL;
}

bool gls_db_batch_subscribe(struct gls_db_batch *batch, const char *plugin, const char *hook)
{
    return add_texts(batch, GLS_CHANGE_SUBSCRIBE, (const char *[4]){plugin, hook});
}

bool gls_db_batch_set_plugin_value(struct gls_db_batch *batch, const char *plugin, const char *key,
                                   const char *value)
{
    return add_texts(batch, GLS_CHANGE_SET_PLUGIN_VALUE, (const char *[4]){plugin, key, value});
}

bool gls_db_batch_add_metadata(struct gls_db_batch *batch, const struct gls_stored_file *file)
{
    struct gls_change *change = add(batch, GLS_CHANGE_ADD_METADATA);

    return change != NULL && keep_if(batch, set_file(change, file));
}

bool gls_db_batch_join_unit(struct gls_db_batch *batch, const char *path, int64_t unit_id)
{
    if (!add_texts(batch, GLS_CHANGE_JOIN_UNIT, (const char *[4]){path}))
        return false;
    batch->changes[batch->count - 1]->id = unit_id;
    return true;
}
