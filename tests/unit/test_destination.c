/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <time.h>

#include "base/timestamp.h"
#include "plan/destination.h"
#include "plan/places/geocode.h"
#include "plan/time/zone.h"

/* A world of three places stands in for the gazetteer. */
__attribute__((weak)) const struct gls_zone *gls_zone_at(double latitude, double longitude)
{
    (void)longitude;
    if (latitude > 50 && latitude < 55)
        return gls_zone_find("Europe/Berlin");
    if (latitude > 27 && latitude < 29)
        return gls_zone_find("Asia/Kathmandu");
    if (latitude < -30 && latitude > -32)
        return gls_zone_find("Australia/Lord_Howe");
    return NULL;
}

static struct gls_datetime parse(const char *text)
{
    struct gls_datetime when;
    if (!gls_datetime_parse(&when, text, false))
        fail_msg("no date: %s", text);
    return when;
}

static void set_machine_zone(const char *name)
{
    setenv("TZ", name, 1);
    tzset();
}

enum where { NOWHERE, BERLIN, KATHMANDU, LORD_HOWE, OCEAN };

static void put_at(struct gls_media *media, enum where where)
{
    static const double latitudes[] = {0, 52.5, 27.7, -31.5, 0};
    media->has_position = where != NOWHERE;
    media->latitude = latitudes[where];
    media->longitude = 1;
}

static void check_date(const struct gls_media *media, const char *expected, const char *source)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    assert_true(media->has_date);
    assert_false(media->date_is_utc);
    gls_datetime_add_iso(&text, &media->date);
    if (media->date.has_offset)
        gls_utc_offset_add(&text, media->date.utc_offset_s);
    assert_string_equal(gls_strbuf_str(&text), expected);
    if (source != NULL)
        assert_string_equal(media->date_source, source);
}

