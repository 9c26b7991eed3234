/* SPDX-License-Identifier: MIT */
#include "engine/verify/verify.h"
#include "engine/library_choice.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/thread/clock.h"
#include "engine/verify/verify_run.h"
#include "media/media.h"

enum { WINDOW_PER_JOB = 128 };

#define BIT(state) (1u << (state))

static const unsigned acceptable = BIT(GLS_STATE_EDITED) | BIT(GLS_STATE_CHANGED) |
                                   BIT(GLS_STATE_MOVED) | BIT(GLS_STATE_MISSING) |
                                   BIT(GLS_STATE_UNTRACKED);
static const unsigned repairable = BIT(GLS_STATE_ROTTEN) | BIT(GLS_STATE_CHANGED) |
                                   BIT(GLS_STATE_EDITED) | BIT(GLS_STATE_MISSING) |
                                   BIT(GLS_STATE_UNREADABLE);

static const char *const state_names[GLS_STATE_COUNT] = {
    [GLS_STATE_OK] = "ok",
    [GLS_STATE_ROTTEN] = "rotten",
    [GLS_STATE_EDITED] = "edited",
    [GLS_STATE_CHANGED] = "changed",
    [GLS_STATE_MOVED] = "moved",
    [GLS_STATE_MISSING] = "missing",
    [GLS_STATE_UNTRACKED] = "untracked",
    [GLS_STATE_UNREADABLE] = "unreadable",
};

const char *gls_state_name(enum gls_state state)
{
    return (unsigned)state < GLS_STATE_COUNT ? state_names[state] : "?";
}

static bool check_options(struct gls_verify_run *run, struct gls_error *error)
{
    const struct gls_verify_options *options = run->options;

    if (!(options->sample_percent >= 0 && options->sample_percent <= 100))
        return gls_fail(error, GLS_ERROR_ARGUMENT, "--sample takes a percentage from 0 to 100");
    if ((options->accept_states & ~acceptable) != 0)
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "--accept takes edited, changed, moved, missing and untracked");
    if ((options->repair_states & ~repairable) != 0)
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "only rotten, changed, edited, missing and unreadable files can be "
                        "repaired");
    run->repair_states = options->repair_from == NULL ? 0
                         : options->repair_states != 0
                             ? options->repair_states
                             : BIT(GLS_STATE_ROTTEN) | BIT(GLS_STATE_MISSING);
    if ((run->repair_states & options->accept_states) != 0)
        return gls_fail(error, GLS_ERROR_ARGUMENT, "a state cannot be both accepted and repaired");
    return true;
}

/* --library, else the library that holds the first path, else the one at hand. */
static bool find_library(struct gls_verify_run *run, struct gls_error *error)
{
    const struct gls_verify_options *options = run->options;

    if (options->library == NULL && options->path_count > 0) {
        return gls_library_find_root(&run->root, options->paths[0], error) &&
               (run->root != NULL ||
                gls_fail(error, GLS_ERROR_LIBRARY, "%s: is in no library", options->paths[0]));
    }
    return gls_choose_library(&run->root, run->op.config, options->library, error);
}

/* What is accepted and repaired is decided on what was read: nobody else may write
 * meanwhile. Who only looks takes the lock for the instants in which it records. */
static bool open_library(struct gls_verify_run *run, struct gls_error *error)
{
    bool changes = run->options->accept_states != 0 || run->repair_states != 0;

    if (!changes && !gls_operation_open_shared(&run->op, run->root, error))
        return false;
    if (changes && !gls_operation_open(&run->op, run->root, GLS_LIBRARY_WRITE, error))
        return false;
    gls_operation_reach(&run->op, run->root, true);
    run->records = !gls_library_is_read_only(run->op.library);
    if (!run->records)
        gls_operation_emit(&run->op, "the library is read-only: what is found is not recorded");
    return true;
}

static bool open_workers(struct gls_verify_run *run, struct gls_error *error)
{
    run->batch = gls_db_batch_new();
    run->buffers = gls_copy_buffers_new();
    if (run->batch == NULL || run->buffers == NULL)
        return gls_fail_memory(error);
    return gls_operation_open_workers(&run->op, error) &&
           gls_reader_open(&run->scan_reader, run->op.library, error) &&
           gls_untracked_open(&run->untracked, error);
}

