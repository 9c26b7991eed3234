/* SPDX-License-Identifier: MIT */
#include "engine/scan/tree_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/beneath.h"
#include "base/system/retry.h"
#include "engine/names/ignored.h"
#include "engine/scan/folder_list.h"
#include "store/library/library_db.h"

/* One descriptor each; nobody keeps photos deeper. */
enum { DEPTH_AT_MOST = 256 };

struct level {
    int fd;
    size_t path_size; /* of the folder's path in walk->path */
    struct gls_folder_list list;
    size_t next;
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
    if (read_errno != 0)
        report(walk, true, read_errno);
    return true;
}

static bool enter(struct walk *walk, int parent, const char *name, int no_follow,
                  struct gls_error *error)
{
    int fd = -1;

    if (walk->depth == DEPTH_AT_MOST)
        errno = ENAMETOOLONG;
    else
        fd = gls_open_at(parent, name, O_RDONLY | O_DIRECTORY | no_follow | O_NONBLOCK, 0);
    if (fd >= 0)
        return push(walk, fd, error);
    report(walk, true, errno);
    return true;
}

/* What walk->path is: DT_DIR if it is to be entered, DT_REG with its status if it is a file, else
 * nothing that a walk meets. */
static unsigned char look(const struct walk *walk, int folder, const char *name, unsigned char type,
                          struct stat *status)
{
    if (type == DT_REG || type == DT_UNKNOWN) {
        if (fstatat(folder, name, status, AT_SYMLINK_NOFOLLOW) != 0) {
            /* Whatever has no kind may be a folder as well. */
            report(walk, type == DT_UNKNOWN, errno);
            return DT_UNKNOWN;
        }
        type = gls_folder_list_type_of(status->st_mode);
    } else if (type == DT_DIR) {
        return gls_ignored_is_system(name) ? DT_UNKNOWN : DT_DIR;
    }
    if (type == DT_LNK && look_behind(walk, folder, name, status))
        type = gls_folder_list_type_of(status->st_mode);
    if (type == DT_DIR && (gls_ignored_is_system(name) || is_on_the_way(walk, status)))
        return DT_UNKNOWN;
    return type;
}

/* Sets walk->path to the next name of the innermost folder. */
static const char *next_name(struct walk *walk, struct level *level)
{
    const char *name = gls_folder_list_name(&level->list, level->next++);

    gls_strbuf_truncate(&walk->path, level->path_size);
    if (level->path_size > 0)
        gls_strbuf_add_char(&walk->path, '/');
    gls_strbuf_add_str(&walk->path, name);
    return name;
}

/* Takes the next name of the innermost folder. */
static bool take(struct walk *walk, struct level *level, struct gls_error *error)
{
    unsigned char listed = gls_folder_list_type(&level->list, level->next);
    const char *name = next_name(walk, level);
    struct stat status;

    if (walk->path.failed)
        return gls_fail_memory(error);
    unsigned char type = look(walk, level->fd, name, listed, &status);
    if (type == DT_DIR)
        return enter(walk, level->fd, name, listed == DT_LNK ? 0 : O_NOFOLLOW, error);
    return type != DT_REG ||
           walk->options->on_file(walk->options->user, walk->path.data, &status, error);
}

bool gls_tree_walk(const struct gls_tree_options *options, struct gls_error *error)
{
    struct walk *walk = calloc(1, sizeof(*walk));

    if (walk == NULL)
        return gls_fail_memory(error);
    walk->options = options;
    int fd = gls_open(options->root, O_RDONLY | O_DIRECTORY | O_NONBLOCK, 0);
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

/* Goes down to `folder` and lists that alone; at most one level more than the folders on the way
 * is open then. */
static bool descend(struct walk *walk, const char *folder, struct gls_error *error)
{
    int no_follow = walk->options->follow_links_out ? 0 : O_NOFOLLOW;
    int fd = gls_open(walk->options->root, O_RDONLY | O_DIRECTORY | O_NONBLOCK, 0);

    if (fd < 0)
        return gls_fail_errno(error, errno, "%s", walk->options->root);
    gls_strbuf_add_str(&walk->path, "");
    while (*folder != '\0' && walk->depth + 1 < DEPTH_AT_MOST) {
        size_t size = strcspn(folder, "/");
        char *name = strndup(folder, size);
        walk->levels[walk->depth++] = (struct level){.fd = fd};
        if (walk->path.size > 0)
            gls_strbuf_add_char(&walk->path, '/');
        gls_strbuf_add(&walk->path, folder, size);
        fd = name != NULL
                 ? gls_open_at(fd, name, O_RDONLY | O_DIRECTORY | no_follow | O_NONBLOCK, 0)
                 : -1;
        free(name);
        if (name == NULL || walk->path.failed)
            return gls_fail_memory(error);
        if (fd < 0) {
            report(walk, true, errno);
            return true;
        }
        folder += size + (folder[size] == '/');
    }
    return push(walk, fd, error);
}

bool gls_tree_list(struct gls_folder_list *out, const struct gls_tree_options *options,
                   const char *folder, struct gls_error *error)
{
    struct walk *walk = calloc(1, sizeof(*walk));
    struct stat status;

    if (walk == NULL)
        return gls_fail_memory(error);
    walk->options = options;
    bool ok = descend(walk, folder, error);
    struct level *level = &walk->levels[walk->depth > 0 ? walk->depth - 1 : 0];
    while (ok && level->next < level->list.count) {
        unsigned char listed = gls_folder_list_type(&level->list, level->next);
        const char *name = next_name(walk, level);
        unsigned char type =
            walk->path.failed ? DT_UNKNOWN : look(walk, level->fd, name, listed, &status);
        ok = (!walk->path.failed &&
              ((type != DT_DIR && type != DT_REG) || gls_folder_list_add(out, name, type))) ||
             gls_fail_memory(error);
    }
    while (walk->depth > 0)
        pop(walk);
    gls_strbuf_free(&walk->path);
    free(walk);
    return ok;
}
