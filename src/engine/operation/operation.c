/* SPDX-License-Identifier: MIT */
#include "engine/operation/operation.h"

#include <time.h>

#include "base/worker_pool.h"

double gls_op_now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

unsigned gls_op_jobs(unsigned asked, const struct gls_config *config)
{
    unsigned jobs = asked != 0 || config == NULL ? asked : config->jobs;

    if (jobs == 0)
        jobs = gls_cpu_count();
    return jobs < GLS_JOBS_MAX ? jobs : GLS_JOBS_MAX;
}

void gls_op_tell(const struct gls_callbacks *callbacks, const char *text)
{
    if (callbacks != NULL && callbacks->on_message != NULL)
        callbacks->on_message(callbacks->user, text);
}
