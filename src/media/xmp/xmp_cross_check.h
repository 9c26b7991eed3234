/* SPDX-License-Identifier: MIT */
/*
 * xmp_cross_check - the second opinion on an edited packet: Exiv2 decodes the old and
 * the new one, and nothing but the edited properties may differ. Properties of namespaces
 * with which glassine has nothing to do are compared byte for byte instead.
 */
#ifndef GLS_MEDIA_XMP_XMP_CROSS_CHECK_H
#define GLS_MEDIA_XMP_XMP_CROSS_CHECK_H

#include "media/xmp/xmp_rdf.h"

struct gls_xmp_case {
    const void *before;
    size_t before_size;
    const struct gls_rdf *before_rdf;
    const struct gls_strbuf *after; /* an excerpt: gls_xmp_make_excerpt() */
    const struct gls_rdf *after_rdf;
    size_t same;               /* that it was made with */
    const char *const *edited; /* keys as Exiv2 has them, ended by NULL */
};

/* GLS_ERROR_UNSUPPORTED: Exiv2 cannot decode one of them, or they differ in
 * something that was not edited. When the process has met too many foreign
 * namespaces, Exiv2 is not asked and the case is left to the leaves. */
bool gls_xmp_cross_check(const struct gls_xmp_case *before_and_after, struct gls_error *error);

#endif
