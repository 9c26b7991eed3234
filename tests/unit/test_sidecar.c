/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "base/strbuf.h"
#include "media/core/record.h"
#include "media/media.h"

#define SIDECAR(attributes)                                                                        \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "  \
    "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" "   \
    "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:exif=\"http://ns.adobe.com/exif/1.0/\" "     \
    "xmlns:xmpDM=\"http://ns.adobe.com/xmp/1.0/DynamicMedia/\" "                                   \
    "xmlns:tiff=\"http://ns.adobe.com/tiff/1.0/\" " attributes "/></rdf:RDF></x:xmpmeta>\n"

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
    const struct gls_datetime when = {.year = 2024, .month = 1, .day = 28, .hour = 9, .minute = 54};
    memset(media, 0, sizeof *media);
    media->kind = GLS_KIND_PHOTO;
    gls_media_offer_date(media, &when, is_utc, "embedded");
    gls_media_offer_text(&media->album, "Embedded");
    gls_media_offer_text(&media->camera_make, "Embedded");
    gls_media_offer_position(media, 1.0, 2.0);
}

static void what_it_states_wins(void **state)
{
    (void)state;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_media media;
    fill(&media, false);
    assert_true(apply(&media,
                      SIDECAR("xmp:CreateDate=\"2015-12-05T01:02:03\" xmpDM:album=\"Side\" "
                              "exif:GPSLatitude=\"50,5.375249N\" exif:GPSLongitude=\"14,23.8445W\" "
                              "tiff:Make=\"Side\" tiff:Model=\"Side\""),
                      &error));
    assert_int_equal(media.date.year, 2015);
    assert_string_equal(media.date_source, "Xmp.xmp.CreateDate");
    assert_string_equal(media.album, "Side");
    assert_float_equal(media.latitude, 50.08958748, 1e-7);
    assert_float_equal(media.longitude, -14.39740833, 1e-7);
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
    assert_true(apply(&media, SIDECAR("xmp:CreateDate=\"0000-00-00\" xmpDM:album=\" \""), &error));
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
    } cases[] = {
        {SIDECAR("xmp:CreateDate=\"2024-01-28T09:54:00\""), true},
        {SIDECAR("xmp:CreateDate=\"2024-01-28T10:54:00\""), false},
        {SIDECAR("xmp:CreateDate=\"2024-01-28T09:54:00+01:00\""), false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_media media;
        fill(&media, true);
        assert_true(apply(&media, cases[i].sidecar, &error));
        assert_int_equal(media.date_is_utc, cases[i].is_utc);
        gls_media_clear(&media);
    }
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
        assert_true(gls_media_make_sidecar(&out, &changed, NULL, kinds[i], &tags, &error));
        assert_true(changed);
        assert_true(apply(&media, out.data, &error));
        assert_true(gls_tags_are_stated(&tags, &media));
        gls_media_clear(&media);
        assert_true(gls_input_from_memory(&input, out.data, out.size, "x.xmp", &error));
        assert_true(gls_media_make_sidecar(&again, &changed, input, kinds[i], &tags, &error));
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
    assert_true(gls_media_make_sidecar(&out, &changed, input, GLS_KIND_PHOTO, &tags, &error));
    assert_true(changed);
    assert_non_null(strstr(out.data, "xmp:Rating=\"3\""));
    assert_true(apply(&media, out.data, &error));
    assert_true(gls_tags_are_stated(&tags, &media));
    gls_media_clear(&media);
    gls_input_free(input);

    assert_true(gls_input_from_memory(&input, "<broken", 7, "x.xmp", &error));
    assert_false(gls_media_make_sidecar(&out, &changed, input, GLS_KIND_PHOTO, &tags, &error));
    assert_int_equal(error.status, GLS_ERROR_UNSUPPORTED);
    gls_input_free(input);
    assert_false(gls_media_make_sidecar(&out, &changed, NULL, GLS_KIND_PHOTO,
                                        &(struct gls_tags){.title = "a\nb"}, &error));
    assert_int_equal(error.status, GLS_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_states_wins),
        cmocka_unit_test(what_it_does_not_state_stays),
        cmocka_unit_test(a_copied_utc_time_stays_utc),
        cmocka_unit_test(a_broken_one_is_an_error_and_changes_nothing),
        cmocka_unit_test(makes_one_that_says_all),
        cmocka_unit_test(merges_into_one_that_is_there),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
