/* SPDX-License-Identifier: MIT */
#include "plugins/googlephotos/ask.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/thread/clock.h"

enum { TICK_MS = 100, BACK_OFF_MAX_S = 300, WORD_MAX = 32, STATUS_TOO_MANY = 429 };
/* What the service wants to be waited for after a 429 that says nothing else, in pauses
 * after other errors. */
static const double TOO_MANY_PAUSES = 30;

const char *gls_google_text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

size_t gls_google_cut(const char *text, size_t most)
{
    size_t size = strlen(text);

    if (size > most) {
        for (size = most; size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80;)
            size--;
    }
    return size;
}

/* ---- What a server says ------------------------------------------------------------- */

/* How much of a word may be shown: of an address what stands before its query. */
static size_t shown_size(const char *word, size_t size)
{
    static const char web[] = "https://";
    const char *query = memchr(word, '?', size);

    if (strncmp(word, web, sizeof web - 1) == 0)
        return query != NULL ? (size_t)(query - word) : size;
    return size <= WORD_MAX ? size : 0;
}

void gls_google_quote(char *out, size_t size, const char *text, const char *secret)
{
    static const char between[] = " \t\r\n\"'=,;";
    size_t at = 0;

    while (*text != '\0' && at + 1 < size) {
        size_t length = strcspn(text, between), shown = shown_size(text, length);
        int written = length > 0 && shown == 0
                          ? snprintf(out + at, size - at, "...")
                          : snprintf(out + at, size - at, "%.*s", (int)shown, text);
        at = at + (size_t)written < size ? at + (size_t)written : size - 1;
        text += length;
        for (; *text != '\0' && strchr(between, *text) != NULL; text++) {
            if (at + 1 < size)
                out[at++] = *text;
        }
    }
    out[at] = '\0';
    for (char *c = out; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = ' ';
    }
    if (secret != NULL && secret[0] != '\0' && strstr(out, secret) != NULL)
        out[0] = '\0';
}

/* OAuth's: {"error":"invalid_grant"}; a word of a list. The API's: {"error":{"status":
 * "PERMISSION_DENIED","message":"..."}}. */
static void explain(struct gls_error *error, const struct gls_google_answer *answer,
                    const struct gls_google_request *request)
{
    json_t *json = json_loadb(gls_strbuf_str(&answer->body), answer->body.size, 0, NULL);
    const json_t *said = json_object_get(json, "error");
    const char *status =
        json_is_string(said) ? json_string_value(said) : gls_google_text(said, "status");
    const char *message = gls_google_text(said, "message");
    char what[64] = "", why[256] = "";
    const char *host = strstr(request->url, "//");

    if (status != NULL)
        gls_google_quote(what, sizeof what, status, request->bearer);
    if (message != NULL)
        gls_google_quote(why, sizeof why, message, request->bearer);
    host = host != NULL ? host + 2 : request->url;
    gls_fail(error, GLS_ERROR_IO, "%.*s: HTTP status %ld%s%s%s%s", (int)strcspn(host, "/?#"), host,
             answer->status, what[0] != '\0' ? " " : "", what, why[0] != '\0' ? ": " : "", why);
    json_decref(json);
}

/* ---- Trying -------------------------------------------------------------------------- */

/* A quota of the day comes back at midnight in California, those of a minute soon. */
static bool is_of_the_day(const struct gls_google_answer *answer)
{
    const char *body = gls_strbuf_str(&answer->body);

    return strstr(body, "per day") != NULL || strstr(body, "PerDay") != NULL ||
           strstr(body, "aily") != NULL;
}

/* One attempt. */
static enum gls_google_outcome try_once(struct gls_google_answer *answer,
                                        const struct gls_google_asker *asker,
                                        const struct gls_google_request *request,
                                        struct gls_error *error)
{
    if (!gls_google_http_post(answer, asker->http, request, error)) {
        if (error->status == GLS_ERROR_IO) {
            answer->status = 0;
            return GLS_GOOGLE_AGAIN;
        }
        return error->status == GLS_ERROR_CHANGED ? GLS_GOOGLE_REFUSED : GLS_GOOGLE_STOP;
    }
    if (answer->status >= 200 && answer->status <= 299)
        return GLS_GOOGLE_DONE;
    explain(error, answer, request);
    if (answer->status == STATUS_TOO_MANY)
        return is_of_the_day(answer) ? GLS_GOOGLE_STOP : GLS_GOOGLE_AGAIN;
    return answer->status == 408 || answer->status >= 500 ? GLS_GOOGLE_AGAIN : GLS_GOOGLE_REFUSED;
}

bool gls_google_back_off(const struct gls_google_asker *asker, unsigned attempt,
                         const struct gls_google_answer *answer)
{
    double wait_s = asker->backoff_s * (double)(1u << (attempt < 6 ? attempt : 6));
    double from_s = gls_clock_s();

    if (attempt >= asker->retries)
        return false;
    if (answer->status == STATUS_TOO_MANY)
        wait_s *= TOO_MANY_PAUSES;
    /* Between half and all of it: those that failed together do not come together. */
    wait_s *= 0.5 + (from_s - (double)(int64_t)from_s) / 2;
    if (answer->retry_after_s > 0)
        wait_s = answer->retry_after_s;
    if (wait_s > BACK_OFF_MAX_S)
        return false;
    for (double left_s = wait_s; left_s > 0; left_s = from_s + wait_s - gls_clock_s()) {
        if (asker->host->is_cancelled(asker->host))
            return false;
        double tick_s = left_s < TICK_MS / 1000.0 ? left_s : TICK_MS / 1000.0;
        nanosleep(&(struct timespec){.tv_nsec = (long)(tick_s * 1e9)}, NULL);
    }
    return !asker->host->is_cancelled(asker->host);
}

/* An answer that is cut off in the middle is none. */
static enum gls_google_outcome take_json(json_t **json, const struct gls_google_answer *answer,
                                         struct gls_error *error)
{
    *json = json_loadb(gls_strbuf_str(&answer->body), answer->body.size, 0, NULL);
    if (json_is_object(*json))
        return GLS_GOOGLE_DONE;
    json_decref(*json);
    *json = NULL;
    gls_fail(error, GLS_ERROR_IO, "the answer is no JSON object");
    return GLS_GOOGLE_AGAIN;
}

enum gls_google_outcome gls_google_ask(struct gls_google_answer *answer, json_t **json,
                                       const struct gls_google_asker *asker,
                                       const struct gls_google_request *request,
                                       struct gls_error *error)
{
    enum gls_google_outcome outcome = GLS_GOOGLE_AGAIN;

    if (json != NULL)
        *json = NULL;
    if (request->once)
        return try_once(answer, asker, request, error);
    for (unsigned attempt = 0; outcome == GLS_GOOGLE_AGAIN; attempt++) {
        outcome = try_once(answer, asker, request, error);
        if (outcome == GLS_GOOGLE_DONE && json != NULL)
            outcome = take_json(json, answer, error);
        if (outcome == GLS_GOOGLE_AGAIN && !gls_google_back_off(asker, attempt, answer))
            break;
    }
    /* Who still says "too many" means all requests, not this one. */
    if (outcome == GLS_GOOGLE_AGAIN &&
        (answer->status == STATUS_TOO_MANY || asker->host->is_cancelled(asker->host)))
        outcome = GLS_GOOGLE_STOP;
    return outcome;
}
