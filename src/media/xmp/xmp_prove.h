/* SPDX-License-Identifier: MIT */
/* xmp_prove - whether an edited packet says what it should, and all that it said before. */
#ifndef GLS_MEDIA_XMP_XMP_PROVE_H
#define GLS_MEDIA_XMP_XMP_PROVE_H

#include "base/input.h"
#include "media/xmp/xmp_rdf.h"
#include "media/xmp/xmp_targets.h"

struct gls_xmp_proof {
    const char *packet; /* before the edit */
    size_t size;
    const struct gls_rdf *rdf; /* it parsed */
    size_t first_change;       /* where in it the first change is */
    const struct gls_strbuf *edited;
    const struct gls_xmp_targets *targets;
    struct gls_input *input; /* NULL: none; see gls_rdf_open() */
    bool is_new;             /* there was no packet: Exiv2 is not asked */
};

/* Reads the edited packet again, by our reader and by Exiv2. GLS_ERROR_UNSUPPORTED: it is not to be
 * written; GLS_ERROR_FORMAT: nor can it be read. */
bool gls_xmp_prove(const struct gls_xmp_proof *proof, struct gls_error *error);

#endif
