/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "base/strbuf.h"

static void test_building(void **state)
{
    GLS_STRBUF_AUTO buf = GLS_STRBUF_INIT;

    (void)state;
    assert_string_equal(gls_strbuf_str(&buf), "");
    gls_strbuf_add_str(&buf, "one");
    gls_strbuf_add_char(&buf, ' ');
    gls_strbuf_addf(&buf, "%d%s", 2, "x");
    gls_strbuf_add(&buf, "a\0b", 3);
    assert_int_equal(buf.size, 9);
    assert_memory_equal(buf.data, "one 2xa\0b", 10);
    gls_strbuf_truncate(&buf, 3);
    assert_string_equal(buf.data, "one");
    gls_strbuf_truncate(&buf, 99);
    assert_string_equal(buf.data, "one");
    gls_strbuf_clear(&buf);
    assert_int_equal(buf.size, 0);
    assert_string_equal(buf.data, "");
}

static void test_long_format(void **state)
{
    static const int widths[] = {254, 255, 256, 257, 5000};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(widths); i++) {
        GLS_STRBUF_AUTO buf = GLS_STRBUF_INIT;
        gls_strbuf_add_char(&buf, '>');
        gls_strbuf_addf(&buf, "%*d", widths[i], 7);
        assert_int_equal(buf.size, (size_t)widths[i] + 1);
        assert_int_equal(strlen(buf.data), buf.size);
        assert_int_equal(buf.data[widths[i]], '7');
    }
}

static void test_quoted(void **state)
{
    (void)state;
    GLS_STRBUF_AUTO buf = GLS_STRBUF_INIT;
    gls_strbuf_add_quoted(&buf, "Ann's $HOME");
    assert_string_equal(buf.data, "'Ann'\\''s $HOME'");
    gls_strbuf_clear(&buf);
    gls_strbuf_add_quoted(&buf, "");
    assert_string_equal(buf.data, "''");
}

static void test_splice(void **state)
{
    static const struct {
        const char *start;
        size_t offset, remove;
        const char *bytes;
        const char *result;
    } cases[] = {
        {"abcdef", 0, 0, "XY", "XYabcdef"},
        {"abcdef", 6, 0, "XY", "abcdefXY"},
        {"abcdef", 2, 2, "XY", "abXYef"},
        {"abcdef", 2, 2, "", "abef"},
        {"abcdef", 0, 6, "", ""},
        {"abcdef", 1, 1, "0123456789", "a0123456789cdef"},
        {"", 0, 0, "X", "X"},
        {"", 0, 0, "", ""},
        {"abc", 1, 99, "Z", "aZ"},
        {"abc", 99, 1, "Z", "abcZ"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO buf = GLS_STRBUF_INIT;
        gls_strbuf_add_str(&buf, cases[i].start);
        gls_strbuf_splice(&buf, cases[i].offset, cases[i].remove, cases[i].bytes,
                          strlen(cases[i].bytes));
        assert_string_equal(gls_strbuf_str(&buf), cases[i].result);
        assert_int_equal(buf.size, strlen(cases[i].result));
    }
}

static void test_take(void **state)
{
    struct gls_strbuf buf = GLS_STRBUF_INIT;

    (void)state;
    char *text = gls_strbuf_take(&buf);
    assert_string_equal(text, "");
    free(text);
    gls_strbuf_add_str(&buf, "mine");
    text = gls_strbuf_take(&buf);
    assert_string_equal(text, "mine");
    assert_null(buf.data);
    assert_int_equal(buf.size, 0);
    free(text);
    gls_strbuf_free(&buf);
    gls_strbuf_free(NULL);
}

static void test_failure_sticks(void **state)
{
    GLS_STRBUF_AUTO buf = GLS_STRBUF_INIT;

    (void)state;
    gls_strbuf_add_str(&buf, "kept");
    assert_null(gls_strbuf_reserve(&buf, SIZE_MAX));
    assert_true(buf.failed);
    gls_strbuf_add_str(&buf, "lost");
    gls_strbuf_addf(&buf, "%s", "lost");
    gls_strbuf_splice(&buf, 0, 2, "lost", 4);
    assert_string_equal(buf.data, "kept");
    assert_null(gls_strbuf_take(&buf));
    assert_false(buf.failed);
    gls_strbuf_add_str(&buf, "again");
    assert_string_equal(buf.data, "again");
}

static void test_reserve(void **state)
{
    GLS_STRBUF_AUTO buf = GLS_STRBUF_INIT;

    (void)state;
    for (size_t i = 0; i < 100000; i++) {
        char *end = gls_strbuf_reserve(&buf, 1);
        assert_non_null(end);
        *end = (char)('a' + i % 26);
        buf.size++;
    }
    assert_int_equal(buf.size, 100000);
    assert_int_equal(buf.data[99999], 'a' + 99999 % 26);
    assert_true(buf.space >= 100001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_building),       cmocka_unit_test(test_long_format),
        cmocka_unit_test(test_quoted),         cmocka_unit_test(test_splice),
        cmocka_unit_test(test_take),           cmocka_unit_test(test_reserve),
        cmocka_unit_test(test_failure_sticks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
