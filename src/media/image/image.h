/* SPDX-License-Identifier: MIT */
/*
 * image - joins containers (where the blocks are) and blocks (what they mean)
 * into the backends of all still pictures.
 */
#ifndef GLS_MEDIA_IMAGE_IMAGE_H
#define GLS_MEDIA_IMAGE_IMAGE_H

#include "media/core/format.h"

extern const struct gls_backend gls_jpeg_backend;
extern const struct gls_backend gls_png_backend;
extern const struct gls_backend gls_gif_backend;
extern const struct gls_backend gls_webp_backend;
extern const struct gls_backend gls_heif_backend; /* HEIC, HEIF, AVIF */
extern const struct gls_backend gls_cr3_backend;  /* reads only */
extern const struct gls_backend gls_raf_backend;  /* reads only */
extern const struct gls_backend gls_tiff_backend; /* TIFF, DNG and RAW built on TIFF */

#endif
