/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "base/strbuf.h"
#include "base/timestamp.h"
#include "media/core/date_words.h"

static void reads_dates_with_names(void **state)
{
    static const struct {
        const char *text, *wanted; /* NULL: no whole date */
    } cases[] = {
        {"Sun, 18 Jan 2015 12:01:02 +0100", "2015-01-18T12:01:02+01:00"},
        {"Sat 20 Dec 2008 17:00:46 -0600", "2008-12-20T17:00:46-06:00"},
        {"18 Jan 2015 12:01:02 GMT", "2015-01-18T12:01:02+00:00"},
        {"8 December 2015 1:01", "2015-12-08T01:01:00"},
        {"Sunday, 18 Jan 2015 12:01:02 EST", "2015-01-18T12:01:02"},
        {"MON MAR 10 15:04:43 2003\n", "2003-03-10T15:04:43"},
        {"Tue Sep  2 08:00:00 CEST 2014", "2014-09-02T08:00:00"},
        {"Sept. 2, 2014 8:05:06 PM", "2014-09-02T20:05:06"},
        {"2 Sep 2014 12:05 AM", "2014-09-02T00:05:00"},
        {"31 Dec 2016 23:59:60 Z", "2016-12-31T23:59:59+00:00"},
        {"18 Jan 2015", "2015-01-18T00:00:00"},
        {"25th December 2015", "2015-12-25T00:00:00"},
        {"24. Dezember 2015 18:30", "2015-12-24T18:30:00"},
        {"25 de diciembre de 2015 12:01:02", "2015-12-25T12:01:02"},
        {"dim. 18 janv. 2015 12:01:02 +0100", "2015-01-18T12:01:02+01:00"},
        {"mar. 20 janv. 2015 12:01:02", "2015-01-20T12:01:02"}, /* Tuesday */
        {"maa 5 jan 2015", "2015-01-05T00:00:00"},
        {"Sze 7 okt 2015 12:01", "2015-10-07T12:01:00"},
        {"mar. 20 2015", "2015-03-20T00:00:00"},
        {"20 mar jan 2015", NULL},
        {"9 \xD0\x9C\xD0\x90\xD0\xAF 2015", "2015-05-09T00:00:00"}, /* in capitals */
        {"18 Foo 2015 12:01:02", NULL},
        {"MON FOO 10 15:04:43 2003", NULL},
        {"18 Jan", NULL},
        {"30 Feb 2015 12:01:02", NULL},
        {"18 Jan 2015 25:01:02", NULL},
        {"18 Jan 2015 12:01:02 12:01:02", NULL},
        {"18 Jan 2015 +0100", NULL},
        {"18 19 Jan 2015", NULL},
        {"Mo 18 Nov 2002 17:14:29 +0100", "2002-11-18T17:14:29+01:00"},
        {"18 Jan Feb 2015", NULL},
        {"a word that is longer than any of a date: Donaudampfschifffahrt 18 Jan 2015", NULL},
        {"A B C D E F G H I J K L M N O P 18 Jan 2015", NULL},
        {"", NULL},
        {".", NULL},
        {"%n%s, %n 1", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
        struct gls_datetime when;
        bool is_partial;
        print_message("%s\n", cases[i].text);
        assert_int_equal(gls_date_text_parse(&when, &is_partial, cases[i].text) && !is_partial,
                         cases[i].wanted != NULL);
        if (cases[i].wanted == NULL)
            continue;
        gls_datetime_add_iso(&text, &when);
        if (when.has_offset)
            gls_utc_offset_add(&text, when.utc_offset_s);
        assert_string_equal(gls_strbuf_str(&text), cases[i].wanted);
    }
}

/* What people and scanners write into a field that should hold Exif's or ISO's shape. */
static void reads_what_is_legible(void **state)
{
    static const struct {
        const char *text, *wanted; /* NULL: no date */
        bool is_partial;
    } cases[] = {
        {"31.12.1956", "1956-12-31T00:00:00", false},
        {"31/12/1956 10:11:12", "1956-12-31T10:11:12", false},
        {"12-31-1956 10:11", "1956-12-31T10:11:00", false},
        {"05.05.1956", "1956-05-05T00:00:00", false},
        {"04/07/1956 10:11:12", "1956-01-01T00:00:00", true}, /* April or July? */
        {"31:12:1956 10:11:12", "1956-12-31T10:11:12", false},
        {"04:07:1956 10:11:12", "1956-01-01T00:00:00", true},
        {"07:1956", "1956-07-01T00:00:00", true},
        {"31.13.1956", "1956-01-01T00:00:00", true},
        {"07/1956", "1956-07-01T00:00:00", true},
        {"7.1956", "1956-07-01T00:00:00", true},
        {"July 1956", "1956-07-01T00:00:00", true},
        {"4 July 1956", "1956-07-04T00:00:00", false},
        {"summer 1956", "1956-01-01T00:00:00", true},
        {"ca. 1956", "1956-01-01T00:00:00", true},
        {"1956?", "1956-01-01T00:00:00", true},
        {"(1956)", "1956-01-01T00:00:00", true},
        {"\"1956:07:04 12:30:00\"", "1956-07-04T12:30:00", true},
        {"taken 1956-07", "1956-07-01T00:00:00", true},
        {"1956x07", NULL, false},
        {"1956 or 1957", "1956-01-01T00:00:00", true},
        {"195X", NULL, false},
        {"31.12.56", "1956-12-31T00:00:00", true},
        {"31.12.56 10:11", "1956-12-31T10:11:00", true},
        {"5/7/93", "1993-01-01T00:00:00", true}, /* May or July? */
        {"'93-07-04", "1993-07-04T00:00:00", true},
        {"31.12.19", NULL, false}, /* or the 19th of December 1931 */
        {"93-07-94", NULL, false},
        {"10:11:12 2020:02:29", "2020-02-29T10:11:12", false},
        {"1993:07:   10:11:12", "1993-07-01T00:00:00", true}, /* no 10th */
        {"1993:  :   10:11:12", "1993-01-01T00:00:00", true},
        {"19930704T101112Z", "1993-07-04T10:11:12+00:00", false},
        {"19930704T101112.5+0530", "1993-07-04T10:11:12.5+05:30", false},
        {"1993-07-04T10:11:12+5:30", "1993-07-04T10:11:12+05:30", false},
        {"2020年2月29日（土） 10時11分12秒", "2020-02-29T10:11:12", false},
        {"2020年2月29日 星期六 下午3:11:12", "2020-02-29T15:11:12", false},
        {"93:07:04", "1993-07-04T00:00:00", true},
        {"93:07:04 10:11:12", "1993-07-04T10:11:12", true},
        {"93-07-04", "1993-07-04T00:00:00", true},
        {"03:07:04 10:11:12", "2003-07-04T10:11:12", true}, /* in Exif's order */
        {"03:07:04", NULL, false},                          /* or a time of day */
        {"03-07-04 10:11:12", NULL, false},
        {"93:07-04", NULL, false},
        {"93:13:04", NULL, false},
        {"2020年02月29日 10时11分12秒", "2020-02-29T10:11:12", false},
        {"2020年2月9日下午3:04:05", "2020-02-09T15:04:05", false},
        {"2020년 2월 29일 10시 11분 12초", "2020-02-29T10:11:12", false},
        {"2020年2月", "2020-02-01T00:00:00", true},
        {"撮影 1956年", "1956-01-01T00:00:00", true},
        {"31.12.19567", NULL, false},
        {"10:11:45", NULL, false},
        {"23:59:59", NULL, false},
        {"14:35:52.000", NULL, false},
        {"12:30:45 PM", NULL, false},
        {"10:11:45+01:00", NULL, false},
        {"15:30:00 2004", NULL, false},
        {"10:11:45 2004", NULL, false},
        {"03-07-04 1530", NULL, false},
        {"昭和50年5月3日", NULL, false},
        {"民國90年12月31日", NULL, false},
        {"50年5月3日 10時11分", NULL, false},
        {"50년 5월 3일", NULL, false},
        {"Canon 10-22-45", NULL, false},
        {"12-34-56", NULL, false},
        {"4.7.93-12", NULL, false},
        {"4.7.93 12", NULL, false},
        {"No. 10-22-45", NULL, false},
        {"4.7.93 dpi", NULL, false},
        {"10:11:12 2020", NULL, false},
        {"10:11:12 2020:13:29", NULL, false},
        {"93:07:04T10:11:12", "1993-07-04T10:11:12", true},
        {" 4.7.45 ", "1945-01-01T00:00:00", true},
        {"unknown", NULL, false},
        {"    :  :     :  :  ", NULL, false},
        {"0000:00:00 00:00:00", NULL, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
        struct gls_datetime when;
        bool is_partial = false;
        bool found = gls_date_text_parse(&when, &is_partial, cases[i].text);
        if (found)
            gls_datetime_add_iso(&text, &when);
        if (found && when.has_offset)
            gls_utc_offset_add(&text, when.utc_offset_s);
        if (found != (cases[i].wanted != NULL) ||
            (found && (strcmp(gls_strbuf_str(&text), cases[i].wanted) != 0 ||
                       is_partial != cases[i].is_partial)))
            fail_msg("\"%s\": %s, %s", cases[i].text, found ? gls_strbuf_str(&text) : "nothing",
                     is_partial ? "in part" : "whole");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reads_dates_with_names),
                                       cmocka_unit_test(reads_what_is_legible)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
