/* SPDX-License-Identifier: MIT */
#include "engine/disk/rename.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/path.h"
#include "base/system/retry.h"
#include "base/timestamp.h"
#include "base/timings.h"
#include "engine/disk/file_identity.h"
#include "store/library/library_db.h"

/* By number: not every C library has a wrapper. */
static int rename_with(const char *from, const char *to, unsigned flags)
{
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
}

static int rename_noreplace(const char *from, const char *to)
{
    return rename_with(from, to, RENAME_NOREPLACE);
}

bool gls_exchange(const char *a, const char *b, bool *is_supported, struct gls_error *error)
{
    *is_supported = true;
    if (rename_with(a, b, RENAME_EXCHANGE) == 0)
        return true;
    *is_supported = errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP;
    return gls_fail_errno(error, errno, "%s", b);
}

static bool fail_taken(struct gls_error *error, const char *to)
{
    return gls_fail(error, GLS_ERROR_EXISTS, "%s: the name is taken", to);
}

/* link() never replaces either. Between the two calls the file has both names,
 * so nothing can be lost. */
static bool publish_by_link(const struct gls_publish_calls *calls, const char *from, const char *to,
                            struct gls_error *error)
{
    if (calls->link(from, to) != 0) {
        int cause = errno;
        if (cause == EEXIST)
            return fail_taken(error, to);
        if (cause == EPERM || cause == ENOSYS || cause == EOPNOTSUPP)
            return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                            "%s: this file system can neither rename without replacing nor make "
                            "hard links; use another one for the library",
                            to);
        return gls_fail_errno(error, cause, "%s: cannot be published as %s", from, to);
    }
    /* Another program's file has the first name by now, which is nothing to remove. */
    if (!gls_paths_are_same_file(from, to))
        return true;
    if (calls->unlink(from) != 0) {
        int cause = errno;
        if (gls_paths_are_same_file(from, to))
            (void)calls->unlink(to);
        return gls_fail_errno(error, cause, "%s: cannot be removed under its first name", from);
    }
    return true;
}

bool gls_publish_with(const struct gls_publish_calls *calls, const char *from, const char *to,
                      struct gls_error *error)
{
    if (calls->rename_noreplace(from, to) == 0)
        return true;
    switch (errno) {
    case EEXIST:
        return fail_taken(error, to);
    case EXDEV:
        return gls_fail(error, GLS_ERROR_UNSUPPORTED, "%s: lies on another file system than %s",
                        from, to);
    case EINVAL: /* the file system does not know the flag */
    case ENOSYS: /* the kernel does not know the call */
    case EOPNOTSUPP:
        return publish_by_link(calls, from, to, error);
    default:
        return gls_fail_errno(error, errno, "%s: cannot be published as %s", from, to);
    }
}

bool gls_publish(const char *from, const char *to, struct gls_error *error)
{
    GLS_TIME("publish");
    const struct gls_publish_calls calls = {rename_noreplace, link, unlink};

    return gls_publish_with(&calls, from, to, error);
}

bool gls_can_publish(const char *folder, struct gls_error *error)
{
    char name[64];
    struct timespec now = {0};

    /* Under names that nobody has: neither what a run left nor somebody's link. */
    clock_gettime(CLOCK_REALTIME, &now);
    int size = snprintf(name, sizeof name, "probe-%ld-%lld%09ld", (long)getpid(),
                        (long long)now.tv_sec, now.tv_nsec);
    char *from = gls_path_join(folder, name);
    snprintf(name + size, sizeof name - (size_t)size, "-named");
    char *to = gls_path_join(folder, name);
    int fd = from != NULL && to != NULL
                 ? gls_open(from, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600)
                 : -1;
    bool ok = from != NULL && to != NULL;

    if (!ok)
        gls_fail_memory(error);
    else if (fd < 0)
        ok = gls_fail_errno(error, errno, "%s: cannot be made", from);
    else
        ok = gls_publish(from, to, error);
    if (error->status == GLS_ERROR_UNSUPPORTED)
        error->status = GLS_ERROR_LIBRARY;
    if (fd >= 0) {
        close(fd);
        unlink(ok ? to : from);
    }
    free(to);
    free(from);
    return ok;
}

uint64_t gls_mount_of(const char *path)
{
#ifdef STATX_MNT_ID
    struct statx detail;

    if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_MNT_ID, &detail) == 0 &&
        (detail.stx_mask & STATX_MNT_ID) != 0)
        return detail.stx_mnt_id;
#else
    (void)path;
#endif
    return 0;
}

