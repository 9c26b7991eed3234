/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "base/strbuf.h"
#include "base/timestamp.h"
#include "media/core/record.h"
#include "media/takeout.h"

#define PHOTO(more)                                                                                \
    "{\"title\": \"IMG_1.jpg\", \"photoTakenTime\": {\"timestamp\": \"1563779198\", "              \
    "\"formatted\": \"22.07.2019, 07:06:38 UTC\"}" more "}"

static bool read_text(struct gls_takeout *out, const char *text, struct gls_error *error)
{
    struct gls_input *input;
    assert_true(gls_input_from_memory(&input, text, strlen(text), "a.jpg.json", error));
    bool ok = gls_takeout_read(out, input, error);
    gls_input_free(input);
    return ok;
}

static void apply(struct gls_media *media, const char *text)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_takeout record;
    if (!read_text(&record, text, &error))
        fail_msg("%s", error.message);
    gls_takeout_apply(media, &record);
    gls_takeout_clear(&record);
}

static void check_date(const struct gls_media *media, const char *expected)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    assert_true(media->has_date);
    gls_datetime_add_iso(&text, &media->date);
    if (media->date.has_offset)
        gls_utc_offset_add(&text, media->date.utc_offset_s);
    assert_string_equal(gls_strbuf_str(&text), expected);
}

static void all_values_are_read(void **state)
{
    (void)state;
    struct gls_media media = GLS_MEDIA_INIT;
    apply(&media,
          "\xef\xbb\xbf" PHOTO(", \"description\": \"At the\\nlake\", "
                               "\"url\": \"https://photos.example/1\", "
                               "\"geoData\": {\"latitude\": 61.5, \"longitude\": -149.5}, "
                               "\"geoDataExif\": {\"latitude\": 1.0, \"longitude\": 2.0}, "
                               "\"people\": [{\"name\": \"Ann\"}, {\"name\": \"Ben\"}, "
                               "{\"name\": \"Ann\"}, {\"name\": \" \"}, 7], "
                               "\"favorited\": true, \"archived\": true, \"trashed\": true"));
    check_date(&media, "2019-07-22T07:06:38+00:00");
    assert_true(media.date_is_utc);
    assert_int_equal(media.date_strength, GLS_DATE_SERVICE);
    assert_string_equal(media.date_source, "Takeout.photoTakenTime");
    assert_string_equal(media.original_name, "IMG_1.jpg");
    assert_null(media.title);
    assert_string_equal(media.description, "At the lake");
    assert_string_equal(media.url, "https://photos.example/1");
    assert_float_equal(media.latitude, 61.5, 0);
    assert_float_equal(media.longitude, -149.5, 0);
    assert_string_equal(media.position_source, "Takeout.geoData");
    assert_int_equal(media.people_count, 2);
    assert_string_equal(media.people[1], "Ben");
    assert_true(media.is_favourite && media.is_archived && media.is_trashed);
    gls_media_clear(&media);
}

static void a_title_is_one_name(void **state)
{
    (void)state;
    struct gls_media media = GLS_MEDIA_INIT;
    apply(&media, "{\"title\": \"a/b/.jpg\", \"photoTakenTime\": {\"timestamp\": \"1\"}}");
    assert_string_equal(media.original_name, "a_b_.jpg");
    gls_media_clear(&media);
}

