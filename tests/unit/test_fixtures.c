/* SPDX-License-Identifier: MIT */
/*
 * Every fixture is read as fixtures/EXPECTED.json says it must be. The truth
 * there was written by the program that made the files, not by glassine.
 */
#include <dirent.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "base/timestamp.h"
#include "media/media.h"
#include "tests/support/test.h"

enum { PATH_SIZE = 4096 };

static const char *fixture_path(char out[PATH_SIZE], const char *name)
{
    snprintf(out, PATH_SIZE, "%s/fixtures/%s", getenv("GLS_SOURCE_DIR"), name);
    return out;
}

/* Says what differs and returns how much does. */
static int differs(const char *file, const char *what, const char *expected, const char *got)
{
    if (expected == NULL && got == NULL)
        return 0;
    if (expected != NULL && got != NULL && strcmp(expected, got) == 0)
        return 0;
    print_error("%s: %s: expected %s, got %s\n", file, what, expected ? expected : "nothing",
                got ? got : "nothing");
    return 1;
}

static const char *text_of(json_t *row, const char *key)
{
    return json_string_value(json_object_get(row, key));
}

static int compare_date(const char *file, json_t *row, const struct gls_media *media)
{
    const char *expected = text_of(row, "date_taken"), *offset = text_of(row, "utc_offset");
    struct gls_strbuf text = GLS_STRBUF_INIT;
    int32_t offset_s = 0;
    int wrong = 0;

    if (media->has_date)
        gls_datetime_add_iso(&text, &media->date);
    wrong += differs(file, "date", expected, media->has_date ? text.data : NULL);
    if (expected != NULL && media->has_date) {
        bool is_utc = json_is_true(json_object_get(row, "date_is_utc"));
        wrong += differs(file, "date is in UTC", is_utc ? "yes" : "no",
                         media->date_is_utc ? "yes" : "no");
        if (offset != NULL) {
            assert_true(gls_utc_offset_parse(&offset_s, offset));
            bool same = media->date.has_offset && media->date.utc_offset_s == offset_s;
            wrong += differs(file, "offset", offset, same ? offset : "another");
        }
    }
    gls_strbuf_free(&text);
    return wrong;
}

static int compare_position(const char *file, json_t *row, const struct gls_media *media)
{
    json_t *latitude = json_object_get(row, "latitude");
    bool expected = json_is_number(latitude);

    if (expected != media->has_position)
        return differs(file, "position", expected ? "one" : NULL, expected ? NULL : "one");
    if (!expected)
        return 0;
    /* libavformat prints what stands in a loci box with four decimals. */
    double slack = strstr(file, ".3g") != NULL ? 1e-4 : 1e-6;
    double north = fabs(media->latitude - json_number_value(latitude));
    double east = fabs(media->longitude - json_number_value(json_object_get(row, "longitude")));
    return north < slack && east < slack ? 0 : differs(file, "position", "another", "this");
}

static int compare(json_t *row, const struct gls_media *media)
{
    static const char *const kinds[] = {"unknown", "photo", "video", "audio", "text"};
    const char *file = text_of(row, "file");
    int wrong = 0;

    wrong += differs(file, "kind", text_of(row, "kind"), kinds[media->kind]);
    wrong += differs(file, "format", text_of(row, "format"), media->format);
    wrong += differs(file, "make", text_of(row, "camera_make"), media->camera_make);
    wrong += differs(file, "model", text_of(row, "camera_model"), media->camera_model);
    wrong += differs(file, "title", text_of(row, "title"), media->title);
    wrong += differs(file, "album", text_of(row, "album"), media->album);
    wrong += differs(file, "original name", text_of(row, "original_name"), media->original_name);
    wrong += differs(file, "content id", text_of(row, "content_id"), media->content_id);
    return wrong + compare_date(file, row, media) + compare_position(file, row, media);
}

/* Lets `path`.xmp override, where there is one. */
static bool apply_sidecar(struct gls_media *media, const char *path, struct gls_error *error)
{
    struct gls_input *input = NULL;
    char name[PATH_SIZE + 4];

    snprintf(name, sizeof name, "%s.xmp", path);
    if (access(name, F_OK) != 0)
        return true;
    bool ok = gls_input_open(&input, name, error) && gls_media_apply_sidecar(media, input, error);
    gls_input_free(input);
    return ok;
}

static int check_row(json_t *row)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    const struct gls_format *format = NULL;
    struct gls_media media = {0};
    char path[PATH_SIZE];
    int wrong = 1;

    fixture_path(path, text_of(row, "file"));
    if (gls_input_open(&input, path, &error) && gls_media_detect(&format, input, path, &error) &&
        gls_media_read(&media, input, format, path, &error) && apply_sidecar(&media, path, &error))
        wrong = compare(row, &media);
    else
        print_error("%s\n", error.message);
    gls_media_clear(&media);
    gls_input_free(input);
    return wrong;
}

static void test_fixtures_are_read_as_expected(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    char path[PATH_SIZE];
    json_error_t where;
    json_t *rows = json_load_file(fixture_path(path, "EXPECTED.json"), 0, &where);
    int wrong = 0;

    (void)state;
    assert_non_null(rows);
    assert_true(json_array_size(rows) > 100);
    assert_true(gls_media_initialize(&error));
    for (size_t i = 0; i < json_array_size(rows); i++)
        wrong += check_row(json_array_get(rows, i));
    json_decref(rows);
    assert_int_equal(wrong, 0);
}

/* What has no row in EXPECTED.json must be read, or refused with words. */
static void test_hostile_files_are_refused_or_read(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    char folder[PATH_SIZE], path[PATH_SIZE * 2];
    DIR *dir = opendir(fixture_path(folder, "hostile"));
    size_t seen = 0;

    (void)state;
    assert_non_null(dir);
    assert_true(gls_media_initialize(&error));
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        struct gls_error refusal = GLS_ERROR_INIT;
        struct gls_input *input = NULL;
        const struct gls_format *format = NULL;
        struct gls_media media = {0};
        if (entry->d_name[0] == '.')
            continue;
        seen++;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (!gls_input_open(&input, path, &refusal) ||
            !gls_media_detect(&format, input, path, &refusal) ||
            !gls_media_read(&media, input, format, path, &refusal))
            assert_true(refusal.message[0] != 0);
        gls_media_clear(&media);
        gls_input_free(input);
    }
    closedir(dir);
    assert_true(seen > 15);
}

/* One file of every extension that is imported is there. */
static void test_every_extension_has_a_fixture(void **state)
{
    static const char *const extensions[] = {
        "arw", "cr2", "cr3",  "dng", "gif", "heic", "heif", "avif", "jpeg", "jpg", "jpe", "nef",
        "orf", "pef", "png",  "raf", "rw2", "srw",  "tif",  "tiff", "webp", "avi", "m4v", "mov",
        "mp4", "mpg", "mpeg", "3gp", "3g2", "mts",  "m2ts", "mkv",  "webm", "m4a", "txt"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(extensions); i++) {
        char name[64], path[PATH_SIZE];
        struct stat status;
        snprintf(name, sizeof name, "formats/photo.%s", extensions[i]);
        assert_true(gls_media_is_supported_name(name));
        assert_int_equal(stat(fixture_path(path, name), &status), 0);
        assert_true(status.st_size > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixtures_are_read_as_expected),
        cmocka_unit_test(test_hostile_files_are_refused_or_read),
        cmocka_unit_test(test_every_extension_has_a_fixture),
    };
    return cmocka_run_group_tests_name("fixtures", tests, NULL, NULL);
}
