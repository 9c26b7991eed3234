/* SPDX-License-Identifier: MIT */
/*
 * tree_walk - all regular files below a folder, in the order of their path bytes.
 * Symbolic links are not followed. Memory holds the folders on the way only.
 */
#ifndef GLS_ENGINE_SCAN_TREE_WALK_H
#define GLS_ENGINE_SCAN_TREE_WALK_H

#include <sys/stat.h>

#include "base/error.h"

struct gls_tree_options {
    const char *root; /* absolute */
    void *user;
    /* A regular file; `path` is relative to the root. False: stop; *error is filled. */
    bool (*on_file)(void *user, const char *path, const struct stat *status,
                    struct gls_error *error);
    /* A file or folder that cannot be looked at. NULL: passed over. */
    void (*on_unreadable)(void *user, const char *path, int system_errno);
};

/* Folders named .glassine, and folders other than the root that hold one (another
 * library), are left out. */
bool gls_tree_walk(const struct gls_tree_options *options, struct gls_error *error);

#endif
