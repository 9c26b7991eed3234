/* SPDX-License-Identifier: MIT */
/*
 * copy - the one pass over a source: read once, hash on the way, write once.
 */
#ifndef GLS_ENGINE_DISK_COPY_H
#define GLS_ENGINE_DISK_COPY_H

#include <sys/stat.h>

#include "base/digest.h"
#include "base/patch.h"

struct gls_input;

/* What a worker keeps between files: an I/O buffer and the digests. Used by one
 * thread at a time. */
struct gls_copy_buffers;
struct gls_copy_buffers *gls_copy_buffers_new(void); /* NULL: no memory */
void gls_copy_buffers_free(struct gls_copy_buffers *buffers);
/* How many bytes of the file in work, or of the last one, are read; 0 after
 * gls_copy_reset_progress(). Any thread may ask. */
uint64_t gls_copy_bytes_read(const struct gls_copy_buffers *buffers);
void gls_copy_reset_progress(struct gls_copy_buffers *buffers);

struct gls_copy_job {
    int source_fd;                 /* open for reading; stays the caller's */
    const char *source_path;       /* for messages, and to see that it is still this file */
    const struct stat *source;     /* as it was when its metadata was read */
    const char *target_path;       /* created O_EXCL; removed again on failure. NULL: only hash */
    const struct gls_patch *patch; /* sealed; NULL: none */
    const struct gls_ranges *essence; /* normalized, of the source; NULL: the whole file */
    bool want_sha256;
    /* What an earlier pass over the same source read; other bytes now are
     * GLS_ERROR_CHANGED. NULL: there was none. */
    const char *expected_xxh128;
    int64_t mtime_ns; /* of the target; atime is set to the same */
    /* Looks at the finished target, which it may read but not close; false, with *error filled,
     * fails the copy. NULL: nobody does. */
    bool (*check)(void *user, int target_fd, struct gls_error *error);
    void *user;
};

struct gls_copy_result {
    char sha256[GLS_SHA256_HEX_SIZE];         /* of the source's bytes; "" if not wanted */
    char stored_xxh128[GLS_XXH128_HEX_SIZE];  /* of the target (of the source if only hashed) */
    char essence_xxh128[GLS_XXH128_HEX_SIZE]; /* of the source's essence */
    uint64_t source_size;
    uint64_t stored_size;
    bool lost_xattrs; /* the target's file system took not all of them */
};

/* Mode bits (always readable and writable for the owner) and user xattrs are
 * carried, holes stay holes. A source whose size, mtime or identity differs from
 * *job->source when it has been read: GLS_ERROR_CHANGED. Not flushed to disk. */
bool gls_copy_file(struct gls_copy_result *out, struct gls_copy_buffers *buffers,
                   const struct gls_copy_job *job, struct gls_error *error);

/* Hashes a file by path, or one that is open; any out-string may be NULL. `drop_cache`: the pages
 * are dropped first, so that the device is read (posix_fadvise). */
struct gls_hash_request {
    char *sha256;                     /* GLS_SHA256_HEX_SIZE bytes */
    char *xxh128;                     /* GLS_XXH128_HEX_SIZE bytes */
    char *essence_xxh128;             /* GLS_XXH128_HEX_SIZE bytes */
    const struct gls_ranges *essence; /* NULL: the whole file */
    bool drop_cache;
};
bool gls_hash_file(const struct gls_hash_request *request, struct gls_copy_buffers *buffers,
                   const char *path, uint64_t *size_bytes, struct gls_error *error);
bool gls_hash_input(const struct gls_hash_request *request, struct gls_copy_buffers *buffers,
                    struct gls_input *input, uint64_t *size_bytes, struct gls_error *error);

#endif
