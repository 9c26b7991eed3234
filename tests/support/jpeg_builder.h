/* SPDX-License-Identifier: MIT */
/*
 * jpeg_builder - JPEGs for tests, spelled with one letter for each segment:
 *   J JFIF   E Exif   e Exif with an odd second byte   c Exif going on from E
 *   X XMP    M MPF    I ICC profile    P Photoshop resources with IPTC   Q tables
 *   F fill bytes    T a marker without length
 *   S the image data with a trailer, which ends the file
 * Link with gls_test_support. No memory: abort().
 */
#ifndef GLS_TESTS_SUPPORT_JPEG_BUILDER_H
#define GLS_TESTS_SUPPORT_JPEG_BUILDER_H

#include "base/strbuf.h"

#define BYTES(text) text, sizeof text - 1

/* Empties `out` and fills it with SOI and the segments. */
void jpeg_make(struct gls_strbuf *out, const char *letters);
void jpeg_put_letter(struct gls_strbuf *out, char letter);
/* A segment of `head` and, unless it is NULL, `data`. */
void jpeg_put_segment(struct gls_strbuf *out, uint8_t marker, const char *head, size_t head_size,
                      const struct gls_strbuf *data);
/* The inverse of jpeg_make(); `out` has room for the letters and a NUL. */
void jpeg_spell(char *out, const struct gls_strbuf *file);

#endif
