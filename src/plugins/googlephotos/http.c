/* SPDX-License-Identifier: MIT */
#include "plugins/googlephotos/http.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/path.h"
#include "base/system/retry.h"

enum { MAX_BODY_SIZE = 1 << 20, MAX_RETRY_AFTER_S = 86400, HEADER_NAME_MAX = 64 };
/* Who answers byte by byte is not waited for without end. */
enum { SILENCES_MAX = 5, LEAST_BYTES_PER_S = 1024 };

struct gls_google_http {
    CURL *curl; /* keeps the connection between requests */
    struct gls_plugin_host *host;
    unsigned silence_s;
    char user_agent[64];
};

/* What the callbacks of one transfer work on. */
struct transfer {
    struct gls_google_answer *answer;
    const struct gls_google_request *request;
    struct gls_plugin_host *host;
    uint64_t sent;
    bool cannot_read;
    bool is_cancelled;
    bool is_too_long;
};

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void start_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

bool gls_google_http_new(struct gls_google_http **out, struct gls_plugin_host *host,
                         unsigned silence_s, struct gls_error *error)
{
    struct gls_google_http *http = calloc(1, sizeof *http);

    *out = NULL;
    pthread_once(&curl_once, start_curl);
    if (http != NULL)
        http->curl = curl_easy_init();
    if (http == NULL || http->curl == NULL) {
        free(http);
        return gls_fail_memory(error);
    }
    http->host = host;
    http->silence_s = silence_s;
    snprintf(http->user_agent, sizeof http->user_agent, "glassine/%.40s", host->version);
    *out = http;
    return true;
}

void gls_google_http_free(struct gls_google_http *http)
{
    if (http == NULL)
        return;
    curl_easy_cleanup(http->curl);
    free(http);
}

/* ---- The callbacks ------------------------------------------------------------------ */

static size_t give_body(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    uint64_t left = transfer->request->body_size - transfer->sent;
    size_t wanted = size * count < left ? size * count : (size_t)left;

    if (wanted == 0)
        return 0;
    ssize_t got =
        gls_pread(transfer->request->fd, bytes, wanted, transfer->request->offset + transfer->sent);
    if (got <= 0) { /* the file is shorter than it was, or its disk has gone */
        transfer->cannot_read = true;
        return CURL_READFUNC_ABORT;
    }
    transfer->sent += (uint64_t)got;
    return (size_t)got;
}

static int seek_body(void *context, curl_off_t offset, int origin)
{
    struct transfer *transfer = context;

    if (origin != SEEK_SET || offset < 0)
        return CURL_SEEKFUNC_FAIL;
    transfer->sent = (uint64_t)offset;
    return CURL_SEEKFUNC_OK;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    struct gls_strbuf *body = &transfer->answer->body;

    if (body->size + size * count > MAX_BODY_SIZE) {
        transfer->is_too_long = true;
        return 0;
    }
    gls_strbuf_add(body, bytes, size * count);
    return body->failed ? 0 : size * count;
}

/* False: no number of at most 18 digits. */
static bool read_number(uint64_t *out, const char *text)
{
    size_t size = strspn(text, "0123456789");

    if (size == 0 || size > 18 || text[size] != '\0')
        return false;
    *out = strtoull(text, NULL, 10);
    return true;
}

static void keep_header(struct gls_google_answer *answer, const char *name, const char *value)
{
    if (gls_ascii_equal(name, "X-Goog-Upload-URL") && strlen(value) < sizeof answer->upload_url)
        snprintf(answer->upload_url, sizeof answer->upload_url, "%s", value);
    else if (gls_ascii_equal(name, "X-Goog-Upload-Status"))
        snprintf(answer->upload_status, sizeof answer->upload_status, "%s", value);
    else if (gls_ascii_equal(name, "X-Goog-Upload-Chunk-Granularity"))
        (void)read_number(&answer->granularity, value);
    else if (gls_ascii_equal(name, "X-Goog-Upload-Size-Received"))
        answer->has_received = read_number(&answer->received, value);
}

