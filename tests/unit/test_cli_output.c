/* SPDX-License-Identifier: MIT */
/* What the command prints: safe text for terminals, JSON, the progress line. */
#include "tests/support/test.h"

#include <unistd.h>

#include "cli/output.h"
#include "cli/text.h"

static void test_escape(void **state)
{
    static const struct {
        const char *path;
        const char *expected;
    } rows[] = {
        {"a b.jpg", "a b.jpg"},
        {"two\nlines\t", "two\\x0Alines\\x09"},
        {"\033[2Jgone\x7F", "\\x1B[2Jgone\\x7F"},
        {"\xC2\x9B"
         "2J",
         "\\xC2\\x9B2J"}, /* the same as one character */
        {"caf\xC3\xA9 \xE6\x9D\xB1", "caf\xC3\xA9 \xE6\x9D\xB1"},
        {"latin-1 \xE9", "latin-1 \xE9"},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char out[128];
        cli_escape(out, rows[i].path);
        assert_string_equal(out, rows[i].expected);
    }
}

static void test_tail(void **state)
{
    static const struct {
        const char *path;
        size_t width;
        const char *expected;
    } rows[] = {
        {"/card/IMG_1.jpg", 40, "/card/IMG_1.jpg"},
        {"/card/IMG_1.jpg", 9, "IMG_1.jpg"},
        {"/card/IMG_1.jpg", 0, ""},
        {"a\n\033b", 10, "a??b"},
        {"\xC3\xA9\xC3\xA9\xC3\xA9", 2, "\xC3\xA9\xC3\xA9"},
        {"\xE6\x9D\xB1\xE4\xBA\xAC.jpg", 8, "\xE6\x9D\xB1\xE4\xBA\xAC.jpg"}, /* two columns each */
        {"\xE6\x9D\xB1\xE4\xBA\xAC.jpg", 7, "\xE4\xBA\xAC.jpg"},
        {"\xF0\x9F\x98\x80x", 2, "x"},
        {"\xFFx", 5, "\xEF\xBF\xBDx"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *tail = cli_tail_for_width(rows[i].path, rows[i].width);
        assert_string_equal(tail, rows[i].expected);
        free(tail);
    }
}

static void test_utf8(void **state)
{
    static const struct {
        const char *bytes;
        bool valid;
        const char *replaced;
        const char *percent;
    } rows[] = {
        {"a/b-c_d.~", true, "a/b-c_d.~", "a/b-c_d.~"},
        {"\xC3\xA9", true, "\xC3\xA9", "%C3%A9"},
        {"\xE9t", false, "\xEF\xBF\xBDt", "%E9t"},
        {"\xC0\xAF", false, "\xEF\xBF\xBD\xEF\xBF\xBD", "%C0%AF"},
        {"\xED\xA0\x80", false, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", "%ED%A0%80"},
        {"\xF4\x90\x80\x80", false, NULL, "%F4%90%80%80"},
        {"cut\xE2\x82", false, "cut\xEF\xBF\xBD\xEF\xBF\xBD", "cut%E2%82"},
        {"100% ", true, "100% ", "100%25%20"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(cli_is_utf8(rows[i].bytes), rows[i].valid);
        char *text = cli_valid_utf8(rows[i].bytes);
        assert_true(cli_is_utf8(text));
        if (rows[i].replaced != NULL)
            assert_string_equal(text, rows[i].replaced);
        free(text);
        text = cli_percent_encode(rows[i].bytes);
        assert_string_equal(text, rows[i].percent);
        free(text);
    }
}

static void test_values(void **state)
{
    static const struct {
        double bytes;
        const char *expected;
    } sizes[] = {{0, "0 B"},          {999, "999 B"},     {1000, "1.0 kB"},
                 {3500000, "3.5 MB"}, {2.5e12, "2.5 TB"}, {1e18, "1000.0 PB"}};
    const struct gls_datetime when = {.year = 2015,
                                      .month = 12,
                                      .day = 5,
                                      .minute = 59,
                                      .second = 26,
                                      .subsecond_digits = 3,
                                      .nanosecond = 84000000,
                                      .utc_offset_s = -12600,
                                      .has_offset = true};
    char text[64];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        cli_size_text(text, sizes[i].bytes);
        assert_string_equal(text, sizes[i].expected);
    }
    cli_date_text(text, &when, true);
    assert_string_equal(text, "2015-12-05T00:59:26.084-03:30");
    cli_date_text(text, &when, false);
    assert_string_equal(text, "2015-12-05T00:59:26.084");
}

static void test_json_paths(void **state)
{
    static const struct {
        const char *path;
        const char *expected;
    } rows[] = {
        {"/a/b.jpg", "{\"source\":\"/a/b.jpg\"}"},
        {"q\"\\\n", "{\"source\":\"q\\\"\\\\\\n\"}"},
        {"\xC3\xA9", "{\"source\":\"\xC3\xA9\"}"},
        {"\xE9 x", "{\"source\":\"\xEF\xBF\xBD x\",\"source_bytes\":\"%E9%20x\"}"},
        {NULL, "{\"source\":null}"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        json_t *object = json_object();
        cli_json_path(object, "source", rows[i].path);
        char *line = json_dumps(object, JSON_COMPACT);
        assert_string_equal(line, rows[i].expected);
        free(line);
        json_decref(object);
    }
}

/* stderr goes to a file while `show` runs; its content. */
static char *captured(void (*show)(struct cli_output *output), struct cli_output *output)
{
    static char text[4096];
    FILE *file = tmpfile();
    int saved = dup(STDERR_FILENO);
    assert_non_null(file);
    fflush(stderr);
    dup2(fileno(file), STDERR_FILENO);
    show(output);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    rewind(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    text[size] = '\0';
    fclose(file);
    return text;
}

static void show_three_times(struct cli_output *output)
{
    struct gls_progress progress = {.files_found = 10,
                                    .bytes_found = 4000000,
                                    .scan_done = true,
                                    .files_done = 5,
                                    .bytes_done = 2000000,
                                    .current = "/a/very/long/path/that/does/not/fit/into/the/"
                                               "terminal\033[2J/IMG_1.jpg"};
    cli_show_progress(output, &progress);
    cli_show_progress(output, &progress); /* too soon: not drawn */
    cli_say(output, "%s", "a remark");
}

static void test_progress(void **state)
{
    struct cli_output output = {.shows_progress = true, .started_s = cli_now_s() - 100};
    (void)state;
    const char *text = captured(show_three_times, &output);
    assert_memory_equal(text, "\r\033[K5/10 files  2.0 MB  20.0 kB/s  1:", 35);
    assert_non_null(strstr(text, " left  "));
    const char *rest = strstr(text, "IMG_1.jpg");
    assert_non_null(rest);
    assert_true(rest + strlen("IMG_1.jpg") - text - 4 < 80);
    assert_null(strstr(text, "\033[2J")); /* a name commands no terminal */
    assert_string_equal(rest, "IMG_1.jpg\r\033[Kglassine: a remark\n");
    assert_false(output.is_line_shown);
}

static void show_once(struct cli_output *output)
{
    struct gls_progress progress = {.files_found = 1000,
                                    .bytes_found = UINT64_MAX,
                                    .scan_done = true,
                                    .files_done = 1,
                                    .bytes_done = 1};
    cli_show_progress(output, &progress);
    cli_output_close(output);
}

static void test_progress_extremes(void **state)
{
    struct cli_output output = {.shows_progress = true, .started_s = cli_now_s() - 10};
    struct cli_output silent = {.shows_progress = false};
    (void)state;
    assert_null(strstr(captured(show_once, &output), "left"));
    assert_string_equal(captured(show_once, &silent), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escape),
        cmocka_unit_test(test_tail),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_json_paths),
        cmocka_unit_test(test_progress),
        cmocka_unit_test(test_progress_extremes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
