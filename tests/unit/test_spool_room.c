/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/filing/spool_room.h"

enum { FILES_MAX = 256, BYTES_MAX = 32 << 20, MOMENT_US = 20000, HANGS_S = 60 };

struct bench {
    struct gls_spool_room room;
    struct gls_cancel *cancel;
};

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);

    alarm(HANGS_S);
    assert_non_null(bench);
    bench->cancel = gls_cancel_new();
    assert_non_null(bench->cancel);
    gls_spool_room_init(&bench->room, bench->cancel);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;

    gls_spool_room_destroy(&bench->room);
    gls_cancel_free(bench->cancel);
    free(bench);
    alarm(0);
    return 0;
}

static void *cancel_soon(void *user)
{
    usleep(MOMENT_US);
    gls_cancel_request(user);
    return NULL;
}

static void *give_soon(void *user)
{
    usleep(MOMENT_US);
    gls_spool_room_give(user, 1);
    return NULL;
}

static void test_a_wait_ends_with_a_cancel(void **state)
{
    struct bench *bench = *state;
    pthread_t thread;

    assert_true(gls_spool_room_take(&bench->room, FILES_MAX, FILES_MAX, "/", 0));
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, bench->cancel), 0);
    assert_false(gls_spool_room_take(&bench->room, 1, 1, "/", 0));
    pthread_join(thread, NULL);
    assert_int_equal(bench->room.files, FILES_MAX);
    assert_int_equal(bench->room.bytes, FILES_MAX);
    assert_false(gls_spool_room_take(&bench->room, 0, 0, "/", 0));
}

static void test_a_wait_ends_with_room(void **state)
{
    struct bench *bench = *state;
    pthread_t thread;

    assert_true(gls_spool_room_take(&bench->room, FILES_MAX, FILES_MAX, "/", 0));
    assert_int_equal(pthread_create(&thread, NULL, give_soon, &bench->room), 0);
    assert_true(gls_spool_room_take(&bench->room, 1, 1, "/", 0));
    pthread_join(thread, NULL);
    assert_int_equal(bench->room.files, FILES_MAX);
}

/* What no disk has is tried where nothing else could make room. */
static void test_what_is_alone_does_not_wait(void **state)
{
    struct bench *bench = *state;
    pthread_t thread;

    assert_true(gls_spool_room_take(&bench->room, 1, 1, "/", UINT64_MAX / 2));
    assert_int_equal(pthread_create(&thread, NULL, give_soon, &bench->room), 0);
    assert_true(gls_spool_room_take(&bench->room, 2 * (uint64_t)BYTES_MAX, 1, "/", UINT64_MAX / 2));
    pthread_join(thread, NULL);
    assert_int_equal(bench->room.files, 1);
    assert_int_equal(bench->room.bytes, 2 * (uint64_t)BYTES_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_wait_ends_with_a_cancel, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_wait_ends_with_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_alone_does_not_wait, set_up, tear_down)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
