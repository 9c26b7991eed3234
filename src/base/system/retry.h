/* SPDX-License-Identifier: MIT */
/*
 * retry - calls that a signal may interrupt, made until they end.
 *
 * POSIX lets each of these fail with EINTR where a device is slow (FUSE, NFS, a terminal), and
 * whoever embeds the library may have handlers without SA_RESTART. All sources of src use
 * these, but for the command's, and for a hook's pipe, whose writes do not block;
 * tests/repo/style.sh holds them to it. They answer as the calls do whose
 * names they bear, with errno, but for EINTR. close(2) is not among them: on Linux the
 * descriptor is gone whatever it says. Nor is fallocate(2): tmpfs undoes all that it did at a
 * signal, so that it would begin anew for ever, and nobody needs more than to have tried.
 */
#ifndef GLS_BASE_SYSTEM_RETRY_H
#define GLS_BASE_SYSTEM_RETRY_H

#include <dirent.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

/* open(2) and openat(2); O_CLOEXEC is added. `mode` counts where a file is made, else 0. */
int gls_open(const char *path, int flags, mode_t mode);
int gls_open_at(int folder_fd, const char *path, int flags, mode_t mode);
/* opendir(3). */
DIR *gls_opendir(const char *path);

ssize_t gls_read(int fd, void *bytes, size_t size);
ssize_t gls_pread(int fd, void *bytes, size_t size, uint64_t offset);
ssize_t gls_pwritev(int fd, const struct iovec *parts, int count, uint64_t offset);
/* All of it, in as many calls as it takes. False: errno says why. */
bool gls_write_all(int fd, const void *bytes, size_t size);
bool gls_pwrite_all(int fd, const void *bytes, size_t size, uint64_t offset);

int gls_fsync(int fd);
int gls_syncfs(int fd);
int gls_ftruncate(int fd, uint64_t size);
int gls_flock(int fd, int operation);
/* It waits timeout_ms in all, however many signals come; below 0: for ever. */
int gls_poll(struct pollfd *fds, nfds_t count, int timeout_ms);

#endif
