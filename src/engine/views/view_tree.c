/* SPDX-License-Identifier: MIT */
/* The folder of the links, and its list of what was made there. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/beneath.h"
#include "base/path.h"
#include "base/system/retry.h"
#include "engine/views/views_run.h"

/* A new list, until it takes the place of the old one. */
#define NEW_LIST GLS_VIEWS_LIST ".new"
static const char heading[] = "glassine views 1\n";

/* ---- The list --------------------------------------------------------------------------- */

/* Reads what ends with NUL; false: the end, or *is_bad. */
static bool read_text(FILE *from, char **text, size_t *space, bool *is_bad)
{
    ssize_t size = getdelim(text, space, '\0', from);

    if (size < 0)
        return false;
    *is_bad = (*text)[size - 1] != '\0' || size > PATH_MAX;
    return !*is_bad;
}

static bool read_records(struct gls_views_run *run, FILE *from, struct gls_error *error)
{
    char first[sizeof heading] = "";
    char *path = NULL, *target = NULL;
    size_t path_space = 0, target_space = 0;
    bool is_bad = fread(first, 1, sizeof heading - 1, from) != sizeof heading - 1 ||
                  strcmp(first, heading) != 0;
    bool ok = true;

    while (ok && !is_bad && read_text(from, &path, &path_space, &is_bad)) {
        is_bad = !read_text(from, &target, &target_space, &is_bad) || !gls_beneath_is_plain(path);
        if (!is_bad)
            ok = gls_link_set_add_made(run->links, path, target, error);
    }
    if (ok && (is_bad || ferror(from)))
        ok = gls_fail(error, GLS_ERROR_LIBRARY,
                      "%s/%s: cannot be read as the list of what was made there; name another "
                      "folder, or remove this one yourself",
                      run->out, GLS_VIEWS_LIST);
    free(path);
    free(target);
    return ok;
}

/* *found: the folder has a list. */
static bool read_list(struct gls_views_run *run, bool *found, struct gls_error *error)
{
    int fd = gls_open_at(run->out_fd, GLS_VIEWS_LIST, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);

    *found = fd >= 0 || errno != ENOENT;
    if (fd < 0)
        return !*found || gls_fail_errno(error, errno, "%s/%s", run->out, GLS_VIEWS_LIST);
    FILE *from = fdopen(fd, "r");
    if (from == NULL) {
        close(fd);
        return gls_fail_memory(error);
    }
    bool ok = read_records(run, from, error);
    fclose(from);
    return ok;
}

static bool write_record(void *user, const char *path, const char *target, struct gls_error *error)
{
    (void)error; /* seen when the file is flushed */
    fwrite(path, 1, strlen(path) + 1, user);
    fwrite(target, 1, strlen(target) + 1, user);
    return true;
}

static bool write_list(struct gls_views_run *run, enum gls_link_list which, struct gls_error *error)
{
    int fd = gls_open_at(run->out_fd, NEW_LIST,
                         O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK, 0666);
    FILE *to = fd >= 0 ? fdopen(fd, "w") : NULL;

    if (to == NULL) {
        gls_fail_errno(error, errno, "%s/%s", run->out, NEW_LIST);
        if (fd >= 0)
            close(fd);
        return false;
    }
    fputs(heading, to);
    bool ok = gls_link_set_each(run->links, which, write_record, to, error);
    if (ok && (ferror(to) || fflush(to) != 0 || gls_fsync(fileno(to)) != 0))
        ok = gls_fail_errno(error, errno, "%s/%s", run->out, NEW_LIST);
    if (fclose(to) != 0 && ok)
        ok = gls_fail_errno(error, errno, "%s/%s", run->out, NEW_LIST);
    if (ok && renameat(run->out_fd, NEW_LIST, run->out_fd, GLS_VIEWS_LIST) != 0)
        ok = gls_fail_errno(error, errno, "%s/%s", run->out, GLS_VIEWS_LIST);
    return ok;
}

/* ---- The folder -------------------------------------------------------------------------- */

