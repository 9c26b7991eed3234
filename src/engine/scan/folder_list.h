/* SPDX-License-Identifier: MIT */
/*
 * folder_list - the names in one folder, with what kind each is. A name costs
 * its own bytes and six more: a million of them fit in some 25 MiB.
 *
 * Start from zeroes and release with gls_folder_list_clear().
 */
#ifndef GLS_ENGINE_SCAN_FOLDER_LIST_H
#define GLS_ENGINE_SCAN_FOLDER_LIST_H

#include "base/strbuf.h"

struct gls_folder_list {
    struct gls_strbuf text; /* each: its kind (dirent's d_type), the name, NUL */
    uint32_t *index;        /* offsets of the names in `text` */
    size_t count, space;
};

/* Adds every name in the open folder `fd` except "." and "..". False: no memory.
 * *read_errno says why reading stopped before the end of the folder; 0: it is complete.
 * A kind is DT_UNKNOWN only if the file system tells none and the entry could not be
 * looked at either. */
bool gls_folder_list_read(struct gls_folder_list *list, int fd, int *read_errno);
/* By bytes, a folder as its name with a '/' behind it: the order of the paths below. */
void gls_folder_list_sort(struct gls_folder_list *list);
/* Adds one name; false: no memory, or more than 4 GiB of names (errno is EOVERFLOW). */
bool gls_folder_list_add(struct gls_folder_list *list, const char *name, unsigned char type);
void gls_folder_list_clear(struct gls_folder_list *list);

const char *gls_folder_list_name(const struct gls_folder_list *list, size_t at);
unsigned char gls_folder_list_type(const struct gls_folder_list *list, size_t at);
/* Is there a folder of exactly that name? Only after gls_folder_list_sort(). */
bool gls_folder_list_has_folder(const struct gls_folder_list *list, const char *name);

/* DT_REG, DT_DIR ... of a stat's mode. */
unsigned char gls_folder_list_type_of(unsigned mode);

/* Of a phone's backup (iTunes, Finder, libimobiledevice), whose files are named by hashes? */
bool gls_folder_list_is_backup(const struct gls_folder_list *list);

#endif
