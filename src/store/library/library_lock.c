/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/path.h"
#include "store/library/library_private.h"

static bool fail_busy(struct gls_library *library, struct gls_error *error)
{
    char text[32] = "";
    ssize_t got = pread(library->lock_fd, text, sizeof text - 1, 0);
    long holder = got > 0 ? strtol(text, NULL, 10) : 0;
    char who[48] = "";

    if (holder > 0)
        snprintf(who, sizeof who, " (process %ld)", holder);
    return gls_fail(error, GLS_ERROR_BUSY,
                    "%s: another glassine%s is at work in this library; try again when it has "
                    "finished",
                    library->root, who);
}

/* The number is only for the other's message: the lock itself is the kernel's
 * and ends with the process, however that ends. */
static void write_holder(int fd)
{
    char text[32];
    int size = snprintf(text, sizeof text, "%ld\n", (long)getpid());

    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)size, 0) != size)
        return;
}

bool gls_library_lock(struct gls_library *library, struct gls_error *error)
{
    char *path = gls_path_join(library->folder, "lock");
    bool ok = false;

    if (path == NULL)
        return gls_fail_memory(error);
    library->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (library->lock_fd < 0) {
        int cause = errno;
        gls_fail_errno(error, cause, "%s: cannot be made or opened", path);
        error->status = cause == ENOSPC ? GLS_ERROR_NO_SPACE : GLS_ERROR_LIBRARY;
    } else if (flock(library->lock_fd, LOCK_EX | LOCK_NB) == 0) {
        write_holder(library->lock_fd);
        ok = true;
    } else if (errno == EWOULDBLOCK) {
        fail_busy(library, error);
    } else {
        gls_fail_errno(error, errno, "%s: this file system cannot lock a file", path);
        error->status = GLS_ERROR_LIBRARY;
    }
    free(path);
    return ok;
}

void gls_library_lock_shared(struct gls_library *library, bool *held)
{
    char *path = gls_path_join(library->folder, "lock");

    *held = true;
    library->lock_fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (library->lock_fd >= 0 && flock(library->lock_fd, LOCK_SH | LOCK_NB) != 0)
        *held = errno != EWOULDBLOCK;
    free(path);
}
