/* SPDX-License-Identifier: MIT */
#include "engine/import/archive_spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/path.h"
#include "base/system/retry.h"
#include "base/timestamp.h"
#include "engine/scan/scan.h"
#include "media/media.h"

/* What the file system keeps for others, so that a full disk does not stop the database; in a
 * dry run for lists in the temporary folder. */
static const uint64_t room_kept_bytes = 16 << 20, room_kept_dry_bytes = 1 << 20;

struct gls_archive_spool {
    struct gls_session *run;
    struct gls_sha256 *sha256;
    struct gls_xxh128 *xxh128;
    const char *folder;
    uint64_t kept_bytes;
    uint64_t count; /* makes names unique */
    uint64_t end;   /* of the file of a dry run */
};

/* A file without a name. */
static int open_nameless(const char *folder)
{
    int fd = gls_open(folder, O_RDWR | O_TMPFILE | O_EXCL, 0600);

    if (fd >= 0)
        return fd;
    /* Not every file system knows files without a name. */
    char *path = gls_path_join(folder, "glassine-XXXXXX");
    fd = path != NULL ? mkostemp(path, O_CLOEXEC) : -1;
    if (fd >= 0)
        unlink(path);
    free(path);
    return fd;
}

/* The folder of a dry run is that where SQLite puts its own lists. */
static bool open_temporary(struct gls_archive_spool *spool, struct gls_error *error)
{
    const char *const folders[] = {getenv("TMPDIR"), "/var/tmp", "/tmp"};
    int *fd = &spool->run->spool_fd;

    for (size_t i = 0; *fd < 0 && i < sizeof folders / sizeof folders[0]; i++) {
        spool->folder = folders[i];
        if (folders[i] != NULL && folders[i][0] == '/')
            *fd = open_nameless(folders[i]);
    }
    return *fd >= 0 || gls_fail_errno(error, errno, "the temporary folder (TMPDIR) takes no file");
}

bool gls_archive_spool_new(struct gls_archive_spool **out, struct gls_session *run,
                           struct gls_error *error)
{
    struct gls_archive_spool *spool = calloc(1, sizeof *spool);

    *out = spool;
    if (spool == NULL)
        return gls_fail_memory(error);
    spool->run = run;
    spool->sha256 = gls_sha256_new();
    spool->xxh128 = gls_xxh128_new();
    if (spool->sha256 == NULL || spool->xxh128 == NULL)
        return gls_fail_memory(error);
    spool->kept_bytes = run->options->dry_run ? room_kept_dry_bytes : room_kept_bytes;
    if (run->options->dry_run)
        return open_temporary(spool, error);
    spool->folder = gls_library_tmp(run->op.library);
    return true;
}

void gls_archive_spool_free(struct gls_archive_spool *spool)
{
    if (spool == NULL)
        return;
    gls_sha256_free(spool->sha256);
    gls_xxh128_free(spool->xxh128);
    free(spool);
}

bool gls_archive_spool_wait(struct gls_archive_spool *spool, uint64_t bytes, uint64_t files)
{
    struct gls_spool_room *room = &spool->run->spool_room;

    if (!gls_spool_room_take(room, bytes, files, spool->folder, spool->kept_bytes))
        return false;
    /* The file of a dry run begins anew whenever nobody reads it. */
    if (spool->end > 0 && gls_spool_room_has_only(room, files) &&
        gls_ftruncate(spool->run->spool_fd, 0) == 0)
        spool->end = 0;
    return true;
}

/* ---- Writing ------------------------------------------------------------------------------ */

struct writing {
    struct gls_archive_spool *spool;
    int fd;
    uint64_t at;
    const char *name;
};

static bool write_bytes(void *user, const void *bytes, size_t size, struct gls_error *error)
{
    struct writing *writing = user;

    gls_sha256_update(writing->spool->sha256, bytes, size);
    gls_xxh128_update(writing->spool->xxh128, bytes, size);
    if (!gls_pwrite_all(writing->fd, bytes, size, writing->at))
        return gls_fail_errno(error, errno, "%s: its copy cannot be written", writing->name);
    writing->at += size;
    return true;
}

/* A member that states more than the disk can take is not begun. */
static bool has_room(const struct writing *writing, uint64_t size_bytes, struct gls_error *error)
{
    const uint64_t kept_bytes = writing->spool->kept_bytes;
    struct statvfs room;

    if (fstatvfs(writing->fd, &room) != 0)
        return true;
    uint64_t left = (uint64_t)room.f_bavail * room.f_frsize;
    return (left > kept_bytes && size_bytes < left - kept_bytes) ||
           gls_fail(error, GLS_ERROR_NO_SPACE,
                    "%s: needs %llu bytes, and the disk has %llu left; make room and import it "
                    "again",
                    writing->name, (unsigned long long)size_bytes, (unsigned long long)left);
}

