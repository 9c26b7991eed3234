/* SPDX-License-Identifier: MIT */
#include "engine/plugins/plugin_delivery.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/thread/cancel.h"
#include "base/thread/clock.h"
#include "base/thread/worker_pool.h"

enum { PAGE = 256, TICK_MS = 100, BACK_OFF_MAX_S = 60 };
static const double COMMIT_AGE_S = 1;

/* Threads: the one that delivers, and the callers. `lock` guards what is below it. */
struct gls_plugin_delivery {
    struct gls_plugin_delivery_options options;
    struct gls_worker_pool *thread;
    /* The delivering thread's: */
    struct gls_plugin_queue queue;
    struct gls_db_batch
        *results; /* what has become of items; a commit of it is a flush, so it is
                   * made when somebody waits for it, or the oldest is a second old */
    double results_since_s;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t asked;   /* how often somebody said that there may be items */
    uint64_t awaited; /* the last of these that somebody waits for */
    uint64_t tried;   /* up to which of these all items were tried ... */
    uint64_t done;    /* ... and what became of them is recorded */
    bool is_stopping;
};

static bool may_go_on(struct gls_plugin_delivery *delivery)
{
    pthread_mutex_lock(&delivery->lock);
    bool stopping = delivery->is_stopping;
    pthread_mutex_unlock(&delivery->lock);
    return !stopping && !gls_cancel_is_requested(delivery->options.cancel) &&
           !gls_plugin_lane_rests(delivery->options.lane, NULL);
}

/* ---- Trying again ----------------------------------------------------------------- */

/* Between half and all of it, so that many that failed together do not come together. */
static double jitter(double seconds)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return seconds * (0.5 + (double)(now.tv_nsec % 1000) / 2000);
}

/* False: there is a reason not to try again. */
static bool back_off(struct gls_plugin_delivery *delivery, unsigned attempt,
                     const struct gls_plugin_reply *reply)
{
    struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};
    double wait_s =
        delivery->options.limits.backoff_s * (double)(1u << (attempt < 6 ? attempt : 6));

    if (reply->retry_after_s > 0)
        wait_s = reply->retry_after_s;
    else
        wait_s = jitter(wait_s);
    if (wait_s > BACK_OFF_MAX_S)
        return false;
    double until_s = gls_clock_s() + wait_s;
    while (gls_clock_s() < until_s) {
        if (!may_go_on(delivery))
            return false;
        nanosleep(&tick, NULL);
    }
    return may_go_on(delivery);
}

static int try_again(struct gls_plugin_delivery *delivery, const struct gls_plugin_item *item,
                     struct gls_plugin_reply *reply)
{
    struct gls_plugin_lane *lane = delivery->options.lane;
    int result = GLS_PLUGIN_ERROR;

    for (unsigned i = 0; result == GLS_PLUGIN_ERROR && i < delivery->options.limits.retries; i++) {
        if (!back_off(delivery, i, reply))
            break;
        struct gls_plugin_reply next;
        int again = gls_plugin_lane_wait(
            lane, gls_plugin_lane_post(lane, GLS_HOOK_AFTER, item->file), &next);
        if (again == GLS_PLUGIN_NOT_CALLED)
            break;
        result = again;
        *reply = next;
    }
    return result;
}

/* ---- A page ------------------------------------------------------------------------- */

static bool has_results(const struct gls_plugin_delivery *delivery)
{
    return !gls_db_batch_is_empty(delivery->results);
}

static bool are_results_old(const struct gls_plugin_delivery *delivery)
{
    return has_results(delivery) && gls_clock_s() - delivery->results_since_s >= COMMIT_AGE_S;
}

/* Without its outbox a plugin rests. */
static void fail(struct gls_plugin_delivery *delivery, const struct gls_error *error)
{
    gls_plugin_lane_rest(delivery->options.lane, error->message);
}

