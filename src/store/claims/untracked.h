/* SPDX-License-Identifier: MIT */
/*
 * untracked - a list of files that were found on a disk, of any length: memory stays
 * flat. Paths are relative to one root and are unique. One thread at a time.
 */
#ifndef GLS_STORE_CLAIMS_UNTRACKED_H
#define GLS_STORE_CLAIMS_UNTRACKED_H

#include "base/error.h"

struct gls_untracked_file {
    char *path; /* owned */
    uint64_t size_bytes;
    int64_t mtime_ns;
    char xxh128[33];  /* "": not known */
    char *moved_from; /* owned; the path under which the library knew it; or NULL */
    int read_errno;   /* why it cannot be looked at; 0: it can */
};
void gls_untracked_file_clear(struct gls_untracked_file *file);

struct gls_untracked_index;
bool gls_untracked_open(struct gls_untracked_index **out, struct gls_error *error);
void gls_untracked_close(struct gls_untracked_index *index);
/* moved_from is not looked at. */
bool gls_untracked_add(struct gls_untracked_index *index, const struct gls_untracked_file *file,
                       struct gls_error *error);
bool gls_untracked_set_hash(struct gls_untracked_index *index, const char *path, const char *xxh128,
                            struct gls_error *error);
bool gls_untracked_set_moved_from(struct gls_untracked_index *index, const char *path,
                                  const char *moved_from, struct gls_error *error);

/* Each of these fills *out, which the caller clears, if *found. */
/* The first in path order, strictly after `after` (NULL: of all). */
bool gls_untracked_next(struct gls_untracked_index *index, struct gls_untracked_file *out,
                        bool *found, const char *after, struct gls_error *error);
/* The one at exactly this path. */
bool gls_untracked_get(struct gls_untracked_index *index, struct gls_untracked_file *out,
                       bool *found, const char *path, struct gls_error *error);
/* The first in path order behind key->path among those of key->size_bytes. */
bool gls_untracked_next_of_size(struct gls_untracked_index *index, struct gls_untracked_file *out,
                                bool *found, const struct gls_untracked_file *key,
                                struct gls_error *error);
/* The one that was moved there from `path`. */
bool gls_untracked_moved_from(struct gls_untracked_index *index, struct gls_untracked_file *out,
                              bool *found, const char *path, struct gls_error *error);

#endif
