/* SPDX-License-Identifier: MIT */
#include "plugins/googlephotos/auth.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "plugins/googlephotos/auth_file.h"

/* A token that ends within this time has ended; one that says nothing lasts an hour. */
enum { NEARLY_S = 60, DEFAULT_S = 3600, EXPIRY_SIZE = 32 };
static const char token_address[] = "https://oauth2.googleapis.com/token";

/* ---- The files ----------------------------------------------------------------------- */

/* {"installed":{...}}, as Google's console gives it for a client of type "Desktop app". */
static bool load_client(struct gls_google_auth *auth, struct gls_error *error)
{
    json_t *whole = NULL;

    if (!gls_google_file_read(&whole, auth->secrets_path, NULL, error))
        return false;
    json_t *client = json_object_get(whole, "installed");
    bool ok = whole == NULL || (gls_google_text(client, "client_id") != NULL &&
                                gls_google_text(client, "client_secret") != NULL);
    if (!ok)
        gls_fail(error, GLS_ERROR_CONFIG,
                 "%s: is no client of type \"Desktop app\" (it has no \"installed\" with "
                 "client_id and client_secret)",
                 auth->secrets_path);
    if (ok)
        auth->client = json_incref(client);
    json_decref(whole);
    return ok;
}

bool gls_google_auth_load(struct gls_google_auth *auth, struct gls_plugin_host *host,
                          struct gls_error *error)
{
    bool is_mended = false;

    gls_google_auth_unload(auth);
    if (!load_client(auth, error) ||
        !gls_google_file_read(&auth->tokens, auth->auth_path, &is_mended, error))
        return false;
    if (is_mended)
        host->log(host, GLS_PLUGIN_DISPLAY,
                  "the file of auth_file= could be read by others; its mode is 0600 now");
    return true;
}

void gls_google_auth_unload(struct gls_google_auth *auth)
{
    json_decref(auth->client);
    json_decref(auth->tokens);
    auth->client = auth->tokens = NULL;
}

/* ---- Tokens ---------------------------------------------------------------------------- */

/* client_id, client_secret, token_uri: the tokens' own, else the client's; NULL: none. */
static const char *value_of(const struct gls_google_auth *auth, const char *name)
{
    const char *value = gls_google_text(auth->tokens, name);

    return value != NULL ? value : gls_google_text(auth->client, name);
}

/* "2024-05-01T10:20:30.123456Z", in UTC with or without Z. Not there: 0. */
static int64_t expiry_s(const json_t *tokens)
{
    const char *text = gls_google_text(tokens, "expiry");
    struct tm tm = {0};

    if (text == NULL || strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) == NULL)
        return 0;
    return (int64_t)timegm(&tm);
}

const char *gls_google_auth_token(const struct gls_google_auth *auth)
{
    int64_t until_s = expiry_s(auth->tokens);

    if (until_s != 0 && until_s < (int64_t)time(NULL) + NEARLY_S)
        return NULL;
    return gls_google_text(auth->tokens, "token");
}

static bool set_expiry(json_t *tokens, const json_t *answer)
{
    const json_t *lasts = json_object_get(answer, "expires_in");
    json_int_t lasts_s = json_is_integer(lasts) ? json_integer_value(lasts) : DEFAULT_S;
    time_t until_s = time(NULL) + (time_t)(lasts_s > 0 && lasts_s < 86400 ? lasts_s : DEFAULT_S);
    char text[EXPIRY_SIZE];
    struct tm tm;

    return gmtime_r(&until_s, &tm) != NULL &&
           strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000000Z", &tm) > 0 &&
           json_object_set_new(tokens, "expiry", json_string(text)) == 0;
}

static bool set_text(json_t *tokens, const char *name, const char *text)
{
    return text == NULL || json_object_set_new(tokens, name, json_string(text)) == 0;
}