/* Stated dates: EXIF local times stay, instants get the zone of the place. */
static void test_stated(void **state)
{
    static const struct {
        const char *date;
        bool is_utc;
        enum where where;
        const char *configured;
        const char *machine;
        const char *expected;
    } rows[] = {
        /* a local time is never shifted; its offset is what is really known */
        {"2020:07:01 12:00:00", false, NOWHERE, NULL, "America/New_York", "2020-07-01T12:00:00"},
        {"2020:07:01 12:00:00+09:00", false, BERLIN, "UTC", "UTC", "2020-07-01T12:00:00+09:00"},
        {"2020:07:01 12:00:00", false, BERLIN, "Asia/Tokyo", "UTC", "2020-07-01T12:00:00+02:00"},
        {"2020:01:01 12:00:00", false, BERLIN, NULL, "UTC", "2020-01-01T12:00:00+01:00"},
        {"2020:01:01 12:00:00", false, KATHMANDU, NULL, "UTC", "2020-01-01T12:00:00+05:45"},
        {"2020:01:01 12:00:00", false, LORD_HOWE, NULL, "UTC", "2020-01-01T12:00:00+11:00"},
        {"2020:07:01 12:00:00", false, LORD_HOWE, NULL, "UTC", "2020-07-01T12:00:00+10:30"},
        {"2020:07:01 12:00:00", false, OCEAN, NULL, "UTC", "2020-07-01T12:00:00"},
        {"2020:07:01 12:00:00", false, OCEAN, "Asia/Tokyo", "UTC", "2020-07-01T12:00:00+09:00"},
        {"2020:07:01 12:00:00", false, NOWHERE, "+05:45", "UTC", "2020-07-01T12:00:00+05:45"},
        {"2020:07:01 12:00:00.25", false, NOWHERE, NULL, "UTC", "2020-07-01T12:00:00.25"},
        /* the fold: the earlier instant; the gap: the offset from before it */
        {"2020:10:25 02:30:00", false, BERLIN, NULL, "UTC", "2020-10-25T02:30:00+02:00"},
        {"2020:03:29 02:30:00", false, BERLIN, NULL, "UTC", "2020-03-29T02:30:00+01:00"},
        /* instants */
        {"2020:07:01 23:00:00", true, BERLIN, "UTC", "UTC", "2020-07-02T01:00:00+02:00"},
        {"2020:07:01 12:00:00", true, KATHMANDU, NULL, "UTC", "2020-07-01T17:45:00+05:45"},
        {"2020:07:01 12:00:00", true, NOWHERE, "America/New_York", "Pacific/Auckland",
         "2020-07-01T08:00:00-04:00"},
        {"2020:07:01 12:00:00", true, NOWHERE, NULL, "Pacific/Auckland",
         "2020-07-02T00:00:00+12:00"},
        {"2020:07:01 12:00:00", true, NOWHERE, NULL, "UTC", "2020-07-01T12:00:00+00:00"},
        {"2020:10:25 00:30:00", true, BERLIN, NULL, "UTC", "2020-10-25T02:30:00+02:00"},
        {"2020:10:25 01:30:00", true, BERLIN, NULL, "UTC", "2020-10-25T02:30:00+01:00"},
        {"2020:02:28 23:30:00", true, BERLIN, NULL, "UTC", "2020-02-29T00:30:00+01:00"},
        {"2019:12:31 23:30:00.5", true, BERLIN, NULL, "UTC", "2020-01-01T00:30:00.5+01:00"},
        {"1960:06:01 12:00:00", true, BERLIN, NULL, "UTC", "1960-06-01T13:00:00+01:00"},
        /* instants that another field states in local time: the place knows better */
        {"2020:07:01 12:00:00+09:00", true, NOWHERE, "UTC", "UTC", "2020-07-01T21:00:00+09:00"},
        {"2020:07:01 12:00:00+09:00", true, OCEAN, "UTC", "UTC", "2020-07-01T21:00:00+09:00"},
        {"2020:07:01 12:00:00+09:00", true, BERLIN, "UTC", "UTC", "2020-07-01T14:00:00+02:00"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_config config = {.zone = (char *)(uintptr_t)rows[i].configured};
        struct gls_media media = {
            .has_date = true, .date_is_utc = rows[i].is_utc, .date_strength = GLS_DATE_TAKEN};
        media.date = parse(rows[i].date);
        put_at(&media, rows[i].where);
        set_machine_zone(rows[i].machine);
        assert_true(gls_resolve_date(&media, rows[i].configured != NULL ? &config : NULL, "x.jpg",
                                     NULL, &error));
        check_date(&media, rows[i].expected, NULL);
    }
}

/* Cameras that put local time into the field for UTC. */
static void test_local_cameras(void **state)
{
    static const struct {
        const char *make;
        const char *model;
        const char *expected;
        int32_t utc_offset_s; /* of what states the same instant as local; 0: nothing */
    } rows[] = {
        {"NIKON CORPORATION", "NIKON Z 30", "2020-07-01T12:00:00+02:00", 0},
        {"Nikon", NULL, "2020-07-01T12:00:00+02:00", 0},
        {NULL, "NIKON D90", "2020-07-01T12:00:00+02:00", 0},
        {"GoPro", "HERO8 Black", "2020-07-01T12:00:00+02:00", 0},
        {"Canon", "Canon EOS 5D Mark II", "2020-07-01T12:00:00+02:00", 0}, /* configured */
        {"Canon", "Canon EOS 5DS", "2020-07-01T14:00:00+02:00", 0},
        {"Apple", "iPhone X", "2020-07-01T14:00:00+02:00", 0},
        {"Nikonoid", "N", "2020-07-01T14:00:00+02:00", 0},
        {"GoPro", "HERO8 Black", "2020-07-01T12:00:00+02:00", 32400},
        {"Apple", "iPhone X", "2020-07-01T21:00:00+09:00", 32400},
        {"Acme", "Cam One", "2020-07-01T12:00:00+02:00", 0}, /* configured */
        {NULL, NULL, "2020-07-01T14:00:00+02:00", 0},
    };
    char *patterns[] = {(char[]){"canon eos 5D"}, (char[]){"Acme Cam"}};
    struct gls_config config = {
        .zone = (char[]){"Europe/Berlin"}, .video_is_local = patterns, .video_is_local_count = 2};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_media media = {.has_date = true,
                                  .date_is_utc = true,
                                  .date_strength = GLS_DATE_DIGITIZED,
                                  .date_source = strdup("QuickTime.CreateDate"),
                                  .camera_make = (char *)(uintptr_t)rows[i].make,
                                  .camera_model = (char *)(uintptr_t)rows[i].model};
        media.date = parse("2020:07:01 12:00:00");
        media.date.utc_offset_s = rows[i].utc_offset_s;
        assert_true(gls_resolve_date(&media, &config, NULL, NULL, &error));
        check_date(&media, rows[i].expected, NULL);
        free(media.date_source);
    }
}

