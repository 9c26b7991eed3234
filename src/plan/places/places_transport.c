/* SPDX-License-Identifier: MIT */
#include "plan/places/places_transport.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BODY_SIZE = 1 << 20, MAX_REDIRECTS = 3, MAX_RETRY_AFTER_S = 3600 };

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void start_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct gls_strbuf *body = context;
    size_t total = size * count;
    if (body->size + total > MAX_BODY_SIZE)
        return 0;
    gls_strbuf_add(body, bytes, total);
    return body->failed ? 0 : total;
}

/* http may lead to https, https only to https: the query may hold a key. */
static void set_protocols(CURL *curl, const char *url)
{
    bool secure = strncmp(url, "https:", 6) == 0;
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
#else
    long both = CURLPROTO_HTTP | CURLPROTO_HTTPS;
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS, both);
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS, secure ? (long)CURLPROTO_HTTPS : both);
#endif
}

static bool add_header(struct curl_slist **headers, const char *name, const char *value)
{
    struct gls_strbuf line = GLS_STRBUF_INIT;
    struct curl_slist *grown = NULL;
    gls_strbuf_add_str(&line, name);
    gls_strbuf_add_str(&line, ": ");
    gls_strbuf_add_str(&line, value);
    if (!line.failed)
        grown = curl_slist_append(*headers, gls_strbuf_str(&line));
    gls_strbuf_free(&line);
    if (grown)
        *headers = grown;
    return grown != NULL;
}

static void set_options(CURL *curl, const struct gls_http_request *request,
                        struct curl_slist *headers, struct gls_http_response *response)
{
    set_protocols(curl, request->url);
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, request->user_agent);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &response->body);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)request->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)MAX_REDIRECTS);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
}

/* The scheme and host of a URL, for messages. */
static int host_size(const char *url)
{
    const char *host = strstr(url, "//");
    return host ? (int)(host + 2 - url + (long)strcspn(host + 2, "/?#")) : 0;
}

bool gls_http_get(struct gls_http_response *response, const struct gls_http_request *request,
                  struct gls_error *error)
{
    struct curl_slist *headers = NULL;
    curl_off_t retry_after = 0;
    bool ok = false;
    memset(response, 0, sizeof *response);
    pthread_once(&curl_once, start_curl);
    CURL *curl = curl_easy_init();
    if (!curl || !add_header(&headers, "Accept", "application/json") ||
        (request->accept_language &&
         !add_header(&headers, "Accept-Language", request->accept_language))) {
        gls_fail_memory(error);
    } else {
        set_options(curl, request, headers, response);
        CURLcode code = curl_easy_perform(curl);
        ok = code == CURLE_OK;
        if (!ok)
            gls_fail(error, GLS_ERROR_IO, "%.*s: %s", host_size(request->url), request->url,
                     curl_easy_strerror(code));
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &response->status);
        curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after);
    }
    response->retry_after_s = retry_after < 0                   ? 0
                              : retry_after > MAX_RETRY_AFTER_S ? MAX_RETRY_AFTER_S
                                                                : (unsigned)retry_after;
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return ok;
}

char *gls_http_escape(const char *text)
{
    pthread_once(&curl_once, start_curl);
    char *escaped = curl_easy_escape(NULL, text, (int)strlen(text));
    char *copy = escaped ? strdup(escaped) : NULL;
    curl_free(escaped);
    return copy;
}
