/* SPDX-License-Identifier: MIT */
/* What image.c joins: precedence of the blocks, and edits of whole JPEGs. */
#include "tests/support/test.h"

#include "base/strbuf.h"
#include "media/media.h"
#include "media/tiff/tiff.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiff_builder.h"

#define XMP(attributes)                                                                            \
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "                                              \
    "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" "   \
    "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:exif=\"http://ns.adobe.com/exif/1.0/\" "     \
    "xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\" "                                      \
    "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" " attributes "/></rdf:RDF></x:xmpmeta>"
#define IPTC_DATE                                                                                  \
    "\x1c\x02\x37\0\x08"                                                                           \
    "20110817"                                                                                     \
    "\x1c\x02\x3c\0\x0b"                                                                           \
    "163937+0200"

struct parts {
    const char *date_time_original; /* as tiff_builder wants it; NULL: none */
    bool gps;                       /* a position and a time */
    const char *xmp;
    bool iptc;
};

static int setup(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    (void)state;
    return gls_media_initialize(&error) ? 0 : -1;
}

static void add_segment(struct gls_strbuf *out, int marker, const char *prefix, size_t prefix_size,
                        const void *bytes, size_t size)
{
    uint8_t head[4] = {0xff, (uint8_t)marker, 0, 0};
    gls_put_be16(head + 2, (uint16_t)(2 + prefix_size + size));
    gls_strbuf_add(out, head, sizeof head);
    gls_strbuf_add(out, prefix, prefix_size);
    gls_strbuf_add(out, bytes, size);
}

static void build_jpeg(struct gls_strbuf *out, const struct parts *parts)
{
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
    const struct tiff_value dates[] = {{GLS_TAG_DATE_TIME_ORIGINAL, parts->date_time_original},
                                       {0, NULL}};
    const struct tiff_value gps[] = {{GLS_GPS_LATITUDE_REF, "a:N"},
                                     {GLS_GPS_LATITUDE, "r:10/1,0/1,0/1"},
                                     {GLS_GPS_LONGITUDE_REF, "a:E"},
                                     {GLS_GPS_LONGITUDE, "r:20/1,0/1,0/1"},
                                     {GLS_GPS_TIME_STAMP, "r:20/1,35/1,31/1"},
                                     {GLS_GPS_DATE_STAMP, "a:2024:04:13"},
                                     {0, NULL}};
    gls_strbuf_add(out, "\xff\xd8", 2);
    if (parts->date_time_original != NULL || parts->gps) {
        tiff_build(&exif,
                   &(struct tiff_plan){true, NULL, parts->date_time_original != NULL ? dates : NULL,
                                       parts->gps ? gps : NULL});
        add_segment(out, 0xe1, "Exif\0", 6, exif.data, exif.size);
    }
    if (parts->xmp != NULL) {
        add_segment(out, 0xe1, "http://ns.adobe.com/xap/1.0/", 29, parts->xmp, strlen(parts->xmp));
    }
    if (parts->iptc) {
        static const char resource[] = "Photoshop 3.0\0"
                                       "8BIM\x04\x04\0\0\0\0\0\x1d" IPTC_DATE "\0";
        add_segment(out, 0xed, resource, sizeof resource - 1, "", 0);
    }
    gls_strbuf_add(out, "\xff\xda\0\x02pixels\xff\xd9", 12);
}

static void read_jpeg(struct gls_media *out, const struct gls_strbuf *file)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input;
    const struct gls_format *format;
    assert_true(gls_input_from_memory(&input, file->data, file->size, "a.jpg", &error));
    assert_true(gls_media_detect(&format, input, "a.jpg", &error));
    assert_true(gls_media_read(out, input, format, "a.jpg", &error));
    gls_input_free(input);
}

