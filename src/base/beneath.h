/* SPDX-License-Identifier: MIT */
/*
 * beneath - names that come from elsewhere, kept below a folder.
 *
 * A library may lie on a stick or a share, and what its database and its links say was
 * perhaps written by somebody else. Every such name is looked at here before it is used.
 */
#ifndef GLS_BASE_BENEATH_H
#define GLS_BASE_BENEATH_H

#include <stdbool.h>
#include <stddef.h>

/* Is it a path that by its text alone lies below whatever it is joined to? Relative, not
 * empty, and no component is empty, "." or "..". Touches nothing. */
bool gls_beneath_is_plain(const char *path);

/* Opens `path` below the folder `root_fd`; `flags` as of open(2), O_CLOEXEC is added.
 * Links are followed for as long as they stay below it. -1 with errno EXDEV: a link (or
 * "..") leads out, is absolute, or is one of /proc's. On Linux 5.6 and later
 * the kernel sees to it (openat2, RESOLVE_BENEATH), so that nobody can exchange a folder
 * for a link meanwhile; else each component is opened by itself. Creates nothing. */
int gls_beneath_open(int root_fd, const char *path, int flags);
/* The same without openat2. */
int gls_beneath_open_by_hand(int root_fd, const char *path, int flags);

/* False: a link on the way leads out. True also where nothing is there, or cannot be
 * looked at: whoever opens it will meet the reason. */
bool gls_beneath_holds(int root_fd, const char *path);

#endif
