/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <link.h>

#include "base/timestamp.h"
#include "media/bmff/quicktime.h"
#include "media/core/iso6709.h"
#include "media/media.h"
#include "media/video/video.h"
#include "media/video/video_av.h"
#include "tests/support/box_builder.h"

#define SINCE_1904(epoch_s) (GLS_MOVIE_EPOCH_S + (epoch_s))
#define XMP_START                                                                                  \
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "                                                \
    "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' "       \
    "xmlns:pmi='http://prismstandard.org/namespaces/pmi/2.2/' "                                    \
    "xmlns:xmp='http://ns.adobe.com/xap/1.0/' "                                                    \
    "xmlns:exif='http://ns.adobe.com/exif/1.0/' xmlns:tiff='http://ns.adobe.com/tiff/1.0/' "
#define XMP_END "/></rdf:RDF></x:xmpmeta>"

static int set_up(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    return gls_media_initialize(&error) ? 0 : -1;
}

static void put_date(struct gls_strbuf *out, const struct gls_media *media)
{
    if (!media->has_date)
        return;
    gls_datetime_add_iso(out, &media->date);
    if (media->date_is_utc)
        gls_strbuf_add_str(out, "Z");
    if (media->date_is_utc ? media->date.utc_offset_s != 0 : media->date.has_offset)
        gls_utc_offset_add(out, media->date.utc_offset_s);
}

static void read_movie(struct gls_media *out, const struct gls_movie_recipe *recipe)
{
    struct gls_error error = GLS_ERROR_INIT;
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    struct gls_input *input = NULL;

    gls_make_movie(&file, recipe);
    memset(out, 0, sizeof *out);
    out->kind = GLS_KIND_VIDEO;
    assert_true(gls_input_from_memory(&input, file.data, file.size, "x.mov", &error));
    if (!gls_video_backend.read(out, input, NULL, &error))
        fail_msg("%s", error.message);
    gls_input_free(input);
}

static void assert_same_text(const char *actual, const char *expected)
{
    if (expected == NULL)
        assert_null(actual);
    else
        assert_string_equal(actual, expected);
}

struct date_case {
    struct gls_movie_recipe recipe;
    const char *date;
    const char *source; /* NULL: no date */
};

static const struct date_case date_cases[] = {
    {{.since_1904_s = 0}, "", NULL},
    {{.since_1904_s = SINCE_1904(0)}, "", NULL}, /* how libavformat once wrote "not known" */
    {{.since_1904_s = SINCE_1904(1460027726)}, "2016-04-07T11:15:26Z", "QuickTime.CreateDate"},
    {{.since_1904_s = SINCE_1904(1460027726), .wide_headers = true},
     "2016-04-07T11:15:26Z",
     "QuickTime.CreateDate"},
    {{.since_1904_s = 1460027726}, "2016-04-07T11:15:26Z", "QuickTime.CreateDate"},
    /* A clock that counted on from zero, for a day and for a year. */
    {{.since_1904_s = 86400}, "", NULL},
    {{.since_1904_s = 31536000, .content_date = "2016-01-03T21:23:39-0800"},
     "2016-01-03T21:23:39-08:00",
     "QuickTime.ContentCreateDate"},
    /* The same instant with its offset gives the local time; another one does not. */
    {{.since_1904_s = SINCE_1904(1460027726),
      .xmp_uuid = XMP_START "xmp:CreateDate='2016-04-07T20:15:26+09:00'" XMP_END},
     "2016-04-07T11:15:26Z+09:00",
     "QuickTime.CreateDate"},
    {{.since_1904_s = SINCE_1904(1460027726),
      .xmp_uuid = XMP_START "xmp:ModifyDate='2016-04-07T20:15:26+09:00'" XMP_END},
     "2016-04-07T11:15:26Z",
     "QuickTime.CreateDate"},
    {{.since_1904_s = SINCE_1904(1460027726),
      .xmp_uuid = XMP_START "xmp:CreateDate='2016-04-07T20:15:27+09:00'" XMP_END},
     "2016-04-07T11:15:26Z",
     "QuickTime.CreateDate"},
    {{.since_1904_s = UINT64_MAX, .wide_headers = true}, "", NULL},
    {{.since_1904_s = SINCE_1904(1460027726), .keys_date = "2015-01-19T12:45:11-0800"},
     "2015-01-19T12:45:11-08:00",
     "QuickTime.CreationDate"},
    {{.since_1904_s = SINCE_1904(1460027726), .keys_date = "not a date"},
     "2016-04-07T11:15:26Z",
     "QuickTime.CreateDate"},
    {{.since_1904_s = SINCE_1904(1460027726), .user_date = "2018-02-07T10:15:08-0500"},
     "2018-02-07T10:15:08-05:00",
     "QuickTime.UserData.DateTimeOriginal"},
    {{.since_1904_s = SINCE_1904(1460027726), .content_date = "2016-01-03T21:23:39-0800"},
     "2016-04-07T11:15:26Z",
     "QuickTime.CreateDate"},
    {{.content_date = "2016-01-03T21:23:39-0800"},
     "2016-01-03T21:23:39-08:00",
     "QuickTime.ContentCreateDate"},
    /* A year alone counts, but for less than all else. */
    {{.content_date = "2016"}, "2016-01-01T00:00:00", "QuickTime.ContentCreateDate"},
    {{.since_1904_s = SINCE_1904(1460027726), .content_date = "1956"},
     "2016-04-07T11:15:26Z",
     "QuickTime.CreateDate"},
    /* The epoch in any zone. */
    {{.keys_date = "1903-12-31T16:00:00-0800"}, "", NULL},
    {{.user_date = "2018-02-07T10:15:08-0500", .keys_date = "2015-01-19T12:45:11+05:45"},
     "2015-01-19T12:45:11+05:45",
     "QuickTime.CreationDate"},
};

