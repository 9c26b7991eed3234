/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "engine/names/file_name.h"
#include "engine/names/ignored.h"
#include "engine/names/takeout_name.h"
#include "engine/scan/companion_rules.h"

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

static void test_folding(void **state)
{
    static const struct {
        const char *a, *b;
        int order;
    } cases[] = {
        {"", "", 0},
        {"a", "A", 0},
        {"a", "b", -1},
        {"ab", "a", 1},
        {"\xC3\xA4", "a\xCC\x88", 0},         /* composed, decomposed */
        {"\xC3\x84.jpg", "a\xCC\x88.JPG", 0}, /* and in upper case */
        {"ad", "ac\xCC\x81", -1},             /* c and acute are one letter, behind d */
        {"stra\xC3\x9F"
         "e",
         "STRASSE", 0},
        {"\xFFx", "\xFFX", 0}, /* no UTF-8: by bytes */
        {"\xFF", "\xFE", 1},
        {"f\xC3\xBCr 1", "f\xC3\xBCr 2", -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t a = strlen(cases[i].a), b = strlen(cases[i].b);
        if (sign(gls_folded_compare(cases[i].a, a, cases[i].b, b)) != cases[i].order ||
            sign(gls_folded_compare(cases[i].b, b, cases[i].a, a)) != -cases[i].order)
            fail_msg("row %zu", i);
    }
    assert_true(gls_folded_begins("A\xCC\x88hre", 6, "\xC3\xA4", 2));
    assert_false(gls_folded_begins("a", 1, "ab", 2));
}

/* Each before all that follow it. */
static void test_order(void **state)
{
    static const char *const names[] = {
        "a.jpg",
        "a (1).jpg",
        "a(1).jpg",
        "a (1) (1).jpg",
        "a (2).jpg",
        "a 3.jpg",
        "a (10).jpg",
        "a.nef",
        "a 2019.jpg",
        "a-1.jpg",
        "a_1.jpg",
        "b",
        "Copy of b",
        "b - Copy",
        "b copy",
        "b - Copy - Copy",
        "b - Copy (2)",
        "b copy 2",
        "c - Kopie.jpg",
        "copy.jpg",
        "d-copy.jpg",
        "e.jpg",
        "Kopie von e.jpg",
        "e - Copy.jpg",
        "e \xE6\x8B\xB7\xE8\xB4\x9D.jpg",
        "f.heic.jpg", /* converted, and copied before or behind */
        "f (1).HEIC.jpg",
        "F.HEIC 2.jpg",
        "f copy 3.heic.jpg",
        "f.1 2.jpg",
        "q.jpg", /* whatever the case of letters and their composition */
        "Q (1).JPG",
        "q (2).jpg",
        "ss.jpg",
        "\u1E9E copy.jpg",
        "x(1)y.jpg",
        "z.jpg",
        "Kopie von z.jpg",
        "Z (3rd copy).jpg", /* GNOME's */
        "z (another copy).jpg",
        "z (copy).jpg",
        "z - Co\u0301pia.jpg", /* Windows's, and a Mac's */
        "z - M\u00E1solat.jpg",
        "z - \u043A\u043E\u043F\u0438\u044F.jpg",
        "z \u306E\u30B3\u30D2\u309A\u30FC.jpg",
        "z \uBCF5\uC0AC\uBCF8.jpg",
        "z\u306E\u30B3\u30D4\u30FC.jpg",
        "Copy (2) of z.jpg",
        "z (copy 2).jpg",
        "z \u2014 \u043A\u043E\u043F\u0438\u044F (2).jpg",
        "z\u7684\u526F\u672C 2.jpg",
        "z copyright.jpg",
        "z-(copy).jpg", /* Dropbox's and others' are names of their own */
        "z0.jpg",
        "a\u0308.jpg",
        "\u00C4 - Copy.jpg",
        "\u00E4b.jpg",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        for (size_t j = 0; j < COUNT_OF(names); j++)
            if (sign(gls_name_order(names[i], names[j])) != (i > j) - (i < j))
                fail_msg("%s and %s", names[i], names[j]);
}

static void test_ignored(void **state)
{
    static const struct {
        const char *name;
        bool folder, file, system, closed;
    } cases[] = {
        {"lost+found", true, false, true, false},
        {"System Volume Information", true, false, true, true},
        {"$Recycle.Bin", true, false, true, false},
        {"FOUND.000", true, false, true, false},
        {"FOUND.00", false, false, false, false},
        {".Trash-1000", true, false, true, false},
        {".Trasher", false, false, false, false},
        {"Holiday Previews.lrdata", true, false, false, false},
        {".thumbnails", true, false, false, false},
        {"/card/M4ROOT/SUB", true, false, false, false},
        {"/card/m4root/sub", true, false, false, false},
        {"M4ROOT/SUB", true, false, false, false},
        {"Android/data/com.example.chat/cache", true, false, false, false},
        {"Android/data/com.example.chat/files", false, false, false, false},
        {"/card/cache", false, false, false, false},
        {"/nas/.tmb", true, false, false, false},
        {"/card/SUB", false, false, false, false},
        {"/M4ROOT/card/SUB", false, false, false, false},
        {"/card/Trip Previews.lrdata", true, false, false, false},
        {"/x/.Trashes", true, false, true, false},
        {"thumbnails", false, false, false, false},
        {".trashed-1690000000-PXL_1.jpg", false, true, false, false},
        {".pending-1-a.jpg", false, true, false, false},
        {".glassine-1-2-0-0", false, true, false, false},
        {"trashed-1.jpg", false, false, false, false},
        {"/x/.glassine", true, false, true, true},
        {"Wedding_original", false, false, false, false},
        {"a.jpg_original", false, true, false, false},
        {"x.mp4.part-Frag3", false, true, false, false},
        {"x.mp4.!qB", false, true, false, false},
        {"x.jpg.aB3dEf", false, true, false, false},
        {"x.jpg.backup", false, false, false, false},
        {"x.aB3dEf", false, false, false, false},
        {"0123456789abcdef0123456789abcdef.0", false, true, false, false},
        {"x.0", false, false, false, false},
        {"/p/idb/12ab.files", true, false, false, false},
        {"", false, false, false, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if ((gls_ignored_folder(cases[i].name) != NULL) != cases[i].folder ||
            (gls_ignored_file(cases[i].name, false) != NULL) != cases[i].file ||
            gls_ignored_is_system(cases[i].name) != cases[i].system ||
            gls_ignored_is_closed(cases[i].name) != cases[i].closed)
            fail_msg("%s", cases[i].name);
}

/* Whose extension the user wants filed is no less for a pattern of extensions. */
static void test_ignored_also(void **state)
{
    (void)state;
    assert_non_null(gls_ignored_file("t.thumb", false));
    assert_null(gls_ignored_file("t.thumb", true));
    assert_null(gls_ignored_file("q.temp", true));
    assert_null(gls_ignored_file("q.jpg.aB3dEf", true));
    assert_non_null(gls_ignored_file(".trashed-1-t.thumb", true));
    assert_true(gls_ignored_below(".cache/t.thumb", true));
}

static void test_rules(void **state)
{
    static const struct {
        const char *pattern, *base, *variant;
        const char *stem;
        const char *says; /* "BASE|VARIANT"; NULL: no match */
    } cases[] = {
        {"*", "*", "", "DSC_1", "DSC_1|"},
        {"*", "*", "", "", NULL},
        {"*_%%", "*", "_%%", "DSC_0001_02", "DSC_0001|_02"},
        {"*_%%", "*", "_%%", "_02", NULL},
        {"*_%%", "*", "_%%", "DSC_0001_2", NULL},
        {"*M%%", "*", "M%%", "c0001m01", "c0001|M01"},
        {"GL######", "GH######", "", "GL010042", "GH010042|"},
        {"GL######", "GH######", "", "GL01004", NULL},
        {"GH%%####", "GH01####", "-%%", "GH020042", "GH010042|-02"},
        {"IMG_E+", "IMG_+", "-edited", "img_e12", "IMG_12|-edited"},
        {"IMG_E+", "IMG_+", "-edited", "IMG_Ex", NULL},
        {"VID_*_10_###", "VID_*_00_###", "_10", "VID_20210101_100000_10_001",
         "VID_20210101_100000_00_001|_10"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO base = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO variant = GLS_STRBUF_INIT;
        const struct gls_companion_rule rule = {.stem = cases[i].pattern,
                                                .base = cases[i].base,
                                                .variant = cases[i].variant,
                                                .source = "a test"};
        bool matches = gls_rule_match(&rule, cases[i].stem, strlen(cases[i].stem), &base, &variant);
        assert_int_equal(matches, cases[i].says != NULL);
        if (!matches)
            continue;
        gls_strbuf_addf(&base, "|%s", gls_strbuf_str(&variant));
        assert_string_equal(base.data, cases[i].says);
    }
}

static void test_takeout(void **state)
{
    static const struct {
        const char *title, *media;
        bool fits;
    } titles[] = {
        {"a.jpg", "a.jpg", true},
        {"a.jpg", "A.JPG", true},
        {"a.jpg", "a(2).jpg", true},
        {"a(2).jpg", "a(2).jpg", true},
        {"a", "a.jpg", true},
        {"a.jpg", "b.jpg", false},
        {"a.jpg", "a.png", false},
        {"Tom & Jerry's.jpg", "Tom _ Jerry_s.jpg", true},
        {"Tom &amp; Jerry&#39;s.jpg", "Tom _ Jerry_s.jpg", true},
        {"a/b.jpg", "a_b.jpg", true},
        {"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee.jpg",
         "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeee.jpg", true},
        {"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee.jpeg",
         "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeee(1).jpeg", true},
        {"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee.jpeg",
         "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeee.jpeg", false},
        {"", "a.jpg", false},
    };
    static const struct {
        const char *title;
        bool is_year;
    } years[] = {
        {"Photos from 2021", true},
        {"Fotos von 2021", true},
        {"2021 \xE5\xB9\xB4\xE3\x81\xAE\xE5\x86\x99\xE7\x9C\x9F", true},
        {"2021", false},
        {"Summer 2021", false},
        {"Photos from Rome", false},
        {"Photos from 21", false},
        {"", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(titles); i++) {
        bool fits;
        assert_true(gls_takeout_title_fits(&fits, titles[i].title, titles[i].media));
        if (fits != titles[i].fits)
            fail_msg("%s and %s", titles[i].title, titles[i].media);
    }
    for (size_t i = 0; i < COUNT_OF(years); i++)
        if (gls_takeout_is_year(years[i].title) != years[i].is_year)
            fail_msg("%s", years[i].title);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_folding), cmocka_unit_test(test_order),
        cmocka_unit_test(test_ignored), cmocka_unit_test(test_ignored_also),
        cmocka_unit_test(test_rules),   cmocka_unit_test(test_takeout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
