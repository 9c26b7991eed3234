/* SPDX-License-Identifier: MIT */
/*
 * file_identity - is it still the same file? One comparison for everybody who read a
 * file earlier and is about to act on that.
 */
#ifndef GLS_ENGINE_DISK_FILE_IDENTITY_H
#define GLS_ENGINE_DISK_FILE_IDENTITY_H

#include <stdbool.h>
#include <sys/stat.h>

/* One file: the same number on the same device. Under two names it still is one. */
bool gls_is_same_file(const struct stat *a, const struct stat *b);
/* The same file, of the same size and mtime: nobody wrote to it in between. */
bool gls_is_unchanged(const struct stat *before, const struct stat *now);
/* Do two paths name one file? A symbolic link is a file of its own. */
bool gls_paths_are_same_file(const char *a, const char *b);

#endif