static size_t take_header(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    char line[HEADER_NAME_MAX + sizeof transfer->answer->upload_url];
    size_t length = size * count;

    if (length >= sizeof line) /* none of those that are looked for */
        return length;
    memcpy(line, bytes, length);
    line[length] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    char *colon = strchr(line, ':');
    if (colon != NULL) {
        *colon = '\0';
        keep_header(transfer->answer, line, colon + 1 + strspn(colon + 1, " \t"));
    }
    return length;
}

/* Called about once a second, also while nothing comes: the host sees that the plugin is
 * alive, and the plugin whether it is to stop. */
static int watch(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct transfer *transfer = context;

    (void)a, (void)b, (void)c, (void)d;
    transfer->is_cancelled = transfer->host->is_cancelled(transfer->host);
    return transfer->is_cancelled ? 1 : 0;
}

/* ---- A request ----------------------------------------------------------------------- */

static bool add_line(struct curl_slist **headers, const char *name, const char *value)
{
    GLS_STRBUF_AUTO line = GLS_STRBUF_INIT;

    gls_strbuf_addf(&line, "%s%s", name, value);
    struct curl_slist *grown =
        line.failed ? NULL : curl_slist_append(*headers, gls_strbuf_str(&line));
    if (grown != NULL)
        *headers = grown;
    return grown != NULL;
}

static bool add_headers(struct curl_slist **headers, const struct gls_google_request *request)
{
    bool ok =
        add_line(headers, "Expect:", "") && add_line(headers, "Accept:", "") &&
        (request->bearer == NULL || add_line(headers, "Authorization: Bearer ", request->bearer)) &&
        add_line(headers, "Content-Type: ",
                 request->content_type != NULL ? request->content_type
                                               : "application/octet-stream");

    for (size_t i = 0; ok && request->headers != NULL && request->headers[i] != NULL; i++)
        ok = add_line(headers, request->headers[i], "");
    return ok;
}

static void set_body(CURL *curl, const struct gls_google_request *request,
                     struct transfer *transfer)
{
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size);
    if (request->is_file) {
        curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_body);
        curl_easy_setopt(curl, CURLOPT_READDATA, transfer);
        curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, seek_body);
        curl_easy_setopt(curl, CURLOPT_SEEKDATA, transfer);
    } else {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body != NULL ? request->body : "");
    }
}

static void set_limits(CURL *curl, const struct gls_google_http *http, uint64_t body_size)
{
    long silence_s = (long)http->silence_s;

    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, silence_s);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, silence_s);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT,
                     SILENCES_MAX * silence_s + (long)(body_size / LEAST_BYTES_PER_S));
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
}

static void set_options(CURL *curl, const struct gls_google_http *http,
                        const struct gls_google_request *request, struct transfer *transfer)
{
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    if (gls_ascii_begins_equal(request->url, "http:", 5)) /* this machine: by no proxy */
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, request->is_alone ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, http->user_agent);
    set_body(curl, request, transfer);
    set_limits(curl, http, request->body_size);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, transfer);
}

/* The scheme and host of a URL, for messages. */
static int host_size(const char *url)
{
    const char *host = strstr(url, "//");

    return host != NULL ? (int)(host + 2 - url + (long)strcspn(host + 2, "/?#")) : 0;
}

static bool explain(const struct transfer *transfer, CURLcode code, struct gls_error *error)
{
    const char *url = transfer->request->url;

    if (transfer->is_cancelled)
        return gls_fail(error, GLS_ERROR_CANCELLED, "the run was interrupted");
    if (transfer->cannot_read)
        return gls_fail(error, GLS_ERROR_CHANGED, "it could not be read to its end");
    if (transfer->answer->body.failed)
        return gls_fail_memory(error);
    return gls_fail(error, GLS_ERROR_IO, "%.*s: %s", host_size(url), url,
                    transfer->is_too_long ? "the answer is too long" : curl_easy_strerror(code));
}

static void reset_answer(struct gls_google_answer *answer)
{
    struct gls_strbuf body = answer->body;

    gls_strbuf_clear(&body);
    *answer = (struct gls_google_answer){.body = body};
}

