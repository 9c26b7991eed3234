/* SPDX-License-Identifier: MIT */
/* block_load - filling struct gls_blocks, for the container parsers. */
#ifndef GLS_MEDIA_CORE_BLOCK_LOAD_H
#define GLS_MEDIA_CORE_BLOCK_LOAD_H

#include "media/core/container.h"

/* Appends `size` bytes at `offset` of the input to `out`. GLS_ERROR_FORMAT: it
 * would grow beyond GLS_BLOCK_MAX, or the input ends before. */
bool gls_block_append(struct gls_strbuf *out, struct gls_input *input, uint64_t offset,
                      uint64_t size, struct gls_error *error);
/* As gls_block_append() on an empty block, and marks it present. After a failure
 * the block is empty and absent. */
bool gls_block_load(struct gls_block *out, struct gls_input *input, uint64_t offset, uint64_t size,
                    struct gls_error *error);
/* Adds a remark for a person (printf). Later ones follow after "; ". Out of
 * memory is not reported: a note is a courtesy. */
void gls_blocks_note(struct gls_blocks *blocks, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* How many bytes "Exif\0" and one odd byte take before the TIFF header that an
 * Exif block is to begin with: 6 or 0. */
size_t gls_exif_prefix_size(const void *bytes, size_t size);
enum gls_photoshop_id {
    GLS_PHOTOSHOP_IPTC = 0x0404, /* IPTC-IIM records */
    GLS_PHOTOSHOP_EXIF = 0x0422,
    GLS_PHOTOSHOP_XMP = 0x0424
};
/* Finds a resource among Photoshop's image resources (8BIM). Returns false if it is not
 * there; *data points into `bytes`. */
bool gls_photoshop_find(const uint8_t **data, size_t *data_size, enum gls_photoshop_id id,
                        const uint8_t *bytes, size_t size);

#endif
