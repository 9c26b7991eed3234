/* SPDX-License-Identifier: MIT */
#include "engine/operation/operation.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/thread/cancel.h"
#include "base/thread/clock.h"
#include "base/thread/worker_pool.h"
#include "engine/disk/device.h"
#include "engine/journal/recover.h"

/* docs/performance.md has the measurements. */
enum { JOBS_OVER_NETWORK = 8, JOBS_ON_CARD = 4, JOBS_ON_ROTATING = 1 };

/* Workers: as asked, else as configured, else one per CPU; 1..GLS_JOBS_MAX. */
static void choose_jobs(struct gls_operation *op, unsigned asked)
{
    unsigned jobs = asked != 0 || op->config == NULL ? asked : op->config->jobs;

    op->chooses_jobs = jobs == 0;
    if (jobs == 0)
        jobs = gls_cpu_count();
    op->jobs = jobs < GLS_JOBS_MAX ? jobs : GLS_JOBS_MAX;
}

static void raise_jobs(struct gls_operation *op, unsigned jobs)
{
    if (op->jobs < jobs)
        op->jobs = jobs;
}

/* What is written waits in the page cache, but for a network's. Where a network is met, its
 * waits count more than what a disk's head loses. */
void gls_operation_reach(struct gls_operation *op, const char *path, bool is_read)
{
    if (!op->chooses_jobs)
        return;
    enum gls_device device = gls_device_of(path);
    if (is_read || device == GLS_DEVICE_NETWORK)
        op->devices |= 1U << device;
    choose_jobs(op, 0);
    if ((op->devices & 1U << GLS_DEVICE_NETWORK) != 0)
        raise_jobs(op, JOBS_OVER_NETWORK);
    else if ((op->devices & 1U << GLS_DEVICE_ROTATING) != 0)
        op->jobs = JOBS_ON_ROTATING;
    else if ((op->devices & 1U << GLS_DEVICE_CARD) != 0)
        raise_jobs(op, JOBS_ON_CARD);
}

bool gls_operation_begin(struct gls_operation *op, unsigned jobs, struct gls_error *error)
{
    op->started_s = gls_clock_s();
    choose_jobs(op, jobs);
    return jobs <= GLS_JOBS_MAX ||
           gls_fail(error, GLS_ERROR_ARGUMENT, "%u files at once are too many: %d are the most",
                    jobs, GLS_JOBS_MAX);
}

/* ---- The library ---------------------------------------------------------------- */

bool gls_operation_recover(struct gls_operation *op, struct gls_error *error)
{
    struct gls_recovered done = {0};
    char text[96];

    struct gls_recover_request request = {
        .library = op->writable, .writer = op->writer, .run_id = op->run_id, .cancel = op->cancel};

    if (!gls_recover(&done, &request, error))
        return false;
    op->is_recovered = true;
    op->unread = done.unread;
    if (done.completed > 0) {
        snprintf(text, sizeof text, "completed %" PRIu64 " %s of a run that was cut off",
                 done.completed, done.completed == 1 ? "file" : "files");
        gls_operation_emit(op, text);
    }
    if (done.unread > 0) {
        gls_error_prefix(&done.why,
                         "%" PRIu64 " %s of a run that was cut off cannot be looked at, and %s for "
                         "the next run",
                         done.unread, done.unread == 1 ? "file" : "files",
                         done.unread == 1 ? "stays" : "stay");
        gls_operation_emit(op, done.why.message);
    }
    return true;
}

/* The writer on a library that is locked, and the run's row. */
static bool start_writer(struct gls_operation *op, struct gls_error *error)
{
    return gls_db_writer_start(&op->writer, op->writable, error) &&
           (op->run_id != 0 || gls_db_writer_begin_run(op->writer, &op->run_id, op->command,
                                                       op->command_line, error)) &&
           (op->is_recovered || gls_operation_recover(op, error));
}

struct lock_request {
    enum gls_library_mode mode;
    unsigned wait_s;
};

static bool open_library(struct gls_library **out, const struct gls_operation *op, const char *root,
                         const struct lock_request *lock, struct gls_error *error)
{
    struct gls_library_options options = {.mode = lock->mode,
                                          .follow_links =
                                              op->config != NULL && op->config->follow_links,
                                          .command = op->command,
                                          .wait_s = lock->wait_s,
                                          .cancel = op->cancel,
                                          .on_wait = op->callbacks.on_message,
                                          .user = op->callbacks.user};

    return gls_library_open(out, root, &options, error);
}

