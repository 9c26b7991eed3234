/* SPDX-License-Identifier: MIT */
#include "engine/disk/trash_place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"

void gls_trash_can_clear(struct gls_trash_can *can)
{
    free(can->dir);
    free(can->topdir);
    *can = (struct gls_trash_can){NULL, NULL};
}

/* Is `dir` where a volume begins? A bind mount of the same volume is one too:
 * no file can be renamed out of it. False: it cannot be looked at, which says neither. */
static bool is_top(bool *out, const char *dir, struct gls_error *error)
{
    struct stat here;
    struct stat above;
    char *parent;

    *out = true;
    if (strcmp(dir, "/") == 0)
        return true;
#if defined(STATX_ATTR_MOUNT_ROOT)
    struct statx detail;
    if (statx(AT_FDCWD, dir, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &detail) == 0 &&
        (detail.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0 &&
        (detail.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0)
        return true;
#endif
    parent = gls_path_dir(dir);
    bool ok = parent != NULL || gls_fail_memory(error);
    if (ok && (stat(dir, &here) != 0 || stat(parent, &above) != 0))
        ok = gls_fail_errno(error, errno, "%s", dir);
    *out = ok && here.st_dev != above.st_dev;
    free(parent);
    return ok;
}

/* The volume's topmost folder above `dir`. NULL: not known. */
static char *top_of(const char *dir, struct gls_error *error)
{
    char *top = strdup(dir);
    bool is_found = false, ok = top != NULL || gls_fail_memory(error);

    while (ok && (ok = is_top(&is_found, top, error)) && !is_found) {
        char *parent = gls_path_dir(top);
        free(top);
        top = parent;
        ok = top != NULL || gls_fail_memory(error);
    }
    if (ok)
        return top;
    free(top);
    return NULL;
}

/* $XDG_DATA_HOME/Trash, absolute. */
static bool home_can(char **out, struct gls_error *error)
{
    const char *data_home = getenv("XDG_DATA_HOME");
    char *path;

    /* The base directory specification has relative values ignored. */
    if (data_home == NULL || data_home[0] != '/')
        return gls_path_absolute(out, "~/.local/share/Trash", error);
    path = gls_path_join(data_home, "Trash");
    if (path == NULL)
        return gls_fail_memory(error);
    bool done = gls_path_absolute(out, path, error);
    free(path);
    return done;
}

/* The top of the volume on which `path` lies or would lie: it need not exist. */
static char *top_of_missing(const char *path, struct gls_error *error)
{
    char *real = NULL;
    char *dir = strdup(path);

    while (dir != NULL && (real = realpath(dir, NULL)) == NULL && strcmp(dir, "/") != 0) {
        char *parent = gls_path_dir(dir);
        free(dir);
        dir = parent;
    }
    char *top = real != NULL ? top_of(real, error) : NULL;
    if (real == NULL)
        gls_fail_errno(error, errno, "%s", path);
    free(real);
    free(dir);
    return top;
}

static bool make_private(const char *dir, struct gls_error *error)
{
    if (mkdir(dir, 0700) == 0 || errno == EEXIST)
        return true;
    return gls_fail_errno(error, errno, "%s: cannot be made a folder", dir);
}

/* A real folder that is ours: in a folder that all may write to, somebody else
 * could have laid it there to get our files. */
static bool is_own_folder(const char *dir)
{
    struct stat status;

    return lstat(dir, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == getuid();
}

static bool make_inside(const char *can, const char *name, struct gls_error *error)
{
    char *dir = gls_path_join(can, name);

    if (dir == NULL)
        return gls_fail_memory(error);
    bool done = make_private(dir, error);
    free(dir);
    return done;
}

static bool complete_can(const char *can, struct gls_error *error)
{
    return make_inside(can, "files", error) && make_inside(can, "info", error);
}

/* $topdir/.Trash must be a sticky folder and no link, else it is not used. */
static bool is_shared_can(const char *dir)
{
    struct stat status;

    return lstat(dir, &status) == 0 && S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0;
}

/* Makes dir/name and checks it; on success it becomes *out. */
static bool try_can(char **out, const char *dir, const char *name, struct gls_error *error)
{
    char *can = gls_path_join(dir, name);

    if (can == NULL)
        return gls_fail_memory(error);
    bool done = make_private(can, error);
    if (done && !is_own_folder(can))
        done = gls_fail(error, GLS_ERROR_PERMISSION,
                        "%s: is not a folder of this user, so it is not used as trash", can);
    done = done && complete_can(can, error);
    if (done)
        *out = can;
    else
        free(can);
    return done;
}

static bool volume_can(char **out, const char *top, struct gls_error *error)
{
    char name[32];
    char *shared = gls_path_join(top, ".Trash");
    bool done = false;

    if (shared == NULL)
        return gls_fail_memory(error);
    snprintf(name, sizeof(name), "%lu", (unsigned long)getuid());
    if (is_shared_can(shared))
        done = try_can(out, shared, name, error);
    if (!done) {
        snprintf(name, sizeof(name), ".Trash-%lu", (unsigned long)getuid());
        done = try_can(out, top, name, error);
    }
    free(shared);
    return done;
}

/* ~/.local/share and its parents are made as the base directory specification
 * wants them: private. */
static bool make_home_can(const char *can, struct gls_error *error)
{
    char *path = strdup(can);
    bool done = path != NULL;

    if (!done)
        return gls_fail_memory(error);
    for (char *slash = strchr(path + 1, '/'); done && slash != NULL;
         slash = strchr(slash + 1, '/')) {
        struct stat status;
        *slash = '\0';
        done = stat(path, &status) == 0 || make_private(path, error);
        *slash = '/';
    }
    done = done && make_private(path, error) && complete_can(path, error);
    free(path);
    return done;
}

bool gls_trash_can_find(struct gls_trash_can *out, const char *folder, struct gls_error *error)
{
    struct gls_error home_error = GLS_ERROR_INIT;
    char *home = NULL;
    char *home_top = NULL;
    bool done = false;

    *out = (struct gls_trash_can){NULL, NULL};
    char *top = top_of(folder, error);
    if (top == NULL)
        return false;
    bool has_home = home_can(&home, &home_error);
    if (has_home)
        home_top = top_of_missing(home, error);
    if (!has_home && home_error.status == GLS_ERROR_MEMORY) {
        *error = home_error;
        done = false;
    } else if (has_home && home_top == NULL) {
        done = false; /* whether it is the same volume is not known */
    } else if (has_home && strcmp(home_top, top) == 0) {
        done = make_home_can(home, error);
        if (done) {
            out->dir = home;
            home = NULL;
        }
    } else {
        done = volume_can(&out->dir, top, error);
        if (done) {
            out->topdir = top;
            top = NULL;
        }
    }
    free(home_top);
    free(home);
    free(top);
    return done;
}