static void dates_have_their_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(date_cases); i++) {
        GLS_STRBUF_AUTO date = GLS_STRBUF_INIT;
        struct gls_media media;

        read_movie(&media, &date_cases[i].recipe);
        put_date(&date, &media);
        assert_string_equal(gls_strbuf_str(&date), date_cases[i].date);
        if (date_cases[i].source == NULL)
            assert_null(media.date_source);
        else
            assert_string_equal(media.date_source, date_cases[i].source);
        gls_media_clear(&media);
    }
}

struct position_case {
    struct gls_movie_recipe recipe;
    bool has_position;
    double latitude;
    double longitude;
};

static const struct position_case position_cases[] = {
    {{.brand = "qt  "}, false, 0, 0},
    {{.loci = true}, true, 10.5, -20.25},
    {{.loci = true, .user_position = "+51.4169-000.0806/"}, true, 51.4169, -0.0806},
    {{.user_position = "+51.4169-000.0806/", .keys_position = "-33.5+151.25+012.3/"},
     true,
     -33.5,
     151.25},
    {{.user_position = "+51.4169-000.0806/", .keys_position = "nowhere"}, true, 51.4169, -0.0806},
    {{.keys_position = "-33.5+151.25/",
      .xmp_uuid = XMP_START "exif:GPSLatitude='37,30.0N' exif:GPSLongitude='122,15.0W'" XMP_END},
     true,
     37.5,
     -122.25},
    {{.keys_position = "-33.5+151.25/",
      .xmp_user = XMP_START "exif:GPSLatitude='37,30.0N' exif:GPSLongitude='122,15.0W'" XMP_END},
     true,
     37.5,
     -122.25},
};

static void positions_have_their_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(position_cases); i++) {
        struct gls_media media;

        read_movie(&media, &position_cases[i].recipe);
        assert_int_equal(media.has_position, position_cases[i].has_position);
        if (media.has_position) {
            assert_float_equal(media.latitude, position_cases[i].latitude, 1e-6);
            assert_float_equal(media.longitude, position_cases[i].longitude, 1e-6);
        }
        gls_media_clear(&media);
    }
}

static void texts_come_from_keys_and_xmp(void **state)
{
    static const struct gls_movie_recipe recipe = {
        .keys_date = "2015-01-19T12:45:11-0800",
        .xmp_uuid = XMP_START "pmi:displayName='A title' tiff:Make='Not it' tiff:Model='M'" XMP_END,
        .xmp_user = XMP_START "pmi:displayName='Another'" XMP_END};
    struct gls_media media;

    (void)state;
    read_movie(&media, &recipe);
    assert_string_equal(media.camera_make, "Apple");
    assert_string_equal(media.camera_model, "M");
    assert_string_equal(media.content_id, "An id");
    assert_string_equal(media.title, "A title");
    assert_int_equal(media.note_count, 0);
    gls_media_clear(&media);
    read_movie(&media, &(struct gls_movie_recipe){.xmp_uuid = "<broken"});
    assert_null(media.title);
    assert_int_equal(media.note_count, 1);
    gls_media_clear(&media);
}

