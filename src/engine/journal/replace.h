/* SPDX-License-Identifier: MIT */
/*
 * update_swap - one file's new version takes the old one's place. The name shows
 * either the old or the new version, whole, at every instant; nothing else is
 * ever replaced.
 */
#ifndef GLS_ENGINE_JOURNAL_REPLACE_H
#define GLS_ENGINE_JOURNAL_REPLACE_H

#include <sys/stat.h>

#include "base/error.h"

/* Absolute paths; `tmp` NULL: the bytes stay, only the name changes. */
struct gls_replacement {
    const char *tmp;
    const char *old_path; /* NULL: a new file */
    const char *new_path;
    const struct stat *old; /* what the old version was when it was read */
    bool exchanged;         /* out: the old version is now under `tmp` */
    bool linked;            /* out: the same file has its old and its new name */
    bool done;              /* out */
};

bool gls_replace(struct gls_replacement *swap, struct gls_error *error);
/* Takes a done swap back; false: it could not be. */
bool gls_replace_roll_back(struct gls_replacement *swap);
/* Does the old version of a done swap still have its old name? */
bool gls_replace_leaves_old(const struct gls_replacement *swap);
/* Removes the old version of a done swap. GLS_ERROR_CHANGED: another program put its
 * own there. */
bool gls_replace_finish(struct gls_replacement *swap, struct gls_error *error);

#endif
