/* SPDX-License-Identifier: MIT */
#include "base/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/system/retry.h"

/* From linux/openat2.h, which older systems do not have. */
struct open_how {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
};
enum { RESOLVE_NO_MAGICLINKS_BIT = 0x02, RESOLVE_BENEATH_BIT = 0x08 };
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

/* As many links as Linux follows, and folders that are open at a time. */
enum { LINKS_MAX = 40, DEPTH_MAX = 256, RETRIES = 16 };

bool gls_beneath_is_plain(const char *path)
{
    if (path[0] == '\0')
        return false;
    for (;;) {
        size_t size = strcspn(path, "/");
        if (size == 0 || (path[0] == '.' && (size == 1 || (size == 2 && path[1] == '.'))))
            return false;
        if (path[size] == '\0')
            return true;
        path += size + 1;
    }
}

/* The folders from the root to where the walk stands, and what is left of the path. */
struct climb {
    int fds[DEPTH_MAX];
    size_t depth; /* fds[0] is the root, which is borrowed */
    char *rest;
    unsigned links;
};

static bool fail(int cause)
{
    errno = cause;
    return false;
}

/* Goes on with the target of the link `name`, and then with the rest. */
static bool follow(struct climb *climb, const char *name)
{
    char target[PATH_MAX];
    ssize_t size = readlinkat(climb->fds[climb->depth - 1], name, target, sizeof target - 1);

    if (size < 0)
        return false;
    if (target[0] == '/' || ++climb->links > LINKS_MAX)
        return fail(EXDEV);
    char *joined = NULL;
    if (asprintf(&joined, "%.*s/%s", (int)size, target, climb->rest) < 0)
        return false;
    free(climb->rest);
    climb->rest = joined;
    return true;
}

/* Stays in the folder, or goes one up. */
static bool go_up(struct climb *climb, bool is_up)
{
    if (!is_up)
        return true;
    if (climb->depth == 1)
        return fail(EXDEV);
    close(climb->fds[--climb->depth]);
    return true;
}

static bool go_down(struct climb *climb, const char *name)
{
    if (climb->depth == DEPTH_MAX)
        return fail(ENAMETOOLONG);
    int fd = gls_open_at(climb->fds[climb->depth - 1], name, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
    if (fd >= 0)
        climb->fds[climb->depth++] = fd;
    return fd >= 0;
}

/* Takes one component off the rest. *fd is set once the last one is open. */
static bool take(struct climb *climb, char *name, int flags, int *fd)
{
    size_t size = strcspn(climb->rest, "/");
    char *behind = climb->rest + size + strspn(climb->rest + size, "/");
    int folder = climb->fds[climb->depth - 1];
    struct stat status;

    if (size > NAME_MAX)
        return fail(ENAMETOOLONG);
    memcpy(name, climb->rest, size);
    name[size] = '\0';
    memmove(climb->rest, behind, strlen(behind) + 1);
    bool is_last = climb->rest[0] == '\0', is_up = strcmp(name, "..") == 0;
    if (is_up || size == 0 || strcmp(name, ".") == 0) {
        bool ok = go_up(climb, is_up);
        if (ok && is_last)
            *fd = gls_open_at(climb->fds[climb->depth - 1], ".", flags, 0);
        return ok && (!is_last || *fd >= 0);
    }
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    if (S_ISLNK(status.st_mode) && !(is_last && (flags & O_NOFOLLOW) != 0))
        return follow(climb, name);
    if (!is_last)
        return go_down(climb, name);
    *fd = gls_open_at(folder, name, flags | O_NOFOLLOW, 0);
    return *fd >= 0;
}

int gls_beneath_open_by_hand(int root_fd, const char *path, int flags)
{
    struct climb climb = {.fds = {root_fd}, .depth = 1, .rest = strdup(path)};
    char name[NAME_MAX + 1];
    int fd = -1;
    bool ok = climb.rest != NULL && (path[0] != '/' || fail(EXDEV));

    while (ok && fd < 0)
        ok = take(&climb, name, flags, &fd);
    int cause = errno;
    while (climb.depth > 1)
        close(climb.fds[--climb.depth]);
    free(climb.rest);
    errno = cause;
    return fd;
}

int gls_beneath_open(int root_fd, const char *path, int flags)
{
    struct open_how how = {.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
                           .resolve = RESOLVE_BENEATH_BIT | RESOLVE_NO_MAGICLINKS_BIT};
    long fd = -1;

    /* EAGAIN: something was renamed meanwhile, and the kernel cannot be sure. */
    for (unsigned i = 0; i < RETRIES; i += errno == EAGAIN) {
        fd = syscall(SYS_openat2, root_fd, path, &how, sizeof how);
        if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
            break;
    }
    if (fd < 0 && errno == ELOOP && (flags & O_NOFOLLOW) == 0)
        errno = EXDEV;
    /* EPERM: a filter of system calls that does not know it. */
    if (fd < 0 && (errno == ENOSYS || errno == EPERM || errno == EINVAL))
        return gls_beneath_open_by_hand(root_fd, path, flags);
    return (int)fd;
}

bool gls_beneath_holds(int root_fd, const char *path)
{
    int fd = gls_beneath_open(root_fd, path, O_PATH);

    if (fd < 0)
        return errno != EXDEV;
    close(fd);
    return true;
}
