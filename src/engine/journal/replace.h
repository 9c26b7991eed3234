/* SPDX-License-Identifier: MIT */
/*
 * replace - one file of a library takes another one's place: the one function for
 * update and for repair. The name shows either the old or the new version, whole, at
 * every instant; nothing else is ever replaced. The caller has committed the intent
 * before (README.md: the order of writes and what a crash leaves).
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
    const char *aside;      /* in place only: the old version is kept under this name, which
                               must be free; NULL: it goes */
    const struct stat *old; /* what the old version was when it was read */

    /* Set by the functions. */
    struct stat copy; /* what was `tmp`; st_ino 0: nothing was done with it */
    bool exchanged;   /* the old version is now under `tmp` */
    bool linked;      /* the same file has its old and its new name */
    bool done;
};

bool gls_replace(struct gls_replacement *swap, struct gls_error *error);
/* Rolls a done replacement back; false: it could not be. */
bool gls_replace_roll_back(struct gls_replacement *swap);
/* Does the old version of a done replacement still have its old name? */
bool gls_replace_leaves_old(const struct gls_replacement *swap);
/* Removes the old version of a done replacement, or keeps it aside.
 * GLS_ERROR_CHANGED: another program put its own there, which is not removed. */
bool gls_replace_finish(struct gls_replacement *swap, struct gls_error *error);

/* Rolls a rename back: the file `own` at `from` is called `to` again. False: it could not
 * be, or another program's file has the name `from`, and keeps it. */
bool gls_rename_back(const char *from, const char *to, const struct stat *own);
/* Removes the copy `own`. False: something is there still, which another program may have
 * put in its place. */
bool gls_remove_copy(const char *path, const struct stat *own);

/* Gives the file at `path` the first free one of the names NAME.SUFFIX,
 * NAME.SUFFIX-1, ...; the last try is a name beside `path`. *kept is the new path,
 * which the caller frees; NULL: it could not be renamed at all. */
void gls_keep_beside(char **kept, const char *path, const char *name, const char *suffix);
/* What gls_keep_beside() calls a version that another program wrote. */
#define GLS_KEPT_EDIT_SUFFIX "edited"

#endif
