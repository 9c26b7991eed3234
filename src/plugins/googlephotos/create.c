/* SPDX-License-Identifier: MIT */
#include "plugins/googlephotos/create.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "plugins/googlephotos/album.h"

/* Codes of google.rpc.Code, in the status of an item. */
enum {
    CODE_OK = 0,
    CODE_INVALID_ARGUMENT = 3,
    CODE_NOT_FOUND = 5,
    CODE_ALREADY_EXISTS = 6,
    CODE_PERMISSION_DENIED = 7,
    CODE_RESOURCE_EXHAUSTED = 8,
    CODE_FAILED_PRECONDITION = 9,
    CODE_OUT_OF_RANGE = 11,
    CODE_UNIMPLEMENTED = 12
};
enum { STATUS_BAD_REQUEST = 400, STATUS_NOT_FOUND = 404, WHY_SIZE = 300 };
/* In bytes; the service takes so many characters. */
enum { DESCRIPTION_MAX = 1000 };

/* A call on its way: some files of the group, all of one album. */
struct creation {
    struct gls_google *google;
    struct gls_google_group *group;
    size_t limit; /* files a call; 1 where a call of more was refused as a whole */
    bool has_renewed_album;
    const char *album; /* title; NULL: none */
    struct gls_google_file *files[GLS_GOOGLE_ITEMS_MAX];
    size_t count;
    struct gls_google_answer answer;
};

/* ---- What is remembered ------------------------------------------------------------------ */

bool gls_google_has(struct gls_plugin_host *host, const char *sha256)
{
    char key[GLS_GOOGLE_KEY_SIZE];

    gls_google_key(key, "file", sha256);
    char *item = host->get(host, key);
    bool has = item != NULL;
    free(item);
    return has;
}

void gls_google_keep_tokens(const struct gls_google_group *group, struct gls_plugin_host *host)
{
    char keys[GLS_GOOGLE_ITEMS_MAX][GLS_GOOGLE_KEY_SIZE];
    struct gls_plugin_value values[GLS_GOOGLE_ITEMS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < group->count; i++) {
        const struct gls_google_file *file = &group->files[i];
        char *text = file->record != NULL && file->token != NULL && file->is_fresh
                         ? gls_google_token_value(file)
                         : NULL;
        if (text == NULL)
            continue;
        gls_google_key(keys[count], "token", file->sha256);
        values[count] = (struct gls_plugin_value){keys[count], text};
        count++;
    }
    if (count > 0)
        host->put(host, values, count);
    for (size_t i = 0; i < count; i++)
        free((char *)values[i].value);
}

/* The items of one call, and their tokens gone, in one commit. */
static bool remember(struct gls_plugin_host *host, struct gls_google_file *const *made,
                     const char *const *items, size_t count, struct gls_error *error)
{
    char keys[2 * GLS_GOOGLE_ITEMS_MAX][GLS_GOOGLE_KEY_SIZE];
    struct gls_plugin_value values[2 * GLS_GOOGLE_ITEMS_MAX];

    for (size_t i = 0; i < count; i++) {
        gls_google_key(keys[2 * i], "file", made[i]->sha256);
        gls_google_key(keys[2 * i + 1], "token", made[i]->sha256);
        values[2 * i] = (struct gls_plugin_value){keys[2 * i], items[i]};
        values[2 * i + 1] = (struct gls_plugin_value){keys[2 * i + 1], NULL};
    }
    return count == 0 || host->put(host, values, 2 * count) ||
           gls_fail(error, GLS_ERROR_LIBRARY, "what was uploaded could not be kept");
}

void gls_google_finish(struct gls_google_group *group, struct gls_google_file *file,
                       struct gls_google *google, enum gls_plugin_result result, const char *why)
{
    struct gls_plugin_host *host = google->asker.host;

