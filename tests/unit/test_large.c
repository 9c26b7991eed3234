/* SPDX-License-Identifier: MIT */
/* Writing into files of gigabytes, which are sparse here: offsets of 32 bits must
 * hold what they say, or the edit must be refused. */
#include "tests/support/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/input.h"
#include "media/media.h"
#include "tests/support/temp_dir.h"

#define GIB (UINT64_C(1) << 30)

struct large {
    const char *fixture; /* in fixtures/structures */
    const char *box;     /* NULL, or the type of a 64-bit box that the growth is made of */
    uint64_t size_bytes; /* of the grown file */
    const char *refusal; /* part of the reason; NULL: it is written */
};

static const struct large cases[] = {
    {"tiff-no-xmp.tif", NULL, 3 * GIB + 1, NULL},
    {"tiff-big-endian.tif", NULL, 4 * GIB - 6000, NULL},
    {"tiff-no-xmp.tif", NULL, 4 * GIB - 100, "4 GiB"},
    {"dng-maker-note.dng", NULL, 5 * GIB, "4 GiB"},
    {"jpeg-exif-big-endian.jpg", NULL, 5 * GIB, NULL},
    {"jpeg-mpf.jpg", NULL, 5 * GIB, NULL},
    {"gif-bare.gif", NULL, 5 * GIB, NULL},
    {"mov-mdat-last.mov", "free", 5 * GIB, NULL},
    {"mp4-uuid-xmp.mp4", "skip", 5 * GIB, NULL},
    {"mov-open-end.mov", NULL, 5 * GIB, "larger than 4 GiB"},
    {"mov-open-end.mov", NULL, 3 * GIB, NULL},
    {"heic-iloc-1.heic", "free", 3 * GIB, NULL},
    {"heic-iloc-1.heic", "free", 5 * GIB, "no room"},
    {"heic-open-end.heic", NULL, 5 * GIB, "no room"},
};

static int setup(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    (void)state;
    return gls_media_initialize(&error) ? 0 : -1;
}

static void write_all(int fd, const void *bytes, size_t size)
{
    assert_int_equal(write(fd, bytes, size), (ssize_t)size);
}

/* Copies the fixture and makes it as large as it is to be. */
static char *make_large(const char *folder, const struct large *large)
{
    char *path = temp_path(folder, large->fixture);
    char from[512];
    static char bytes[1 << 20];
    uint8_t head[16] = {0, 0, 0, 1};

    snprintf(from, sizeof from, "%s/fixtures/structures/%s", getenv("GLS_SOURCE_DIR"),
             large->fixture);
    int in = open(from, O_RDONLY);
    int out = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(in >= 0 && out >= 0);
    ssize_t size = read(in, bytes, sizeof bytes);
    assert_true(size > 0 && (size_t)size < sizeof bytes);
    write_all(out, bytes, (size_t)size);
    if (large->box != NULL) {
        memcpy(head + 4, large->box, 4);
        gls_put_be64(head + 8, large->size_bytes - (uint64_t)size);
        write_all(out, head, sizeof head);
    }
    assert_int_equal(ftruncate(out, (off_t)large->size_bytes), 0);
    close(out);
    close(in);
    return path;
}

static void check(const char *path, const struct large *large)
{
    static const struct gls_tags tags = {
        .title = "A title",
        .album = "An album",
        .set_date = true,
        .date = {.year = 2001, .month = 2, .day = 3, .has_offset = true, .utc_offset_s = 3600},
        .set_position = true,
        .latitude = -1.5,
        .longitude = 2.5};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_patch patch = GLS_PATCH_INIT;
    struct gls_input *input = NULL, *view = NULL;
    const struct gls_format *format = NULL;
    struct gls_media media = {0};

    assert_true(gls_input_open(&input, path, &error));
    assert_true(gls_media_detect(&format, input, path, &error));
    const struct gls_edit_request request = {format, path, &tags, false, NULL};
    bool written = gls_media_plan_edit(&patch, NULL, input, &request, &error);
    print_message("%s, %llu bytes: %s\n", large->fixture, (unsigned long long)large->size_bytes,
                  written ? "written" : error.message);
    assert_int_equal(written, large->refusal == NULL);
    if (written) {
        assert_true(gls_input_from_patch(&view, input, &patch, &error));
        assert_true(gls_input_size(view) >= large->size_bytes);
        assert_true(gls_media_read(&media, view, format, path, &error));
        assert_string_equal(media.title, "A title");
        assert_true(media.has_position && media.latitude == -1.5);
    } else {
        assert_int_equal(error.status, GLS_ERROR_UNSUPPORTED);
        assert_non_null(strstr(error.message, large->refusal));
    }
    gls_media_clear(&media);
    gls_input_free(view);
    gls_patch_free(&patch);
    gls_input_free(input);
}

static void large_files_are_written_right_or_not(void **state)
{
    (void)state;
    char *folder = temp_dir_new();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *path = make_large(folder, &cases[i]);
        check(path, &cases[i]);
        assert_int_equal(unlink(path), 0);
        free(path);
    }
    temp_dir_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_files_are_written_right_or_not),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
