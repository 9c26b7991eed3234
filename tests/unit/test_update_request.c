/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "base/strbuf.h"
#include "base/timestamp.h"
#include "engine/update/update_run.h"

static void test_shifts(void **state)
{
    static const struct {
        const char *text;
        bool is_valid;
        int64_t seconds;
    } rows[] = {
        {"90s", true, 90},
        {"+1h30m", true, 5400},
        {"-2d", true, -172800},
        {"1w2d3h4m5s", true, 788645},
        {"5s4m", true, 245},
        {"0s", true, 0},
        {"", false, 0},
        {"-", false, 0},
        {"5", false, 0},
        {"5y", false, 0},
        {"1h1h", false, 0},
        {"1.5h", false, 0},
        {"--1h", false, 0},
        {" 1h", false, 0},
        {"1h ", false, 0},
        {"99999999999999999999d", false, 0},
        {"73200d", true, 73200LL * 86400},
        {"73201d", false, 0},
        {"73200d1s", false, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t seconds = 0;
        print_message("%s\n", rows[i].text);
        assert_int_equal(gls_shift_parse(&seconds, rows[i].text), rows[i].is_valid);
        if (rows[i].is_valid)
            assert_int_equal(seconds, rows[i].seconds);
    }
}

/* What is asked for, and what the message names where it makes no sense. */
static void test_requests(void **state)
{
    const struct {
        struct gls_update_options options;
        const char *fault; /* NULL: it is well */
    } rows[] = {
        {{.album = "A"}, NULL},
        {{.title = "T", .clear_album = true}, NULL},
        {{.time = "2020-01-02 03:04:05"}, NULL},
        {{.time = "2020-01-02"}, NULL},
        {{.shift = "+1h"}, NULL},
        {{.location = "48.2,16.4"}, NULL},
        {{.location = " -33.9 , 151.2 "}, NULL},
        {{.clear_location = true}, NULL},
        {{.album = NULL}, "nothing to change"},
        {{.album = "A", .clear_album = true}, "--album"},
        {{.title = "T", .clear_title = true}, "--title"},
        {{.location = "1,2", .clear_location = true}, "--location"},
        {{.time = "2020-01-02", .shift = "1h"}, "--shift"},
        {{.time = "yesterday"}, "--time"},
        {{.time = "2020-13-02"}, "--time"},
        {{.shift = "1x"}, "--shift"},
        {{.location = "91,0"}, "-90..90"},
        {{.location = "0,181"}, "-180..180"},
        {{.location = "0,0"}, "no position"},
        {{.title = "two\nlines"}, "title"},
    };
    struct gls_config *config = NULL;
    struct gls_geocoder *geocoder = NULL;
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    assert_true(gls_config_defaults(&config, &error));
    assert_true(gls_geocoder_new(&geocoder, config, NULL, &error));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct gls_update_request request;
        print_message("row %zu\n", i);
        bool ok = gls_update_request_make(&request, geocoder, &rows[i].options, &error);
        assert_int_equal(ok, rows[i].fault == NULL);
        if (!ok) {
            assert_int_equal(error.status, GLS_ERROR_ARGUMENT);
            assert_non_null(strstr(error.message, rows[i].fault));
        }
    }
    gls_geocoder_free(geocoder);
    gls_config_free(config);
}

/* Every text that --time promises to take, with what it means, and what others are told. */
static void test_times(void **state)
{
    static const struct {
        const char *text;
        const char *expected; /* the time, or a part of the message */
        bool is_well;
    } rows[] = {
        {"2020-01-02", "2020-01-02T00:00:00", true},
        {"2020-01-02 03:04", "2020-01-02T03:04:00", true},
        {"2020-01-02 03:04:05", "2020-01-02T03:04:05", true},
        {"2020-01-02T03:04:05", "2020-01-02T03:04:05", true},
        {"2020:01:02 03:04:05", "2020-01-02T03:04:05", true},
        {"2020-01-02 03:04:05.25", "2020-01-02T03:04:05.25", true},
        {"2020-01-02 03:04+05:45", "2020-01-02T03:04:00+05:45", true},
        {"2020-01-02 03:04:05-08:00", "2020-01-02T03:04:05-08:00", true},
        {"2020-01-02 03:04:05 +0200", "2020-01-02T03:04:05+02:00", true},
        {"2020-01-02T03:04:05Z", "2020-01-02T03:04:05+00:00", true},
        {"1826-01-01", "1826-01-01T00:00:00", true},
        {"2020-02-29", "2020-02-29T00:00:00", true},
        {"2019-02-29", "no such day", false},
        {"2020-13-01", "no such day", false},
        {"2020-00-00", "no such day", false},
        {"2020-01-02 25:00", "no such day, time", false},
        {"2020-01-02 03:60", "no such day, time", false},
        {"2020-01-02 03", "no such day, time", false},
        {"2020-01-02 03:04+99:00", "no such day, time or offset", false},
        {"2020-01-02 tomorrow", "no such day, time", false},
        {"1825-12-31", "from 1826 on", false},
        {"2999-01-01", "not in the future", false},
        {"2020", "say YYYY-mm-dd", false},
        {"2020-01", "say YYYY-mm-dd", false},
        {"20200102", "say YYYY-mm-dd", false},
        {"02.01.2020", "say YYYY-mm-dd", false},
        {"03:04", "say YYYY-mm-dd", false},
        {"+1h", "say YYYY-mm-dd", false},
        {"", "say YYYY-mm-dd", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct gls_update_options options = {.time = rows[i].text};
        struct gls_update_request request;
        struct gls_error error = GLS_ERROR_INIT;
        GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
        bool ok = gls_update_request_make(&request, NULL, &options, &error);
        if (ok) {
            gls_datetime_add_iso(&text, &request.time);
            if (request.time.has_offset)
                gls_utc_offset_add(&text, request.time.utc_offset_s);
        }
        if (ok != rows[i].is_well ||
            strstr(ok ? gls_strbuf_str(&text) : error.message, rows[i].expected) == NULL)
            fail_msg("\"%s\": %s", rows[i].text, ok ? gls_strbuf_str(&text) : error.message);
        if (!ok)
            assert_int_equal(error.status, GLS_ERROR_ARGUMENT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shifts),
                                       cmocka_unit_test(test_requests),
                                       cmocka_unit_test(test_times)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
