/* SPDX-License-Identifier: MIT */
/*
 * service - the Google Photos Library API, version 1: a request with a valid token. A
 * token that is refused is refreshed once; where that does not help, a person at the
 * terminal is asked for consent, once.
 */
#ifndef GLS_PLUGINS_GOOGLEPHOTOS_SERVICE_H
#define GLS_PLUGINS_GOOGLEPHOTOS_SERVICE_H

#include "plugins/googlephotos/auth.h"

struct gls_google {
    struct gls_google_asker asker; /* its `http` is open during batch() */
    struct gls_google_auth auth;
    char *api;           /* "https://photoslibrary.googleapis.com" */
    uint64_t chunk_size; /* what is larger is uploaded in parts of this size */
    unsigned silence_s;
    bool has_asked; /* a person, for consent */
};

/* Sees to it that there is a token. Unless DONE, *error says what is to be done. */
enum gls_google_outcome gls_google_authorize(struct gls_google *google, struct gls_error *error);

/* gls_google_ask() with the token. STOP also where the token does not allow it. */
enum gls_google_outcome gls_google_call(struct gls_google_answer *answer, json_t **json,
                                        struct gls_google *google,
                                        const struct gls_google_request *request,
                                        struct gls_error *error);
struct gls_google_posting {
    const char *path; /* of the API */
    json_t *body;     /* released by the call; NULL: there was no memory for it */
};
enum gls_google_outcome gls_google_post(struct gls_google_answer *answer, json_t **json,
                                        struct gls_google *google,
                                        const struct gls_google_posting *posting,
                                        struct gls_error *error);
/* The API's address with `path` behind it, for free(); NULL: no memory. */
char *gls_google_api_address(const struct gls_google *google, const char *path);

#endif
