/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "media/core/record.h"
#include "media/media.h"
#include "media/tiff/tiff.h"
#include "tests/support/tiff_builder.h"

static const char *detect(const void *bytes, size_t size, const char *path)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input;
    const struct gls_format *format = NULL;
    assert_true(gls_input_from_memory(&input, bytes, size, path, &error));
    bool ok = gls_media_detect(&format, input, path, &error);
    gls_input_free(input);
    if (!ok) {
        assert_int_equal(error.status, GLS_ERROR_FORMAT);
        assert_non_null(strstr(error.message, "not a valid media file"));
        assert_non_null(strstr(error.message, path));
        return "none";
    }
    return format->name;
}

static void content_decides(void **state)
{
    (void)state;
#define BYTES(text) text, sizeof(text) - 1
    static const struct {
        const char *path;
        const char *bytes;
        size_t size;
        const char *format;
    } cases[] = {
        {"a.jpg", BYTES("\xff\xd8\xff\xe0"), "jpeg"},
        {"a.nef", BYTES("\xff\xd8\xff\xe1"), "jpeg"},
        {"a", BYTES("\x89PNG\r\n\x1a\n"), "png"},
        {"a.jpg", BYTES("\x89PNG\n\x1a\n"), "none"},
        {"a.gif", BYTES("GIF87a"), "gif"},
        {"a.gif", BYTES("GIF89a"), "gif"},
        {"a.gif", BYTES("GIF88a"), "none"},
        {"a.webp", BYTES("RIFF\x10\0\0\0WEBPVP8 "), "webp"},
        {"a.avi", BYTES("RIFF\x10\0\0\0AVI LIST"), "avi"},
        {"a.avi", BYTES("RIFF\x10\0\0\0WAVEfmt "), "none"},
        {"a.raf", BYTES("FUJIFILMCCD-RAW 0201"), "raf"},
        {"a.rw2", BYTES("IIU\0\x18\0\0\0"), "rw2"},
        {"a.orf", BYTES("IIRO\x08\0\0\0"), "orf"},
        {"a.orf", BYTES("IIRS\x08\0\0\0"), "orf"},
        {"a.tif", BYTES("II+\0\x08\0\0\0"), "tiff"},
        {"a.cr2", BYTES("II*\0\x10\0\0\0CR\2\0\0\0\0\0"), "cr2"},
        {"a.jpg", BYTES("II*\0\x10\0\0\0CR\2\0\0\0\0\0"), "cr2"},
        {"a.mpg", BYTES("\0\0\1\xba\x44"), "mpeg"},
        {"a.mpg", BYTES("\0\0\1\xb3\x44"), "mpeg"},
        {"a.mkv", BYTES("\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska\x42"), "mkv"},
        {"a.webm", BYTES("\x1a\x45\xdf\xa3\x93\x42\x82\x84webm\x42\x87"), "webm"},
        {"a.mkv", BYTES("\x1a\x45\xdf\xa3\x93\x42\x82\x84nope\x42\x87"), "none"},
        {"a.txt", BYTES("hello"), "txt"},
        {"a.TXT", BYTES(""), "txt"},
        {"a.txt", BYTES("\xff\xfeh\0i\0"), "txt"},
        {"a.txt", BYTES("\xfe\xff\0h\0i"), "txt"},
        {"a.txt", BYTES("a\0b"), "none"},
        {"a.txt", BYTES("GIF89a"), "gif"},
        {"a.jpg", BYTES("hello"), "none"},
        {"a.jpg", BYTES(""), "none"},
        {"a.heic",
         BYTES("\0\0\0\x18"
               "ftypheic\0\0\0\0mif1heic"),
         "heic"},
        {"a.jpg",
         BYTES("\0\0\0\x18"
               "ftypheic\0\0\0\0mif1heic"),
         "heic"},
        {"a.avif",
         BYTES("\0\0\0\x18"
               "ftypavif\0\0\0\0mif1avif"),
         "avif"},
        {"a.cr3",
         BYTES("\0\0\0\x18"
               "ftypcrx \0\0\0\1crx isom"),
         "cr3"},
        {"a.mp4",
         BYTES("\0\0\0\x18"
               "ftypmp42\0\0\0\0mp42isom"),
         "mp4"},
        {"a.m4a",
         BYTES("\0\0\0\x18"
               "ftypM4A \0\0\0\0M4A mp42"),
         "m4a"},
        {"a.m4a",
         BYTES("\0\0\0\x14"
               "ftypqt  \0\0\0\0qt  \0\0\0\x08wide"),
         "m4a"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_string_equal(detect(cases[i].bytes, cases[i].size, cases[i].path), cases[i].format);
    }
}

static void transport_streams_repeat_their_sync_byte(void **state)
{
    (void)state;
    static uint8_t packets[192 * 5];
    for (size_t stride = 188; stride <= 192; stride += 4) {
        memset(packets, 0, sizeof packets);
        for (size_t i = 0; i < 5; i++) {
            packets[i * stride + stride - 188] = 0x47;
        }
        assert_string_equal(detect(packets, stride * 5, "a.mts"), "mts");
        assert_string_equal(detect(packets, stride * 3, "a.mts"), "none");
        packets[2 * stride + stride - 188] = 0x48;
        assert_string_equal(detect(packets, stride * 5, "a.mts"), "none");
    }
}

static void tiff_kinds_need_name_and_content(void **state)
{
    (void)state;
    static const struct {
        const char *path, *make, *format;
        bool dng;
    } cases[] = {
        {"a.nef", "a:NIKON CORPORATION", "nef", false},
        {"a.NEF", "a:NIKON CORPORATION", "nef", false},
        {"a.tif", "a:NIKON CORPORATION", "tiff", false},
        {"a.nef", "a:SONY", "tiff", false},
        {"a.arw", "a:SONY", "arw", false},
        {"a.pef", "a:PENTAX Corporation", "pef", false},
        {"a.pef", "a:RICOH IMAGING COMPANY, LTD.", "pef", false},
        {"a.srw", "a:SAMSUNG", "srw", false},
        {"a.nef", "a:NIKON CORPORATION", "dng", true},
        {"a.tif", "a:", "tiff", false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        const struct tiff_value ifd0[] = {
            {GLS_TAG_MAKE, cases[i].make},
            {GLS_TAG_DNG_VERSION, cases[i].dng ? "b:01040000" : NULL},
            {0, NULL},
        };
        tiff_build(&file, &(struct tiff_plan){i % 2 == 0, ifd0, NULL, NULL});
        assert_string_equal(detect(file.data, file.size, cases[i].path), cases[i].format);
    }
}

static void names_are_supported_by_extension(void **state)
{
    (void)state;
    static const char *const yes[] = {
        "a.arw", "a.CR2",  "a.dng", "a.gif",        "a.heic", "a.jpeg", "a.JPG",  "a.nef",
        "a.png", "a.rw2",  "a.avi", "a.m4v",        "a.mov",  "a.mp4",  "a.mpg",  "a.mpeg",
        "a.3gp", "a.mts",  "a.m4a", "a.txt",        "a.cr3",  "a.avif", "a.heif", "a.jpe",
        "a.orf", "a.pef",  "a.raf", "a.srw",        "a.tif",  "a.tiff", "a.webp", "a.m2ts",
        "a.mkv", "a.webm", "a.3g2", "dir.x/b.c.jpg"};
    static const char *const no[] = {"a",    "jpg",    ".jpg", "a.xmp",  "a.aae", "a.json",
                                     "a.jp", "a.jpgx", "a.",   "a.jpg/", "a. ",   "a.jpg jpeg"};
    for (size_t i = 0; i < COUNT_OF(yes); i++) {
        assert_true(gls_media_is_supported_name(yes[i]));
    }
    for (size_t i = 0; i < COUNT_OF(no); i++) {
        assert_false(gls_media_is_supported_name(no[i]));
    }
}

static void a_lying_extension_is_noted(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        const char *note; /* NULL: none */
    } cases[] = {
        {"a.tif", NULL},
        {"a.tiff", NULL},
        {"a.nef", "content is TIFF though the name says .nef"},
        {"a.jpg", "content is TIFF though the name says .jpg"},
        {"a", "content is TIFF though the name has no extension"},
    };
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    tiff_build(&file, &(struct tiff_plan){false, NULL, NULL, NULL});
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_input *input;
        const struct gls_format *format;
        struct gls_media media;
        assert_true(gls_input_from_memory(&input, file.data, file.size, "x", &error));
        assert_true(gls_media_detect(&format, input, cases[i].path, &error));
        assert_true(gls_media_read(&media, input, format, cases[i].path, &error));
        assert_int_equal(media.note_count, cases[i].note != NULL);
        if (cases[i].note != NULL) {
            assert_string_equal(media.notes[0], cases[i].note);
        }
        assert_string_equal(media.format, "tiff");
        assert_int_equal(media.kind, GLS_KIND_PHOTO);
        gls_media_clear(&media);
        gls_input_free(input);
    }
}