static void test_gps_clock(void **state)
{
    static const struct {
        const char *date;
        const char *gps;
        enum where where;
        const char *note; /* NULL: none */
    } rows[] = {
        {"2020:07:01 12:00:00", "2020:07:01 10:00:00", BERLIN, NULL},
        {"2020:07:01 12:00:00", "2020:07:01 09:59:20", BERLIN, NULL}, /* an older fix */
        {"2020:07:01 12:00:00", "2020:07:01 11:00:07", BERLIN, "UTC+01:00, not UTC+02:00"},
        {"2020:07:01 12:00:00", "2020:07:01 06:15:00", BERLIN, "UTC+05:45, not UTC+02:00"},
        {"2020:07:01 12:00:00", "2020:07:01 19:00:00", BERLIN, "UTC-07:00, not UTC+02:00"},
        {"2020:07:01 12:00:00", "2020:06:28 05:30:01", BERLIN, "is 3 d 04:29:59 fast"},
        {"2020:07:01 12:00:00", "2020:07:01 10:20:05", BERLIN, "is 00:20:05 slow"},
        {"2020:07:01 12:00:00", "2020:07:01 10:05:00", BERLIN, NULL},
        {"2020:07:01 12:00:00", "2000:11:15 10:00:00", BERLIN, NULL}, /* 1024 weeks before */
        {"2020:07:01 12:00:00", "2000:11:15 11:00:07", BERLIN, "UTC+01:00, not UTC+02:00"},
        {"2020:07:01 12:00:00", "1981:04:01 10:00:00", BERLIN, NULL},
        {"2020:07:01 12:00:00", "2020:07:01 01:00:00", NOWHERE, NULL}, /* nothing to compare */
        {"2020:07:01 12:00:00+03:00", "2020:07:01 10:00:00", NOWHERE, "UTC+02:00, not UTC+03:00"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_media media = {.has_date = true, .has_gps_time = true};
        media.date = parse(rows[i].date);
        media.gps_time = parse(rows[i].gps);
        put_at(&media, rows[i].where);
        assert_true(gls_resolve_date(&media, NULL, NULL, NULL, &error));
        assert_int_equal(media.note_count, rows[i].note != NULL ? 1 : 0);
        if (rows[i].note != NULL && strstr(media.notes[0], rows[i].note) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", media.notes[0], rows[i].note);
        gls_media_clear(&media);
    }
}

/* The name goes before dates of change, and behind all that say more. */
static void test_names_among_dates(void **state)
{
    static const struct {
        enum gls_date_strength strength;
        const char *path;
        const char *expected;
        const char *source;
    } rows[] = {
        {GLS_DATE_CHANGED, "IMG_20150101_120000.jpg", "2015-01-01T12:00:00", "file.name"},
        {GLS_DATE_CHANGED, "x.jpg", "2020-05-05T10:00:00", "stated"},
        {GLS_DATE_SERVICE, "IMG_20150101_120000.jpg", "2020-05-05T10:00:00", "stated"},
        {GLS_DATE_GPS, "IMG_20150101_120000.jpg", "2020-05-05T10:00:00", "stated"},
        {GLS_DATE_DIGITIZED, "IMG_20150101_120000.jpg", "2020-05-05T10:00:00", "stated"},
        {GLS_DATE_TAKEN, "IMG_20150101_120000.jpg", "2020-05-05T10:00:00", "stated"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_media media = {.has_date = true,
                                  .date = parse("2020:05:05 10:00:00"),
                                  .date_strength = rows[i].strength,
                                  .date_source = strdup("stated")};
        assert_true(gls_resolve_date(&media, NULL, rows[i].path, NULL, &error));
        check_date(&media, rows[i].expected, rows[i].source);
        assert_int_equal(media.note_count, 0);
        gls_media_clear(&media);
    }
}

/* A clock that was never set, and a date of which a part is missing, leave a remark. */
static void test_weak_dates(void **state)
{
    static const struct {
        const char *date;
        bool is_partial;
        const char *note; /* NULL: none */
    } rows[] = {
        {"2000:01:01 00:00:00", false, "was never set"},
        {"1970:01:01 00:00:00", false, "was never set"},
        {"1993:01:01 00:00:00", true, "only a part is legible"},
        {"1993:07:01 00:00:00", true, "only a part is legible"},
        {"2000:01:01 00:00:01", false, NULL},
        {"2000:02:01 00:00:00", false, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_media media = {.has_date = true,
                                  .date = parse(rows[i].date),
                                  .date_is_partial = rows[i].is_partial,
                                  .date_strength = GLS_DATE_TAKEN};
        assert_true(gls_resolve_date(&media, NULL, "x.jpg", NULL, &error));
        assert_int_equal(media.note_count, rows[i].note != NULL ? 1 : 0);
        if (rows[i].note != NULL)
            assert_non_null(strstr(media.notes[0], rows[i].note));
        gls_media_clear(&media);
    }
}

/* Only the container's own clock is a camera's: an instant that XMP states is one. */
static void test_instants_of_xmp(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_media media = {.has_date = true,
                              .date_is_utc = true,
                              .date = parse("2020:07:01 12:00:00"),
                              .date_strength = GLS_DATE_TAKEN,
                              .date_source = strdup("Xmp.exif.DateTimeOriginal"),
                              .camera_make = strdup("NIKON")};
    struct gls_config config = {.zone = (char[]){"Europe/Berlin"}};
    (void)state;
    assert_true(gls_resolve_date(&media, &config, NULL, NULL, &error));
    check_date(&media, "2020-07-01T14:00:00+02:00", NULL);
    gls_media_clear(&media);
}

static void test_fallbacks(void **state)
{
    const struct gls_file_times early_mtime = {1577836800500000000, 1600000000000000000};
    const struct gls_file_times early_ctime = {1600000000000000000, 1577836800000000000};
    const struct gls_file_times fat_epoch = {315532800000000000, 1577836800000000000};
    /* 1980-01-01 at midnight in Auckland, 13 hours ahead */
    const struct gls_file_times fat_epoch_there = {315486000000000000, 1577836800000000000};
    const struct gls_file_times unix_epoch = {0, 1577836800000000000};
    const struct gls_file_times before_1970 = {-500000000, 0};
    const struct {
        const char *path;
        const struct gls_file_times *times;
        enum where where;
        const char *configured;
        const char *expected; /* NULL: no date */
        const char *source;
    } rows[] = {
        {"/a/IMG_20200131_235959.jpg", &early_mtime, NOWHERE, NULL, "2020-01-31T23:59:59",
         "file.name"},
        {"/a/IMG_20200131_235959.jpg", NULL, BERLIN, NULL, "2020-01-31T23:59:59+01:00",
         "file.name"},
        {"/20200131_235959/x.jpg", NULL, NOWHERE, NULL, NULL, NULL}, /* the name, not the folder */
        {"PXL_20200131_235959123.jpg", NULL, BERLIN, NULL, "2020-02-01T00:59:59.123+01:00",
         "file.name"},
        {"PXL_20200131_235959123.jpg", NULL, NOWHERE, NULL, "2020-02-01T12:59:59.123+13:00",
         "file.name"},
        {"x.jpg", &early_mtime, NOWHERE, NULL, "2020-01-01T13:00:00+13:00", "file.mtime"},
        {"x.jpg", &early_mtime, NOWHERE, "America/New_York", "2019-12-31T19:00:00-05:00",
         "file.mtime"},
        {"x.jpg", &fat_epoch, NOWHERE, "UTC", "2020-01-01T00:00:00+00:00", "file.ctime"},
        {"x.jpg", &fat_epoch_there, NOWHERE, "UTC", "2020-01-01T00:00:00+00:00", "file.ctime"},
        {"x.jpg", &unix_epoch, NOWHERE, "UTC", "2020-01-01T00:00:00+00:00", "file.ctime"},
        {"x.jpg", &early_ctime, NOWHERE, "UTC", "2020-01-01T00:00:00+00:00", "file.ctime"},
        {"x.jpg", &early_ctime, KATHMANDU, "UTC", "2020-01-01T05:45:00+05:45", "file.ctime"},
        {"x.jpg", &before_1970, NOWHERE, "UTC", "1969-12-31T23:59:59+00:00", "file.mtime"},
        {"x.jpg", NULL, NOWHERE, NULL, NULL, NULL},
        {NULL, NULL, NOWHERE, NULL, NULL, NULL},
    };
    (void)state;
    set_machine_zone("Pacific/Auckland");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_config config = {.zone = (char *)(uintptr_t)rows[i].configured};
        struct gls_media media = {.has_date = false};
        put_at(&media, rows[i].where);
        assert_true(gls_resolve_date(&media, &config, rows[i].path, rows[i].times, &error));
        if (rows[i].expected == NULL)
            assert_false(media.has_date);
        else
            check_date(&media, rows[i].expected, rows[i].source);
        gls_media_clear(&media);
    }
}

static void test_mtime(void **state)
{
    static const struct {
        const char *name;
        const char *date;
        const char *configured;
        int64_t expected_ns;
    } rows[] = {
        /* by the name, which wins, through the date's offset */
        {"2020-07-01_12-00-00-x.jpg", "2020:07:01 12:00:00+02:00", NULL, 1593597600000000000},
        {"2020-07-01_12-00-00-x.jpg", "2020:07:01 12:00:00.5+02:00", NULL, 1593597600500000000},
        {"2020-07-01_12-00-01-x.jpg", "2020:07:01 12:00:00.5+02:00", NULL, 1593597601000000000},
        {"/l/2020/2020-07-01_12-00-00.jpg", "2001:01:01 00:00:00", "UTC", 1593604800000000000},
        /* by the date */
        {"x.jpg", "2020:07:01 12:00:00", "UTC", 1593604800000000000},
        {"x.jpg", "2020:07:01 12:00:00", "Europe/Berlin", 1593597600000000000},
        {"x.jpg", "2020:07:01 12:00:00", NULL, 1593561600000000000},
        {"2020-13-01_12-00-00-x.jpg", "2020:07:01 12:00:00", "UTC", 1593604800000000000},
        {"2020-07-01 12-00-00-x.jpg", "1969:12:31 23:59:59", "UTC", -1000000000},
        {"2020-07-01_12-00-0", "1969:12:31 23:59:59.25", "UTC", -750000000},
        {"9999-01-01_00-00-00.jpg", "2020:07:01 12:00:00", "UTC", INT64_MAX},
    };
    (void)state;
    set_machine_zone("Pacific/Auckland");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_config config = {.zone = (char *)(uintptr_t)rows[i].configured};
        struct gls_datetime when = parse(rows[i].date);
        assert_true(gls_destination_mtime_ns(rows[i].name, &when, &config) == rows[i].expected_ns);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stated),
        cmocka_unit_test(test_local_cameras),
        cmocka_unit_test(test_gps_clock),
        cmocka_unit_test(test_fallbacks),
        cmocka_unit_test(test_names_among_dates),
        cmocka_unit_test(test_weak_dates),
        cmocka_unit_test(test_instants_of_xmp),
        cmocka_unit_test(test_mtime),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
