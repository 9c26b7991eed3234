/* SPDX-License-Identifier: MIT */
/* The second pass's consumer, on the calling thread: what was found is accepted,
 * repaired, recorded and reported, in path order. */
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/thread/clock.h"
#include "engine/describe.h"
#include "engine/verify/verify_run.h"

enum { BATCH_CHANGES = 1024, WAITING_CHANGES = 65536, END_WAIT_S = 5 };
static const double BATCH_AGE_S = 2;

#define BIT(state) (1u << (state))

/* ---- Recording ------------------------------------------------------------------ */

/* Where a run that dies or is interrupted goes on. */
static bool add_resume_point(struct gls_verify_run *run)
{
    GLS_STRBUF_AUTO value = GLS_STRBUF_INIT;

    if (run->last_path == NULL)
        return true;
    char *path = gls_percent_encode(run->last_path, strlen(run->last_path));
    gls_verify_signature(run, &value);
    gls_strbuf_addf(&value, "\n%lld %llu\n%s", (long long)run->sample_cut_s,
                    (unsigned long long)run->ties_left, path == NULL ? "" : path);
    bool ok = path != NULL && !value.failed &&
              gls_db_batch_set_setting(run->batch, "verify.resume", value.data);
    free(path);
    return ok;
}

/* Another run may be at work for hours. What was checked waits for it within bounds: a
 * check that is not recorded is only made again. */
static bool wait_for_lock(struct gls_verify_run *run, const struct gls_error *busy)
{
    run->committed_s = gls_clock_s();
    run->is_waiting = true;
    if (run->in_batch < WAITING_CHANGES)
        return true;
    run->is_unrecorded = true;
    gls_operation_emit(&run->op, busy->message);
    gls_db_batch_clear(run->batch);
    run->in_batch = 0;
    return true;
}

static bool commit(struct gls_verify_run *run, unsigned wait_s, struct gls_error *error)
{
    struct gls_error why = GLS_ERROR_INIT;

    if (!gls_operation_lock(&run->op, wait_s, &why)) {
        if (why.status == GLS_ERROR_BUSY)
            return wait_for_lock(run, &why);
        *error = why;
        return false;
    }
    bool ok = gls_db_writer_commit(run->op.writer, run->batch, error);
    gls_db_batch_clear(run->batch);
    run->in_batch = 0;
    run->is_waiting = false;
    run->committed_s = gls_clock_s();
    return ok;
}

/* Keeps the lock for the run's end. */
bool gls_verify_finish(struct gls_verify_run *run, bool is_complete, struct gls_error *error)
{
    if (!run->records || run->failed)
        return true;
    bool ok = is_complete ? gls_db_batch_set_setting(run->batch, "verify.resume", NULL)
                          : add_resume_point(run);
    ok = ok ? commit(run, END_WAIT_S, error) : gls_fail_memory(error);
    if (ok && (run->op.writer == NULL || run->is_unrecorded))
        gls_operation_emit(&run->op, "another glassine was at work in the library all the while: "
                                     "not all that was checked is recorded");
    return ok;
}

static void note_failure(struct gls_verify_run *run, struct gls_pipeline *pipeline)
{
    run->failed = true;
    gls_pipeline_stop(pipeline);
}

static bool commit_if_due(struct gls_verify_run *run)
{
    bool is_full = run->in_batch >= BATCH_CHANGES && !run->is_waiting;
    bool is_old = run->in_batch > 0 && gls_clock_s() - run->committed_s >= BATCH_AGE_S;

    if (!run->records || !(is_full || is_old))
        return true;
    bool ok = add_resume_point(run) ? commit(run, 0, &run->error) : gls_fail_memory(&run->error);
    gls_operation_unlock(&run->op);
    return ok;
}

/* ---- Accepting ------------------------------------------------------------------ */

