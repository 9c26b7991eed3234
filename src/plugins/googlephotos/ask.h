/* SPDX-License-Identifier: MIT */
/*
 * ask - a request, its answer, and trying again: what the server or the network may
 * do better next time is asked again after a pause that doubles, or as long as
 * Retry-After says, up to [PluginGooglePhotos] retries= times.
 */
#ifndef GLS_PLUGINS_GOOGLEPHOTOS_ASK_H
#define GLS_PLUGINS_GOOGLEPHOTOS_ASK_H

#include <jansson.h>

#include "plugins/googlephotos/http.h"

/* What one batch() asks with. */
struct gls_google_asker {
    struct gls_plugin_host *host;
    struct gls_google_http *http;
    unsigned retries;
    double backoff_s; /* the first pause */
};

enum gls_google_outcome {
    GLS_GOOGLE_DONE,    /* a status of 2xx */
    GLS_GOOGLE_REFUSED, /* another one, for good; or the body could not be read (status 0) */
    GLS_GOOGLE_AGAIN,   /* nobody answered well; later perhaps */
    GLS_GOOGLE_STOP     /* no request makes sense in this run: a quota, an interruption */
};

/* Waits before attempt `attempt` + 1 (they count from 0) after an AGAIN. False: there is
 * none, since there were enough, the pause would be too long, or the run was cancelled. */
bool gls_google_back_off(const struct gls_google_asker *asker, unsigned attempt,
                         const struct gls_google_answer *answer);
/* Sends it. Unless DONE, *error says why, without a secret. As many attempts as there are, or one
 * for a request that says `once`. With `json`: the answer has to be a JSON object, which is the
 * caller's to json_decref(); half of one is tried again. */
enum gls_google_outcome gls_google_ask(struct gls_google_answer *answer, json_t **json,
                                       const struct gls_google_asker *asker,
                                       const struct gls_google_request *request,
                                       struct gls_error *error);

/* What a server says, for a person, in `out`: printable, and without whatever might be a
 * token: long words, the queries of addresses, `secret` (may be NULL). */
void gls_google_quote(char *out, size_t size, const char *text, const char *secret);
/* The size of `text`, or where it is to be cut, between two characters, to be no larger than
 * `most` bytes. */
size_t gls_google_cut(const char *text, size_t most);
/* The text of a member; NULL: none, or no text. */
const char *gls_google_text(const json_t *object, const char *name);

#endif
