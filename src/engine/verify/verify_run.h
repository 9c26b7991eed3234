/* SPDX-License-Identifier: MIT */
/*
 * verify_run - what the stages of one verify share.
 *
 *   verify.c         opens everything, runs both passes, sums up
 *   verify_untracked.c  first pass: files that the database does not know, and which of
 *                    them are known files that were moved
 *   verify_scan.c    second pass, produce: rows and unknown files, in path order
 *   verify_check.c   work: one file's state (workers)
 *   verify_report.c  consume: accept, repair, record, report (calling thread)
 *   verify_repair.c  good copies from another folder
 */
#ifndef GLS_ENGINE_VERIFY_VERIFY_RUN_H
#define GLS_ENGINE_VERIFY_VERIFY_RUN_H

#include "base/strbuf.h"
#include "engine/operation/operation.h"
#include "store/claims/untracked.h"

/* One file; owned by the stage that holds it. */
struct gls_verify_item {
    bool is_tracked; /* `row` is the database's; else only its path is set */
    struct gls_stored_file row;
    struct gls_untracked_file found; /* where a file that was moved is now; path NULL: no such */
    struct stat status;              /* as its content was compared, or zeros */
    enum gls_state state;
    char *reason; /* owned; NULL */
    bool has_now; /* `now` describes the file as it is, to be accepted */
    struct gls_stored_file now;
    bool is_read;    /* its content was compared, not only size and time */
    bool is_gone;    /* another run removed the row, or recorded the file, meanwhile */
    bool is_skipped; /* the run is cancelled: nothing was looked at */
    uint64_t bytes;
};
void gls_verify_item_free(struct gls_verify_item *item);

/* Paths below which files are looked at, relative, sorted. `is_folder`: all below it;
 * else that file alone. */
struct gls_verify_range {
    char *path; /* "" with is_folder: everything */
    bool is_folder;
};

struct gls_verify_repair; /* verify_repair.c */

struct gls_verify_run {
    struct gls_operation op;
    const struct gls_verify_options *options;
    const struct gls_verify_callbacks *callbacks;
    unsigned repair_states;
    int64_t now_s; /* what checked_s becomes */
    bool records;  /* the library is not read-only */

    char *root;                            /* of the library, as found from the options */
    struct gls_untracked_index *untracked; /* files that the database does not know */
    bool has_moved;                        /* some of them were moved */
    bool search_is_unsure;                 /* one could not be read: it may be what is missing */
    bool knows_elodie;                     /* hashes of Elodie's were taken in */

    /* Producer. */
    struct gls_pipeline *pipeline;
    struct gls_reader *scan_reader;
    struct gls_verify_range *ranges;
    size_t range_count;
    bool is_sample;
    int64_t sample_cut_s;
    uint64_t sample_ties;
    char *resume_after; /* NULL: from the start */

    /* Consumer. */
    struct gls_db_batch *batch;
    unsigned in_batch;
    bool is_waiting;    /* another process had the lock when it was last tried */
    bool is_unrecorded; /* some of what was checked was dropped */
    double committed_s;
    char *last_path;
    struct gls_copy_buffers *buffers;
    struct gls_verify_repair *repair; /* NULL: not asked */
    struct gls_verify_summary summary;
    uint64_t files_done;
    uint64_t ties_left; /* of sample_ties */
    bool is_cut_off;    /* something was skipped: what comes behind it does not count */
    bool failed;        /* the database cannot be written; `error` says why */
    struct gls_error error;

    uint64_t files_total, bytes_total;
};

/* First pass. */
bool gls_verify_search(struct gls_verify_run *run, struct gls_error *error);

/* Second pass. */
bool gls_verify_produce(void *run, struct gls_pipeline *pipeline, struct gls_error *error);
void gls_verify_work(void *user, unsigned worker, void *context);
void gls_verify_consume(void *user, struct gls_pipeline *pipeline, void *item);
void gls_verify_idle(void *user, struct gls_pipeline *pipeline);
/* Commits what is left. `is_complete`: nothing remains to be resumed. */
bool gls_verify_finish(struct gls_verify_run *run, bool is_complete, struct gls_error *error);

/* Ranges and the point to resume from (verify_scan.c). */
bool gls_verify_set_ranges(struct gls_verify_run *run, struct gls_error *error);
bool gls_verify_set_resume(struct gls_verify_run *run, struct gls_error *error);
void gls_verify_clear_scan(struct gls_verify_run *run);
/* The options that a resumed run must share, as text. */
void gls_verify_signature(const struct gls_verify_run *run, struct gls_strbuf *out);

/* Repair. */
bool gls_verify_repair_new(struct gls_verify_run *run, struct gls_error *error);
void gls_verify_repair_free(struct gls_verify_repair *repair);
/* Is it a version that a repair kept aside? */
bool gls_verify_is_kept_aside(const char *path);
/* Puts the good bytes of item->row back; the intent stays open until run->batch, which
 * drops it, is committed. False: *error says why not; nothing was lost. */
bool gls_verify_repair(struct gls_verify_run *run, const struct gls_verify_item *item,
                       struct gls_error *error);

#endif
