/* SPDX-License-Identifier: MIT */
/*
 * backend_property - what must hold for a backend that edits a file as a whole,
 * whatever the file: an edit is refused, or the edited file can be read, has the
 * same essence, and the same edit finds nothing left to do.
 */
#ifndef GLS_TESTS_BACKEND_PROPERTY_H
#define GLS_TESTS_BACKEND_PROPERTY_H

#include "media/media.h"

/* For fuzz targets of backends that want no context: abort() if it does not hold. Returns whether
 * the edit was made; then *edited is what the edited file says, the caller's to clear. */
bool gls_backend_fuzz_edit(struct gls_media *edited, const struct gls_backend *backend,
                           struct gls_input *input, const struct gls_tags *tags);

#endif
