/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <math.h>

#include "media/core/tags.h"

static struct gls_datetime noon(void)
{
    return (struct gls_datetime){.year = 2015, .month = 12, .day = 5, .hour = 12};
}

static void emptiness(void **state)
{
    (void)state;
    struct gls_tags tags = {0};
    assert_true(gls_tags_is_empty(&tags));
    tags.clear_album = true;
    assert_false(gls_tags_is_empty(&tags));
    assert_false(gls_tags_is_empty(&(struct gls_tags){.title = "x"}));
    assert_false(gls_tags_is_empty(&(struct gls_tags){.set_position = true}));
}

static void check_refuses_what_cannot_be_written(void **state)
{
    (void)state;
    static char long_text[GLS_TEXT_TAG_MAX + 2];
    memset(long_text, 'a', GLS_TEXT_TAG_MAX + 1);
    struct gls_datetime bad_date = noon();
    bad_date.month = 13;
    const struct {
        struct gls_tags tags;
        bool ok;
    } cases[] = {
        {{.title = "Caf\xc3\xa9 <&> \"'\xf0\x9f\x93\xb7"}, true},
        {{.title = long_text + 1}, true},
        {{.title = long_text}, false},
        {{.title = ""}, false},
        {{.album = "  "}, false},
        {{.album = "a\nb"}, false},
        {{.album = "a\x7f"}, false},
        {{.album = "a\xc2\x85"}, false},
        {{.album = "a\xef\xbf\xbf"}, false},
        {{.original_name = "a\xff.jpg"}, false},
        {{.title = "a", .clear_title = true}, false},
        {{.album = "a", .clear_album = true}, false},
        {{.set_position = true, .clear_position = true}, false},
        {{.set_date = true, .date = bad_date}, false},
        {{.set_date = true, .date = noon()}, true},
        {{.set_position = true, .latitude = 90.0, .longitude = -180.0}, true},
        {{.set_position = true, .latitude = 90.1}, false},
        {{.set_position = true, .longitude = (double)NAN}, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        assert_int_equal(gls_tags_check(&cases[i].tags, &error), cases[i].ok);
        assert_int_equal(error.status, cases[i].ok ? GLS_OK : GLS_ERROR_ARGUMENT);
    }
}

static void texts_are_compared_as_they_are_read(void **state)
{
    (void)state;
    struct gls_media media = {.title = (char *)"A b", .album = NULL};
    assert_true(gls_tags_are_stated(&(struct gls_tags){.title = "A b"}, &media));
    assert_true(gls_tags_are_stated(&(struct gls_tags){.title = " A b "}, &media));
    assert_true(gls_tags_are_stated(&(struct gls_tags){.clear_album = true}, &media));
    assert_true(gls_tags_are_stated(&(struct gls_tags){0}, &media));
    assert_false(gls_tags_are_stated(&(struct gls_tags){.title = "A"}, &media));
    assert_false(gls_tags_are_stated(&(struct gls_tags){.clear_title = true}, &media));
    assert_false(gls_tags_are_stated(&(struct gls_tags){.album = "x"}, &media));
    assert_false(gls_tags_are_stated(&(struct gls_tags){.original_name = "x"}, &media));
}

static void dates_are_compared_to_the_second(void **state)
{
    (void)state;
    struct gls_media media = {.has_date = true, .date = noon()};
    struct gls_tags tags = {.set_date = true, .date = noon()};
    media.date.nanosecond = 5;
    assert_true(gls_tags_are_stated(&tags, &media));
    tags.date.has_offset = true;
    tags.date.utc_offset_s = 3600;
    assert_true(gls_tags_are_stated(&tags, &media)); /* only one has an offset */
    media.date.has_offset = true;
    assert_false(gls_tags_are_stated(&tags, &media));
    media.date.utc_offset_s = 3600;
    assert_true(gls_tags_are_stated(&tags, &media));
    tags.date.second = 1;
    assert_false(gls_tags_are_stated(&tags, &media));
    media.has_date = false;
    assert_false(gls_tags_are_stated(&tags, &media));
}

static void an_instant_is_compared_as_an_instant(void **state)
{
    (void)state;
    struct gls_media media = {.has_date = true, .date_is_utc = true, .date = noon()};
    struct gls_tags tags = {.set_date = true, .date = noon()};
    tags.date.hour = 14;
    tags.date.has_offset = true;
    tags.date.utc_offset_s = 7200;
    assert_true(gls_tags_are_stated(&tags, &media));
    tags.date.utc_offset_s = 3600;
    assert_false(gls_tags_are_stated(&tags, &media));
}

static void positions_are_compared_to_a_millionth(void **state)
{
    (void)state;
    struct gls_media media = {.has_position = true, .latitude = -33.8599, .longitude = 180.0};
    struct gls_tags tags = {.set_position = true, .latitude = -33.8599004, .longitude = -180.0};
    assert_true(gls_tags_are_stated(&tags, &media));
    tags.latitude = -33.85991;
    assert_false(gls_tags_are_stated(&tags, &media));
    assert_false(gls_tags_are_stated(&(struct gls_tags){.clear_position = true}, &media));
    media.has_position = false;
    assert_true(gls_tags_are_stated(&(struct gls_tags){.clear_position = true}, &media));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(emptiness),
        cmocka_unit_test(check_refuses_what_cannot_be_written),
        cmocka_unit_test(texts_are_compared_as_they_are_read),
        cmocka_unit_test(dates_are_compared_to_the_second),
        cmocka_unit_test(an_instant_is_compared_as_an_instant),
        cmocka_unit_test(positions_are_compared_to_a_millionth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