static void texts_are_taken_clean_and_once(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        const char *kept; /* NULL: absent */
    } cases[] = {
        {"  Canon \n", "Canon"},
        {"a\x01\x7f"
         "b\xc2\x85"
         "c",
         "abc"},
        {"a\tb", "a b"},
        {"\xff", "\xef\xbf\xbd"},
        {"", NULL},
        {"   ", NULL},
        {NULL, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *field = NULL;
        assert_true(gls_text_offer(&field, cases[i].value));
        if (cases[i].kept == NULL) {
            assert_null(field);
        } else {
            assert_string_equal(field, cases[i].kept);
            assert_true(gls_text_offer(&field, "second"));
            assert_string_equal(field, cases[i].kept);
        }
        free(field);
    }
    /* 4,096 bytes at most, cut between characters. */
    char text[4200];
    memset(text, 'a', sizeof text);
    memcpy(text + 4095, "\xc3\xa9", 2);
    text[sizeof text - 1] = '\0';
    char *field = NULL;
    assert_true(gls_text_offer(&field, text));
    assert_int_equal(strlen(field), 4095);
    free(field);
}

static void dates_and_positions_are_checked(void **state)
{
    (void)state;
    struct gls_media media = {0};
    struct gls_datetime when = {.year = 1825, .month = 1, .day = 1};
    const struct gls_date_claim x = {GLS_DATE_DIGITIZED, "x", .is_utc = true};
    const struct gls_date_claim y = {GLS_DATE_DIGITIZED, "y", .is_utc = false};
    assert_false(gls_media_offer_date(&media, &when, &x));
    when.year = 1826;
    assert_true(gls_media_offer_date(&media, &when, &x));
    assert_string_equal(media.date_source, "x");
    assert_true(media.date_is_utc);
    when.year = 2000;
    assert_false(gls_media_offer_date(&media, &when, &y));
    assert_false(gls_media_offer_position(&media, 90.5, 0.0, "p"));
    assert_false(gls_media_offer_position(&media, 0.0, 181.0, "p"));
    assert_false(gls_media_offer_position(&media, 0.0, -0.0, "p")); /* no fix */
    assert_null(media.position_source);
    assert_true(gls_media_offer_position(&media, 0.0, 1e-6, "p"));
    assert_string_equal(media.position_source, "p");
    assert_false(gls_media_offer_position(&media, 1.0, 1.0, "q"));
    assert_string_equal(media.position_source, "p");
    gls_media_clear(&media);
    assert_false(media.has_date);
    gls_media_clear(NULL);
}

