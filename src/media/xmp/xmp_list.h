/* SPDX-License-Identifier: MIT */
/*
 * xmp_list - the lists of a packet (keywords, people) to which items are added. A list is
 * written anew with all that it held, in its order, and the new items behind.
 */
#ifndef GLS_MEDIA_XMP_XMP_LIST_H
#define GLS_MEDIA_XMP_XMP_LIST_H

#include "media/xmp/xmp_rdf.h"
#include "media/xmp/xmp_targets.h"

/* Are the property's values plain texts, so that a list of texts can hold them all? What
 * is not there is plain. */
bool gls_xmp_list_is_plain(const struct gls_rdf *rdf, const char *name);
/* Does `after` state what `before` stated and the target's items, and no more? With one
 * packet for both: is nothing to be done? */
bool gls_xmp_list_is_merged(const struct gls_rdf *before, const struct gls_rdf *after,
                            const struct gls_xmp_target *target);
/* Is nothing left to be stated? */
bool gls_xmp_list_is_empty(const struct gls_rdf *before, const struct gls_xmp_target *target);
/* Adds the list as RDF; `r` is the packet's prefix for RDF. */
void gls_xmp_list_write(struct gls_strbuf *out, const struct gls_rdf *before,
                        const struct gls_xmp_target *target, const char *r);
/* Adds text with what XML reserves replaced. */
void gls_xmp_add_escaped(struct gls_strbuf *out, const char *text);

#endif
