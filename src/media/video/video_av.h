/* SPDX-License-Identifier: MIT */
/*
 * video_av - what libavformat says of a video or sound file. The library is
 * loaded when the first such file is met (it brings many others with it), and
 * it sees nothing but the bytes of a gls_input: no path, no protocol. A build may
 * link it instead, or leave it out (GLS_AVFORMAT): then every read is a
 * GLS_ERROR_FORMAT, and the file is filed by what else is known of it.
 */
#ifndef GLS_MEDIA_VIDEO_VIDEO_AV_H
#define GLS_MEDIA_VIDEO_VIDEO_AV_H

#include "base/input.h"
#include "base/strbuf.h"

/* Texts as a container's metadata states them; NULL if absent. Free with
 * gls_av_values_free(), in every build. */
struct gls_av_values {
    char *creation_time; /* ISO 8601; UTC where the container's is */
    char *apple_creation_date;
    char *date_recorded; /* Matroska's tags of these names */
    char *date_digitized;
    char *position; /* ISO 6709 */
    char *make;
    char *model;
    char *content_id;
    char *xmp;
};

void gls_av_values_free(struct gls_av_values *values);
/* Opens the container and reads its header only. GLS_ERROR_UNSUPPORTED: the
 * library is not on this machine. GLS_ERROR_FORMAT: it cannot read the file. */
bool gls_av_read(struct gls_av_values *out, struct gls_input *input, struct gls_error *error);

#endif