static void essence_is_the_samples(void **state)
{
    static const struct gls_movie_recipe recipes[] = {
        {.brand = "mp42"},
        {.brand = "mp42", .moov_first = true},
        {.brand = "mp42", .moov_first = true, .wide_offsets = true, .wide_headers = true},
        {.brand = "mp42", .compact_sizes = true},
        {.brand = "qt  ", .moov_first = true, .open_end = true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(recipes); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_ranges ranges = GLS_RANGES_INIT;
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        struct gls_input *input = NULL;

        gls_make_movie(&file, &recipes[i]);
        assert_true(gls_input_from_memory(&input, file.data, file.size, "x", &error));
        assert_true(gls_movie_essence(&ranges, input, &error));
        assert_int_equal(ranges.count, 2);
        assert_int_equal(ranges.items[0].size, 16);
        assert_memory_equal(file.data + ranges.items[0].offset, "first sample|2nd", 16);
        assert_int_equal(ranges.items[1].size, 17);
        assert_memory_equal(file.data + ranges.items[1].offset, "|the third sample", 17);
        gls_ranges_free(&ranges);
        gls_input_free(input);
    }
}

static void fragments_count_whole(void **state)
{
    static const struct gls_movie_recipe recipe = {.brand = "iso5", .fragments = true};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_ranges ranges = GLS_RANGES_INIT;
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    struct gls_input *input = NULL;

    (void)state;
    gls_make_movie(&file, &recipe);
    assert_true(gls_input_from_memory(&input, file.data, file.size, "x", &error));
    assert_true(gls_movie_essence(&ranges, input, &error));
    assert_int_equal(ranges.count, 1);
    assert_int_equal(ranges.items[0].size, 16 + 4 + 17);
    gls_ranges_free(&ranges);
    gls_input_free(input);
}

/* At whatever byte a movie ends: an answer or an error, and never a wrong date. */
static void cut_movies_are_read_as_far_as_they_go(void **state)
{
    static const struct gls_movie_recipe recipe = {.brand = "qt  ",
                                                   .moov_first = true,
                                                   .since_1904_s = SINCE_1904(1460027726),
                                                   .keys_date = "2015-01-19T12:45:11-0800",
                                                   .loci = true};
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;

    (void)state;
    gls_make_movie(&file, &recipe);
    for (size_t size = 0; size < file.size; size++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_media media = {.kind = GLS_KIND_VIDEO};
        struct gls_input *input = NULL;

        assert_true(gls_input_from_memory(&input, file.data, size, "x", &error));
        if (gls_video_backend.read(&media, input, NULL, &error)) {
            assert_true(!media.has_date || media.date.year == 2016 || media.date.year == 2015);
            assert_true(size >= file.size - 45 || media.note_count > 0);
        } else {
            assert_int_equal(error.status, GLS_ERROR_FORMAT);
        }
        gls_media_clear(&media);
        gls_input_free(input);
    }
}

/* When it was recorded, in the tags, says more than when the file was made, in the
 * header; a film that is cut off before its tracks still has the latter. */
static void matroska_dates_have_their_order(void **state)
{
    static const char head[] = "\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska\x18\x53\x80\x67\xec"
                               "\x15\x49\xa9\x66\x8b\x44\x61\x88\x03\xfb\x5c\x77\x21\x6f\xd8\0";
    static const char recorded[] =
        "\x16\x54\xae\x6b\x9b\xae\x99\xd7\x81\1\x73\xc5\x81\1\x83\x81\1"
        "\x86\x85V_VP8\xe0\x86\xb0\x81\x10\xba\x81\x10\x12\x54\xc3\x67\xaf"
        "\x73\x73\xac\x63\xc0\x80\x67\xc8\xa6\x45\xa3\x8d"
        "DATE_RECORDED\x44\x87\x93"
        "2016-05-06 07:08:09\x1f\x43\xb6\x75\x83\xe7\x81\0";
    static const char digitized[] =
        "\x16\x54\xae\x6b\x9b\xae\x99\xd7\x81\1\x73\xc5\x81\1\x83\x81\1"
        "\x86\x85V_VP8\xe0\x86\xb0\x81\x10\xba\x81\x10\x12\x54\xc3\x67\xb0"
        "\x73\x73\xad\x63\xc0\x80\x67\xc8\xa7\x45\xa3\x8e"
        "DATE_DIGITIZED\x44\x87\x93"
        "1999-05-06 07:08:09\x1f\x43\xb6\x75\x83\xe7\x81\0";
    static const char year[] = "\x16\x54\xae\x6b\x9b\xae\x99\xd7\x81\1\x73\xc5\x81\1\x83\x81\1"
                               "\x86\x85V_VP8\xe0\x86\xb0\x81\x10\xba\x81\x10\x12\x54\xc3\x67\xa1"
                               "\x73\x73\x9e\x63\xc0\x80\x67\xc8\x98\x45\xa3\216DATE_DIGITIZED"
                               "\x44\x87\2041999\x1f\x43\xb6\x75\x83\xe7\x81\0";
    static const struct {
        const char *rest;
        size_t rest_size;
        const char *date, *source;
    } cases[] = {{recorded, sizeof recorded - 1, "2016-05-06T07:08:09", "Matroska.DateRecorded"},
                 {digitized, sizeof digitized - 1, "1999-05-06T07:08:09", "Matroska.DateDigitized"},
                 {year, sizeof year - 1, "1999-01-01T00:00:00", "Matroska.DateDigitized"},
                 {recorded, 20, "2010-02-03T21:17:48Z", "Matroska.DateUTC"}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO date = GLS_STRBUF_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_media media = {.kind = GLS_KIND_VIDEO};
        struct gls_input *input = NULL;
        gls_strbuf_add(&file, head, sizeof head - 1);
        gls_strbuf_add(&file, cases[i].rest, cases[i].rest_size);
        assert_true(gls_input_from_memory(&input, file.data, file.size, "a.mkv", &error));
        assert_true(gls_stream_backend.read(&media, input, &gls_matroska_stream, &error));
        put_date(&date, &media);
        assert_string_equal(gls_strbuf_str(&date), cases[i].date);
        assert_string_equal(media.date_source, cases[i].source);
        gls_media_clear(&media);
        gls_input_free(input);
    }
}

static void iso_6709_forms(void **state)
{
    static const struct {
        const char *text;
        double latitude;
        double longitude;
        const char *overwritten; /* by -1.23456789, 2.3456789; NULL: refused */
    } cases[] = {
        {"+27.5916+086.5640+8850/", 27.5916, 86.564, "-01.2346+002.3457+8850/"},
        {"+29.758938-095.36770", 29.758938, -95.3677, "-01.234568+002.34568"},
        {"+2736-09530/", 27.6, -95.5, NULL},
        {"+273630-0953030.0/", 27.60833333, -95.50833333, "-01.235+002.34568/"},
        {"-33+151/", -33, 151, NULL},
    };
    double latitude;
    double longitude;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[64];
        assert_true(gls_iso6709_parse(&latitude, &longitude, cases[i].text));
        assert_float_equal(latitude, cases[i].latitude, 1e-7);
        assert_float_equal(longitude, cases[i].longitude, 1e-7);
        snprintf(text, sizeof text, "%s", cases[i].text);
        if (gls_iso6709_overwrite(text, -1.23456789, 2.3456789))
            assert_same_text(text, cases[i].overwritten);
        else
            assert_null(cases[i].overwritten);
    }
    assert_false(gls_iso6709_parse(&latitude, &longitude, "27.5+86.5"));
    assert_false(gls_iso6709_parse(&latitude, &longitude, "+95+086"));
    assert_false(gls_iso6709_parse(&latitude, &longitude, "+27"));
    assert_false(gls_iso6709_parse(&latitude, &longitude, "+99999999999+0"));
}

