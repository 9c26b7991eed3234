/* SPDX-License-Identifier: MIT */
/*
 * plugin_lane - the threads that call one plugin, and all that is decided about its
 * calls: how many at once, how fast, how long, and when it is to rest.
 *
 * A call waits in the lane's queue (before goes ahead of after) until a thread takes
 * it. One that takes longer than the limit is abandoned: its caller goes on, and its
 * thread, which cannot be stopped, is lost to the lane until the plugin returns. A
 * lane whose threads are all lost fails every call at once. Five failures in a row,
 * or a STOP, and the plugin rests: nothing is called until the lane is closed.
 */
#ifndef GLS_ENGINE_PLUGINS_PLUGIN_LANE_H
#define GLS_ENGINE_PLUGINS_PLUGIN_LANE_H

#include "engine/plugins/plugin_call.h"
#include "engine/plugins/plugin_services.h"

struct gls_plugin_limits {
    unsigned parallel;     /* threads; 1 for a plugin of one thread */
    double max_per_second; /* calls of after; 0: as many as it takes */
    unsigned retries;      /* of after, within a run */
    double backoff_s;      /* before the first of these; doubled before each other */
    unsigned timeout_ms;   /* of a call */
    bool required;
};

struct gls_plugin_lane;

/* Starts the threads and runs init(). Takes `services`, also on failure; copies
 * `plugin`. */
bool gls_plugin_lane_open(struct gls_plugin_lane **out, const struct gls_plugin *plugin,
                          struct gls_plugin_services *services,
                          const struct gls_plugin_limits *limits, struct gls_error *error);
/* Runs close() unless a call still hangs, and ends the threads that can be ended. No
 * call may be waited for any more. NULL is allowed. */
void gls_plugin_lane_close(struct gls_plugin_lane *lane);

/* Queues a call, which shares `file` (may be NULL). NULL: no memory. */
struct gls_plugin_call *gls_plugin_lane_post(struct gls_plugin_lane *lane,
                                             enum gls_plugin_hook hook,
                                             struct gls_plugin_file *file);
/* The same for calls of after() that the caller has made, all at once; a NULL is passed
 * over. When one fails, those that may be postponed and have not begun end as POSTPONED:
 * the caller first tries that one again. */
void gls_plugin_lane_post_all(struct gls_plugin_lane *lane, struct gls_plugin_call *const *calls,
                              size_t count);
/* Waits for its end, or for its time to be over, and frees the call (NULL: ERROR). An
 * enum gls_plugin_result or one of plugin_call.h; the reply's reason is never empty
 * after ERROR, VETO, REFUSE, STOP, NOT_CALLED and ABANDONED. */
int gls_plugin_lane_wait(struct gls_plugin_lane *lane, struct gls_plugin_call *call,
                         struct gls_plugin_reply *reply);
/* Has the call ended, so that waiting for it takes no time? Waits for up to a tenth of a
 * second. */
bool gls_plugin_lane_has_ended(struct gls_plugin_lane *lane, struct gls_plugin_call *call);
/* Is it resting? Then `why` (GLS_PLUGIN_REASON_SIZE bytes; may be NULL) says so. */
bool gls_plugin_lane_rests(struct gls_plugin_lane *lane, char *why);
/* Has it to rest from now on? */
void gls_plugin_lane_rest(struct gls_plugin_lane *lane, const char *why);

#endif
