/* SPDX-License-Identifier: MIT */
/* video - the backends of movies and sound. */
#ifndef GLS_MEDIA_VIDEO_VIDEO_H
#define GLS_MEDIA_VIDEO_VIDEO_H

#include "media/core/format.h"

/* MOV, MP4, M4V, M4A, 3GP, 3G2; has an editor. */
extern const struct gls_backend gls_video_backend;
/* Everything else; no editor. A format's context is its struct gls_stream. */
extern const struct gls_backend gls_stream_backend;

struct gls_stream {
    bool (*read)(struct gls_media *out, struct gls_input *input, struct gls_error *error);
};
extern const struct gls_stream gls_avi_stream;
extern const struct gls_stream gls_mts_stream;      /* AVCHD's dates */
extern const struct gls_stream gls_matroska_stream; /* WebM too */
extern const struct gls_stream gls_asf_stream;      /* WMV */

#endif