/* A position of 0,0 is none; the one of Exif then counts, if it is one. */
static void zero_is_no_position(void **state)
{
    static const struct {
        const char *text;
        bool has;
        double latitude;
    } rows[] = {
        {PHOTO(", \"geoData\": {\"latitude\": 0.0, \"longitude\": 0.0}"), false, 0},
        {PHOTO(", \"geoData\": {\"latitude\": 0, \"longitude\": 0}, "
               "\"geoDataExif\": {\"latitude\": 1.5, \"longitude\": 2}"),
         true, 1.5},
        {PHOTO(", \"geoData\": {\"latitude\": 0, \"longitude\": 6.5}"), true, 0},
        {PHOTO(", \"geoData\": {\"latitude\": 91, \"longitude\": 6.5}"), false, 0},
        {PHOTO(", \"geoData\": {\"latitude\": \"1\", \"longitude\": 6.5}"), false, 0},
        {PHOTO(", \"geoData\": []"), false, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_media media = GLS_MEDIA_INIT;
        apply(&media, rows[i].text);
        assert_int_equal(media.has_position, rows[i].has);
        if (rows[i].has)
            assert_float_equal(media.latitude, rows[i].latitude, 0);
        gls_media_clear(&media);
    }
}

/* It counts behind what the picture says of when it was taken, before its last change. */
static void the_picture_goes_first(void **state)
{
    static const struct {
        enum gls_date_strength strength;
        bool has_offset, has_position;
        const char *expected;
        bool is_utc;
    } rows[] = {
        {GLS_DATE_TAKEN, false, false, "2018-01-02T03:04:05", false},
        {GLS_DATE_DIGITIZED, false, false, "2018-01-02T03:04:05", false},
        {GLS_DATE_GPS, false, false, "2018-01-02T03:04:05", false},
        {GLS_DATE_CHANGED, false, false, "2019-07-22T07:06:38+00:00", true},
        /* the picture's own offset makes it local, if no place does */
        {GLS_DATE_CHANGED, true, false, "2019-07-22T09:06:38+02:00", false},
        {GLS_DATE_CHANGED, true, true, "2019-07-22T07:06:38+00:00", true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_media media = GLS_MEDIA_INIT;
        const struct gls_datetime when = {.year = 2018,
                                          .month = 1,
                                          .day = 2,
                                          .hour = 3,
                                          .minute = 4,
                                          .second = 5,
                                          .has_offset = rows[i].has_offset,
                                          .utc_offset_s = rows[i].has_offset ? 7200 : 0};
        const struct gls_date_claim claim = {rows[i].strength, "embedded", false, false};
        gls_media_offer_date(&media, &when, &claim);
        gls_media_offer_text(&media, &media.original_name, "embedded");
        if (rows[i].has_position)
            gls_media_offer_position(&media, 50, 8, "embedded");
        apply(&media, PHOTO(", \"geoData\": {\"latitude\": 0, \"longitude\": 0}"));
        check_date(&media, rows[i].expected);
        assert_int_equal(media.date_is_utc, rows[i].is_utc);
        assert_string_equal(media.original_name, "embedded");
        gls_media_clear(&media);
    }
}

static void times_are_checked(void **state)
{
    static const struct {
        const char *text;
        const char *expected; /* NULL: none */
    } rows[] = {
        {"{\"photoTakenTime\": {\"timestamp\": \"0\"}}", NULL}, /* never set */
        {"{\"photoTakenTime\": {\"timestamp\": 1563779198}}", "2019-07-22T07:06:38+00:00"},
        {"{\"photoTakenTime\": {\"timestamp\": \"-126489600\"}}", "1965-12-29T00:00:00+00:00"},
        {"{\"photoTakenTime\": {\"timestamp\": \"soon\"}}", NULL},
        {"{\"photoTakenTime\": {\"timestamp\": \"99999999999999999999\"}}", NULL},
        {"{\"photoTakenTime\": {}}", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_media media = GLS_MEDIA_INIT;
        apply(&media, rows[i].text);
        assert_int_equal(media.has_date, rows[i].expected != NULL);
        if (rows[i].expected != NULL)
            check_date(&media, rows[i].expected);
        gls_media_clear(&media);
    }
}

static void albums_are_told_from_photos(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_takeout record;
    (void)state;
    assert_true(read_text(&record,
                          "{\"title\": \"Summer\", \"description\": \"\", \"date\": "
                          "{\"timestamp\": \"1563779198\"}}",
                          &error));
    assert_false(record.is_photo);
    assert_string_equal(record.title, "Summer");
    assert_null(record.description);
    assert_true(record.has_date);
    gls_takeout_clear(&record);
}

static void other_json_is_refused(void **state)
{
    static const char *const texts[] = {"",   "[1]",  "{\"a\": 1}",           "{\"title\": \"x\"",
                                        "no", "null", "{\"title\": \"\xff\"}"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_takeout record;
        assert_false(read_text(&record, texts[i], &error));
        assert_int_equal(error.status, GLS_ERROR_FORMAT);
        assert_non_null(strstr(error.message, "a.jpg.json"));
        assert_null(record.title);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_values_are_read),   cmocka_unit_test(a_title_is_one_name),
        cmocka_unit_test(zero_is_no_position),   cmocka_unit_test(the_picture_goes_first),
        cmocka_unit_test(times_are_checked),     cmocka_unit_test(albums_are_told_from_photos),
        cmocka_unit_test(other_json_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
