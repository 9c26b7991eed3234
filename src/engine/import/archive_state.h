/* SPDX-License-Identifier: MIT */
/* archive_state - what the parts of import_archive share: the archives and which one is open. */
#ifndef GLS_ENGINE_IMPORT_ARCHIVE_STATE_H
#define GLS_ENGINE_IMPORT_ARCHIVE_STATE_H

#include <sys/stat.h>

#include "engine/archive/archive.h"
#include "engine/filing/session.h"
#include "store/claims/member_index.h"

struct gls_archive_spool;
struct gls_zone;

struct gls_import_archives {
    struct gls_session *run;
    struct gls_member_index *index;
    struct gls_archive_spool *spool;
    char **paths;
    struct stat *seen; /* when they were listed */
    size_t count;
    unsigned *first_of_tree; /* its first archive */
    size_t tree_count;
    struct gls_archive *archive; /* the one that is open, number `current` */
    unsigned current;
    struct gls_gzip_points points;
    const struct gls_zone *zone;
    struct gls_strbuf shown;
};

/* False: the run is cancelled. */
bool gls_import_archives_go_on(const struct gls_import_archives *archives, struct gls_error *error);
/* Opens one, unless it is open; the one before is closed. */
bool gls_import_archives_turn_to(struct gls_import_archives *archives, unsigned number,
                                 struct gls_error *error);

#endif
