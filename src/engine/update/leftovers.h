/* SPDX-License-Identifier: MIT */
/*
 * leftovers - the copies of an update outside a library (--in-place). They stand beside
 * the files that they will replace, under names that say which process made them:
 *
 *   .glassine-HOST-PID-INSTANT-RUN-...
 *
 * so that the next run knows one whose process is gone. One process may have many runs at
 * work, in one folder too. Whichever version such a copy
 * holds, the other one stands under the file's own name.
 */
#ifndef GLS_ENGINE_UPDATE_LEFTOVERS_H
#define GLS_ENGINE_UPDATE_LEFTOVERS_H

#include <stdbool.h>

enum { GLS_COPY_PREFIX_SIZE = 64 };

/* What the copies of this run begin with. */
void gls_copy_prefix_make(char out[GLS_COPY_PREFIX_SIZE]);
/* Removes the copies in `folder` that a process of this machine left when it was cut off. */
void gls_leftovers_remove(const char *folder);

#endif
