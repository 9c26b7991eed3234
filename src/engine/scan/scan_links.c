/* SPDX-License-Identifier: MIT */
/* What several symbolic links lead to is taken once, by the first of them. */
#include <search.h>
#include <stdlib.h>

#include "engine/scan/scan_folder.h"

struct link_target {
    dev_t device;
    ino_t inode;
};

static int compare_links(const void *a, const void *b)
{
    const struct link_target *left = a;
    const struct link_target *right = b;

    if (left->device != right->device)
        return left->device < right->device ? -1 : 1;
    return (left->inode > right->inode) - (left->inode < right->inode);
}

/* True the first time that a symbolic link leads to this file. */
static bool is_new_target(struct gls_scanner *scanner, const struct stat *status)
{
    struct link_target *target = malloc(sizeof(*target));
    struct link_target **found;

    if (target == NULL) {
        scanner->out_of_memory = true;
        return true;
    }
    *target = (struct link_target){status->st_dev, status->st_ino};
    found = tsearch(target, &scanner->links, compare_links);
    if (found == NULL)
        scanner->out_of_memory = true;
    if (found != NULL && *found == target)
        return true;
    free(target);
    return found == NULL;
}

void gls_scan_drop_repeated_links(struct gls_scanner *scanner, struct gls_scan_folder *folder)
{
    static const char reason[] = "another symbolic link led to the same file before";

    for (size_t i = 0; i < folder->group.count; i++) {
        struct gls_group_file *file = &folder->group.files[i];
        struct stat status;
        if (file->verdict != GLS_SCAN_TAKE || !file->by_link ||
            gls_scan_look(folder, file, &status) != 0 || is_new_target(scanner, &status))
            continue;
        file->verdict = GLS_SCAN_SKIPPED;
        file->reason = gls_scan_add_text(folder, reason, sizeof(reason) - 1);
    }
}
