/* SPDX-License-Identifier: MIT */
#include "engine/disk/copy_stream.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/system/retry.h"

/* Of whole pages, and little of a buffer: while a long splice removes, nothing is written, and
 * each read is as short. */
enum { ALIGNMENT = 64 * 1024 };

/* A chunk of the source; the bytes of a hole are zeros. */
struct chunk {
    const uint8_t *bytes;
    uint64_t offset;
    size_t size;
    bool is_hole;
};

static bool write_parts(struct gls_stream *stream, struct gls_error *error)
{
    struct iovec *part = stream->parts, *end = part + stream->part_count;
    uint64_t offset = stream->parts_offset;

    while (part < end) {
        ssize_t done = gls_pwritev(stream->target_fd, part, (int)(end - part), offset);
        if (done <= 0)
            return gls_fail_errno(error, done == 0 ? EIO : errno, "%s: cannot be written",
                                  stream->target_name);
        size_t left = (size_t)done;
        offset += left;
        for (; part < end && left >= part->iov_len; part++)
            left -= part->iov_len;
        if (left > 0) {
            part->iov_base = (uint8_t *)part->iov_base + left;
            part->iov_len -= left;
        }
    }
    stream->part_count = 0;
    return true;
}

static bool add_part(struct gls_stream *stream, const uint8_t *bytes, size_t size,
                     struct gls_error *error)
{
    if (stream->part_count == GLS_STREAM_PARTS && !write_parts(stream, error))
        return false;
    if (stream->part_count == 0)
        stream->parts_offset = stream->written;
    /* It is only read from. */
    stream->parts[stream->part_count++] = (struct iovec){(void *)(uintptr_t)bytes, size};
    return true;
}

/* Bytes of the result, which stay valid until they are written. */
static bool emit(struct gls_stream *stream, const uint8_t *bytes, size_t size, bool is_hole,
                 struct gls_error *error)
{
    if (size == 0)
        return true;
    if (stream->stored_hash != NULL)
        gls_xxh128_update(stream->stored_hash, bytes, size);
    if (stream->target_fd >= 0 &&
        !(is_hole ? write_parts(stream, error) : add_part(stream, bytes, size, error)))
        return false;
    stream->written += size;
    stream->ends_in_hole = is_hole;
    return true;
}

static const struct gls_splice *next_splice(const struct gls_stream *stream)
{
    if (gls_patch_is_empty(stream->patch) || stream->next_splice >= stream->patch->count)
        return NULL;
    return &stream->patch->splices[stream->next_splice];
}

static bool emit_splice(struct gls_stream *stream, const struct gls_splice *splice,
                        struct gls_error *error)
{
    stream->removed_until = splice->offset + splice->removed;
    stream->next_splice++;
    return emit(stream, splice->bytes, splice->size, false, error);
}

static bool emit_edited(struct gls_stream *stream, const struct chunk *chunk,
                        struct gls_error *error)
{
    uint64_t at = chunk->offset;
    uint64_t end = chunk->offset + chunk->size;

    while (at < end) {
        const struct gls_splice *splice = next_splice(stream);
        if (at < stream->removed_until) {
            at = stream->removed_until < end ? stream->removed_until : end;
        } else if (splice != NULL && splice->offset == at) {
            if (!emit_splice(stream, splice, error))
                return false;
        } else {
            uint64_t stop = splice != NULL && splice->offset < end ? splice->offset : end;
            if (!emit(stream, chunk->bytes + (at - chunk->offset), (size_t)(stop - at),
                      chunk->is_hole, error))
                return false;
            at = stop;
        }
    }
    return true;
}

