/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "base/path.h"
#include "plan/naming/sanitize.h"

static void test_table(void **state)
{
    static const struct {
        const char *text;
        bool portable;
        const char *expected;
    } rows[] = {
        {"img_1234.jpg", false, "img_1234.jpg"},
        {"", false, "_"},
        {".", false, "_"},
        {"..", false, "_"},
        {" . . ", false, "_"},
        {"../../x", false, "_.._x"},
        {"a/b", false, "a_b"},
        {"/etc/passwd", false, "_etc_passwd"},
        {".hidden.jpg", false, "hidden.jpg"},
        {"  both ends. . ", false, "both ends"},
        {"two\nlines", false, "two lines"},
        {"two\r\n\tlines", false, "two lines"},
        {"bell\a\x7f", false, "bell__"},
        {"c1 \xC2\x81 control", false, "c1 _ control"},
        {"line\xE2\x80\xA8separator", false, "line separator"},
        {"latin-1 \xE9t\xE9", false, "latin-1 _t_"},
        {"cut \xE2\x82", false, "cut __"},
        {"overlong \xC0\xAF", false, "overlong __"},
        {"surrogate \xED\xA0\x80", false, "surrogate ___"},
        /* decomposed and composed are one name */
        {"cafe\xCC\x81", false, "caf\xC3\xA9"},
        {"caf\xC3\xA9", false, "caf\xC3\xA9"},
        {"\xE6\x9D\xB1\xE4\xBA\xAC.jpg", false, "\xE6\x9D\xB1\xE4\xBA\xAC.jpg"},
        /* an emoji joined from several characters stays whole */
        {"\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x94\xAC", false,
         "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x94\xAC"},
        /* a right-to-left override cannot disguise an extension */
        {"photo\xE2\x80\xAEgpj.exe", false, "photogpj.exe"},
        {"\xEF\xBB\xBFmark", false, "mark"},
        /* composed also where something that went stood between */
        {"e\xEF\xBB\xBF\xCC\x81", false, "\xC3\xA9"},
        {"e\xE2\x80\xAE\xCC\x81.jpg", false, "\xC3\xA9.jpg"},
        {"\xC2\xA0no-break\xC2\xA0", false, "no-break"},
        {"a<b>c:d\"e\\f|g?h*i", false, "a<b>c:d\"e\\f|g?h*i"},
        {"a<b>c:d\"e\\f|g?h*i", true, "a_b_c_d_e_f_g_h_i"},
        {"con", false, "con"},
        {"con", true, "con_"},
        {"NUL.jpg", true, "NUL_.jpg"},
        {"aux.tar.gz", true, "aux_.tar.gz"},
        {"com1", true, "com1_"},
        {"LPT9.txt", true, "LPT9_.txt"},
        {"com10", true, "com10"},
        {"COM\xC2\xB9.jpg", true, "COM\xC2\xB9_.jpg"},
        {"lpt\xC2\xB5", true, "lpt\xC2\xB5"},
        {"con .txt", true, "con_ .txt"},
        {"CONIN$", true, "CONIN$_"},
        {"console", true, "console"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *name = gls_sanitize_component(rows[i].text, rows[i].portable, true);
        assert_non_null(name);
        assert_string_equal(name, rows[i].expected);
        /* What is clean stays as it is. */
        char *again = gls_sanitize_component(name, rows[i].portable, true);
        assert_string_equal(again, name);
        free(again);
        free(name);
    }
}

/* `count` times `unit`, then `tail`. */
static char *repeated(const char *unit, size_t count, const char *tail)
{
    size_t size = strlen(unit);
    char *text = malloc(size * count + strlen(tail) + 1);
    assert_non_null(text);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * size, unit, size);
    strcpy(text + size * count, tail);
    return text;
}

static void check_cut(const char *unit, const char *tail, bool keep, size_t size, const char *end)
{
    char *text = repeated(unit, 400, tail);
    char *name = gls_sanitize_component(text, false, keep);
    assert_non_null(name);
    assert_int_equal(strlen(name), size);
    assert_string_equal(name + size - strlen(end), end);
    assert_true(gls_utf8_is_valid(name, size));
    free(name);
    free(text);
}

static void test_length(void **state)
{
    (void)state;
    check_cut("a", ".jpg", true, 255, "aa.jpg");
    check_cut("a", ".jpg", false, 255, "aaaa");
    check_cut("\xC3\xA9", ".jpg", true, 254, "\xC3\xA9.jpg"); /* é: two bytes */
    check_cut("\xC3\xA9", "", false, 254, "\xC3\xA9");
    check_cut("\xF0\x9F\x98\x80", ".heic", true, 253, "\xF0\x9F\x98\x80.heic");
    /* x with two marks is one character of five bytes */
    check_cut("x\xCC\xA3\xCC\x84", "", false, 255, "x\xCC\xA3\xCC\x84");
    check_cut("x\xCC\xA3\xCC\x84", ".jpg", true, 254, "x\xCC\xA3\xCC\x84.jpg");
    /* an "extension" that long is none */
    check_cut("ab.", "cdefghijklmnopqrstuvwxyzcdefghijklmnopqrstuvwxyz", true, 254, "ab.ab");
    /* the cut leaves no blank before the extension */
    char *text = repeated("a", 250, " bcdefgh.jpg");
    char *name = gls_sanitize_component(text, false, true);
    assert_int_equal(strlen(name), 254);
    assert_string_equal(name + 248, "aa.jpg");
    free(name);
    free(text);
}

static void test_numbered(void **state)
{
    static const struct {
        const char *name;
        unsigned number;
        const char *expected;
    } rows[] = {
        {"img.jpg", 1, "img-1.jpg"},
        {"img.jpg", 12, "img-12.jpg"},
        {"img", 2, "img-2"},
        {"a.b.jpg", 1, "a.b-1.jpg"},
        {"img.jpg", 4294967295u, "img-4294967295.jpg"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *name = gls_numbered_name(rows[i].name, rows[i].number);
        assert_string_equal(name, rows[i].expected);
        free(name);
    }
    char *longest = repeated("\xC3\xA9", 125, "x.jpg");
    assert_int_equal(strlen(longest), 255);
    char *name = gls_numbered_name(longest, 100);
    assert_true(strlen(name) <= 255 && strlen(name) >= 253);
    assert_string_equal(name + strlen(name) - 10, "\xC3\xA9-100.jpg");
    assert_true(gls_utf8_is_valid(name, strlen(name)));
    free(name);
    free(longest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_numbered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
