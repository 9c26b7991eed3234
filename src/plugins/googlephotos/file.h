/* SPDX-License-Identifier: MIT */
/*
 * file - a file of the queue, and the token of its upload, which the plugin's store keeps
 * as "token:SHA256" until an item is made of it.
 */
#ifndef GLS_PLUGINS_GOOGLEPHOTOS_FILE_H
#define GLS_PLUGINS_GOOGLEPHOTOS_FILE_H

#include "base/digest.h"
#include "plugins/googlephotos/media_type.h"
#include "plugins/googlephotos/service.h"

struct gls_google_file {
    const struct gls_plugin_record *record;
    const struct gls_google_media_type *type;
    char sha256[GLS_SHA256_HEX_SIZE]; /* what the service's copy is remembered by */
    char *token;                      /* of the upload; NULL: none */
    bool is_fresh;                    /* it was uploaded in this run */
    unsigned attempts;                /* how often the service could make no item of it */
};

/* A hash of its bytes as they stand in the library. */
static inline const char *gls_google_bytes(const struct gls_google_file *file)
{
    return file->record->stored_xxh128 != NULL ? file->record->stored_xxh128 : file->sha256;
}

/* The token of an answer to an upload. */
bool gls_google_take_token(struct gls_google_file *file, const struct gls_google_answer *answer,
                           struct gls_error *error);
/* One that an earlier run kept of the same bytes, if it is not too old. */
void gls_google_read_token(struct gls_google_file *file, struct gls_plugin_host *host);
/* Drops the token, here and in the store. */
void gls_google_forget_token(struct gls_google_file *file, struct gls_plugin_host *host);
/* What is kept of the token; for free(). NULL: no memory. */
char *gls_google_token_value(const struct gls_google_file *file);

/* "file:SHA256" and the like. */
enum { GLS_GOOGLE_KEY_SIZE = GLS_SHA256_HEX_SIZE + 8 };
void gls_google_key(char key[GLS_GOOGLE_KEY_SIZE], const char *kind, const char *sha256);

#endif
