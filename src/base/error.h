/* SPDX-License-Identifier: MIT */
/*
 * error - filling a struct gls_error.
 *
 * Every fallible function returns bool and takes a struct gls_error * last.
 * Use: return gls_fail(error, GLS_ERROR_FORMAT, "%s: no SOS marker", path);
 */
#ifndef GLS_BASE_ERROR_H
#define GLS_BASE_ERROR_H

#include "glassine.h"

/* Fills *error from a printf format and returns false. A message that is too
 * long is cut at its end. */
bool gls_fail(struct gls_error *error, enum gls_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As gls_fail(), with the status and the text that belong to errno value
 * `system_errno`; the message is "<text>: <cause>". */
bool gls_fail_errno(struct gls_error *error, int system_errno, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "<prefix>: " before the message of *error. Returns false. */
bool gls_error_prefix(struct gls_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* GLS_ERROR_MEMORY with its message. Returns false. */
bool gls_fail_memory(struct gls_error *error);

/* Is it an error of the system (memory, the disk, a file that changes meanwhile), which says
 * nothing about what a file holds? Then it is no reason to treat the file in another way. */
bool gls_error_is_of_system(const struct gls_error *error);

/* The thread-safe text of an errno value, in English whatever the locale, in
 * `buffer`, which is returned. */
const char *gls_errno_text(int system_errno, char *buffer, size_t buffer_size);

#ifdef __clang_analyzer__
/* The static analyzer looks into no other file: tell it that these fail. */
static inline bool gls_fails(bool result)
{
    (void)result;
    return false;
}
#define gls_fail(...) gls_fails(gls_fail(__VA_ARGS__))
#define gls_fail_errno(...) gls_fails(gls_fail_errno(__VA_ARGS__))
#define gls_error_prefix(...) gls_fails(gls_error_prefix(__VA_ARGS__))
#define gls_fail_memory(error) gls_fails(gls_fail_memory(error))
#endif

#endif
