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
#include "base/timestamp.h"

/* What the file system keeps for others, so that a full disk does not stop the database. */
static const uint64_t room_kept_bytes = 16 << 20;

struct gls_archive_spool {
    struct gls_session *run;
    struct gls_sha256 *sha256;
    struct gls_xxh128 *xxh128;
    uint64_t count; /* makes names unique */
    uint64_t end;   /* of the file of a dry run */
};

/* A file without a name, where SQLite puts its own. */
static int open_nameless(void)
{
    const char *const folders[] = {getenv("TMPDIR"), "/var/tmp", "/tmp"};
    int fd = -1;

    for (size_t i = 0; fd < 0 && i < sizeof folders / sizeof folders[0]; i++) {
        if (folders[i] == NULL || folders[i][0] != '/')
            continue;
        fd = open(folders[i], O_RDWR | O_TMPFILE | O_CLOEXEC | O_EXCL, 0600);
        if (fd >= 0)
            break;
        /* Not every file system knows files without a name. */
        char *path = gls_path_join(folders[i], "glassine-XXXXXX");
        fd = path != NULL ? mkostemp(path, O_CLOEXEC) : -1;
        if (fd >= 0)
            unlink(path);
        free(path);
    }
    return fd;
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
    if (run->options->dry_run) {
        run->spool_fd = open_nameless();
        if (run->spool_fd < 0)
            return gls_fail_errno(error, errno, "the temporary folder (TMPDIR) takes no file");
    }
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

void gls_archive_spool_remove(const char *path)
{
    unlink(path);
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
    const uint8_t *rest = bytes;

    gls_sha256_update(writing->spool->sha256, bytes, size);
    gls_xxh128_update(writing->spool->xxh128, bytes, size);
    while (size > 0) {
        ssize_t done = pwrite(writing->fd, rest, size, (off_t)writing->at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return gls_fail_errno(error, done == 0 ? EIO : errno, "%s: its copy cannot be written",
                                  writing->name);
        rest += done;
        size -= (size_t)done;
        writing->at += (uint64_t)done;
    }
    return true;
}

/* A member that states more than the disk can take is not begun. */
static bool has_room(const struct writing *writing, uint64_t size_bytes, struct gls_error *error)
{
    struct statvfs room;

    if (fstatvfs(writing->fd, &room) != 0)
        return true;
    uint64_t left = (uint64_t)room.f_bavail * room.f_frsize;
    return (left > room_kept_bytes && size_bytes < left - room_kept_bytes) ||
           gls_fail(error, GLS_ERROR_NO_SPACE,
                    "%s: needs %llu bytes, and the disk has %llu left; make room and import it "
                    "again",
                    writing->name, (unsigned long long)size_bytes, (unsigned long long)left);
}

static bool write_member(struct writing *writing, struct gls_archive *archive,
                         struct gls_member_row *row, struct gls_error *error)
{
    const struct gls_archive_sink sink = {write_bytes, writing};

    gls_sha256_reset(writing->spool->sha256);
    gls_xxh128_reset(writing->spool->xxh128);
    if (!has_room(writing, row->size_bytes, error) ||
        !gls_archive_read(archive, row->place, row->size_bytes, &sink, error))
        return false;
    gls_sha256_finish(writing->spool->sha256, row->sha256);
    gls_xxh128_finish(writing->spool->xxh128, row->xxh128);
    return row->sha256[0] != '\0' ||
           gls_fail(error, GLS_ERROR_INTERNAL, "libcrypto cannot compute SHA-256");
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
                      struct gls_member_row *row, struct gls_error *error)
{
    char name[64];

    snprintf(name, sizeof name, "%lld-archive-%llu", (long long)spool->run->op.run_id,
             (unsigned long long)spool->count++);
    char *path = gls_path_join(gls_library_tmp(spool->run->op.library), name);
    if (path == NULL)
        return gls_fail_memory(error);
    struct writing writing = {.spool = spool, .name = row->shown};
    writing.fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    bool ok = writing.fd >= 0 || gls_fail_errno(error, errno, "%s: its copy cannot be made", path);
    ok =
        ok && write_member(&writing, archive, row, error) && set_attributes(writing.fd, row, error);
    /* Some file systems say only now that the disk or the quota is full. */
    if (writing.fd >= 0 && close(writing.fd) != 0 && ok)
        ok = gls_fail_errno(error, errno, "%s: its copy cannot be written", row->shown);
    if (!ok && writing.fd >= 0)
        unlink(path);
    if (ok)
        row->spool = path;
    else
        free(path);
    return ok;
}

bool gls_archive_spool_fill(struct gls_archive_spool *spool, struct gls_archive *archive,
                            struct gls_member_row *row, struct gls_error *error)
{
    if (!spool->run->options->dry_run)
        return fill_file(spool, archive, row, error);
    struct writing writing = {
        .spool = spool, .fd = spool->run->spool_fd, .at = spool->end, .name = row->shown};
    if (!write_member(&writing, archive, row, error))
        return false;
    row->spool_offset = spool->end;
    spool->end = writing.at;
    return true;
}

/* ---- Reading ------------------------------------------------------------------------------- */

bool gls_archive_spool_open(const struct gls_archive_spool *spool, struct gls_input **out,
                            const struct gls_member_row *row, struct gls_error *error)
{
    if (row->spool != NULL)
        return gls_input_open_as(out, row->spool, row->shown, error);
    return gls_input_from_part(out, spool->run->spool_fd, row->spool_offset, row->size_bytes,
                               row->shown) ||
           gls_fail_memory(error);
}

bool gls_archive_spool_status(struct stat *out, const struct gls_member_row *row,
                              struct gls_error *error)
{
    if (row->spool != NULL)
        return stat(row->spool, out) == 0 || gls_fail_errno(error, errno, "%s", row->shown);
    *out = (struct stat){.st_mode = S_IFREG | 0600,
                         .st_nlink = 1,
                         .st_size = (off_t)row->size_bytes,
                         .st_mtim = gls_timespec_from_ns(row->mtime_ns),
                         .st_ctim = gls_timespec_from_ns(row->mtime_ns)};
    return true;
}