static bool take_chunk(struct gls_stream *stream, const struct chunk *chunk,
                       struct gls_error *error)
{
    if (stream->source_check != NULL)
        gls_xxh128_update(stream->source_check, chunk->bytes, chunk->size);
    if (stream->source_hash != NULL)
        gls_sha256_update(stream->source_hash, chunk->bytes, chunk->size);
    if (stream->essence_hash != NULL)
        gls_range_digest_update(stream->essence_hash, chunk->offset, chunk->bytes, chunk->size);
    return emit_edited(stream, chunk, error) && write_parts(stream, error);
}

/* Fills the buffer as far as the data goes, so that hashes see large chunks. */
static bool read_fully(struct gls_stream *stream, uint64_t offset, size_t size,
                       struct gls_error *error)
{
    uint8_t *to = stream->buffer;

    while (size > 0) {
        ssize_t got = gls_pread(stream->source_fd, to, size, offset);
        if (got < 0) {
            gls_fail_errno(error, errno, "%s: cannot be read at offset %llu", stream->source_name,
                           (unsigned long long)offset);
            error->status = GLS_ERROR_IO;
            return false;
        }
        if (got == 0)
            return gls_fail(error, GLS_ERROR_CHANGED, "%s: became shorter while it was read",
                            stream->source_name);
        to += got;
        offset += (uint64_t)got;
        size -= (size_t)got;
    }
    return true;
}

static bool take_extent(struct gls_stream *stream, uint64_t from, uint64_t to, bool is_hole,
                        struct gls_error *error)
{
    if (is_hole && from < to)
        memset(stream->buffer, 0, stream->buffer_size);
    while (from < to) {
        uint64_t left = to - from;
        /* Shorter once behind a splice, so that the writes after it begin with a page
         * again: ext4 takes those at less cost. */
        size_t room = stream->buffer_size - (size_t)(stream->written % ALIGNMENT);
        struct chunk chunk = {.bytes = stream->buffer, .offset = from, .is_hole = is_hole};
        chunk.size = left < room ? (size_t)left : room;
        if (!is_hole && !read_fully(stream, from, chunk.size, error))
            return false;
        if (!take_chunk(stream, &chunk, error))
            return false;
        from += chunk.size;
        if (stream->bytes_read != NULL)
            atomic_store_explicit(stream->bytes_read, from, memory_order_relaxed);
    }
    return true;
}

/* Where the data behind `offset` begins and ends. Where the file system cannot
 * tell, everything is data. */
static void next_data(struct gls_stream *stream, uint64_t offset, uint64_t *start, uint64_t *end)
{
    off_t found;

    *start = offset;
    *end = stream->source_size;
    if (!stream->look_for_holes)
        return;
    found = lseek(stream->source_fd, (off_t)offset, SEEK_DATA);
    if (found < 0) {
        if (errno == ENXIO)
            *start = stream->source_size; /* only a hole is left */
        else
            stream->look_for_holes = false;
        return;
    }
    *start = (uint64_t)found < stream->source_size ? (uint64_t)found : stream->source_size;
    found = lseek(stream->source_fd, found, SEEK_HOLE);
    /* A hole punched this very moment must not stop the loop: then it is data. */
    if (found > (off_t)*start && (uint64_t)found < stream->source_size)
        *end = (uint64_t)found;
}

bool gls_stream_run(struct gls_stream *stream, struct gls_error *error)
{
    uint64_t offset = 0;

    while (offset < stream->source_size) {
        uint64_t data = 0;
        uint64_t end = 0;
        next_data(stream, offset, &data, &end);
        if (!take_extent(stream, offset, data, true, error) ||
            !take_extent(stream, data, end, false, error))
            return false;
        offset = data < end ? end : data;
    }
    for (const struct gls_splice *splice; (splice = next_splice(stream)) != NULL;)
        if (!emit_splice(stream, splice, error) || !write_parts(stream, error))
            return false;
    if (stream->target_fd >= 0 && stream->ends_in_hole &&
        gls_ftruncate(stream->target_fd, stream->written) != 0)
        return gls_fail_errno(error, errno, "%s: cannot be written", stream->target_name);
    return true;
}
