/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "media/tiff/exif.h"
#include "media/tiff/tiff.h"
#include "tests/support/tiff_builder.h"

#define GPS(lat_ref, lat, lon_ref, lon)                                                            \
    (const struct tiff_value[])                                                                    \
    {                                                                                              \
        {GLS_GPS_LATITUDE_REF, lat_ref}, {GLS_GPS_LATITUDE, lat},                                  \
            {GLS_GPS_LONGITUDE_REF, lon_ref}, {GLS_GPS_LONGITUDE, lon},                            \
        {                                                                                          \
            0, NULL                                                                                \
        }                                                                                          \
    }

static void decode(struct gls_exif_values *out, const struct tiff_plan *plan)
{
    GLS_STRBUF_AUTO block = GLS_STRBUF_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    tiff_build(&block, plan);
    assert_true(gls_exif_decode(out, block.data, block.size, &error));
}

static void offer(struct gls_media *out, const struct tiff_plan *plan)
{
    struct gls_exif_values values;
    memset(out, 0, sizeof *out);
    decode(&values, plan);
    gls_exif_offer(out, &values);
    gls_exif_values_clear(&values);
}

static void reads_texts_in_both_byte_orders(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        const struct tiff_value ifd0[] = {{GLS_TAG_MAKE, "a:Canon"},
                                          {GLS_TAG_MODEL, "a:EOS 5D  "},
                                          {GLS_TAG_DATE_TIME, "a:2016:01:02 03:04:05"},
                                          {0, NULL}};
        const struct tiff_value exif[] = {{GLS_TAG_DATE_TIME_ORIGINAL, "a:2015:12:05 00:59:26"},
                                          {GLS_TAG_OFFSET_TIME_ORIGINAL, "a:+05:45"},
                                          {GLS_TAG_SUB_SEC_TIME_ORIGINAL, "a:084"},
                                          {0, NULL}};
        struct gls_media media;
        offer(&media, &(struct tiff_plan){big != 0, ifd0, exif, NULL});
        assert_string_equal(media.camera_make, "Canon");
        assert_string_equal(media.camera_model, "EOS 5D");
        assert_true(media.has_date);
        assert_false(media.date_is_utc);
        assert_string_equal(media.date_source, "Exif.Photo.DateTimeOriginal");
        assert_int_equal(media.date.year, 2015);
        assert_int_equal(media.date.second, 26);
        assert_int_equal(media.date.nanosecond, 84000000);
        assert_int_equal(media.date.subsecond_digits, 3);
        assert_true(media.date.has_offset);
        assert_int_equal(media.date.utc_offset_s, 20700);
        gls_media_clear(&media);
    }
}

static void an_offset_counts_for_all_dates_of_its_moment(void **state)
{
    (void)state;
    for (int same = 0; same < 2; same++) {
        const struct tiff_value exif[] = {
            {GLS_TAG_DATE_TIME_ORIGINAL, "a:2015:12:05 00:59:26"},
            {GLS_TAG_DATE_TIME_DIGITIZED, same ? "a:2015:12:05 00:59:26" : "a:2015:12:05 00:59:27"},
            {GLS_TAG_OFFSET_TIME_DIGITIZED, "a:+05:45"},
            {0, NULL}};
        struct gls_media media;
        offer(&media, &(struct tiff_plan){false, NULL, exif, NULL});
        assert_string_equal(media.date_source, "Exif.Photo.DateTimeOriginal");
        assert_int_equal(media.date.has_offset, same);
        assert_int_equal(media.date.utc_offset_s, same ? 20700 : 0);
        gls_media_clear(&media);
    }
}

