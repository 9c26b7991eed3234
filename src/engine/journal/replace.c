/* SPDX-License-Identifier: MIT */
#include "engine/journal/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "engine/disk/file_identity.h"
#include "engine/disk/rename.h"

static bool is_in_place(const struct gls_replacement *swap)
{
    return swap->old_path != NULL && strcmp(swap->old_path, swap->new_path) == 0;
}

/* Is `path` still what was read as the old version? */
static bool old_is_unchanged(const struct gls_replacement *swap, const char *path,
                             struct gls_error *error)
{
    struct stat now;

    if (lstat(path, &now) != 0)
        return gls_fail_errno(error, errno, "%s", swap->old_path);
    if (!gls_is_unchanged(swap->old, &now))
        return gls_fail(error, GLS_ERROR_CHANGED, "%s: changed while it was updated",
                        swap->old_path);
    return true;
}

/* Takes an exchange back. */
static bool exchange_back(const struct gls_replacement *swap)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    bool is_supported;

    return gls_exchange(swap->tmp, swap->new_path, &is_supported, &ignored);
}

/* Exchanging keeps the old version until the whole unit is done, and tells what it
 * took away: a version that came at the last moment is put back. A file system that
 * cannot exchange still replaces in one step. */
static bool replace(struct gls_replacement *swap, struct gls_error *error)
{
    struct gls_error cause = GLS_ERROR_INIT;
    bool is_supported;

    if (gls_exchange(swap->tmp, swap->new_path, &is_supported, &cause)) {
        swap->exchanged = old_is_unchanged(swap, swap->tmp, error);
        if (!swap->exchanged && !exchange_back(swap))
            (void)gls_publish(swap->tmp, swap->new_path, &cause);
        return swap->exchanged;
    }
    if (is_supported) {
        *error = cause;
        return false;
    }
    return rename(swap->tmp, swap->new_path) == 0 ||
           gls_fail_errno(error, errno, "%s", swap->new_path);
}

static bool give_name(const char *from, const char *to, struct gls_error *error)
{
    char *folder = gls_path_dir(to);
    bool ok = (folder != NULL || gls_fail_memory(error)) && gls_make_directories(folder, error) &&
              gls_publish(from, to, error);

    free(folder);
    return ok;
}

/* A file whose bytes stay gets its new name beside the old one, which goes when the
 * database knows the new. Where there are no hard links it changes its name at once. */
static bool give_second_name(struct gls_replacement *swap, struct gls_error *error)
{
    char *folder = gls_path_dir(swap->new_path);
    bool ok = (folder != NULL || gls_fail_memory(error)) && gls_make_directories(folder, error);

    free(folder);
    if (!ok)
        return false;
    swap->linked = link(swap->old_path, swap->new_path) == 0;
    if (swap->linked)
        return true;
    if (errno == EEXIST)
        return gls_fail(error, GLS_ERROR_EXISTS, "%s: the name is taken", swap->new_path);
    return gls_publish(swap->old_path, swap->new_path, error);
}

bool gls_replace(struct gls_replacement *swap, struct gls_error *error)
{
    if (swap->old_path != NULL && !old_is_unchanged(swap, swap->old_path, error))
        return false;
    if (swap->tmp != NULL && is_in_place(swap))
        swap->done = replace(swap, error);
    else if (is_in_place(swap))
        swap->done = true;
    else if (swap->tmp != NULL)
        swap->done = give_name(swap->tmp, swap->new_path, error);
    else if (swap->old_path != NULL)
        swap->done = give_second_name(swap, error);
    else
        return gls_fail(error, GLS_ERROR_INTERNAL, "%s: neither bytes nor a file for this name",
                        swap->new_path);
    return swap->done;
}

bool gls_replace_roll_back(struct gls_replacement *swap)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    bool ok = true;

    if (!swap->done)
        return true;
    if (swap->exchanged)
        ok = exchange_back(swap);
    else if (swap->linked)
        ok = gls_paths_are_same_file(swap->old_path, swap->new_path) && unlink(swap->new_path) == 0;
    else if (swap->tmp != NULL && is_in_place(swap))
        ok = false;
    else if (!is_in_place(swap))
        ok = gls_publish(swap->new_path, swap->tmp != NULL ? swap->tmp : swap->old_path, &ignored);
    swap->done = !ok;
    return ok;
}

bool gls_replace_leaves_old(const struct gls_replacement *swap)
{
    return swap->done && !is_in_place(swap) && swap->old_path != NULL &&
           (swap->tmp != NULL || swap->linked);
}

bool gls_replace_finish(struct gls_replacement *swap, struct gls_error *error)
{
    bool leaves_old = gls_replace_leaves_old(swap);
    const char *old = swap->exchanged ? swap->tmp : leaves_old ? swap->old_path : NULL;

    if (old == NULL)
        return true;
    /* A version that another program put there meanwhile is not the old one. */
    if (swap->linked && !gls_paths_are_same_file(swap->old_path, swap->new_path))
        return gls_fail(error, GLS_ERROR_CHANGED, "%s: changed while it was updated", old);
    if (leaves_old && !swap->linked && !old_is_unchanged(swap, old, error))
        return error->status == GLS_ERROR_NOT_FOUND;
    return unlink(old) == 0 || errno == ENOENT || gls_fail_errno(error, errno, "%s", old);
}
