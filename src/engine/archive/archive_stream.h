/* SPDX-License-Identifier: MIT */
/* archive_stream - one run of libarchive over a part of an archive: a tar from some member
 * on, or one member of a ZIP. */
#ifndef GLS_ENGINE_ARCHIVE_ARCHIVE_STREAM_H
#define GLS_ENGINE_ARCHIVE_ARCHIVE_STREAM_H

#include "base/input.h"
#include "engine/archive/archive_library.h"
#include "engine/archive/gzip_reader.h"

enum { GLS_ARCHIVE_BUFFER_SIZE = 64 * 1024 };

struct gls_archive_stream {
    const struct gls_archive_library *library;
    struct archive *reader;
    struct gls_input *input;
    struct gls_gzip_reader *gzip; /* what `input` holds is read through it; NULL: as it is */
    uint64_t at, end;             /* what is still to be read */
    uint8_t head[64];             /* read before that */
    size_t head_size;
    struct gls_error failure; /* of a callback; its message is "" where there was none */
    uint8_t buffer[GLS_ARCHIVE_BUFFER_SIZE];
};

/* Begins at `at`, ends before `end`. The stream is zero but for `head`, `gzip`.
 * To be closed also after a failure. */
bool gls_archive_stream_open(struct gls_archive_stream *stream, struct gls_input *input,
                             uint64_t at, uint64_t end, struct gls_error *error);
void gls_archive_stream_close(struct gls_archive_stream *stream);
/* The next member; *entry NULL: there is none. */
bool gls_archive_stream_next(struct gls_archive_stream *stream, struct archive_entry **entry,
                             struct gls_error *error);
/* Up to `size` bytes of its data; *got 0: that was all. */
bool gls_archive_stream_data(struct gls_archive_stream *stream, void *buffer, size_t size,
                             size_t *got, struct gls_error *error);

#endif
