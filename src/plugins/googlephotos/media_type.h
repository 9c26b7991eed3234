/* SPDX-License-Identifier: MIT */
/* media_type - what Google Photos takes, by the extension, and up to which size. */
#ifndef GLS_PLUGINS_GOOGLEPHOTOS_MEDIA_TYPE_H
#define GLS_PLUGINS_GOOGLEPHOTOS_MEDIA_TYPE_H

#include <stdbool.h>
#include <stdint.h>

struct gls_google_media_type {
    const char *extension;
    const char *mime;
    bool is_video;
};

/* NULL: none that it takes. */
const struct gls_google_media_type *gls_google_media_type(const char *path);
/* In bytes: 200 MB of a photo, 20 GB of a video. */
uint64_t gls_google_size_max(const struct gls_google_media_type *type);

#endif
