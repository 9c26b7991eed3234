/* SPDX-License-Identifier: MIT */
/*
 * image - joins containers (where the blocks are) and blocks (what they mean)
 * into the one backend of all still pictures.
 */
#ifndef GLS_MEDIA_IMAGE_IMAGE_H
#define GLS_MEDIA_IMAGE_IMAGE_H

#include "media/core/format.h"

/* A format's context is its container (core/container.h). */
extern const struct gls_backend gls_image_backend;

#endif
