/* SPDX-License-Identifier: MIT */
/*
 * folder_names - may a folder of the library hold, or get from this run, a name that begins
 * with a stem and a dot? Nearly always none does, and one listing of the folder answers that
 * for all units that go there, where each would ask the disk for a companion of every kind.
 *
 * What this run adds is noted here; a listing shows what stood there before, and what other
 * programs add. It serves for a second, or longer where it took longer (a second for each
 * 1,024 names). Each stem that was ever seen sets a bit of one table: memory is 2 MiB, whatever
 * the folders hold. Two stems may share a bit: then the disk is asked, which costs time only.
 *
 * For one thread.
 */
#ifndef GLS_ENGINE_FILING_FOLDER_NAMES_H
#define GLS_ENGINE_FILING_FOLDER_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GLS_FOLDER_NAMES_AGE_MS = 1000 };

struct gls_folder_names;
/* `ignores_case`: the file system takes some names that differ for one. NULL: no memory. */
struct gls_folder_names *gls_folder_names_new(int64_t age_ms, bool ignores_case);
void gls_folder_names_free(struct gls_folder_names *names);

/* This run gives a file the name `path`, relative to the library. */
void gls_folder_names_add(struct gls_folder_names *names, const char *path);

/* `path` is relative to the open folder `root` (below 0: there is none yet); its first
 * `stem_size` bytes are folder and stem. True: perhaps, the disk has to be asked; also where the
 * folder cannot be listed or listing it costs more than that. */
bool gls_folder_names_may_hold(struct gls_folder_names *names, int root, const char *path,
                               size_t stem_size);

#endif
