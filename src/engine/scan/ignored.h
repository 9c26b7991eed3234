/* SPDX-License-Identifier: MIT */
/*
 * ignored - folders and files in which the system and other programs keep what was
 * thrown away, is unfinished, or is derived: trashes, thumbnails, old versions.
 */
#ifndef GLS_ENGINE_SCAN_IGNORED_H
#define GLS_ENGINE_SCAN_IGNORED_H

#include <stdbool.h>

/* Why a folder or file of that name is left out of an import; NULL: it is not.
 * Static text. */
const char *gls_ignored_folder(const char *name);
const char *gls_ignored_file(const char *name);
/* Does the name belong to the file system or the device, so that a walk never opens
 * the folder, whoever asks? */
bool gls_ignored_is_system(const char *name);

#endif
