/* SPDX-License-Identifier: MIT */
/*
 * resumable - Google's resumable upload: start, upload in parts, query, finalize. The
 * plugin's store keeps the session as "upload:SHA256", so that the next run goes on.
 */
#ifndef GLS_PLUGINS_GOOGLEPHOTOS_RESUMABLE_H
#define GLS_PLUGINS_GOOGLEPHOTOS_RESUMABLE_H

#include "plugins/googlephotos/file.h"

/* Sends `size` bytes of fd and keeps the token. */
enum gls_google_outcome gls_google_upload_resumable(struct gls_google_file *file,
                                                    struct gls_google *google, int fd,
                                                    uint64_t size, struct gls_error *error);

#endif