bool gls_google_http_post(struct gls_google_answer *answer, struct gls_google_http *http,
                          const struct gls_google_request *request, struct gls_error *error)
{
    struct transfer transfer = {.answer = answer, .request = request, .host = http->host};
    struct curl_slist *headers = NULL;
    curl_off_t retry_after_s = 0;
    bool ok = false;

    reset_answer(answer);
    if (!gls_google_address_is_safe(request->url)) {
        gls_fail(error, GLS_ERROR_CONFIG, "%.*s: an address must begin with https://",
                 host_size(request->url), request->url);
    } else if (!add_headers(&headers, request)) {
        gls_fail_memory(error);
    } else {
        set_options(http->curl, http, request, &transfer);
        curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, headers);
        CURLcode code = curl_easy_perform(http->curl);
        ok = code == CURLE_OK || explain(&transfer, code, error);
        curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &answer->status);
        curl_easy_getinfo(http->curl, CURLINFO_RETRY_AFTER, &retry_after_s);
    }
    answer->retry_after_s = retry_after_s < 0                   ? 0
                            : retry_after_s > MAX_RETRY_AFTER_S ? MAX_RETRY_AFTER_S
                                                                : (unsigned)retry_after_s;
    curl_slist_free_all(headers);
    return ok;
}

/* ---- Addresses ------------------------------------------------------------------------- */

struct address {
    char *scheme, *host, *port, *user;
};

static void address_free(struct address *address)
{
    curl_free(address->scheme);
    curl_free(address->host);
    curl_free(address->port);
    curl_free(address->user);
}

/* Of what cannot be understood, nothing is set. */
static void address_read(struct address *out, const char *text)
{
    CURLU *url = curl_url();

    *out = (struct address){.scheme = NULL};
    if (url != NULL && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK) {
        curl_url_get(url, CURLUPART_SCHEME, &out->scheme, 0);
        curl_url_get(url, CURLUPART_HOST, &out->host, 0);
        curl_url_get(url, CURLUPART_PORT, &out->port, CURLU_DEFAULT_PORT);
        curl_url_get(url, CURLUPART_USER, &out->user, 0);
    }
    curl_url_cleanup(url);
}

static bool is_safe(const struct address *address)
{
    if (address->scheme == NULL || address->host == NULL || address->port == NULL ||
        address->user != NULL)
        return false;
    return strcmp(address->scheme, "https") == 0 ||
           (strcmp(address->scheme, "http") == 0 &&
            (strcmp(address->host, "127.0.0.1") == 0 || strcmp(address->host, "[::1]") == 0));
}

static bool is_google(const struct address *address)
{
    static const char domain[] = ".googleapis.com";
    size_t size = strlen(address->host);

    return strcmp(address->scheme, "https") == 0 && size > sizeof domain &&
           gls_ascii_equal(address->host + size - (sizeof domain - 1), domain);
}

bool gls_google_address_is_safe(const char *url)
{
    struct address address;

    address_read(&address, url);
    bool safe = is_safe(&address);
    address_free(&address);
    return safe;
}

bool gls_google_address_is_of(const char *url, const char *api)
{
    struct address a, b;

    address_read(&a, url);
    address_read(&b, api);
    bool same = is_safe(&a) && is_safe(&b) &&
                ((strcmp(a.scheme, b.scheme) == 0 && gls_ascii_equal(a.host, b.host) &&
                  strcmp(a.port, b.port) == 0) ||
                 (is_google(&a) && is_google(&b)));
    address_free(&a);
    address_free(&b);
    return same;
}

void gls_google_form_add(struct gls_strbuf *form, const char *name, const char *text)
{
    char *encoded = gls_percent_encode(text, strlen(text));

    if (form->size > 0)
        gls_strbuf_add_char(form, '&');
    gls_strbuf_addf(form, "%s=%s", name, encoded != NULL ? encoded : "");
    form->failed = form->failed || encoded == NULL;
    free(encoded);
}
