/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/operation/pipeline.h"

struct item {
    unsigned number;
    unsigned worked;
    unsigned reworked;
};

struct bench {
    unsigned total;
    unsigned rework_every; /* 0: never */
    unsigned hold;         /* how many items consume() holds back */
    unsigned stop_after;   /* 0: never */
    bool produce_fails;
    struct gls_cancel *cancel;
    unsigned cancel_after; /* 0: never */

    unsigned submitted, sequenced, consumed, held, finished;
    unsigned in_flight_max;
    atomic_uint in_flight;
    atomic_bool out_of_order; /* told by the sequencer and the consumer */
};

static bool produce(void *user, struct gls_pipeline *pipeline, struct gls_error *error)
{
    struct bench *bench = user;

    for (unsigned i = 0; i < bench->total; i++) {
        struct item *item = calloc(1, sizeof *item);
        assert_non_null(item);
        item->number = i;
        if (!gls_pipeline_submit(pipeline, item)) {
            free(item);
            break;
        }
        bench->submitted++;
    }
    if (bench->produce_fails) {
        error->status = GLS_ERROR_IO;
        return false;
    }
    return true;
}

static void work(void *user, unsigned worker, void *data)
{
    struct bench *bench = user;
    struct item *item = data;

    (void)worker;
    atomic_fetch_add(&bench->in_flight, 1);
    /* Uneven work makes items finish out of order. */
    if (item->number % 7 == 0)
        usleep(300);
    item->worked++;
}

static enum gls_sequence_result sequence(void *user, void *data)
{
    struct bench *bench = user;
    struct item *item = data;

    if (item->number != bench->sequenced)
        atomic_store(&bench->out_of_order, true);
    bench->sequenced++;
    return bench->rework_every != 0 && item->number % bench->rework_every == 0 ? GLS_SEQUENCE_REWORK
                                                                               : GLS_SEQUENCE_READY;
}

static void rework(void *user, unsigned worker, void *data)
{
    struct item *item = data;

    (void)user;
    (void)worker;
    usleep(200);
    item->reworked++;
}

static void release_held(struct bench *bench, struct gls_pipeline *pipeline)
{
    for (; bench->held > 0; bench->held--) {
        atomic_fetch_sub(&bench->in_flight, 1);
        gls_pipeline_release(pipeline);
    }
}

static void consume(void *user, struct gls_pipeline *pipeline, void *data)
{
    struct bench *bench = user;
    struct item *item = data;
    unsigned reworks = bench->rework_every != 0 && item->number % bench->rework_every == 0 ? 1 : 0;

    if (item->number != bench->consumed)
        atomic_store(&bench->out_of_order, true);
    assert_int_equal(item->worked, 1);
    assert_int_equal(item->reworked, reworks);
    free(item);
    bench->consumed++;
    bench->held++;
    unsigned in_flight = atomic_load(&bench->in_flight);
    if (in_flight > bench->in_flight_max)
        bench->in_flight_max = in_flight;
    if (bench->held >= bench->hold)
        release_held(bench, pipeline);
    if (bench->consumed == bench->stop_after)
        gls_pipeline_stop(pipeline);
    if (bench->consumed == bench->cancel_after)
        gls_cancel_request(bench->cancel);
}

static void finish(void *user, struct gls_pipeline *pipeline)
{
    struct bench *bench = user;

    bench->finished++;
    release_held(bench, pipeline);
}

static bool run(struct bench *bench, unsigned jobs, unsigned window, struct gls_error *error)
{
    struct gls_pipeline_stages stages = {.user = bench,
                                         .produce = produce,
                                         .work = work,
                                         .sequence = sequence,
                                         .rework = rework,
                                         .consume = consume,
                                         .finish = finish};
    struct gls_pipeline_options options = {.jobs = jobs, .window = window, .cancel = bench->cancel};

    return gls_pipeline_run(&stages, &options, error);
}

static void test_order_and_window(void **state)
{
    static const struct {
        unsigned jobs, window, total, rework_every, hold;
    } cases[] = {{1, 2, 50, 0, 1},      {1, 2, 50, 3, 1}, {4, 8, 500, 0, 1},    {4, 8, 500, 5, 4},
                 {16, 64, 2000, 2, 32}, {3, 9, 0, 1, 1},  {2, 300, 100, 1, 150}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bench bench = {
            .total = cases[i].total, .rework_every = cases[i].rework_every, .hold = cases[i].hold};
        struct gls_error error = GLS_ERROR_INIT;
        assert_true(run(&bench, cases[i].jobs, cases[i].window, &error));
        assert_false(bench.out_of_order);
        assert_int_equal(bench.consumed, cases[i].total);
        assert_int_equal(bench.sequenced, cases[i].total);
        assert_int_equal(bench.finished, 1);
        assert_int_equal(bench.held, 0);
        assert_true(bench.in_flight_max <= cases[i].window);
    }
}

static void test_stop_consumes_what_was_submitted(void **state)
{
    struct bench bench = {.total = 100000, .hold = 1, .stop_after = 20};
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    assert_true(run(&bench, 4, 16, &error));
    assert_false(bench.out_of_order);
    assert_int_equal(bench.consumed, bench.submitted);
    assert_true(bench.consumed >= 20 && bench.consumed <= 20 + 16);
}

static void test_cancel_finishes_what_is_in_flight(void **state)
{
    struct bench bench = {.total = 100000, .hold = 1, .cancel_after = 20};
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    bench.cancel = gls_cancel_new();
    assert_non_null(bench.cancel);
    assert_true(run(&bench, 4, 16, &error));
    assert_int_equal(bench.consumed, bench.submitted);
    assert_true(bench.consumed >= 20 && bench.consumed <= 20 + 16);
    gls_cancel_free(bench.cancel);
}

static void test_producer_failure_reaches_the_caller(void **state)
{
    struct bench bench = {.total = 30, .hold = 1, .produce_fails = true};
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    assert_false(run(&bench, 2, 8, &error));
    assert_int_equal(error.status, GLS_ERROR_IO);
    assert_int_equal(bench.consumed, 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_window),
        cmocka_unit_test(test_stop_consumes_what_was_submitted),
        cmocka_unit_test(test_cancel_finishes_what_is_in_flight),
        cmocka_unit_test(test_producer_failure_reaches_the_caller),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
