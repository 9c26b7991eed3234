/* SPDX-License-Identifier: MIT */
#include "engine/plugins/plugin_lane.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/thread/clock.h"
#include "base/thread/worker_pool.h"

enum { FAILURES_MAX = 5, TICK_MS = 100 };

struct gls_lane_thread {
    struct gls_plugin_lane *lane;
    pthread_t thread;
    bool is_started;
    bool is_lost; /* its call was abandoned and has not returned */
};

/* Threads: those of the lane, and any number of callers. `lock` guards everything
 * below it. The memory belongs to the owner and to every thread together: a thread
 * that is lost may return after the lane was closed. */
struct gls_plugin_lane {
    struct gls_plugin plugin;
    struct gls_plugin_services *services;
    struct gls_plugin_limits limits;
    void *self;

    pthread_mutex_t lock;
    pthread_cond_t has_call;
    unsigned owners;
    struct gls_plugin_calls calls;
    double next_call_s; /* when max_per_second allows the next one */
    unsigned lost;
    unsigned failures_in_row;
    bool is_initialized;
    bool rests;
    char rest_reason[GLS_PLUGIN_REASON_SIZE];
    bool is_closing;
    unsigned thread_count;
    struct gls_lane_thread threads[];
};

/* ---- Results ----------------------------------------------------------------- */

static void start_rest(struct gls_plugin_lane *lane, const char *why)
{
    if (lane->rests)
        return;
    lane->rests = true;
    snprintf(lane->rest_reason, sizeof lane->rest_reason, "%s", why);
}

static void answer(struct gls_plugin_call *call)
{
    call->is_done = true;
    pthread_cond_signal(&call->is_answered);
}

static void postpone_calls(struct gls_plugin_lane *lane)
{
    struct gls_plugin_call *next;

    for (struct gls_plugin_call *call = lane->calls.first; call != NULL; call = next) {
        next = call->next;
        if (!call->may_be_postponed)
            continue;
        gls_plugin_calls_remove(&lane->calls, call);
        call->result = GLS_PLUGIN_POSTPONED;
        answer(call);
    }
}

/* Counts failures in a row. */
static void take_result(struct gls_plugin_lane *lane, struct gls_plugin_call *call)
{
    char why[GLS_PLUGIN_REASON_SIZE];

    gls_plugin_call_check(call);
    if (call->result == GLS_PLUGIN_STOP)
        start_rest(lane, call->reply.reason);
    lane->failures_in_row = call->result == GLS_PLUGIN_ERROR ? lane->failures_in_row + 1 : 0;
    if (call->result == GLS_PLUGIN_ERROR && call->hook == GLS_HOOK_AFTER)
        postpone_calls(lane);
    if (lane->failures_in_row >= FAILURES_MAX) {
        snprintf(why, sizeof why, "%d failures in a row, the last: %.440s", FAILURES_MAX,
                 call->reply.reason);
        start_rest(lane, why);
    }
}

/* Why a call that waits still is not to be made; NULL: it is. */
static const char *why_withdrawn(const struct gls_plugin_lane *lane,
                                 const struct gls_plugin_call *call)
{
    bool is_file = call->hook == GLS_HOOK_BEFORE || call->hook == GLS_HOOK_AFTER;

    if (lane->rests && call->hook != GLS_HOOK_CLOSE)
        return lane->rest_reason;
    if (is_file && gls_plugin_services_is_cancelled(lane->services))
        return "the run was interrupted";
    return NULL;
}

/* Then that is its answer. */
static bool is_withdrawn(const struct gls_plugin_lane *lane, struct gls_plugin_call *call)
{
    const char *why = why_withdrawn(lane, call);

    if (why == NULL)
        return false;
    gls_plugin_call_set_reason(call, why);
    call->result = GLS_PLUGIN_NOT_CALLED;
    return true;
}

/* ---- The threads --------------------------------------------------------------- */

