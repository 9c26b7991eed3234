/* SPDX-License-Identifier: MIT */
/*
 * tree_walk - all regular files below a folder, in the order of their path bytes.
 * Memory holds the names in the folders on the way
 * only. An error never passes for the end of a folder: it is reported.
 */
#ifndef GLS_ENGINE_SCAN_TREE_WALK_H
#define GLS_ENGINE_SCAN_TREE_WALK_H

#include <sys/stat.h>

#include "base/error.h"
#include "engine/scan/folder_list.h"

struct gls_tree_options {
    const char *root; /* absolute */
    /* Go behind links that lead out of the root. Those that stay in it are followed by
     * no walk: what they lead to is met under its own name. */
    bool follow_links_out;
    void *user;
    /* A regular file; `path` is relative to the root. False: stop; *error is filled. */
    bool (*on_file)(void *user, const char *path, const struct stat *status,
                    struct gls_error *error);
    /* A file that cannot be looked at, or a folder that cannot be listed to its end:
     * then the walk does not know of everything below it. NULL: it is skipped. */
    void (*on_unreadable)(void *user, const char *path, bool is_folder, int system_errno);
};

/* Folders of the file system (ignored.h) and folders other than the root that hold a
 * .glassine (another library) are left out. False: stopped, no memory, or the root
 * itself cannot be listed. */
bool gls_tree_walk(const struct gls_tree_options *options, struct gls_error *error);
/* Adds what the walk would meet in one folder, in its order: each is DT_DIR, to be listed next, or
 * DT_REG; on_file is not called. `folder` is relative, "" the root. */
bool gls_tree_list(struct gls_folder_list *out, const struct gls_tree_options *options,
                   const char *folder, struct gls_error *error);

#endif
