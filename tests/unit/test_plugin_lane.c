/* SPDX-License-Identifier: MIT */
/* The threads that call a plugin, what it is told, and a hook's command line. */
#include "tests/support/test.h"

#include <jansson.h>
#include <stdatomic.h>
#include <time.h>

#include "base/thread/clock.h"
#include "engine/plugins/hook_process.h"
#include "engine/plugins/plugin_lane.h"

/* What the plugin below does; the tests run one after the other. */
static struct {
    atomic_int result;
    atomic_int calls;
    atomic_int inside;
    atomic_int most_inside;
    atomic_long sleep_ms;
} script;

static enum gls_plugin_result scripted(void *self, struct gls_plugin_host *host,
                                       const struct gls_plugin_record *record,
                                       struct gls_plugin_reply *reply)
{
    long sleep_ms = atomic_load(&script.sleep_ms);
    struct timespec time = {.tv_sec = sleep_ms / 1000, .tv_nsec = sleep_ms % 1000 * 1000000L};
    int inside = atomic_fetch_add(&script.inside, 1) + 1;

    (void)self;
    (void)host;
    (void)record;
    (void)reply;
    if (inside > atomic_load(&script.most_inside))
        atomic_store(&script.most_inside, inside);
    atomic_fetch_add(&script.calls, 1);
    nanosleep(&time, NULL);
    atomic_fetch_sub(&script.inside, 1);
    return (enum gls_plugin_result)atomic_load(&script.result);
}

static enum gls_plugin_result scripted_batch(void *self, struct gls_plugin_host *host,
                                             struct gls_plugin_reply *reply)
{
    return scripted(self, host, NULL, reply);
}

static const struct gls_plugin plugin = {.abi = GLS_PLUGIN_ABI,
                                         .threads = GLS_PLUGIN_ANY_THREAD,
                                         .name = "scripted",
                                         .before = scripted,
                                         .after = scripted,
                                         .batch = scripted_batch};

static struct gls_config *config;
static struct gls_plugin_messages *messages;
static struct gls_cancel *cancel; /* NULL: nobody cancels */

static struct gls_plugin_lane *open_lane(const struct gls_plugin_limits *limits, int result)
{
    struct gls_plugin_services_options options = {
        .name = "scripted", .config = config, .messages = messages, .cancel = cancel};
    struct gls_plugin_services *services = NULL;
    struct gls_plugin_lane *lane = NULL;
    struct gls_error error = GLS_ERROR_INIT;

    atomic_store(&script.result, result);
    atomic_store(&script.sleep_ms, 0);
    atomic_store(&script.calls, 0);
    atomic_store(&script.most_inside, 0);
    assert_true(gls_plugin_services_new(&services, &options, &error));
    assert_true(gls_plugin_lane_open(&lane, &plugin, services, limits, &error));
    return lane;
}

static int ask(struct gls_plugin_lane *lane, enum gls_plugin_hook hook,
               struct gls_plugin_reply *reply)
{
    return gls_plugin_lane_wait(lane, gls_plugin_lane_post(lane, hook, NULL), reply);
}

static int setup(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    messages = gls_plugin_messages_new();
    return gls_config_defaults(&config, &error) && messages != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    gls_plugin_messages_free(messages);
    gls_config_free(config);
    return 0;
}

/* What each hook may say, and what becomes of the rest. */
static void test_results(void **state)
{
    static const struct {
        enum gls_plugin_hook hook;
        int result, taken;
    } rows[] = {{GLS_HOOK_BEFORE, GLS_PLUGIN_OK, GLS_PLUGIN_OK},
                {GLS_HOOK_BEFORE, GLS_PLUGIN_VETO, GLS_PLUGIN_VETO},
                {GLS_HOOK_BEFORE, GLS_PLUGIN_KEEP, GLS_PLUGIN_ERROR},
                {GLS_HOOK_BEFORE, GLS_PLUGIN_STOP, GLS_PLUGIN_ERROR},
                {GLS_HOOK_BEFORE, 77, GLS_PLUGIN_ERROR},
                {GLS_HOOK_AFTER, GLS_PLUGIN_VETO, GLS_PLUGIN_ERROR},
                {GLS_HOOK_AFTER, GLS_PLUGIN_KEEP, GLS_PLUGIN_KEEP},
                {GLS_HOOK_AFTER, GLS_PLUGIN_REFUSE, GLS_PLUGIN_REFUSE},
                {GLS_HOOK_AFTER, -1, GLS_PLUGIN_ERROR}};
    struct gls_plugin_limits limits = {.parallel = 1, .timeout_ms = 10000};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_plugin_lane *lane = open_lane(&limits, rows[i].result);
        struct gls_plugin_reply reply;
        assert_int_equal(ask(lane, rows[i].hook, &reply), rows[i].taken);
        if (rows[i].taken != GLS_PLUGIN_OK && rows[i].taken != GLS_PLUGIN_KEEP)
            assert_string_not_equal(reply.reason, "");
        gls_plugin_lane_close(lane);
    }
}