static void impossible_dates_fall_to_the_next(void **state)
{
    (void)state;
    static const struct {
        const char *original;
        const char *digitized;
        const char *date_time;
        const char *source; /* NULL: no date */
    } cases[] = {
        {"a:2015:12:05 00:59:26", "a:2014:12:05 00:59:26", "a:2013:12:05 00:59:26",
         "Exif.Photo.DateTimeOriginal"},
        {"a:0000:00:00 00:00:00", "a:2014:12:05 00:59:26", "a:2013:12:05 00:59:26",
         "Exif.Photo.DateTimeDigitized"},
        {"a:1601:06:06 16:39:33", "a:nonsense", "a:2013:12:05 00:59:26", "Exif.Image.DateTime"},
        {"a:1601:06:06 16:39:33", "a:2014:13:05 00:59:26", "a:2013:12:05 00:59:26",
         "Exif.Photo.DateTimeDigitized"}, /* its year */
        {"a:    :  :     :  :  ", "a:", "e:", NULL},
        {"a:2015-12-05 00:59:26", "a:", "e:", "Exif.Photo.DateTimeOriginal"},
        {"a:2015:02:29 00:59:26", "a:2016:02:29 00:59:26",
         "e:", "Exif.Photo.DateTimeOriginal"}, /* its month */
        {"a:1825:02:28 00:59:26", "a:nonsense", "a:9999:12:05 00:59:26", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct tiff_value ifd0[] = {{GLS_TAG_DATE_TIME, cases[i].date_time}, {0, NULL}};
        const struct tiff_value exif[] = {{GLS_TAG_DATE_TIME_ORIGINAL, cases[i].original},
                                          {GLS_TAG_DATE_TIME_DIGITIZED, cases[i].digitized},
                                          {0, NULL}};
        struct gls_media media;
        offer(&media, &(struct tiff_plan){false, ifd0, exif, NULL});
        assert_int_equal(media.has_date, cases[i].source != NULL);
        if (media.has_date) {
            assert_string_equal(media.date_source, cases[i].source);
        }
        gls_media_clear(&media);
    }
}

/* An instant, as in every other field; the offset beside it says what the clock showed. */
static void a_date_that_ends_in_z_is_an_instant(void **state)
{
    (void)state;
    static const struct {
        const char *date;
        const char *offset;
        bool is_utc;
        int hour;
        int32_t offset_s;
    } cases[] = {
        {"a:2019:07:01 10:11:12Z", "a:", true, 10, 0},
        {"a:2019-07-01T10:11:12 UTC", "a:", true, 10, 0},
        {"a:2019:07:01 10:11:12Z", "a:+02:00", false, 12, 7200},
        {"a:2019:07:01 10:11:12", "a:+02:00", false, 10, 7200},
        {"a:2019:07:01 10:11:12+03:00", "a:+02:00", false, 10, 10800},
        {"a:2019:07:01 10:11:12", "a:Z", false, 10, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct tiff_value exif[] = {{GLS_TAG_DATE_TIME_ORIGINAL, cases[i].date},
                                          {GLS_TAG_OFFSET_TIME_ORIGINAL, cases[i].offset},
                                          {0, NULL}};
        struct gls_media media;
        offer(&media, &(struct tiff_plan){false, NULL, exif, NULL});
        assert_true(media.has_date);
        assert_int_equal(media.date_is_utc, cases[i].is_utc);
        assert_int_equal(media.date.hour, cases[i].hour);
        assert_true(media.date.has_offset);
        assert_int_equal(media.date.utc_offset_s, cases[i].offset_s);
        gls_media_clear(&media);
    }
}

static void tiff_ep_keeps_the_date_in_ifd0(void **state)
{
    (void)state;
    const struct tiff_value ifd0[] = {{GLS_TAG_DATE_TIME_ORIGINAL, "a:2000:11:19 13:01:50"},
                                      {0, NULL}};
    struct gls_exif_values values;
    decode(&values, &(struct tiff_plan){true, ifd0, NULL, NULL});
    assert_string_equal(values.date_time_original, "2000:11:19 13:01:50");
    gls_exif_values_clear(&values);
}

static void reads_positions(void **state)
{
    (void)state;
    static const struct {
        const char *lat_ref, *lat, *lon_ref, *lon;
        bool has;
        double latitude, longitude;
    } cases[] = {
        {"a:N", "r:37/1,22/1,7680/1000", "a:W", "r:122/1,2/1,0/1", true, 37.3688, -122.03333333},
        {"a:S", "r:33/1,51594/1000,0/1", "a:E", "r:151/1,12/1,36/1", true, -33.8599, 151.21},
        {"a:n", "r:0/1,0/1,0/1", "a:e", "r:0/1,0/1,0/1", true, 0.0, 0.0},
        {"a:N", "r:10/1,0/0,0/0", "a:E", "r:20/1", true, 10.0, 20.0},
        /* Empty, undefined, out of range, without a ref: no position. */
        {"a:N", "e:", "a:E", "e:", false, 0, 0},
        {"a:N", "r:0/0,0/0,0/0", "a:E", "r:0/0,0/0,0/0", false, 0, 0},
        {"a:N", "r:91/1,0/1,0/1", "a:E", "r:0/1,0/1,0/1", false, 0, 0},
        {"a:N", "r:10/1,0/1,0/1", "a:E", "r:181/1,0/1,0/1", false, 0, 0},
        {"a:", "r:10/1,0/1,0/1", "a:E", "r:20/1,0/1,0/1", false, 0, 0},
        {"a:N", "r:10/1,0/1,0/1", "a:X", "r:20/1,0/1,0/1", false, 0, 0},
        {"a:N", "a:10", "a:E", "a:20", false, 0, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct gls_exif_values values;
        decode(&values, &(struct tiff_plan){
                            i % 2 == 0, NULL, NULL,
                            GPS(cases[i].lat_ref, cases[i].lat, cases[i].lon_ref, cases[i].lon)});
        assert_int_equal(values.has_position, cases[i].has);
        if (cases[i].has) {
            assert_float_equal(values.latitude, cases[i].latitude, 1e-7);
            assert_float_equal(values.longitude, cases[i].longitude, 1e-7);
        }
        gls_exif_values_clear(&values);
    }
}

static void follows_pointers_of_other_types(void **state)
{
    (void)state;
    static const unsigned types[] = {GLS_TIFF_LONG, GLS_TIFF_SLONG, GLS_TIFF_IFD, GLS_TIFF_ASCII};
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        GLS_STRBUF_AUTO block = GLS_STRBUF_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_exif_values values;
        tiff_build(&block,
                   &(struct tiff_plan){false, NULL, NULL, GPS("a:N", "r:10/1", "a:E", "r:20/1")});
        char *pointer = memmem(block.data, block.size, "\x25\x88\x04\x00", 4);
        assert_non_null(pointer);
        pointer[2] = (char)types[i];
        assert_true(gls_exif_decode(&values, block.data, block.size, &error));
        assert_int_equal(values.has_position, types[i] != GLS_TIFF_ASCII);
        gls_exif_values_clear(&values);
    }
}

static void reads_gps_time(void **state)
{
    (void)state;
    static const struct {
        const char *date, *time;
        bool has;
    } cases[] = {
        {"a:2024:04:13", "r:20/1,35/1,31/1", true},  {"a:2024:04:13", "r:24/1,35/1,31/1", false},
        {"a:2024:04:13", "r:0/0,0/0,0/0", false},    {"a:", "r:20/1,35/1,31/1", false},
        {"a:2024:04", "r:20/1,35/1,31/1", false}, /* a month is no instant */
        {"a:2024:04:??", "r:20/1,35/1,31/1", false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct tiff_value gps[] = {
            {GLS_GPS_TIME_STAMP, cases[i].time}, {GLS_GPS_DATE_STAMP, cases[i].date}, {0, NULL}};
        struct gls_exif_values values;
        decode(&values, &(struct tiff_plan){false, NULL, NULL, gps});
        assert_int_equal(values.has_gps_time, cases[i].has);
        assert_int_equal(values.has_gps_date, strlen(cases[i].date) > 2);
        if (values.has_gps_date) {
            assert_int_equal(values.gps_time.year, 2024);
            assert_int_equal(values.gps_time.month, 4);
        }
        if (cases[i].has) {
            assert_int_equal(values.gps_time.hour, 20);
            assert_int_equal(values.gps_time.second, 31);
            assert_true(values.gps_time.has_offset);
            assert_int_equal(values.gps_time.utc_offset_s, 0);
        }
        gls_exif_values_clear(&values);
    }
}

static void text_becomes_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *raw, *text;
    } cases[] = {
        {"a:L\xe9on", "L\xc3\xa9on"},        /* Latin-1 */
        {"a:L\xc3\xa9on", "L\xc3\xa9on"},    /* UTF-8 already */
        {"u:4e696b6f6e004a554e4b", "Nikon"}, /* ends at its NUL */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct tiff_value ifd0[] = {{GLS_TAG_MAKE, cases[i].raw}, {0, NULL}};
        struct gls_exif_values values;
        decode(&values, &(struct tiff_plan){false, ifd0, NULL, NULL});
        assert_string_equal(values.make, cases[i].text);
        gls_exif_values_clear(&values);
    }
}

/* "Apple iOS", version, "MM", entries of tags 0x0B and 0x11: ASCII, 37 bytes at 44 and 81. */
#define APPLE_NOTE                                                                                 \
    "u:4170706c6520694f530000014d4d0002"                                                           \
    "000b0002000000250000002c001100020000002500000051"                                             \
    "00000000"                                                                                     \
    "30314344344545312d363439312d343835412d393534302d38314243353230363643393700"                   \
    "39423533394142382d413636382d344641362d393230372d45423635334135453745334300"

static void reads_the_identifiers_of_live_photo_and_burst(void **state)
{
    (void)state;
    const struct tiff_value exif[] = {{GLS_TAG_MAKER_NOTE, APPLE_NOTE}, {0, NULL}};
    struct gls_exif_values values;
    decode(&values, &(struct tiff_plan){true, NULL, exif, NULL});
    assert_string_equal(values.content_id, "9B539AB8-A668-4FA6-9207-EB653A5E7E3C");
    assert_string_equal(values.burst_id, "01CD4EE1-6491-485A-9540-81BC52066C97");
    gls_exif_values_clear(&values);
}

/* Every cut of a good block is read or refused, and no cut crashes. */
static void truncated_blocks_cost_themselves_only(void **state)
{
    (void)state;
    GLS_STRBUF_AUTO block = GLS_STRBUF_INIT;
    const struct tiff_value ifd0[] = {{GLS_TAG_MAKE, "a:Canon Inc."}, {0, NULL}};
    const struct tiff_value exif[] = {{GLS_TAG_DATE_TIME_ORIGINAL, "a:2015:12:05 00:59:26"},
                                      {GLS_TAG_MAKER_NOTE, APPLE_NOTE},
                                      {0, NULL}};
    tiff_build(&block, &(struct tiff_plan){true, ifd0, exif,
                                           GPS("a:N", "r:1/1,2/1,3/1", "a:E", "r:1/1,2/1,3/1")});
    for (size_t size = 0; size < block.size; size++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_exif_values values;
        uint8_t *copy = malloc(size + 1);
        memcpy(copy, block.data, size);
        bool ok = gls_exif_decode(&values, copy, size, &error);
        assert_int_equal(ok, size >= 8);
        if (!ok) {
            assert_int_equal(error.status, GLS_ERROR_FORMAT);
        }
        gls_exif_values_clear(&values);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_texts_in_both_byte_orders),
        cmocka_unit_test(an_offset_counts_for_all_dates_of_its_moment),
        cmocka_unit_test(impossible_dates_fall_to_the_next),
        cmocka_unit_test(a_date_that_ends_in_z_is_an_instant),
        cmocka_unit_test(tiff_ep_keeps_the_date_in_ifd0),
        cmocka_unit_test(reads_positions),
        cmocka_unit_test(follows_pointers_of_other_types),
        cmocka_unit_test(reads_gps_time),
        cmocka_unit_test(text_becomes_utf8),
        cmocka_unit_test(reads_the_identifiers_of_live_photo_and_burst),
        cmocka_unit_test(truncated_blocks_cost_themselves_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
