/* SPDX-License-Identifier: MIT */
/* gif - the blocks of GIF87a and GIF89a, and XMP among them. */
#ifndef GLS_MEDIA_GIF_GIF_H
#define GLS_MEDIA_GIF_GIF_H

#include "media/core/container.h"

extern const struct gls_container gls_gif_container;

#endif