static void dates_come_in_order(void **state)
{
    (void)state;
    static const struct {
        struct parts parts;
        const char *source; /* NULL: none */
        bool is_utc;
    } cases[] = {
        {{"a:2015:12:05 00:59:26", true, XMP("xmp:CreateDate=\"2014-01-01\""), true},
         "Exif.Photo.DateTimeOriginal",
         false},
        {{"a:0000:00:00 00:00:00", true,
          XMP("xmp:CreateDate=\"2014-01-01\" photoshop:DateCreated=\"2013-01-01\""), true},
         "Xmp.photoshop.DateCreated",
         false},
        {{NULL, true,
          XMP("xmp:CreateDate=\"2014-01-01\" exif:DateTimeOriginal=\"2013-01-01T01:01:01\""), true},
         "Xmp.exif.DateTimeOriginal",
         false},
        /* a scanner's date goes behind all that say when the picture was taken */
        {{NULL, true, XMP("xmp:CreateDate=\"2014-01-01\""), true},
         "Iptc.Application2.DateCreated",
         false},
        {{NULL, true, XMP("xmp:CreateDate=\"2014-01-01\""), false}, "Xmp.xmp.CreateDate", false},
        {{NULL, false, XMP("exif:GPSTimeStamp=\"2014-01-01T01:01:01Z\""), false},
         "Xmp.exif.GPSTimeStamp",
         true},
        {{NULL, true, XMP("exif:DateTimeOriginal=\"2013-01-01T01:01:01\""), true},
         "Xmp.exif.DateTimeOriginal",
         false},
        {{NULL, true, XMP(""), true}, "Iptc.Application2.DateCreated", false},
        {{NULL, true, NULL, false}, "Exif.GPSInfo.GPSDateStamp", true},
        {{NULL, false, NULL, false}, NULL, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        struct gls_media media;
        build_jpeg(&file, &cases[i].parts);
        read_jpeg(&media, &file);
        assert_int_equal(media.has_date, cases[i].source != NULL);
        if (cases[i].source != NULL) {
            assert_string_equal(media.date_source, cases[i].source);
            assert_int_equal(media.date_is_utc, cases[i].is_utc);
        }
        gls_media_clear(&media);
    }
}

static void exif_position_comes_before_xmp(void **state)
{
    (void)state;
    GLS_STRBUF_AUTO both = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO alone = GLS_STRBUF_INIT;
    struct gls_media media;
    struct parts parts = {NULL, true,
                          XMP("exif:GPSLatitude=\"1,0.0S\" exif:GPSLongitude=\"2,0.0W\""), false};
    build_jpeg(&both, &parts);
    read_jpeg(&media, &both);
    assert_float_equal(media.latitude, 10.0, 1e-9);
    gls_media_clear(&media);
    parts.gps = false;
    build_jpeg(&alone, &parts);
    read_jpeg(&media, &alone);
    assert_float_equal(media.longitude, -2.0, 1e-9);
    gls_media_clear(&media);
}

/* Panasonic states some values in the JPEG inside, others around it. */
static void an_rw2_is_read_inside_and_around(void **state)
{
    (void)state;
    GLS_STRBUF_AUTO jpeg = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO hex = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    struct gls_media media;
    build_jpeg(&jpeg, &(struct parts){"a:2015:12:05 00:59:26", false, NULL, false});
    gls_strbuf_add_str(&hex, "u:");
    for (size_t i = 0; i < jpeg.size; i++) {
        gls_strbuf_addf(&hex, "%02x", (uint8_t)jpeg.data[i]);
    }
    const struct tiff_value ifd0[] = {{0x002e, gls_strbuf_str(&hex)},
                                      {GLS_TAG_MAKE, "a:Panasonic"},
                                      {GLS_TAG_DATE_TIME_ORIGINAL, "a:2014:12:05 00:59:26"},
                                      {0, NULL}};
    const struct tiff_value gps[] = {{GLS_GPS_LATITUDE_REF, "a:S"},
                                     {GLS_GPS_LATITUDE, "r:10/1,0/1,0/1"},
                                     {GLS_GPS_LONGITUDE_REF, "a:E"},
                                     {GLS_GPS_LONGITUDE, "r:20/1,0/1,0/1"},
                                     {0, NULL}};
    tiff_build(&file, &(struct tiff_plan){false, ifd0, NULL, gps});
    file.data[2] = 'U';
    read_jpeg(&media, &file);
    assert_string_equal(media.format, "rw2");
    assert_int_equal(media.date.year, 2015);
    assert_string_equal(media.camera_make, "Panasonic");
    assert_true(media.has_position);
    assert_float_equal(media.latitude, -10.0, 1e-9);
    gls_media_clear(&media);
}

static void a_broken_block_takes_nothing_from_the_others(void **state)
{
    (void)state;
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    struct gls_media media;
    build_jpeg(&file, &(struct parts){"a:2015:12:05 00:59:26", false, "<broken", false});
    read_jpeg(&media, &file);
    assert_true(media.has_date);
    assert_int_equal(media.note_count, 1);
    assert_non_null(strstr(media.notes[0], "XMP is not read"));
    gls_media_clear(&media);
}

static bool plan(struct gls_strbuf *out, const struct gls_strbuf *file, const struct gls_tags *tags,
                 struct gls_error *error)
{
    struct gls_patch patch = GLS_PATCH_INIT;
    struct gls_input *input;
    struct gls_input *view;
    const struct gls_format *format;
    assert_true(gls_input_from_memory(&input, file->data, file->size, "a.jpg", error));
    assert_true(gls_media_detect(&format, input, "a.jpg", error));
    const struct gls_edit_request request = {format, "a.jpg", tags, false, NULL};
    bool ok = gls_media_plan_edit(&patch, NULL, input, &request, error);
    if (ok) {
        char before[33];
        char after[33];
        assert_true(gls_input_from_patch(&view, input, &patch, error));
        assert_true(gls_media_hash_essence(before, input, format, GLS_ESSENCE_VERSION, error));
        assert_true(gls_media_hash_essence(after, view, format, GLS_ESSENCE_VERSION, error));
        assert_string_equal(before, after);
        char *room = gls_strbuf_reserve(out, (size_t)gls_input_size(view));
        assert_true(gls_input_read(view, 0, room, (size_t)gls_input_size(view), error));
        out->size += (size_t)gls_input_size(view);
        gls_input_free(view);
    }
    gls_patch_free(&patch);
    gls_input_free(input);
    return ok;
}

static void edits_state_the_tags_and_no_more(void **state)
{
    (void)state;
    static const struct gls_tags edits[] = {
        {.title = "T"},
        {.album = "A", .original_name = "IMG_1.JPG"},
        {.set_date = true, .date = {.year = 2001, .month = 2, .day = 3, .second = 4}},
        {.set_position = true, .latitude = -33.5, .longitude = 151.25},
        {.clear_title = true, .clear_album = true, .clear_position = true},
    };
    static const struct parts shapes[] = {
        {NULL, false, NULL, false},
        {"a:2015:12:05 00:59:26", true, NULL, true},
        {"a:2015:12:05 00:59:26", true,
         XMP("dc:format=\"f\" exif:GPSLatitude=\"1,0.0S\" exif:GPSLongitude=\"2,0.0W\""), true},
    };
    for (size_t i = 0; i < COUNT_OF(edits) * COUNT_OF(shapes); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO edited = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO again = GLS_STRBUF_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_media media;
        const struct gls_tags *tags = &edits[i % COUNT_OF(edits)];
        build_jpeg(&file, &shapes[i / COUNT_OF(edits)]);
        assert_true(plan(&edited, &file, tags, &error));
        read_jpeg(&media, &edited);
        assert_true(gls_tags_are_stated(tags, &media));
        gls_media_clear(&media);
        assert_true(plan(&again, &edited, tags, &error));
        assert_int_equal(again.size, edited.size);
        assert_memory_equal(again.data, edited.data, edited.size);
    }
}

static void refusals_leave_a_reason(void **state)
{
    (void)state;
    GLS_STRBUF_AUTO broken = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    build_jpeg(&broken, &(struct parts){NULL, false, "<broken", false});
    assert_false(plan(&out, &broken, &(struct gls_tags){.title = "T"}, &error));
    assert_int_equal(error.status, GLS_ERROR_UNSUPPORTED);
    assert_non_null(strstr(error.message, "XMP"));
    assert_false(plan(&out, &broken, &(struct gls_tags){.title = "a\nb"}, &error));
    assert_int_equal(error.status, GLS_ERROR_ARGUMENT);
}

/* The copy as written, with the byte where `text` stands changed. NULL: none is. */
static bool check_changed(const struct gls_edited_copy *copy, struct gls_input *view,
                          const char *text, struct gls_error *error)
{
    size_t size = (size_t)gls_input_size(view);
    char *bytes = calloc(1, size + 1);
    assert_non_null(bytes);
    assert_true(gls_input_read(view, 0, bytes, size, error));
    if (text != NULL) {
        char *at = memmem(bytes, size, text, strlen(text));
        assert_non_null(at);
        *at ^= 1;
    }
    struct gls_edited_copy changed = *copy;
    assert_true(gls_input_from_memory(&changed.input, bytes, size, "copy", error));
    bool ok = gls_media_check_copy(&changed, error);
    gls_input_free(changed.input);
    free(bytes);
    return ok;
}

static void a_finished_copy_is_checked(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_sound;
    } cases[] = {
        {NULL, true},
        {"New title", false},
        {"2016-05-02", false},
        {"Old label", true}, /* other than proved, but nothing that glassine reads */
    };
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_patch patch = GLS_PATCH_INIT;
    struct gls_media edited;
    struct gls_ranges essence = GLS_RANGES_INIT;
    struct gls_input *input;
    struct gls_input *view;
    const struct gls_format *format;
    bool whole = true;
    build_jpeg(&file, &(struct parts){NULL, false,
                                      XMP("xmp:Label=\"Old label\" xmp:CreateDate=\"2016-05-02\""),
                                      false});
    assert_true(gls_input_from_memory(&input, file.data, file.size, "a.jpg", &error));
    assert_true(gls_media_detect(&format, input, "a.jpg", &error));
    const struct gls_tags tags = {.title = "New title"};
    const struct gls_edit_request request = {format, "a.jpg", &tags, false, NULL};
    assert_true(gls_media_plan_edit(&patch, &edited, input, &request, &error));
    assert_true(gls_media_essence(&essence, &whole, input, format, &error));
    assert_true(gls_input_from_patch(&view, input, &patch, &error));
    const struct gls_edited_copy copy = {.source_path = "a.jpg",
                                         .source = input,
                                         .format = format,
                                         .patch = &patch,
                                         .edited = &edited,
                                         .source_essence = &essence};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        error = (struct gls_error)GLS_ERROR_INIT;
        assert_int_equal(check_changed(&copy, view, cases[i].text, &error), cases[i].is_sound);
    }
    gls_input_free(view);
    gls_input_free(input);
    gls_media_clear(&edited);
    gls_ranges_free(&essence);
    gls_patch_free(&patch);
}