/* Values: statfs(2). */
static bool is_on_one_of(const char *path, const unsigned long *types, size_t count)
{
    struct statfs status;

    if (statfs(path, &status) != 0)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (((unsigned long)status.f_type & 0xFFFFFFFFUL) == types[i])
            return true;
    }
    return false;
}

bool gls_is_on_network(const char *path)
{
    static const unsigned long types[] = {
        0x6969UL,     /* NFS */
        0x517BUL,     /* SMB */
        0xFF534D42UL, /* CIFS */
        0xFE534D42UL, /* SMB2 */
        0x00C36400UL, /* Ceph */
        0x5346414FUL, /* AFS */
        0x01021997UL  /* 9P */
    };

    return is_on_one_of(path, types, sizeof types / sizeof types[0]);
}

bool gls_has_portable_names(const char *path)
{
    static const unsigned long types[] = {
        0x4d44UL,     /* VFAT */
        0x2011BAB0UL, /* exFAT */
        0x5346544eUL, /* NTFS */
        0x7366746eUL, /* NTFS3 */
        0xFF534D42UL, /* CIFS */
        0xFE534D42UL, /* SMB2 */
        0x65735546UL  /* FUSE block devices: ntfs-3g, exfat-fuse */
    };

    return is_on_one_of(path, types, sizeof types / sizeof types[0]);
}

bool gls_set_mtime(int folder_fd, const char *path, int64_t mtime_ns)
{
    const struct timespec time = gls_timespec_from_ns(mtime_ns);
    const struct timespec times[2] = {time, time};

    return utimensat(folder_fd, path, times, AT_SYMLINK_NOFOLLOW) == 0;
}

int64_t gls_renew_mtime(int folder_fd, const char *path, int64_t mtime_ns)
{
    struct stat status;

    return gls_set_mtime(folder_fd, path, mtime_ns) ||
                   fstatat(folder_fd, path, &status, AT_SYMLINK_NOFOLLOW) != 0
               ? mtime_ns
               : gls_timespec_to_ns(&status.st_mtim);
}

static bool fail_flush(const char *name, int cause, struct gls_error *error)
{
    return gls_fail_errno(error, cause, "%s: the disk did not take everything that was written",
                          name);
}

/* Flushes the copies that have no names yet. Errno of the first that fails, or 0. */
static int flush_copies(int root_fd)
{
    int folder =
        gls_open_at(root_fd, GLS_LIBRARY_FOLDER "/tmp", O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
    DIR *dir = folder >= 0 ? fdopendir(folder) : NULL;
    const struct dirent *entry;
    int cause = 0;

    if (dir == NULL) {
        cause = errno == ENOENT ? 0 : errno;
        if (folder >= 0)
            close(folder);
        return cause;
    }
    while (cause == 0 && (errno = 0, entry = readdir(dir)) != NULL) {
        int fd = entry->d_name[0] == '.'
                     ? -1
                     : gls_open_at(folder, entry->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
        if (fd < 0) {
            if (entry->d_name[0] != '.' && !gls_path_is_absent(errno) && errno != ELOOP)
                cause = errno;
            continue;
        }
        if (gls_fsync(fd) != 0 && errno != EINVAL)
            cause = errno;
        close(fd);
    }
    if (cause == 0)
        cause = errno; /* why reading stopped, 0 at the end */
    closedir(dir);
    return cause;
}

/* An old kernel: all disks are flushed. sync() tells of no error, so each copy is asked
 * for its own. */
static bool sync_all_disks(int fd, const char *name, struct gls_error *error)
{
    sync();
    if (gls_fsync(fd) != 0 && errno != EINVAL && errno != EOPNOTSUPP)
        return fail_flush(name, errno, error);
    int cause = flush_copies(fd);
    return cause == 0 || fail_flush(name, cause, error);
}

bool gls_sync_filesystem(int fd, const char *name, struct gls_error *error)
{
    GLS_TIME("flush");
    if (gls_syncfs(fd) == 0)
        return true;
    return errno == ENOSYS ? sync_all_disks(fd, name, error) : fail_flush(name, errno, error);
}

bool gls_sync_directory(const char *path, struct gls_error *error)
{
    int fd = gls_open(path, O_RDONLY | O_DIRECTORY, 0);
    bool done = true;

    if (fd < 0)
        return gls_fail_errno(error, errno, "%s: cannot be opened", path);
    if (gls_fsync(fd) != 0 && errno != EINVAL && errno != EOPNOTSUPP)
        done = gls_fail_errno(error, errno, "%s: cannot be flushed to disk", path);
    close(fd);
    return done;
}
