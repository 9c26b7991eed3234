/* SPDX-License-Identifier: MIT */
/*
 * temp_dir - folders and files that a test makes and removes again. A helper
 * that fails ends the test program with a message: a test can do nothing about
 * it. Link with gls_test_support.
 */
#ifndef GLS_TESTS_SUPPORT_TEMP_DIR_H
#define GLS_TESTS_SUPPORT_TEMP_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A new empty folder below $TMPDIR (or /tmp). Give it to temp_dir_remove(). */
char *temp_dir_new(void);
/* Removes the folder with all that is in it, and frees the string. NULL is allowed. */
void temp_dir_remove(char *dir);

/* "dir/name". The caller frees it. */
char *temp_path(const char *dir, const char *name);
/* Makes dir/name, with missing folders on the way. Returns its path, which the
 * caller frees. */
char *temp_folder(const char *dir, const char *name);
/* Makes the file dir/name holding `bytes`, with missing folders on the way.
 * Returns its path, which the caller frees. */
char *temp_file(const char *dir, const char *name, const void *bytes, size_t size);
char *temp_text_file(const char *dir, const char *name, const char *text);

/* The whole content, with a NUL behind it; the caller frees it. *size may be NULL. */
uint8_t *temp_read(const char *path, size_t *size);
bool temp_exists(const char *path);

/* Bytes without pattern, the same for one seed on every machine. */
void temp_fill(void *bytes, size_t size, uint64_t seed);

/* Calls run(context) in a child process and returns what it returned, so that
 * it may change mounts and limits. */
int temp_run_child(int (*run)(void *context), void *context);
/* The same in a child process that is no superuser (uid and gid
 * 65534 if this one is the superuser), and returns what it returned, so that
 * permissions can be tested. */
int temp_run_unprivileged(int (*run)(void *context), void *context);

#endif