/* Does it hold nothing, but for a list that never came into force? */
static bool check_empty(const struct gls_views_run *run, struct gls_error *error)
{
    DIR *folder = gls_opendir(run->out);
    const struct dirent *entry;
    bool ok = folder != NULL || gls_fail_errno(error, errno, "%s", run->out);

    while (ok && (errno = 0, entry = readdir(folder)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            strcmp(entry->d_name, NEW_LIST) != 0)
            ok = gls_fail(error, GLS_ERROR_EXISTS,
                          "%s: is not empty, and was not made by views (there is no %s in it); "
                          "name a new folder",
                          run->out, GLS_VIEWS_LIST);
    if (ok && errno != 0)
        ok = gls_fail_errno(error, errno, "%s", run->out);
    if (folder != NULL)
        closedir(folder);
    return ok;
}

static bool check_apart(const char *out, const char *root, struct gls_error *error)
{
    return !gls_path_is_within(out, root) ||
           gls_fail(error, GLS_ERROR_ARGUMENT,
                    "%s: lies in the library %s; name a folder outside of it", out, root);
}

static bool open_folder(struct gls_views_run *run, const char *named, struct gls_error *error)
{
    if (!check_apart(named, run->root, error) ||
        !check_apart(named, gls_library_root(run->library), error) ||
        !gls_make_directories(named, error))
        return false;
    run->out = realpath(named, NULL);
    if (run->out == NULL)
        return gls_fail_errno(error, errno, "%s", named);
    if (!check_apart(run->out, run->root, error))
        return false;
    run->out_fd = gls_open(run->out, O_RDONLY | O_DIRECTORY, 0);
    if (run->out_fd < 0)
        return gls_fail_errno(error, errno, "%s", run->out);
    if (gls_flock(run->out_fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return gls_fail(error, GLS_ERROR_BUSY, "%s: another glassine is at work in it", run->out);
    return true;
}

bool gls_view_tree_open(struct gls_views_run *run, struct gls_error *error)
{
    char *named = NULL;
    bool found = false;
    bool ok = gls_path_absolute(&named, run->options->out, error) &&
              open_folder(run, named, error) && read_list(run, &found, error) &&
              (found || check_empty(run, error));

    free(named);
    return ok;
}

bool gls_view_tree_has(const struct gls_views_run *run, const char *path)
{
    struct stat status;

    return fstatat(run->out_fd, path, &status, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

/* ---- Links -------------------------------------------------------------------------------- */

/* The folder that the path is in; -1: it cannot be gone into, or leads out. */
static int open_parent(const struct gls_views_run *run, const char *path)
{
    char *parent = gls_path_dir(path);
    int fd = parent != NULL ? gls_beneath_open(run->out_fd, parent, O_RDONLY | O_DIRECTORY) : -1;

    free(parent);
    return fd;
}

static void report(struct gls_views_run *run, const char *path, enum gls_view_change change)
{
    if (run->callbacks->on_link != NULL)
        run->callbacks->on_link(run->callbacks->user, path, change);
}

static bool leads_to(int folder, const char *name, const char *target)
{
    char found[PATH_MAX];
    ssize_t size = readlinkat(folder, name, found, sizeof found);

    return size >= 0 && (size_t)size == strlen(target) && memcmp(found, target, (size_t)size) == 0;
}

/* A folder in which something else lies stays, and is no longer ours. */
static bool remove_stale(void *user, const char *path, const char *target, struct gls_error *error)
{
    struct gls_views_run *run = user;
    const char *name = gls_path_base(path);
    int folder = open_parent(run, path);

    if (folder < 0)
        return gls_views_check_cancel(run, error);
    if (target[0] == '\0') {
        (void)unlinkat(folder, name, AT_REMOVEDIR);
    } else if (leads_to(folder, name, target) && unlinkat(folder, name, 0) == 0) {
        run->summary.removed++;
        report(run, path, GLS_VIEW_REMOVED);
    }
    close(folder);
    return gls_views_check_cancel(run, error);
}

static void make_link(struct gls_views_run *run, int folder, const char *path, const char *target,
                      int *system_errno)
{
    const char *name = gls_path_base(path);

    if (folder >= 0 && symlinkat(target, folder, name) == 0) {
        run->summary.links++;
        run->summary.made++;
        report(run, path, GLS_VIEW_MADE);
    } else if (folder >= 0 && errno != EEXIST) {
        *system_errno = errno;
    } else if (folder >= 0 && leads_to(folder, name, target)) {
        run->summary.links++;
    } else {
        run->summary.left++;
        report(run, path, GLS_VIEW_LEFT);
    }
}

static bool make_planned(void *user, const char *path, const char *target, struct gls_error *error)
{
    struct gls_views_run *run = user;
    int folder = open_parent(run, path), system_errno = 0;

    if (target[0] != '\0')
        make_link(run, folder, path, target, &system_errno);
    else if (folder >= 0 && mkdirat(folder, gls_path_base(path), 0777) != 0 && errno != EEXIST)
        system_errno = errno;
    if (folder >= 0)
        close(folder);
    if (system_errno != 0)
        return gls_fail_errno(error, system_errno, "%s/%s", run->out, path);
    return gls_views_check_cancel(run, error);
}

bool gls_view_tree_apply(struct gls_views_run *run, struct gls_error *error)
{
    return write_list(run, GLS_LINKS_ALL, error) &&
           gls_link_set_each(run->links, GLS_LINKS_STALE, remove_stale, run, error) &&
           gls_link_set_each(run->links, GLS_LINKS_PLANNED, make_planned, run, error) &&
           write_list(run, GLS_LINKS_PLANNED, error);
}
