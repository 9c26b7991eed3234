/* SPDX-License-Identifier: MIT */
#include "store/library/checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/path.h"
#include "base/system/retry.h"

enum { READERS_BYTE = 1 };

static bool lock_byte(int fd, short kind, int operation)
{
    struct flock lock = {.l_type = kind, .l_whence = SEEK_SET, .l_start = READERS_BYTE, .l_len = 1};

    return fcntl(fd, operation, &lock) == 0;
}

void gls_checkpoint_hold_off(int lock_fd)
{
    /* Where files cannot be locked so, no library can be written to either. */
    (void)lock_byte(lock_fd, F_RDLCK, F_OFD_SETLKW);
}

int gls_checkpoint_claim(const char *db_path)
{
    char *folder = gls_path_dir(db_path);
    char *path = folder == NULL ? NULL : gls_path_join(folder, "lock");
    int fd = path == NULL ? -1 : gls_open(path, O_RDWR | O_NOFOLLOW, 0);
    /* A database alone, with no lock beside it, is nobody else's. */
    int claim = fd < 0 && errno == ENOENT ? GLS_CHECKPOINT_FREE : GLS_CHECKPOINT_REFUSED;

    if (fd >= 0 && (lock_byte(fd, F_WRLCK, F_OFD_SETLK) || (errno != EAGAIN && errno != EACCES)))
        claim = fd;
    else if (fd >= 0)
        close(fd);
    free(path);
    free(folder);
    return claim;
}

void gls_checkpoint_end(int claim)
{
    if (claim >= 0)
        close(claim);
}
