/* SPDX-License-Identifier: MIT */
/*
 * container_property - what must hold for every container and every input,
 * shared by unit tests and fuzz targets: an edit is refused, or the patched
 * view holds the new blocks, all other blocks as they were, and the same
 * essence; and the same edit again has nothing left to do.
 */
#ifndef GLS_TESTS_CONTAINER_PROPERTY_H
#define GLS_TESTS_CONTAINER_PROPERTY_H

#include "media/core/container.h"

/* NULL: it holds. Else a static sentence of what does not. *refused tells
 * whether replace() declined; `error` then has its reason. */
const char *gls_container_check(const struct gls_container *container, struct gls_input *input,
                                const struct gls_block_edit *edit, bool *refused,
                                struct gls_error *error);

/* The same over bytes in memory. */
const char *gls_container_check_bytes(const struct gls_container *container,
                                      const struct gls_strbuf *file,
                                      const struct gls_block_edit *edit, bool *refused,
                                      struct gls_error *error);
bool gls_container_scan_bytes(struct gls_blocks *out, const struct gls_container *container,
                              const struct gls_strbuf *file, struct gls_error *error);
/* The edited file as a whole, as the copy engine would write it. */
bool gls_container_apply(struct gls_strbuf *out, const struct gls_container *container,
                         struct gls_input *input, const struct gls_block_edit *edit,
                         struct gls_error *error);
bool gls_container_apply_bytes(struct gls_strbuf *out, const struct gls_container *container,
                               const struct gls_strbuf *file, const struct gls_block_edit *edit,
                               struct gls_error *error);

/* A file below the folder that an environment variable names, such as GLS_CORPUS. */
struct gls_named_file {
    const char *folder_variable;
    const char *name;
};

/* Runs the check with several edits over each of the files that is there. None may be
 * refused (but for Exif, where the container holds none). *found: how many are there.
 * False: the error names the first that fails, and why. */
bool gls_container_check_files(size_t *found, const struct gls_container *container,
                               const struct gls_named_file *files, size_t count,
                               struct gls_error *error);

/* For fuzz targets: scans the bytes and tries several edits; abort() if the
 * property does not hold for one. */
void gls_container_fuzz(const struct gls_container *container, const uint8_t *data, size_t size);

/* An Exif block (a TIFF header and an empty IFD) and an XMP packet of about
 * `size` bytes, each different for each `variant`. */
void gls_make_exif(struct gls_strbuf *out, size_t size, char variant);
void gls_make_xmp(struct gls_strbuf *out, size_t size, char variant);

#endif
