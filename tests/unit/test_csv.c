/* SPDX-License-Identifier: MIT */
#include "base/csv.h"

#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "tests/support/test.h"

static bool visit(void *user, char *const *fields, size_t count)
{
    struct gls_strbuf *out = user;

    for (size_t i = 0; i < count; i++)
        gls_strbuf_addf(out, "%s%s", fields[i], i + 1 < count ? "|" : ";");
    return strcmp(fields[0], "stop") != 0;
}

static void check_rows(const void *text, size_t size, const char *expected, bool is_whole)
{
    GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;

    assert_true(gls_input_from_memory(&input, text, size, "table", &error));
    assert_int_equal(gls_csv_each_row(input, visit, &out, &error), is_whole);
    assert_string_equal(gls_strbuf_str(&out), expected);
    gls_input_free(input);
}

static void test_rows(void **state)
{
    static const struct {
        const char *text, *rows;
    } cases[] = {
        {"", ""},
        {"\n\r\n\n", ""},
        {"a,b\r\nc,d", "a|b;c|d;"},
        {"a,b\n", "a|b;"},
        {",\n", "|;"},
        {"\"x, y\",z\n", "x, y|z;"},
        {"\"say \"\"hi\"\"\"\n", "say \"hi\";"},
        {"\"two\nlines\",1\n", "two\nlines|1;"},
        {"\xef\xbb\xbf\"Images\"\n", "Images;"},
        {"\"open\nto the end", "open\nto the end;"},
        {"\"\"\n\"\",x\n", "|x;"},
        {"a\nstop\nb\n", "a;stop;"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_rows(cases[i].text, strlen(cases[i].text), cases[i].rows, true);
}

static void test_limits(void **state)
{
    enum { SIZE = 3 * GLS_CSV_ROW_SIZE };
    char *text = malloc(SIZE);

    (void)state;
    assert_non_null(text);
    /* Many rows over the bounds of chunks. */
    GLS_STRBUF_AUTO many = GLS_STRBUF_INIT;
    for (size_t i = 0; i < SIZE; i += 4) {
        memcpy(text + i, "a,b\n", 4);
        gls_strbuf_add_str(&many, "a|b;");
    }
    check_rows(text, SIZE, gls_strbuf_str(&many), true);
    /* One row that is too long, and one of too many fields. */
    memcpy(text, "ok\n", 3);
    memset(text + 3, 'x', SIZE - 3);
    check_rows(text, SIZE, "ok;", false);
    memset(text + 3, ',', SIZE - 3);
    check_rows(text, SIZE, "ok;", false);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
