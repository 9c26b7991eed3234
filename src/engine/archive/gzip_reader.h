/* SPDX-License-Identifier: MIT */
/*
 * gzip_reader - what a gzip file (RFC 1952) holds, at any offset. The first reading, from
 * start to end, proves the checksum and leaves a point every 16 MiB, from which a later one
 * goes on: 32 KiB of what came before, since deflate (RFC 1951) refers back that far.
 */
#ifndef GLS_ENGINE_ARCHIVE_GZIP_READER_H
#define GLS_ENGINE_ARCHIVE_GZIP_READER_H

#include "base/input.h"

enum { GLS_GZIP_WINDOW = 32 * 1024 };

struct gls_gzip_point {
    uint64_t out, in; /* offsets in what is held, and of the first whole byte in the file */
    int bits;         /* of the byte before `in` that are still to be read; -1: a header is here */
    unsigned window_size; /* 0 with a header */
    uint8_t window[GLS_GZIP_WINDOW];
};

/* Who keeps the points. */
struct gls_gzip_points {
    void *user;
    bool (*put)(void *user, struct gls_gzip_point *point, struct gls_error *error);
    /* The last one whose `out` is not above `at`; leaves *out as it is where there is none. */
    bool (*find)(void *user, struct gls_gzip_point *out, uint64_t at, struct gls_error *error);
};

struct gls_gzip_reader;

/* Both stay the caller's, and must outlive the reader. */
bool gls_gzip_reader_new(struct gls_gzip_reader **out, struct gls_input *input,
                         const struct gls_gzip_points *points, struct gls_error *error);
void gls_gzip_reader_free(struct gls_gzip_reader *reader);
/* Points are put while it reads on from the start. */
void gls_gzip_reader_set_first(struct gls_gzip_reader *reader, bool is_first);
/* Some bytes from `at` on, valid until the next call; *size 0: there are none, or the file is
 * cut off. GLS_ERROR_CHANGED: its checksum denies what it holds. */
bool gls_gzip_reader_read(struct gls_gzip_reader *reader, uint64_t at, const uint8_t **bytes,
                          size_t *size, struct gls_error *error);
/* Was the end reached, and not a cut? */
bool gls_gzip_reader_is_complete(const struct gls_gzip_reader *reader);
/* Bytes of the file that the last reading has come to. */
uint64_t gls_gzip_reader_packed(const struct gls_gzip_reader *reader);

#endif
