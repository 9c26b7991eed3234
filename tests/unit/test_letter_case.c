/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "plan/naming/letter_case.h"

static void check(const char *text, bool upper, const char *expected)
{
    GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
    gls_letters_add(&out, text, strlen(text), upper);
    assert_string_equal(gls_strbuf_str(&out), expected);
}

static void test_lower(void **state)
{
    static const struct {
        const char *text;
        const char *expected;
    } rows[] = {
        {"IMG_1234.JPG", "img_1234.jpg"},
        {"", ""},
        {"Ä Ö Ü É Ñ Ж", "ä ö ü é ñ ж"},
        {"STRASSE ẞ", "strasse ß"},
        /* the dotted capital I keeps its dot, the plain one has one: no Turkish */
        {"İI", "i̇i"},
        {"ı", "ı"},
        /* sigma: final only at the end of a word of more than one letter */
        {"ΟΔΟΣ", "οδος"},
        {"ΟΔΟΣ-ΣΑΜΟΣ", "οδος-σαμος"},
        {"Σ", "σ"},
        {"Σ Σ", "σ σ"},
        {"1Σ", "1σ"},
        {"ΑΣ1", "ας1"},
        {"ΑΣ̈", "ας̈"},     /* a mark behind it is no letter */
        {"ΑΣ'", "ας'"},   /* nor is an apostrophe, ... */
        {"ΑΣ'Α", "ασ'α"}, /* ... which may stand inside a word, as a dot may */
        {"ΟΔΟΣ.jpg", "οδοσ.jpg"},
        {"Α'Σ", "α'ς"},
        {"\xFFΣ", "\xFFσ"},
        {"ΑΣ\xFF", "ας\xFF"},
        {"cut \xE2\x82", "cut \xE2\x82"},
        {"ǅ", "ǆ"},
        {"😀 東京", "😀 東京"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check(rows[i].text, false, rows[i].expected);
}

static void test_upper(void **state)
{
    static const struct {
        const char *text;
        const char *expected;
    } rows[] = {
        {"img_1234.jpg", "IMG_1234.JPG"},
        {"straße", "STRASSE"},
        {"ẞİ", "ẞİ"},
        {"iı", "II"},
        {"ﬁn ﬄ", "FIN FFL"},
        {"ŉ", "ʼN"},
        {"ǰ", "J\xCC\x8C"},
        {"ΐ", "\xCE\x99\xCC\x88\xCC\x81"},
        {"ᾳ ᾼ", "ΑΙ ΑΙ"},
        {"և", "ԵՒ"},
        {"σς", "ΣΣ"},
        {"ǆ", "Ǆ"},
        {"\xFF\xE2\x82", "\xFF\xE2\x82"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check(rows[i].text, true, rows[i].expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lower),
        cmocka_unit_test(test_upper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
