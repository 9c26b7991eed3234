/* SPDX-License-Identifier: MIT */
/*
 * upload - the bytes of a file, for an upload token: in one request where it is small,
 * else by Google's resumable protocol in parts.
 */
#ifndef GLS_PLUGINS_GOOGLEPHOTOS_UPLOAD_H
#define GLS_PLUGINS_GOOGLEPHOTOS_UPLOAD_H

#include "plugins/googlephotos/file.h"

/* Uploads it, unless a token of the last hours is there for the same bytes. REFUSED: the
 * file cannot be read, or the service does not take it. */
enum gls_google_outcome gls_google_upload(struct gls_google_file *file, struct gls_google *google,
                                          struct gls_error *error);

#endif