bool gls_operation_open(struct gls_operation *op, const char *root, enum gls_library_mode mode,
                        struct gls_error *error)
{
    if (!open_library(&op->library, op, root, &(struct lock_request){mode, op->wait_s}, error))
        return false;
    gls_operation_reach(op, root, false);
    if (mode != GLS_LIBRARY_WRITE && mode != GLS_LIBRARY_REBUILD)
        return true;
    op->writable = op->library;
    return mode == GLS_LIBRARY_REBUILD || start_writer(op, error);
}

bool gls_operation_open_shared(struct gls_operation *op, const char *root, struct gls_error *error)
{
    struct gls_error busy = GLS_ERROR_INIT;

    if (!open_library(&op->library, op, root, &(struct lock_request){GLS_LIBRARY_READ, 0}, error))
        return false;
    gls_operation_reach(op, root, false);
    if (gls_library_is_read_only(op->library) || gls_operation_lock(op, 0, &busy)) {
        gls_operation_unlock(op);
        return true;
    }
    /* Whoever has the lock recovered when it began. */
    if (busy.status == GLS_ERROR_BUSY)
        return true;
    *error = busy;
    return false;
}

bool gls_operation_lock(struct gls_operation *op, unsigned wait_s, struct gls_error *error)
{
    if (op->writable != NULL)
        return true;
    if (open_library(&op->writable, op, gls_library_root(op->library),
                     &(struct lock_request){GLS_LIBRARY_WRITE, wait_s}, error) &&
        start_writer(op, error))
        return true;
    gls_operation_unlock(op);
    return false;
}

static void release_writer(struct gls_operation *op)
{
    gls_db_writer_stop(op->writer);
    op->writer = NULL;
    if (op->writable != op->library)
        gls_library_close(op->writable);
    op->writable = NULL;
}

void gls_operation_unlock(struct gls_operation *op)
{
    if (op->writable != op->library)
        release_writer(op);
}

/* ---- Workers and pipeline ------------------------------------------------------- */

bool gls_operation_open_workers(struct gls_operation *op, struct gls_error *error)
{
    bool has_library = op->library != NULL && gls_library_fd(op->library) >= 0;

    op->workers = calloc(op->jobs, sizeof *op->workers);
    if (op->workers == NULL)
        return gls_fail_memory(error);
    for (unsigned i = 0; i < op->jobs; i++) {
        op->workers[i].buffers = gls_copy_buffers_new();
        if (op->workers[i].buffers == NULL)
            return gls_fail_memory(error);
        if (has_library && !gls_reader_open(&op->workers[i].reader, op->library, error))
            return false;
    }
    return true;
}

void gls_operation_close_workers(struct gls_operation *op)
{
    for (unsigned i = 0; op->workers != NULL && i < op->jobs; i++) {
        gls_reader_close(op->workers[i].reader);
        gls_copy_buffers_free(op->workers[i].buffers);
    }
    free(op->workers);
    op->workers = NULL;
}

struct gls_pipeline_options gls_operation_pipeline(const struct gls_operation *op, unsigned window)
{
    return (struct gls_pipeline_options){.jobs = op->jobs, .window = window, .cancel = op->cancel};
}

bool gls_operation_is_cancelled(const struct gls_operation *op)
{
    return gls_cancel_is_requested(op->cancel);
}

/* ---- Reporting and the end ------------------------------------------------------ */

void gls_operation_progress(struct gls_operation *op, struct gls_progress *progress)
{
    progress->bytes_done += atomic_load(&op->bytes_done);
    for (unsigned i = 0; op->workers != NULL && i < op->jobs; i++)
        progress->bytes_done += gls_copy_bytes_read(op->workers[i].buffers);
    if (op->callbacks.on_progress != NULL)
        op->callbacks.on_progress(op->callbacks.user, progress);
}

void gls_operation_emit(const struct gls_operation *op, const char *text)
{
    if (op->callbacks.on_message != NULL)
        op->callbacks.on_message(op->callbacks.user, text);
}

bool gls_operation_end(struct gls_operation *op, struct gls_summary *summary,
                       struct gls_error *error)
{
    summary->seconds = gls_clock_s() - op->started_s;
    summary->interrupted = gls_operation_is_cancelled(op);
    return op->writer == NULL || op->run_id == 0 ||
           gls_db_writer_end_run(op->writer, op->run_id, summary, error);
}

void gls_operation_close(struct gls_operation *op)
{
    gls_operation_close_workers(op);
    release_writer(op);
    gls_library_close(op->library);
    op->library = NULL;
}