    host->finish(host, file->record, result, why);
    file->record = NULL;
    free(file->token);
    file->token = NULL;
    group->done++;
    group->failures_in_row = result == GLS_PLUGIN_ERROR ? group->failures_in_row + 1 : 0;
    host->progress(host, group->done, group->done + host->queued(host));
}

static void drop_finished(struct gls_google_group *group)
{
    size_t left = 0;

    for (size_t i = 0; i < group->count; i++) {
        if (group->files[i].record != NULL)
            group->files[left++] = group->files[i];
    }
    group->count = left;
}

/* ---- The request --------------------------------------------------------------------------- */

static bool is_same_album(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The first file, and those that go into the same album. */
static void choose(struct creation *creation)
{
    struct gls_google_group *group = creation->group;

    creation->album = group->files[0].record->album;
    creation->count = 0;
    for (size_t i = 0; i < group->count && creation->count < creation->limit; i++) {
        if (is_same_album(group->files[i].record->album, creation->album))
            creation->files[creation->count++] = &group->files[i];
    }
}

static json_t *item_of(const struct gls_google_file *file)
{
    const char *base = gls_path_base(file->record->destination);
    char *name = gls_utf8_make_valid(base, strlen(base));
    json_t *item = name != NULL ? json_pack("{s:{s:s, s:s}}", "simpleMediaItem", "uploadToken",
                                            file->token, "fileName", name)
                                : NULL;

    if (item != NULL && file->record->title != NULL)
        json_object_set_new(item, "description",
                            json_stringn(file->record->title,
                                         gls_google_cut(file->record->title, DESCRIPTION_MAX)));
    free(name);
    return item;
}

/* NULL: no memory. */
static json_t *body_of(const struct creation *creation, const char *album_id)
{
    json_t *items = json_array(), *body = json_object();
    bool ok = album_id == NULL || json_object_set_new(body, "albumId", json_string(album_id)) == 0;

    for (size_t i = 0; ok && i < creation->count; i++)
        ok = json_array_append_new(items, item_of(creation->files[i])) == 0;
    if (!ok || json_object_set(body, "newMediaItems", items) != 0) {
        json_decref(body);
        body = NULL;
    }
    json_decref(items);
    return body;
}

/* ---- The answer ------------------------------------------------------------------------------ */

enum item_state { ITEM_MADE, ITEM_AGAIN, ITEM_STALE, ITEM_REFUSED, ITEM_QUOTA };

static enum item_state state_of(const struct gls_google_file *file, const json_t *result)
{
    const json_t *status = json_object_get(result, "status");
    const char *message = gls_google_text(status, "message");
    bool has_item = json_is_object(json_object_get(result, "mediaItem"));

    switch (json_integer_value(json_object_get(status, "code"))) {
    case CODE_OK:
        /* "Success" of photos, "OK" of videos. */
        return has_item || (message != NULL &&
                            (strcmp(message, "Success") == 0 || strcmp(message, "OK") == 0))
                   ? ITEM_MADE
                   : ITEM_AGAIN;
    case CODE_ALREADY_EXISTS: /* the same bytes: it is there */
        return ITEM_MADE;
    case CODE_RESOURCE_EXHAUSTED:
        return ITEM_QUOTA;
    case CODE_INVALID_ARGUMENT:
    case CODE_NOT_FOUND:
    case CODE_PERMISSION_DENIED:
    case CODE_FAILED_PRECONDITION:
    case CODE_OUT_OF_RANGE:
    case CODE_UNIMPLEMENTED:
        /* A token of an earlier run may have ended; a new one says more. */
        return file->is_fresh ? ITEM_REFUSED : ITEM_STALE;
    default:
        return ITEM_AGAIN;
    }
}

static const json_t *result_of(const json_t *json, const char *token)
{
    const json_t *result;
    size_t index;

    json_array_foreach(json_object_get(json, "newMediaItemResults"), index, result)
    {
        const char *said = gls_google_text(result, "uploadToken");
        if (said != NULL && strcmp(said, token) == 0)
            return result;
    }
    return NULL;
}

static void put_why(char why[WHY_SIZE], const struct gls_google_file *file, const json_t *result)
{
    const json_t *status = json_object_get(result, "status");
    const char *message = gls_google_text(status, "message");
    char quoted[WHY_SIZE - 64] = "";

    if (message != NULL)
        gls_google_quote(quoted, sizeof quoted, message, file->token);
    snprintf(why, WHY_SIZE, "the service makes no item of it (code %lld%s%s)",
             (long long)json_integer_value(json_object_get(status, "code")),
             quoted[0] != '\0' ? ": " : "", quoted);
}

/* Keeps what was made, before anything else is done about the answer. */
static bool take_made(struct creation *creation, const json_t *json, struct gls_error *error)
{
    struct gls_google_file *made[GLS_GOOGLE_ITEMS_MAX];
    const char *items[GLS_GOOGLE_ITEMS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < creation->count; i++) {
        const json_t *result = result_of(json, creation->files[i]->token);
        if (state_of(creation->files[i], result) != ITEM_MADE)
            continue;
        const char *id = gls_google_text(json_object_get(result, "mediaItem"), "id");
        made[count] = creation->files[i];
        items[count++] = id != NULL ? id : "";
    }
    if (!remember(creation->google->asker.host, made, items, count, error))
        return false;
    for (size_t i = 0; i < count; i++)
        gls_google_finish(creation->group, made[i], creation->google, GLS_PLUGIN_OK, NULL);
    return true;
}

/* One whose time is over is uploaded anew, and stays in the group. */
static enum gls_google_outcome renew(struct creation *creation, struct gls_google_file *file,
                                     struct gls_error *error)
{
    gls_google_forget_token(file, creation->google->asker.host);
    enum gls_google_outcome outcome = gls_google_upload(file, creation->google, error);
    if (outcome == GLS_GOOGLE_DONE || outcome == GLS_GOOGLE_STOP)
        return outcome;
    gls_google_finish(creation->group, file, creation->google,
                      outcome == GLS_GOOGLE_REFUSED ? GLS_PLUGIN_REFUSE : GLS_PLUGIN_ERROR,
                      error->message);
    return GLS_GOOGLE_DONE;
}

/* A file that was not made. One that is to be tried again makes *pause at least the number
 * of the pause before that; the first is 1. */
static enum gls_google_outcome take_failed(struct creation *creation, struct gls_google_file *file,
                                           const json_t *result, unsigned *pause,
                                           struct gls_error *error)
{
    char why[WHY_SIZE];

    put_why(why, file, result);
    switch (state_of(file, result)) {
    case ITEM_QUOTA:
        gls_fail(error, GLS_ERROR_IO, "%s", why);
        return GLS_GOOGLE_STOP;
    case ITEM_STALE:
        return renew(creation, file, error);
    case ITEM_REFUSED:
        gls_google_forget_token(file, creation->google->asker.host);
        gls_google_finish(creation->group, file, creation->google, GLS_PLUGIN_REFUSE, why);
        return GLS_GOOGLE_DONE;
    default:
        break;
    }
    gls_fail(error, GLS_ERROR_IO, "%s", why);
    if (++file->attempts > creation->google->asker.retries)
        gls_google_finish(creation->group, file, creation->google, GLS_PLUGIN_ERROR, why);
    else if (file->attempts > *pause)
        *pause = file->attempts;
    return GLS_GOOGLE_DONE;
}

static enum gls_google_outcome take_results(struct creation *creation, const json_t *json,
                                            struct gls_error *error)
{
    enum gls_google_outcome outcome = GLS_GOOGLE_DONE;
    unsigned pause = 0;

    if (!take_made(creation, json, error))
        return GLS_GOOGLE_STOP;
    for (size_t i = 0; outcome == GLS_GOOGLE_DONE && i < creation->count; i++) {
        struct gls_google_file *file = creation->files[i];
        if (file->record != NULL)
            outcome = take_failed(creation, file, result_of(json, file->token), &pause, error);
    }
    if (outcome == GLS_GOOGLE_DONE && pause > 0 &&
        !gls_google_back_off(&creation->google->asker, pause - 1, &creation->answer)) {
        gls_fail(error, GLS_ERROR_CANCELLED, "the run was interrupted");
        outcome = GLS_GOOGLE_STOP;
    }
    return outcome;
}

/* ---- A call ---------------------------------------------------------------------- */

/* Was it the album that was not there? */
static bool lacks_album(const struct creation *creation)
{
    const char *body = gls_strbuf_str(&creation->answer.body);

    return creation->album != NULL && !creation->has_renewed_album &&
           (creation->answer.status == STATUS_NOT_FOUND ||
            (creation->answer.status == STATUS_BAD_REQUEST && strstr(body, "lbum") != NULL));
}

/* A call that was refused as a whole. */
static void take_refusal(struct creation *creation, const struct gls_error *error)
{
    if (lacks_album(creation)) {
        gls_google_album_forget(creation->google->asker.host, creation->album);
        creation->has_renewed_album = true;
    } else if (creation->count > 1) {
        creation->limit = 1; /* which of them was it? */
    } else {
        gls_google_finish(creation->group, creation->files[0], creation->google, GLS_PLUGIN_REFUSE,
                          error->message);
    }
}

static void finish_all(struct creation *creation, const char *why)
{
    for (size_t i = 0; i < creation->count; i++)
        gls_google_finish(creation->group, creation->files[i], creation->google, GLS_PLUGIN_ERROR,
                          why);
}

static enum gls_google_outcome call(struct creation *creation, const char *album_id,
                                    struct gls_error *error)
{
    const struct gls_google_posting posting = {"/v1/mediaItems:batchCreate",
                                               body_of(creation, album_id)};
    json_t *json = NULL;
    enum gls_google_outcome outcome =
        gls_google_post(&creation->answer, &json, creation->google, &posting, error);

    switch (outcome) {
    case GLS_GOOGLE_DONE:
        outcome = take_results(creation, json, error);
        break;
    case GLS_GOOGLE_REFUSED:
        take_refusal(creation, error);
        outcome = GLS_GOOGLE_DONE;
        break;
    case GLS_GOOGLE_AGAIN:
        finish_all(creation, error->message);
        outcome = GLS_GOOGLE_DONE;
        break;
    case GLS_GOOGLE_STOP:
        break;
    }
    json_decref(json);
    return outcome;
}

/* The first file of the group and those of its album. */
static enum gls_google_outcome create_some(struct creation *creation, struct gls_error *error)
{
    char *album_id = NULL;
    enum gls_google_outcome outcome = GLS_GOOGLE_DONE;

    choose(creation);
    if (creation->album != NULL)
        outcome = gls_google_album(&album_id, creation->google, creation->album, error);
    if (outcome == GLS_GOOGLE_DONE) {
        outcome = call(creation, album_id, error);
    } else if (outcome != GLS_GOOGLE_STOP) {
        gls_error_prefix(error, "its album");
        finish_all(creation, error->message);
        outcome = GLS_GOOGLE_DONE;
    }
    drop_finished(creation->group);
    free(album_id);
    return outcome;
}

enum gls_google_outcome gls_google_create(struct gls_google_group *group, struct gls_google *google,
                                          struct gls_error *error)
{
    struct creation creation = {.google = google,
                                .group = group,
                                .limit = GLS_GOOGLE_ITEMS_MAX,
                                .answer = GLS_GOOGLE_ANSWER_INIT};
    enum gls_google_outcome outcome = GLS_GOOGLE_DONE;

    /* Before they are sent: a run that dies sends the same ones again. */
    gls_google_keep_tokens(group, google->asker.host);
    while (outcome == GLS_GOOGLE_DONE && group->count > 0)
        outcome = create_some(&creation, error);
    gls_strbuf_free(&creation.answer.body);
    return outcome;
}
