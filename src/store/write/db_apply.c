/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "store/library/file_row.h"
#include "store/write/db_batch.h"

static bool apply_add_intent(struct gls_db *db, const struct gls_change *change,
                             struct gls_error *error)
{
    sqlite3_stmt *statement = gls_db_take(db, GLS_QUERY_ADD_INTENT, error);

    if (statement == NULL)
        return false;
    gls_file_row_bind(statement, &change->file);
    sqlite3_bind_int(statement, GLS_FILE_COLUMNS + 1, (int)change->intent_kind);
    gls_bind_bytes(statement, GLS_FILE_COLUMNS + 2, change->text[0]);
    gls_bind_bytes(statement, GLS_FILE_COLUMNS + 3, change->text[1]);
    return gls_db_finish(db, GLS_QUERY_ADD_INTENT, statement, error);
}

/* Runs a statement whose only parameters are a path and perhaps a number. */
static bool run_with_path(struct gls_db *db, enum gls_query query, const char *path, int64_t number,
                          struct gls_error *error)
{
    sqlite3_stmt *statement = gls_db_take(db, query, error);

    if (statement == NULL)
        return false;
    gls_bind_bytes(statement, 1, path);
    if (sqlite3_bind_parameter_count(statement) > 1)
        sqlite3_bind_int64(statement, 2, number);
    return gls_db_finish(db, query, statement, error);
}

static bool run_with_id(struct gls_db *db, enum gls_query query, int64_t id,
                        struct gls_error *error)
{
    sqlite3_stmt *statement = gls_db_take(db, query, error);

    if (statement == NULL)
        return false;
    sqlite3_bind_int64(statement, 1, id);
    return gls_db_finish(db, query, statement, error);
}

static bool add_action(struct gls_db *db, const struct gls_action *action, int64_t input,
                       struct gls_error *error)
{
    sqlite3_stmt *statement = gls_db_take(db, GLS_QUERY_ADD_ACTION, error);

    if (statement == NULL)
        return false;
    sqlite3_bind_int64(statement, 1, action->run_id);
    gls_bind_text(statement, 2, action->action);
    gls_bind_bytes(statement, 3, action->from);
    gls_bind_bytes(statement, 4, action->to);
    gls_bind_hex(statement, 5, action->source_sha256, 32);
    gls_bind_hex(statement, 6, action->stored_xxh128, 16);
    gls_bind_text(statement, 7, action->reason);
    sqlite3_bind_int64(statement, 8, input);
    return gls_db_finish(db, GLS_QUERY_ADD_ACTION, statement, error);
}

/* Runs a statement whose parameters are a file's row, with the id that it has. */
static bool run_with_row(struct gls_db *db, enum gls_query query,
                         const struct gls_stored_file *file, int64_t id, struct gls_error *error)
{
    sqlite3_stmt *statement = gls_db_take(db, query, error);

    if (statement == NULL)
        return false;
    gls_file_row_bind(statement, file);
    sqlite3_bind_int64(statement, 1, id);
    return gls_db_finish(db, query, statement, error);
}

static bool find_id(int64_t *out, struct gls_db *db, const char *path, struct gls_error *error)
{
    sqlite3_stmt *statement = gls_db_take(db, GLS_QUERY_FILE_ID, error);
    bool row = false;

    if (statement == NULL)
        return false;
    gls_bind_bytes(statement, 1, path);
    bool ok = gls_db_step(db, statement, &row, error);
    *out = row ? sqlite3_column_int64(statement, 0) : 0;
    gls_db_put_back(db, GLS_QUERY_FILE_ID, statement);
    return ok;
}

/* Writes the row of that id; *out is the id, or 0 if there is none. */
static bool update_row(int64_t *out, struct gls_db *db, const struct gls_stored_file *file,
                       int64_t id, struct gls_error *error)
{
    static const enum gls_query queries[] = {GLS_QUERY_UPDATE_STORED, GLS_QUERY_UPDATE_FILE};
    bool ok = true;

    *out = 0;
    for (size_t i = 0; ok && *out == 0 && i < sizeof queries / sizeof *queries; i++) {
        ok = run_with_row(db, queries[i], file, id, error);
        *out = ok && sqlite3_changes(gls_db_sqlite(db)) > 0 ? id : 0;
    }
    return ok;
}

