/* SPDX-License-Identifier: MIT */
/*
 * copy_stream - the loop under copy and hash: every byte of a source once,
 * through the hashes and the edit, into a target or into nothing.
 */
#ifndef GLS_ENGINE_DISK_COPY_STREAM_H
#define GLS_ENGINE_DISK_COPY_STREAM_H

#include <stdatomic.h>
#include <sys/uio.h>

#include "media/core/range_digest.h"

enum { GLS_STREAM_PARTS = 8 };

struct gls_stream {
    int source_fd;
    const char *source_name; /* for messages */
    uint64_t source_size;    /* exactly this many bytes are read */
    bool look_for_holes;
    int target_fd;                 /* -1: only hash */
    const char *target_name;       /* for messages */
    const struct gls_patch *patch; /* sealed; NULL: none */
    /* Reset; NULL: not wanted. */
    struct gls_sha256 *source_hash;
    struct gls_xxh128 *source_check;
    struct gls_xxh128 *stored_hash;
    struct gls_range_digest *essence_hash;
    uint8_t *buffer;
    size_t buffer_size;
    atomic_uint_fast64_t *bytes_read; /* how far it is; any thread may look. NULL: nobody does */

    /* Filled while it runs; begins as zeros. */
    uint64_t written; /* size of the result */
    uint64_t removed_until;
    size_t next_splice;
    bool ends_in_hole;
    /* Not written yet: what is before, in and behind a splice goes in one call. Valid until the
     * buffer is filled anew. */
    struct iovec parts[GLS_STREAM_PARTS];
    int part_count;
    uint64_t parts_offset;
};

/* GLS_ERROR_CHANGED: the source is shorter than it was said to be. */
bool gls_stream_run(struct gls_stream *stream, struct gls_error *error);

#endif
