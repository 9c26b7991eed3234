/* SPDX-License-Identifier: MIT */
/*
 * operation - the skeleton that every operation on a whole library has in common.
 * What differs between import, update, verify and generate-db is their stages and
 * their report.
 *
 *   begin         jobs and the clock
 *   open          library, lock, writer, the run's row in the log, recovery
 *   open_workers  a read connection and buffers for each
 *   run           the pipeline, which obeys the cancel
 *   progress      about ten times a second, from the stages' idle
 *   end           the run's last row, on every way out
 *   close         frees everything, whatever was opened
 *
 * Used by the thread that called the operation; workers use only their own part of
 * `workers`.
 */
#ifndef GLS_ENGINE_OPERATION_OPERATION_H
#define GLS_ENGINE_OPERATION_OPERATION_H

#include <stdatomic.h>

#include "engine/disk/copy.h"
#include "engine/operation/pipeline.h"
#include "plan/config/config.h"
#include "store/write/db_writer.h"

struct gls_operation_worker {
    struct gls_reader *reader; /* NULL: a dry run on no library */
    struct gls_copy_buffers *buffers;
};

struct gls_operation {
    /* Set by the operation before it begins; borrowed. */
    const char *command;      /* "import", ...: for the log */
    const char *command_line; /* NULL: not known */
    unsigned wait_s;          /* for the lock; GLS_WAIT_FOREVER */
    const struct gls_config *config;
    struct gls_callbacks callbacks; /* on_progress and on_message are called from here */
    const struct gls_cancel *cancel;

    /* Set by the functions below. */
    unsigned jobs;     /* 1..GLS_JOBS_MAX */
    bool chooses_jobs; /* nobody said how many */
    unsigned devices;  /* bits of enum gls_device: on what the workers read and write */
    double started_s;
    struct gls_library *library;  /* what is read; NULL until opened */
    struct gls_library *writable; /* the same, locked; NULL while it is not */
    struct gls_db_writer *writer; /* NULL while `writable` is */
    int64_t run_id;               /* 0: nothing is in the log yet */
    bool is_recovered;            /* what an earlier run left was looked for */
    uint64_t unread;              /* files of it that could not be looked at */
    struct gls_operation_worker *workers;
    atomic_uint_fast64_t bytes_done; /* of files that the workers are through with */
};

/* Sets jobs and clock. GLS_ERROR_ARGUMENT: `jobs` is above GLS_JOBS_MAX. */
bool gls_operation_begin(struct gls_operation *op, unsigned jobs, struct gls_error *error);
/* Before the workers are opened: a path whose files they will read, or write. The library is
 * reached when it is opened, as what is written. By its device there are more or fewer
 * workers, unless somebody said how many. */
void gls_operation_reach(struct gls_operation *op, const char *path, bool is_read);

/* Opens the library at `root`. GLS_LIBRARY_WRITE: locks it until the operation is
 * closed, begins the run's row and recovers. GLS_LIBRARY_REBUILD: only locks it.
 * The others write nothing. */
bool gls_operation_open(struct gls_operation *op, const char *root, enum gls_library_mode mode,
                        struct gls_error *error);
/* For an operation that mostly reads: opens the library at `root` for reading, after
 * the lock was held for as long as it takes to recover. A library that another
 * process writes to is read beside it; one that is read-only is not written to. */
bool gls_operation_open_shared(struct gls_operation *op, const char *root, struct gls_error *error);
/* Takes the lock of a library that was opened shared, and starts the writer. With it
 * held already it does nothing. GLS_ERROR_BUSY: another process had it for `wait_s`. */
bool gls_operation_lock(struct gls_operation *op, unsigned wait_s, struct gls_error *error);
/* Gives the lock back, if the library was opened shared. */
void gls_operation_unlock(struct gls_operation *op);

/* Completes what an earlier run had begun, through `writer`, and says how much that
 * was (law 7). GLS_ERROR_CANCELLED: the rest is left to the next run. */
bool gls_operation_recover(struct gls_operation *op, struct gls_error *error);

bool gls_operation_open_workers(struct gls_operation *op, struct gls_error *error);
/* Closes the workers' connections; close does so too. */
void gls_operation_close_workers(struct gls_operation *op);

/* For gls_pipeline_run(): the operation's workers and cancel, and at most `window` items at a
 * time. */
struct gls_pipeline_options gls_operation_pipeline(const struct gls_operation *op, unsigned window);
bool gls_operation_is_cancelled(const struct gls_operation *op);

/* Adds what the workers have read so far to progress->bytes_done and reports it. */
void gls_operation_progress(struct gls_operation *op, struct gls_progress *progress);
/* on_message, where there is one. */
void gls_operation_emit(const struct gls_operation *op, const char *text);

/* Sets summary->seconds and summary->interrupted and, where the run is in the log,
 * records how it ended. */
bool gls_operation_end(struct gls_operation *op, struct gls_summary *summary,
                       struct gls_error *error);
void gls_operation_close(struct gls_operation *op);

#endif
