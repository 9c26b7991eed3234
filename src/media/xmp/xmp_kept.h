/* SPDX-License-Identifier: MIT */
/*
 * xmp_kept - packets that are parsed once for all who read them. Reading a file, planning
 * an edit of it, proving the edit and reading it back meet two packets, the old one and the
 * new one, several times each: what the parser made of them stays with the input.
 */
#ifndef GLS_MEDIA_XMP_XMP_KEPT_H
#define GLS_MEDIA_XMP_XMP_KEPT_H

#include "base/input.h"
#include "media/xmp/xmp_rdf.h"

/* As gls_rdf_parse(). `input` (NULL: none) is where the packet was read or shall be written; it
 * keeps the last two of up to 64 KiB that could be read, by their bytes: what has one other byte is
 * parsed. Give *out back by gls_rdf_release(); it is NULL after a failure. */
bool gls_rdf_open(const struct gls_rdf **out, struct gls_input *input, const void *packet,
                  size_t size, struct gls_error *error);
/* The same for who reads values alone: foreign properties (gls_rdf_property) may be missing. */
bool gls_rdf_open_values(const struct gls_rdf **out, struct gls_input *input, const void *packet,
                         size_t size, struct gls_error *error);
/* Parses an excerpt of the packet (xmp_excerpt.h), and keeps it for gls_rdf_open_values() of the
 * packet. The places are those of the excerpt. */
bool gls_rdf_open_excerpt(const struct gls_rdf **out, struct gls_input *input,
                          const struct gls_strbuf *packet, const struct gls_strbuf *excerpt,
                          struct gls_error *error);
void gls_rdf_release(const struct gls_rdf *rdf);

#endif
