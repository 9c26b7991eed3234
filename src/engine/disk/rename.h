/* SPDX-License-Identifier: MIT */
/*
 * rename - giving a finished copy its name, and making that durable.
 */
#ifndef GLS_ENGINE_DISK_RENAME_H
#define GLS_ENGINE_DISK_RENAME_H

#include <stdint.h>

#include "base/error.h"

/* Renames without ever replacing: renameat2(RENAME_NOREPLACE), where the file
 * system does not know it link() and unlink(). GLS_ERROR_EXISTS: taken;
 * GLS_ERROR_UNSUPPORTED: the file system can do neither, or `from` and `to` lie
 * on different ones. On failure `from` is where it was and `to` is not made. */
bool gls_publish(const char *from, const char *to, struct gls_error *error);

/* Lets two files change their names in one step (renameat2(RENAME_EXCHANGE)).
 * *is_supported is false where the file system or the kernel has no such thing. */
bool gls_exchange(const char *a, const char *b, bool *is_supported, struct gls_error *error);

/* gls_publish() on system calls that the caller chooses, so that a test can be
 * a file system which knows less. They return as renameat2(), link() and unlink(). */
struct gls_publish_calls {
    int (*rename_noreplace)(const char *from, const char *to);
    int (*link)(const char *from, const char *to);
    int (*unlink)(const char *path);
};
bool gls_publish_with(const struct gls_publish_calls *calls, const char *from, const char *to,
                      struct gls_error *error);

/* Can gls_publish() work in this folder? Tries it with an empty file and leaves
 * nothing. GLS_ERROR_LIBRARY: not on this file system. */
bool gls_can_publish(const char *folder, struct gls_error *error);

/* The mount through which `path` is reached (a link: itself): between two mounts
 * of one file system nothing can be renamed. 0: the kernel does not tell. */
uint64_t gls_mount_of(const char *path);

/* Is the path on another machine, so that every request is answered late? */
bool gls_is_on_network(const char *path);
/* Does the file system below `path` refuse in names what Windows refuses (<>:"\|?*)? */
bool gls_has_portable_names(const char *path);

/* Gives the file at `path` (relative to `folder_fd`, or absolute) this mtime, and
 * its atime the same. A symbolic link is not followed. */
bool gls_set_mtime(int folder_fd, const char *path, int64_t mtime_ns);
/* The same for a file that has its name already: the time that it has then, which is its own
 * where none can be set. */
int64_t gls_renew_mtime(int folder_fd, const char *path, int64_t mtime_ns);

/* Flushes the whole file system that `fd`, a folder, lies on: syncfs(), and where the
 * kernel has no such call sync() and fsync() of each copy in `fd`'s .glassine/tmp. */
bool gls_sync_filesystem(int fd, const char *name, struct gls_error *error);
/* fsync of a directory. True also where the file system has no such thing. */
bool gls_sync_directory(const char *path, struct gls_error *error);

#endif