/* Where the checksum is the whole archive's, this is what proves a later reading. */
static bool check_hash(const struct gls_archive_spool *spool, const struct gls_member_row *row,
                       struct gls_error *error)
{
    char xxh128[GLS_XXH128_HEX_SIZE];

    gls_xxh128_finish(spool->xxh128, xxh128);
    return row->xxh128[0] == '\0' || strcmp(xxh128, row->xxh128) == 0 ||
           gls_fail(error, GLS_ERROR_CHANGED,
                    "%s: read differently the second time, so it is not filed; check the disk that "
                    "the archive is on, or the way to it, and import it again",
                    row->shown);
}

/* What is kept in the row needs no archive. */
static bool write_member(struct writing *writing, struct gls_archive *archive,
                         const struct gls_member_row *row, struct gls_error *error)
{
    const struct gls_archive_sink sink = {write_bytes, writing};

    gls_sha256_reset(writing->spool->sha256);
    gls_xxh128_reset(writing->spool->xxh128);
    if (!has_room(writing, row->size_bytes, error))
        return false;
    if (row->content != NULL)
        return write_bytes(writing, row->content, (size_t)row->size_bytes, error);
    return gls_archive_read(archive, row->place, row->size_bytes, &sink, error) &&
           check_hash(writing->spool, row, error);
}

/* Mode and time as the archive has them; without a mode as new files are. */
static bool set_attributes(int fd, const struct gls_member_row *row, struct gls_error *error)
{
    const struct timespec time = gls_timespec_from_ns(row->mtime_ns);
    const struct timespec times[2] = {time, time};

    if (row->mode != 0)
        (void)fchmod(fd, (row->mode & 0777) | S_IRUSR | S_IWUSR);
    return futimens(fd, times) == 0 ||
           gls_fail_errno(error, errno, "%s: cannot be given its time", row->shown);
}

static bool fill_file(struct gls_archive_spool *spool, struct gls_archive *archive,
                      const struct gls_member_row *row, struct gls_member_source *source,
                      struct gls_error *error)
{
    char name[64];

    snprintf(name, sizeof name, "%lld-archive-%llu", (long long)spool->run->op.run_id,
             (unsigned long long)spool->count++);
    char *path = gls_path_join(spool->folder, name);
    if (path == NULL)
        return gls_fail_memory(error);
    struct writing writing = {.spool = spool, .name = row->shown};
    writing.fd = gls_open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0666);
    bool ok = writing.fd >= 0 || gls_fail_errno(error, errno, "%s: its copy cannot be made", path);
    ok =
        ok && write_member(&writing, archive, row, error) && set_attributes(writing.fd, row, error);
    /* Some file systems say only now that the disk or the quota is full. */
    if (writing.fd >= 0 && close(writing.fd) != 0 && ok)
        ok = gls_fail_errno(error, errno, "%s: its copy cannot be written", row->shown);
    ok = ok && (stat(path, &source->status) == 0 || gls_fail_errno(error, errno, "%s", row->shown));
    if (!ok && writing.fd >= 0)
        unlink(path);
    if (ok)
        source->spool = path;
    else
        free(path);
    return ok;
}

static bool fill_part(struct gls_archive_spool *spool, struct gls_archive *archive,
                      const struct gls_member_row *row, struct gls_member_source *source,
                      struct gls_error *error)
{
    struct writing writing = {
        .spool = spool, .fd = spool->run->spool_fd, .at = spool->end, .name = row->shown};

    source->spool_fd = writing.fd;
    source->spool_offset = spool->end;
    source->status = gls_archive_spool_status(row);
    bool ok = write_member(&writing, archive, row, error);
    spool->end = writing.at;
    return ok;
}

bool gls_archive_spool_fill(struct gls_archive_spool *spool, struct gls_archive *archive,
                            const struct gls_member_row *row, struct gls_member *member,
                            struct gls_error *error)
{
    struct gls_member_source *source = &member->source;
    bool ok = spool->run->options->dry_run ? fill_part(spool, archive, row, source, error)
                                           : fill_file(spool, archive, row, source, error);

    if (!ok)
        return false;
    gls_sha256_finish(spool->sha256, source->sha256);
    gls_xxh128_finish(spool->xxh128, source->xxh128);
    return source->sha256[0] != '\0' ||
           gls_fail(error, GLS_ERROR_MEMORY, "SHA-256 cannot be computed: out of memory");
}

/* ---- Reading ------------------------------------------------------------------------------- */

bool gls_archive_spool_open(struct gls_archive_spool *spool, struct gls_archive *archive,
                            struct gls_input **out, const struct gls_member_row *row,
                            struct gls_error *error)
{
    struct writing writing = {.spool = spool, .name = row->shown};

