/* SPDX-License-Identifier: MIT */
/*
 * container_property - what must hold for every container and every input,
 * shared by unit tests and fuzz targets: an edit is refused, or the patched
 * view holds the new blocks, all other blocks as they were, and the same
 * essence; and the same edit again has nothing left to do.
 */
#ifndef GLS_TESTS_CONTAINER_PROPERTY_H
#define GLS_TESTS_CONTAINER_PROPERTY_H

#include "media/container.h"

/* NULL: it holds. Else a static sentence of what does not. *refused tells
 * whether replace() declined; `error` then has its reason. */
const char *gls_container_check(const struct gls_container *container, struct gls_input *input,
                                const struct gls_block_edit *edit, bool *refused,
                                struct gls_error *error);

/* For fuzz targets: scans the bytes and tries several edits; abort() if the
 * property does not hold for one. */
void gls_container_fuzz(const struct gls_container *container, const uint8_t *data, size_t size);

/* An Exif block (a TIFF header and an empty IFD) and an XMP packet of about
 * `size` bytes, each different for each `variant`. */
void gls_make_exif(struct gls_strbuf *out, size_t size, char variant);
void gls_make_xmp(struct gls_strbuf *out, size_t size, char variant);

#endif
