/* SPDX-License-Identifier: MIT */
/* timings - where the time goes: a build with GLS_TIMINGS counts how often each stage runs and
 * how long, by the clock and by the processor, summed over all threads, and prints the table
 * on standard error when the program ends. In every other build nothing of it is there.
 *
 *     {
 *         GLS_TIME("read metadata"); // to the end of this block
 *         ...
 *     }
 *
 * A stage within another counts in both. What is on the clock and not on the processor is
 * waiting: for a disk, for another thread, or for a processor. */
#ifndef GLS_BASE_TIMINGS_H
#define GLS_BASE_TIMINGS_H

#ifdef GLS_TIMINGS
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* One place in the code, as long as the program runs. */
struct gls_timed_stage {
    const char *name;
    atomic_uint_fast64_t calls, clock_ns, processor_ns;
    atomic_bool is_listed;
    struct gls_timed_stage *next;
};

struct gls_timing {
    struct gls_timed_stage *stage;
    int64_t clock_ns, processor_ns;
};

struct gls_timing gls_timing_start(struct gls_timed_stage *stage);
void gls_timing_stop(const struct gls_timing *timing);

#define GLS_TIME(label)                                                                            \
    static struct gls_timed_stage gls_timed_stage = {.name = (label)};                             \
    __attribute__((cleanup(gls_timing_stop), unused)) struct gls_timing gls_timing =               \
        gls_timing_start(&gls_timed_stage)
#else
#define GLS_TIME(label) (void)0
#endif

#endif
