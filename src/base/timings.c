/* SPDX-License-Identifier: MIT */
#include "base/timings.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static _Atomic(struct gls_timed_stage *) stages;

static int64_t read_ns(clockid_t id)
{
    struct timespec now = {0};

    (void)clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void list(struct gls_timed_stage *stage)
{
    stage->next = atomic_load(&stages);
    while (!atomic_compare_exchange_weak(&stages, &stage->next, stage)) {
    }
}

struct gls_timing gls_timing_start(struct gls_timed_stage *stage)
{
    if (!atomic_exchange(&stage->is_listed, true))
        list(stage);
    return (struct gls_timing){stage, read_ns(CLOCK_MONOTONIC), read_ns(CLOCK_THREAD_CPUTIME_ID)};
}

void gls_timing_stop(const struct gls_timing *timing)
{
    struct gls_timed_stage *stage = timing->stage;

    atomic_fetch_add(&stage->calls, 1);
    atomic_fetch_add(&stage->processor_ns,
                     (uint64_t)(read_ns(CLOCK_THREAD_CPUTIME_ID) - timing->processor_ns));
    atomic_fetch_add(&stage->clock_ns, (uint64_t)(read_ns(CLOCK_MONOTONIC) - timing->clock_ns));
}

__attribute__((destructor)) static void print_table(void)
{
    const struct gls_timed_stage *stage = atomic_load(&stages);

    if (stage != NULL)
        fprintf(stderr, "%-28s %10s %14s %14s %12s\n", "stage", "calls", "clock ms", "processor ms",
                "us a call");
    for (; stage != NULL; stage = stage->next) {
        uint64_t calls = atomic_load(&stage->calls), clock_ns = atomic_load(&stage->clock_ns);
        fprintf(stderr, "%-28s %10" PRIu64 " %14.1f %14.1f %12.1f\n", stage->name, calls,
                (double)clock_ns / 1e6, (double)atomic_load(&stage->processor_ns) / 1e6,
                calls > 0 ? (double)clock_ns / 1e3 / (double)calls : 0.0);
    }
}