/* What there is to do, for the progress and for the choice of a sample. */
static bool measure(struct gls_verify_run *run, struct gls_error *error)
{
    double share = run->options->sample_percent / 100;

    if (!gls_reader_total(run->scan_reader, &run->files_total, &run->bytes_total, error))
        return false;
    run->is_sample = share > 0 && share < 1;
    if (!run->is_sample)
        return true;
    /* Rounded up: the smallest sample of a library is one file. */
    uint64_t sample_size = (uint64_t)((double)run->files_total * share);
    sample_size += (double)sample_size < (double)run->files_total * share;
    run->files_total = sample_size;
    run->bytes_total = (uint64_t)((double)run->bytes_total * share);
    return gls_reader_sample_cut(run->scan_reader, sample_size, &run->sample_cut_s,
                                 &run->sample_ties, error);
}

static bool set_start(struct gls_verify_run *run, struct gls_error *error)
{
    bool ok = gls_verify_set_resume(run, error);

    char *value = NULL;
    ok = ok && gls_reader_setting(run->scan_reader, &value, "elodie.imported", error);
    run->knows_elodie = value != NULL;
    free(value);
    run->ties_left = run->sample_ties;
    run->committed_s = gls_clock_s();
    return ok;
}

static bool run_passes(struct gls_verify_run *run, struct gls_error *error)
{
    struct gls_pipeline_stages stages = {.user = run,
                                         .produce = gls_verify_produce,
                                         .work = gls_verify_work,
                                         .consume = gls_verify_consume,
                                         .idle = gls_verify_idle};

    if (!gls_verify_search(run, error))
        return false;
    const struct gls_pipeline_options options =
        gls_operation_pipeline(&run->op, run->op.jobs * WINDOW_PER_JOB);
    bool ok = gls_pipeline_run(&stages, &options, error);
    if (ok && run->failed) {
        *error = run->error;
        ok = false;
    }
    run->summary.interrupted = gls_operation_is_cancelled(&run->op);
    return gls_verify_finish(run, ok && !run->summary.interrupted, ok ? error : &run->error) && ok;
}

static bool end_run(struct gls_verify_run *run, struct gls_error *error)
{
    uint64_t bad = run->summary.count[GLS_STATE_ROTTEN] + run->summary.count[GLS_STATE_CHANGED] +
                   run->summary.count[GLS_STATE_MISSING] + run->summary.count[GLS_STATE_UNREADABLE];
    struct gls_summary summary = {
        .scanned = run->summary.checked, .failed = bad, .bytes = run->summary.bytes};
    bool ok = gls_operation_end(&run->op, &summary, error);

    run->summary.seconds = summary.seconds;
    run->summary.interrupted = summary.interrupted;
    return ok;
}

static void close_run(struct gls_verify_run *run)
{
    gls_verify_repair_free(run->repair);
    gls_verify_clear_scan(run);
    gls_untracked_close(run->untracked);
    gls_reader_close(run->scan_reader);
    gls_copy_buffers_free(run->buffers);
    gls_db_batch_free(run->batch);
    free(run->last_path);
    free(run->root);
    gls_operation_close(&run->op);
}

bool gls_engine_verify(struct gls_verify_summary *summary, const struct gls_engine_call *call,
                       const struct gls_verify_options *options,
                       const struct gls_verify_callbacks *callbacks, struct gls_error *error)
{
    struct gls_verify_run run = {.op = {.command = "verify",
                                        .command_line = options->command_line,
                                        .wait_s = options->wait_s,
                                        .config = call->config,
                                        .callbacks = *call->callbacks,
                                        .cancel = call->cancel},
                                 .options = options,
                                 .callbacks = callbacks,
                                 .now_s = (int64_t)time(NULL)};
    struct gls_error closing = GLS_ERROR_INIT;

    *summary = run.summary;
    bool ok = gls_operation_begin(&run.op, options->jobs, error) && check_options(&run, error) &&
              gls_media_initialize(error) && find_library(&run, error) &&
              open_library(&run, error) && open_workers(&run, error) && measure(&run, error) &&
              gls_verify_set_ranges(&run, error) && set_start(&run, error) &&
              gls_verify_repair_new(&run, error) && run_passes(&run, error);
    if (!end_run(&run, &closing) && ok) {
        *error = closing;
        ok = false;
    }
    *summary = run.summary;
    close_run(&run);
    return ok;
}
