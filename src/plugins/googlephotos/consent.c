/* SPDX-License-Identifier: MIT */
#include "plugins/googlephotos/consent.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/random.h"
#include "base/system/retry.h"
#include "plugins/googlephotos/redirect.h"

enum { SECRET_BYTES = 32, TEXT_SIZE = 44, TICK_MS = 300, PATIENCE_S = 900, LINE_SIZE = 4096 };
static const char consent_address[] = "https://accounts.google.com/o/oauth2/auth";

/* One question. */
struct question {
    char verifier[TEXT_SIZE];
    char challenge[TEXT_SIZE];
    char state[TEXT_SIZE];
    char redirect[64];
    int listener;
};

/* ---- The question --------------------------------------------------------------------- */

/* Base64url without padding (RFC 4648, section 5) of 32 bytes: 43 characters. */
static void put_base64url(char out[TEXT_SIZE], const unsigned char bytes[SECRET_BYTES])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t at = 0;

    for (size_t i = 0; i < SECRET_BYTES; i += 3) {
        unsigned second = i + 1 < SECRET_BYTES ? bytes[i + 1] : 0;
        unsigned third = i + 2 < SECRET_BYTES ? bytes[i + 2] : 0;
        unsigned group = (unsigned)bytes[i] << 16 | second << 8 | third;
        for (unsigned k = 0; k < 4 && at < TEXT_SIZE - 1; k++)
            out[at++] = digits[group >> (18 - 6 * k) & 63];
    }
    out[at] = '\0';
}

/* SHA-256 of the verifier's characters. */
static bool make_challenge(struct question *question, struct gls_error *error)
{
    struct gls_sha256 *digest = gls_sha256_new();
    char hex[GLS_SHA256_HEX_SIZE] = "";
    unsigned char bytes[SECRET_BYTES];

    if (digest == NULL)
        return gls_fail_memory(error);
    gls_sha256_update(digest, question->verifier, strlen(question->verifier));
    gls_sha256_finish(digest, hex);
    gls_sha256_free(digest);
    for (size_t i = 0; i < SECRET_BYTES; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        bytes[i] = (unsigned char)strtoul(pair, NULL, 16);
    }
    put_base64url(question->challenge, bytes);
    return hex[0] != '\0' || gls_fail(error, GLS_ERROR_INTERNAL, "SHA-256 failed");
}

static bool question_open(struct question *question, struct gls_error *error)
{
    unsigned char bytes[2][SECRET_BYTES];
    unsigned port = 0;

    question->listener = -1;
    if (!gls_random_bytes(bytes, sizeof bytes, error))
        return false;
    put_base64url(question->verifier, bytes[0]);
    put_base64url(question->state, bytes[1]);
    explicit_bzero(bytes, sizeof bytes);
    if (!make_challenge(question, error))
        return false;
    question->listener = gls_google_listen(&port, error);
    snprintf(question->redirect, sizeof question->redirect, "http://127.0.0.1:%u", port);
    return question->listener >= 0;
}

static bool show(const struct question *question, const struct gls_google_auth *auth,
                 struct gls_plugin_host *host, struct gls_error *error)
{
    const char *address = gls_google_text(auth->client, "auth_uri");
    GLS_STRBUF_AUTO query = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;

    if (address == NULL)
        address = consent_address;
    if (!gls_google_address_is_safe(address))
        return gls_fail(error, GLS_ERROR_CONFIG, "%s: auth_uri does not begin with https://",
                        auth->secrets_path);
    gls_google_form_add(&query, "client_id", gls_google_text(auth->client, "client_id"));
    gls_google_form_add(&query, "redirect_uri", question->redirect);
    gls_google_form_add(&query, "response_type", "code");
    gls_google_form_add(&query, "scope", GLS_GOOGLE_SCOPE);
    gls_google_form_add(&query, "state", question->state);
    gls_google_form_add(&query, "code_challenge", question->challenge);
    gls_google_form_add(&query, "code_challenge_method", "S256");
    gls_google_form_add(&query, "access_type", "offline");
    gls_google_form_add(&query, "prompt", "consent");
    gls_strbuf_addf(&text, "open this address in a browser, and allow the upload: %s?%s", address,
                    gls_strbuf_str(&query));
    if (query.failed || text.failed)
        return gls_fail_memory(error);
    host->log(host, GLS_PLUGIN_DISPLAY, gls_strbuf_str(&text));
    host->log(host, GLS_PLUGIN_DISPLAY,
              "if the browser runs on another machine, it ends at a page that cannot be shown: "
              "copy the address of that page, paste it here and press Enter");
    return true;
}

/* ---- The answer ----------------------------------------------------------------------- */

