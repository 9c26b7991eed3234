/* SPDX-License-Identifier: MIT */
/*
 * folder_names - may a folder of the library hold a name that begins with a stem and a
 * dot? Nearly always none does, and one listing of the folder answers that for all units
 * that go there, where each would ask the disk for a companion of every kind.
 *
 * A listing serves for a second, for which a batch may hold a name as well: what another
 * program adds later is seen. What this run adds is known by its claims (store/claims).
 * Memory: 128 folders of at most 4,096 names.
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
struct gls_folder_names *gls_folder_names_new(int64_t age_ms); /* NULL: no memory */
void gls_folder_names_free(struct gls_folder_names *names);

/* `path` is relative to the open folder `root`; its first `stem_size` bytes are folder and
 * stem. True: perhaps, the disk has to be asked; also where the folder cannot be listed or
 * listing it costs more than that. */
bool gls_folder_names_may_hold(struct gls_folder_names *names, int root, const char *path,
                               size_t stem_size);

#endif
