/* SPDX-License-Identifier: MIT */
/*
 * exif_entries - the entries of an Exif block that glassine reads, through libexif
 * or, in a build without it, through the project's own TIFF walker. Either is
 * handed the compact block of gls_tiff_compact_exif(), and so never meets a hostile
 * offset, a maker note or a thumbnail.
 */
#ifndef GLS_MEDIA_TIFF_EXIF_ENTRIES_H
#define GLS_MEDIA_TIFF_EXIF_ENTRIES_H

#include "base/input.h"
#include "base/strbuf.h"

enum gls_exif_ifd { GLS_EXIF_IFD0, GLS_EXIF_PHOTO, GLS_EXIF_GPS, GLS_EXIF_IFDS };

struct gls_exif_entry {
    unsigned type;       /* enum gls_tiff_type */
    uint32_t count;      /* of values */
    const uint8_t *data; /* valid as long as the entries are */
    size_t size;         /* of data; never 0 */
    bool is_big_endian;
};

struct gls_exif_entries;
/* Reads the block that `input` is. The caller frees *out; NULL after failure. */
bool gls_exif_entries_new(struct gls_exif_entries **out, struct gls_input *input,
                          struct gls_error *error);
/* Takes NULL. */
void gls_exif_entries_free(struct gls_exif_entries *entries);
/* False: there is no such entry, or it is empty. */
bool gls_exif_entries_find(struct gls_exif_entry *out, const struct gls_exif_entries *entries,
                           enum gls_exif_ifd ifd, unsigned tag);

#endif
