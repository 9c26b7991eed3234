/* SPDX-License-Identifier: MIT */
/*
 * quicktime - what the boxes of a movie (QTFF, ISO/IEC 14496-12, 3GPP TS
 * 26.244) say of it, where each value stands, and where its samples are.
 *
 * quicktime.c reads the values, quicktime_samples.c the sample tables.
 */
#ifndef GLS_MEDIA_BMFF_QUICKTIME_H
#define GLS_MEDIA_BMFF_QUICKTIME_H

#include "base/patch.h"
#include "media/bmff/isobmff.h"

/* Seconds from 1904-01-01 to 1970-01-01. */
#define GLS_MOVIE_EPOCH_S INT64_C(2082844800)
#define GLS_MOVIE_VALUE_MAX 512u /* values that are kept; later ones are not read */
#define GLS_MOVIE_TIME_MAX 4096u

enum gls_movie_value_kind {
    GLS_MOVIE_NOTHING = 0,
    GLS_MOVIE_KEYS_DATE,     /* Keys com.apple.quicktime.creationdate */
    GLS_MOVIE_KEYS_CREATED,  /* Keys creation_time, a copy of mvhd's that FFmpeg makes */
    GLS_MOVIE_KEYS_POSITION, /* Keys com.apple.quicktime.location.ISO6709 */
    GLS_MOVIE_MAKE,
    GLS_MOVIE_MODEL,
    GLS_MOVIE_CONTENT_ID,
    GLS_MOVIE_USER_DATE,     /* 3GP udta/date */
    GLS_MOVIE_CONTENT_DATE,  /* (c)day, of udta or ilst */
    GLS_MOVIE_USER_POSITION, /* (c)xyz, of udta or ilst */
    GLS_MOVIE_KIND_COUNT
};

struct gls_movie_value {
    enum gls_movie_value_kind kind;
    uint64_t offset;    /* of the text in the file */
    uint32_t size;      /* of the text in the file */
    char *text;         /* NUL-terminated bytes */
    struct gls_box box; /* the one that goes when the value is taken out */
};

struct gls_movie_time { /* a creation time of mvhd, tkhd or mdhd */
    uint32_t header;    /* 'mvhd', 'tkhd', 'mdhd' */
    uint8_t width;      /* 4 or 8 bytes */
    uint64_t offset;    /* of the field in the file */
    uint64_t since_1904_s;
};

struct gls_movie {
    struct gls_box moov;
    bool has_moov;
    bool is_compressed; /* its headers are in a cmov box, which is not read here */
    bool has_fragments;
    bool is_cut; /* a box states more than there is */
    struct gls_movie_time *times;
    size_t time_count;
    struct gls_movie_value *values; /* in file order */
    size_t value_count;
    bool has_loci; /* 3GP udta/loci */
    struct gls_box loci;
    uint64_t loci_offset; /* of longitude and latitude, 16.16 each */
    double loci_latitude;
    double loci_longitude;
    struct gls_box xmp_uuid; /* top-level; the last one; size 0: none */
    struct gls_box xmp_user; /* moov/udta/XMP_ */
    unsigned xmp_uuid_count;
    struct gls_box camera_xml; /* `xml ` in the `meta` of the file; size 0: none */
};

void gls_movie_free(struct gls_movie *movie);
/* Reads the values. No `moov` is no error: has_moov is false then. */
bool gls_movie_scan(struct gls_movie *out, struct gls_input *input, struct gls_error *error);
/* The first value of that kind, or NULL. */
const char *gls_movie_text(const struct gls_movie *movie, enum gls_movie_value_kind kind);
/* The first creation time that is set in a header of that type; 0 if none is. */
uint64_t gls_movie_created(const struct gls_movie *movie, uint32_t header);

/* Adds the ranges of the samples of all tracks, as the tables state them (they
 * may reach beyond the end of a file that is cut off). In a fragmented file,
 * and where the tables give more than two million chunks, these are the
 * payloads of all `mdat` boxes, which hold the same samples and what little
 * stands between them. Samples in other files are left out.
 * GLS_ERROR_FORMAT: there are none. */
bool gls_movie_essence(struct gls_ranges *out, struct gls_input *input, struct gls_error *error);

/* Where the byte at an offset goes: moved_offset(context, offset); UINT64_MAX: it has
 * no place in the result. */
struct gls_movie_mover {
    uint64_t (*moved_offset)(const void *context, uint64_t offset);
    const void *context;
};
/* Adds splices that make every chunk offset of `moov` follow its bytes.
 * GLS_ERROR_UNSUPPORTED if one does not fit or has no place, or if a track has other
 * offsets, too. */
bool gls_movie_move_chunks(struct gls_patch *out, struct gls_input *input,
                           const struct gls_box *moov, const struct gls_movie_mover *mover,
                           struct gls_error *error);

#endif
