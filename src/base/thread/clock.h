/* SPDX-License-Identifier: MIT */
/* clock - the monotonic clock, by which is waited and measured; it is not the time of day,
 * and does not jump when that is set. */
#ifndef GLS_BASE_THREAD_CLOCK_H
#define GLS_BASE_THREAD_CLOCK_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

static inline int64_t gls_clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline double gls_clock_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A condition for gls_cond_wait_ms(). */
static inline void gls_cond_init(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

/* As pthread_cond_wait(), but returns after `ms` (below 1000) at the latest. */
static inline void gls_cond_wait_ms(pthread_cond_t *condition, pthread_mutex_t *lock, long ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += ms * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
    pthread_cond_timedwait(condition, lock, &until);
}

#endif
