/* SPDX-License-Identifier: MIT */
/* The last stage of generate-db, on the calling thread: rows into the new database,
 * companions joined, files reported in the order of the scan. */
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/timestamp.h"
#include "engine/rebuild/rebuild_run.h"

enum { BATCH_ROWS = 256 };

void gls_rebuild_unit_free(struct gls_rebuild_unit *unit)
{
    for (size_t i = 0; unit != NULL && i < unit->count; i++) {
        free(unit->files[i].path);
        gls_stored_file_clear(&unit->files[i].row);
    }
    if (unit != NULL)
        free(unit->files);
    free(unit);
}

bool gls_rebuild_flush(struct gls_rebuild_run *run, unsigned limit, struct gls_error *error)
{
    if (run->in_batch < limit)
        return true;
    bool ok = gls_db_writer_commit(gls_rebuild_writer(run->rebuild), run->batch, error);
    gls_db_batch_clear(run->batch);
    run->in_batch = 0;
    return ok;
}

static bool put_row(struct gls_rebuild_run *run, const struct gls_stored_file *row)
{
    if (!gls_db_batch_put_file(run->batch, row, NULL, NULL, NULL))
        return gls_fail_memory(&run->error);
    run->in_batch++;
    return gls_rebuild_flush(run, BATCH_ROWS, &run->error);
}

static bool has_row(const struct gls_rebuild_file *file)
{
    return !file->failed || file->is_carried;
}

/* The unit in which the old database has a file of these; else a new one. */
static int64_t unit_id_of(const struct gls_rebuild_run *run, const struct gls_rebuild_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++)
        if (has_row(&unit->files[i]) && unit->files[i].row.unit_id != 0)
            return unit->files[i].row.unit_id;
    return run->run_id * (1LL << 32) + (int64_t)run->summary.imported + 1;
}

/* Where no old database tells which files were filed together, those that import would
 * file together were. A companion has the date of its picture. */
static bool join_companions(struct gls_rebuild_run *run, struct gls_rebuild_unit *unit)
{
    size_t rows = 0, new_rows = 0;
    bool complete = true;

    for (size_t i = 0; i < unit->count; i++) {
        rows += has_row(&unit->files[i]);
        new_rows += has_row(&unit->files[i]) && !unit->files[i].is_carried;
    }
    if (rows < 2 || new_rows == 0)
        return true;
    int64_t id = unit_id_of(run, unit);
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_stored_file *row = &unit->files[i].row;
        const char *date = unit->files[unit->files[i].of].row.date_taken;
        if (has_row(&unit->files[i]) && row->unit_id == 0)
            row->unit_id = id;
        if (row->date_taken == NULL && date != NULL && !unit->files[i].is_carried) {
            row->date_taken = strdup(date);
            complete = complete && row->date_taken != NULL;
        }
    }
    return complete || gls_fail_memory(&run->error);
}

static bool log_failure(struct gls_rebuild_run *run, const struct gls_rebuild_file *file)
{
    run->in_batch++;
    return gls_db_batch_log(run->batch, &(struct gls_action){.run_id = run->run_id,
                                                             .action = "failed",
                                                             .to = file->path,
                                                             .reason = file->error.message}) ||
           gls_fail_memory(&run->error);
}

static bool report(struct gls_rebuild_run *run, const struct gls_rebuild_file *file)
{
    char *path = gls_path_join(gls_library_root(run->op.library), file->path);
    struct gls_file_event event = {
        .struct_size = sizeof event,
        .source = path,
        .destination = file->failed ? NULL : path,
        .outcome = file->failed ? GLS_OUTCOME_FAILED : GLS_OUTCOME_IMPORTED,
        .reason = file->failed ? file->error.message : NULL,
        .sha256 = file->row.source_sha256[0] != '\0' ? file->row.source_sha256 : NULL};

    if (file->row.date_taken != NULL)
        event.has_date = gls_datetime_parse(&event.date_taken, file->row.date_taken, false);
    if (path != NULL && run->op.callbacks.on_file != NULL)
        run->op.callbacks.on_file(run->op.callbacks.user, &event);
    free(path);
    return path != NULL || gls_fail_memory(&run->error);
}

static bool put_file(struct gls_rebuild_run *run, struct gls_rebuild_file *file)
{
    if (has_row(file) && (file->row.run_id == 0 || !gls_rebuild_has_runs(run->rebuild)))
        file->row.run_id = run->run_id;
    if ((has_row(file) && !put_row(run, &file->row)) || (file->failed && !log_failure(run, file)))
        return false;
    run->summary.scanned++;
    run->summary.failed += file->failed;
    run->summary.imported += !file->failed;
    run->summary.bytes += file->bytes;
    if (!report(run, file))
        return false;
    free(run->last_path);
    run->last_path = file->path;
    file->path = NULL;
    return true;
}

void gls_rebuild_consume(void *user, struct gls_pipeline *pipeline, void *context)
{
    struct gls_rebuild_run *run = user;
    struct gls_rebuild_unit *unit = context;

    if (!run->failed && !unit->is_skipped) {
        run->failed = !join_companions(run, unit);
        for (size_t i = 0; i < unit->count && !run->failed; i++)
            run->failed = !put_file(run, &unit->files[i]);
        if (run->failed)
            gls_pipeline_stop(pipeline);
    }
    gls_rebuild_unit_free(unit);
    gls_pipeline_release(pipeline);
}

void gls_rebuild_idle(void *user, struct gls_pipeline *pipeline)
{
    struct gls_rebuild_run *run = user;
    struct gls_progress progress = {.struct_size = sizeof progress,
                                    .files_found = atomic_load(&run->files_found),
                                    .bytes_found = atomic_load(&run->bytes_found),
                                    .scan_done = atomic_load(&run->scan_done),
                                    .files_done = run->summary.scanned,
                                    .current = run->last_path};

    (void)pipeline;
    gls_operation_progress(&run->op, &progress);
}
