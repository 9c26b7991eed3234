/* SPDX-License-Identifier: MIT */
/*
 * auth_file - the two small JSON files of [PluginGooglePhotos]: secrets_file=, which is
 * read, and auth_file=, which holds the tokens and is rewritten whole. Neither is reached
 * through a symbolic link at its end.
 */
#ifndef GLS_PLUGINS_GOOGLEPHOTOS_AUTH_FILE_H
#define GLS_PLUGINS_GOOGLEPHOTOS_AUTH_FILE_H

#include <jansson.h>

#include "base/error.h"

/* Reads a JSON object. *out NULL, and true: there is no such file. `is_mended` (NULL: do
 * not look) is set where others could read it, which they now cannot; a file of somebody
 * else is then refused. */
bool gls_google_file_read(json_t **out, const char *path, bool *is_mended, struct gls_error *error);
/* Writes it beside with mode 0600, flushes it, and gives it the name. */
bool gls_google_file_write(const json_t *object, const char *path, struct gls_error *error);

#endif
