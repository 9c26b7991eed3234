/* SPDX-License-Identifier: MIT */
/*
 * reserve - room on the library's disk that copies cannot take. When the disk is
 * full and the database cannot grow any more, the room is given to it, so that
 * what was copied can still be recorded.
 */
#ifndef GLS_ENGINE_DISK_RESERVE_H
#define GLS_ENGINE_DISK_RESERVE_H

#include <stdbool.h>

struct gls_reserve;
/* Takes room on the file system of this folder, in a file without a name, which ends
 * with the process; as much as the database at that path may need for a batch of
 * filing. NULL: none is to be had, or the file system cannot keep any. */
struct gls_reserve *gls_reserve_new(const char *folder, const char *database);
/* Accepts NULL. */
void gls_reserve_free(struct gls_reserve *reserve);
/* Gives the room back. True: there was some, and there is now. Accepts NULL. */
bool gls_reserve_release(struct gls_reserve *reserve);

#endif
