/* SPDX-License-Identifier: MIT */
/* matroska - what Matroska and WebM say: which of the two it is, the date, and the tags
 * (RFC 8794, RFC 9559). */
#ifndef GLS_MEDIA_VIDEO_MATROSKA_H
#define GLS_MEDIA_VIDEO_MATROSKA_H

#include "base/input.h"

#include "media/video/video_av.h"

struct gls_datetime;

enum { GLS_MATROSKA_DOC_TYPE_SIZE = 16 };

/* The DocType that the EBML header states, "matroska" or "webm"; "" if the file
 * is no EBML, is cut off or has another one that is longer. */
bool gls_matroska_doc_type(char out[GLS_MATROSKA_DOC_TYPE_SIZE], struct gls_input *input,
                           struct gls_error *error);
/* DateUTC of the segment, in UTC. *found is false if there is none. */
bool gls_matroska_read_date(struct gls_datetime *out, bool *found, struct gls_input *input,
                            struct gls_error *error);
/* The tags about the whole file, by the names that FFmpeg writes there. Where several
 * tags have one name the first counts. *out is to be freed also after a failure. */
bool gls_matroska_read_tags(struct gls_av_values *out, struct gls_input *input,
                            struct gls_error *error);

#endif
