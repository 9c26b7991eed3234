/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "base/ascii.h"

static void test_equal(void **state)
{
    static const struct {
        const char *a;
        const char *b;
        bool equal;
    } rows[] = {
        {"", "", true},
        {"HEIC", "heic", true},
        {"avi", "AVI", true},
        {"az", "AZ", true},
        {"a", "", false},
        {"", "a", false},
        {"jpg", "jpeg", false},
        {"jpg", "jpgx", false},
        {"@", "`", false},
        {"[", "{", false},
        {"1", "1", true},
        {"\xC4\xB0", "i", false},
        {"\xC3\x84", "\xC3\xA4", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(gls_ascii_equal(rows[i].a, rows[i].b), rows[i].equal);
}

static void test_begins_equal(void **state)
{
    (void)state;
    assert_true(gls_ascii_begins_equal("HTTP://x", "http://y", 7));
    assert_false(gls_ascii_begins_equal("HTTP://x", "http://y", 8));
    assert_true(gls_ascii_begins_equal("ab", "AB", 5));
    assert_false(gls_ascii_begins_equal("ab", "ABC", 5));
    assert_true(gls_ascii_begins_equal("x", "y", 0));
}

static void test_letters(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        bool capital = c >= 'A' && c <= 'Z', small = c >= 'a' && c <= 'z';
        assert_int_equal((unsigned char)gls_ascii_lower((char)c), capital ? c + 32 : c);
        assert_int_equal((unsigned char)gls_ascii_upper((char)c), small ? c - 32 : c);
        assert_int_equal(gls_ascii_is_letter((char)c), capital || small);
        assert_int_equal(gls_ascii_is_digit((char)c), c >= '0' && c <= '9');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_begins_equal),
        cmocka_unit_test(test_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
