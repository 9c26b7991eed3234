/* SPDX-License-Identifier: MIT */
#include "engine/operation/pipeline.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/thread/cancel.h"
#include "base/thread/clock.h"
#include "base/thread/worker_pool.h"
#include "base/timings.h"

enum { IDLE_INTERVAL_MS = 100, SEQUENCE_INTERVAL_MS = 20 };

enum slot_state { SLOT_FREE, SLOT_FRESH, SLOT_WORKING, SLOT_WORKED, SLOT_REWORK, SLOT_READY };

struct slot {
    void *item;
    enum slot_state state;
};

/* Items live in a ring, at their sequence number modulo the window. Every field
 * below `lock` is guarded by it. Threads: the producer, `jobs` workers, the
 * sequencer and the caller of gls_pipeline_run(), who consumes. */
struct gls_pipeline {
    const struct gls_pipeline_stages *stages;
    const struct gls_cancel *cancel;
    uint64_t window;

    pthread_mutex_t lock;
    pthread_cond_t has_space; /* producer waits */
    pthread_cond_t has_work;  /* workers wait */
    pthread_cond_t is_worked; /* sequencer waits */
    pthread_cond_t is_ready;  /* consumer waits */
    struct slot *slots;
    uint64_t *rework; /* ring of sequence numbers */
    uint64_t rework_first, rework_end;
    uint64_t submitted, taken, sequenced, consumed, released;
    bool produced_all;
    bool stopped;
    bool produce_failed;
    struct gls_error produce_error;
};

/* So many items wake a stage that collects them. */
static uint64_t some(const struct gls_pipeline *pipeline)
{
    return pipeline->window / 64;
}

static struct slot *slot_of(struct gls_pipeline *pipeline, uint64_t number)
{
    return &pipeline->slots[number % pipeline->window];
}

bool gls_pipeline_submit(struct gls_pipeline *pipeline, void *item)
{
    pthread_mutex_lock(&pipeline->lock);
    while (!pipeline->stopped && pipeline->submitted - pipeline->released >= pipeline->window) {
        GLS_TIME("the scanner waits");
        pthread_cond_wait(&pipeline->has_space, &pipeline->lock);
    }
    bool accepted = !pipeline->stopped && !gls_cancel_is_requested(pipeline->cancel);
    if (accepted) {
        struct slot *slot = slot_of(pipeline, pipeline->submitted++);
        slot->item = item;
        slot->state = SLOT_FRESH;
        pthread_cond_signal(&pipeline->has_work);
    }
    pthread_mutex_unlock(&pipeline->lock);
    return accepted;
}

void gls_pipeline_release(struct gls_pipeline *pipeline)
{
    pthread_mutex_lock(&pipeline->lock);
    pipeline->released++;
    /* A producer that waits is woken for some items at a time. */
    if (pipeline->window - (pipeline->submitted - pipeline->released) >= pipeline->window / 8)
        pthread_cond_signal(&pipeline->has_space);
    pthread_mutex_unlock(&pipeline->lock);
}

void gls_pipeline_stop(struct gls_pipeline *pipeline)
{
    pthread_mutex_lock(&pipeline->lock);
    pipeline->stopped = true;
    pthread_cond_broadcast(&pipeline->has_space);
    pthread_mutex_unlock(&pipeline->lock);
}

static void run_producer(void *context, unsigned index)
{
    struct gls_pipeline *pipeline = context;
    struct gls_error error = GLS_ERROR_INIT;

    (void)index;
    bool done = pipeline->stages->produce(pipeline->stages->user, pipeline, &error);
    pthread_mutex_lock(&pipeline->lock);
    pipeline->produced_all = true;
    pipeline->produce_failed = !done;
    pipeline->produce_error = error;
    pthread_cond_broadcast(&pipeline->has_work);
    pthread_cond_broadcast(&pipeline->is_worked);
    pthread_cond_broadcast(&pipeline->is_ready);
    pthread_mutex_unlock(&pipeline->lock);
}

/* Nothing can come any more that is to be worked or sequenced. */
static bool is_sequenced(const struct gls_pipeline *pipeline)
{
    return pipeline->produced_all && pipeline->sequenced == pipeline->submitted;
}

/* Waits for something to do; false when nothing can come any more. Rework goes
 * first: items behind it wait for it. */
