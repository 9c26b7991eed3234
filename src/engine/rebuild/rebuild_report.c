/* SPDX-License-Identifier: MIT */
/* The last stage of generate-db, on the calling thread: rows into the new database,
 * companions joined, files reported in path order. */
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/timestamp.h"
#include "engine/rebuild/rebuild_run.h"
#include "media/media.h"

enum { BATCH_ROWS = 256 };

void gls_rebuild_item_free(struct gls_rebuild_item *item)
{
    free(item->path);
    gls_stored_file_clear(&item->row);
    free(item);
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

/* How much of a path the companions of one shot share: folder and name up to the
 * extension, or up to the one before it in NAME.EXT.xmp. */
static size_t unit_size(const char *path)
{
    size_t folder = (size_t)(gls_path_base(path) - path);
    size_t size = folder + gls_path_stem_size(path);
    char *inner = strndup(path, size);

    if (inner != NULL && !gls_media_is_supported_name(path) && gls_media_is_supported_name(inner))
        size = folder + gls_path_stem_size(inner);
    free(inner);
    return size;
}

static bool is_same_unit(const char *a, const char *b)
{
    size_t size = unit_size(a);

    return size == unit_size(b) && memcmp(a, b, size) == 0;
}

/* Files of one stem stand side by side in path order. Where no old database tells
 * which were filed together, they were. */
static bool join_companions(struct gls_rebuild_run *run, struct gls_rebuild_item *item)
{
    struct gls_stored_file *row = &item->row, *last = &run->last;

    if (last->path != NULL && !item->is_carried && row->unit_id == 0 &&
        is_same_unit(last->path, row->path)) {
        if (last->unit_id == 0) {
            last->unit_id = run->run_id * (1LL << 32) + (int64_t)run->summary.imported + 1;
            if (!put_row(run, last))
                return false;
        }
        row->unit_id = last->unit_id;
        if (row->date_taken == NULL && last->date_taken != NULL)
            row->date_taken = strdup(last->date_taken);
    }
    gls_stored_file_clear(last);
    return gls_stored_file_copy(last, row) || gls_fail_memory(&run->error);
}

static bool log_failure(struct gls_rebuild_run *run, const struct gls_rebuild_item *item)
{
    run->in_batch++;
    return gls_db_batch_log(run->batch, &(struct gls_action){.run_id = run->run_id,
                                                             .action = "failed",
                                                             .to = item->path,
                                                             .reason = item->error.message}) ||
           gls_fail_memory(&run->error);
}

static void report(struct gls_rebuild_run *run, const struct gls_rebuild_item *item)
{
    char *path = gls_path_join(gls_library_root(run->op.library), item->path);
    struct gls_file_event event = {
        .struct_size = sizeof event,
        .source = path,
        .destination = item->failed ? NULL : path,
        .outcome = item->failed ? GLS_OUTCOME_FAILED : GLS_OUTCOME_IMPORTED,
        .reason = item->failed ? item->error.message : NULL,
        .sha256 = item->row.source_sha256[0] != '\0' ? item->row.source_sha256 : NULL};

    if (item->row.date_taken != NULL)
        event.has_date = gls_datetime_parse(&event.date_taken, item->row.date_taken, false);
    if (path != NULL && run->op.callbacks.on_file != NULL)
        run->op.callbacks.on_file(run->op.callbacks.user, &event);
    free(path);
}

void gls_rebuild_consume(void *user, struct gls_pipeline *pipeline, void *context)
{
    struct gls_rebuild_run *run = user;
    struct gls_rebuild_item *item = context;

    if ((!item->failed || item->is_carried) && !run->failed && !item->is_skipped) {
        if (item->row.run_id == 0 || !gls_rebuild_has_runs(run->rebuild))
            item->row.run_id = run->run_id;
        run->failed = !join_companions(run, item) || !put_row(run, &item->row);
        if (run->failed)
            gls_pipeline_stop(pipeline);
    }
    if (item->failed && !run->failed && !item->is_skipped)
        run->failed = !log_failure(run, item);
    if (!run->failed && !item->is_skipped) {
        run->summary.scanned++;
        run->summary.failed += item->failed;
        run->summary.imported += !item->failed;
        run->summary.bytes += item->bytes;
        report(run, item);
    }
    gls_rebuild_item_free(item);
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
                                    .current = run->last.path};

    (void)pipeline;
    gls_operation_progress(&run->op, &progress);
}
