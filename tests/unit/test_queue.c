/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/thread/queue.h"
#include "base/thread/worker_pool.h"

static void *item(uintptr_t number)
{
    return (void *)number;
}

static void test_order_and_wrap(void **state)
{
    struct gls_queue *queue = gls_queue_new(3);
    uintptr_t next_in = 1;
    uintptr_t next_out = 1;
    void *out = NULL;

    (void)state;
    for (int round = 0; round < 10; round++) {
        while (next_in < next_out + 3)
            assert_true(gls_queue_push(queue, item(next_in++)));
        for (int i = 0; i < 1 + round % 3; i++) {
            assert_true(gls_queue_pop(queue, &out));
            assert_ptr_equal(out, item(next_out++));
        }
    }
    gls_queue_free(queue);
    gls_queue_free(NULL);
}

static void test_close_drains(void **state)
{
    struct gls_queue *queue = gls_queue_new(0); /* room for one */
    void *out = item(9);

    (void)state;
    assert_false(gls_queue_try_pop(queue, &out));
    assert_true(gls_queue_push(queue, item(1)));
    gls_queue_close(queue);
    gls_queue_close(queue);
    assert_false(gls_queue_push(queue, item(2)));
    assert_true(gls_queue_pop(queue, &out));
    assert_ptr_equal(out, item(1));
    assert_false(gls_queue_pop(queue, &out));
    assert_false(gls_queue_try_pop(queue, &out));
    gls_queue_free(queue);
}

static void test_huge_is_refused(void **state)
{
    (void)state;
    assert_null(gls_queue_new(SIZE_MAX));
}

/* Threads that wait in push and pop when the queue is closed. */
struct waiting {
    struct gls_queue *queue;
    atomic_int returned;
};

static void wait_in_pop(void *context, unsigned index)
{
    struct waiting *waiting = context;
    void *out;

    (void)index;
    if (!gls_queue_pop(waiting->queue, &out))
        atomic_fetch_add(&waiting->returned, 1);
}

static void wait_in_push(void *context, unsigned index)
{
    struct waiting *waiting = context;

    (void)index;
    if (!gls_queue_push(waiting->queue, item(7)))
        atomic_fetch_add(&waiting->returned, 1);
}

static void test_close_wakes(void **state)
{
    static const struct {
        void (*run)(void *context, unsigned index);
        bool full;
    } cases[] = {{wait_in_pop, false}, {wait_in_push, true}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_worker_pool *pool = NULL;
        struct waiting waiting = {.queue = gls_queue_new(1)};
        const struct timespec pause = {0, 20000000};
        if (cases[i].full)
            assert_true(gls_queue_push(waiting.queue, item(1)));
        assert_true(gls_worker_pool_start(&pool, 6, cases[i].run, &waiting, &error));
        nanosleep(&pause, NULL);
        assert_int_equal(atomic_load(&waiting.returned), 0);
        gls_queue_close(waiting.queue);
        gls_worker_pool_join(pool);
        assert_int_equal(atomic_load(&waiting.returned), 6);
        gls_queue_free(waiting.queue);
    }
}

/* Many writers, many readers: every item arrives once. */
enum { WRITERS = 4, ITEMS_EACH = 5000 };

struct traffic {
    struct gls_queue *queue;
    atomic_uint_fast64_t sum;
    atomic_uint_fast64_t count;
    atomic_uint writers_left;
};

static void run_traffic(void *context, unsigned index)
{
    struct traffic *traffic = context;
    void *out;

    if (index < WRITERS) {
        for (uintptr_t i = 1; i <= ITEMS_EACH; i++)
            gls_queue_push(traffic->queue, item(i));
        if (atomic_fetch_sub(&traffic->writers_left, 1) == 1)
            gls_queue_close(traffic->queue);
        return;
    }
    while (gls_queue_pop(traffic->queue, &out)) {
        atomic_fetch_add(&traffic->sum, (uintptr_t)out);
        atomic_fetch_add(&traffic->count, 1);
    }
}

static void test_traffic(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_worker_pool *pool = NULL;
    struct traffic traffic = {.queue = gls_queue_new(7), .writers_left = WRITERS};

    (void)state;
    assert_true(gls_worker_pool_start(&pool, WRITERS + 4, run_traffic, &traffic, &error));
    gls_worker_pool_join(pool);
    assert_int_equal(atomic_load(&traffic.count), WRITERS * ITEMS_EACH);
    assert_int_equal(atomic_load(&traffic.sum),
                     (uint64_t)WRITERS * ITEMS_EACH * (ITEMS_EACH + 1) / 2);
    gls_queue_free(traffic.queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_wrap),  cmocka_unit_test(test_close_drains),
        cmocka_unit_test(test_huge_is_refused), cmocka_unit_test(test_close_wakes),
        cmocka_unit_test(test_traffic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
