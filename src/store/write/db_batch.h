/* SPDX-License-Identifier: MIT */
/* db_batch - the inside of a batch of changes, shared by its builder (db_batch.c)
 * and the writer that applies it (db_apply.c). */
#ifndef GLS_STORE_WRITE_DB_BATCH_H
#define GLS_STORE_WRITE_DB_BATCH_H

#include "store/library/db_handle.h"
#include "store/write/db_writer.h"

enum gls_change_kind {
    GLS_CHANGE_ADD_INTENT,
    GLS_CHANGE_PUT_FILE,
    GLS_CHANGE_DROP_INTENT,
    GLS_CHANGE_DROP_INTENT_OF,
    GLS_CHANGE_REMOVE_FILE,
    GLS_CHANGE_SET_CHECKED,
    GLS_CHANGE_LOG,
    GLS_CHANGE_KEEP_PLACE,
    GLS_CHANGE_SET_SETTING,
    GLS_CHANGE_PUT_ELODIE_HASH,
    GLS_CHANGE_ADD_METADATA,
    GLS_CHANGE_JOIN_UNIT,
    GLS_CHANGE_PUT_ALBUM,
    GLS_CHANGE_ADD_TO_ALBUM,
    GLS_CHANGE_REMOVE_FROM_ALBUM,
    GLS_CHANGE_FORGET_ALBUM_CHANGES,
    GLS_CHANGE_ADD_OUTBOX,
    GLS_CHANGE_SET_OUTBOX,
    GLS_CHANGE_REMOVE_OUTBOX,
    GLS_CHANGE_RETRY_OUTBOX,
    GLS_CHANGE_DROP_OUTBOX,
    GLS_CHANGE_CLEAR_SUBSCRIPTIONS,
    GLS_CHANGE_SUBSCRIBE,
    GLS_CHANGE_SET_PLUGIN_VALUE
};

/* One change. Which members mean something depends on the kind; all strings are
 * the batch's. */
struct gls_change {
    enum gls_change_kind kind;
    int64_t input;     /* see gls_db_batch_set_input() */
    int64_t id;        /* DROP_INTENT, REMOVE_FILE, SET_OUTBOX, REMOVE_OUTBOX; LOG: the run;
                          ADD_OUTBOX: the file, or 0; JOIN_UNIT: the unit */
    int64_t number[3]; /* SET_OUTBOX: attempts, next_try_s, state */
    enum gls_intent_kind intent_kind;
    struct gls_stored_file file; /* ADD_INTENT, PUT_FILE, SET_CHECKED, ADD_METADATA */
    struct gls_place place;
    char *text[4];          /* PUT_FILE: tmp_path, action, from; ADD_INTENT: tmp_path, old_path;
                               LOG: action, from, to, reason; SET_SETTING: name, value;
                               PUT_ELODIE_HASH: path; PUT_ALBUM: name, title, description,
                               date; ADD_TO_ALBUM, REMOVE_FROM_ALBUM: album, path;
                               FORGET_ALBUM_CHANGES, JOIN_UNIT: path;
                               ADD_OUTBOX: plugin, hook, file_key, payload; SET_OUTBOX:
                               last_error, hook; RETRY_OUTBOX, DROP_OUTBOX: plugin;
                               SUBSCRIBE: plugin, hook; SET_PLUGIN_VALUE: plugin, key, value */
    char source_sha256[65]; /* LOG, PUT_ELODIE_HASH */
    char stored_xxh128[33]; /* LOG */
};

struct gls_db_batch {
    struct gls_change **changes;
    size_t count;
    size_t space;
    int64_t input; /* of what is added next */
};

/* Applies the changes within the open transaction of the writer's connection. */
bool gls_db_batch_apply(struct gls_db *db, const struct gls_db_batch *batch,
                        struct gls_error *error);

#endif
