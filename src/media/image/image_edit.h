/* SPDX-License-Identifier: MIT */
/* image_edit - planning an edit of a still picture through its container. */
#ifndef GLS_MEDIA_IMAGE_IMAGE_EDIT_H
#define GLS_MEDIA_IMAGE_IMAGE_EDIT_H

#include "media/core/container.h"
#include "media/core/format.h"

/* As gls_backend.plan_edit, for any container that has a replace(). Dates and
 * positions go into the Exif block, or into the XMP where there can be none. */
bool gls_image_plan_edit(struct gls_patch *out, struct gls_input *input,
                         const struct gls_container *container, const struct gls_tags *tags,
                         struct gls_error *error);

/* The XMP packet of that edit alone; *changed false: it stays as it is. */
bool gls_image_edit_xmp(struct gls_strbuf *out, bool *changed, const struct gls_blocks *blocks,
                        const struct gls_container *container, const struct gls_tags *tags,
                        struct gls_error *error);

#endif
