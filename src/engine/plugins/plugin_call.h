/* SPDX-License-Identifier: MIT */
/*
 * plugin_call - one call of a plugin's function, and the queue in which calls wait for a
 * thread of the plugin's lane (plugin_lane.h). Nothing here takes a lock.
 */
#ifndef GLS_ENGINE_PLUGINS_PLUGIN_CALL_H
#define GLS_ENGINE_PLUGINS_PLUGIN_CALL_H

#include <pthread.h>

#include "engine/plugins/plugin_record.h"

enum gls_plugin_hook {
    GLS_HOOK_INIT,
    GLS_HOOK_BEFORE,
    GLS_HOOK_AFTER,
    GLS_HOOK_BATCH,
    GLS_HOOK_CLOSE
};

/* Beside enum gls_plugin_result: the plugin rests, or the run was cancelled before the
 * call began; the call was abandoned, or no thread is left that could make it; a call
 * before it failed. */
enum { GLS_PLUGIN_NOT_CALLED = 100, GLS_PLUGIN_ABANDONED = 101, GLS_PLUGIN_POSTPONED = 102 };

enum { GLS_PLUGIN_REASON_SIZE = sizeof(((struct gls_plugin_reply *)0)->reason) };

/* A call belongs to its caller until it is abandoned, then to the thread that runs
 * it. All fields but `hook`, `may_be_postponed` and `file` are guarded by the lane's lock. */
struct gls_plugin_call {
    struct gls_plugin_call *next;
    enum gls_plugin_hook hook;
    bool may_be_postponed; /* set before it is posted */
    struct gls_plugin_file *file;
    struct gls_lane_thread *thread; /* that runs it; NULL: none yet */
    double started_s;
    bool is_done;
    bool is_abandoned;
    int result;
    struct gls_plugin_reply reply;
    pthread_cond_t is_answered; /* by the monotonic clock */
};

/* Shares `file`, which may be NULL. NULL: no memory. */
struct gls_plugin_call *gls_plugin_call_new(enum gls_plugin_hook hook,
                                            struct gls_plugin_file *file);
void gls_plugin_call_free(struct gls_plugin_call *call);
void gls_plugin_call_set_reason(struct gls_plugin_call *call, const char *text);
/* Makes an error of a result that the hook may not return, and sees to it that the reason
 * ends and, where there has to be one, is not empty. */
void gls_plugin_call_check(struct gls_plugin_call *call);

struct gls_plugin_calls {
    struct gls_plugin_call *first, *last;
};
/* Appends the call; one of before() goes ahead of all others, for a worker waits for it. */
void gls_plugin_calls_add(struct gls_plugin_calls *calls, struct gls_plugin_call *call);
/* Takes out a call that is in the queue. */
void gls_plugin_calls_remove(struct gls_plugin_calls *calls, struct gls_plugin_call *call);

#endif