/* Adds the row, or writes the one of its path. For one statement of both (DO UPDATE), and for one
 * that hands out the id (RETURNING), SQLite would keep what each page held before it, and make a
 * table of its own. */
static bool put_row(int64_t *out, struct gls_db *db, const struct gls_stored_file *file,
                    struct gls_error *error)
{
    if (!run_with_row(db, GLS_QUERY_PUT_FILE, file, 0, error))
        return false;
    *out = sqlite3_last_insert_rowid(gls_db_sqlite(db));
    return sqlite3_changes(gls_db_sqlite(db)) > 0 ||
           (find_id(out, db, file->path, error) && update_row(out, db, file, *out, error));
}

/* Runs a statement whose parameters are the change's texts. `blob`: the one of them,
 * from 1, that is bound as bytes, as paths are; 0: none. */
static bool run_with_texts(struct gls_db *db, enum gls_query query, char *const texts[4], int blob,
                           struct gls_error *error)
{
    sqlite3_stmt *statement = gls_db_take(db, query, error);

    if (statement == NULL)
        return false;
    for (int i = 1; i <= sqlite3_bind_parameter_count(statement); i++)
        (i == blob ? gls_bind_bytes : gls_bind_text)(statement, i, texts[i - 1]);
    return gls_db_finish(db, query, statement, error);
}

static bool add_to_album(struct gls_db *db, char *const texts[4], struct gls_error *error)
{
    return run_with_texts(db, GLS_QUERY_NAME_ALBUM, texts, 0, error) &&
           run_with_texts(db, GLS_QUERY_ADD_MEMBER, texts, 2, error);
}

/* The same, to be written into the file, too (gls_reader_files_of_album_changes()). */
static bool join_album(struct gls_db *db, char *const texts[4], struct gls_error *error)
{
    return run_with_texts(db, GLS_QUERY_NOTE_JOINED, texts, 2, error) &&
           add_to_album(db, texts, error);
}

typedef bool add_function(struct gls_db *db, char *const texts[4], struct gls_error *error);

/* Its own album, and what its keywords say. */
static bool join_albums(struct gls_db *db, const struct gls_stored_file *file, add_function *add,
                        struct gls_error *error)
{
    char *names = file->further_albums != NULL ? strdup(file->further_albums) : NULL;
    char *rest = names, *name;
    bool ok = file->album == NULL || file->album[0] == '\0' ||
              add(db, (char *[4]){file->album, file->path}, error);

    if (ok && file->further_albums != NULL && names == NULL)
        ok = gls_fail_memory(error);
    while (ok && (name = strsep(&rest, "\n")) != NULL)
        ok = name[0] == '\0' || add(db, (char *[4]){name, file->path}, error);
    free(names);
    return ok;
}

/* The row's metadata, and its membership in its own album instead of the one before. */
static bool put_metadata(struct gls_db *db, const struct gls_stored_file *file, int64_t id,
                         struct gls_error *error)
{
    return run_with_row(db, GLS_QUERY_LEAVE_OWN_ALBUM, file, id, error) &&
           run_with_row(db, GLS_QUERY_PUT_METADATA, file, id, error) &&
           join_albums(db, file, add_to_album, error);
}

/* A file that was copied has its intent under its temporary name, one that was
 * renamed under its final one. */
static bool drop_intent_of(struct gls_db *db, const char *tmp_path, const char *path,
                           struct gls_error *error)
{
    if (tmp_path != NULL)
        return run_with_path(db, GLS_QUERY_DROP_INTENT_BY_TMP, tmp_path, 0, error);
    return run_with_path(db, GLS_QUERY_DROP_INTENT_BY_PATH, path, 0, error);
}

