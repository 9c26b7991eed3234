/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "engine/archive/member_name.h"
#include "engine/names/file_name.h"

#define BYTES(text) (text), sizeof(text) - 1

static void names_are_paths_below_the_top(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *path; /* NULL: refused */
    } rows[] = {
        {BYTES("a.jpg"), "a.jpg"},
        {BYTES("a/b/c.jpg"), "a/b/c.jpg"},
        {BYTES("./a/./b.jpg"), "a/b.jpg"},
        {BYTES("a//b.jpg"), "a/b.jpg"},
        {BYTES("a/b/"), "a/b"},
        {BYTES("./"), ""},
        {BYTES(""), ""},
        {BYTES("..a/b..jpg/..."), "..a/b..jpg/..."},
        {BYTES("a\\b.jpg"), "a\\b.jpg"},
        {BYTES("\x82t\xff.jpg"), "\x82t\xff.jpg"},
        {BYTES("1:30.jpg"), "1:30.jpg"},
        {BYTES("../a.jpg"), NULL},
        {BYTES("a/../../b.jpg"), NULL},
        {BYTES("a/.."), NULL},
        {BYTES("/a.jpg"), NULL},
        {BYTES("\\\\host\\a.jpg"), NULL},
        {BYTES("C:/a.jpg"), NULL},
        {BYTES("c:\\a.jpg"), NULL},
        {BYTES("a.jpg\0.txt"), NULL},
    };
    GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *reason = gls_member_name_clean(&out, rows[i].bytes, rows[i].size);
        if ((reason == NULL) != (rows[i].path != NULL))
            fail_msg("row %zu: %s", i, reason != NULL ? reason : "is taken");
        assert_string_equal(gls_strbuf_str(&out), rows[i].path != NULL ? rows[i].path : "");
    }
}

static void names_have_bounds(void **state)
{
    (void)state;
    GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
    char name[8192];

    memset(name, 'x', sizeof name);
    assert_null(gls_member_name_clean(&out, name, 255));
    assert_int_equal(out.size, 255);
    assert_non_null(gls_member_name_clean(&out, name, 256));
    for (size_t i = 1; i < sizeof name; i += 2)
        name[i] = '/';
    assert_null(gls_member_name_clean(&out, name, 2 * GLS_MEMBER_DEPTH_MAX));
    assert_non_null(gls_member_name_clean(&out, name, 2 * GLS_MEMBER_DEPTH_MAX + 1));
    for (size_t i = 1; i < sizeof name; i++)
        name[i] = i % 200 == 0 ? '/' : 'x';
    assert_null(gls_member_name_clean(&out, name, 4000));
    assert_non_null(gls_member_name_clean(&out, name, 4001));
}

static void unstated_bytes_are_utf8_or_code_page_437(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *text;
    } rows[] = {
        {"a.jpg", "a.jpg"},
        {"\xc3\xa9.jpg", "\xc3\xa9.jpg"},                             /* UTF-8 without its flag */
        {"\x82t\x82.jpg", "\xc3\xa9t\xc3\xa9.jpg"},                   /* été */
        {"\x80\xff.jpg", "\xc3\x87\xc2\xa0.jpg"},                     /* the first and the last */
        {"\xb0\xe3\x9e.jpg", "\xe2\x96\x91\xcf\x80\xe2\x82\xa7.jpg"}, /* three bytes, two, three */
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
        gls_member_name_add_unstated(&out, rows[i].bytes, strlen(rows[i].bytes));
        assert_string_equal(gls_strbuf_str(&out), rows[i].text);
    }
}

static void archives_are_known_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool is_archive, is_piece;
    } rows[] = {
        {"takeout-001.zip", true, false}, {"A.ZIP", true, false},     {"a.tar", true, false},
        {"a.tgz", true, false},           {"a.tar.gz", true, false},  {"A.Tar.Gz", true, false},
        {"a.gz", false, false},           {".zip", false, false},     {"zip", false, false},
        {"a.zip.jpg", false, false},      {"a.7z", false, false},     {"a.z01", false, true},
        {"A.Z12", false, true},           {"a.zip.001", false, true}, {"a.tar.gz.002", false, true},
        {"a.tgz.010", false, true},       {"IMG.001", false, false},  {"a.zipp", false, false},
        {"a.zoo", false, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(gls_is_archive_name(rows[i].name), rows[i].is_archive);
        if ((gls_archive_piece_reason(rows[i].name) != NULL) != rows[i].is_piece)
            fail_msg("%s", rows[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_paths_below_the_top),
        cmocka_unit_test(names_have_bounds),
        cmocka_unit_test(unstated_bytes_are_utf8_or_code_page_437),
        cmocka_unit_test(archives_are_known_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
