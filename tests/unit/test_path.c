/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "tests/support/temp_dir.h"

static void test_join(void **state)
{
    static const char *const cases[][3] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"/", "b", "/b"},  {"", "b", "b"},
        {"a", "/b", "/b"}, {"a", "", "a/"},    {".", "b", "./b"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *joined = gls_path_join(cases[i][0], cases[i][1]);
        assert_string_equal(joined, cases[i][2]);
        free(joined);
    }
}

static void test_parts(void **state)
{
    static const struct {
        const char *path, *dir, *base, *extension;
        size_t stem_size;
    } cases[] = {
        {"/a/b.jpg", "/a", "b.jpg", "jpg", 1},
        {"b.jpg", ".", "b.jpg", "jpg", 1},
        {"/b", "/", "b", "", 1},
        {"//b", "/", "b", "", 1},
        {"a//b.x.JPG", "a", "b.x.JPG", "JPG", 3},
        {"a.d/b", "a.d", "b", "", 1},
        {".jpg", ".", ".jpg", "", 4},
        {"..jpg", ".", "..jpg", "", 5},
        {".a.jpg", ".", ".a.jpg", "jpg", 2},
        {"a.", ".", "a.", "", 2},
        {"a/", "a", "", "", 0},
        {"", ".", "", "", 0},
        {"/", "/", "", "", 0},
        {"..", ".", "..", "", 2},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *dir = gls_path_dir(cases[i].path);
        assert_string_equal(dir, cases[i].dir);
        free(dir);
        assert_string_equal(gls_path_base(cases[i].path), cases[i].base);
        assert_string_equal(gls_path_extension(cases[i].path), cases[i].extension);
        assert_int_equal(gls_path_stem_size(cases[i].path), cases[i].stem_size);
    }
}

static void test_absolute(void **state)
{
    static const char *const cases[][2] = {
        {"/", "/"},
        {"/a/b", "/a/b"},
        {"/a/b/", "/a/b"},
        {"//a///b", "/a/b"},
        {"/a/./b/.", "/a/b"},
        {"/a/../b", "/b"},
        {"/a/b/../..", "/"},
        {"/../../a", "/a"},
        {"/..", "/"},
        {"/a/..b/...", "/a/..b/..."},
        {"~", "/home/me"},
        {"~/x", "/home/me/x"},
        {"~/../x", "/home/x"},
        {"/~", "/~"},
    };
    struct gls_error error = GLS_ERROR_INIT;
    char *out = NULL;

    (void)state;
    setenv("HOME", "/home//me/", 1);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_true(gls_path_absolute(&out, cases[i][0], &error));
        assert_string_equal(out, cases[i][1]);
        free(out);
    }
    assert_false(gls_path_absolute(&out, "", &error));
    assert_int_equal(error.status, GLS_ERROR_ARGUMENT);
    assert_null(out);
}