/* A WebP, for a JPEG's segment has a bound of its own. */
static void a_large_exif_block_is_read_and_not_kept(void **state)
{
    static const size_t paddings[] = {0, 70000};
    static const struct tiff_value dates[] = {{GLS_TAG_DATE_TIME_ORIGINAL, "a:2011:08:17 16:39:37"},
                                              {0, NULL}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(paddings); i++) {
        GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_media media;
        struct gls_input *input;
        const struct gls_format *format;
        uint8_t size[4];
        tiff_build(&exif, &(struct tiff_plan){true, NULL, dates, NULL});
        gls_strbuf_addf(&exif, "%*s", (int)(paddings[i] + exif.size % 2), "");
        gls_put_le32(size, (uint32_t)(4 + 18 + 8 + exif.size));
        gls_strbuf_add(&file, "RIFF", 4);
        gls_strbuf_add(&file, size, sizeof size);
        gls_strbuf_add(&file,
                       "WEBPVP8X\x0a\0\0\0\x08\0\0\0\0\0\0\0\0\0"
                       "EXIF",
                       26);
        gls_put_le32(size, (uint32_t)exif.size);
        gls_strbuf_add(&file, size, sizeof size);
        gls_strbuf_add(&file, exif.data, exif.size);
        assert_true(gls_input_from_memory(&input, file.data, file.size, "a.webp", &error));
        assert_true(gls_media_detect(&format, input, "a.webp", &error));
        assert_true(gls_media_read(&media, input, format, "a.webp", &error));
        assert_string_equal(media.date_source, "Exif.Photo.DateTimeOriginal");
        assert_int_equal(gls_input_kept(input, GLS_KEPT_EXIF) != NULL, paddings[i] == 0);
        gls_media_clear(&media);
        gls_input_free(input);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_come_in_order),
        cmocka_unit_test(exif_position_comes_before_xmp),
        cmocka_unit_test(an_rw2_is_read_inside_and_around),
        cmocka_unit_test(a_broken_block_takes_nothing_from_the_others),
        cmocka_unit_test(edits_state_the_tags_and_no_more),
        cmocka_unit_test(refusals_leave_a_reason),
        cmocka_unit_test(a_finished_copy_is_checked),
        cmocka_unit_test(a_large_exif_block_is_read_and_not_kept),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
