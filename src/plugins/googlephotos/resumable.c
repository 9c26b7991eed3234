/* SPDX-License-Identifier: MIT */
#include "plugins/googlephotos/resumable.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STARTS_MAX = 3, HEADER_SIZE = 96, GRANULARITY = 256 << 10, GRANULARITY_MAX = 1 << 30 };

/* One file on its way. `url` empty: no session is open. */
struct session {
    struct gls_google *google;
    struct gls_google_file *file;
    int fd;
    uint64_t size;
    char url[sizeof((struct gls_google_answer *)0)->upload_url];
    uint64_t granularity;
    uint64_t offset; /* how much the service has */
    bool is_asked;   /* it was asked how much that is, and nothing has failed since */
    unsigned starts;
    struct gls_google_answer answer;
};

/* ---- The store ------------------------------------------------------------------------ */

/* What an earlier run left, if it is of the same bytes. An address is believed only if it
 * leads to the service. */
static void load(struct session *session)
{
    struct gls_plugin_host *host = session->google->asker.host;
    char key[GLS_GOOGLE_KEY_SIZE];

    gls_google_key(key, "upload", session->file->sha256);
    char *text = host->get(host, key);
    json_t *value = text != NULL ? json_loads(text, 0, NULL) : NULL;
    const char *url = gls_google_text(value, "url"), *of = gls_google_text(value, "of");
    json_int_t size = json_integer_value(json_object_get(value, "size"));
    json_int_t granularity = json_integer_value(json_object_get(value, "granularity"));
    if (url != NULL && of != NULL && strcmp(of, gls_google_bytes(session->file)) == 0 && size > 0 &&
        (uint64_t)size == session->size && granularity > 0 && granularity <= GRANULARITY_MAX &&
        gls_google_address_is_of(url, session->google->api) && strlen(url) < sizeof session->url) {
        snprintf(session->url, sizeof session->url, "%s", url);
        session->granularity = (uint64_t)granularity;
    }
    json_decref(value);
    free(text);
}

static bool save(struct session *session, struct gls_error *error)
{
    struct gls_plugin_host *host = session->google->asker.host;
    json_t *value = json_pack("{s:s, s:s, s:I, s:I}", "url", session->url, "of",
                              gls_google_bytes(session->file), "size", (json_int_t)session->size,
                              "granularity", (json_int_t)session->granularity);
    char *text = value != NULL ? json_dumps(value, JSON_COMPACT) : NULL;
    char key[GLS_GOOGLE_KEY_SIZE];

    gls_google_key(key, "upload", session->file->sha256);
    bool ok = text != NULL || gls_fail_memory(error);
    if (ok && !host->put(host, &(struct gls_plugin_value){key, text}, 1))
        ok = gls_fail(error, GLS_ERROR_LIBRARY, "the upload's state could not be kept");
    free(text);
    json_decref(value);
    return ok;
}

/* The token instead of the session, in one commit. */
static bool keep_token(struct session *session, struct gls_error *error)
{
    struct gls_plugin_host *host = session->google->asker.host;
    char upload[GLS_GOOGLE_KEY_SIZE], token[GLS_GOOGLE_KEY_SIZE];
    char *text = gls_google_token_value(session->file);
    struct gls_plugin_value values[2] = {{upload, NULL}, {token, text}};

    gls_google_key(upload, "upload", session->file->sha256);
    gls_google_key(token, "token", session->file->sha256);
    bool ok = text != NULL || gls_fail_memory(error);
    if (ok && !host->put(host, values, 2))
        ok = gls_fail(error, GLS_ERROR_LIBRARY, "the upload's state could not be kept");
    free(text);
    return ok;
}

/* ---- The protocol ---------------------------------------------------------------------- */

static enum gls_google_outcome start(struct session *session, struct gls_error *error)
{
    char *address = gls_google_api_address(session->google, "/v1/uploads");
    char type[HEADER_SIZE], size[HEADER_SIZE];
    const char *headers[] = {"X-Goog-Upload-Command: start", "X-Goog-Upload-Protocol: resumable",
                             type, size, NULL};
    struct gls_google_request request = {.url = address, .headers = headers};
    struct gls_google_answer *answer = &session->answer;
    enum gls_google_outcome outcome = GLS_GOOGLE_AGAIN;

    snprintf(type, sizeof type, "X-Goog-Upload-Content-Type: %s", session->file->type->mime);
    snprintf(size, sizeof size, "X-Goog-Upload-Raw-Size: %" PRIu64, session->size);
    session->starts++;
    if (address == NULL)
        gls_fail_memory(error);
    else
        outcome = gls_google_call(answer, NULL, session->google, &request, error);
    free(address);
    if (outcome != GLS_GOOGLE_DONE)
        return outcome;
    if (!gls_google_address_is_of(answer->upload_url, session->google->api)) {
        gls_fail(error, GLS_ERROR_FORMAT, "the service gave no address of its own to upload to");
        return GLS_GOOGLE_REFUSED;
    }
    memcpy(session->url, answer->upload_url, sizeof session->url);
    session->granularity = answer->granularity > 0 && answer->granularity <= GRANULARITY_MAX
                               ? answer->granularity
                               : GRANULARITY;
    session->offset = 0;
    session->is_asked = true;
    return save(session, error) ? GLS_GOOGLE_DONE : GLS_GOOGLE_STOP;
}

