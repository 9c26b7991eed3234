/* SPDX-License-Identifier: MIT */
/* asf - when a WMV or ASF file was made. */
#ifndef GLS_MEDIA_VIDEO_ASF_H
#define GLS_MEDIA_VIDEO_ASF_H

#include "base/input.h"
#include "base/timestamp.h"

#define GLS_ASF_GUID_SIZE 16u
/* What an ASF file begins with: the header object's GUID. */
extern const uint8_t gls_asf_header_guid[GLS_ASF_GUID_SIZE];

/* The creation date (UTC) of the file properties object. *found is false where the file
 * states none. Fails only when the input cannot be read. */
bool gls_asf_read_date(struct gls_datetime *out, bool *found, struct gls_input *input,
                       struct gls_error *error);

#endif
