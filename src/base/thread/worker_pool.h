/* SPDX-License-Identifier: MIT */
/*
 * worker_pool - N threads that run one function each until it returns.
 * Signals are blocked in them: the thread that started them receives those.
 */
#ifndef GLS_BASE_THREAD_WORKER_POOL_H
#define GLS_BASE_THREAD_WORKER_POOL_H

#include "base/error.h"

struct gls_worker_pool;

/* Starts `count` threads that each call run(context, index) once. If a thread
 * cannot be started, fewer run as long as there is one. */
bool gls_worker_pool_start(struct gls_worker_pool **out, unsigned count,
                           void (*run)(void *context, unsigned index), void *context,
                           struct gls_error *error);
/* Why a thread cannot be started; returns false. */
bool gls_fail_thread(struct gls_error *error, int system_errno);
/* Waits until every thread has returned and frees the pool. NULL is allowed. */
void gls_worker_pool_join(struct gls_worker_pool *pool);
/* CPUs that this process may run on, at least 1. */
unsigned gls_cpu_count(void);

#endif