static void test_five_failures_rest(void **state)
{
    struct gls_plugin_limits limits = {.parallel = 1, .timeout_ms = 10000};
    struct gls_plugin_lane *lane = open_lane(&limits, GLS_PLUGIN_ERROR);
    struct gls_plugin_reply reply;
    char why[GLS_PLUGIN_REASON_SIZE];

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(ask(lane, GLS_HOOK_AFTER, &reply), GLS_PLUGIN_ERROR);
    atomic_store(&script.result, GLS_PLUGIN_OK); /* not in a row */
    assert_int_equal(ask(lane, GLS_HOOK_AFTER, &reply), GLS_PLUGIN_OK);
    atomic_store(&script.result, GLS_PLUGIN_ERROR);
    for (int i = 0; i < 5; i++)
        assert_int_equal(ask(lane, GLS_HOOK_AFTER, &reply), GLS_PLUGIN_ERROR);
    assert_true(gls_plugin_lane_rests(lane, why));
    assert_string_equal(why, "5 failures in a row, the last: failed");
    assert_int_equal(ask(lane, GLS_HOOK_BEFORE, &reply), GLS_PLUGIN_NOT_CALLED);
    assert_int_equal(atomic_load(&script.calls), 10);
    gls_plugin_lane_close(lane);
}

/* A thread that hangs is lost until it returns; the others go on; none left: all fails. */
static void test_abandoning(void **state)
{
    struct gls_plugin_limits limits = {.parallel = 2, .timeout_ms = 100};
    struct gls_plugin_lane *lane = open_lane(&limits, GLS_PLUGIN_OK);
    struct gls_plugin_reply reply;

    (void)state;
    atomic_store(&script.sleep_ms, 1500);
    assert_int_equal(ask(lane, GLS_HOOK_AFTER, &reply), GLS_PLUGIN_ABANDONED);
    assert_string_equal(reply.reason, "did not return within 0.1 s and was abandoned");
    assert_int_equal(ask(lane, GLS_HOOK_AFTER, &reply), GLS_PLUGIN_ABANDONED);
    assert_int_equal(ask(lane, GLS_HOOK_AFTER, &reply), GLS_PLUGIN_ABANDONED);
    assert_string_equal(reply.reason, "still hangs in an earlier call");
    assert_int_equal(atomic_load(&script.calls), 2);
    /* Closed while they hang: what they use lives until they return. */
    gls_plugin_lane_close(lane);
    while (atomic_load(&script.inside) > 0)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
}

/* One of several files fails: those behind it are not called before it was tried again. */
static void test_postponed(void **state)
{
    enum { CALLS = 5, KEPT = 3 };
    struct gls_plugin_limits limits = {.parallel = 1, .timeout_ms = 10000};
    struct gls_plugin_lane *lane = open_lane(&limits, GLS_PLUGIN_ERROR);
    struct gls_plugin_call *calls[CALLS];
    struct gls_plugin_reply reply;

    (void)state;
    for (size_t i = 0; i < CALLS; i++) {
        calls[i] = gls_plugin_call_new(i == 1 ? GLS_HOOK_BEFORE : GLS_HOOK_AFTER, NULL);
        calls[i]->may_be_postponed = i != 1 && i != KEPT;
    }
    gls_plugin_lane_post_all(lane, calls, CALLS);
    for (size_t i = 0; i < CALLS; i++)
        assert_int_equal(gls_plugin_lane_wait(lane, calls[i], &reply),
                         i <= 1 || i == KEPT ? GLS_PLUGIN_ERROR : GLS_PLUGIN_POSTPONED);
    assert_int_equal(atomic_load(&script.calls), 3);
    gls_plugin_lane_close(lane);
}

