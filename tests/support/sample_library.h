/* SPDX-License-Identifier: MIT */
/* sample_library - small libraries for the tests of the store. */
#ifndef GLS_TESTS_SUPPORT_SAMPLE_LIBRARY_H
#define GLS_TESTS_SUPPORT_SAMPLE_LIBRARY_H

#include "store/library/library_db.h"

#define SHA_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define SHA_B "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define XXH_A "0123456789abcdef0123456789abcdef"
#define XXH_B "f123456789abcdef0123456789abcdef"

/* The library at `root`; a failure fails the test. */
struct gls_library *sample_library_open(const char *root, enum gls_library_mode mode);
/* Stores the files and ends with a closed, checkpointed database. */
void sample_library_store(const char *root, const struct gls_stored_file *files, size_t count);
/* A row for `path`, which must outlive it. */
struct gls_stored_file sample_stored_file(const char *path);
uint64_t sample_library_count(struct gls_library *library);
/* Copies the database with its log while a writer is at work: what a crash leaves. */
void sample_library_leave_log(const char *root, const char *copy);

#endif
