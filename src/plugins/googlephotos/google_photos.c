/* SPDX-License-Identifier: MIT */
/*
 * GooglePhotos - a plugin that ships: what is filed is uploaded to Google Photos by
 * "glassine batch", through the Library API, version 1, with the scope
 * photoslibrary.appendonly.
 *
 *   http.c                  one POST; libcurl
 *   ask.c                   trying again
 *   auth_file.c auth.c      the files of the configuration; tokens
 *   redirect.c consent.c    a person's leave
 *   service.c               a request with a token
 *   file.c upload.c resumable.c   bytes, for an upload token
 *   album.c create.c        upload tokens, for items
 *   media_type.c            what the service takes
 *
 * import only queues; nothing of it is asked before batch().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/c_locale.h"
#include "base/path.h"
#include "engine/disk/copy.h"
#include "plugins/googlephotos/create.h"

enum { SILENCE_S = 60, RETRIES = 2, RETRIES_MAX = 100, CHUNK_MB = 16, CHUNK_MB_MAX = 1024 };
enum { FAILURES_MAX = 5 };
static const double BACK_OFF_S = 1;
static const char api_address[] = "https://photoslibrary.googleapis.com";

/* ---- The configuration ---------------------------------------------------------------- */

/* The host has checked its own keys; of chunk_mb= what makes no sense is the default. */
static double number_setting(struct gls_plugin_host *host, const char *key, double most,
                             double otherwise)
{
    const char *text = host->setting(host, key);
    char *end = NULL;
    double number = text != NULL ? strtod_l(text, &end, gls_c_locale()) : 0;

    return text != NULL && end != text && *end == '\0' && number >= 0 && number <= most ? number
                                                                                        : otherwise;
}

static bool path_setting(char **out, struct gls_plugin_host *host, const char *key,
                         struct gls_error *error)
{
    const char *text = host->setting(host, key);

    if (text == NULL || text[0] == '\0')
        return gls_fail(error, GLS_ERROR_CONFIG, "[PluginGooglePhotos] %s= is not set", key);
    return gls_path_absolute(out, text, error);
}

/* Without the slash at its end. */
static bool read_api(char **out, struct gls_plugin_host *host, struct gls_error *error)
{
    const char *text = host->setting(host, "api");

    if (text == NULL || text[0] == '\0')
        text = api_address;
    if (!gls_google_address_is_safe(text))
        return gls_fail(error, GLS_ERROR_CONFIG,
                        "[PluginGooglePhotos] api= does not begin with https://");
    size_t size = strlen(text);
    *out = strndup(text, text[size - 1] == '/' ? size - 1 : size);
    return *out != NULL || gls_fail_memory(error);
}

static void google_free(struct gls_google *google)
{
    gls_google_auth_unload(&google->auth);
    free(google->auth.secrets_path);
    free(google->auth.auth_path);
    free(google->api);
    free(google);
}

static bool google_init(void **self, struct gls_plugin_host *host, struct gls_plugin_reply *reply)
{
    struct gls_google *google = calloc(1, sizeof *google);
    struct gls_error error = GLS_ERROR_INIT;
    bool ok = google != NULL || gls_fail_memory(&error);

    ok = ok && path_setting(&google->auth.secrets_path, host, "secrets_file", &error) &&
         path_setting(&google->auth.auth_path, host, "auth_file", &error) &&
         read_api(&google->api, host, &error);
    if (!ok) {
        snprintf(reply->reason, sizeof reply->reason, "%.500s", error.message);
        if (google != NULL)
            google_free(google);
        return false;
    }
    google->asker.host = host;
    google->asker.retries = (unsigned)number_setting(host, "retries", RETRIES_MAX, RETRIES);
    google->asker.backoff_s = number_setting(host, "backoff_s", 3600, BACK_OFF_S);
    google->silence_s = (unsigned)number_setting(host, "timeout_s", 86400, SILENCE_S);
    google->silence_s += google->silence_s == 0;
    google->chunk_size =
        (uint64_t)(number_setting(host, "chunk_mb", CHUNK_MB_MAX, CHUNK_MB) * (1 << 20));
    google->chunk_size += google->chunk_size == 0;
    *self = google;
    return true;
}