/* A line of the terminal. */
static enum gls_google_redirect read_pasted(char code[GLS_GOOGLE_CODE_SIZE],
                                            const struct question *question, bool *has_ended)
{
    char line[LINE_SIZE];
    ssize_t got = gls_read(STDIN_FILENO, line, sizeof line - 1);

    *has_ended = got <= 0;
    line[got > 0 ? got : 0] = '\0';
    enum gls_google_redirect result = gls_google_redirect_read(code, line, question->state);
    explicit_bzero(line, sizeof line);
    return result;
}

static enum gls_google_redirect wait_a_tick(char code[GLS_GOOGLE_CODE_SIZE],
                                            const struct question *question, bool *reads_terminal,
                                            struct gls_plugin_host *host)
{
    struct pollfd fds[2] = {{.fd = question->listener, .events = POLLIN},
                            {.fd = *reads_terminal ? STDIN_FILENO : -1, .events = POLLIN}};
    enum gls_google_redirect result = GLS_GOOGLE_REDIRECT_NONE;
    bool has_ended = false;

    if (gls_poll(fds, 2, TICK_MS) <= 0)
        return result;
    if (fds[0].revents != 0)
        result = gls_google_redirect_accept(code, question->listener, question->state);
    else
        result = read_pasted(code, question, &has_ended);
    *reads_terminal = *reads_terminal && !has_ended;
    if (result == GLS_GOOGLE_REDIRECT_NONE && !has_ended)
        host->log(host, GLS_PLUGIN_DISPLAY,
                  "an answer came that does not belong to this question; it is refused");
    return result;
}

static bool wait_for_code(char code[GLS_GOOGLE_CODE_SIZE], const struct question *question,
                          struct gls_plugin_host *host, struct gls_error *error)
{
    enum gls_google_redirect result = GLS_GOOGLE_REDIRECT_NONE;
    bool reads_terminal = true;
    time_t until = time(NULL) + PATIENCE_S;

    while (result == GLS_GOOGLE_REDIRECT_NONE) {
        if (host->is_cancelled(host))
            return gls_fail(error, GLS_ERROR_CANCELLED, "the run was interrupted");
        if (time(NULL) > until)
            return gls_fail(error, GLS_ERROR_PERMISSION, "nobody allowed the upload in time");
        result = wait_a_tick(code, question, &reads_terminal, host);
    }
    return result == GLS_GOOGLE_REDIRECT_CODE ||
           gls_fail(error, GLS_ERROR_PERMISSION, "the upload was not allowed");
}

static enum gls_google_outcome exchange(struct gls_google_auth *auth,
                                        const struct gls_google_asker *asker,
                                        const struct question *question, const char *code,
                                        struct gls_error *error)
{
    GLS_STRBUF_AUTO form = GLS_STRBUF_INIT;

    gls_google_form_add(&form, "grant_type", "authorization_code");
    gls_google_form_add(&form, "code", code);
    gls_google_form_add(&form, "code_verifier", question->verifier);
    gls_google_form_add(&form, "redirect_uri", question->redirect);
    gls_google_form_add(&form, "client_id", gls_google_text(auth->client, "client_id"));
    gls_google_form_add(&form, "client_secret", gls_google_text(auth->client, "client_secret"));
    if (form.failed) {
        gls_fail_memory(error);
        return GLS_GOOGLE_AGAIN;
    }
    /* The tokens of before may be of another client. */
    json_decref(auth->tokens);
    auth->tokens = NULL;
    enum gls_google_outcome outcome = gls_google_auth_fetch(auth, asker, &form, error);
    explicit_bzero(form.data, form.size);
    return outcome;
}

enum gls_google_outcome gls_google_consent(struct gls_google_auth *auth,
                                           const struct gls_google_asker *asker,
                                           struct gls_error *error)
{
    struct gls_plugin_host *host = asker->host;
    char code[GLS_GOOGLE_CODE_SIZE] = "";
    struct question question;
    enum gls_google_outcome outcome = GLS_GOOGLE_REFUSED;

    if (auth->client == NULL) {
        gls_fail(error, GLS_ERROR_CONFIG, "%s: there is no such file (secrets_file=)",
                 auth->secrets_path);
        return outcome;
    }
    if (isatty(STDIN_FILENO) == 0) {
        gls_fail(error, GLS_ERROR_PERMISSION,
                 "the upload has to be allowed first: run \"glassine batch GooglePhotos\" in a "
                 "terminal");
        return outcome;
    }
    if (question_open(&question, error) && show(&question, auth, host, error) &&
        wait_for_code(code, &question, host, error))
        outcome = exchange(auth, asker, &question, code, error);
    if (question.listener >= 0)
        close(question.listener);
    explicit_bzero(code, sizeof code);
    explicit_bzero(&question, sizeof question);
    return outcome;
}
