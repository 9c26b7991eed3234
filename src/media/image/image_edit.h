/* SPDX-License-Identifier: MIT */
/* image_edit - planning an edit of a still picture through its container. */
#ifndef GLS_MEDIA_IMAGE_IMAGE_EDIT_H
#define GLS_MEDIA_IMAGE_IMAGE_EDIT_H

#include "media/core/container.h"
#include "media/core/format.h"

/* The plan_edit() of gls_image_backend; `context` is the container. Dates and positions
 * go into the Exif block, or into the XMP where there can be none. */
bool gls_image_plan_edit(struct gls_patch *out, struct gls_input *input,
                         const struct gls_tags *tags, const void *context, struct gls_error *error);

#endif
