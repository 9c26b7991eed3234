/* SPDX-License-Identifier: MIT */
/* make_library - small real pictures, and libraries of them, for tests. A helper
 * that fails ends the test program. Link with gls_test_support. */
#ifndef GLS_TESTS_SUPPORT_MAKE_LIBRARY_H
#define GLS_TESTS_SUPPORT_MAKE_LIBRARY_H

#include <stdint.h>

#include "glassine.h"

/* A JPEG whose comment is `comment` and whose picture depends on `picture` alone:
 * two of one picture and different comments have the same essence. */
void make_picture(const char *path, unsigned picture, const char *comment);
/* Makes the pictures 0 to count - 1, a hundred to a folder: "<prefix>065/p6543.jpg" below `root`.
 */
void make_pictures(const char *root, const char *prefix, unsigned count);
/* Sets the mtime, in seconds since the epoch. */
void set_mtime(const char *path, int64_t mtime_s);
/* Makes the database of the folder `root` from its files; all must be taken. */
void make_database(const struct gls_config *config, const char *root, uint64_t expected);

#endif