static void test_pace_and_parallel(void **state)
{
    enum { CALLS = 8 };
    struct gls_plugin_limits limits = {.parallel = 4, .timeout_ms = 10000, .max_per_second = 20};
    struct gls_plugin_lane *lane = open_lane(&limits, GLS_PLUGIN_OK);
    struct gls_plugin_call *calls[CALLS];
    struct gls_plugin_reply reply;
    double started_s = gls_clock_s();

    (void)state;
    for (int i = 0; i < CALLS; i++)
        calls[i] = gls_plugin_lane_post(lane, GLS_HOOK_AFTER, NULL);
    for (int i = 0; i < CALLS; i++)
        assert_int_equal(gls_plugin_lane_wait(lane, calls[i], &reply), GLS_PLUGIN_OK);
    assert_true(gls_clock_s() - started_s >= (CALLS - 1) / 20.0);
    gls_plugin_lane_close(lane);
    limits = (struct gls_plugin_limits){.parallel = 1, .timeout_ms = 10000};
    lane = open_lane(&limits, GLS_PLUGIN_OK);
    atomic_store(&script.sleep_ms, 5);
    for (int i = 0; i < CALLS; i++)
        calls[i] = gls_plugin_lane_post(lane, GLS_HOOK_BEFORE, NULL);
    for (int i = 0; i < CALLS; i++)
        gls_plugin_lane_wait(lane, calls[i], &reply);
    assert_int_equal(atomic_load(&script.most_inside), 1);
    gls_plugin_lane_close(lane);
}

/* A call that waits for its time is not made when none is to be made any more. */
static void test_rest_while_pacing(void **state)
{
    struct gls_plugin_limits limits = {.parallel = 1, .timeout_ms = 10000, .max_per_second = 0.2};
    struct gls_plugin_lane *lane = open_lane(&limits, GLS_PLUGIN_OK);
    struct gls_plugin_reply reply;

    (void)state;
    assert_int_equal(ask(lane, GLS_HOOK_AFTER, &reply), GLS_PLUGIN_OK);
    struct gls_plugin_call *call = gls_plugin_lane_post(lane, GLS_HOOK_AFTER, NULL);
    assert_false(gls_plugin_lane_has_ended(lane, call));
    gls_plugin_lane_rest(lane, "enough");
    assert_int_equal(gls_plugin_lane_wait(lane, call, &reply), GLS_PLUGIN_NOT_CALLED);
    assert_string_equal(reply.reason, "enough");
    assert_int_equal(atomic_load(&script.calls), 1);
    gls_plugin_lane_close(lane);
}

/* A call of batch() that waits behind another is made although the run was cancelled: it
 * has not ended until it was. */
static void test_cancel_before_batch(void **state)
{
    struct gls_plugin_limits limits = {.parallel = 1, .timeout_ms = 10000};
    struct gls_plugin_reply reply;

    (void)state;
    cancel = gls_cancel_new();
    struct gls_plugin_lane *lane = open_lane(&limits, GLS_PLUGIN_OK);
    atomic_store(&script.sleep_ms, 500);
    struct gls_plugin_call *busy = gls_plugin_lane_post(lane, GLS_HOOK_BEFORE, NULL);
    while (atomic_load(&script.calls) == 0)
        nanosleep(&(struct timespec){.tv_nsec = 1000000L}, NULL);
    struct gls_plugin_call *call = gls_plugin_lane_post(lane, GLS_HOOK_BATCH, NULL);
    gls_cancel_request(cancel);
    while (!gls_plugin_lane_has_ended(lane, call))
        ;
    assert_int_equal(atomic_load(&script.calls), 2);
    assert_int_equal(gls_plugin_lane_wait(lane, call, &reply), GLS_PLUGIN_OK);
    gls_plugin_lane_wait(lane, busy, &reply);
    gls_plugin_lane_close(lane);
    gls_cancel_free(cancel);
    cancel = NULL;
}