/* What the endpoint answers, under the names of google-auth. */
static bool take_tokens(struct gls_google_auth *auth, const json_t *answer, struct gls_error *error)
{
    const char *scope = gls_google_text(answer, "scope");
    json_t *tokens = auth->tokens != NULL ? json_deep_copy(auth->tokens) : json_object();
    static const char *const of_client[] = {"client_id", "client_secret", "token_uri"};

    if (scope != NULL && strstr(scope, GLS_GOOGLE_SCOPE) == NULL) {
        json_decref(tokens);
        return gls_fail(error, GLS_ERROR_PERMISSION, "the consent does not cover uploads");
    }
    bool ok = tokens != NULL &&
              set_text(tokens, "token", gls_google_text(answer, "access_token")) &&
              set_text(tokens, "refresh_token", gls_google_text(answer, "refresh_token")) &&
              set_expiry(tokens, answer) &&
              (scope == NULL ||
               json_object_set_new(tokens, "scopes", json_pack("[s]", GLS_GOOGLE_SCOPE)) == 0);
    for (size_t i = 0; ok && i < sizeof of_client / sizeof *of_client; i++)
        ok = set_text(tokens, of_client[i], value_of(auth, of_client[i]));
    if (!ok) {
        json_decref(tokens);
        return gls_fail_memory(error);
    }
    json_decref(auth->tokens);
    auth->tokens = tokens;
    return true;
}

enum gls_google_outcome gls_google_auth_fetch(struct gls_google_auth *auth,
                                              const struct gls_google_asker *asker,
                                              const struct gls_strbuf *form,
                                              struct gls_error *error)
{
    const char *address = value_of(auth, "token_uri");
    struct gls_google_request request = {.url = address != NULL ? address : token_address,
                                         .content_type = "application/x-www-form-urlencoded",
                                         .body = form->data,
                                         .body_size = form->size};
    struct gls_google_answer answer = GLS_GOOGLE_ANSWER_INIT;
    struct gls_error unwritten = GLS_ERROR_INIT;
    json_t *json = NULL;
    enum gls_google_outcome outcome = gls_google_ask(&answer, &json, asker, &request, error);

    if (outcome == GLS_GOOGLE_DONE && gls_google_text(json, "access_token") == NULL) {
        gls_fail(error, GLS_ERROR_IO, "the answer of the token endpoint holds no token");
        outcome = GLS_GOOGLE_AGAIN;
    }
    if (outcome == GLS_GOOGLE_DONE && !take_tokens(auth, json, error))
        outcome = GLS_GOOGLE_REFUSED;
    /* One that is not kept serves this run all the same. */
    if (outcome == GLS_GOOGLE_DONE &&
        !gls_google_file_write(auth->tokens, auth->auth_path, &unwritten))
        asker->host->log(asker->host, GLS_PLUGIN_DISPLAY, unwritten.message);
    json_decref(json);
    if (answer.body.data != NULL)
        explicit_bzero(answer.body.data, answer.body.size);
    gls_strbuf_free(&answer.body);
    return outcome;
}

enum gls_google_outcome gls_google_auth_refresh(struct gls_google_auth *auth,
                                                const struct gls_google_asker *asker,
                                                struct gls_error *error)
{
    const char *refresh_token = gls_google_text(auth->tokens, "refresh_token");
    const char *id = value_of(auth, "client_id");
    const char *secret = value_of(auth, "client_secret");
    GLS_STRBUF_AUTO form = GLS_STRBUF_INIT;

    if (refresh_token == NULL || id == NULL || secret == NULL) {
        gls_fail(error, GLS_ERROR_PERMISSION, "there is no consent yet");
        return GLS_GOOGLE_REFUSED;
    }
    gls_google_form_add(&form, "grant_type", "refresh_token");
    gls_google_form_add(&form, "refresh_token", refresh_token);
    gls_google_form_add(&form, "client_id", id);
    gls_google_form_add(&form, "client_secret", secret);
    if (form.failed) {
        gls_fail_memory(error);
        return GLS_GOOGLE_AGAIN;
    }
    enum gls_google_outcome outcome = gls_google_auth_fetch(auth, asker, &form, error);
    explicit_bzero(form.data, form.size);
    return outcome;
}
