/* SPDX-License-Identifier: MIT */
/* matroska - what our own code reads of Matroska and WebM: which of the two it
 * is, and the date (RFC 8794, RFC 9559). The rest is libavformat's. */
#ifndef GLS_MEDIA_VIDEO_MATROSKA_H
#define GLS_MEDIA_VIDEO_MATROSKA_H

#include "base/input.h"

struct gls_datetime;

enum { GLS_MATROSKA_DOC_TYPE_SIZE = 16 };

/* The DocType that the EBML header states, "matroska" or "webm"; "" if the file
 * is no EBML, is cut off or has another one that is longer. */
bool gls_matroska_doc_type(char out[GLS_MATROSKA_DOC_TYPE_SIZE], struct gls_input *input,
                           struct gls_error *error);
/* DateUTC of the segment, in UTC. *found is false if there is none. */
bool gls_matroska_read_date(struct gls_datetime *out, bool *found, struct gls_input *input,
                            struct gls_error *error);

#endif