    if (!gls_archive_spool_wait(spool, row->size_bytes, 1))
        return gls_fail(error, GLS_ERROR_CANCELLED, "the scan was interrupted");
    writing.fd = open_nameless(spool->folder);
    bool ok = (writing.fd >= 0 ||
               gls_fail_errno(error, errno, "%s: its copy cannot be made", row->shown)) &&
              write_member(&writing, archive, row, error);
    gls_spool_room_give(&spool->run->spool_room, row->size_bytes);
    if (!ok && writing.fd >= 0)
        close(writing.fd);
    return ok && gls_input_take_fd(out, writing.fd, row->shown, error);
}

struct head {
    uint8_t bytes[4096];
    size_t size;
};

/* Stops where it has enough. */
static bool keep_head(void *user, const void *bytes, size_t size, struct gls_error *error)
{
    struct head *head = user;
    size_t room = sizeof head->bytes - head->size;
    size_t part = size < room ? size : room;

    (void)error;
    memcpy(head->bytes + head->size, bytes, part);
    head->size += part;
    return part < room;
}

static bool look_at_head(bool *may_be_media, const struct head *head,
                         const struct gls_member_row *row, struct gls_error *error)
{
    const struct gls_format *format = NULL;
    struct gls_input *input = NULL;
    bool done = gls_input_from_memory(&input, head->bytes, head->size, row->shown, error) &&
                gls_scan_recognize(&format, input, row->name, error);

    gls_input_free(input);
    *may_be_media = format != NULL || (head->size < row->size_bytes &&
                                       gls_media_head_leaves_open(head->bytes, head->size));
    return done;
}

struct hashing {
    struct gls_xxh128 *xxh128;
    struct head head;
};

static bool hash_bytes(void *user, const void *bytes, size_t size, struct gls_error *error)
{
    struct hashing *hashing = user;

    gls_xxh128_update(hashing->xxh128, bytes, size);
    (void)keep_head(&hashing->head, bytes, size, error);
    return true;
}

bool gls_archive_spool_hash(struct gls_archive_spool *spool, struct gls_archive *archive,
                            struct gls_member_row *row, struct gls_error *error)
{
    struct hashing hashing = {.xxh128 = spool->xxh128};
    const struct gls_archive_sink sink = {hash_bytes, &hashing};

    gls_xxh128_reset(spool->xxh128);
    if (!gls_archive_read(archive, row->place, row->size_bytes, &sink, error) ||
        !look_at_head(&row->may_be_media, &hashing.head, row, error))
        return false;
    gls_xxh128_finish(spool->xxh128, row->xxh128);
    return true;
}

bool gls_archive_spool_may_be_media(bool *out, struct gls_archive *archive,
                                    const struct gls_member_row *row, struct gls_error *error)
{
    struct gls_error failure = GLS_ERROR_INIT;
    struct head head = {.size = 0};
    const struct gls_archive_sink sink = {keep_head, &head};

    *out = row->may_be_media;
    if (row->xxh128[0] != '\0')
        return true;
    (void)gls_archive_read(archive, row->place, row->size_bytes, &sink, &failure);
    /* What is damaged further on is known by what comes before. */
    if (failure.status != GLS_OK && (head.size == 0 || gls_error_is_of_system(&failure))) {
        *error = failure;
        return false;
    }
    return look_at_head(out, &head, row, error);
}

struct keeping {
    uint8_t *bytes;
    size_t size;
};

static bool keep_bytes(void *user, const void *bytes, size_t size, struct gls_error *error)
{
    struct keeping *keeping = user;

    (void)error; /* gls_archive_read() hands over no more than the row's size */
    memcpy(keeping->bytes + keeping->size, bytes, size);
    keeping->size += size;
    return true;
}

bool gls_archive_spool_keep(struct gls_archive *archive, struct gls_member_row *row,
                            struct gls_error *error)
{
    struct keeping keeping = {.bytes = malloc((size_t)row->size_bytes + 1)};
    const struct gls_archive_sink sink = {keep_bytes, &keeping};

    if (keeping.bytes == NULL)
        return gls_fail_memory(error);
    if (!gls_archive_read(archive, row->place, row->size_bytes, &sink, error)) {
        free(keeping.bytes);
        return false;
    }
    row->content = keeping.bytes;
    return true;
}

struct stat gls_archive_spool_status(const struct gls_member_row *row)
{
    return (struct stat){.st_mode = S_IFREG | 0600,
                         .st_nlink = 1,
                         .st_size = (off_t)row->size_bytes,
                         .st_mtim = gls_timespec_from_ns(row->mtime_ns),
                         .st_ctim = gls_timespec_from_ns(row->mtime_ns)};
}