static int invoke(struct gls_plugin_lane *lane, struct gls_plugin_call *call)
{
    const struct gls_plugin *plugin = &lane->plugin;
    struct gls_plugin_host *host = gls_plugin_services_host(lane->services);
    const struct gls_plugin_record *record = gls_plugin_file_record(call->file);

    switch (call->hook) {
    case GLS_HOOK_INIT:
        return plugin->init == NULL || plugin->init(&lane->self, host, &call->reply)
                   ? GLS_PLUGIN_OK
                   : GLS_PLUGIN_ERROR;
    case GLS_HOOK_BEFORE:
        return (int)plugin->before(lane->self, host, record, &call->reply);
    case GLS_HOOK_AFTER:
        return (int)plugin->after(lane->self, host, record, &call->reply);
    case GLS_HOOK_BATCH:
        return (int)plugin->batch(lane->self, host, &call->reply);
    case GLS_HOOK_CLOSE:
        plugin->close(lane->self, host);
        break;
    }
    return GLS_PLUGIN_OK;
}

/* Waits, unlocked, for the time at which max_per_second allows the next call; no longer
 * than until none is to be made. */
static void pace(struct gls_plugin_lane *lane)
{
    double now_s = gls_clock_s();
    double slot_s = lane->next_call_s > now_s ? lane->next_call_s : now_s;
    struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};

    lane->next_call_s = slot_s + 1 / lane->limits.max_per_second;
    pthread_mutex_unlock(&lane->lock);
    while (now_s < slot_s && !gls_plugin_services_is_cancelled(lane->services) &&
           !gls_plugin_lane_rests(lane, NULL)) {
        if (slot_s - now_s < TICK_MS / 1000.0)
            tick.tv_nsec = (long)((slot_s - now_s) * 1e9) + 1;
        nanosleep(&tick, NULL);
        now_s = gls_clock_s();
    }
    pthread_mutex_lock(&lane->lock);
}

/* Runs the first call of the queue. Called and left with the lock held. */
static void run_next(struct gls_plugin_lane *lane, struct gls_lane_thread *thread)
{
    struct gls_plugin_call *call = lane->calls.first;

    gls_plugin_calls_remove(&lane->calls, call);
    if (is_withdrawn(lane, call)) {
        answer(call);
        return;
    }
    call->thread = thread;
    if (call->hook == GLS_HOOK_AFTER && lane->limits.max_per_second > 0) {
        call->started_s = gls_clock_s() + 1e9; /* its time does not run yet */
        pace(lane);
        if (is_withdrawn(lane, call)) {
            answer(call);
            return;
        }
    }
    call->started_s = gls_clock_s();
    pthread_mutex_unlock(&lane->lock);
    int result = invoke(lane, call);
    pthread_mutex_lock(&lane->lock);
    if (call->is_abandoned) {
        thread->is_lost = false;
        lane->lost--;
        gls_plugin_call_free(call);
        return;
    }
    call->result = result;
    take_result(lane, call);
    answer(call);
}

/* Called with the lock held; gives it up. */
static void leave(struct gls_plugin_lane *lane)
{
    bool is_last = --lane->owners == 0;

    pthread_mutex_unlock(&lane->lock);
    if (!is_last)
        return;
    gls_plugin_services_free(lane->services);
    pthread_cond_destroy(&lane->has_call);
    pthread_mutex_destroy(&lane->lock);
    free(lane);
}

static void *run_lane(void *argument)
{
    struct gls_lane_thread *thread = argument;
    struct gls_plugin_lane *lane = thread->lane;

    pthread_mutex_lock(&lane->lock);
    for (;;) {
        while (lane->calls.first == NULL && !lane->is_closing)
            pthread_cond_wait(&lane->has_call, &lane->lock);
        if (lane->calls.first == NULL)
            break;
        run_next(lane, thread);
    }
    leave(lane);
    return NULL;
}