/* Where the file of a row stood until now, if a plugin wants to know it. */
static bool read_old_path(struct gls_db *db, char **out, int64_t id, struct gls_error *error)
{
    bool row = false;
    sqlite3_stmt *statement = gls_db_take(db, GLS_QUERY_SUBSCRIBED_PATH, error);

    if (statement == NULL)
        return false;
    sqlite3_bind_int64(statement, 1, id);
    bool ok = gls_db_step(db, statement, &row, error);
    if (ok && row)
        ok = gls_column_copy(out, statement, 0) || gls_fail_memory(error);
    gls_db_put_back(db, GLS_QUERY_SUBSCRIBED_PATH, statement);
    return ok;
}

/* {"status":"imported"}; of a row that was there, {"status":"updated","old_path":...},
 * percent-encoded, where the path is another now. */
static char *outbox_payload(const struct gls_stored_file *file, const char *old_path)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;

    gls_strbuf_addf(&text, "{\"status\":\"%s\"", old_path == NULL ? "imported" : "updated");
    if (old_path != NULL && strcmp(old_path, file->path) != 0) {
        char *encoded = gls_percent_encode(old_path, strlen(old_path));
        if (encoded == NULL)
            return NULL;
        gls_strbuf_addf(&text, ",\"old_path\":\"%s\"", encoded);
        free(encoded);
    }
    gls_strbuf_add_str(&text, "}");
    return gls_strbuf_take(&text);
}

/* `texts` are plugin, hook, file_key and payload. */
static bool add_outbox(struct gls_db *db, const char *const texts[4], int64_t file_id,
                       struct gls_error *error)
{
    sqlite3_stmt *statement = gls_db_take(db, GLS_QUERY_ADD_OUTBOX, error);

    if (statement == NULL)
        return false;
    for (int i = 0; i < 4; i++)
        gls_bind_text(statement, i + 1, texts[i]);
    if (file_id != 0)
        sqlite3_bind_int64(statement, 5, file_id);
    return gls_db_finish(db, GLS_QUERY_ADD_OUTBOX, statement, error);
}

/* An item for each plugin that has subscribed, in the commit that records the file. One
 * INSERT of them all would have SQLite keep what every page held before it. */
static bool queue_file(struct gls_db *db, const struct gls_stored_file *file, int64_t id,
                       const char *old_path, struct gls_error *error)
{
    char key[160], *payload = NULL;
    bool row = true;
    sqlite3_stmt *statement = gls_db_take(db, GLS_QUERY_SUBSCRIPTIONS, error);
    bool ok = statement != NULL;

    snprintf(key, sizeof key, "%s-%lld-%lld",
             file->source_sha256[0] != '\0' ? file->source_sha256 : file->stored_xxh128,
             (long long)file->run_id, (long long)id);
    while (ok && (ok = gls_db_step(db, statement, &row, error)) && row) {
        if (payload == NULL)
            payload = outbox_payload(file, old_path);
        const char *texts[4] = {(const char *)sqlite3_column_text(statement, 0),
                                (const char *)sqlite3_column_text(statement, 1), key, payload};
        ok = (payload != NULL || gls_fail_memory(error)) && add_outbox(db, texts, id, error);
    }
    gls_db_put_back(db, GLS_QUERY_SUBSCRIPTIONS, statement);
    free(payload);
    return ok;
}

static bool apply_put_file(struct gls_db *db, const struct gls_change *change,
                           struct gls_error *error)
{
    const struct gls_stored_file *file = &change->file;
    char *old_path = NULL;
    int64_t id = 0;
    bool ok = file->id == 0 || read_old_path(db, &old_path, file->id, error);

    if (ok && file->id != 0)
        ok = run_with_path(db, GLS_QUERY_CLEAR_PATH, file->path, file->id, error) &&
             update_row(&id, db, file, file->id, error);
    if (ok && id == 0)
        ok = put_row(&id, db, file, error);
    ok = ok && put_metadata(db, file, id, error);
    ok = ok && drop_intent_of(db, change->text[0], file->path, error);
    if (ok && change->text[1] != NULL)
        ok = add_action(db,
                        &(struct gls_action){.run_id = file->run_id,
                                             .action = change->text[1],
                                             .from = change->text[2],
                                             .to = file->path,
                                             .source_sha256 = file->source_sha256,
                                             .stored_xxh128 = file->stored_xxh128},
                        change->input, error) &&
             queue_file(db, file, id, old_path, error);
    free(old_path);
    return ok;
}