/* Asks how much the service has. A session that is no more, or one that has ended and
 * whose token was lost on the way, is given up. */
static enum gls_google_outcome query(struct session *session, struct gls_error *error)
{
    static const char *const headers[] = {"X-Goog-Upload-Command: query", NULL};
    struct gls_google_request request = {.url = session->url, .headers = headers, .once = true};
    const struct gls_google_answer *answer = &session->answer;
    enum gls_google_outcome outcome =
        gls_google_call(&session->answer, NULL, session->google, &request, error);

    if (outcome == GLS_GOOGLE_DONE && strcmp(answer->upload_status, "active") == 0 &&
        answer->has_received && answer->received < session->size) {
        session->offset = answer->received;
        session->is_asked = true;
        return GLS_GOOGLE_DONE;
    }
    if (outcome == GLS_GOOGLE_DONE || outcome == GLS_GOOGLE_REFUSED) {
        session->url[0] = '\0';
        outcome = GLS_GOOGLE_DONE;
    }
    return outcome;
}

/* Parts but the last are whole multiples of what the service says. */
static uint64_t part_size(const struct session *session)
{
    uint64_t step = session->granularity, left = session->size - session->offset;
    uint64_t wanted = (session->google->chunk_size + step - 1) / step * step;

    return wanted < left ? wanted : left;
}

static enum gls_google_outcome send_part(struct session *session, struct gls_error *error)
{
    uint64_t size = part_size(session);
    bool is_last = session->offset + size == session->size;
    char offset[HEADER_SIZE];
    const char *headers[] = {is_last ? "X-Goog-Upload-Command: upload, finalize"
                                     : "X-Goog-Upload-Command: upload",
                             offset, NULL};
    struct gls_google_request request = {.url = session->url,
                                         .headers = headers,
                                         .is_file = true,
                                         .fd = session->fd,
                                         .offset = session->offset,
                                         .body_size = size,
                                         .once = true,
                                         .is_alone = true};

    snprintf(offset, sizeof offset, "X-Goog-Upload-Offset: %" PRIu64, session->offset);
    enum gls_google_outcome outcome =
        gls_google_call(&session->answer, NULL, session->google, &request, error);
    session->is_asked = outcome == GLS_GOOGLE_DONE;
    if (outcome == GLS_GOOGLE_DONE && is_last &&
        !gls_google_take_token(session->file, &session->answer, error)) {
        session->is_asked = false;
        outcome = GLS_GOOGLE_AGAIN;
    }
    if (outcome == GLS_GOOGLE_DONE)
        session->offset += size;
    /* The session may have ended: a new one. A file that cannot be read gets none. */
    if (outcome == GLS_GOOGLE_REFUSED && session->answer.status != 0) {
        session->url[0] = '\0';
        outcome = session->starts < STARTS_MAX ? GLS_GOOGLE_DONE : GLS_GOOGLE_REFUSED;
    }
    return outcome;
}

/* The next step, by what is known. */
static enum gls_google_outcome step(struct session *session, struct gls_error *error)
{
    if (session->url[0] == '\0' && session->starts >= STARTS_MAX) {
        gls_fail(error, GLS_ERROR_IO, "the upload was begun %d times and did not end", STARTS_MAX);
        return GLS_GOOGLE_REFUSED;
    }
    if (session->url[0] == '\0')
        return start(session, error);
    return session->is_asked ? send_part(session, error) : query(session, error);
}

enum gls_google_outcome gls_google_upload_resumable(struct gls_google_file *file,
                                                    struct gls_google *google, int fd,
                                                    uint64_t size, struct gls_error *error)
{
    struct session session = {
        .google = google, .file = file, .fd = fd, .size = size, .answer = GLS_GOOGLE_ANSWER_INIT};
    enum gls_google_outcome outcome = GLS_GOOGLE_DONE;
    unsigned attempt = 0;

    load(&session);
    while (outcome == GLS_GOOGLE_DONE && file->token == NULL) {
        uint64_t before = session.offset;
        outcome = step(&session, error);
        if (outcome == GLS_GOOGLE_DONE && session.offset > before)
            attempt = 0;
        else if (outcome == GLS_GOOGLE_AGAIN &&
                 gls_google_back_off(&google->asker, attempt++, &session.answer))
            outcome = GLS_GOOGLE_DONE;
    }
    if (outcome == GLS_GOOGLE_AGAIN && google->asker.host->is_cancelled(google->asker.host))
        outcome = GLS_GOOGLE_STOP;
    if (outcome == GLS_GOOGLE_DONE && !keep_token(&session, error))
        outcome = GLS_GOOGLE_STOP;
    gls_strbuf_free(&session.answer.body);
    return outcome;
}
