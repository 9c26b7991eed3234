/* SPDX-License-Identifier: MIT */
/*
 * What glassine reads in real camera files, beside what ExifTool saw in them
 * ($GLS_CORPUS/TRUTH.json). Each difference is listed with its reason; one that
 * is listed and is none fails as well.
 */
#include "tests/support/test.h"

#include <math.h>

#include <jansson.h>

#include "base/strbuf.h"
#include "base/timestamp.h"
#include "media/core/record.h"
#include "media/media.h"

struct exception {
    const char *file;
    const char *field;
    const char *reason;
};

static const struct exception exceptions[] = {
    {"leica-m10.dng", "date",
     "ExifTool stops at a value that is cut off; the date, which stands behind it, is whole"},
    {"sony-a7m3.mts", "make", "ExifTool prints the maker's number, 264"},
    {"panasonic-raw188.mts", "make", "ExifTool prints the maker's number, 259"},
    {"iphone-voicememo.m4a", "title",
     "QuickTime's display name is the memo's label; a title is what XMP calls so"},
    {"pentax-head.avi", "date", "ExifTool leaves out the seconds that IDIT states"},
    {"sidecar/20240128_105420.mp4.xmp", "all",
     "a sidecar is no media file; it is read beside its movie"},
};

#define POSITION_TOLERANCE 1e-6

/* Of when it was taken, then digitised, then changed. */
static const char *const date_keys[] = {"EXIF:ExifIFD:DateTimeOriginal",
                                        "XMP:XMP-exif:DateTimeOriginal",
                                        "XMP:XMP-photoshop:DateCreated",
                                        "PNG:CreationTime",
                                        "QuickTime:Keys:CreationDate",
                                        "QuickTime:UserData:DateTimeOriginal",
                                        "H264:DateTimeOriginal",
                                        "RIFF:DateTimeOriginal",
                                        "EXIF:ExifIFD:CreateDate",
                                        "XMP:XMP-xmp:CreateDate",
                                        "QuickTime:CreateDate",
                                        "QuickTime:Track1:MediaCreateDate",
                                        "RIFF:DateCreated",
                                        "EXIF:IFD0:ModifyDate",
                                        NULL};
static const char *const make_keys[] = {"EXIF:IFD0:Make", "QuickTime:Keys:Make", "H264:Make", NULL};
static const char *const model_keys[] = {"EXIF:IFD0:Model", "QuickTime:Keys:Model", "H264:Model",
                                         NULL};
static const char *const title_keys[] = {"XMP:XMP-dc:Title", "QuickTime:Keys:DisplayName", NULL};
static const char *const album_keys[] = {"XMP:XMP-xmpDM:Album", "XMP:XMP-elodie:Album", NULL};
static const char *const name_keys[] = {"XMP:XMP-getty:OriginalFileName", NULL};

struct check {
    const char *file;
    unsigned differences; /* not listed */
    bool met[COUNT_OF(exceptions)];
};

/* The value of the first key that is there, as text, in `buffer`; or NULL. */
static const char *first_text(const json_t *entry, const char *const *keys, char *buffer,
                              size_t size)
{
    for (; *keys != NULL; keys++) {
        const json_t *value = json_object_get(entry, *keys);
        if (json_is_string(value) && *json_string_value(value) != '\0') {
            snprintf(buffer, size, "%s", json_string_value(value));
            return buffer;
        }
        if (json_is_number(value)) {
            snprintf(buffer, size, "%g", json_number_value(value));
            return buffer;
        }
    }
    return NULL;
}

static void differ(struct check *check, const char *field, const char *expected, const char *found)
{
    for (size_t i = 0; i < COUNT_OF(exceptions); i++) {
        if (strcmp(exceptions[i].file, check->file) == 0 &&
            strcmp(exceptions[i].field, field) == 0) {
            check->met[i] = true;
            return;
        }
    }
    print_message("%s: %s is %s, expected %s\n", check->file, field,
                  found == NULL ? "absent" : found, expected == NULL ? "absent" : expected);
    check->differences++;
}

static void compare_text(struct check *check, const char *field, const json_t *entry,
                         const char *const *keys, const char *found)
{
    char buffer[256];
    char *expected = NULL;
    assert_true(gls_text_offer(&expected, first_text(entry, keys, buffer, sizeof buffer)));
    bool same =
        expected == NULL || found == NULL ? expected == found : strcmp(expected, found) == 0;
    if (!same) {
        differ(check, field, expected, found);
    }
    free(expected);
}

/* The first date that a camera can mean. ExifTool adds " DST" in H.264. */
static bool expected_date(struct gls_datetime *out, const json_t *entry)
{
    for (const char *const *key = date_keys; *key != NULL; key++) {
        const char *text = json_string_value(json_object_get(entry, *key));
        char copy[64];
        snprintf(copy, sizeof copy, "%s", text == NULL ? "" : text);
        char *summer = strstr(copy, " DST");
        if (summer != NULL) {
            *summer = '\0';
        }
        if (gls_datetime_parse(out, copy, true) && gls_datetime_is_plausible(out)) {
            return true;
        }
    }
    return false;
}

