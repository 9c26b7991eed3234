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
    const char *hold;       /* where the old version stands while it is looked at before it goes
                               (gls_hold_path()); NULL: in place, or in no library */
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

/* Removes the folder that `old_path` (NULL: none) left, and the one above it, if nothing is in
 * them; never `root`. False: the disk failed, and an empty folder may be left. */
bool gls_remove_emptied(const char *root, const char *old_path);

/* The private name, in the folder for copies, under which `file` is looked at a last time
 * before it goes. It says which file it is of, so that what a run that was cut off left
 * there is known. The caller frees it; NULL: no memory. */
char *gls_hold_path(const char *tmp_folder, const struct stat *file);
/* Is what stands under the private name `name` another file than the one that it is of? */
bool gls_hold_is_foreign(const char *name, const struct stat *now);
/* Removes the file that was `seen` at `path`, by way of `hold`. What another program put at
 * `path` since is given back: GLS_ERROR_CHANGED. One that is gone already is no error. */
bool gls_remove_seen(const char *path, const char *hold, const struct stat *seen,
                     struct gls_error *error);

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
