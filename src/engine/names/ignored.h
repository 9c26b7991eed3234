/* SPDX-License-Identifier: MIT */
/*
 * ignored - folders and files in which the system and other programs keep what was
 * thrown away, is unfinished, or is derived: trashes, thumbnails, old versions.
 */
#ifndef GLS_ENGINE_NAMES_IGNORED_H
#define GLS_ENGINE_NAMES_IGNORED_H

#include <stdbool.h>

enum gls_ignored_kind {
    GLS_IGNORED_PROGRAM, /* of a program: gls_ignored_is_system() is false */
    GLS_IGNORED_SYSTEM,  /* of the file system or the device: is_system is true */
    GLS_IGNORED_CLOSED   /* the same, and gls_ignored_is_closed() is true */
};

struct gls_ignored {
    const char *pattern; /* without regard to ASCII case; * is any text, ? any byte but a dot; with
                            a / of the last two names of a path */
    const char *reason;
    enum gls_ignored_kind kind;
};

/* The tables; each ends with a row without a pattern. */
extern const struct gls_ignored gls_ignored_folders[];
extern const struct gls_ignored gls_ignored_files[];

/* Why a folder or file of that path is left out of an import; NULL: it is not.
 * Static text. */
const char *gls_ignored_folder(const char *path);
/* Of a file whose extension the user wants filed (`is_also`), what begins with a wildcard does not
 * count. */
const char *gls_ignored_file(const char *path, bool is_also);
/* Is the file left out by its own name or that of a folder on its path? */
bool gls_ignored_below(const char *path, bool is_also);
/* Why a file of a type that nobody files is left out. Static text. */
const char *gls_ignored_type(const char *path);
/* Does the name belong to the file system or the device, so that a walk of a library never
 * opens the folder? */
bool gls_ignored_is_system(const char *path);
/* Does it hold what a file system or a program keeps for itself, so that an import does not
 * open it unless it is named, whatever else it is to take in? */
bool gls_ignored_is_closed(const char *path);

#endif
