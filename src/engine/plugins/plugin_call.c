/* SPDX-License-Identifier: MIT */
#include "engine/plugins/plugin_call.h"
#include "base/thread/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct gls_plugin_call *gls_plugin_call_new(enum gls_plugin_hook hook, struct gls_plugin_file *file)
{
    struct gls_plugin_call *call = calloc(1, sizeof *call);

    if (call == NULL)
        return NULL;
    call->hook = hook;
    call->file = gls_plugin_file_share(file);
    gls_cond_init(&call->is_answered);
    return call;
}

void gls_plugin_call_free(struct gls_plugin_call *call)
{
    pthread_cond_destroy(&call->is_answered);
    gls_plugin_file_drop(call->file);
    free(call);
}

void gls_plugin_call_set_reason(struct gls_plugin_call *call, const char *text)
{
    snprintf(call->reply.reason, sizeof call->reply.reason, "%s", text);
}

static bool is_result_of(enum gls_plugin_hook hook, int result)
{
    switch (result) {
    case GLS_PLUGIN_OK:
    case GLS_PLUGIN_ERROR:
        return true;
    case GLS_PLUGIN_VETO:
        return hook == GLS_HOOK_BEFORE;
    case GLS_PLUGIN_KEEP:
    case GLS_PLUGIN_REFUSE:
        return hook == GLS_HOOK_AFTER;
    case GLS_PLUGIN_STOP:
        return hook == GLS_HOOK_AFTER || hook == GLS_HOOK_BATCH;
    default:
        return false;
    }
}

void gls_plugin_call_check(struct gls_plugin_call *call)
{
    if (!is_result_of(call->hook, call->result)) {
        call->result = GLS_PLUGIN_ERROR;
        gls_plugin_call_set_reason(call, "returned a value that is no result of this hook");
    }
    call->reply.reason[sizeof call->reply.reason - 1] = '\0';
    if (call->result != GLS_PLUGIN_OK && call->result != GLS_PLUGIN_KEEP &&
        call->reply.reason[0] == '\0')
        gls_plugin_call_set_reason(call,
                                   call->result == GLS_PLUGIN_VETO ? "gave no reason" : "failed");
}

void gls_plugin_calls_add(struct gls_plugin_calls *calls, struct gls_plugin_call *call)
{
    struct gls_plugin_call **place = &calls->first;

    if (call->hook == GLS_HOOK_BEFORE) {
        while (*place != NULL && (*place)->hook == GLS_HOOK_BEFORE)
            place = &(*place)->next;
        call->next = *place;
        *place = call;
        if (call->next == NULL)
            calls->last = call;
        return;
    }
    if (calls->last != NULL)
        calls->last->next = call;
    else
        calls->first = call;
    calls->last = call;
}

void gls_plugin_calls_remove(struct gls_plugin_calls *calls, struct gls_plugin_call *call)
{
    struct gls_plugin_call *previous = NULL;

    for (struct gls_plugin_call *at = calls->first; at != call; at = at->next)
        previous = at;
    if (previous != NULL)
        previous->next = call->next;
    else
        calls->first = call->next;
    if (calls->last == call)
        calls->last = previous;
    call->next = NULL;
}