static void compare_date(struct check *check, const json_t *entry, const struct gls_media *media)
{
    struct gls_datetime expected;
    GLS_STRBUF_AUTO wanted = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO found = GLS_STRBUF_INIT;
    bool has = expected_date(&expected, entry);
    bool same =
        has == media->has_date &&
        (!has || (gls_datetime_to_civil_s(&expected) == gls_datetime_to_civil_s(&media->date) &&
                  (!expected.has_offset || !media->date.has_offset ||
                   expected.utc_offset_s == media->date.utc_offset_s)));
    if (same) {
        return;
    }
    if (has) {
        gls_datetime_add_iso(&wanted, &expected);
    }
    if (media->has_date) {
        gls_datetime_add_iso(&found, &media->date);
        gls_strbuf_addf(&found, " (%s)", media->date_source);
    }
    differ(check, "date", gls_strbuf_str(&wanted), gls_strbuf_str(&found));
}

static void compare_position(struct check *check, const json_t *entry,
                             const struct gls_media *media)
{
    const json_t *latitude = json_object_get(entry, "Composite:GPSLatitude");
    const json_t *longitude = json_object_get(entry, "Composite:GPSLongitude");
    /* Half a position is none. */
    bool has = json_is_number(latitude) && json_is_number(longitude);
    bool same =
        has == media->has_position &&
        (!has || (fabs(json_number_value(latitude) - media->latitude) <= POSITION_TOLERANCE &&
                  fabs(json_number_value(longitude) - media->longitude) <= POSITION_TOLERANCE));
    if (!same) {
        char found[64];
        char wanted[64];
        snprintf(found, sizeof found, "%.7f,%.7f", media->latitude, media->longitude);
        snprintf(wanted, sizeof wanted, "%.7f,%.7f", json_number_value(latitude),
                 json_number_value(longitude));
        differ(check, "position", has ? wanted : NULL, media->has_position ? found : NULL);
    }
}

static void compare_file(struct check *check, const char *folder, const json_t *entry)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    const struct gls_format *format;
    struct gls_media media = {0};
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, check->file);
    if (!gls_input_open(&input, path, &error) || !gls_media_detect(&format, input, path, &error) ||
        !gls_media_read(&media, input, format, path, &error)) {
        differ(check, "all", "a media file", error.message);
        gls_input_free(input);
        return;
    }
    compare_date(check, entry, &media);
    compare_position(check, entry, &media);
    compare_text(check, "make", entry, make_keys, media.camera_make);
    compare_text(check, "model", entry, model_keys, media.camera_model);
    compare_text(check, "title", entry, title_keys, media.title);
    compare_text(check, "album", entry, album_keys, media.album);
    compare_text(check, "original name", entry, name_keys, media.original_name);
    gls_media_clear(&media);
    gls_input_free(input);
}

static void agrees_with_exiftool(void **state)
{
    (void)state;
    const char *folder = getenv("GLS_CORPUS");
    char path[4096];
    json_error_t json_error;
    snprintf(path, sizeof path, "%s/TRUTH.json", folder == NULL ? "" : folder);
    json_t *truth = json_load_file(path, 0, &json_error);
    if (truth == NULL) {
        print_message("no corpus of real files (GLS_CORPUS): skipped\n");
        skip();
    }
    struct gls_error error = GLS_ERROR_INIT;
    assert_true(gls_media_initialize(&error));
    struct check check = {0};
    size_t i;
    json_t *entry;
    json_array_foreach(truth, i, entry)
    {
        check.file = json_string_value(json_object_get(entry, "SourceFile"));
        compare_file(&check, folder, entry);
    }
    assert_int_equal(check.differences, 0);
    for (i = 0; i < COUNT_OF(exceptions); i++) {
        if (!check.met[i]) {
            print_message("%s: %s is no exception any more\n", exceptions[i].file,
                          exceptions[i].field);
        }
        assert_true(check.met[i]);
    }
    json_decref(truth);
}

static void a_sidecar_wins_over_its_movie(void **state)
{
    (void)state;
    const char *folder = getenv("GLS_CORPUS");
    char path[4096];
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input;
    struct gls_media media = {.kind = GLS_KIND_VIDEO};
    snprintf(path, sizeof path, "%s/sidecar/20240128_105420.mp4.xmp", folder == NULL ? "" : folder);
    if (!gls_input_open(&input, path, &error)) {
        print_message("no corpus of real files (GLS_CORPUS): skipped\n");
        skip();
    }
    assert_true(gls_media_apply_sidecar(&media, input, &error));
    assert_float_equal(media.latitude, 50.0895874833333, POSITION_TOLERANCE);
    assert_float_equal(media.longitude, 14.3974095166667, POSITION_TOLERANCE);
    assert_int_equal(media.date.hour, 9);
    gls_media_clear(&media);
    gls_input_free(input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_exiftool),
        cmocka_unit_test(a_sidecar_wins_over_its_movie),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
