/* SPDX-License-Identifier: MIT */
#include "engine/filing/spool_room.h"

#include <stdbool.h>
#include <sys/statvfs.h>

/* Enough that workers do not wait for the scanner. */
enum { SPOOLED_BYTES_MAX = 32 << 20, SPOOLED_FILES_MAX = 256 };

void gls_spool_room_init(struct gls_spool_room *room)
{
    *room = (struct gls_spool_room){0};
    pthread_mutex_init(&room->lock, NULL);
    pthread_cond_init(&room->is_given, NULL);
}

void gls_spool_room_destroy(struct gls_spool_room *room)
{
    pthread_cond_destroy(&room->is_given);
    pthread_mutex_destroy(&room->lock);
}

/* A disk that does not say what it has is tried. */
static bool disk_has(const char *folder, uint64_t bytes)
{
    struct statvfs disk;

    return statvfs(folder, &disk) != 0 || (uint64_t)disk.f_bavail * disk.f_frsize > bytes;
}

void gls_spool_room_take(struct gls_spool_room *room, uint64_t bytes, uint64_t files,
                         const char *folder, uint64_t kept_bytes)
{
    pthread_mutex_lock(&room->lock);
    while (room->files > 0 &&
           (room->files + files > SPOOLED_FILES_MAX || room->bytes + bytes > SPOOLED_BYTES_MAX ||
            !disk_has(folder, bytes + kept_bytes)))
        pthread_cond_wait(&room->is_given, &room->lock);
    room->bytes += bytes;
    room->files += files;
    pthread_mutex_unlock(&room->lock);
}

void gls_spool_room_give(struct gls_spool_room *room, uint64_t bytes)
{
    pthread_mutex_lock(&room->lock);
    room->bytes -= bytes;
    room->files--;
    pthread_cond_signal(&room->is_given);
    pthread_mutex_unlock(&room->lock);
}
