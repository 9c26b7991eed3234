/* SPDX-License-Identifier: MIT */
#include "engine/disk/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/input.h"
#include "base/system/retry.h"
#include "base/timestamp.h"
#include "base/timings.h"
#include "engine/disk/copy_stream.h"
#include "engine/disk/file_identity.h"

/* Small enough to stay in a core's own cache while each hash passes over it,
 * large enough that system calls do not count. Also holds a list of extended
 * attributes and one value, each of which Linux keeps below 64 KiB. */
enum { BUFFER_SIZE = 256 * 1024, XATTRS_SIZE = 64 * 1024 };

struct gls_copy_buffers {
    struct gls_sha256 *source;
    struct gls_xxh128 *check;
    struct gls_xxh128 *stored;
    uint8_t *bytes;
    atomic_uint_fast64_t bytes_read;
};

struct gls_copy_buffers *gls_copy_buffers_new(void)
{
    struct gls_copy_buffers *buffers = calloc(1, sizeof(*buffers));

    if (buffers == NULL)
        return NULL;
    buffers->source = gls_sha256_new();
    buffers->check = gls_xxh128_new();
    buffers->stored = gls_xxh128_new();
    buffers->bytes = malloc(BUFFER_SIZE);
    if (buffers->source == NULL || buffers->check == NULL || buffers->stored == NULL ||
        buffers->bytes == NULL) {
        gls_copy_buffers_free(buffers);
        return NULL;
    }
    return buffers;
}

uint64_t gls_copy_bytes_read(const struct gls_copy_buffers *buffers)
{
    return atomic_load_explicit(&buffers->bytes_read, memory_order_relaxed);
}

void gls_copy_reset_progress(struct gls_copy_buffers *buffers)
{
    atomic_store_explicit(&buffers->bytes_read, 0, memory_order_relaxed);
}

void gls_copy_buffers_free(struct gls_copy_buffers *buffers)
{
    if (buffers == NULL)
        return;
    gls_sha256_free(buffers->source);
    gls_xxh128_free(buffers->check);
    gls_xxh128_free(buffers->stored);
    free(buffers->bytes);
    free(buffers);
}

/* ---- Hashes ---------------------------------------------------------------- */

/* Which hashes are wanted, and what they are called in the end. */
struct hash_plan {
    char *sha256;
    char *stored;
    char *essence;
    const struct gls_ranges *ranges; /* NULL: the whole file */
    const char *expected;            /* XXH3-128 of the source; NULL: not known */
};

static bool is_whole(const struct gls_ranges *ranges, uint64_t size)
{
    if (ranges == NULL)
        return true;
    return ranges->count == 1 && ranges->items[0].offset == 0 && ranges->items[0].size == size;
}

/* Sets up the hashes; `whole` is the range of a whole file. One hash serves for two
 * where both are over the same bytes. */
static bool begin_hashes(struct gls_stream *stream, struct gls_copy_buffers *buffers,
                         const struct hash_plan *plan, const struct gls_ranges *whole)
{
    bool same = is_whole(plan->ranges, stream->source_size) && gls_patch_is_empty(stream->patch);

    stream->buffer = buffers->bytes;
    stream->buffer_size = BUFFER_SIZE;
    stream->bytes_read = &buffers->bytes_read;
    if (plan->sha256 != NULL) {
        stream->source_hash = buffers->source;
        gls_sha256_reset(buffers->source);
    }
    if (plan->expected != NULL) {
        stream->source_check = buffers->check;
        gls_xxh128_reset(buffers->check);
    }
    if (plan->stored != NULL || (plan->essence != NULL && same)) {
        stream->stored_hash = buffers->stored;
        gls_xxh128_reset(buffers->stored);
    }
    if (plan->essence == NULL || same)
        return true;
    stream->essence_hash = gls_range_digest_new(plan->ranges != NULL ? plan->ranges : whole);
    return stream->essence_hash != NULL;
}

