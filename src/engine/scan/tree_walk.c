/* SPDX-License-Identifier: MIT */
#include "engine/scan/tree_walk.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "store/library/library_db.h"

/* A folder sorts as what is in it does: as its name with a '/' behind it. */
static int key_byte(const FTSENT *entry, size_t at)
{
    if (at < entry->fts_namelen)
        return (unsigned char)entry->fts_name[at];
    return at == entry->fts_namelen && entry->fts_info == FTS_D ? '/' : -1;
}

static int compare_entries(const FTSENT **a, const FTSENT **b)
{
    for (size_t at = 0;; at++) {
        int left = key_byte(*a, at), right = key_byte(*b, at);
        if (left != right)
            return left < right ? -1 : 1;
        if (left < 0)
            return 0;
    }
}

static bool is_other_library(const FTSENT *entry)
{
    struct stat status;

    if (entry->fts_level == 0)
        return false;
    char *inner = gls_path_join(entry->fts_accpath, GLS_LIBRARY_FOLDER);
    bool found = inner != NULL && lstat(inner, &status) == 0 && S_ISDIR(status.st_mode);
    free(inner);
    return found;
}

/* Takes one entry; false stops the walk. */
static bool take(const struct gls_tree_options *options, FTS *walk, FTSENT *entry,
                 struct gls_error *error)
{
    const char *path = gls_path_relative(entry->fts_path, options->root);

    if (path == NULL)
        path = entry->fts_path;
    switch (entry->fts_info) {
    case FTS_D:
        if ((entry->fts_level > 0 && strcmp(entry->fts_name, GLS_LIBRARY_FOLDER) == 0) ||
            is_other_library(entry))
            fts_set(walk, entry, FTS_SKIP);
        return true;
    case FTS_F:
        return options->on_file(options->user, path, entry->fts_statp, error);
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        if (entry->fts_level == 0)
            return gls_fail_errno(error, entry->fts_errno, "%s", entry->fts_path);
        if (options->on_unreadable != NULL)
            options->on_unreadable(options->user, path, entry->fts_errno);
        return true;
    default:
        return true;
    }
}

bool gls_tree_walk(const struct gls_tree_options *options, struct gls_error *error)
{
    char *root = strdup(options->root);
    char *roots[] = {root, NULL};
    bool ok = root != NULL;

    if (!ok)
        return gls_fail_memory(error);
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, compare_entries);
    if (walk == NULL) {
        ok = gls_fail_errno(error, errno, "%s", options->root);
    } else {
        FTSENT *entry;
        errno = 0;
        while (ok && (entry = fts_read(walk)) != NULL) {
            ok = take(options, walk, entry, error);
            errno = 0;
        }
        if (ok && errno != 0)
            ok = gls_fail_errno(error, errno, "%s", options->root);
        fts_close(walk);
    }
    free(root);
    return ok;
}
