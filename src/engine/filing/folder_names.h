/* SPDX-License-Identifier: MIT */
/*
 * folder_names - may a folder of the library hold a name that begins with a stem and a
 * dot? Nearly always none does, and one listing of the folder answers that for all units
 * that go there, where each would ask the disk for a companion of every kind.
 *
 * A listing serves for a tenth of a second: what another program adds later is seen, as
 * it was when each unit asked, whose name is given to it a batch later. It also serves no
 * longer than the claims that it was made under (store/claims): a name of this run is
 * claimed until the disk shows it. Memory: 128 folders of at most 4,096 names.
 *
 * For one thread.
 */
#ifndef GLS_ENGINE_FILING_FOLDER_NAMES_H
#define GLS_ENGINE_FILING_FOLDER_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GLS_FOLDER_NAMES_AGE_MS = 100 };

struct gls_folder_names;
struct gls_folder_names *gls_folder_names_new(int64_t age_ms); /* NULL: no memory */
void gls_folder_names_free(struct gls_folder_names *names);

/* `path` is relative to the open folder `root`; its first `stem_size` bytes are folder and
 * stem. A listing made under another `generation` is not used. True: perhaps, the disk has
 * to be asked; also where the folder cannot be listed or listing it costs more than that. */
bool gls_folder_names_may_hold(struct gls_folder_names *names, int root, const char *path,
                               size_t stem_size, uint64_t generation);

#endif