/* ---- Camera files -------------------------------------------------------------------- */

struct camera_case {
    const char *name;
    const char *format;
    const char *date;
    const char *make;
    const char *model;
    double latitude; /* 0: no position */
    double longitude;
};

static const struct camera_case camera_cases[] = {
    {"iphone6-gps.mov", "mov", "2019-07-24T11:25:40+03:00", "Apple", "iPhone 6", 32.0929, 34.862},
    {"iphoneX-meta.mov", "mov", "2019-02-12T15:27:12+08:00", "Apple", "iPhone X", 27.1281,
     100.2508},
    {"macbook.mov", "mov", "2014-12-19T07:39:06+07:00", "Apple", "MacBookPro11,3", 0, 0},
    {"live/IMG_7943_HEVC.MOV", "mov", "2026-03-23T15:57:19+01:00", "Apple", "iPhone 13 Pro",
     49.1989, 16.6071},
    {"fixture.m4a", "m4a", "2014-12-18T08:19:24Z", NULL, NULL, 0, 0},
    {"iphone-voicememo.m4a", "m4a", "2016-01-04T05:28:15Z", NULL, NULL, 29.758938, -95.3677},
    {"handmade-2.m4v", "m4v", "2014-12-18T09:11:59Z", NULL, NULL, 0, 0},
    {"zero-date.m4v", "m4v", "", NULL, NULL, 0, 0},
    {"android-gps.mp4", "mp4", "2017-02-22T08:20:28Z", NULL, NULL, 51.4169, -0.0806},
    {"sony-a7-xavc.MP4", "mp4", "2026-04-26T09:25:15Z", NULL, NULL, 0, 0},
    {"sidecar/20240128_105420.mp4", "mp4", "2024-01-28T09:54:20Z", NULL, NULL, 0, 0},
    {"phone-dto.3gp", "3gp", "2018-02-07T10:15:08-05:00", NULL, NULL, 0, 0},
    {"sample.3gp", "3gp", "2005-10-28T17:36:40Z", NULL, NULL, 0, 0},
    {"canon-idit-head.avi", "avi", "2003-03-10T15:04:43", NULL, NULL, 0, 0},
    {"pentax-head.avi", "avi", "2009-10-27T12:14:34", NULL, NULL, 0, 0},
    {"kodak-100_0306.AVI", "avi", "2020-08-28T00:00:00", NULL, NULL, 0, 0},
    {"sony-a7m3.mts", "mts", "2019-04-24T22:24:00+02:00", "Sony", "ILCE-7M3", 0, 0},
    {"panasonic-raw188.mts", "mts", "2012-01-26T09:18:35+00:00", "Panasonic", NULL, 0, 0},
    {"ps.mpg", "mpeg", "", NULL, NULL, 0, 0},
};

