/* SPDX-License-Identifier: MIT */
#include "engine/journal/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "engine/disk/file_identity.h"
#include "engine/disk/rename.h"

enum { NAMES_MAX = 1000 };

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
    return gls_is_unchanged(swap->old, &now) ||
           gls_fail(error, GLS_ERROR_CHANGED, "%s: changed while it was updated", swap->old_path);
}

/* ---- Versions that another program wrote ---------------------------------------- */

static bool keep_as(char **kept, const char *path, struct gls_strbuf *name)
{
    struct gls_error why = GLS_ERROR_INIT;
    bool ok = !name->failed && gls_publish(path, name->data, &why);

    if (ok)
        *kept = gls_strbuf_take(name);
    return ok || why.status != GLS_ERROR_EXISTS;
}

void gls_keep_beside(char **kept, const char *path, const char *name, const char *suffix)
{
    const char *names[] = {name, path};

    *kept = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && *kept == NULL; i++) {
        bool tried = false;
        for (unsigned number = 0; number < NAMES_MAX && !tried; number++) {
            GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
            gls_strbuf_addf(&text, number == 0 ? "%s.%s" : "%s.%s-%u", names[i], suffix, number);
            tried = keep_as(kept, path, &text);
        }
    }
}

/* What is under `tmp` is nothing that glassine may remove. */
static void keep_edit(const struct gls_replacement *swap, struct gls_error *error)
{
    char *kept;

    gls_keep_beside(&kept, swap->tmp, swap->new_path, GLS_KEPT_EDIT_SUFFIX);
    gls_fail(error, GLS_ERROR_CHANGED,
             "%s: changed while it was updated; the version that another program wrote is kept as "
             "%s",
             swap->new_path, kept != NULL ? kept : swap->tmp);
    free(kept);
}

static bool is_own(const char *path, const struct stat *own)
{
    struct stat now;

    return lstat(path, &now) == 0 && gls_is_same_file(&now, own);
}

/* The same where a file that cannot be looked at is not another program's. */
static bool check_own(const char *path, const struct stat *own, struct gls_error *error)
{
    struct stat now;
    bool is_there = lstat(path, &now) == 0;

    if (!is_there && !gls_path_is_absent(errno))
        return gls_fail_errno(error, errno, "%s", path);
    return (is_there && gls_is_same_file(&now, own)) ||
           gls_fail(error, GLS_ERROR_CHANGED, "%s: changed while it was updated", path);
}

static bool is_copy(const struct gls_replacement *swap, const char *path)
{
    return is_own(path, &swap->copy);
}

/* What came along is looked at again: another program may save in the instant before. */
bool gls_rename_back(const char *from, const char *to, const struct stat *own)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    char *kept = NULL;

    if (!is_own(from, own) || !gls_publish(from, to, &ignored))
        return false;
    if (is_own(to, own))
        return true;
    if (!gls_publish(to, from, &ignored))
        gls_keep_beside(&kept, to, from, GLS_KEPT_EDIT_SUFFIX);
    free(kept);
    return false;
}

static const char hold_prefix[] = "gone-";

char *gls_hold_path(const char *tmp_folder, const struct stat *file)
{
    char name[sizeof hold_prefix + 24];

    snprintf(name, sizeof name, "%s%llu", hold_prefix, (unsigned long long)file->st_ino);
    return gls_path_join(tmp_folder, name);
}

bool gls_hold_is_foreign(const char *name, const struct stat *now)
{
    size_t size = sizeof hold_prefix - 1;

    return strncmp(name, hold_prefix, size) == 0 &&
           strtoull(name + size, NULL, 10) != (unsigned long long)now->st_ino;
}

static void give_name_back(const char *hold, const char *path, struct gls_error *error)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    char *kept = NULL;

    gls_fail(error, GLS_ERROR_CHANGED, "%s: changed while it was updated", path);
    if (gls_publish(hold, path, &ignored))
        return;
    gls_keep_beside(&kept, hold, path, GLS_KEPT_EDIT_SUFFIX);
    gls_fail(error, GLS_ERROR_CHANGED,
             "%s: changed while it was updated; the version that another program wrote is kept as "
             "%s",
             path, kept != NULL ? kept : hold);
    free(kept);
}

