/* SPDX-License-Identifier: MIT */
/*
 * tiff_builder - TIFF structures for tests: IFD0 with an Exif and a GPS IFD.
 *
 * Values are given as text that says its type: "a:text" ASCII (with its NUL),
 * "b:01ff" bytes, "u:0230" undefined, "s:1,2" SHORT, "l:1,2" LONG,
 * "r:37/1,22/1,0/1" RATIONAL, "e:" an ASCII entry of count 0.
 */
#ifndef GLS_TESTS_TIFF_BUILDER_H
#define GLS_TESTS_TIFF_BUILDER_H

#include "base/strbuf.h"

struct tiff_value {
    uint16_t tag;
    const char *value; /* NULL ends a list */
};

struct tiff_plan {
    bool big_endian;
    const struct tiff_value *ifd0; /* each may be NULL */
    const struct tiff_value *exif;
    const struct tiff_value *gps;
};

/* Appends the structure to `out`, which is empty. */
void tiff_build(struct gls_strbuf *out, const struct tiff_plan *plan);

#endif