static bool open_camera_file(struct gls_input **out, const char *name)
{
    struct gls_error error = GLS_ERROR_INIT;
    const char *folder = getenv("GLS_CORPUS");
    char path[4096];

    snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : "", name);
    return folder != NULL && gls_input_open(out, path, &error);
}

static void check_camera_file(const struct camera_case *test, struct gls_input *input)
{
    struct gls_error error = GLS_ERROR_INIT;
    const struct gls_format *format = NULL;
    GLS_STRBUF_AUTO date = GLS_STRBUF_INIT;
    struct gls_media media = {.kind = GLS_KIND_UNKNOWN};

    print_message("%s\n", test->name);
    assert_true(gls_media_detect(&format, input, test->name, &error));
    assert_string_equal(format->name, test->format);
    assert_true(gls_media_read(&media, input, format, test->name, &error));
    put_date(&date, &media);
    assert_string_equal(gls_strbuf_str(&date), test->date);
    assert_same_text(media.camera_make, test->make);
    assert_same_text(media.camera_model, test->model);
    assert_int_equal(media.has_position, test->latitude != 0);
    if (media.has_position) {
        assert_float_equal(media.latitude, test->latitude, 1e-6);
        assert_float_equal(media.longitude, test->longitude, 1e-6);
    }
    gls_media_clear(&media);
}

static void camera_files_say_what_they_should(void **state)
{
    size_t checked = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(camera_cases); i++) {
        struct gls_input *input = NULL;
        if (!open_camera_file(&input, camera_cases[i].name))
            continue;
        check_camera_file(&camera_cases[i], input);
        gls_input_free(input);
        checked++;
    }
    if (checked == 0) {
        print_message("GLS_CORPUS is not there: skipped\n");
        skip();
    }
}

#if GLS_WITH_AVFORMAT
/* Our walker and libavformat must read the same out of a movie. */
static void libavformat_agrees(void **state)
{
    size_t checked = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(camera_cases); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_input *input = NULL;
        struct gls_av_values values;
        struct gls_movie movie;

        if (strcmp(camera_cases[i].format, "avi") == 0 || camera_cases[i].format[1] == 't' ||
            camera_cases[i].format[1] == 'p' || !open_camera_file(&input, camera_cases[i].name))
            continue;
        if (!gls_av_read(&values, input, &error)) {
            gls_input_free(input);
            if (error.status == GLS_ERROR_UNSUPPORTED)
                break;
            continue; /* a header without its media */
        }
        assert_true(gls_movie_scan(&movie, input, &error));
        assert_same_text(gls_movie_text(&movie, GLS_MOVIE_MAKE), values.make);
        assert_same_text(gls_movie_text(&movie, GLS_MOVIE_KEYS_DATE), values.apple_creation_date);
        assert_int_equal(gls_movie_created(&movie, GLS_4CC('m', 'v', 'h', 'd')) != 0,
                         values.creation_time != NULL);
        gls_movie_free(&movie);
        gls_av_values_free(&values);
        gls_input_free(input);
        checked++;
    }
    if (checked == 0) {
        print_message("GLS_CORPUS or libavformat is not there: skipped\n");
        skip();
    }
}

