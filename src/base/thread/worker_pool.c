/* SPDX-License-Identifier: MIT */
#include "base/thread/worker_pool.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

struct worker {
    struct gls_worker_pool *pool;
    pthread_t thread;
    unsigned index;
};

struct gls_worker_pool {
    void (*run)(void *context, unsigned index);
    void *context;
    unsigned size; /* written before the caller gets the pool, read by the caller only */
    struct worker workers[];
};

static void *run_worker(void *argument)
{
    struct worker *worker = argument;

    worker->pool->run(worker->pool->context, worker->index);
    return NULL;
}

bool gls_worker_pool_start(struct gls_worker_pool **out, unsigned count,
                           void (*run)(void *context, unsigned index), void *context,
                           struct gls_error *error)
{
    sigset_t all;
    sigset_t before;
    int cause = EINVAL;

    *out = NULL;
    struct gls_worker_pool *pool = calloc(1, sizeof(*pool) + count * sizeof(pool->workers[0]));
    if (pool == NULL)
        return gls_fail_memory(error);
    pool->run = run;
    pool->context = context;

    /* A new thread inherits the mask, so it is set around the creation. */
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    for (unsigned i = 0; i < count; i++) {
        struct worker *worker = &pool->workers[i];
        worker->pool = pool;
        worker->index = i;
        cause = pthread_create(&worker->thread, NULL, run_worker, worker);
        if (cause != 0)
            break;
        pool->size++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);

    if (pool->size == 0) {
        free(pool);
        return gls_fail_thread(error, cause);
    }
    *out = pool;
    return true;
}

bool gls_fail_thread(struct gls_error *error, int system_errno)
{
    gls_fail_errno(error, system_errno, "cannot start a thread");
    return gls_fail(error, error->status,
                    "%s (allow this user or service more processes, ulimit -u, or memory)",
                    error->message);
}

void gls_worker_pool_join(struct gls_worker_pool *pool)
{
    if (pool == NULL)
        return;
    for (unsigned i = 0; i < pool->size; i++)
        pthread_join(pool->workers[i].thread, NULL);
    free(pool);
}

unsigned gls_cpu_count(void)
{
    static const size_t cpus_at_most = 1 << 16;

    /* A machine may have more CPUs than cpu_set_t has bits: the kernel then says EINVAL. */
    for (size_t cpus = 1024; cpus <= cpus_at_most; cpus *= 4) {
        size_t size = CPU_ALLOC_SIZE(cpus);
        cpu_set_t *set = CPU_ALLOC(cpus);
        if (set == NULL)
            break;
        CPU_ZERO_S(size, set);
        int failed = sched_getaffinity(0, size, set);
        int cause = errno;
        int found = failed ? 0 : CPU_COUNT_S(size, set);
        CPU_FREE(set);
        if (found > 0)
            return (unsigned)found;
        if (cause != EINVAL)
            break;
    }
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (unsigned)online : 1;
}