/* No call removes a name only if it is a certain file's: the name is taken away first, and
 * what came along is looked at where nobody else puts anything. */
bool gls_remove_seen(const char *path, const char *hold, const struct stat *seen,
                     struct gls_error *error)
{
    struct gls_error why = GLS_ERROR_INIT;
    struct stat now;

    if (!gls_publish(path, hold, &why)) {
        *error = why;
        return why.status == GLS_ERROR_NOT_FOUND;
    }
    if (lstat(hold, &now) != 0)
        return gls_fail_errno(error, errno, "%s", hold);
    if (!gls_is_unchanged(seen, &now)) {
        give_name_back(hold, path, error);
        return false;
    }
    return unlink(hold) == 0 || gls_fail_errno(error, errno, "%s", hold);
}

bool gls_remove_copy(const char *path, const struct stat *own)
{
    struct stat now;

    if (lstat(path, &now) != 0)
        return errno == ENOENT;
    return gls_is_same_file(&now, own) && unlink(path) == 0;
}

static bool exchange(const struct gls_replacement *swap)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    bool is_supported;

    return gls_exchange(swap->tmp, swap->new_path, &is_supported, &ignored);
}

/* The exchange took away a version that another program had just written: it gets its
 * name back. If the name shows a still newer version by then, that one stays. What
 * then is under `tmp` is our copy, or is kept. */
static void give_back(const struct gls_replacement *swap, struct gls_error *error)
{
    struct gls_error ignored = GLS_ERROR_INIT;

    if (exchange(swap)) {
        if (is_copy(swap, swap->tmp))
            return;
        (void)exchange(swap);
    } else if (gls_publish(swap->tmp, swap->new_path, &ignored)) {
        return;
    }
    keep_edit(swap, error);
}

/* ---- Replacing ------------------------------------------------------------------ */

/* Without an exchange: the bad version gets its second name first, so that it is
 * never without one. A file system without links lets the name be empty for an
 * instant, which the intent covers. */
static bool replace_and_keep(const struct gls_replacement *swap, struct gls_error *error)
{
    struct gls_error ignored = GLS_ERROR_INIT;

    if (link(swap->new_path, swap->aside) == 0) {
        bool ok = old_is_unchanged(swap, swap->aside, error) &&
                  (rename(swap->tmp, swap->new_path) == 0 ||
                   gls_fail_errno(error, errno, "%s", swap->new_path));
        /* The second name may be the only one of what another program wrote. */
        if (!ok && gls_paths_are_same_file(swap->new_path, swap->aside))
            unlink(swap->aside);
        return ok;
    }
    if (!gls_publish(swap->new_path, swap->aside, error))
        return false;
    if (gls_publish(swap->tmp, swap->new_path, error))
        return true;
    (void)gls_publish(swap->aside, swap->new_path, &ignored);
    return false;
}

/* Exchanging keeps the old version until the whole unit is done, and tells what it
 * took away. A file system that cannot exchange still replaces in one step. */
static bool replace(struct gls_replacement *swap, struct gls_error *error)
{
    struct gls_error cause = GLS_ERROR_INIT;
    bool is_supported;

    if (gls_exchange(swap->tmp, swap->new_path, &is_supported, &cause)) {
        swap->exchanged = old_is_unchanged(swap, swap->tmp, error);
        if (!swap->exchanged)
            give_back(swap, error);
        return swap->exchanged;
    }
    if (is_supported) {
        *error = cause;
        return false;
    }
    if (swap->aside != NULL)
        return replace_and_keep(swap, error);
    return rename(swap->tmp, swap->new_path) == 0 ||
           gls_fail_errno(error, errno, "%s", swap->new_path);
}

/* A file whose bytes stay gets its new name beside the old one, which goes when the
 * database knows the new. Where there are no hard links it changes its name at once. */