/* Signals are the calling program's; SIGPIPE would end it. */
static bool start_threads(struct gls_plugin_lane *lane, struct gls_error *error)
{
    sigset_t all, before;
    int cause = 0;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    for (unsigned i = 0; i < lane->limits.parallel && cause == 0; i++) {
        struct gls_lane_thread *thread = &lane->threads[i];
        thread->lane = lane;
        cause = pthread_create(&thread->thread, NULL, run_lane, thread);
        thread->is_started = cause == 0;
        if (cause == 0) {
            lane->owners++;
            lane->thread_count++;
        }
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return lane->thread_count > 0 || gls_fail_thread(error, cause);
}

/* ---- Calling ------------------------------------------------------------------- */

struct gls_plugin_call *gls_plugin_lane_post(struct gls_plugin_lane *lane,
                                             enum gls_plugin_hook hook,
                                             struct gls_plugin_file *file)
{
    struct gls_plugin_call *call = gls_plugin_call_new(hook, file);

    gls_plugin_lane_post_all(lane, &call, 1);
    return call;
}

void gls_plugin_lane_post_all(struct gls_plugin_lane *lane, struct gls_plugin_call *const *calls,
                              size_t count)
{
    pthread_mutex_lock(&lane->lock);
    for (size_t i = 0; i < count; i++) {
        if (calls[i] != NULL)
            gls_plugin_calls_add(&lane->calls, calls[i]);
    }
    pthread_mutex_unlock(&lane->lock);
    /* Unlocked, or who wakes would first wait for the lock. */
    if (count == 1)
        pthread_cond_signal(&lane->has_call);
    else
        pthread_cond_broadcast(&lane->has_call);
}

/* When its time is over; in batch() each call of the host begins it anew. */
static double deadline_s(const struct gls_plugin_lane *lane, const struct gls_plugin_call *call)
{
    double begin_s = call->started_s;
    double alive_s = gls_plugin_services_alive_s(lane->services);

    if (call->hook == GLS_HOOK_BATCH && alive_s > begin_s)
        begin_s = alive_s;
    return begin_s + lane->limits.timeout_ms / 1000.0;
}

static void abandon_call(struct gls_plugin_lane *lane, struct gls_plugin_call *call,
                         const char *why)
{
    call->result = GLS_PLUGIN_ERROR;
    gls_plugin_call_set_reason(call, why);
    take_result(lane, call);
    call->result = GLS_PLUGIN_ABANDONED;
}

/* Ends a call that no thread will take, or whose time is over. */
static void check_call(struct gls_plugin_lane *lane, struct gls_plugin_call *call)
{
    char why[96];

    if (call->thread != NULL) {
        if (gls_clock_s() < deadline_s(lane, call))
            return;
        snprintf(why, sizeof why, "did not return within %.3g s and was abandoned",
                 lane->limits.timeout_ms / 1000.0);
        abandon_call(lane, call, why);
        call->is_abandoned = true;
        call->thread->is_lost = true;
        lane->lost++;
    } else if (is_withdrawn(lane, call)) {
        gls_plugin_calls_remove(&lane->calls, call);
        call->is_done = true;
    } else if (lane->lost == lane->thread_count) {
        gls_plugin_calls_remove(&lane->calls, call);
        abandon_call(lane, call, "still hangs in an earlier call");
        call->is_done = true;
    }
}

/* Would check_call() end it? */
static bool is_over(const struct gls_plugin_lane *lane, const struct gls_plugin_call *call)
{
    if (call->thread != NULL)
        return gls_clock_s() >= deadline_s(lane, call);
    return why_withdrawn(lane, call) != NULL || lane->lost == lane->thread_count;
}

static void wait_a_tick(struct gls_plugin_lane *lane, struct gls_plugin_call *call)
{
    gls_cond_wait_ms(&call->is_answered, &lane->lock, TICK_MS);
}

int gls_plugin_lane_wait(struct gls_plugin_lane *lane, struct gls_plugin_call *call,
                         struct gls_plugin_reply *reply)
{
    if (call == NULL) {
        *reply = (struct gls_plugin_reply){.reason = "out of memory"};
        return GLS_PLUGIN_ERROR;
    }
    pthread_mutex_lock(&lane->lock);
    for (;;) {
        if (!call->is_done)
            check_call(lane, call);
        if (call->is_done || call->is_abandoned)
            break;
        wait_a_tick(lane, call);
    }
    int result = call->result;
    *reply = call->reply;
    if (call->is_done)
        gls_plugin_call_free(call);
    pthread_mutex_unlock(&lane->lock);
    return result;
}

bool gls_plugin_lane_has_ended(struct gls_plugin_lane *lane, struct gls_plugin_call *call)
{
    if (call == NULL)
        return true;
    pthread_mutex_lock(&lane->lock);
    if (!call->is_done)
        wait_a_tick(lane, call);
    bool ended = call->is_done || is_over(lane, call);
    pthread_mutex_unlock(&lane->lock);
    return ended;
}

bool gls_plugin_lane_rests(struct gls_plugin_lane *lane, char *why)
{
    pthread_mutex_lock(&lane->lock);
    bool rests = lane->rests;
    if (rests && why != NULL)
        memcpy(why, lane->rest_reason, GLS_PLUGIN_REASON_SIZE);
    pthread_mutex_unlock(&lane->lock);
    return rests;
}

void gls_plugin_lane_rest(struct gls_plugin_lane *lane, const char *why)
{
    pthread_mutex_lock(&lane->lock);
    start_rest(lane, why);
    pthread_mutex_unlock(&lane->lock);
}

/* ---- Life ------------------------------------------------------------------------ */

static bool initialize(struct gls_plugin_lane *lane, struct gls_error *error)
{
    struct gls_plugin_reply reply;

    if (gls_plugin_lane_wait(lane, gls_plugin_lane_post(lane, GLS_HOOK_INIT, NULL), &reply) !=
        GLS_PLUGIN_OK)
        return gls_fail(error, GLS_ERROR_UNSUPPORTED, "%s", reply.reason);
    lane->is_initialized = true;
    return true;
}

bool gls_plugin_lane_open(struct gls_plugin_lane **out, const struct gls_plugin *plugin,
                          struct gls_plugin_services *services,
                          const struct gls_plugin_limits *limits, struct gls_error *error)
{
    struct gls_plugin_lane *lane =
        calloc(1, sizeof *lane + limits->parallel * sizeof lane->threads[0]);

    *out = NULL;
    if (lane == NULL) {
        gls_plugin_services_free(services);
        return gls_fail_memory(error);
    }
    lane->plugin = *plugin;
    lane->services = services;
    lane->limits = *limits;
    lane->owners = 1;
    pthread_mutex_init(&lane->lock, NULL);
    pthread_cond_init(&lane->has_call, NULL);
    if (!start_threads(lane, error) || !initialize(lane, error)) {
        gls_plugin_lane_close(lane);
        return false;
    }
    *out = lane;
    return true;
}

/* Threads are waited for, less those that hang: they keep what they use alive. */
static void end_threads(struct gls_plugin_lane *lane)
{
    for (unsigned i = 0; i < lane->limits.parallel; i++) {
        struct gls_lane_thread *thread = &lane->threads[i];
        if (!thread->is_started)
            continue;
        pthread_mutex_lock(&lane->lock);
        bool is_lost = thread->is_lost;
        pthread_mutex_unlock(&lane->lock);
        if (is_lost)
            pthread_detach(thread->thread);
        else
            pthread_join(thread->thread, NULL);
    }
}

void gls_plugin_lane_close(struct gls_plugin_lane *lane)
{
    struct gls_plugin_reply reply;

    if (lane == NULL)
        return;
    pthread_mutex_lock(&lane->lock);
    bool may_close = lane->is_initialized && lane->lost == 0 && lane->plugin.close != NULL;
    pthread_mutex_unlock(&lane->lock);
    if (may_close)
        (void)gls_plugin_lane_wait(lane, gls_plugin_lane_post(lane, GLS_HOOK_CLOSE, NULL), &reply);
    gls_plugin_services_end(lane->services);
    pthread_mutex_lock(&lane->lock);
    lane->is_closing = true;
    pthread_cond_broadcast(&lane->has_call);
    pthread_mutex_unlock(&lane->lock);
    end_threads(lane);
    pthread_mutex_lock(&lane->lock);
    leave(lane);
}
