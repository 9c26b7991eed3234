/* SPDX-License-Identifier: MIT */
/* box_builder - ISO-BMFF files made by hand, for unit tests and fuzz seeds. */
#ifndef GLS_TESTS_BOX_BUILDER_H
#define GLS_TESTS_BOX_BUILDER_H

#include "base/strbuf.h"

/* Opens a box; the result goes to gls_box_close(). */
size_t gls_box_open(struct gls_strbuf *out, const char *type);
void gls_box_close(struct gls_strbuf *out, size_t start);
/* A big-endian number of 1, 2, 4 or 8 bytes. */
void gls_put_be(struct gls_strbuf *out, uint64_t value, unsigned width);
/* A whole box with these bytes. */
void gls_put_box(struct gls_strbuf *out, const char *type, const void *bytes, size_t size);

/* A movie with one video track of three samples in two chunks. */
struct gls_movie_recipe {
    const char *brand;     /* NULL: no ftyp */
    bool moov_first;       /* before mdat */
    bool wide_offsets;     /* co64 */
    bool wide_headers;     /* version 1 of mvhd, tkhd, mdhd */
    bool compact_sizes;    /* stz2 with 16 bits */
    bool sound;            /* handler 'soun' */
    bool open_end;         /* the last box has size 0 */
    bool auxiliary;        /* saio: offsets of auxiliary data beside the samples' */
    bool fragments;        /* an empty moof and an mfra at the end */
    uint64_t since_1904_s; /* creation times */
    const char *keys_date; /* NULL: no Keys at all */
    const char *keys_position;
    const char *keys_created;  /* Keys creation_time, as FFmpeg writes it */
    const char *user_date;     /* udta/date */
    const char *user_position; /* udta/(c)xyz */
    const char *content_date;  /* udta/meta/ilst/(c)day */
    bool loci;                 /* 10.5 north, 20.25 west */
    const char *xmp_user;      /* moov/udta/XMP_ */
    const char *xmp_uuid;      /* top level */
    bool free_behind_uuid;     /* and something else behind that */
};
void gls_make_movie(struct gls_strbuf *out, const struct gls_movie_recipe *recipe);

/* A still of one coded item "coded image data", optionally described. */
struct gls_heif_recipe {
    const char *brand; /* "heic" */
    unsigned iloc_version;
    bool wide_ids;     /* iref version 1, infe version 3 */
    bool wide_offsets; /* iloc offset_size 8 */
    bool base_offsets; /* iloc base_offset_size 4, base of 16 */
    bool in_idat;      /* all items, construction method 1 */
    bool two_extents;  /* of the coded item */
    bool scattered;    /* every other item lies in twenty extents */
    bool trailer;      /* mpvd and sefd at the end */
    bool open_end;     /* mdat has size 0 */
    bool sequence;     /* a moov whose track is the coded item */
    bool auxiliary;    /* of that track, as in a movie's recipe */
    const void *exif;  /* from the TIFF header; NULL: no such item */
    size_t exif_size;
    const char *xmp;   /* NULL: no such item */
    bool packed_xmp;   /* its infe states a content encoding */
    uint32_t first_id; /* 0: 1 */
};
void gls_make_heif(struct gls_strbuf *out, const struct gls_heif_recipe *recipe);

#endif