static bool log_accepted(struct gls_verify_run *run, const char *action, const char *from,
                         const struct gls_stored_file *row)
{
    run->in_batch++;
    return gls_db_batch_log(run->batch, &(struct gls_action){.run_id = run->op.run_id,
                                                             .action = action,
                                                             .from = from,
                                                             .to = row->path,
                                                             .source_sha256 = row->source_sha256,
                                                             .stored_xxh128 = row->stored_xxh128});
}

/* The file as it is now, which came from the same source. */
static bool accept_content(struct gls_verify_run *run, struct gls_verify_item *item)
{
    struct gls_stored_file row = item->now;

    row.id = item->row.id;
    row.source_path = item->row.source_path;
    row.source_size_bytes = item->row.source_size_bytes;
    memcpy(row.source_sha256, item->row.source_sha256, sizeof row.source_sha256);
    if (row.original_name == NULL)
        row.original_name = item->row.original_name;
    if (row.date_taken == NULL)
        row.date_taken = item->row.date_taken;
    gls_row_keep_unstated(&row, &item->row);
    row.unit_id = item->row.unit_id;
    row.run_id = item->row.run_id;
    row.checked_s = run->now_s;
    return gls_db_batch_put_file(run->batch, &row, NULL, NULL, NULL) &&
           log_accepted(run, "accepted", NULL, &row);
}

static bool accept_moved(struct gls_verify_run *run, struct gls_verify_item *item)
{
    struct gls_stored_file row = item->row;

    row.path = item->found.path;
    row.mtime_ns = item->found.mtime_ns;
    row.checked_s = run->now_s;
    return gls_db_batch_put_file(run->batch, &row, NULL, NULL, NULL) &&
           log_accepted(run, "moved", item->row.path, &row);
}

static bool accept_missing(struct gls_verify_run *run, struct gls_verify_item *item)
{
    return gls_db_batch_remove_file(run->batch, item->row.id) &&
           log_accepted(run, "forgotten", item->row.path, &item->row);
}

static bool accept_untracked(struct gls_verify_run *run, struct gls_verify_item *item)
{
    item->now.run_id = run->op.run_id;
    item->now.checked_s = run->now_s;
    return gls_db_batch_put_file(run->batch, &item->now, NULL, NULL, NULL) &&
           log_accepted(run, "adopted", NULL, &item->now);
}

/* A file that could not be read, or a folder, may be or hold what is missing: its row is not
 * forgotten, and nothing is adopted that may be the file of a row. */
static bool waits(const struct gls_verify_run *run, struct gls_verify_item *item)
{
    bool is_waiting = run->search_is_unsure &&
                      (item->state == GLS_STATE_MISSING || item->state == GLS_STATE_UNTRACKED);

    if (is_waiting && item->reason == NULL)
        item->reason = strdup("not accepted: something in the library cannot be read, so what was "
                              "moved is not known; mend that, then verify again");
    return is_waiting;
}

/* *accepted: the database was brought up to date. False: no memory. */
static bool accept(struct gls_verify_run *run, struct gls_verify_item *item, bool *accepted)
{
    *accepted =
        (run->options->accept_states & BIT(item->state)) != 0 &&
        (item->has_now || item->state == GLS_STATE_MOVED || item->state == GLS_STATE_MISSING) &&
        !waits(run, item);
    if (!*accepted)
        return true;
    switch (item->state) {
    case GLS_STATE_MOVED:
        return accept_moved(run, item);
    case GLS_STATE_MISSING:
        return accept_missing(run, item);
    case GLS_STATE_UNTRACKED:
        return accept_untracked(run, item);
    default:
        return accept_content(run, item);
    }
}

/* ---- Repairing and reporting ----------------------------------------------------- */

static bool repair(struct gls_verify_run *run, struct gls_verify_item *item, char **why_not)
{
    struct gls_error error = GLS_ERROR_INIT;

    if (!item->is_tracked || (run->repair_states & BIT(item->state)) == 0)
        return false;
    if (gls_verify_repair(run, item, &error))
        return log_accepted(run, "repaired", run->options->repair_from, &item->row);
    *why_not = strdup(error.message);
    return false;
}

