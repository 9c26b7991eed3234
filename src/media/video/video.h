/* SPDX-License-Identifier: MIT */
/* video - the backends of movies and sound. */
#ifndef GLS_MEDIA_VIDEO_VIDEO_H
#define GLS_MEDIA_VIDEO_VIDEO_H

#include "media/core/format.h"

/* MOV, MP4, M4V, M4A, 3GP, 3G2; has an editor. */
extern const struct gls_backend gls_video_backend;
/* AVI, MPEG program and transport streams, Matroska, WebM; no editor. */
extern const struct gls_backend gls_stream_backend;

#endif