static bool commit(struct gls_plugin_delivery *delivery)
{
    struct gls_error error = GLS_ERROR_INIT;
    bool ok = gls_db_writer_commit(delivery->options.writer, delivery->results, &error);

    if (!ok)
        fail(delivery, &error);
    gls_db_batch_clear(delivery->results);
    return ok;
}

static bool add_result(struct gls_plugin_delivery *delivery, const struct gls_plugin_item *item,
                       int result, const struct gls_plugin_reply *reply)
{
    struct gls_error error = GLS_ERROR_INIT;

    if (!has_results(delivery))
        delivery->results_since_s = gls_clock_s();
    if (gls_plugin_queue_set(delivery->results, item, result, reply))
        return !are_results_old(delivery) || commit(delivery);
    gls_fail_memory(&error);
    fail(delivery, &error);
    return false;
}

static void emit_failure(struct gls_plugin_delivery *delivery, const struct gls_plugin_item *item,
                         int result, const char *reason)
{
    if (result == GLS_PLUGIN_ERROR || result == GLS_PLUGIN_ABANDONED || result == GLS_PLUGIN_REFUSE)
        gls_plugin_messages_add(delivery->options.messages, delivery->options.name,
                                "%s stays queued: %s",
                                gls_plugin_file_record(item->file)->destination, reason);
}

struct answer {
    int result;
    struct gls_plugin_reply reply;
};

static bool take_answer(struct gls_plugin_delivery *delivery, const struct gls_plugin_item *item,
                        struct answer *answer)
{
    struct gls_plugin_reply *reply = &answer->reply;
    int result = answer->result;

    /* One that hung is left to the next run: each try would cost a thread. */
    if (result == GLS_PLUGIN_ERROR)
        result = try_again(delivery, item, reply);
    if (result == GLS_PLUGIN_NOT_CALLED)
        return true;
    emit_failure(delivery, item, result, reply->reason);
    return add_result(delivery, item, result, reply);
}

static void post_items(struct gls_plugin_delivery *delivery, struct gls_plugin_call **calls,
                       const struct gls_plugin_item *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        calls[i] = gls_plugin_call_new(GLS_HOOK_AFTER, items[i].file);
        if (calls[i] != NULL)
            calls[i]->may_be_postponed = true;
    }
    gls_plugin_lane_post_all(delivery->options.lane, calls, count);
}

/* All at once: a thread of the plugin that goes from file to file wakes nobody between
 * them, and this one sleeps until the last of them, or a tick, has passed. One that fails
 * is tried again before those behind it are called. False: it rests. */
static bool deliver_items(struct gls_plugin_delivery *delivery, const struct gls_plugin_item *items,
                          size_t count)
{
    struct gls_plugin_lane *lane = delivery->options.lane;
    struct gls_plugin_call *calls[PAGE];
    struct answer answer;
    size_t next = 0;
    bool ok = true;

    while (ok && next < count && may_go_on(delivery)) {
        size_t first = next;
        post_items(delivery, calls + first, items + first, count - first);
        next = count;
        for (size_t i = first; i < count; i++) {
            /* For up to a tenth of a second: what ends meanwhile wakes nobody. */
            (void)gls_plugin_lane_has_ended(lane, calls[count - 1]);
            answer.result = gls_plugin_lane_wait(lane, calls[i], &answer.reply);
            if (answer.result == GLS_PLUGIN_POSTPONED)
                next = i < next ? i : next;
            else
                ok = ok && take_answer(delivery, &items[i], &answer);
        }
    }
    return ok;
}

/* False: there was nothing left, or it rests. */
static bool deliver_page(struct gls_plugin_delivery *delivery)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_plugin_item *items = NULL;
    size_t count = 0;
    bool ok = gls_plugin_queue_read(&items, &count, &delivery->queue, PAGE, &error);

    if (!ok)
        fail(delivery, &error);
    ok = ok && deliver_items(delivery, items, count) && count > 0;
    gls_plugin_items_free(items, count);
    return ok;
}

/* ---- The thread ------------------------------------------------------------------------ */