static bool apply_log(struct gls_db *db, const struct gls_change *change, struct gls_error *error)
{
    return add_action(db,
                      &(struct gls_action){.run_id = change->id,
                                           .action = change->text[0],
                                           .from = change->text[1],
                                           .to = change->text[2],
                                           .source_sha256 = change->source_sha256,
                                           .stored_xxh128 = change->stored_xxh128,
                                           .reason = change->text[3]},
                      change->input, error);
}

static bool apply_keep_place(struct gls_db *db, const struct gls_place *place,
                             struct gls_error *error)
{
    sqlite3_stmt *statement = gls_db_take(db, GLS_QUERY_KEEP_PLACE, error);

    if (statement == NULL)
        return false;
    sqlite3_bind_double(statement, 1, place->latitude);
    sqlite3_bind_double(statement, 2, place->longitude);
    gls_bind_text(statement, 3, place->city);
    gls_bind_text(statement, 4, place->state);
    gls_bind_text(statement, 5, place->country);
    gls_bind_text(statement, 6, place->country_code);
    gls_bind_text(statement, 7, place->time_zone);
    sqlite3_bind_int64(statement, 8, (sqlite3_int64)place->population);
    return gls_db_finish(db, GLS_QUERY_KEEP_PLACE, statement, error);
}

static bool apply_set_outbox(struct gls_db *db, const struct gls_change *change,
                             struct gls_error *error)
{
    sqlite3_stmt *statement = gls_db_take(db, GLS_QUERY_SET_OUTBOX, error);

    if (statement == NULL)
        return false;
    sqlite3_bind_int64(statement, 1, change->id);
    sqlite3_bind_int64(statement, 2, change->number[0]);
    sqlite3_bind_int64(statement, 3, change->number[1]);
    gls_bind_text(statement, 4, change->text[0]);
    sqlite3_bind_int64(statement, 5, change->number[2]);
    gls_bind_text(statement, 6, change->text[1]);
    return gls_db_finish(db, GLS_QUERY_SET_OUTBOX, statement, error);
}

static bool apply_elodie_hash(struct gls_db *db, const struct gls_change *change,
                              struct gls_error *error)
{
    sqlite3_stmt *statement = gls_db_take(db, GLS_QUERY_PUT_ELODIE_HASH, error);

    if (statement == NULL)
        return false;
    gls_bind_hex(statement, 1, change->source_sha256, 32);
    gls_bind_bytes(statement, 2, change->text[0]);
    return gls_db_finish(db, GLS_QUERY_PUT_ELODIE_HASH, statement, error);
}

static bool add_metadata(struct gls_db *db, const struct gls_stored_file *file,
                         struct gls_error *error)
{
    return run_with_row(db, GLS_QUERY_KEEP_FURTHER, file, 0, error) &&
           run_with_row(db, GLS_QUERY_ADD_METADATA, file, 0, error) &&
           join_albums(db, file, join_album, error);
}

static bool join_unit(struct gls_db *db, const char *path, int64_t unit_id, struct gls_error *error)
{
    static const enum gls_query steps[] = {GLS_QUERY_JOIN_UNIT, GLS_QUERY_FOLLOW_UNIT,
                                           GLS_QUERY_JOIN_INTENT, GLS_QUERY_FOLLOW_INTENT};
    bool ok = true;

    for (size_t i = 0; ok && i < sizeof steps / sizeof *steps; i++)
        ok = run_with_path(db, steps[i], path, unit_id, error);
    return ok;
}

