/* SPDX-License-Identifier: MIT */
/* backends - the tables of functions that media.c chooses from. */
#ifndef GLS_MEDIA_BACKENDS_H
#define GLS_MEDIA_BACKENDS_H

#include "media/media.h"

/* video.c: MOV, MP4, M4V, M4A, 3GP, 3G2; has an editor. */
extern const struct gls_backend gls_video_backend;
/* video.c: AVI, MPEG program and transport streams, Matroska, WebM; no editor. */
extern const struct gls_backend gls_stream_backend;
/* text_note.c: a text whose first line may be a JSON object. */
extern const struct gls_backend gls_text_backend;

#endif