static bool finish_hashes(const struct gls_stream *stream, const struct hash_plan *plan,
                          struct gls_error *error)
{
    char stored[GLS_XXH128_HEX_SIZE] = "", check[GLS_XXH128_HEX_SIZE] = "";

    if (plan->expected != NULL) {
        gls_xxh128_finish(stream->source_check, check);
        if (strcmp(check, plan->expected) != 0)
            return gls_fail(error, GLS_ERROR_CHANGED,
                            "%s: its bytes changed between two readings; is the disk sound?",
                            stream->source_name);
    }
    if (plan->sha256 != NULL) {
        gls_sha256_finish(stream->source_hash, plan->sha256);
        if (plan->sha256[0] == '\0')
            return gls_fail(error, GLS_ERROR_INTERNAL,
                            "%s: SHA-256 cannot be computed: out of memory", stream->source_name);
    }
    if (stream->stored_hash != NULL)
        gls_xxh128_finish(stream->stored_hash, stored);
    if (plan->stored != NULL)
        memcpy(plan->stored, stored, sizeof(stored));
    if (stream->essence_hash != NULL)
        gls_range_digest_finish(stream->essence_hash, plan->essence);
    else if (plan->essence != NULL)
        memcpy(plan->essence, stored, sizeof(stored));
    return true;
}

static bool run_hashed(struct gls_stream *stream, struct gls_copy_buffers *buffers,
                       const struct hash_plan *plan, struct gls_error *error)
{
    struct gls_range item = {0, stream->source_size, 0};
    const struct gls_ranges whole = {&item, 1, 1, 0};
    bool done = begin_hashes(stream, buffers, plan, &whole) || gls_fail_memory(error);

    done = done && gls_stream_run(stream, error) && finish_hashes(stream, plan, error);
    gls_range_digest_free(stream->essence_hash);
    stream->essence_hash = NULL;
    return done;
}

/* A file that occupies less than its size has holes (or is compressed, where
 * asking does no harm). */
static bool may_have_holes(const struct stat *status)
{
    return status->st_blocks < status->st_size / 512;
}

/* ---- Is it still the same source? -------------------------------------------- */

/* Both the open file and what stands under its name: an editor that saves by
 * rename leaves the first as it was. */
static bool check_source(int fd, const char *path, const struct stat *expected,
                         struct gls_error *error)
{
    struct stat now;

    if (fstat(fd, &now) != 0)
        return gls_fail_errno(error, errno, "%s", path);
    if (!gls_is_unchanged(expected, &now) || stat(path, &now) != 0 ||
        !gls_is_unchanged(expected, &now))
        return gls_fail(error, GLS_ERROR_CHANGED, "%s: changed while it was read", path);
    return true;
}

/* ---- The target -------------------------------------------------------------- */

/* Carries the attributes a user may set. The system's own (security, trusted)
 * belong to where the file lies. */
static bool carry_xattrs(int from, int to, uint8_t *buffer)
{
    char *names = (char *)buffer;
    uint8_t *value = buffer + XATTRS_SIZE;
    ssize_t names_size = flistxattr(from, names, XATTRS_SIZE);
    bool all = true;

    if (names_size < 0)
        return errno == ENOTSUP;
    for (const char *name = names; name < names + names_size; name += strlen(name) + 1) {
        if (strncmp(name, "user.", 5) != 0)
            continue;
        ssize_t size = fgetxattr(from, name, value, XATTRS_SIZE);
        if (size < 0 || fsetxattr(to, name, value, (size_t)size, 0) != 0)
            all = false;
    }
    return all;
}

static bool carry_attributes(struct gls_copy_result *out, struct gls_copy_buffers *buffers,
                             const struct gls_copy_job *job, int target, struct gls_error *error)
{
    const struct timespec time = gls_timespec_from_ns(job->mtime_ns);
    const struct timespec times[2] = {time, time};

    out->lost_xattrs = !carry_xattrs(job->source_fd, target, buffers->bytes);
    /* VFAT and the like keep no mode bits and say so: nothing can be done. */
    (void)fchmod(target, (job->source->st_mode & 0777) | S_IRUSR | S_IWUSR);
    if (futimens(target, times) != 0)
        return gls_fail_errno(error, errno, "%s: cannot be given its time", job->target_path);
    return true;
}

