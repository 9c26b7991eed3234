/* SPDX-License-Identifier: MIT */
/*
 * http - one POST by libcurl, bounded in time and size. The only file of the plugin
 * that sees libcurl. Redirects are not followed; what is sent may hold secrets, so a
 * message names the host alone.
 */
#ifndef GLS_PLUGINS_GOOGLEPHOTOS_HTTP_H
#define GLS_PLUGINS_GOOGLEPHOTOS_HTTP_H

#include "base/error.h"
#include "base/strbuf.h"
#include "glassine_plugin.h"

struct gls_google_http;
/* `silence_s`: how long the other side may neither take nor send a byte. */
bool gls_google_http_new(struct gls_google_http **out, struct gls_plugin_host *host,
                         unsigned silence_s, struct gls_error *error);
/* NULL is allowed. */
void gls_google_http_free(struct gls_google_http *http);

/* What is not named is not there. */
struct gls_google_request {
    const char *url;
    const char *bearer; /* the access token */
    const char *content_type;
    const char *const *headers; /* "Name: value", at most GLS_GOOGLE_HEADERS, then NULL */
    const void *body;
    uint64_t body_size;
    bool once; /* ask.h: is not tried again */
    /* By a connection of its own: what was sent on one that was kept libcurl sends again by
     * itself, where that breaks. */
    bool is_alone;
    bool is_file; /* the body is body_size bytes of `fd` from `offset` on */
    int fd;
    uint64_t offset;
};
enum { GLS_GOOGLE_HEADERS = 8 };

struct gls_google_answer {
    long status;
    unsigned retry_after_s; /* 0: not asked for */
    struct gls_strbuf body;
    /* Of X-Goog-Upload-*. */
    char upload_url[2048];
    char upload_status[16];
    uint64_t granularity; /* 0: not said */
    uint64_t received;
    bool has_received;
};
#define GLS_GOOGLE_ANSWER_INIT                                                                     \
    {                                                                                              \
        .body = GLS_STRBUF_INIT                                                                    \
    }

/* Any status is a success. False: no whole answer came (GLS_ERROR_IO), the run was
 * cancelled (GLS_ERROR_CANCELLED), or the body could not be read (GLS_ERROR_CHANGED).
 * What the answer held before is dropped; the caller frees answer->body at the end. */
bool gls_google_http_post(struct gls_google_answer *answer, struct gls_google_http *http,
                          const struct gls_google_request *request, struct gls_error *error);

/* https:, or http: to this machine's own 127.0.0.1 or [::1], and no name or password. */
bool gls_google_address_is_safe(const char *url);
/* Is it safe, and does it lead to the server of `api`, or are both Google's? What a
 * server or the database says must not carry a token elsewhere. */
bool gls_google_address_is_of(const char *url, const char *api);

/* `text` as a value of application/x-www-form-urlencoded, added as "name=value", with "&"
 * before it where something is there. Memory: the buffer's `failed`. */
void gls_google_form_add(struct gls_strbuf *form, const char *name, const char *text);

#endif
