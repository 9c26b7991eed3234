/* SPDX-License-Identifier: MIT */
/*
 * create - items of what was uploaded: mediaItems:batchCreate, up to 50 a call, in the
 * file's album, which is made once. The plugin's store keeps "file:SHA256", the item that
 * a file has become, and "album:TITLE", the id of an album.
 *
 * At least once: where the answer of a call is lost, or the run dies before it is kept,
 * the same tokens are sent again. The service takes the same bytes for the same item.
 */
#ifndef GLS_PLUGINS_GOOGLEPHOTOS_CREATE_H
#define GLS_PLUGINS_GOOGLEPHOTOS_CREATE_H

#include "plugins/googlephotos/upload.h"

enum { GLS_GOOGLE_ITEMS_MAX = 50 };

/* Files with a token; those that are finished leave it. */
struct gls_google_group {
    struct gls_google_file files[GLS_GOOGLE_ITEMS_MAX];
    size_t count;
    uint64_t done;            /* how many were finished, well or not */
    unsigned failures_in_row; /* files that were left queued, one after the other */
};

/* Makes items of all, and finishes each in the queue. Not DONE: no more in this run;
 * *error says why, and the rest is left in the group. */
enum gls_google_outcome gls_google_create(struct gls_google_group *group, struct gls_google *google,
                                          struct gls_error *error);
/* Keeps the tokens of those that are left for the next run. */
void gls_google_keep_tokens(const struct gls_google_group *group, struct gls_plugin_host *host);
/* Ends a file: `result` and why (NULL: well). */
void gls_google_finish(struct gls_google_group *group, struct gls_google_file *file,
                       struct gls_google *google, enum gls_plugin_result result, const char *why);
/* Is it remembered that the service has it? */
bool gls_google_has(struct gls_plugin_host *host, const char *sha256);

#endif