/* Of the strongest kind the first whole date counts, whatever the order. */
static void the_strongest_date_counts(void **state)
{
    static const struct {
        const char *first, *second;
        struct gls_date_claim first_claim, second_claim;
        const char *kept;
    } rows[] = {
        {"2020:05:05 10:00:00",
         "1965:04:03 12:00:00",
         {GLS_DATE_CHANGED, "change", false, false},
         {GLS_DATE_TAKEN, "taken", false, false},
         "taken"},
        {"1965:04:03 12:00:00",
         "2020:05:05 10:00:00",
         {GLS_DATE_TAKEN, "taken", false, false},
         {GLS_DATE_DIGITIZED, "scan", false, false},
         "taken"},
        {"1965:04:03 12:00:00",
         "1966:04:03 12:00:00",
         {GLS_DATE_TAKEN, "first", false, false},
         {GLS_DATE_TAKEN, "second", false, false},
         "first"},
        {"1965",
         "1965:04:03 12:00:00",
         {GLS_DATE_TAKEN, "part", false, false},
         {GLS_DATE_TAKEN, "whole", false, false},
         "whole"},
        {"1965",
         "2020:05:05 10:00:00",
         {GLS_DATE_TAKEN, "part", false, false},
         {GLS_DATE_DIGITIZED, "scan", false, false},
         "part"},
        {"1965",
         "1966",
         {GLS_DATE_TAKEN, "first", false, false},
         {GLS_DATE_TAKEN, "second", false, false},
         "first"},
        {"1800:01:01 00:00:00", /* before there were photographs */
         "2020:05:05 10:00:00",
         {GLS_DATE_TAKEN, "taken", false, false},
         {GLS_DATE_CHANGED, "change", false, false},
         "change"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_media media = {0};
        gls_media_offer_date_text(&media, rows[i].first, &rows[i].first_claim);
        gls_media_offer_date_text(&media, rows[i].second, &rows[i].second_claim);
        assert_string_equal(media.date_source, rows[i].kept);
        assert_int_equal(media.date_is_partial, strcmp(rows[i].kept, "part") == 0 || i == 5);
        gls_media_clear(&media);
    }
}

/* "Z" states an instant; an offset states a local time. */
static void dates_in_utc_are_instants(void **state)
{
    static const struct gls_date_claim claim = {GLS_DATE_TAKEN, "x", false, false};
    static const struct {
        const char *text;
        bool is_utc;
    } rows[] = {
        {"2019-07-22T07:06:38Z", true},
        {"2019-07-22T07:06:38+00:00", false},
        {"2019-07-22T07:06:38-08:00", false},
        {"2019-07-22T07:06:38", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_media media = {0};
        assert_true(gls_media_offer_date_text(&media, rows[i].text, &claim));
        assert_int_equal(media.date_is_utc, rows[i].is_utc);
        gls_media_clear(&media);
    }
}

/* GPS time counts from 1980-01-06: that day and what lies before it is no fix. */
static void gps_time_needs_a_fix(void **state)
{
    static const struct {
        struct gls_datetime when;
        bool taken;
    } rows[] = {
        {{.year = 1980, .month = 1, .day = 5}, false},
        {{.year = 1980, .month = 1, .day = 6}, false},
        {{.year = 1980, .month = 1, .day = 6, .second = 1}, true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_media media = {0};
        gls_media_offer_gps_time(&media, &rows[i].when, true, "gps");
        assert_int_equal(media.has_gps_time, rows[i].taken);
        assert_int_equal(media.has_date, rows[i].taken);
        assert_int_equal(media.date_strength, rows[i].taken ? GLS_DATE_GPS : GLS_DATE_NONE);
        gls_media_clear(&media);
        /* A day alone dates the picture in part, and checks no clock. */
        gls_media_offer_gps_time(&media, &rows[i].when, false, "gps");
        assert_false(media.has_gps_time);
        assert_int_equal(media.has_date, rows[i].taken);
        assert_int_equal(media.date_is_partial, rows[i].taken);
        assert_false(media.date_is_utc);
        gls_media_clear(&media);
    }
}

/* A date that a file states and of which nothing can be used is remarked on, not ignored. */
static void unused_dates_are_told(void **state)
{
    static const struct {
        const char *text;
        enum gls_date_strength strength;
        bool told;
    } rows[] = {
        {"195X", GLS_DATE_TAKEN, true},
        {"2099:01:01 10:00:00", GLS_DATE_TAKEN, true},
        {"0850-05-01", GLS_DATE_DIGITIZED, true},
        {"2099:01:01 10:00:00", GLS_DATE_CHANGED, false},
        {"0000:00:00 00:00:00", GLS_DATE_TAKEN, false},
        {"    :  :     :  :  ", GLS_DATE_TAKEN, false},
        {"unknown", GLS_DATE_TAKEN, false},
        {"1956", GLS_DATE_TAKEN, false},
        {NULL, GLS_DATE_TAKEN, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct gls_date_claim claim = {rows[i].strength, "Field", false, false};
        struct gls_media media = {0};
        (void)gls_media_offer_date_text(&media, rows[i].text, &claim);
        assert_int_equal(media.note_count, rows[i].told);
        assert_true(!rows[i].told || strstr(media.notes[0], rows[i].text) != NULL);
        gls_media_clear(&media);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_decides),
        cmocka_unit_test(transport_streams_repeat_their_sync_byte),
        cmocka_unit_test(tiff_kinds_need_name_and_content),
        cmocka_unit_test(names_are_supported_by_extension),
        cmocka_unit_test(a_lying_extension_is_noted),
        cmocka_unit_test(texts_are_taken_clean_and_once),
        cmocka_unit_test(dates_and_positions_are_checked),
        cmocka_unit_test(the_strongest_date_counts),
        cmocka_unit_test(dates_in_utc_are_instants),
        cmocka_unit_test(gps_time_needs_a_fix),
        cmocka_unit_test(unused_dates_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