/* Waits for something to do. Called with the lock held. */
static void wait_for_more(struct gls_plugin_delivery *delivery)
{
    if (has_results(delivery))
        gls_cond_wait_ms(&delivery->changed, &delivery->lock, TICK_MS);
    else
        pthread_cond_wait(&delivery->changed, &delivery->lock);
}

static void run_delivery(void *context, unsigned index)
{
    struct gls_plugin_delivery *delivery = context;

    (void)index;
    pthread_mutex_lock(&delivery->lock);
    while (!delivery->is_stopping) {
        uint64_t asked = delivery->asked;
        bool has_more = delivery->tried < asked;
        bool is_due = delivery->done < delivery->awaited || are_results_old(delivery);
        if (!has_more && !is_due) {
            wait_for_more(delivery);
            continue;
        }
        pthread_mutex_unlock(&delivery->lock);
        while (has_more && may_go_on(delivery) && deliver_page(delivery))
            continue;
        if (is_due)
            commit(delivery);
        pthread_mutex_lock(&delivery->lock);
        delivery->tried = asked;
        if (!has_results(delivery))
            delivery->done = asked;
        pthread_cond_broadcast(&delivery->changed);
    }
    pthread_mutex_unlock(&delivery->lock);
    commit(delivery);
}

bool gls_plugin_delivery_start(struct gls_plugin_delivery **out,
                               const struct gls_plugin_delivery_options *options,
                               struct gls_error *error)
{
    struct gls_plugin_delivery *delivery = calloc(1, sizeof *delivery);

    *out = NULL;
    if (delivery == NULL)
        return gls_fail_memory(error);
    delivery->options = *options;
    if (delivery->options.limits.parallel > PAGE)
        delivery->options.limits.parallel = PAGE;
    delivery->queue = (struct gls_plugin_queue){
        .library = options->library, .plugin = options->name, .hook = GLS_QUEUE_AFTER};
    pthread_mutex_init(&delivery->lock, NULL);
    gls_cond_init(&delivery->changed);
    delivery->results = gls_db_batch_new();
    bool ok = (delivery->results != NULL || gls_fail_memory(error)) &&
              gls_reader_open(&delivery->queue.reader, options->library, error) &&
              gls_worker_pool_start(&delivery->thread, 1, run_delivery, delivery, error);
    if (ok)
        *out = delivery;
    else
        gls_plugin_delivery_stop(delivery);
    return ok;
}

static uint64_t ask(struct gls_plugin_delivery *delivery, bool waits)
{
    pthread_mutex_lock(&delivery->lock);
    uint64_t ticket = ++delivery->asked;
    if (waits)
        delivery->awaited = ticket;
    pthread_cond_broadcast(&delivery->changed);
    pthread_mutex_unlock(&delivery->lock);
    return ticket;
}

void gls_plugin_delivery_notify(struct gls_plugin_delivery *delivery)
{
    ask(delivery, false);
}

uint64_t gls_plugin_delivery_ask(struct gls_plugin_delivery *delivery)
{
    return ask(delivery, true);
}

bool gls_plugin_delivery_is_done(struct gls_plugin_delivery *delivery, uint64_t ticket)
{
    pthread_mutex_lock(&delivery->lock);
    if (delivery->done < ticket)
        gls_cond_wait_ms(&delivery->changed, &delivery->lock, TICK_MS);
    bool done = delivery->done >= ticket;
    pthread_mutex_unlock(&delivery->lock);
    return done;
}

void gls_plugin_delivery_stop(struct gls_plugin_delivery *delivery)
{
    if (delivery == NULL)
        return;
    pthread_mutex_lock(&delivery->lock);
    delivery->is_stopping = true;
    pthread_cond_broadcast(&delivery->changed);
    pthread_mutex_unlock(&delivery->lock);
    gls_worker_pool_join(delivery->thread);
    gls_reader_close(delivery->queue.reader);
    gls_db_batch_free(delivery->results);
    pthread_cond_destroy(&delivery->changed);
    pthread_mutex_destroy(&delivery->lock);
    free(delivery);
}
