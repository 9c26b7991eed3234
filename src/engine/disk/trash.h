/* SPDX-License-Identifier: MIT */
/*
 * trash - moves a file to the desktop's trash can, as the freedesktop.org
 * Trash specification 1.0 says, without starting a process.
 *
 * A file of the volume that the home folder lies on goes to
 * $XDG_DATA_HOME/Trash; one of another volume to $topdir/.Trash/$uid if an
 * administrator made a proper .Trash there, else to $topdir/.Trash-$uid. It is
 * only ever renamed, never copied.
 */
#ifndef GLS_ENGINE_DISK_TRASH_H
#define GLS_ENGINE_DISK_TRASH_H

#include "base/error.h"

/* Trashes a file; of a symbolic link the link itself. On success *trashed_path,
 * unless trashed_path is NULL, is where the file is now; the caller frees it. On
 * failure the file is where it was. */
bool gls_trash_file(const char *path, char **trashed_path, struct gls_error *error);

#endif
