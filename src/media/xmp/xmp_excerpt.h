/* SPDX-License-Identifier: MIT */
/*
 * xmp_excerpt - what of an edited packet is to be read again. A parser that has read the same bytes
 * is in the same state: up to its first change the edited packet parses as the one before did. And
 * an element that is whole leaves the parser as it found it. So foreign properties before the first
 * change are left out: what the rest says, and whether it is well-formed, does not depend on
 * them. (There is no document type, and so nothing that an element declares for what follows.)
 */
#ifndef GLS_MEDIA_XMP_XMP_EXCERPT_H
#define GLS_MEDIA_XMP_XMP_EXCERPT_H

#include "media/xmp/xmp_rdf.h"

/* The first bytes of `edited` that are those of the `size` bytes of `packet`, `at` at most; 0 where
 * the edited packet is so large, or declares so many namespaces, that it is to be read whole, for
 * the excerpt would not tell that a bound is passed. `rdf` is what `packet` was parsed to. */
size_t gls_xmp_same_bytes(const struct gls_strbuf *edited, const char *packet, size_t at,
                          const struct gls_rdf *rdf);
/* Is the property of the packet left out, of which the edited one has the same first bytes? */
bool gls_xmp_is_left_out(const struct gls_rdf_property *property, size_t same);
/* Appends the edited packet to `out` without them. */
void gls_xmp_make_excerpt(struct gls_strbuf *out, const struct gls_strbuf *edited,
                          const struct gls_rdf *rdf, size_t same);

#endif