static bool write_target(struct gls_copy_result *out, struct gls_copy_buffers *buffers,
                         const struct gls_copy_job *job, struct gls_stream *stream,
                         struct gls_error *error)
{
    const struct hash_plan plan = {.sha256 = job->want_sha256 ? out->sha256 : NULL,
                                   .stored = out->stored_xxh128,
                                   .essence = out->essence_xxh128,
                                   .ranges = job->essence,
                                   .expected = job->expected_xxh128};

    /* What is read at once needs no reading ahead. */
    if (stream->source_size > BUFFER_SIZE)
        (void)posix_fadvise(job->source_fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    if (!run_hashed(stream, buffers, &plan, error) ||
        !check_source(job->source_fd, job->source_path, job->source, error))
        return false;
    out->source_size = stream->source_size;
    out->stored_size = stream->written;
    return stream->target_fd < 0 || carry_attributes(out, buffers, job, stream->target_fd, error);
}

bool gls_copy_file(struct gls_copy_result *out, struct gls_copy_buffers *buffers,
                   const struct gls_copy_job *job, struct gls_error *error)
{
    GLS_TIME("copy and hash");
    struct gls_stream stream = {.source_fd = job->source_fd,
                                .source_name = job->source_path,
                                .source_size = (uint64_t)job->source->st_size,
                                .look_for_holes = may_have_holes(job->source),
                                .target_fd = -1,
                                .target_name = job->target_path};

    *out = (struct gls_copy_result){0};
    if (job->target_path == NULL)
        return write_target(out, buffers, job, &stream, error);

    stream.patch = job->patch;
    stream.target_fd =
        gls_open(job->target_path,
                 (job->check != NULL ? O_RDWR : O_WRONLY) | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
    if (stream.target_fd < 0)
        return gls_fail_errno(error, errno, "%s: cannot be made", job->target_path);
    bool done = write_target(out, buffers, job, &stream, error) &&
                (job->check == NULL || job->check(job->user, stream.target_fd, error));
    /* Some file systems say only now that the disk or the quota is full. */
    if (close(stream.target_fd) != 0 && done)
        done = gls_fail_errno(error, errno, "%s: cannot be written", job->target_path);
    if (!done)
        unlink(job->target_path);
    return done;
}

/* ---- Only hashing -------------------------------------------------------------- */

bool gls_hash_input(const struct gls_hash_request *request, struct gls_copy_buffers *buffers,
                    struct gls_input *input, uint64_t *size_bytes, struct gls_error *error)
{
    GLS_TIME("hash");
    const struct hash_plan plan = {.sha256 = request->sha256,
                                   .stored = request->xxh128,
                                   .essence = request->essence_xxh128,
                                   .ranges = request->essence};
    struct gls_stream stream = {
        .source_fd = gls_input_fd(input), .source_name = gls_input_name(input), .target_fd = -1};
    struct stat before;

    if (fstat(stream.source_fd, &before) != 0)
        return gls_fail_errno(error, errno, "%s", stream.source_name);
    stream.source_size = (uint64_t)before.st_size;
    stream.look_for_holes = may_have_holes(&before);
    if (request->drop_cache)
        (void)posix_fadvise(stream.source_fd, 0, 0, POSIX_FADV_DONTNEED);
    (void)posix_fadvise(stream.source_fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    if (size_bytes != NULL)
        *size_bytes = stream.source_size;
    return run_hashed(&stream, buffers, &plan, error) &&
           check_source(stream.source_fd, stream.source_name, &before, error);
}

bool gls_hash_file(const struct gls_hash_request *request, struct gls_copy_buffers *buffers,
                   const char *path, uint64_t *size_bytes, struct gls_error *error)
{
    struct gls_input *input = NULL;
    bool done = gls_input_open(&input, path, error) &&
                gls_hash_input(request, buffers, input, size_bytes, error);

    gls_input_free(input);
    return done;
}
