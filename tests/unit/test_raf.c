/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "media/jpeg/jpeg.h"
#include "tests/support/container_property.h"

enum { JPEG_OFFSET = 148, HEAD = 4 };

/* A RAF whose header says that its JPEG has `stated` bytes more than it has. */
static void make_raf(struct gls_strbuf *out, uint32_t offset, int stated)
{
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
    uint8_t head[JPEG_OFFSET] = "FUJIFILMCCD-RAW 0201FF129502GFX 50R";
    static const char image[] = "\xFF\xDA\0\x08\1\1\0\0\x3F\0 coded \xFF\xD9";

    gls_make_exif(&exif, 50, 'o');
    size_t size = 2 + HEAD + 6 + exif.size + sizeof image - 1;
    gls_put_be32(head + 84, offset);
    gls_put_be32(head + 88, (uint32_t)((int)size + stated));
    gls_strbuf_clear(out);
    gls_strbuf_add(out, head, sizeof head);
    gls_strbuf_add(out,
                   "\xFF\xD8\xFF\xE1\0\x3A"
                   "Exif\0",
                   12);
    gls_strbuf_add(out, exif.data, exif.size);
    gls_strbuf_add(out, image, sizeof image - 1);
    gls_strbuf_add_str(out, "sensor data");
}

static void test_scan(void **state)
{
    static const struct {
        uint32_t offset;
        int stated; /* size less the true one */
        size_t cut;
        bool ok, exif, note;
    } cases[] = {
        {JPEG_OFFSET, 0, 0, true, true, false},
        {JPEG_OFFSET, 0, 11, true, true, false}, /* without the sensor data */
        {JPEG_OFFSET, 0, 14, true, true, true},
        {JPEG_OFFSET, 0, 25, true, true, true}, /* within the image data's head */
        {JPEG_OFFSET, 0, 60, true, false, true},
        {JPEG_OFFSET, 1000, 0, true, true, true},
        {JPEG_OFFSET, -40, 0, true, false, true},
        {JPEG_OFFSET, -81, 0, true, false, true}, /* no size at all */
        {UINT32_MAX, 0, 0, true, false, true},
        {0, 0, 0, true, false, true},
        {JPEG_OFFSET + 1, 0, 0, false, false, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
        struct gls_blocks blocks = {0};
        struct gls_error error = GLS_ERROR_INIT;
        make_raf(&file, cases[i].offset, cases[i].stated);
        gls_make_exif(&exif, 50, 'o');
        file.size -= cases[i].cut;
        print_message("case %zu\n", i);
        assert_int_equal(gls_container_scan_bytes(&blocks, &gls_raf_container, &file, &error),
                         cases[i].ok);
        assert_int_equal(blocks.exif.present, cases[i].exif);
        if (cases[i].exif)
            assert_memory_equal(blocks.exif.bytes.data, exif.data, exif.size);
        assert_int_equal(blocks.note != NULL, cases[i].note);
        gls_blocks_free(&blocks);
    }
}

static void test_foreign(void **state)
{
    static const char *const cases[] = {"", "FUJIFILM", "FUJIFILMCCD-RAW 0201", "RIFF"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        struct gls_blocks blocks = {0};
        struct gls_error error = GLS_ERROR_INIT;
        gls_strbuf_add_str(&file, cases[i]);
        assert_false(gls_container_scan_bytes(&blocks, &gls_raf_container, &file, &error));
        assert_int_equal(error.status, GLS_ERROR_FORMAT);
    }
}

static void test_is_read_only(void **state)
{
    (void)state;
    assert_null(gls_raf_container.replace);
    assert_null(gls_raf_container.essence);
}

static void test_fixture(void **state)
{
    char path[4096];
    const char *folder = getenv("GLS_SOURCE_DIR");
    struct gls_blocks blocks = {0};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;

    (void)state;
    snprintf(path, sizeof path, "%s/fixtures/formats/photo.raf", folder != NULL ? folder : ".");
    if (!gls_input_open(&input, path, &error))
        skip();
    assert_true(gls_raf_container.scan(&blocks, input, &error));
    assert_true(blocks.exif.present);
    assert_null(blocks.note);
    gls_blocks_free(&blocks);
    gls_input_free(input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scan),
        cmocka_unit_test(test_foreign),
        cmocka_unit_test(test_is_read_only),
        cmocka_unit_test(test_fixture),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
