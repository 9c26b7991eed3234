/* SPDX-License-Identifier: MIT */
/* format_table - looking up rows of the format table; inside the media layer only. */
#ifndef GLS_MEDIA_FORMAT_TABLE_H
#define GLS_MEDIA_FORMAT_TABLE_H

#include "media/core/format.h"

#define GLS_HASH_BUFFER_SIZE (256u << 10)

/* NULL: there is no such row. */
const struct gls_format *gls_format_by_name(const char *name);
/* The first row that lists the extension (case does not count). */
const struct gls_format *gls_format_by_extension(const char *extension);

#endif
