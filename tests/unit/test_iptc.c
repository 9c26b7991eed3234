/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "media/xmp/xmp.h"

#define BYTES(text) text, sizeof(text) - 1
#define DATE                                                                                       \
    "\x1c\x02\x37\0\x08"                                                                           \
    "20110817"

static void reads_date_and_name(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *date, *name; /* NULL: absent */
    } cases[] = {
        {BYTES(DATE "\x1c\x02\x3c\0\x0b"
                    "163937+0800"),
         "2011-08-17T16:39:37+08:00", NULL},
        {BYTES(DATE "\x1c\x02\x3c\0\x06"
                    "163937"),
         "2011-08-17T16:39:37", NULL},
        {BYTES(DATE "\x1c\x02\x3c\0\x06"
                    "16:39 "),
         "2011-08-17T16:39", NULL},
        {BYTES(DATE "\x1c\x02\x3c\0\x06"
                    "      "),
         "2011-08-17", NULL},
        /* What is not known is 00, a blank, or left out. */
        {BYTES("\x1c\x02\x37\0\x08"
               "19560700"),
         "1956-07-00", NULL},
        {BYTES("\x1c\x02\x37\0\x08"
               "195607  "),
         "1956-07-00", NULL},
        {BYTES("\x1c\x02\x37\0\x06"
               "195607"),
         "1956-07-00", NULL},
        {BYTES("\x1c\x02\x37\0\x04"
               "1956"),
         "1956-00-00", NULL},
        {BYTES("\x1c\x02\x37\0\x03"
               "195"),
         NULL, NULL},
        {BYTES("\x1c\x02\x37\0\x08"
               "        "),
         NULL, NULL},
        {BYTES(DATE), "2011-08-17", NULL},
        /* Separators, where IIM has none. */
        {BYTES("\x1c\x02\x37\0\x0a"
               "2011-08-17"
               "\x1c\x02\x3c\0\x0e"
               "16:39:37-03:30"),
         "2011-08-17T16:39:37-03:30", NULL},
        {BYTES("\x1c\x02\x37\0\x08"
               "20110817"
               "\x1c\x02\x3c\0\x07"
               "163937Z"),
         "2011-08-17T16:39:37Z", NULL},
        {BYTES("\x1c\x02\x37\0\x08"
               "2011-8-1"),
         "2011-8-1", NULL},
        {BYTES("\x1c\x02\x37\0\0"), NULL, NULL},
        {BYTES("\x1c\x02\x05\0\x04L\xe9on"), NULL, "L\xc3\xa9on"},
        {BYTES("\x1c\x01\x5a\0\x03\x1b%G\x1c\x02\x05\0\x05L\xc3\xa9on"), NULL, "L\xc3\xa9on"},
        {BYTES("\x1c\x01\x5a\0\x03\x1b%G\x1c\x02\x05\0\x04L\xe9on"), NULL, "L\xef\xbf\xbdon"},
        /* The extended size, and the first of two names. */
        {BYTES("\x1c\x02\x05\x80\x04\0\0\0\x01"
               "A"
               "\x1c\x02\x05\0\x01"
               "B"),
         NULL, "A"},
        /* Sizes beyond the block end it. */
        {BYTES("\x1c\x02\x05\0\x09short"), NULL, NULL},
        {BYTES("\x1c\x02\x05\xff\xff"), NULL, NULL},
        {BYTES("\x1c\x02"), NULL, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_iptc_values values;
        assert_true(gls_iptc_decode(&values, cases[i].bytes, cases[i].size, &error));
        if (cases[i].date == NULL) {
            assert_null(values.date_time_created);
        } else {
            assert_string_equal(values.date_time_created, cases[i].date);
        }
        if (cases[i].name == NULL) {
            assert_null(values.object_name);
        } else {
            assert_string_equal(values.object_name, cases[i].name);
        }
        gls_iptc_values_clear(&values);
    }
}

static void refuses_what_is_no_record(void **state)
{
    (void)state;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_iptc_values values;
    assert_false(gls_iptc_decode(&values, "8BIM", 4, &error));
    assert_int_equal(error.status, GLS_ERROR_FORMAT);
    assert_false(gls_iptc_decode(&values, "", 0, &error));
    gls_iptc_values_clear(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_date_and_name),
        cmocka_unit_test(refuses_what_is_no_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
