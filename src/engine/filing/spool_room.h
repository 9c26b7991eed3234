/* SPDX-License-Identifier: MIT */
/*
 * spool_room - how much of archives may lie on the disk before it is filed, so that what an
 * import needs beyond what it files does not grow with the archive. The scanner takes room
 * for the files of a unit and waits for it; other stages give it back. Thread-safe.
 */
#ifndef GLS_ENGINE_FILING_SPOOL_ROOM_H
#define GLS_ENGINE_FILING_SPOOL_ROOM_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/thread/cancel.h"

struct gls_spool_room {
    const struct gls_cancel *cancel; /* borrowed, or NULL */
    pthread_mutex_t lock;
    pthread_cond_t is_given;
    /* Guarded by lock. */
    uint64_t bytes;
    uint64_t files;
};

void gls_spool_room_init(struct gls_spool_room *room, const struct gls_cancel *cancel);
void gls_spool_room_destroy(struct gls_spool_room *room);
/* Waits until so many bytes more keep within the limit, and within what the file system of
 * `folder` has beyond kept_bytes; or until nothing else is there that could make room. False:
 * cancelled, and nothing is taken. One thread alone takes. */
bool gls_spool_room_take(struct gls_spool_room *room, uint64_t bytes, uint64_t files,
                         const char *folder, uint64_t kept_bytes);
/* Is nothing there but these, which were taken last? */
bool gls_spool_room_has_only(struct gls_spool_room *room, uint64_t files);
/* One file of those is gone, or filed, and with it so many bytes. Those that were taken for it
 * and still lie there count until no file is left. */
void gls_spool_room_give(struct gls_spool_room *room, uint64_t bytes);

#endif
