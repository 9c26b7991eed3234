/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <errno.h>
#include <locale.h>

#include "base/error.h"
#include "base/path.h"

static void test_fail(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    assert_false(gls_fail(&error, GLS_ERROR_FORMAT, "%s: no marker at %d", "a.jpg", 7));
    assert_int_equal(error.status, GLS_ERROR_FORMAT);
    assert_string_equal(error.message, "a.jpg: no marker at 7");
    assert_false(gls_fail(&error, GLS_ERROR_IO, "again: %s", error.message));
    assert_string_equal(error.message, "again: a.jpg: no marker at 7");
    assert_false(gls_fail_memory(&error));
    assert_int_equal(error.status, GLS_ERROR_MEMORY);
    assert_string_equal(error.message, "out of memory");
}

static void test_status_of_errno(void **state)
{
    static const struct {
        int system_errno;
        enum gls_status status;
    } cases[] = {
        {ENOENT, GLS_ERROR_NOT_FOUND}, {ENOTDIR, GLS_ERROR_NOT_FOUND},
        {EEXIST, GLS_ERROR_EXISTS},    {EACCES, GLS_ERROR_PERMISSION},
        {EPERM, GLS_ERROR_PERMISSION}, {EROFS, GLS_ERROR_PERMISSION},
        {ENOSPC, GLS_ERROR_NO_SPACE},  {EDQUOT, GLS_ERROR_NO_SPACE},
        {ENOMEM, GLS_ERROR_MEMORY},    {EIO, GLS_ERROR_IO},
        {ENAMETOOLONG, GLS_ERROR_IO},  {12345, GLS_ERROR_IO},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        assert_false(gls_fail_errno(&error, cases[i].system_errno, "x"));
        assert_int_equal(error.status, cases[i].status);
    }
}

static void test_errno_text_is_english(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    char small[5];

    (void)state;
    /* The test, not the library, sets a locale; where it is missing nothing changes. */
    setlocale(LC_ALL, "de_DE.UTF-8");
    gls_fail_errno(&error, ENOENT, "%s", "a.jpg");
    setlocale(LC_ALL, "C");
    assert_string_equal(error.message, "a.jpg: No such file or directory");
    assert_ptr_equal(gls_errno_text(ENOENT, small, sizeof(small)), small);
    assert_string_equal(small, "No s");
}

/* However long the path is, the cause stays. */
static void test_long_messages(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    char path[5000];

    (void)state;
    memset(path, 'p', sizeof(path) - 1);
    path[sizeof(path) - 1] = '\0';
    gls_fail(&error, GLS_ERROR_IO, "%s", path);
    assert_int_equal(strlen(error.message), sizeof(error.message) - 1);
    gls_fail_errno(&error, ENOSPC, "%s: cannot be written", path);
    assert_int_equal(strlen(error.message), sizeof(error.message) - 1);
    assert_non_null(strstr(error.message, ": No space left on device (make room"));
    gls_error_prefix(&error, "%s", path);
    assert_int_equal(strlen(error.message), sizeof(error.message) - 1);
    gls_fail(&error, GLS_ERROR_IO, "the cause");
    gls_error_prefix(&error, "%s", path);
    assert_int_equal(strlen(error.message), sizeof(error.message) - 1);
    assert_non_null(strstr(error.message, ": the cause"));
}

static void test_cut_between_characters(void **state)
{
    (void)state;
    for (size_t lead = 0; lead < 4; lead++) {
        struct gls_error error = GLS_ERROR_INIT;
        char text[4000];
        memset(text, 'x', lead);
        for (size_t i = lead; i + 4 < sizeof(text); i += 4)
            memcpy(text + i, "\xF0\x9F\x93\xB7", 5);
        gls_fail(&error, GLS_ERROR_IO, "%s", text);
        size_t size = strlen(error.message);
        assert_true(size > sizeof(error.message) - 5);
        assert_true(gls_utf8_is_valid(error.message, size));
    }
}

static void test_prefix(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    gls_fail(&error, GLS_ERROR_FORMAT, "bad box");
    assert_false(gls_error_prefix(&error, "%s", "a.mov"));
    assert_string_equal(error.message, "a.mov: bad box");
    assert_int_equal(error.status, GLS_ERROR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fail),
        cmocka_unit_test(test_status_of_errno),
        cmocka_unit_test(test_errno_text_is_english),
        cmocka_unit_test(test_long_messages),
        cmocka_unit_test(test_cut_between_characters),
        cmocka_unit_test(test_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
