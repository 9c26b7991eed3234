/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "base/strbuf.h"
#include "base/timestamp.h"
#include "media/core/record.h"
#include "media/media.h"

#define SIDECAR(attributes)                                                                        \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "  \
    "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" "   \
    "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:exif=\"http://ns.adobe.com/exif/1.0/\" "     \
    "xmlns:xmpDM=\"http://ns.adobe.com/xmp/1.0/DynamicMedia/\" "                                   \
    "xmlns:tiff=\"http://ns.adobe.com/tiff/1.0/\" " attributes "/></rdf:RDF></x:xmpmeta>\n"

/* The C library's place: refuses the copy of a text when so many were made. */
static long copies_left = -1;
static bool copy_was_refused;

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
char *strdup(const char *text)
{
    size_t size = strlen(text) + 1;

    copy_was_refused = copy_was_refused || copies_left == 0;
    if (copies_left == 0)
        return NULL;
    copies_left -= copies_left > 0;
    char *copy = malloc(size);
    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

static int setup(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    (void)state;
    return gls_media_initialize(&error) ? 0 : -1;
}

static bool apply(struct gls_media *media, const char *text, struct gls_error *error)
{
    struct gls_input *input;
    assert_true(gls_input_from_memory(&input, text, strlen(text), "a.jpg.xmp", error));
    bool ok = gls_media_apply_sidecar(media, input, error);
    gls_input_free(input);
    return ok;
}

static void fill(struct gls_media *media, bool is_utc)
{
    const struct gls_date_claim claim = {is_utc ? GLS_DATE_DIGITIZED : GLS_DATE_TAKEN, "embedded",
                                         is_utc, false};
    const struct gls_datetime when = {.year = 2024, .month = 1, .day = 28, .hour = 9, .minute = 54};
    memset(media, 0, sizeof *media);
    media->kind = GLS_KIND_PHOTO;
    gls_media_offer_date(media, &when, &claim);
    gls_media_offer_text(media, &media->album, "Embedded");
    gls_media_offer_text(media, &media->camera_make, "Embedded");
    gls_media_offer_position(media, 1.0, 2.0, "embedded");
}

static void what_it_states_wins(void **state)
{
    (void)state;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_media media;
    fill(&media, false);
    assert_true(apply(&media,
                      SIDECAR("exif:DateTimeOriginal=\"2015-12-05T01:02:03\" xmpDM:album=\"Side\" "
                              "exif:GPSLatitude=\"50,5.375249N\" exif:GPSLongitude=\"14,23.8445W\" "
                              "tiff:Make=\"Side\" tiff:Model=\"Side\""),
                      &error));
    assert_int_equal(media.date.year, 2015);
    assert_string_equal(media.date_source, "Xmp.exif.DateTimeOriginal");
    assert_string_equal(media.album, "Side");
    assert_float_equal(media.latitude, 50.08958748, 1e-7);
    assert_float_equal(media.longitude, -14.39740833, 1e-7);
    assert_string_equal(media.position_source, "Xmp.exif.GPSLatitude");
    assert_string_equal(media.camera_make, "Embedded"); /* the camera only if absent */
    assert_string_equal(media.camera_model, "Side");
    gls_media_clear(&media);
}

static void what_it_does_not_state_stays(void **state)
{
    (void)state;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_media media;
    fill(&media, false);
    assert_true(apply(&media,
                      SIDECAR("exif:DateTimeOriginal=\"0000-00-00\" xmpDM:album=\" \" "
                              "exif:GPSLatitude=\"0,0N\" exif:GPSLongitude=\"0,0E\""),
                      &error));
    assert_int_equal(media.date.year, 2024);
    assert_string_equal(media.album, "Embedded");
    assert_float_equal(media.latitude, 1.0, 0.0);
    gls_media_clear(&media);
}

static void a_copied_utc_time_stays_utc(void **state)
{
    (void)state;
    static const struct {
        const char *sidecar;
        bool is_utc;
        int32_t utc_offset_s; /* of the local time that it states of the same instant */
    } cases[] = {
        {SIDECAR("exif:DateTimeOriginal=\"2024-01-28T09:54:00\""), true, 0},
        {SIDECAR("exif:DateTimeOriginal=\"2024-01-28T10:54:00\""), false, 0},
        {SIDECAR("exif:DateTimeOriginal=\"2024-01-28T09:54:00+01:00\""), false, 0},
        {SIDECAR("exif:DateTimeOriginal=\"2024-01-28T08:54:00Z\""), true, 0}, /* an edit */
        {SIDECAR("exif:DateTimeOriginal=\"2024-01-28T09:54:00+00:00\""), false, 0},
        {SIDECAR("xmp:CreateDate=\"2024-01-28T18:54:00+09:00\""), true,
         32400}, /* the same instant */
        {SIDECAR("xmp:CreateDate=\"2024-01-28T18:55:00+09:00\""), true, 0},
        {SIDECAR("xmp:CreateDate=\"2024-01-28T18:54:00\""), true, 0},
        {SIDECAR("xmp:CreateDate=\"2024-01-28T09:54:00+00:00\""), true, 0},
        {SIDECAR("xmp:ModifyDate=\"2024-01-28T18:54:00+09:00\""), true, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_media media;
        fill(&media, true);
        assert_true(apply(&media, cases[i].sidecar, &error));
        assert_int_equal(media.date_is_utc, cases[i].is_utc);
        if (media.date_is_utc)
            assert_int_equal(media.date.utc_offset_s, cases[i].utc_offset_s);
        gls_media_clear(&media);
    }
}

/* Its xmp:CreateDate may be when the sidecar itself was made. */
static void its_own_birth_is_no_edit(void **state)
{
    static const struct {
        enum gls_date_strength embedded;
        const char *sidecar;
        int year;
    } rows[] = {
        {GLS_DATE_TAKEN, SIDECAR("xmp:CreateDate=\"2015-12-05T01:02:03\""), 2024},
        {GLS_DATE_DIGITIZED, SIDECAR("xmp:CreateDate=\"2015-12-05T01:02:03\""), 2024},
        {GLS_DATE_CHANGED, SIDECAR("xmp:CreateDate=\"2015-12-05T01:02:03\""), 2015},
        {GLS_DATE_TAKEN, SIDECAR("exif:DateTimeOriginal=\"2015-12-05T01:02:03\""), 2015},
        {GLS_DATE_TAKEN,
         SIDECAR("xmp:CreateDate=\"2016-12-05T01:02:03\" "
                 "exif:DateTimeOriginal=\"2015-12-05T01:02:03\""),
         2015},
        {GLS_DATE_TAKEN, SIDECAR("exif:GPSTimeStamp=\"2015-12-05T01:02:03Z\""), 2024},
        {GLS_DATE_CHANGED, SIDECAR("exif:GPSTimeStamp=\"2015-12-05T01:02:03Z\""), 2015},
        {GLS_DATE_TAKEN, SIDECAR("exif:DateTimeOriginal=\"2024\""), 2024}, /* vaguer */
        {GLS_DATE_TAKEN, SIDECAR("exif:DateTimeOriginal=\"1965\""), 1965},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_media media;
        fill(&media, false);
        media.date_strength = rows[i].embedded;
        assert_true(apply(&media, rows[i].sidecar, &error));
        assert_int_equal(media.date.year, rows[i].year);
        assert_int_equal(media.date.minute, rows[i].year == 2024   ? 54
                                            : rows[i].year == 1965 ? 0
                                                                   : 2);
        gls_media_clear(&media);
    }
    /* When it was last changed itself dates nothing. */
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_media media = {.kind = GLS_KIND_PHOTO};
    assert_true(apply(&media, SIDECAR("xmp:ModifyDate=\"2015-12-05T01:02:03\""), &error));
    assert_false(media.has_date);
    gls_media_clear(&media);
}

/* An instant in UTC and a local time without offset are one moment if they differ by
 * what an offset can be; else the sidecar is an edit. */
static void an_instant_in_utc_is_an_instant(void **state)
{
    static const struct {
        const char *offset; /* that the picture, at 09:54, states, or NULL */
        bool has_position;
        const char *sidecar;
        const char *expected;
        bool is_utc;
    } rows[] = {
        {NULL, false, SIDECAR("exif:DateTimeOriginal=\"2024-01-28T17:54:00Z\""),
         "2024-01-28T09:54:00-08:00", false},
        {NULL, false, SIDECAR("exif:DateTimeOriginal=\"2024-01-28T04:09:00Z\""),
         "2024-01-28T09:54:00+05:45", false},
        {NULL, false, SIDECAR("exif:DateTimeOriginal=\"2024-01-27T19:54:00Z\""),
         "2024-01-28T09:54:00+14:00", false},
        {NULL, false, SIDECAR("exif:DateTimeOriginal=\"2024-01-28T21:54:00Z\""),
         "2024-01-28T09:54:00-12:00", false},
        {NULL, true, SIDECAR("exif:DateTimeOriginal=\"2024-01-28T17:54:00Z\""),
         "2024-01-28T09:54:00", false},
        {NULL, false, SIDECAR("exif:DateTimeOriginal=\"2024-01-28T09:54:00Z\""),
         "2024-01-28T09:54:00", false},
        {NULL, false, SIDECAR("exif:DateTimeOriginal=\"2024-01-28T22:09:00Z\""),
         "2024-01-28T22:09:00+00:00", true},
        {NULL, false, SIDECAR("exif:DateTimeOriginal=\"2024-01-28T17:54:01Z\""),
         "2024-01-28T17:54:01+00:00", true},
        {"-08:00", false, SIDECAR("exif:DateTimeOriginal=\"2024-01-28T17:54:00Z\""),
         "2024-01-28T09:54:00-08:00", false},
        {"-08:00", false, SIDECAR("exif:DateTimeOriginal=\"2024-01-28T18:54:00Z\""),
         "2024-01-28T10:54:00-08:00", false},
        {NULL, false, SIDECAR("exif:DateTimeOriginal=\"2024-01-28T17:54:00+00:00\""),
         "2024-01-28T17:54:00+00:00", false}, /* a zone of its own */
        {NULL, true, SIDECAR("exif:DateTimeOriginal=\"2024-01-28T17:54:00+00:00\""),
         "2024-01-28T17:54:00+00:00", false},
        {NULL, false, SIDECAR("exif:DateTimeOriginal=\"2024-01-28T09:54:00+00:00\""),
         "2024-01-28T09:54:00+00:00", false},
        {NULL, false, SIDECAR("exif:DateTimeOriginal=\"2024-01-28T17:54:01+00:00\""),
         "2024-01-28T17:54:01+00:00", false},
        {"+00:00", false, SIDECAR("exif:DateTimeOriginal=\"2024-01-28T10:54:00+00:00\""),
         "2024-01-28T10:54:00+00:00", false},
        {"-08:00", false, SIDECAR("exif:DateTimeOriginal=\"2024-01-28T18:54:00+00:00\""),
         "2024-01-28T18:54:00+00:00", false},
        {"-08:00", false, SIDECAR("exif:DateTimeOriginal=\"2024-01-28T17:54:00+00:00\""),
         "2024-01-28T09:54:00-08:00", false},
        {"-08:00", false, SIDECAR("exif:DateTimeOriginal=\"2024-01-28T18:54:00+01:00\""),
         "2024-01-28T18:54:00+01:00", false}, /* a clock that was put right */
        {NULL, false, SIDECAR("exif:DateTimeOriginal=\"2024-01-28 17:54:00 UTC\""),
         "2024-01-28T09:54:00-08:00", false},
        {NULL, false, SIDECAR("exif:DateTimeOriginal=\"2024-01-28t17:54:00z\""),
         "2024-01-28T09:54:00-08:00", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
        struct gls_media media;
        fill(&media, false);
        media.has_position = rows[i].has_position;
        if (rows[i].offset != NULL)
            media.date.has_offset = gls_utc_offset_parse(&media.date.utc_offset_s, rows[i].offset);
        assert_true(apply(&media, rows[i].sidecar, &error));
        gls_datetime_add_iso(&text, &media.date);
        if (media.date.has_offset)
            gls_utc_offset_add(&text, media.date.utc_offset_s);
        assert_string_equal(gls_strbuf_str(&text), rows[i].expected);
        assert_int_equal(media.date_is_utc, rows[i].is_utc);
        gls_media_clear(&media);
    }
}

/* Who writes the day alone, or leaves out the seconds, takes nothing away from a picture
 * that knows them. */
static void a_coarser_date_is_no_edit(void **state)
{
    static const struct {
        const char *sidecar;
        const char *expected; /* of a picture of 09:54:17 */
        int32_t utc_offset_s; /* that the picture states; 0: none */
    } rows[] = {
        {SIDECAR("exif:DateTimeOriginal=\"2024-01-28T09:54+02:00\""), "2024-01-28T09:54:17", 7200},
        {SIDECAR("exif:DateTimeOriginal=\"2024-01-28T09:54+03:00\""), "2024-01-28T09:54:00", 7200},
        {SIDECAR("exif:DateTimeOriginal=\"2024-01-28\""), "2024-01-28T09:54:17", 0},
        {SIDECAR("exif:DateTimeOriginal=\"2024-01-28T09:54\""), "2024-01-28T09:54:17", 0},
        {SIDECAR("exif:DateTimeOriginal=\"2024-01-28T17:54Z\""), "2024-01-28T09:54:17", 0},
        {SIDECAR("exif:DateTimeOriginal=\"2024-01\""), "2024-01-28T09:54:17", 0},
        {SIDECAR("exif:DateTimeOriginal=\"2024-01-28T09:54:00\""), "2024-01-28T09:54:00", 0},
        {SIDECAR("exif:DateTimeOriginal=\"2024-01-28T00:00:00\""), "2024-01-28T00:00:00", 0},
        {SIDECAR("exif:DateTimeOriginal=\"2024-01-28T09:55\""), "2024-01-28T09:55:00", 0},
        {SIDECAR("exif:DateTimeOriginal=\"2024-01-27\""), "2024-01-27T00:00:00", 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
        struct gls_media media;
        fill(&media, false);
        media.date.second = 17;
        media.date.has_offset = rows[i].utc_offset_s != 0;
        media.date.utc_offset_s = rows[i].utc_offset_s;
        assert_true(apply(&media, rows[i].sidecar, &error));
        gls_datetime_add_iso(&text, &media.date);
        assert_string_equal(gls_strbuf_str(&text), rows[i].expected);
        gls_media_clear(&media);
    }
}

static void caption_people_and_rating_are_read(void **state)
{
    (void)state;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_media media;
    fill(&media, false);
    gls_media_offer_text(&media, &media.description, "embedded");
    gls_media_add_person(&media, "Ann");
    media.rating = 2;
    assert_true(
        apply(&media,
              "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
              "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description "
              "rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/' "
              "xmlns:xmp='http://ns.adobe.com/xap/1.0/' "
              "xmlns:e='http://iptc.org/std/Iptc4xmpExt/2008-02-29/' xmp:Rating='5'>"
              "<dc:description><rdf:Alt><rdf:li xml:lang='x-default'>Lake</rdf:li></rdf:Alt>"
              "</dc:description><e:PersonInImage><rdf:Bag><rdf:li>Ben</rdf:li>"
              "<rdf:li>Ann</rdf:li></rdf:Bag></e:PersonInImage></rdf:Description>"
              "</rdf:RDF></x:xmpmeta>",
              &error));
    assert_string_equal(media.description, "Lake");
    assert_int_equal(media.people_count, 2);
    assert_string_equal(media.people[0], "Ann");
    assert_string_equal(media.people[1], "Ben");
    assert_int_equal(media.rating, 5);
    assert_true(apply(&media, SIDECAR("xmp:Rating=\"-1\""), &error));
    assert_int_equal(media.rating, -1);
    assert_true(apply(&media, SIDECAR("xmp:Rating=\"6\""), &error));
    assert_int_equal(media.rating, -1);
    gls_media_clear(&media);
}

static void a_broken_one_is_an_error_and_changes_nothing(void **state)
{
    (void)state;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_media media;
    fill(&media, false);
    assert_false(apply(&media, "<x:xmpmeta", &error));
    assert_int_equal(error.status, GLS_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "a.jpg.xmp"));
    assert_string_equal(media.album, "Embedded");
    assert_false(apply(&media, "", &error));
    gls_media_clear(&media);
}

static const struct gls_tags tags = {
    .title = "T",
    .album = "A",
    .original_name = "MVI.AVI",
    .set_date = true,
    .date = {.year = 2011, .month = 2, .day = 3, .has_offset = true, .utc_offset_s = 3600},
    .set_position = true,
    .latitude = -1.25,
    .longitude = 3.5};

static void makes_one_that_says_all(void **state)
{
    (void)state;
    static const enum gls_kind kinds[] = {GLS_KIND_PHOTO, GLS_KIND_VIDEO, GLS_KIND_AUDIO};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO again = GLS_STRBUF_INIT;
        struct gls_media media = {.kind = kinds[i]};
        struct gls_input *input;
        bool changed = false;
        assert_true(gls_media_make_sidecar(
            &out, &changed, &(struct gls_sidecar_request){NULL, kinds[i], &tags}, &error));
        assert_true(changed);
        assert_true(apply(&media, out.data, &error));
        assert_true(gls_tags_are_stated(&tags, &media));
        gls_media_clear(&media);
        assert_true(gls_input_from_memory(&input, out.data, out.size, "x.xmp", &error));
        assert_true(gls_media_make_sidecar(
            &again, &changed, &(struct gls_sidecar_request){input, kinds[i], &tags}, &error));
        assert_false(changed);
        gls_input_free(input);
    }
}

static void merges_into_one_that_is_there(void **state)
{
    (void)state;
    static const char present[] = SIDECAR("xmp:Rating=\"3\" xmpDM:album=\"Old\"");
    struct gls_error error = GLS_ERROR_INIT;
    GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
    struct gls_media media = {.kind = GLS_KIND_PHOTO};
    struct gls_input *input;
    bool changed = false;
    assert_true(gls_input_from_memory(&input, present, sizeof present - 1, "x.xmp", &error));
    struct gls_sidecar_request request = {input, GLS_KIND_PHOTO, &tags};
    assert_true(gls_media_make_sidecar(&out, &changed, &request, &error));
    assert_true(changed);
    assert_non_null(strstr(out.data, "xmp:Rating=\"3\""));
    assert_true(apply(&media, out.data, &error));
    assert_true(gls_tags_are_stated(&tags, &media));
    gls_media_clear(&media);
    gls_input_free(input);

    assert_true(gls_input_from_memory(&input, "<broken", 7, "x.xmp", &error));
    request.existing = input;
    assert_false(gls_media_make_sidecar(&out, &changed, &request, &error));
    assert_int_equal(error.status, GLS_ERROR_UNSUPPORTED);
    gls_input_free(input);
    const struct gls_sidecar_request bad_title = {NULL, GLS_KIND_PHOTO,
                                                  &(struct gls_tags){.title = "a\nb"}};
    assert_false(gls_media_make_sidecar(&out, &changed, &bad_title, &error));
    assert_int_equal(error.status, GLS_ERROR_ARGUMENT);
}

/* No value goes missing for want of memory: a photo would be filed by half of what it says. */
static void without_memory_it_fails(void **state)
{
    (void)state;
    long refused = 0;

    do {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_media media;
        fill(&media, false);
        copy_was_refused = false;
        copies_left = refused;
        bool ok = apply(&media,
                        SIDECAR("xmpDM:album=\"Side\" xmp:Rating=\"3\" tiff:Make=\"Side\" "
                                "tiff:Model=\"Side\" xmpDM:shotName=\"x\""),
                        &error);
        copies_left = -1;
        assert_true(ok != copy_was_refused);
        assert_int_equal(error.status, ok ? GLS_OK : GLS_ERROR_MEMORY);
        gls_media_clear(&media);
    } while (copy_was_refused && ++refused < 1000);
    assert_in_range(refused, 2, 999);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_states_wins),
        cmocka_unit_test(what_it_does_not_state_stays),
        cmocka_unit_test(a_copied_utc_time_stays_utc),
        cmocka_unit_test(its_own_birth_is_no_edit),
        cmocka_unit_test(an_instant_in_utc_is_an_instant),
        cmocka_unit_test(a_coarser_date_is_no_edit),
        cmocka_unit_test(caption_people_and_rating_are_read),
        cmocka_unit_test(a_broken_one_is_an_error_and_changes_nothing),
        cmocka_unit_test(without_memory_it_fails),
        cmocka_unit_test(makes_one_that_says_all),
        cmocka_unit_test(merges_into_one_that_is_there),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
