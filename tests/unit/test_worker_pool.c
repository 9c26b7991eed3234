/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/thread/cancel.h"
#include "base/thread/worker_pool.h"

enum { THREADS = 8 };

struct seen {
    atomic_int calls[THREADS];
    atomic_int signals_open;
};

static void note(void *context, unsigned index)
{
    struct seen *seen = context;
    sigset_t mask;

    atomic_fetch_add(&seen->calls[index], 1);
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    if (!sigismember(&mask, SIGINT) || !sigismember(&mask, SIGTERM))
        atomic_fetch_add(&seen->signals_open, 1);
}

static void test_each_index_once(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_worker_pool *pool = NULL;
    struct seen seen = {0};
    sigset_t before;
    sigset_t after;

    (void)state;
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    assert_true(gls_worker_pool_start(&pool, THREADS, note, &seen, &error));
    gls_worker_pool_join(pool);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(atomic_load(&seen.calls[i]), 1);
    assert_int_equal(atomic_load(&seen.signals_open), 0);
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    assert_int_equal(sigismember(&after, SIGINT), sigismember(&before, SIGINT));
    gls_worker_pool_join(NULL);
}

static void test_none_is_an_error(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_worker_pool *pool = NULL;

    (void)state;
    assert_false(gls_worker_pool_start(&pool, 0, note, NULL, &error));
    assert_null(pool);
    assert_true(strlen(error.message) > 0);
}

static void test_cpu_count(void **state)
{
    cpu_set_t set;
    cpu_set_t one;

    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
    assert_int_equal(gls_cpu_count(), CPU_COUNT(&set));
    CPU_ZERO(&one);
    for (size_t cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; cpu++)
        if (CPU_ISSET(cpu, &set))
            CPU_SET(cpu, &one);
    assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
    assert_int_equal(gls_cpu_count(), 1);
    assert_int_equal(sched_setaffinity(0, sizeof(set), &set), 0);
}

static struct gls_cancel *cancel_of_handler;

static void cancel_on_signal(int number)
{
    (void)number;
    gls_cancel_request(cancel_of_handler);
}

static void test_cancel(void **state)
{
    struct sigaction action = {.sa_handler = cancel_on_signal};
    struct sigaction before;
    struct gls_cancel *cancel = gls_cancel_new();

    (void)state;
    assert_false(gls_cancel_is_requested(NULL));
    assert_false(gls_cancel_is_requested(cancel));
    cancel_of_handler = cancel;
    sigaction(SIGUSR1, &action, &before);
    raise(SIGUSR1);
    sigaction(SIGUSR1, &before, NULL);
    assert_true(gls_cancel_is_requested(cancel));
    gls_cancel_free(cancel);
    gls_cancel_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* First: after a signal, qemu-i386 gives this thread the thread-local memory of the
         * last one that was made. */
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_each_index_once),
        cmocka_unit_test(test_none_is_an_error),
        cmocka_unit_test(test_cpu_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