static bool apply_change(struct gls_db *db, const struct gls_change *change,
                         struct gls_error *error)
{
    switch (change->kind) {
    case GLS_CHANGE_ADD_INTENT:
        return apply_add_intent(db, change, error);
    case GLS_CHANGE_PUT_FILE:
        return apply_put_file(db, change, error);
    case GLS_CHANGE_DROP_INTENT:
        return run_with_id(db, GLS_QUERY_DROP_INTENT, change->id, error);
    case GLS_CHANGE_DROP_INTENT_OF:
        return drop_intent_of(db, change->text[0], change->text[1], error);
    case GLS_CHANGE_REMOVE_FILE:
        return run_with_id(db, GLS_QUERY_REMOVE_FILE, change->id, error);
    case GLS_CHANGE_SET_CHECKED:
        return run_with_row(db, GLS_QUERY_SET_CHECKED, &change->file, change->file.id, error);
    case GLS_CHANGE_LOG:
        return apply_log(db, change, error);
    case GLS_CHANGE_KEEP_PLACE:
        return apply_keep_place(db, &change->place, error);
    case GLS_CHANGE_SET_SETTING:
        return run_with_texts(
            db, change->text[1] == NULL ? GLS_QUERY_UNSET_SETTING : GLS_QUERY_SET_SETTING,
            change->text, 0, error);
    case GLS_CHANGE_PUT_ELODIE_HASH:
        return apply_elodie_hash(db, change, error);
    case GLS_CHANGE_ADD_METADATA:
        return add_metadata(db, &change->file, error);
    case GLS_CHANGE_JOIN_UNIT:
        return join_unit(db, change->text[0], change->id, error);
    case GLS_CHANGE_PUT_ALBUM:
        return run_with_texts(db, GLS_QUERY_PUT_ALBUM, change->text, 0, error);
    case GLS_CHANGE_ADD_TO_ALBUM:
        return join_album(db, change->text, error);
    case GLS_CHANGE_REMOVE_FROM_ALBUM:
        return run_with_texts(db, GLS_QUERY_NOTE_LEFT, change->text, 2, error) &&
               run_with_texts(db, GLS_QUERY_REMOVE_MEMBER, change->text, 2, error);
    case GLS_CHANGE_FORGET_ALBUM_CHANGES:
        return run_with_path(db, GLS_QUERY_FORGET_ALBUM_CHANGES, change->text[0], 0, error);
    case GLS_CHANGE_ADD_OUTBOX:
        return add_outbox(db, (const char *const *)change->text, change->id, error);
    case GLS_CHANGE_SET_OUTBOX:
        return apply_set_outbox(db, change, error);
    case GLS_CHANGE_REMOVE_OUTBOX:
        return run_with_id(db, GLS_QUERY_REMOVE_OUTBOX, change->id, error);
    case GLS_CHANGE_RETRY_OUTBOX:
        return run_with_texts(db, GLS_QUERY_RETRY_OUTBOX, change->text, 0, error);
    case GLS_CHANGE_DROP_OUTBOX:
        return run_with_texts(db, GLS_QUERY_DROP_OUTBOX, change->text, 0, error);
    case GLS_CHANGE_CLEAR_SUBSCRIPTIONS:
        return run_with_texts(db, GLS_QUERY_CLEAR_SUBSCRIPTIONS, change->text, 0, error);
    case GLS_CHANGE_SUBSCRIBE:
        return run_with_texts(db, GLS_QUERY_SUBSCRIBE, change->text, 0, error);
    case GLS_CHANGE_SET_PLUGIN_VALUE:
        return run_with_texts(db,
                              change->text[2] == NULL ? GLS_QUERY_REMOVE_PLUGIN_VALUE
                                                      : GLS_QUERY_PUT_PLUGIN_VALUE,
                              change->text, 0, error);
    }
    return gls_fail(error, GLS_ERROR_INTERNAL, "unknown kind of change %d", (int)change->kind);
}

bool gls_db_batch_apply(struct gls_db *db, const struct gls_db_batch *batch,
                        struct gls_error *error)
{
    bool ok = true;

    for (size_t i = 0; ok && i < batch->count; i++)
        ok = apply_change(db, batch->changes[i], error);
    return ok;
}
