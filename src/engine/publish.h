/* SPDX-License-Identifier: MIT */
/*
 * publish - giving a finished copy its name, and making that durable.
 */
#ifndef GLS_ENGINE_PUBLISH_H
#define GLS_ENGINE_PUBLISH_H

#include "base/error.h"

/* Renames without ever replacing: renameat2(RENAME_NOREPLACE), where the file
 * system does not know it link() and unlink(). GLS_ERROR_EXISTS: taken. */
bool gls_publish(const char *from, const char *to, struct gls_error *error);
/* Flushes the whole file system that `fd` lies on (syncfs). */
bool gls_sync_filesystem(int fd, const char *name, struct gls_error *error);
/* fsync of a directory. */
bool gls_sync_directory(const char *path, struct gls_error *error);

#endif
