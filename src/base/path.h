/* SPDX-License-Identifier: MIT */
/*
 * path - paths as byte strings. Nothing here touches the file system except
 * where a comment says so. Every returned string is the caller's to free().
 */
#ifndef GLS_BASE_PATH_H
#define GLS_BASE_PATH_H

#include <sys/types.h>

#include "base/error.h"

/* "dir/name"; an absolute `name` stands alone. NULL: no memory. */
char *gls_path_join(const char *dir, const char *name);
/* `path` with `suffix` behind it. NULL: no memory. */
char *gls_path_append(const char *path, const char *suffix);
/* The part behind the last '/', within `path`. */
const char *gls_path_base(const char *path);
/* A copy of the part before the last '/': "." if there is none, "/" at the root. */
char *gls_path_dir(const char *path);
/* The extension within `path`, without its dot; "" if there is none. A leading
 * dot begins no extension. */
const char *gls_path_extension(const char *path);
/* How many bytes of the base name of `path` stand before its extension's dot. */
size_t gls_path_stem_size(const char *path);
/* Absolute and free of ".", ".." and doubled slashes, by text alone, with a
 * leading "~" or "~/" replaced by $HOME (or the password entry's home). Reads
 * the working directory. */
bool gls_path_absolute(char **out, const char *path, struct gls_error *error);
/* Is `path` equal to `dir` or below it? Both absolute and normal. */
bool gls_path_is_within(const char *path, const char *dir);
/* The part of `path` below `dir` (within `path`), "" if equal, NULL if outside. */
const char *gls_path_relative(const char *path, const char *dir);

/* Does the errno of a look at a path say that nothing is there? Any other error says nothing
 * about it: what cannot be looked at may be there. */
bool gls_path_is_absent(int system_errno);

/* Makes `dir` and its missing parents with mode 0777 less umask. Touches the
 * file system. An existing directory is fine. */
bool gls_make_directories(const char *dir, struct gls_error *error);
/* The same for the folder that `path` lies in. */
bool gls_make_parent(const char *path, struct gls_error *error);

/* Reads the character at the start of `bytes` (size > 0) and returns how many bytes
 * it has. A byte that belongs to no character counts as one; *out is then -1. */
size_t gls_utf8_next(int32_t *out, const char *bytes, size_t size);
/* Is it well-formed UTF-8 (RFC 3629), with no NUL? */
bool gls_utf8_is_valid(const char *bytes, size_t size);
/* A copy in valid UTF-8: every byte that belongs to no character becomes U+FFFD. */
char *gls_utf8_make_valid(const char *bytes, size_t size);
/* A copy composed (Unicode NFC); what is not UTF-8 as it is. NULL: no memory. The caller
 * frees it. */
char *gls_utf8_compose(const char *text);
/* The same decomposed (NFD), as a Mac's older file systems keep names. */
char *gls_utf8_decompose(const char *text);
/* A text composed (Unicode NFC) and case-folded, in which names that people see as one are
 * equal. It takes no memory, so that a comparison cannot fail. */
struct gls_folded {
    const char *text; /* in `room`; the text itself where that is no UTF-8 or does not fit */
    size_t size;
    int32_t room[1024];
};
void gls_utf8_fold(struct gls_folded *out, const char *text, size_t size);
/* A copy that reads each byte as ISO 8859-1 (Windows-1252 for 0x80..0x9F). */
char *gls_latin1_to_utf8(const char *bytes, size_t size);

/* Two-way lossless naming of raw bytes: every byte that is not unreserved in
 * RFC 3986 or '/' becomes %XX. Used beside a path that is not UTF-8. */
char *gls_percent_encode(const char *bytes, size_t size);
/* The inverse; *size_out gets the number of bytes. NULL: malformed or no memory. */
char *gls_percent_decode(const char *text, size_t *size_out);

#endif