static void google_close(void *self, struct gls_plugin_host *host)
{
    (void)host;
    google_free(self);
}

/* ---- After ------------------------------------------------------------------------------ */

/* Photos and videos that the service does not take are told of; sidecars and notes only to
 * who asks. */
static void emit_not_taken(struct gls_plugin_host *host, const struct gls_plugin_record *file,
                           const char *why)
{
    bool is_picture = strcmp(file->kind, "photo") == 0 || strcmp(file->kind, "video") == 0;
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;

    gls_strbuf_addf(&text, "%s is not uploaded: %s", file->destination, why);
    host->log(host, is_picture ? GLS_PLUGIN_DISPLAY : GLS_PLUGIN_LOG, gls_strbuf_str(&text));
}

static enum gls_plugin_result google_after(void *self, struct gls_plugin_host *host,
                                           const struct gls_plugin_record *file,
                                           struct gls_plugin_reply *reply)
{
    (void)self, (void)reply;
    if (gls_google_media_type(file->destination) == NULL) {
        emit_not_taken(host, file, "Google Photos takes no files of this type");
        return GLS_PLUGIN_OK;
    }
    if (file->sha256 != NULL && gls_google_has(host, file->sha256))
        return GLS_PLUGIN_OK; /* it is there; changes of its tags are not sent again */
    return GLS_PLUGIN_KEEP;
}

/* ---- Batch ------------------------------------------------------------------------------- */

/* Hashes the file where the library does not know what it came as. */
static bool put_sha256(struct gls_google_file *file, struct gls_error *error)
{
    struct gls_hash_request request = {.sha256 = file->sha256};
    struct gls_copy_buffers *buffers = NULL;
    bool ok = true;

    if (file->record->sha256 != NULL && strlen(file->record->sha256) < sizeof file->sha256) {
        snprintf(file->sha256, sizeof file->sha256, "%s", file->record->sha256);
    } else {
        buffers = gls_copy_buffers_new();
        ok = buffers != NULL
                 ? gls_hash_file(&request, buffers, file->record->destination, NULL, error)
                 : gls_fail_memory(error);
    }
    gls_copy_buffers_free(buffers);
    return ok;
}

static bool is_in_group(const struct gls_google_group *group, const char *sha256)
{
    for (size_t i = 0; i < group->count; i++) {
        if (strcmp(group->files[i].sha256, sha256) == 0)
            return true;
    }
    return false;
}

static const char *why_not_taken(const struct gls_google_file *file)
{
    if (file->type == NULL)
        return "Google Photos takes no files of this type";
    if (file->record->size_bytes > gls_google_size_max(file->type))
        return file->type->is_video ? "it is larger than the 20 GB that Google Photos takes"
                                    : "it is larger than the 200 MB that Google Photos takes";
    return file->record->size_bytes == 0 ? "it is empty" : NULL;
}

/* What was left queued five times in a row will be for the sixth, too. */
static enum gls_google_outcome check_failures(const struct gls_google_group *group,
                                              struct gls_error *error)
{
    return group->failures_in_row < FAILURES_MAX
               ? GLS_GOOGLE_DONE
               : (gls_error_prefix(error, "%d failures in a row, the last", FAILURES_MAX),
                  GLS_GOOGLE_STOP);
}

/* Uploads a file and puts it into the group, or finishes it. */
static enum gls_google_outcome add_file(struct gls_google_group *group, struct gls_google *google,
                                        struct gls_google_file *file, struct gls_error *error)
{
    enum gls_google_outcome outcome = gls_google_upload(file, google, error);