/* Whatever a text holds, the JSON says it as jansson reads it. */
static void test_json_texts(void **state)
{
    static const char *const texts[] = {"",
                                        "a",
                                        "\"",
                                        "\\",
                                        "a\\\"b",
                                        "\b\f\n\r\t",
                                        "\001\037",
                                        "\177",
                                        "/",
                                        "\xc3\xa4\n\xe7\xb7\xa8",
                                        "\xf0\x9f\x93\xb7"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct gls_plugin_record values = {
            .status = "imported", .title = texts[i], .kind = "photo"};
        struct gls_plugin_file *file = gls_plugin_file_new(&values);
        json_t *object = json_loads(gls_plugin_record_json(gls_plugin_file_record(file)), 0, NULL);
        assert_non_null(object);
        assert_string_equal(json_string_value(json_object_get(object, "title")), texts[i]);
        char *again = json_dumps(object, JSON_COMPACT);
        assert_string_equal(gls_plugin_record_json(gls_plugin_file_record(file)), again);
        free(again);
        json_decref(object);
        gls_plugin_file_drop(file);
    }
}

static void test_record(void **state)
{
    struct gls_plugin_record values = {.status = "imported",
                                       .source = "/card/\xff.jpg",
                                       .title = "\"quoted\"\n",
                                       .kind = gls_plugin_kind("a.JPG"),
                                       .size_bytes = 7,
                                       .has_position = true,
                                       .latitude = 1.5};
    struct gls_plugin_file *file = gls_plugin_file_new(&values);
    const struct gls_plugin_record *record = gls_plugin_file_record(file);

    (void)state;
    assert_string_equal(gls_plugin_record_json(record),
                        "{\"status\":\"imported\",\"source\":\"/card/\xef\xbf\xbd.jpg\","
                        "\"source_bytes\":\"/card/%FF.jpg\",\"kind\":\"photo\","
                        "\"title\":\"\\\"quoted\\\"\\n\",\"size_bytes\":7,"
                        "\"latitude\":1.5,\"longitude\":0.0}");
    assert_string_equal(record->source, values.source);
    assert_ptr_not_equal(record->source, values.source);
    assert_null(record->album);
    assert_string_equal(gls_plugin_kind("a.xmp"), "sidecar");
    assert_string_equal(gls_plugin_kind("a.aae"), "other");
    gls_plugin_file_drop(gls_plugin_file_share(file));
    gls_plugin_file_drop(file);
}

static void test_command_lines(void **state)
{
    static const struct {
        const char *command, *words; /* joined by '|'; NULL: refused */
    } rows[] = {{"a", "a"},
                {"  a \t b\n", "a|b"},
                {"'a b' \"c d\"", "a b|c d"},
                {"a'b'\"c\"d", "abcd"},
                {"\"a\\\"b\" 'c\\d' e\\ f", "a\"b|c\\d|e f"},
                {"'' a", "|a"},
                {"a\\", "a\\"},
                {"$HOME *.jpg ; rm", "$HOME|*.jpg|;|rm"},
                {"'a", NULL},
                {"\"a", NULL},
                {"", NULL},
                {" \t", NULL}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        char **words = NULL;
        char joined[100] = "";
        bool ok = gls_hook_split(&words, rows[i].command, &error);
        assert_int_equal(ok, rows[i].words != NULL);
        for (size_t k = 0; ok && words[k] != NULL; k++) {
            strcat(joined, k > 0 ? "|" : "");
            strcat(joined, words[k]);
        }
        if (ok)
            assert_string_equal(joined, rows[i].words);
        else
            assert_int_equal(error.status, GLS_ERROR_CONFIG);
        gls_hook_words_free(words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_five_failures_rest),
        cmocka_unit_test(test_abandoning),
        cmocka_unit_test(test_pace_and_parallel),
        cmocka_unit_test(test_record),
        cmocka_unit_test(test_json_texts),
        cmocka_unit_test(test_postponed),
        cmocka_unit_test(test_command_lines),
        cmocka_unit_test(test_rest_while_pacing),
        cmocka_unit_test(test_cancel_before_batch),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