static bool give_second_name(struct gls_replacement *swap, struct gls_error *error)
{
    if (!gls_make_parent(swap->new_path, error))
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
    if (swap->tmp != NULL && lstat(swap->tmp, &swap->copy) != 0)
        return gls_fail_errno(error, errno, "%s", swap->tmp);
    if (swap->old_path != NULL && !old_is_unchanged(swap, swap->old_path, error))
        return false;
    if (swap->tmp != NULL && is_in_place(swap))
        swap->done = replace(swap, error);
    else if (is_in_place(swap))
        swap->done = true;
    else if (swap->tmp != NULL)
        swap->done =
            gls_make_parent(swap->new_path, error) && gls_publish(swap->tmp, swap->new_path, error);
    else if (swap->old_path != NULL)
        swap->done = give_second_name(swap, error);
    else
        return gls_fail(error, GLS_ERROR_INTERNAL, "%s: neither bytes nor a file for this name",
                        swap->new_path);
    return swap->done;
}

/* A version that another program wrote over the new one keeps the name. */
static bool roll_exchange_back(const struct gls_replacement *swap)
{
    if (!exchange(swap))
        return false;
    if (is_copy(swap, swap->tmp))
        return true;
    (void)exchange(swap);
    return false;
}

/* The second name of a file that keeps its first. */
static bool drop_second_name(const struct gls_replacement *swap)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    struct stat seen;

    return lstat(swap->new_path, &seen) == 0 && is_own(swap->old_path, &seen) &&
           (swap->hold != NULL ? gls_remove_seen(swap->new_path, swap->hold, &seen, &ignored)
                               : unlink(swap->new_path) == 0);
}

bool gls_replace_roll_back(struct gls_replacement *swap)
{
    bool ok = true;

    if (!swap->done)
        return true;
    if (swap->exchanged)
        ok = roll_exchange_back(swap);
    else if (swap->linked)
        ok = drop_second_name(swap);
    else if (swap->tmp != NULL && is_in_place(swap))
        ok = false;
    else if (!is_in_place(swap))
        ok = swap->tmp != NULL ? gls_rename_back(swap->new_path, swap->tmp, &swap->copy)
                               : gls_rename_back(swap->new_path, swap->old_path, swap->old);
    swap->done = !ok;
    return ok;
}

bool gls_replace_leaves_old(const struct gls_replacement *swap)
{
    return swap->done && !is_in_place(swap) && swap->old_path != NULL &&
           (swap->tmp != NULL || swap->linked);
}

/* The old version is under `tmp`. */
static bool finish_exchange(const struct gls_replacement *swap, struct gls_error *error)
{
    if (swap->aside != NULL)
        return gls_publish(swap->tmp, swap->aside, error);
    if (!old_is_unchanged(swap, swap->tmp, error)) {
        if (error->status == GLS_ERROR_CHANGED)
            keep_edit(swap, error);
        return error->status == GLS_ERROR_NOT_FOUND;
    }
    return unlink(swap->tmp) == 0 || errno == ENOENT ||
           gls_fail_errno(error, errno, "%s", swap->tmp);
}

bool gls_replace_finish(struct gls_replacement *swap, struct gls_error *error)
{
    const char *old = swap->old_path;
    struct stat seen;

    if (swap->exchanged)
        return finish_exchange(swap, error);
    if (!gls_replace_leaves_old(swap))
        return true;
    if (lstat(old, &seen) != 0)
        return gls_path_is_absent(errno) || gls_fail_errno(error, errno, "%s", old);
    /* A version that another program put there meanwhile is not the old one. */
    if (!swap->linked && !gls_is_unchanged(swap->old, &seen))
        return gls_fail(error, GLS_ERROR_CHANGED, "%s: changed while it was updated", old);
    if (!check_own(swap->new_path, swap->linked ? &seen : &swap->copy, error))
        return false;
    if (swap->hold != NULL)
        return gls_remove_seen(old, swap->hold, &seen, error);
    return unlink(old) == 0 || errno == ENOENT || gls_fail_errno(error, errno, "%s", old);
}

/* rmdir() itself is the check, so no folder that holds a file can go. */
bool gls_remove_emptied(const char *root, const char *old_path)
{
    char *folder = old_path != NULL ? gls_path_dir(old_path) : NULL;
    bool ok = folder != NULL || old_path == NULL;

    for (int level = 0; folder != NULL && level < 2; level++) {
        char *parent = gls_path_dir(folder);
        if (strcmp(folder, root) == 0 || (rmdir(folder) != 0 && errno != ENOENT)) {
            ok = strcmp(folder, root) == 0 || errno != EIO;
            free(parent);
            break;
        }
        free(folder);
        folder = parent;
    }
    free(folder);
    return ok;
}