static void agree_on_stream(const char *path, size_t *checked)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    struct gls_av_values theirs;
    struct gls_media ours = {0};
    const struct gls_format *format;
    struct gls_datetime when;

    if (!gls_input_open(&input, path, &error))
        return;
    assert_true(gls_media_detect(&format, input, path, &error));
    assert_true(gls_media_read(&ours, input, format, path, &error));
    if (gls_av_read(&theirs, input, &error)) {
        const char *date =
            theirs.date_recorded != NULL ? theirs.date_recorded : theirs.creation_time;
        print_message("%s\n", path);
        /* Theirs is ours, or ours has a better one: AVCHD's, which libavformat does not read. */
        if (date != NULL && gls_datetime_parse(&when, date, true)) {
            assert_true(ours.has_date);
            assert_int_equal(gls_datetime_to_civil_s(&ours.date), gls_datetime_to_civil_s(&when));
        }
        if (theirs.make != NULL)
            assert_same_text(ours.camera_make, theirs.make);
        if (theirs.model != NULL)
            assert_same_text(ours.camera_model, theirs.model);
        assert_int_equal(theirs.position != NULL, ours.has_position);
        gls_av_values_free(&theirs);
        (*checked)++;
    }
    gls_media_clear(&ours);
    gls_input_free(input);
}

/* So do our readers of other containers: nothing is lost without that library. */
static void libavformat_agrees_on_streams(void **state)
{
    static const char *const names[] = {"formats/photo.avi",  "formats/photo.mts",
                                        "formats/photo.m2ts", "formats/photo.mkv",
                                        "formats/photo.webm", "formats/photo.mpg"};
    const char *corpus = getenv("GLS_CORPUS");
    const char *source = getenv("GLS_SOURCE_DIR");
    char path[4096];
    size_t checked = 0;

    (void)state;
    for (size_t i = 0; source != NULL && i < COUNT_OF(names); i++) {
        snprintf(path, sizeof path, "%s/fixtures/%s", source, names[i]);
        agree_on_stream(path, &checked);
    }
    for (size_t i = 0; corpus != NULL && i < COUNT_OF(camera_cases); i++) {
        const char *format = camera_cases[i].format;
        if (strcmp(format, "avi") != 0 && strcmp(format, "mts") != 0 && strcmp(format, "mkv") != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", corpus, camera_cases[i].name);
        agree_on_stream(path, &checked);
    }
    if (checked == 0)
        skip();
}
#endif

static int is_libavformat(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size;
    (void)data;
    return info->dlpi_name != NULL && strstr(info->dlpi_name, "libavformat") != NULL;
}

/* Must run first: nothing else may have loaded it. */
static void movies_do_not_load_libavformat(void **state)
{
    struct gls_media media;

    (void)state;
#if GLS_LINKS_AVFORMAT
    skip(); /* it is there from the start */
#endif
    read_movie(&media, &date_cases[1].recipe);
    gls_media_clear(&media);
    assert_int_equal(dl_iterate_phdr(is_libavformat, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(movies_do_not_load_libavformat),
        cmocka_unit_test(dates_have_their_order),
        cmocka_unit_test(positions_have_their_order),
        cmocka_unit_test(texts_come_from_keys_and_xmp),
        cmocka_unit_test(essence_is_the_samples),
        cmocka_unit_test(fragments_count_whole),
        cmocka_unit_test(cut_movies_are_read_as_far_as_they_go),
        cmocka_unit_test(matroska_dates_have_their_order),
        cmocka_unit_test(iso_6709_forms),
        cmocka_unit_test(camera_files_say_what_they_should),
#if GLS_WITH_AVFORMAT
        cmocka_unit_test(libavformat_agrees),
        cmocka_unit_test(libavformat_agrees_on_streams),
#endif
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
