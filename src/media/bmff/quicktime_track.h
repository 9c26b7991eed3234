/* SPDX-License-Identifier: MIT */
/* quicktime_track - the tables of one track, for quicktime_samples.c. */
#ifndef GLS_MEDIA_BMFF_QUICKTIME_TRACK_H
#define GLS_MEDIA_BMFF_QUICKTIME_TRACK_H

#include "media/bmff/isobmff.h"

#define GLS_TRACK_DESCRIPTION_MAX 64u

/* A table of entries, read through a window: it may be larger than memory. */
struct gls_track_table {
    struct gls_input *input;
    uint64_t offset; /* of what is not yet in `bytes` */
    uint64_t end;
    uint8_t bytes[4096];
    size_t at;
    size_t filled;
    bool is_over; /* less than one entry is left */
};
/* The entries begin `skip` bytes into the box's payload. */
void gls_track_table_open(struct gls_track_table *table, struct gls_input *input,
                          const struct gls_box *box, uint32_t skip);
/* The next `width` bytes, or NULL: at the end (is_over) or on an error. */
const uint8_t *gls_track_table_next(struct gls_track_table *table, size_t width,
                                    struct gls_error *error);

/* One sample description, as far as it tells where bytes are. */
struct gls_track_description {
    bool is_external;           /* the samples lie in another file */
    uint32_t frames_per_packet; /* sound of constant size; 0: as stsz says */
    uint32_t bytes_per_packet;
};

struct gls_track {
    struct gls_input *input;
    uint32_t handler;
    struct gls_box stsd; /* size 0: there is none; so for the next four */
    struct gls_box stsc;
    struct gls_box stsz;
    struct gls_box stco;
    struct gls_box dref;
    bool is_compact; /* stz2 */
    bool is_64_bit;  /* co64 */
    bool has_more;   /* a second table of offsets, or those of auxiliary data (saio) */
    struct gls_track_description descriptions[GLS_TRACK_DESCRIPTION_MAX];
    size_t description_count;
};
/* Finds the boxes of a `trak`. */
bool gls_track_find(struct gls_track *out, struct gls_input *input, const struct gls_box *trak,
                    struct gls_error *error);
bool gls_track_read_descriptions(struct gls_track *track, struct gls_error *error);

#endif
