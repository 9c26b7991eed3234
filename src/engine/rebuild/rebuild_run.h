/* SPDX-License-Identifier: MIT */
/* rebuild_run - what the stages of one generate-db share. rebuild_scan.c walks
 * (producer thread), rebuild.c opens and describes (workers); rebuild_report.c writes
 * rows and reports (calling thread). */
#ifndef GLS_ENGINE_REBUILD_REBUILD_RUN_H
#define GLS_ENGINE_REBUILD_REBUILD_RUN_H

#include "engine/operation/operation.h"
#include "store/write/library_rebuild.h"

struct gls_rebuild_file {
    char *path;      /* relative */
    bool is_takeout; /* the JSON of a Takeout that speaks of the file `of` */
    size_t of;       /* companions: index of the media they belong to; else its own */
    bool failed;
    bool is_carried; /* the old database knew these bytes */
    struct gls_error error;
    struct gls_stored_file row;
    uint64_t bytes;
};

/* One shot with its companions, as import groups them; owned by the stage that holds it. */
struct gls_rebuild_unit {
    struct gls_rebuild_file *files;
    size_t count;
    bool is_skipped; /* the run is cancelled: nothing was looked at */
};
void gls_rebuild_unit_free(struct gls_rebuild_unit *unit);

struct gls_rebuild_run {
    struct gls_operation op; /* its workers read the old database */
    const struct gls_generate_options *options;
    struct gls_rebuild *rebuild;
    int64_t run_id; /* in the new database */

    /* Producer. */
    struct gls_pipeline *pipeline;
    struct gls_reader *walk_reader;
    bool out_of_memory;
    char *unlisted_path; /* the first folder that could not be listed; NULL: none */
    int unlisted_errno;

    /* Consumer. */
    struct gls_db_batch *batch;
    unsigned in_batch;
    char *last_path;
    struct gls_summary summary;
    bool failed; /* the new database cannot be written; `error` says why */
    struct gls_error error;

    atomic_uint_fast64_t files_found, bytes_found;
    atomic_bool scan_done;
};

bool gls_rebuild_produce(void *user, struct gls_pipeline *pipeline, struct gls_error *error);
void gls_rebuild_consume(void *user, struct gls_pipeline *pipeline, void *context);
void gls_rebuild_idle(void *user, struct gls_pipeline *pipeline);
/* Commits if at least `limit` rows wait. */
bool gls_rebuild_flush(struct gls_rebuild_run *run, unsigned limit, struct gls_error *error);

#endif
