/* SPDX-License-Identifier: MIT */
/* riff - what the chunks of an AVI file say (Multimedia Programming Interface
 * and Data Specifications 1.0; XMP specification part 3 for `_PMX`). */
#ifndef GLS_MEDIA_RIFF_RIFF_H
#define GLS_MEDIA_RIFF_RIFF_H

#include "base/input.h"
#include "base/strbuf.h"

struct gls_riff {
    char date_time_original[64]; /* IDIT, as written; "" if absent */
    char date_created[64];       /* ICRD, as written; "" if absent */
    struct gls_strbuf xmp;       /* _PMX; size 0 if absent */
};

void gls_riff_free(struct gls_riff *riff);
/* A file that ends too early gives what was found before. */
bool gls_riff_read(struct gls_riff *out, struct gls_input *input, struct gls_error *error);

#endif
