/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <unistd.h>

#include "base/strbuf.h"
#include "media/media.h"
#include "media/tiff/tiff.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiff_builder.h"

#define STRIP_START 600u
#define STRIP_SIZE 100u
#define NOTE "u:4d616b65724e6f7465000102030405060708090a0b0c0d0e0f"

static int setup(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    (void)state;
    return gls_media_initialize(&error) ? 0 : -1;
}

static void build(struct gls_strbuf *out, bool big_endian, const struct tiff_value *ifd0,
                  const struct tiff_value *exif)
{
    tiff_build(out, &(struct tiff_plan){big_endian, ifd0, exif, NULL});
    assert_true(out->size <= STRIP_START);
    while (out->size < STRIP_START + STRIP_SIZE) {
        gls_strbuf_add_char(out, (char)(out->size < STRIP_START ? 0 : 0xA5));
    }
}

/* Edits `file` in memory and returns whether anything changed. */
static bool edit(struct gls_strbuf *file, const char *path, const struct gls_tags *tags)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_patch patch = GLS_PATCH_INIT;
    struct gls_input *input;
    struct gls_input *view;
    const struct gls_format *format;
    GLS_STRBUF_AUTO next = GLS_STRBUF_INIT;
    assert_true(gls_input_from_memory(&input, file->data, file->size, path, &error));
    assert_true(gls_media_detect(&format, input, path, &error));
    const struct gls_edit_request request = {format, path, tags, true, NULL};
    bool ok = gls_media_plan_edit(&patch, NULL, input, &request, &error);
    if (!ok) {
        print_message("%s\n", error.message);
    }
    assert_true(ok);
    bool changed = !gls_patch_is_empty(&patch);
    assert_true(gls_input_from_patch(&view, input, &patch, &error));
    size_t size = (size_t)gls_input_size(view);
    char *room = gls_strbuf_reserve(&next, size);
    assert_true(gls_input_read(view, 0, room, size, &error));
    next.size = size;
    gls_input_free(view);
    gls_input_free(input);
    gls_patch_free(&patch);
    gls_strbuf_clear(file);
    gls_strbuf_add(file, next.data, next.size);
    return changed;
}

static void read_file(struct gls_media *out, const struct gls_strbuf *file, const char *path)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input;
    const struct gls_format *format;
    assert_true(gls_input_from_memory(&input, file->data, file->size, path, &error));
    assert_true(gls_media_detect(&format, input, path, &error));
    assert_true(gls_media_read(out, input, format, path, &error));
    gls_input_free(input);
}

static const struct tiff_value picture[] = {{GLS_TAG_MAKE, "a:NIKON CORPORATION"},
                                            {GLS_TAG_STRIP_OFFSETS, "l:600"},
                                            {GLS_TAG_STRIP_BYTE_COUNTS, "l:100"},
                                            {0, NULL}};
static const struct tiff_value dng[] = {{GLS_TAG_STRIP_OFFSETS, "l:600"},
                                        {GLS_TAG_STRIP_BYTE_COUNTS, "l:100"},
                                        {GLS_TAG_DATE_TIME_ORIGINAL, "a:2000:11:19 13:01:50"},
                                        {GLS_TAG_DNG_VERSION, "b:01040000"},
                                        {0, NULL}};
static const struct tiff_value exif[] = {
    {GLS_TAG_DATE_TIME_ORIGINAL, "a:2000:11:19 13:01:50"}, {GLS_TAG_MAKER_NOTE, NOTE}, {0, NULL}};

static void all_tags_in_every_kind(void **state)
{
    (void)state;
    static const struct {
        const struct tiff_value *ifd0, *exif;
        const char *path;
    } cases[] = {
        {picture, exif, "a.tif"}, {picture, NULL, "a.tif"}, {picture, exif, "a.nef"},
        {dng, exif, "a.dng"},     {dng, NULL, "a.dng"},
    };
    const struct gls_tags tags = {
        .title = "Title",
        .album = "Album",
        .original_name = "DSC_1.NEF",
        .set_date = true,
        .date = {.year = 2011, .month = 2, .day = 3, .has_offset = true, .utc_offset_s = 3600},
        .set_position = true,
        .latitude = -33.8599,
        .longitude = 151.21};
    for (size_t i = 0; i < COUNT_OF(cases) * 2; i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        struct gls_media media;
        build(&file, i % 2 == 0, cases[i / 2].ifd0, cases[i / 2].exif);
        const char *note = memmem(file.data, file.size, "MakerNote", 9);
        size_t note_at = note == NULL ? 0 : (size_t)(note - file.data);
        assert_true(edit(&file, cases[i / 2].path, &tags));
        read_file(&media, &file, cases[i / 2].path);
        assert_true(gls_tags_are_stated(&tags, &media));
        assert_true(media.date.has_offset);
        assert_int_equal(file.data[STRIP_START], (char)0xA5);
        assert_null(memmem(file.data, file.size, "2000:11:19", 10));
        if (note != NULL) {
            assert_memory_equal(file.data + note_at, "MakerNote", 9);
        }
        gls_media_clear(&media);
        size_t size = file.size;
        assert_false(edit(&file, cases[i / 2].path, &tags));
        assert_int_equal(file.size, size);
    }
}

