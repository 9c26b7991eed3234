/* SPDX-License-Identifier: MIT */
#include "base/system/retry.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

int gls_open_at(int folder_fd, const char *path, int flags, mode_t mode)
{
    int fd;

    do
        fd = openat(folder_fd, path, flags | O_CLOEXEC, mode);
    while (fd < 0 && errno == EINTR);
    return fd;
}

int gls_open(const char *path, int flags, mode_t mode)
{
    return gls_open_at(AT_FDCWD, path, flags, mode);
}

DIR *gls_opendir(const char *path)
{
    int fd = gls_open(path, O_RDONLY | O_DIRECTORY, 0);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

    if (dir == NULL && fd >= 0) {
        int cause = errno;
        close(fd);
        errno = cause;
    }
    return dir;
}

ssize_t gls_read(int fd, void *bytes, size_t size)
{
    ssize_t got;

    do
        got = read(fd, bytes, size);
    while (got < 0 && errno == EINTR);
    return got;
}

ssize_t gls_pread(int fd, void *bytes, size_t size, uint64_t offset)
{
    ssize_t got;

    do
        got = pread(fd, bytes, size, (off_t)offset);
    while (got < 0 && errno == EINTR);
    return got;
}

ssize_t gls_pwritev(int fd, const struct iovec *parts, int count, uint64_t offset)
{
    ssize_t done;

    do
        done = pwritev(fd, parts, count, (off_t)offset);
    while (done < 0 && errno == EINTR);
    return done;
}

/* Counts one call of write(2) towards the whole. False: it failed. */
static bool advance(const char **rest, size_t *size, ssize_t done)
{
    if (done < 0)
        return errno == EINTR;
    if (done == 0) {
        errno = EIO;
        return false;
    }
    *rest += done;
    *size -= (size_t)done;
    return true;
}

bool gls_write_all(int fd, const void *bytes, size_t size)
{
    const char *rest = bytes;

    while (size > 0)
        if (!advance(&rest, &size, write(fd, rest, size)))
            return false;
    return true;
}

bool gls_pwrite_all(int fd, const void *bytes, size_t size, uint64_t offset)
{
    const char *begin = bytes, *rest = begin;

    while (size > 0)
        if (!advance(&rest, &size, pwrite(fd, rest, size, (off_t)offset + (rest - begin))))
            return false;
    return true;
}

int gls_fsync(int fd)
{
    int result;

    do
        result = fsync(fd);
    while (result != 0 && errno == EINTR);
    return result;
}

int gls_syncfs(int fd)
{
    int result;

    do
        result = syncfs(fd);
    while (result != 0 && errno == EINTR);
    return result;
}

int gls_ftruncate(int fd, uint64_t size)
{
    int result;

    do
        result = ftruncate(fd, (off_t)size);
    while (result != 0 && errno == EINTR);
    return result;
}

int gls_flock(int fd, int operation)
{
    int result;

    do
        result = flock(fd, operation);
    while (result != 0 && errno == EINTR);
    return result;
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int gls_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    int64_t until_ms = now_ms() + timeout_ms, left_ms = timeout_ms;
    int result;

    while ((result = poll(fds, count, (int)left_ms)) < 0 && errno == EINTR)
        if (timeout_ms > 0) {
            left_ms = until_ms - now_ms();
            left_ms = left_ms > 0 ? left_ms : 0;
        }
    return result;
}
