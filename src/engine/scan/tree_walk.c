/* SPDX-License-Identifier: MIT */
#include "engine/scan/tree_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/beneath.h"
#include "engine/scan/folder_list.h"
#include "engine/scan/ignored.h"
#include "media/media.h"
#include "store/library/library_db.h"

/* One descriptor each; nobody keeps photos deeper. */
enum { DEPTH_AT_MOST = 256 };

struct level {
    int fd;
    size_t path_size; /* of the folder's path in walk->path */
    struct gls_folder_list list;
    size_t next;
    unsigned beside; /* enum gls_beside, of all its names */
};

struct walk {
    const struct gls_tree_options *options;
    struct gls_strbuf path; /* relative to the root; "" is the root */
    struct level levels[DEPTH_AT_MOST];
    size_t depth;
};

/* What a link that leads out of the root leads to; false: it is not gone behind. */
static bool look_behind(const struct walk *walk, int folder, const char *name, struct stat *out)
{
    return walk->options->follow_links_out &&
           !gls_beneath_holds(walk->levels[0].fd, walk->path.data) &&
           fstatat(folder, name, out, 0) == 0;
}

/* A link that leads to a folder on the way to it would be followed for ever. */
static bool is_on_the_way(const struct walk *walk, const struct stat *folder)
{
    struct stat status;

    for (size_t i = 0; i < walk->depth; i++) {
        if (fstat(walk->levels[i].fd, &status) == 0 && status.st_dev == folder->st_dev &&
            status.st_ino == folder->st_ino)
            return true;
    }
    return false;
}

static void report(const struct walk *walk, bool is_folder, int system_errno)
{
    const struct gls_tree_options *options = walk->options;

    if (options->on_unreadable != NULL)
        options->on_unreadable(options->user, gls_strbuf_str(&walk->path), is_folder, system_errno);
}

static void pop(struct walk *walk)
{
    struct level *level = &walk->levels[--walk->depth];

    close(level->fd);
    gls_folder_list_clear(&level->list);
}

/* Lists the folder at walk->path through `fd`, which becomes the walk's. */
static bool push(struct walk *walk, int fd, struct gls_error *error)
{
    struct level *level = &walk->levels[walk->depth++];
    int read_errno = 0;

    *level = (struct level){.fd = fd, .path_size = walk->path.size};
    if (!gls_folder_list_read(&level->list, fd, &read_errno))
        return gls_fail_memory(error);
    gls_folder_list_sort(&level->list);
    if (read_errno != 0 && walk->depth == 1)
        return gls_fail_errno(error, read_errno, "%s", walk->options->root);
    if (walk->depth > 1 && gls_folder_list_has_folder(&level->list, GLS_LIBRARY_FOLDER)) {
        pop(walk); /* another library */
        return true;
    }
    for (size_t i = 0; i < level->list.count; i++)
        level->beside |= gls_media_beside_kind(gls_folder_list_name(&level->list, i));
    if (read_errno != 0) {
        level->beside = GLS_BESIDE_ALL;
        report(walk, true, read_errno);
    }
    return true;
}

static bool enter(struct walk *walk, int parent, const char *name, int no_follow,
                  struct gls_error *error)
{
    int fd = -1;

    if (gls_ignored_is_system(name))
        return true;
    if (walk->depth == DEPTH_AT_MOST)
        errno = ENAMETOOLONG;
    else
        fd = openat(parent, name, O_RDONLY | O_DIRECTORY | no_follow | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0)
        return push(walk, fd, error);
    report(walk, true, errno);
    return true;
}

/* Takes the next name of the innermost folder. */
static bool take(struct walk *walk, struct level *level, struct gls_error *error)
{
    const char *name = gls_folder_list_name(&level->list, level->next);
    unsigned char type = gls_folder_list_type(&level->list, level->next);
    struct stat status;

    level->next++;
    if (walk->options->beside != NULL)
        *walk->options->beside = level->beside;
    gls_strbuf_truncate(&walk->path, level->path_size);
    if (level->path_size > 0)
        gls_strbuf_add_char(&walk->path, '/');
    gls_strbuf_add_str(&walk->path, name);
    if (walk->path.failed)
        return gls_fail_memory(error);
    if (type == DT_LNK && look_behind(walk, level->fd, name, &status)) {
        if (S_ISDIR(status.st_mode))
            return is_on_the_way(walk, &status) || enter(walk, level->fd, name, 0, error);
        return !S_ISREG(status.st_mode) ||
               walk->options->on_file(walk->options->user, walk->path.data, &status, error);
    }
    if (type == DT_DIR)
        return enter(walk, level->fd, name, O_NOFOLLOW, error);
    if (type != DT_REG && type != DT_UNKNOWN)
        return true;
    if (fstatat(level->fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        /* Whatever has no kind may be a folder as well. */
        report(walk, type == DT_UNKNOWN, errno);
        return true;
    }
    if (!S_ISREG(status.st_mode))
        return true;
    return walk->options->on_file(walk->options->user, walk->path.data, &status, error);
}

bool gls_tree_walk(const struct gls_tree_options *options, struct gls_error *error)
{
    struct walk *walk = calloc(1, sizeof(*walk));

    if (walk == NULL)
        return gls_fail_memory(error);
    walk->options = options;
    int fd = open(options->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
    bool ok = fd >= 0 ? push(walk, fd, error) : gls_fail_errno(error, errno, "%s", options->root);
    while (ok && walk->depth > 0) {
        struct level *level = &walk->levels[walk->depth - 1];
        if (level->next < level->list.count)
            ok = take(walk, level, error);
        else
            pop(walk);
    }
    while (walk->depth > 0)
        pop(walk);
    gls_strbuf_free(&walk->path);
    free(walk);
    return ok;
}
