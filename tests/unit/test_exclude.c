/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "engine/scan/exclude.h"

static void test_matches(void **state)
{
    static const struct {
        const char *pattern, *path;
        bool matches;
    } cases[] = {
        {"IMG_1", "/card/IMG_1234.JPG", true},
        {"^/card/", "/card/IMG_1234.JPG", true},
        {"^card/", "/card/IMG_1234.JPG", false},
        {"\\.jpg$", "/card/IMG_1234.JPG", false},
        {"(?i)\\.jpg$", "/card/IMG_1234.JPG", true},
        {"/private/", "/a/private/b.jpg", true},
        {"", "/anything", true},
        {"^.{3}$",
         "M\xC3\xBC"
         "n",
         true}, /* three characters */
        {"(?i)M\xC3\x9CNCHEN", "/m\xC3\xBCnchen/a.jpg", true},
        {"\\bm\\w+n\\b", "/m\xC3\xBCnchen/a.jpg", true},
        {"\xE6\x9D\xB1", "/\xE6\x9D\xB1\xE4\xBA\xAC/a.jpg", true},
        {"^/card/.*\\.jpg$", "/card/M\xFCnchen.jpg", true}, /* no UTF-8: by bytes */
        {"M\xFCn", "/card/M\xFCnchen.jpg", true},
        {"M\xFCn", "/card/M\xC3\xBCnchen.jpg", false},
        {"\\x{100}", "/card/M\xFCnchen.jpg", false},
        {"a\\nb", "/a\nb.jpg", true},
        {"(a+)+$", "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_exclude *exclude = NULL;
        if (!gls_exclude_new(&exclude, &cases[i].pattern, 1, &error))
            fail_msg("%s", error.message);
        if (gls_exclude_matches(exclude, cases[i].path) != cases[i].matches)
            fail_msg("%s on %s", cases[i].pattern, cases[i].path);
        gls_exclude_free(exclude);
    }
}

static void test_several(void **state)
{
    const char *const patterns[] = {"^/a/", "\\.gif$"};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_exclude *exclude = NULL;

    (void)state;
    assert_true(gls_exclude_new(&exclude, patterns, 2, &error));
    assert_true(gls_exclude_matches(exclude, "/a/x.jpg"));
    assert_true(gls_exclude_matches(exclude, "/b/x.gif"));
    assert_false(gls_exclude_matches(exclude, "/b/x.jpg"));
    gls_exclude_free(exclude);
    assert_true(gls_exclude_new(&exclude, NULL, 0, &error));
    assert_null(exclude);
    assert_false(gls_exclude_matches(NULL, "/a"));
    gls_exclude_free(NULL);
}

static void test_refused(void **state)
{
    static const struct {
        const char *pattern, *says;
    } cases[] = {
        {"(", "\"(\" does not compile: missing closing parenthesis at byte 1"},
        {"ab[", "\"ab[\" does not compile: missing terminating ] for character class at byte 3"},
        {"a{2,1}", "numbers out of order in {} quantifier at byte 5"},
        {"\xFF(", "missing closing parenthesis at byte 2"},
        {"*", "quantifier does not follow a repeatable item at byte 0"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *const patterns[] = {"fine", cases[i].pattern};
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_exclude *exclude = NULL;
        assert_false(gls_exclude_new(&exclude, patterns, 2, &error));
        assert_null(exclude);
        assert_int_equal(error.status, GLS_ERROR_CONFIG);
        if (strstr(error.message, cases[i].says) == NULL)
            fail_msg("%s", error.message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matches),
        cmocka_unit_test(test_several),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
