/* SPDX-License-Identifier: MIT */
/*
 * pipeline - many items at once, results in input order.
 *
 *   produce (1 thread) -> work (N threads) -> sequence (1 thread, input order)
 *                      -> rework (N threads, when asked) -> consume (calling thread, input order)
 *
 * Without a `sequence` there is no such thread: workers pass items on.
 *
 * At most `window` items exist between submit and release, so memory is flat.
 * The functions share no lock while they run. An item is owned by the stage
 * that holds it; the consumer frees it.
 */
#ifndef GLS_ENGINE_OPERATION_PIPELINE_H
#define GLS_ENGINE_OPERATION_PIPELINE_H

#include "base/error.h"

struct gls_pipeline;

enum gls_sequence_result {
    GLS_SEQUENCE_READY, /* the item goes to the consumer */
    GLS_SEQUENCE_REWORK /* a worker must see it again first */
};

struct gls_pipeline_stages {
    void *user;
    /* Submits items until done or until gls_pipeline_submit() returns false.
     * Returning false fails the run after what was submitted is consumed. */
    bool (*produce)(void *user, struct gls_pipeline *pipeline, struct gls_error *error);
    void (*work)(void *user, unsigned worker, void *item);
    /* NULL: items go straight from work to consume. */
    enum gls_sequence_result (*sequence)(void *user, void *item);
    void (*rework)(void *user, unsigned worker, void *item); /* NULL without sequence */
    /* Takes the item; calls gls_pipeline_release() once for it, now or later. It
     * may hold back at most half the window. */
    void (*consume)(void *user, struct gls_pipeline *pipeline, void *item);
    /* On the calling thread, about every 100 ms and whenever it has to wait.
     * May be NULL. */
    void (*idle)(void *user, struct gls_pipeline *pipeline);
    /* Once, on the calling thread, after the last item: releases what consume()
     * still holds back. May be NULL. */
    void (*finish)(void *user, struct gls_pipeline *pipeline);
};

struct gls_pipeline_options {
    unsigned jobs;   /* worker threads, at least 1 */
    unsigned window; /* items submitted and not released, at least 2 */
    const struct gls_cancel *cancel;
};

/* Runs until everything that was submitted is consumed and released. */
bool gls_pipeline_run(const struct gls_pipeline_stages *stages,
                      const struct gls_pipeline_options *options, struct gls_error *error);

/* Hands an item over; waits while the window is full. False: the run was
 * cancelled or stopped, and the item stays the caller's. */
bool gls_pipeline_submit(struct gls_pipeline *pipeline, void *item);
/* Makes room for one more item. Called in the order of consumption. */
void gls_pipeline_release(struct gls_pipeline *pipeline);
/* No further item is accepted; those submitted still flow to the consumer. */
void gls_pipeline_stop(struct gls_pipeline *pipeline);

#endif
