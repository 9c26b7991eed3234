/* SPDX-License-Identifier: MIT */
/* trash_place - which trash can a file belongs to. */
#ifndef GLS_ENGINE_DISK_TRASH_PLACE_H
#define GLS_ENGINE_DISK_TRASH_PLACE_H

#include "base/error.h"

struct gls_trash_can {
    char *dir;    /* holds files/ and info/, which exist */
    char *topdir; /* recorded paths are relative to it; NULL: they are absolute */
};

/* Finds, and where missing makes, the can for files of `folder`, an absolute
 * path without symbolic links. The caller clears *out, after failure too. */
bool gls_trash_can_find(struct gls_trash_can *out, const char *folder, struct gls_error *error);
void gls_trash_can_clear(struct gls_trash_can *can);

#endif
