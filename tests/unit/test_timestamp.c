/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "base/timestamp.h"

static struct gls_datetime at(int year, int month, int day, int hour, int minute, int second)
{
    struct gls_datetime when = {.year = (int16_t)year,
                                .month = (int8_t)month,
                                .day = (int8_t)day,
                                .hour = (int8_t)hour,
                                .minute = (int8_t)minute,
                                .second = (int8_t)second};
    return when;
}

static void test_parse(void **state)
{
    static const struct {
        const char *text;
        bool date_only_ok;
        const char *iso;    /* NULL: refused */
        const char *offset; /* NULL: none */
    } cases[] = {
        {"2015:12:05 00:59:26", false, "2015-12-05T00:59:26", NULL},
        {"2015-12-05 00:59:26", false, "2015-12-05T00:59:26", NULL},
        {"2015/12/05 00:59:26", false, "2015-12-05T00:59:26", NULL},
        {"2015-12-05T00:59:26Z", false, "2015-12-05T00:59:26", "+00:00"},
        {"2015-12-05T00:59:26.084+05:45", false, "2015-12-05T00:59:26.084", "+05:45"},
        {"2015-12-05T00:59:26,5 -0930", false, "2015-12-05T00:59:26.5", "-09:30"},
        {"2015:12:05 00:59:26 +02", false, "2015-12-05T00:59:26", "+02:00"},
        {"2015:12:05 00:59:26  ", false, "2015-12-05T00:59:26", NULL},
        {"2015-12-05T00:59", false, "2015-12-05T00:59:00", NULL},
        {"2015-12-05T00:59+01:00", false, "2015-12-05T00:59:00", "+01:00"},
        {"2015-12-05T00:59:26.1234567891", false, "2015-12-05T00:59:26.123456789", NULL},
        {"2016-12-31T23:59:60Z", false, "2016-12-31T23:59:59", "+00:00"},
        {"2016-02-29", true, "2016-02-29T00:00:00", NULL},
        {"0001-01-01", true, "0001-01-01T00:00:00", NULL},
        {"9999-12-31T23:59:59", false, "9999-12-31T23:59:59", NULL},
        {"2000:02:29 12:00:00", false, "2000-02-29T12:00:00", NULL},
        {"2015-12-05T00:00:00+18:00", false, "2015-12-05T00:00:00", "+18:00"},
        {"2015-12-05", false, NULL, NULL},
        {"2015:13:01", true, NULL, NULL},
        {"2015:00:01", true, NULL, NULL},
        {"2015:01:00", true, NULL, NULL},
        {"2015:04:31", true, NULL, NULL},
        {"1900:02:29", true, NULL, NULL},
        {"2015:02:29", true, NULL, NULL},
        {"0000:00:00 00:00:00", true, NULL, NULL},
        {"    :  :     :  :  ", true, NULL, NULL},
        {"", true, NULL, NULL},
        {" 2015:12:05 00:59:26", true, NULL, NULL},
        {"2015:12-05 00:59:26", true, NULL, NULL},
        {"2015:1:05 00:59:26", true, NULL, NULL},
        {"15:12:05 00:59:26", true, NULL, NULL},
        {"2015.12.05 00:59:26", true, NULL, NULL},
        {"2015:12:05 24:00:00", true, NULL, NULL},
        {"2015:12:05 00:60:00", true, NULL, NULL},
        {"2015:12:05 00:59:61", true, NULL, NULL},
        {"2015:12:05 00:59:26x", true, NULL, NULL},
        {"2015:12:05 00:59:26.", true, NULL, NULL},
        {"2015:12:05 00:59:26 x", true, NULL, NULL},
        {"2015:12:05 00:59:26Zx", true, NULL, NULL},
        {"2015:12:05 00:59:26+1", true, NULL, NULL},
        {"2015:12:05 00:59:26+01:", true, NULL, NULL},
        {"2015:12:05 00:59:26+01:60", true, NULL, NULL},
        {"2015:12:05 00:59:26+18:01", true, NULL, NULL},
        {"2015:12:05T", true, NULL, NULL},
        {"2015:12:05x", true, NULL, NULL},
        {"2015:12:05 00", true, NULL, NULL},
        {"+015:12:05 00:59:26", true, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO iso = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO offset = GLS_STRBUF_INIT;
        struct gls_datetime when = at(1, 2, 3, 4, 5, 6);
        bool parsed = gls_datetime_parse(&when, cases[i].text, cases[i].date_only_ok);
        if (parsed != (cases[i].iso != NULL))
            fail_msg("\"%s\": read %d", cases[i].text, parsed);
        if (!parsed) {
            assert_int_equal(when.year, 1);
            continue;
        }
        gls_datetime_add_iso(&iso, &when);
        assert_string_equal(iso.data, cases[i].iso);
        assert_int_equal(when.has_offset, cases[i].offset != NULL);
        if (when.has_offset) {
            gls_utc_offset_add(&offset, when.utc_offset_s);
            assert_string_equal(offset.data, cases[i].offset);
        }
    }
}

/* What is legible counts, and whether it is all that there is to a date. */
static void test_parse_legible(void **state)
{
    static const struct {
        const char *text;
        const char *iso; /* NULL: not even a year */
        bool is_partial;
    } cases[] = {
        {"2015:12:05 00:59:26", "2015-12-05T00:59:26", false},
        {"1993:07:04", "1993-07-04T00:00:00", false},
        {"1993:07:04 ", "1993-07-04T00:00:00", false},
        {"1993:07:04\n", "1993-07-04T00:00:00", false},
        /* parts that are not known */
        {"1993:07:  :  :  :  ", "1993-07-01T00:00:00", true},
        {"1993:07:00 12:00:00", "1993-07-01T00:00:00", true},
        {"1993:07", "1993-07-01T00:00:00", true},
        {"1956-07", "1956-07-01T00:00:00", true},
        {"1993:00:00 00:00:00", "1993-01-01T00:00:00", true},
        {"1993:13:04 00:00:00", "1993-01-01T00:00:00", true},
        {"1993:02:30 00:00:00", "1993-02-01T00:00:00", true},
        {"1993", "1993-01-01T00:00:00", true},
        {"1993 ", "1993-01-01T00:00:00", true},
        {"1993:  :  ", "1993-01-01T00:00:00", true},
        {"1993-00-00", "1993-01-01T00:00:00", true},
        {"0000:00:00 00:00:00", NULL, true},
        {"    :  :     :  :  ", NULL, true},
        {"", NULL, true},
        {"nonsense", NULL, true},
        {"93:07:04", NULL, true},
        {"1993x07", NULL, true},
        {"195607", "1956-07-01T00:00:00", true},
        {"195600", "1956-01-01T00:00:00", true},
        /* digits without separators */
        {"19930704", "1993-07-04T00:00:00", false},
        {"19930704T123456", "1993-07-04T12:34:56", false},
        {"19930704123456", "1993-07-04T12:34:56", false},
        {"19930704 123456", "1993-07-04T12:34:56", false},
        {"19931304", "1993-01-01T00:00:00", true},
        {"19930732", "1993-07-01T00:00:00", true},
        {"19930704T246199", "1993-07-04T00:00:00", true},
        {"199307041", NULL, true},
        /* damaged times of day */
        {"2010:05:06 24:08:19", "2010-05-06T00:00:00", true},
        {"2010:05:06 24:00:00", "2010-05-06T00:00:00", true},
        {"2010:05:06 12:60:19", "2010-05-06T00:00:00", true},
        {"2010:05:06:12:08:19", "2010-05-06T12:08:19", false},
        {"2010-05-06, 12:08:19", "2010-05-06T12:08:19", false},
        {"2010:05:06 12:08:77", "2010-05-06T12:08:00", true},
        {"2010:05:06 12:08:  ", "2010-05-06T12:08:00", true},
        {"2010:05:06   :  :  ", "2010-05-06T00:00:00", true},
        {"2010:05:06 12", "2010-05-06T00:00:00", true},
        {"2010:05:06 12.08.19", "2010-05-06T12:08:19", false},
        {"2010.05.06 12:08:19", "2010-05-06T12:08:19", false},
        {"2010:05:06 01:08:19 PM", "2010-05-06T13:08:19", false},
        {"2010:05:06 01:08:19\xC2\xA0p.\xC2\xA0m.", "2010-05-06T13:08:19", false},
        {"2010:05:06 01:08:19\xE2\x80\xAFPM", "2010-05-06T13:08:19", false},
        {"2010:05:06 12:08:19 am", "2010-05-06T00:08:19", false},
        {"2010:05:06 1:08:19pm", "2010-05-06T13:08:19", false},
        {"2010:05:06 9:05:07", "2010-05-06T09:05:07", false},
        {"2010:05:06 9:5:7", "2010-05-06T09:05:07", false},
        {"2010:05:06 09:05:07\n", "2010-05-06T09:05:07", false},
        {"2010:05:06\n09:05:07", "2010-05-06T09:05:07", false},
        {"2010:05:06  09:05:07", "2010-05-06T09:05:07", false},
        {"2005/11/28/ 09:19:30", "2005-11-28T09:19:30", false},
        {"2005/11/28/ 09:19", "2005-11-28T09:19:00", true},
        {"2001/ 1/27  1:42PM", "2001-01-27T13:42:00", true},
        {"2010:05:06 12-08-19", "2010-05-06T12:08:19", false},
        {"2010-05-06 12h08m19s", "2010-05-06T12:08:19", false},
        {"2010:05:06 120819", "2010-05-06T12:08:19", false},
        {"2010-05-06T1208", "2010-05-06T12:08:00", true},
        {"2010-05-06t12:08:19z", "2010-05-06T12:08:19", false},
        {"2010:05:06 12:08:19 UTC", "2010-05-06T12:08:19", false},
        {"2010:05:06 12:08:19 GMT-0930", "2010-05-06T12:08:19", false},
        {"2010:05:06 01:08:19 p.m.", "2010-05-06T13:08:19", false},
        {"2010:05:06 下午 01:08:19", "2010-05-06T13:08:19", false},
        {"2010:05:06 上午12:08:19", "2010-05-06T00:08:19", false},
        {"2010:05:06 오후 1:08:19", "2010-05-06T13:08:19", false},
        {"2010:05:06 12.08-05:00", "2010-05-06T12:08:00", true},
        {"2010:05:06 --:--:--", "2010-05-06T00:00:00", true},
        {"2010-05-06/2010-05-07", "2010-05-06T00:00:00", true},
        {"2010:05:06 09:05:07 what", "2010-05-06T09:05:07", true},
        {"2005/ 8/17 17:42:11", "2005-08-17T17:42:11", false},
        {"2010:5:6", "2010-05-06T00:00:00", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO iso = GLS_STRBUF_INIT;
        struct gls_datetime when;
        bool is_partial = false;
        bool found = gls_datetime_parse_legible(&when, &is_partial, cases[i].text);
        if (found)
            gls_datetime_add_iso(&iso, &when);
        if (found != (cases[i].iso != NULL) ||
            (found && (strcmp(iso.data, cases[i].iso) != 0 || is_partial != cases[i].is_partial ||
                       !gls_datetime_is_valid(&when))))
            fail_msg("\"%s\": %s, %s", cases[i].text, found ? iso.data : "nothing",
                     is_partial ? "in part" : "whole");
    }
}

static void test_legible_offset(void **state)
{
    struct gls_datetime when;
    bool is_partial;

    (void)state;
    assert_true(gls_datetime_parse_legible(&when, &is_partial, "2010:05:06 12:08:19 UTC+02:00"));
    assert_true(when.has_offset);
    assert_int_equal(when.utc_offset_s, 7200);
}

static void test_offset_parse(void **state)
{
    static const struct {
        const char *text;
        bool read;
        int32_t seconds;
    } cases[] = {
        {"+05:45", true, 20700}, {"Z", true, 0},           {"-0400", true, -14400},
        {"+09", true, 32400},    {"-00:00", true, 0},      {"-18:00", true, -64800},
        {"+18:01", false, 0},    {"", false, 0},           {"05:45", false, 0},
        {"+5:45", true, 20700},  {"+05:45 ", true, 20700}, {"+05:4", false, 0},
        {"+05:75", false, 0},    {"z", true, 0},           {"+ 5:45", false, 0},
        {"UTC+2", true, 7200},   {"GMT", true, 0},         {" +05:45:00", true, 20700},
        {"CEST", false, 0},      {"+05:45:30", false, 0},  {"UTC+", false, 0},
        {"+", false, 0},         {"+0545x", false, 0},     {"   :  ", false, 0},
        {"-99:00", false, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int32_t seconds = 7;
        if (gls_utc_offset_parse(&seconds, cases[i].text) != cases[i].read)
            fail_msg("\"%s\"", cases[i].text);
        assert_int_equal(seconds, cases[i].read ? cases[i].seconds : 7);
    }
}

static void test_counting(void **state)
{
    static const struct {
        int16_t year;
        int8_t month, day, hour, minute, second;
        int64_t civil_s;
    } cases[] = {
        {1970, 1, 1, 0, 0, 0, 0},
        {1969, 12, 31, 23, 59, 59, -1},
        {2000, 2, 29, 12, 0, 0, 951825600},
        {2000, 3, 1, 0, 0, 0, 951868800},
        {1900, 2, 28, 23, 59, 59, INT64_C(-2203891201)},
        {1900, 3, 1, 0, 0, 0, INT64_C(-2203891200)},
        {2015, 12, 5, 0, 59, 26, 1449277166},
        {2038, 1, 19, 3, 14, 8, INT64_C(2147483648)},
        {1, 1, 1, 0, 0, 0, INT64_C(-62135596800)},
        {9999, 12, 31, 23, 59, 59, INT64_C(253402300799)},
        {2400, 2, 29, 0, 0, 0, INT64_C(13574563200)},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct gls_datetime when = at(cases[i].year, cases[i].month, cases[i].day, cases[i].hour,
                                      cases[i].minute, cases[i].second);
        struct gls_datetime back;
        GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO back_text = GLS_STRBUF_INIT;
        assert_true(gls_datetime_to_civil_s(&when) == cases[i].civil_s);
        assert_true(gls_datetime_from_civil_s(&back, cases[i].civil_s));
        gls_datetime_add_iso(&text, &when);
        gls_datetime_add_iso(&back_text, &back);
        assert_string_equal(back_text.data, text.data);
        assert_false(back.has_offset);
    }
    struct gls_datetime untouched = at(2000, 1, 1, 0, 0, 0);
    assert_false(gls_datetime_from_civil_s(&untouched, INT64_C(-62135596801)));
    assert_false(gls_datetime_from_civil_s(&untouched, INT64_C(253402300800)));
    assert_false(gls_datetime_from_civil_s(&untouched, INT64_MIN));
    assert_false(gls_datetime_from_civil_s(&untouched, INT64_MAX));
    assert_int_equal(untouched.year, 2000);
}

/* Every day of the calendar once: each follows the one before it. */
static void test_every_day(void **state)
{
    int64_t civil_s = INT64_C(-62135596800);
    struct gls_datetime before = {0};
    struct gls_datetime when;

    (void)state;
    for (; gls_datetime_from_civil_s(&when, civil_s); civil_s += 86400) {
        assert_true(gls_datetime_is_valid(&when));
        assert_true(gls_datetime_to_civil_s(&when) == civil_s);
        bool next_day = when.day == before.day + 1 && when.month == before.month;
        bool next_month = when.day == 1 && before.day >= 28;
        assert_true(before.year == 0 || next_day || next_month);
        before = when;
    }
    assert_int_equal(before.year, 9999);
    assert_int_equal(before.day, 31);
}

static void test_utc(void **state)
{
    struct gls_datetime when;

    (void)state;
    assert_true(gls_datetime_from_utc_s(&when, 1449277166, 20700));
    assert_int_equal(when.hour, 6);
    assert_int_equal(when.minute, 44);
    assert_true(when.has_offset);
    assert_true(gls_datetime_to_utc_s(&when) == 1449277166);
    assert_false(gls_datetime_from_utc_s(&when, INT64_MAX, 1));
    assert_false(gls_datetime_from_utc_s(&when, INT64_MIN, -1));
    assert_false(gls_datetime_from_utc_s(&when, 0, 18 * 3600 + 1));
}

static void test_add(void **state)
{
    struct gls_datetime when = at(2016, 2, 28, 23, 59, 59);

    (void)state;
    when.nanosecond = 84000000;
    when.subsecond_digits = 3;
    when.has_offset = true;
    when.utc_offset_s = -3600;
    assert_true(gls_datetime_add_s(&when, 1));
    assert_int_equal(when.day, 29);
    assert_int_equal(when.nanosecond, 84000000);
    assert_int_equal(when.subsecond_digits, 3);
    assert_int_equal(when.utc_offset_s, -3600);
    assert_true(when.has_offset);
    assert_true(gls_datetime_add_s(&when, -2 * 86400));
    assert_int_equal(when.day, 27);
    assert_false(gls_datetime_add_s(&when, INT64_MAX));
    assert_false(gls_datetime_add_s(&when, INT64_MIN));
    assert_int_equal(when.day, 27);
}

static void test_valid(void **state)
{
    struct gls_datetime good = at(2015, 12, 5, 0, 59, 26);
    struct gls_datetime when;

    (void)state;
    assert_true(gls_datetime_is_valid(&good));
    assert_true(gls_datetime_is_plausible(&good));
#define REFUSES(field, value)                                                                      \
    do {                                                                                           \
        when = good;                                                                               \
        when.field = (value);                                                                      \
        assert_false(gls_datetime_is_valid(&when));                                                \
    } while (0)
    REFUSES(year, 0);
    REFUSES(year, 10000);
    REFUSES(month, 0);
    REFUSES(month, 13);
    REFUSES(month, -1);
    REFUSES(day, 0);
    REFUSES(day, 32);
    REFUSES(hour, 24);
    REFUSES(hour, -1);
    REFUSES(minute, 60);
    REFUSES(second, 60);
    REFUSES(nanosecond, 1000000000);
    REFUSES(nanosecond, -1);
    REFUSES(subsecond_digits, 10);
#undef REFUSES
    when = good;
    when.utc_offset_s = 18 * 3600 + 1; /* not valid, but not said to be there either */
    assert_true(gls_datetime_is_valid(&when));
    when.has_offset = true;
    assert_false(gls_datetime_is_valid(&when));
    when = at(1825, 12, 31, 0, 0, 0);
    assert_true(gls_datetime_is_valid(&when));
    assert_false(gls_datetime_is_plausible(&when));
    when = at(1826, 1, 1, 0, 0, 0);
    assert_true(gls_datetime_is_plausible(&when));
    when = at(9999, 1, 1, 0, 0, 0);
    assert_false(gls_datetime_is_plausible(&when));
}

static void test_format(void **state)
{
    static const struct {
        const char *mask;
        const char *text;
    } cases[] = {
        {"%Y-%m-%d_%H-%M-%S", "2015-12-05_00-59-26"},
        {"%Y-%m-%b", "2015-12-Dec"},
        {"%A %a %B", "Saturday Sat December"},
        {"%j %U %u", "339 48 6"},
        {"", ""},
        {"plain", "plain"},
        {"%%", "%"},
        {"%z", "+0545"},
        {"%e|%y|%I%p", " 5|15|12AM"},
        {"%k|%l|%P", " 0|12|am"}, /* of glibc alone, as are the flags ^ and # */
        {"%^a|%#p|%-d|%_m|%-k", "SAT|am|5|12|0"},
    };
    char long_mask[3001];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
        struct gls_datetime when = at(2015, 12, 5, 0, 59, 26);
        when.has_offset = true;
        when.utc_offset_s = 20700;
        gls_strbuf_add_str(&out, "<");
        assert_true(gls_datetime_format(&out, &when, cases[i].mask));
        assert_string_equal(out.data + 1, cases[i].text);
    }
    GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
    struct gls_datetime when = at(2015, 12, 5, 0, 59, 26);
    assert_true(gls_datetime_format(&out, &when, "%z"));
    assert_int_equal(out.size, 0);
    for (size_t i = 0; i + 1 < sizeof(long_mask); i += 2)
        memcpy(long_mask + i, "%Y", 2);
    long_mask[3000] = '\0';
    assert_false(gls_datetime_format(&out, &when, long_mask));
    assert_int_equal(out.size, 0);
}

static void test_exif(void **state)
{
    struct gls_datetime when = at(215, 2, 5, 0, 9, 6);
    char text[20];

    (void)state;
    gls_datetime_to_exif(text, &when);
    assert_string_equal(text, "0215:02:05 00:09:06");
}

static void test_file_times(void **state)
{
    static const struct {
        int64_t s;
        long ns;
        int64_t total_ns;
    } cases[] = {
        {0, 0, 0},
        {1, 5, 1000000005},
        {-1, 999999999, -1},
        {-2, 500000000, -1500000000},
        {-86400, 0, -86400000000000},
        {9223372035, 999999999, 9223372035999999999},
        {32503680000, 7, 9223372035000000007}, /* the year 3000 */
        {INT64_MAX, 999999999, 9223372035999999999},
        {INT64_MIN, 0, -9223372035000000000},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct timespec time = {.tv_sec = (time_t)cases[i].s, .tv_nsec = cases[i].ns};
        assert_int_equal(gls_timespec_to_ns(&time), cases[i].total_ns);
        struct timespec back = gls_timespec_from_ns(cases[i].total_ns);
        assert_in_range(back.tv_nsec, 0, 999999999);
        assert_int_equal(gls_timespec_to_ns(&back), cases[i].total_ns);
        if (i < 6) {
            assert_int_equal(back.tv_sec, cases[i].s);
            assert_int_equal(back.tv_nsec, cases[i].ns);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_parse_legible),
        cmocka_unit_test(test_legible_offset),
        cmocka_unit_test(test_offset_parse),
        cmocka_unit_test(test_counting),
        cmocka_unit_test(test_every_day),
        cmocka_unit_test(test_utc),
        cmocka_unit_test(test_add),
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_exif),
        cmocka_unit_test(test_file_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
