/* SPDX-License-Identifier: MIT */
#include "engine/disk/reserve.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/path.h"
#include "base/system/retry.h"

/* A batch of filing may write every page of a small database to its log, and some
 * more; of a large one it writes few. Of a small disk only a part is taken. */
static const uint64_t ROOM_MAX = 16 << 20;
enum { PART_OF_FREE = 8, TIMES_DATABASE = 2 };

struct gls_reserve {
    int fd;
};

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t room_of(const char *folder, const char *database)
{
    struct statvfs disk;
    struct stat status;

    if (statvfs(folder, &disk) != 0)
        return 0;
    uint64_t free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
    uint64_t room = free_bytes / PART_OF_FREE;
    if (stat(database, &status) == 0 && (uint64_t)status.st_size * TIMES_DATABASE > room)
        room = (uint64_t)status.st_size * TIMES_DATABASE;
    return smaller(smaller(room, ROOM_MAX), free_bytes);
}

/* A file that has no name any more. */
static int open_nameless(const char *folder)
{
    char *path = gls_path_join(folder, "reserve");
    int fd = -1;

    if (path != NULL)
        fd = gls_open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
    if (fd >= 0)
        unlink(path);
    free(path);
    return fd;
}

struct gls_reserve *gls_reserve_new(const char *folder, const char *database)
{
    struct gls_reserve *reserve = calloc(1, sizeof *reserve);
    uint64_t room = room_of(folder, database);

    if (reserve == NULL)
        return NULL;
    reserve->fd = open_nameless(folder);
    /* Not posix_fallocate(), which would write where the file system cannot do it. */
    if (reserve->fd >= 0 && room > 0 && fallocate(reserve->fd, 0, 0, (off_t)room) == 0)
        return reserve;
    gls_reserve_free(reserve);
    return NULL;
}

void gls_reserve_free(struct gls_reserve *reserve)
{
    if (reserve == NULL)
        return;
    if (reserve->fd >= 0)
        close(reserve->fd);
    free(reserve);
}

bool gls_reserve_release(struct gls_reserve *reserve)
{
    if (reserve == NULL || reserve->fd < 0)
        return false;
    close(reserve->fd);
    reserve->fd = -1;
    return true;
}