static void few_original_bytes_change(void **state)
{
    (void)state;
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO before = GLS_STRBUF_INIT;
    build(&file, true, picture, exif);
    gls_strbuf_add(&before, file.data, file.size);
    assert_true(edit(&file, "a.tif", &(struct gls_tags){.title = "T"}));
    size_t changed = 0;
    for (size_t i = 0; i < before.size; i++) {
        changed += file.data[i] != before.data[i];
    }
    assert_true(changed <= 4); /* where the first directory is */
}

static void a_hundred_writes_grow_by_one_packet(void **state)
{
    (void)state;
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    size_t first = 0;
    build(&file, false, dng, exif);
    for (int i = 0; i < 100; i++) {
        char title[64];
        snprintf(title, sizeof title, "%.*s", 1 + i % 40,
                 "a title that has forty letters, or so it s");
        const struct gls_tags tags = {.title = title,
                                      .album = "A",
                                      .set_date = true,
                                      .date = {.year = (int16_t)(1900 + i), .month = 1, .day = 1}};
        assert_true(edit(&file, "a.dng", &tags));
        first = i == 0 ? file.size : first;
    }
    assert_true(file.size - first < 4096);
}

static void refuses_what_is_not_proven(void **state)
{
    (void)state;
    static const struct {
        const char *path, *strips;
        size_t size; /* the file is cut to it */
        bool raw_embed;
    } cases[] = {
        {"a.nef", "l:600", 700, false}, /* a RAW, and embedding was not asked for */
        {"a.nef", "l:600", 650, true},  /* the picture ends too early */
        {"a.tif", "l:600", 650, true},
        {"a.tif", "l:4", 700, true},  /* the picture stands on the header */
        {"a.tif", "l:600", 40, true}, /* the directory ends too early */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_patch patch = GLS_PATCH_INIT;
        struct gls_input *input;
        const struct gls_format *format;
        const struct tiff_value ifd0[] = {{GLS_TAG_MAKE, "a:NIKON CORPORATION"},
                                          {GLS_TAG_STRIP_OFFSETS, cases[i].strips},
                                          {GLS_TAG_STRIP_BYTE_COUNTS, "l:100"},
                                          {0, NULL}};
        build(&file, true, ifd0, exif);
        assert_true(gls_input_from_memory(&input, file.data, cases[i].size, cases[i].path, &error));
        assert_true(gls_media_detect(&format, input, cases[i].path, &error));
        const struct gls_tags tags = {.title = "T"};
        const struct gls_edit_request request = {format, cases[i].path, &tags, cases[i].raw_embed,
                                                 NULL};
        assert_false(gls_media_plan_edit(&patch, NULL, input, &request, &error));
        assert_int_equal(error.status, GLS_ERROR_UNSUPPORTED);
        assert_int_equal(patch.count, 0);
        gls_input_free(input);
    }
}

/* What cannot be read at the moment is no broken directory: no copy goes without its tags for it.
 */
static void an_error_of_the_system_is_no_refusal(void **state)
{
    enum { SIZE = 400000 };
    static uint8_t bytes[SIZE];
    static const uint8_t head[8] = {'I', 'I', '*', 0, 0xE0, 0x93, 0x04, 0}; /* IFD0 at 300000 */
    const struct gls_tags tags = {.title = "T"};
    const struct gls_tiff_edit request = {.tags = &tags};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_patch patch = GLS_PATCH_INIT;
    struct gls_input *input;
    uint8_t first[8];
    (void)state;
    memcpy(bytes, head, sizeof head);
    bytes[300000] = 1;
    char *dir = temp_dir_new();
    char *path = temp_file(dir, "a.tif", bytes, SIZE);
    assert_true(gls_input_open(&input, path, &error));
    assert_true(gls_input_read(input, 0, first, sizeof first, &error));
    assert_int_equal(truncate(path, 8192), 0);
    assert_false(gls_tiff_plan(&patch, input, &request, &error));
    assert_int_equal(error.status, GLS_ERROR_CHANGED);
    gls_patch_free(&patch);
    gls_input_free(input);
    free(path);
    temp_dir_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_tags_in_every_kind),
        cmocka_unit_test(few_original_bytes_change),
        cmocka_unit_test(a_hundred_writes_grow_by_one_packet),
        cmocka_unit_test(refuses_what_is_not_proven),
        cmocka_unit_test(an_error_of_the_system_is_no_refusal),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
