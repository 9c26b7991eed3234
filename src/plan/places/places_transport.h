/* SPDX-License-Identifier: MIT */
/*
 * places_transport - one HTTP GET by libcurl, bounded in time and size. Part of
 * the module of the online services; the only file that sees libcurl.
 */
#ifndef GLS_PLAN_PLACES_PLACES_TRANSPORT_H
#define GLS_PLAN_PLACES_PLACES_TRANSPORT_H

#include "base/error.h"
#include "base/strbuf.h"

struct gls_http_request {
    const char *url; /* http: or https: */
    const char *user_agent;
    const char *accept_language; /* NULL: the header is left out */
    unsigned timeout_ms;
};

struct gls_http_response {
    long status;
    unsigned retry_after_s; /* as the server asks; 0: it does not */
    struct gls_strbuf body;
};

/* Any status is a success; false: no answer came (or more than 1 MiB, or a
 * redirect to another scheme than http and https, or from https to http). The
 * message names the host, never the query, which may hold a key. The caller
 * frees response->body, after failure too. */
bool gls_http_get(struct gls_http_response *response, const struct gls_http_request *request,
                  struct gls_error *error);

/* A copy of `text` with everything but unreserved characters as %XX. The caller
 * frees it; NULL: no memory. */
char *gls_http_escape(const char *text);

#endif