    if (outcome == GLS_GOOGLE_DONE)
        group->files[group->count++] = *file;
    else if (outcome == GLS_GOOGLE_STOP)
        free(file->token);
    else
        gls_google_finish(group, file, google,
                          outcome == GLS_GOOGLE_REFUSED ? GLS_PLUGIN_REFUSE : GLS_PLUGIN_ERROR,
                          error->message);
    if (outcome == GLS_GOOGLE_REFUSED)
        outcome = GLS_GOOGLE_DONE;
    return outcome == GLS_GOOGLE_AGAIN ? check_failures(group, error) : outcome;
}

static enum gls_google_outcome take_file(struct gls_google_group *group, struct gls_google *google,
                                         const struct gls_plugin_record *record,
                                         struct gls_error *error)
{
    struct gls_google_file file = {.record = record,
                                   .type = gls_google_media_type(record->destination)};
    const char *why = why_not_taken(&file);
    enum gls_google_outcome outcome = GLS_GOOGLE_DONE;

    if (why != NULL) {
        emit_not_taken(google->asker.host, record, why);
        gls_google_finish(group, &file, google, GLS_PLUGIN_OK, NULL);
        return outcome;
    }
    if (!put_sha256(&file, error)) {
        gls_google_finish(group, &file, google, GLS_PLUGIN_ERROR, error->message);
        return check_failures(group, error);
    }
    if (group->count == GLS_GOOGLE_ITEMS_MAX || is_in_group(group, file.sha256)) {
        outcome = gls_google_create(group, google, error);
        if (outcome == GLS_GOOGLE_DONE)
            outcome = check_failures(group, error);
    }
    if (outcome != GLS_GOOGLE_DONE)
        return outcome;
    if (!gls_google_has(google->asker.host, file.sha256))
        return add_file(group, google, &file, error);
    gls_google_finish(group, &file, google, GLS_PLUGIN_OK, NULL);
    return outcome;
}

static enum gls_google_outcome run_queue(struct gls_google *google, struct gls_error *error)
{
    struct gls_plugin_host *host = google->asker.host;
    struct gls_google_group *group = calloc(1, sizeof *group);
    const struct gls_plugin_record *record;
    enum gls_google_outcome outcome = GLS_GOOGLE_DONE;

    if (group == NULL) {
        gls_fail_memory(error);
        return GLS_GOOGLE_STOP;
    }
    while (outcome == GLS_GOOGLE_DONE && (record = host->next(host)) != NULL)
        outcome = take_file(group, google, record, error);
    if (outcome == GLS_GOOGLE_DONE && !host->is_cancelled(host))
        outcome = gls_google_create(group, google, error);
    gls_google_keep_tokens(group, host);
    for (size_t i = 0; i < group->count; i++)
        free(group->files[i].token);
    free(group);
    return outcome;
}

static enum gls_plugin_result google_batch(void *self, struct gls_plugin_host *host,
                                           struct gls_plugin_reply *reply)
{
    struct gls_google *google = self;
    struct gls_error error = GLS_ERROR_INIT;
    enum gls_google_outcome outcome = GLS_GOOGLE_STOP;

    if (host->queued(host) == 0)
        return GLS_PLUGIN_OK;
    google->asker.host = host;
    google->has_asked = false;
    if (gls_google_http_new(&google->asker.http, host, google->silence_s, &error) &&
        gls_google_auth_load(&google->auth, host, &error))
        outcome = gls_google_authorize(google, &error);
    if (outcome == GLS_GOOGLE_DONE)
        outcome = run_queue(google, &error);
    gls_google_http_free(google->asker.http);
    google->asker.http = NULL;
    gls_google_auth_unload(&google->auth);
    if (outcome == GLS_GOOGLE_DONE)
        return GLS_PLUGIN_OK;
    snprintf(reply->reason, sizeof reply->reason, "%.500s", error.message);
    return GLS_PLUGIN_STOP;
}

const struct gls_plugin gls_plugin_descriptor = {
    .abi = GLS_PLUGIN_ABI,
    .threads = GLS_PLUGIN_ONE_THREAD,
    .name = "GooglePhotos",
    .init = google_init,
    .after = google_after,
    .batch = google_batch,
    .close = google_close,
    .timeout_s = SILENCE_S,
};