static bool take_work(struct gls_pipeline *pipeline, uint64_t *number, bool *again)
{
    for (;;) {
        if (pipeline->rework_first < pipeline->rework_end) {
            *number = pipeline->rework[pipeline->rework_first++ % pipeline->window];
            *again = true;
            return true;
        }
        if (pipeline->taken < pipeline->submitted) {
            *number = pipeline->taken++;
            *again = false;
            return true;
        }
        if (is_sequenced(pipeline))
            return false;
        GLS_TIME("a worker waits");
        pthread_cond_wait(&pipeline->has_work, &pipeline->lock);
    }
}

static enum gls_sequence_result sequence_item(struct gls_pipeline *pipeline, void *item)
{
    if (pipeline->stages->sequence == NULL)
        return GLS_SEQUENCE_READY;
    pthread_mutex_unlock(&pipeline->lock);
    enum gls_sequence_result result = pipeline->stages->sequence(pipeline->stages->user, item);
    pthread_mutex_lock(&pipeline->lock);
    return result;
}

static bool next_is_worked(struct gls_pipeline *pipeline)
{
    return pipeline->sequenced < pipeline->submitted &&
           slot_of(pipeline, pipeline->sequenced)->state == SLOT_WORKED;
}

/* To wake the sequencer for each item costs more than its work: some at a time do it, the last
 * one before a worker waits, and the clock. */
static bool is_sequencers_turn(struct gls_pipeline *pipeline)
{
    return next_is_worked(pipeline) && (pipeline->taken - pipeline->sequenced > some(pipeline) ||
                                        pipeline->taken == pipeline->submitted);
}

/* Sequences the next item, and all behind it that are worked as well. */
static void sequence_worked(struct gls_pipeline *pipeline)
{
    while (next_is_worked(pipeline)) {
        struct slot *slot = slot_of(pipeline, pipeline->sequenced);
        if (sequence_item(pipeline, slot->item) == GLS_SEQUENCE_REWORK) {
            slot->state = SLOT_REWORK;
            pipeline->rework[pipeline->rework_end++ % pipeline->window] = pipeline->sequenced;
            pthread_cond_signal(&pipeline->has_work);
        } else {
            slot->state = SLOT_READY;
        }
        pipeline->sequenced++;
        /* The consumer collects: some at a time wake it, and the clock does. */
        if (pipeline->sequenced - pipeline->consumed > some(pipeline))
            pthread_cond_signal(&pipeline->is_ready);
    }
    if (is_sequenced(pipeline)) {
        pthread_cond_broadcast(&pipeline->has_work);
        pthread_cond_broadcast(&pipeline->is_ready);
    }
}

static void run_worker(void *context, unsigned index)
{
    struct gls_pipeline *pipeline = context;
    const struct gls_pipeline_stages *stages = pipeline->stages;
    uint64_t number;
    bool again;

    pthread_mutex_lock(&pipeline->lock);
    while (take_work(pipeline, &number, &again)) {
        struct slot *slot = slot_of(pipeline, number);
        slot->state = SLOT_WORKING;
        pthread_mutex_unlock(&pipeline->lock);
        if (again)
            stages->rework(stages->user, index, slot->item);
        else
            stages->work(stages->user, index, slot->item);
        pthread_mutex_lock(&pipeline->lock);
        slot->state = again ? SLOT_READY : SLOT_WORKED;
        if (again)
            pthread_cond_signal(&pipeline->is_ready);
        else if (stages->sequence == NULL)
            sequence_worked(pipeline);
        else if (is_sequencers_turn(pipeline))
            pthread_cond_signal(&pipeline->is_worked);
    }
    pthread_mutex_unlock(&pipeline->lock);
}

/* A thread of its own where there is something to decide; else the workers pass items on. */
static void run_sequencer(void *context, unsigned index)
{
    struct gls_pipeline *pipeline = context;

    (void)index;
    pthread_mutex_lock(&pipeline->lock);
    while (!is_sequenced(pipeline)) {
        if (!next_is_worked(pipeline))
            gls_cond_wait_ms(&pipeline->is_worked, &pipeline->lock, SEQUENCE_INTERVAL_MS);
        sequence_worked(pipeline);
    }
    pthread_mutex_unlock(&pipeline->lock);
}

static void wait_ready(struct gls_pipeline *pipeline)
{
    GLS_TIME("the caller waits");
    gls_cond_wait_ms(&pipeline->is_ready, &pipeline->lock, IDLE_INTERVAL_MS);
}

static void call_idle(struct gls_pipeline *pipeline, int64_t *last_ms)
{
    if (pipeline->stages->idle == NULL)
        return;
    pthread_mutex_unlock(&pipeline->lock);
    pipeline->stages->idle(pipeline->stages->user, pipeline);
    pthread_mutex_lock(&pipeline->lock);
    *last_ms = gls_clock_ms();
}

