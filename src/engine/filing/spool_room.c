/* SPDX-License-Identifier: MIT */
#include "engine/filing/spool_room.h"

#include <sys/statvfs.h>

#include "base/thread/clock.h"

/* Enough that workers do not wait for the scanner. */
enum { SPOOLED_BYTES_MAX = 32 << 20, SPOOLED_FILES_MAX = 256 };

/* How often a wait looks for a cancel, and anew at the disk. */
enum { LOOK_INTERVAL_MS = 100 };

void gls_spool_room_init(struct gls_spool_room *room, const struct gls_cancel *cancel)
{
    *room = (struct gls_spool_room){.cancel = cancel};
    pthread_mutex_init(&room->lock, NULL);
    gls_cond_init(&room->is_given);
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

/* Under the lock. */
static bool is_within_limit(const struct gls_spool_room *room, uint64_t bytes, uint64_t files)
{
    return room->files + files <= SPOOLED_FILES_MAX && room->bytes + bytes <= SPOOLED_BYTES_MAX;
}

bool gls_spool_room_take(struct gls_spool_room *room, uint64_t bytes, uint64_t files,
                         const char *folder, uint64_t kept_bytes)
{
    bool is_cancelled = gls_cancel_is_requested(room->cancel);
    /* Asked without the lock: what is given back meanwhile only makes more room. */
    bool has_disk = disk_has(folder, bytes + kept_bytes);

    pthread_mutex_lock(&room->lock);
    while (!is_cancelled && room->files > 0 && !(has_disk && is_within_limit(room, bytes, files))) {
        gls_cond_wait_ms(&room->is_given, &room->lock, LOOK_INTERVAL_MS);
        pthread_mutex_unlock(&room->lock);
        is_cancelled = gls_cancel_is_requested(room->cancel);
        has_disk = disk_has(folder, bytes + kept_bytes);
        pthread_mutex_lock(&room->lock);
    }
    if (!is_cancelled) {
        room->bytes += bytes;
        room->files += files;
    }
    pthread_mutex_unlock(&room->lock);
    return !is_cancelled;
}

bool gls_spool_room_has_only(struct gls_spool_room *room, uint64_t files)
{
    pthread_mutex_lock(&room->lock);
    bool has_only = room->files == files;
    pthread_mutex_unlock(&room->lock);
    return has_only;
}

void gls_spool_room_give(struct gls_spool_room *room, uint64_t bytes)
{
    pthread_mutex_lock(&room->lock);
    room->bytes -= bytes;
    if (--room->files == 0)
        room->bytes = 0;
    pthread_cond_signal(&room->is_given);
    pthread_mutex_unlock(&room->lock);
}
