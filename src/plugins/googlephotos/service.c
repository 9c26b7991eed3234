/* SPDX-License-Identifier: MIT */
#include "plugins/googlephotos/service.h"

#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "plugins/googlephotos/consent.h"

enum { STATUS_UNAUTHORIZED = 401, STATUS_FORBIDDEN = 403 };

char *gls_google_api_address(const struct gls_google *google, const char *path)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;

    gls_strbuf_addf(&text, "%s%s", google->api, path);
    return gls_strbuf_take(&text);
}

/* A person is asked once a run: who said no is not asked again for each file. */
static enum gls_google_outcome ask_person(struct gls_google *google, struct gls_error *error)
{
    if (google->has_asked)
        return GLS_GOOGLE_REFUSED;
    google->has_asked = true;
    return gls_google_consent(&google->auth, &google->asker, error);
}

static enum gls_google_outcome renew(struct gls_google *google, struct gls_error *error)
{
    enum gls_google_outcome outcome = gls_google_auth_refresh(&google->auth, &google->asker, error);

    return outcome == GLS_GOOGLE_REFUSED ? ask_person(google, error) : outcome;
}

enum gls_google_outcome gls_google_authorize(struct gls_google *google, struct gls_error *error)
{
    return gls_google_auth_token(&google->auth) != NULL ? GLS_GOOGLE_DONE : renew(google, error);
}

/* One that was given for less than uploads, or for a scope that is no more. */
static bool lacks_scope(const struct gls_google_answer *answer)
{
    const char *body = gls_strbuf_str(&answer->body);

    return answer->status == STATUS_FORBIDDEN &&
           (strstr(body, "nsufficient authentication scopes") != NULL ||
            strstr(body, "SCOPE_INSUFFICIENT") != NULL);
}

static enum gls_google_outcome send_with_token(struct gls_google_answer *answer, json_t **json,
                                               const struct gls_google *google,
                                               const struct gls_google_request *request,
                                               struct gls_error *error)
{
    struct gls_google_request whole = *request;

    whole.bearer = gls_google_auth_token(&google->auth);
    return gls_google_ask(answer, json, &google->asker, &whole, error);
}

enum gls_google_outcome gls_google_call(struct gls_google_answer *answer, json_t **json,
                                        struct gls_google *google,
                                        const struct gls_google_request *request,
                                        struct gls_error *error)
{
    enum gls_google_outcome outcome = gls_google_authorize(google, error);

    if (json != NULL)
        *json = NULL;
    if (outcome == GLS_GOOGLE_DONE) {
        outcome = send_with_token(answer, json, google, request, error);
        bool is_unknown = outcome == GLS_GOOGLE_REFUSED && answer->status == STATUS_UNAUTHORIZED;
        if (!is_unknown && !(outcome == GLS_GOOGLE_REFUSED && lacks_scope(answer)))
            return outcome == GLS_GOOGLE_REFUSED && answer->status == STATUS_FORBIDDEN
                       ? GLS_GOOGLE_STOP
                       : outcome;
        outcome = is_unknown ? renew(google, error) : ask_person(google, error);
        if (outcome == GLS_GOOGLE_DONE)
            outcome = send_with_token(answer, json, google, request, error);
    }
    /* What no token allows, the next file is not allowed either. */
    return outcome == GLS_GOOGLE_REFUSED ? GLS_GOOGLE_STOP : outcome;
}

enum gls_google_outcome gls_google_post(struct gls_google_answer *answer, json_t **json,
                                        struct gls_google *google,
                                        const struct gls_google_posting *posting,
                                        struct gls_error *error)
{
    char *address = gls_google_api_address(google, posting->path);
    char *text = posting->body != NULL ? json_dumps(posting->body, JSON_COMPACT) : NULL;
    enum gls_google_outcome outcome = GLS_GOOGLE_AGAIN;

    if (address == NULL || text == NULL) {
        gls_fail_memory(error);
    } else {
        struct gls_google_request request = {.url = address,
                                             .content_type = "application/json",
                                             .body = text,
                                             .body_size = strlen(text),
                                             .is_alone = true};
        outcome = gls_google_call(answer, json, google, &request, error);
    }
    free(text);
    free(address);
    json_decref(posting->body);
    return outcome;
}
