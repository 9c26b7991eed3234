/* SPDX-License-Identifier: MIT */
#include "plugins/googlephotos/file.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A token is valid for a day; one that is older than this is not relied on. */
enum { TOKEN_AGE_S = 20 * 3600, TOKEN_SIZE_MAX = 8192 };

void gls_google_key(char key[GLS_GOOGLE_KEY_SIZE], const char *kind, const char *sha256)
{
    snprintf(key, GLS_GOOGLE_KEY_SIZE, "%s:%s", kind, sha256);
}

char *gls_google_token_value(const struct gls_google_file *file)
{
    json_t *value = json_pack("{s:s, s:s, s:I}", "token", file->token, "of", gls_google_bytes(file),
                              "at", (json_int_t)time(NULL));
    char *text = value != NULL ? json_dumps(value, JSON_COMPACT) : NULL;

    json_decref(value);
    return text;
}

void gls_google_read_token(struct gls_google_file *file, struct gls_plugin_host *host)
{
    char key[GLS_GOOGLE_KEY_SIZE];

    gls_google_key(key, "token", file->sha256);
    char *text = host->get(host, key);
    json_t *value = text != NULL ? json_loads(text, 0, NULL) : NULL;
    const char *token = gls_google_text(value, "token");
    const char *of = gls_google_text(value, "of");
    json_int_t age_s = (json_int_t)time(NULL) - json_integer_value(json_object_get(value, "at"));
    if (token != NULL && of != NULL && strcmp(of, gls_google_bytes(file)) == 0 && age_s >= 0 &&
        age_s < TOKEN_AGE_S)
        file->token = strdup(token);
    file->is_fresh = false;
    json_decref(value);
    free(text);
}

void gls_google_forget_token(struct gls_google_file *file, struct gls_plugin_host *host)
{
    char key[GLS_GOOGLE_KEY_SIZE];

    gls_google_key(key, "token", file->sha256);
    host->put(host, &(struct gls_plugin_value){key, NULL}, 1);
    free(file->token);
    file->token = NULL;
}

bool gls_google_take_token(struct gls_google_file *file, const struct gls_google_answer *answer,
                           struct gls_error *error)
{
    const char *text = gls_strbuf_str(&answer->body);

    if (answer->body.size == 0 || answer->body.size > TOKEN_SIZE_MAX ||
        strlen(text) != answer->body.size || strpbrk(text, "\r\n\"{}") != NULL)
        return gls_fail(error, GLS_ERROR_IO, "the service answered the upload with no token");
    file->token = strdup(text);
    file->is_fresh = true;
    return file->token != NULL || gls_fail_memory(error);
}