static void report(struct gls_verify_run *run, const struct gls_verify_item *item, bool accepted,
                   bool repaired)
{
    struct gls_verify_event event = {.struct_size = sizeof event,
                                     .path = item->row.path,
                                     .state = item->state,
                                     .reason = item->reason,
                                     .found_at = item->found.path,
                                     .accepted = accepted,
                                     .repaired = repaired};

    run->summary.count[item->state]++;
    run->summary.checked++;
    run->summary.accepted += accepted;
    run->summary.repaired += repaired;
    run->summary.bytes += item->bytes;
    if (item->state != GLS_STATE_MOVED)
        event.found_at = NULL;
    if (run->callbacks != NULL && run->callbacks->on_file != NULL)
        run->callbacks->on_file(run->callbacks->user, &event);
}

/* What is wrong is to be found in the log when the report is long gone. */
static bool log_state(struct gls_verify_run *run, const struct gls_verify_item *item, bool repaired)
{
    static const unsigned bad = BIT(GLS_STATE_ROTTEN) | BIT(GLS_STATE_CHANGED) |
                                BIT(GLS_STATE_MISSING) | BIT(GLS_STATE_UNREADABLE);

    if (!run->records || repaired || (bad & BIT(item->state)) == 0)
        return true;
    run->in_batch++;
    return gls_db_batch_log(run->batch,
                            &(struct gls_action){.run_id = run->op.run_id,
                                                 .action = gls_state_name(item->state),
                                                 .to = item->row.path,
                                                 .stored_xxh128 = item->row.stored_xxh128,
                                                 .reason = item->reason});
}

/* A file that was only compared by size and time has not been checked. */
static bool record_check(struct gls_verify_run *run, const struct gls_verify_item *item,
                         bool repaired)
{
    if (!run->records || !(repaired || (item->state == GLS_STATE_OK && item->is_read)))
        return true;
    run->in_batch++;
    struct gls_stored_file row = item->row;
    row.checked_s = run->now_s;
    return gls_db_batch_set_checked(run->batch, &row);
}

static void consume_item(struct gls_verify_run *run, struct gls_pipeline *pipeline,
                         struct gls_verify_item *item)
{
    bool accepted = false;
    char *why_not = NULL;
    bool repaired = repair(run, item, &why_not);

    if (why_not != NULL) {
        free(item->reason);
        item->reason = why_not;
    }
    bool ok = accept(run, item, &accepted) && record_check(run, item, repaired) &&
              log_state(run, item, repaired);
    report(run, item, accepted, repaired);
    run->files_done += item->is_tracked;
    if (item->is_tracked && item->row.checked_s == run->sample_cut_s && run->ties_left > 0)
        run->ties_left--;
    free(run->last_path);
    run->last_path = item->row.path;
    item->row.path = NULL;
    if (!ok)
        gls_fail_memory(&run->error);
    if (!ok || !commit_if_due(run))
        note_failure(run, pipeline);
}

void gls_verify_consume(void *user, struct gls_pipeline *pipeline, void *item)
{
    struct gls_verify_run *run = user;
    struct gls_verify_item *file = item;

    run->is_cut_off = run->is_cut_off || file->is_skipped;
    if (!run->failed && !run->is_cut_off && !file->is_gone)
        consume_item(run, pipeline, file);
    gls_verify_item_free(file);
    gls_pipeline_release(pipeline);
}

void gls_verify_idle(void *user, struct gls_pipeline *pipeline)
{
    struct gls_verify_run *run = user;
    struct gls_progress progress = {.struct_size = sizeof progress,
                                    .files_found = run->files_total,
                                    .bytes_found = run->bytes_total,
                                    .scan_done = true,
                                    .files_done = run->files_done,
                                    .current = run->last_path};

    (void)pipeline;
    gls_operation_progress(&run->op, &progress);
}