static void test_absolute_from_here(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    char *dir = temp_dir_new();
    char *old = getcwd(NULL, 0);
    char *out = NULL;

    (void)state;
    assert_int_equal(chdir(dir), 0);
    char *here = getcwd(NULL, 0);
    static const char *const cases[][2] = {
        {"x", "/x"}, {"./x/../y", "/y"}, {".", ""}, {"~x", "/~x"}, {"x//", "/x"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_true(gls_path_absolute(&out, cases[i][0], &error));
        assert_memory_equal(out, here, strlen(here));
        assert_string_equal(out + strlen(here), cases[i][1]);
        free(out);
    }
    /* A relative $HOME is taken from here; without one the password file is asked. */
    setenv("HOME", "h", 1);
    assert_true(gls_path_absolute(&out, "~/x", &error));
    assert_string_equal(out + strlen(here), "/h/x");
    free(out);
    unsetenv("HOME");
    if (gls_path_absolute(&out, "~/x", &error)) {
        assert_int_equal(out[0], '/');
        assert_null(strchr(out, '~'));
    } else {
        assert_int_equal(error.status, GLS_ERROR_NOT_FOUND);
    }
    free(out);
    assert_int_equal(chdir(old), 0);
    free(here);
    free(old);
    temp_dir_remove(dir);
}

static void test_within(void **state)
{
    static const struct {
        const char *path, *dir, *relative; /* NULL: outside */
    } cases[] = {
        {"/a/b", "/a", "b"},     {"/a", "/a", ""}, {"/ab", "/a", NULL}, {"/", "/a", NULL},
        {"/a/b/c", "/a", "b/c"}, {"/a", "/", "a"}, {"/", "/", ""},      {"/b", "/a", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *relative = gls_path_relative(cases[i].path, cases[i].dir);
        assert_int_equal(gls_path_is_within(cases[i].path, cases[i].dir),
                         cases[i].relative != NULL);
        if (cases[i].relative == NULL)
            assert_null(relative);
        else
            assert_string_equal(relative, cases[i].relative);
    }
}

static void test_make_directories(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    char *dir = temp_dir_new();
    char *deep = temp_path(dir, "a/b//c/");
    char *file = temp_text_file(dir, "file", "x");
    char *below = temp_path(dir, "file/x");
    struct stat status;

    (void)state;
    assert_true(gls_make_directories(deep, &error));
    assert_true(gls_make_directories(deep, &error));
    assert_int_equal(stat(deep, &status), 0);
    assert_true(S_ISDIR(status.st_mode));
    assert_true(gls_make_directories("/", &error));
    assert_false(gls_make_directories(file, &error));
    assert_non_null(strstr(error.message, "file: cannot be made a folder: Not a directory"));
    assert_false(gls_make_directories(below, &error));
    assert_int_equal(error.status, GLS_ERROR_NOT_FOUND);
    free(below);
    free(file);
    free(deep);
    temp_dir_remove(dir);
}

static int make_denied(void *context)
{
    struct gls_error error = GLS_ERROR_INIT;

    return gls_make_directories(context, &error) ? 1 : (int)error.status + 100;
}

static void test_make_directories_denied(void **state)
{
    char *dir = temp_dir_new();
    char *wanted = temp_path(dir, "locked/x/y");
    char *locked = temp_folder(dir, "locked");

    (void)state;
    chmod(dir, 0755);
    chmod(locked, 0555);
    assert_int_equal(temp_run_unprivileged(make_denied, wanted), 100 + GLS_ERROR_PERMISSION);
    chmod(locked, 0755);
    free(locked);
    free(wanted);
    temp_dir_remove(dir);
}

static void test_utf8(void **state)
{
    static const struct {
        const char *bytes;
        bool valid;
        const char *repaired;
    } cases[] = {
        {"", true, ""},
        {"plain", true, "plain"},
        {"M\xC3\xBCnchen \xE6\x9D\xB1\xE4\xBA\xAC \xF0\x9F\x93\xB7", true,
         "M\xC3\xBCnchen \xE6\x9D\xB1\xE4\xBA\xAC \xF0\x9F\x93\xB7"},
        {"\xF4\x8F\xBF\xBF", true, "\xF4\x8F\xBF\xBF"},
        {"M\xFCnchen", false, "M\xEF\xBF\xBDnchen"},
        {"\xC3", false, "\xEF\xBF\xBD"},
        {"a\xE6\x9D", false, "a\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xC0\xAF", false, "\xEF\xBF\xBD\xEF\xBF\xBD"},                 /* overlong */
        {"\xE0\x80\xAF", false, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"}, /* overlong */
        {"\xED\xA0\x80", false, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"}, /* surrogate */
        {"\xF4\x90\x80\x80", false, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\x80z", false, "\xEF\xBF\xBDz"},
        {"\xFE\xFF", false, "\xEF\xBF\xBD\xEF\xBF\xBD"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t size = strlen(cases[i].bytes);
        /* A copy of just this size: a read beyond it is seen by ASan. */
        char *bytes = malloc(size + 1);
        memcpy(bytes, cases[i].bytes, size);
        bytes = realloc(bytes, size > 0 ? size : 1);
        assert_int_equal(gls_utf8_is_valid(bytes, size), cases[i].valid);
        char *repaired = gls_utf8_make_valid(bytes, size);
        assert_string_equal(repaired, cases[i].repaired);
        assert_true(gls_utf8_is_valid(repaired, strlen(repaired)));
        free(repaired);
        free(bytes);
    }
    assert_false(gls_utf8_is_valid("a\0b", 3));
    char *repaired = gls_utf8_make_valid("a\0b", 3);
    assert_string_equal(repaired, "a\xEF\xBF\xBD"
                                  "b");
    free(repaired);
}

static void test_latin1(void **state)
{
    static const char bytes[] = "M\xFCnchen \x80 \x93x\x94 \xFF\x81";
    char *text = gls_latin1_to_utf8(bytes, sizeof(bytes) - 1);

    (void)state;
    assert_string_equal(text, "M\xC3\xBCnchen \xE2\x82\xAC \xE2\x80\x9Cx\xE2\x80\x9D "
                              "\xC3\xBF\xC2\x81");
    free(text);
}

static void test_percent(void **state)
{
    static const struct {
        const char *text;
        const char *bytes; /* NULL: malformed */
    } decodes[] = {
        {"", ""},     {"a%20b", "a b"}, {"%e4%E4", "\xE4\xE4"}, {"a+b", "a+b"}, {"%", NULL},
        {"%2", NULL}, {"%zz", NULL},    {"%2g", NULL},          {"abc%", NULL}, {"%25", "%"},
    };
    char all[256];
    size_t size = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(all); i++)
        all[i] = (char)i;
    char *text = gls_percent_encode(all, sizeof(all));
    assert_true(gls_utf8_is_valid(text, strlen(text)));
    char *back = gls_percent_decode(text, &size);
    assert_int_equal(size, sizeof(all));
    assert_memory_equal(back, all, sizeof(all));
    free(back);
    free(text);
    text = gls_percent_encode("/a b/-._~%\n\xE4", 12);
    assert_string_equal(text, "/a%20b/-._~%25%0A%E4");
    free(text);
    for (size_t i = 0; i < COUNT_OF(decodes); i++) {
        back = gls_percent_decode(decodes[i].text, &size);
        if (decodes[i].bytes == NULL) {
            assert_null(back);
            assert_int_equal(size, 0);
        } else {
            assert_string_equal(back, decodes[i].bytes);
            assert_int_equal(size, strlen(decodes[i].bytes));
        }
        free(back);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_join),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_absolute),
        cmocka_unit_test(test_absolute_from_here),
        cmocka_unit_test(test_within),
        cmocka_unit_test(test_make_directories),
        cmocka_unit_test(test_make_directories_denied),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_latin1),
        cmocka_unit_test(test_percent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