/* Runs on the calling thread until everything is consumed. */
static void consume_all(struct gls_pipeline *pipeline)
{
    int64_t last_idle_ms = gls_clock_ms();

    pthread_mutex_lock(&pipeline->lock);
    for (;;) {
        if (pipeline->consumed < pipeline->sequenced &&
            slot_of(pipeline, pipeline->consumed)->state == SLOT_READY) {
            struct slot *slot = slot_of(pipeline, pipeline->consumed++);
            void *item = slot->item;
            slot->state = SLOT_FREE;
            slot->item = NULL;
            pthread_mutex_unlock(&pipeline->lock);
            pipeline->stages->consume(pipeline->stages->user, pipeline, item);
            pthread_mutex_lock(&pipeline->lock);
            if (gls_clock_ms() - last_idle_ms >= IDLE_INTERVAL_MS)
                call_idle(pipeline, &last_idle_ms);
        } else if (pipeline->produced_all && pipeline->consumed == pipeline->submitted) {
            break;
        } else {
            /* A cancel must reach a producer that waits for room. */
            if (gls_cancel_is_requested(pipeline->cancel) && !pipeline->stopped) {
                pipeline->stopped = true;
                pthread_cond_broadcast(&pipeline->has_space);
            }
            wait_ready(pipeline);
            call_idle(pipeline, &last_idle_ms);
        }
    }
    call_idle(pipeline, &last_idle_ms); /* the last progress tells all that was done */
    pthread_mutex_unlock(&pipeline->lock);
}

static bool pipeline_init(struct gls_pipeline *pipeline, const struct gls_pipeline_stages *stages,
                          const struct gls_pipeline_options *options, struct gls_error *error)
{

    *pipeline = (struct gls_pipeline){
        .stages = stages, .cancel = options->cancel, .window = options->window};
    pipeline->slots = calloc(options->window, sizeof *pipeline->slots);
    pipeline->rework = calloc(options->window, sizeof *pipeline->rework);
    if (pipeline->slots == NULL || pipeline->rework == NULL)
        return gls_fail_memory(error);
    pthread_mutex_init(&pipeline->lock, NULL);
    pthread_cond_init(&pipeline->has_space, NULL);
    pthread_cond_init(&pipeline->has_work, NULL);
    gls_cond_init(&pipeline->is_worked);
    gls_cond_init(&pipeline->is_ready);
    return true;
}

static void pipeline_destroy(struct gls_pipeline *pipeline)
{
    pthread_cond_destroy(&pipeline->is_ready);
    pthread_cond_destroy(&pipeline->is_worked);
    pthread_cond_destroy(&pipeline->has_work);
    pthread_cond_destroy(&pipeline->has_space);
    pthread_mutex_destroy(&pipeline->lock);
}

/* Starts the threads in an order in which a failure leaves none waiting: without
 * a producer nothing is submitted, so the others end at once. */
static bool run_threads(struct gls_pipeline *pipeline, unsigned jobs, struct gls_error *error)
{
    struct gls_worker_pool *workers = NULL, *sequencer = NULL, *producer = NULL;
    bool started = gls_worker_pool_start(&workers, jobs, run_worker, pipeline, error) &&
                   (pipeline->stages->sequence == NULL ||
                    gls_worker_pool_start(&sequencer, 1, run_sequencer, pipeline, error)) &&
                   gls_worker_pool_start(&producer, 1, run_producer, pipeline, error);

    if (started) {
        consume_all(pipeline);
        if (pipeline->stages->finish != NULL)
            pipeline->stages->finish(pipeline->stages->user, pipeline);
    } else {
        pthread_mutex_lock(&pipeline->lock);
        pipeline->produced_all = true;
        pthread_cond_broadcast(&pipeline->has_work);
        pthread_cond_broadcast(&pipeline->is_worked);
        pthread_mutex_unlock(&pipeline->lock);
    }
    gls_worker_pool_join(producer);
    gls_worker_pool_join(sequencer);
    gls_worker_pool_join(workers);
    if (started && pipeline->produce_failed) {
        *error = pipeline->produce_error;
        return false;
    }
    return started;
}

bool gls_pipeline_run(const struct gls_pipeline_stages *stages,
                      const struct gls_pipeline_options *options, struct gls_error *error)
{
    struct gls_pipeline pipeline;
    bool ok = pipeline_init(&pipeline, stages, options, error);

    if (ok) {
        ok = run_threads(&pipeline, options->jobs, error);
        pipeline_destroy(&pipeline);
    }
    free(pipeline.rework);
    free(pipeline.slots);
    return ok;
}
