/* SPDX-License-Identifier: MIT */
#include "plugins/googlephotos/album.h"

#include <stdlib.h>
#include <string.h>

/* Of a title, in bytes; the service takes 500 characters. */
enum { TITLE_MAX = 500 };

/* "album:TITLE"; NULL: no memory. */
static char *key_of(const char *title)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;

    gls_strbuf_addf(&text, "album:%s", title);
    return gls_strbuf_take(&text);
}

static enum gls_google_outcome make(char **id, struct gls_google *google, const char *title,
                                    struct gls_error *error)
{
    const struct gls_google_posting posting = {
        "/v1/albums",
        json_pack("{s:{s:s%}}", "album", "title", title, gls_google_cut(title, TITLE_MAX))};
    struct gls_google_answer answer = GLS_GOOGLE_ANSWER_INIT;
    json_t *json = NULL;
    enum gls_google_outcome outcome = gls_google_post(&answer, &json, google, &posting, error);

    if (outcome == GLS_GOOGLE_DONE) {
        const char *made = gls_google_text(json, "id");
        *id = made != NULL && made[0] != '\0' ? strdup(made) : NULL;
        if (*id == NULL) {
            gls_fail(error, GLS_ERROR_IO, "the service gave the new album no id");
            outcome = GLS_GOOGLE_AGAIN;
        }
    }
    json_decref(json);
    gls_strbuf_free(&answer.body);
    return outcome;
}

enum gls_google_outcome gls_google_album(char **id, struct gls_google *google, const char *title,
                                         struct gls_error *error)
{
    struct gls_plugin_host *host = google->asker.host;
    char *key = key_of(title);
    enum gls_google_outcome outcome = GLS_GOOGLE_DONE;

    *id = key != NULL ? host->get(host, key) : NULL;
    if (key == NULL) {
        gls_fail_memory(error);
        return GLS_GOOGLE_AGAIN;
    }
    if (*id == NULL) {
        outcome = make(id, google, title, error);
        if (outcome == GLS_GOOGLE_DONE &&
            !host->put(host, &(struct gls_plugin_value){key, *id}, 1)) {
            gls_fail(error, GLS_ERROR_LIBRARY, "the album's id could not be kept");
            outcome = GLS_GOOGLE_STOP;
        }
    }
    if (outcome != GLS_GOOGLE_DONE) {
        free(*id);
        *id = NULL;
    }
    free(key);
    return outcome;
}

void gls_google_album_forget(struct gls_plugin_host *host, const char *title)
{
    char *key = key_of(title);

    if (key != NULL)
        host->put(host, &(struct gls_plugin_value){key, NULL}, 1);
    free(key);
}
