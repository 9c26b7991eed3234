/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "media/bmff/isobmff.h"
#include "tests/support/box_builder.h"

struct walk_case {
    const char *name;
    const char *bytes;
    size_t size;
    unsigned count; /* boxes before the end or the failure */
    bool fails;
    bool last_is_cut;
    bool last_to_end;
    uint64_t last_size;
};

#define BYTES(text) text, sizeof text - 1

static const struct walk_case walk_cases[] = {
    {"empty", BYTES(""), 0, false, false, false, 0},
    {"one",
     BYTES("\0\0\0\x0a"
           "freexx"),
     1, false, false, false, 10},
    {"two",
     BYTES("\0\0\0\x08"
           "wide\0\0\0\x09"
           "mdatx"),
     2, false, false, false, 9},
    {"64 bits", BYTES("\0\0\0\1mdat\0\0\0\0\0\0\0\x12xx"), 1, false, false, false, 18},
    {"to the end", BYTES("\0\0\0\0mdatxxxx"), 1, false, false, true, 12},
    {"cut", BYTES("\0\0\0\x20mdatxx"), 1, false, true, false, 10},
    {"cut 64", BYTES("\0\0\0\1mdat\xff\xff\xff\xff\xff\xff\xff\xff"), 1, false, true, false, 16},
    {"too small",
     BYTES("\0\0\0\x08"
           "wide\0\0\0\7mdat"),
     1, true, false, false, 8},
    {"64 bits too small", BYTES("\0\0\0\1mdat\0\0\0\0\0\0\0\x0f"), 0, true, false, false, 0},
    {"header cut", BYTES("\0\0\0\1mdat\0\0"), 0, true, false, false, 0},
    {"uuid cut", BYTES("\0\0\0\x18uuid12345678"), 0, true, false, false, 0},
    {"uuid too small", BYTES("\0\0\0\x10uuid1234567812345678"), 0, true, false, false, 0},
    {"rest",
     BYTES("\0\0\0\x08"
           "free\0\0\0"),
     1, false, false, false, 8},
};

static void walks_and_fails(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(walk_cases); i++) {
        const struct walk_case *test = &walk_cases[i];
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_input *input = NULL;
        struct gls_box_walk walk;
        struct gls_box box = {.size = 0};
        unsigned count = 0;

        print_message("%s\n", test->name);
        assert_true(gls_input_from_memory(&input, test->bytes, test->size, "x.mp4", &error));
        gls_box_walk_file(&walk, input);
        while (gls_box_next(&box, &walk, &error)) {
            count++;
            if (count == test->count) {
                assert_int_equal(box.size, test->last_size);
                assert_int_equal(box.is_cut, test->last_is_cut);
                assert_int_equal(box.to_end, test->last_to_end);
            }
        }
        assert_int_equal(count, test->count);
        assert_int_equal(walk.failed, test->fails);
        if (test->fails) {
            assert_int_equal(error.status, GLS_ERROR_FORMAT);
            assert_non_null(strstr(error.message, "x.mp4"));
        }
        gls_input_free(input);
    }
}

static void a_zero_ends_a_quicktime_list(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    struct gls_input *input = NULL;
    struct gls_box_walk walk;
    struct gls_box udta;
    struct gls_box box;
    size_t start;

    (void)state;
    start = gls_box_open(&file, "udta");
    gls_put_box(&file, "name", "x", 1);
    gls_put_be(&file, 0, 4);
    gls_put_be(&file, 0x12345678, 4);
    gls_box_close(&file, start);
    assert_true(gls_input_from_memory(&input, file.data, file.size, "x", &error));
    gls_box_walk_file(&walk, input);
    assert_true(gls_box_next(&udta, &walk, &error));
    gls_box_walk_children(&walk, input, &udta, 0);
    assert_true(gls_box_next(&box, &walk, &error));
    assert_false(gls_box_next(&box, &walk, &error));
    assert_false(walk.failed);
    assert_true(gls_box_find(&box, input, &udta, GLS_4CC('n', 'a', 'm', 'e'), &error));
    assert_int_equal(gls_box_payload_size(&box), 1);
    assert_true(gls_box_find(&box, input, &udta, GLS_4CC('n', 'o', 'n', 'e'), &error));
    assert_int_equal(box.size, 0);
    gls_input_free(input);
}

static void the_number_of_boxes_is_bounded(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    struct gls_box_walk walk;
    struct gls_box box;
    size_t size = ((size_t)GLS_BOX_COUNT_MAX + 1) * 8;
    uint8_t *bytes = malloc(size);
    unsigned count = 0;

    (void)state;
    assert_non_null(bytes);
    for (size_t i = 0; i < size; i += 8)
        memcpy(bytes + i,
               "\0\0\0\x08"
               "free",
               8);
    assert_true(gls_input_from_memory(&input, bytes, size, "x", &error));
    gls_box_walk_file(&walk, input);
    while (gls_box_next(&box, &walk, &error))
        count++;
    assert_true(walk.failed);
    assert_int_equal(count, GLS_BOX_COUNT_MAX);
    gls_input_free(input);
    free(bytes);
}

static void payloads_are_bounded(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
    struct gls_input *input = NULL;
    struct gls_box_walk walk;
    struct gls_box box;

    (void)state;
    assert_true(gls_input_from_memory(&input,
                                      "\0\0\0\x0c"
                                      "freebody\0\0\0\x20mdat",
                                      20, "x", &error));
    gls_box_walk_file(&walk, input);
    assert_true(gls_box_next(&box, &walk, &error));
    assert_false(gls_box_read_payload(&out, input, &box, 3, &error));
    assert_int_equal(error.status, GLS_ERROR_FORMAT);
    assert_true(gls_box_read_payload(&out, input, &box, 4, &error));
    assert_string_equal(gls_strbuf_str(&out), "body");
    assert_true(gls_box_next(&box, &walk, &error));
    assert_false(gls_box_read_payload(&out, input, &box, 100, &error));
    assert_non_null(strstr(error.message, "too early"));
    gls_input_free(input);
}

struct brand_case {
    const char *bytes;
    size_t size;
    const char *format;
};

static const struct brand_case brand_cases[] = {
    {BYTES("\0\0\0\x18"
           "ftypheic\0\0\0\0mif1heic"),
     "heic"},
    {BYTES("\0\0\0\x18"
           "ftypmif1\0\0\0\0mif1heic"),
     "heic"},
    {BYTES("\0\0\0\x18"
           "ftypmif1\0\0\0\0mif1avif"),
     "avif"},
    {BYTES("\0\0\0\x18"
           "ftypavis\0\0\0\0mif1isom"),
     "avif"},
    {BYTES("\0\0\0\x18"
           "ftypmif1\0\0\0\0mif1miaf"),
     "heif"},
    {BYTES("\0\0\0\x18"
           "ftypmif1\0\0\0\0mif1iso8"),
     "heif"},
    {BYTES("\0\0\0\x18"
           "ftypcrx \0\0\0\1crx isom"),
     "cr3"},
    {BYTES("\0\0\0\x14"
           "ftypqt  \0\0\0\0qt  "),
     "mov"},
    {BYTES("\0\0\0\x14"
           "ftypM4A \0\0\0\0mp42"),
     "m4a"},
    {BYTES("\0\0\0\x14"
           "ftypM4V \0\0\0\0mp42"),
     "m4v"},
    {BYTES("\0\0\0\x14"
           "ftyp3gp5\0\0\0\0"
           "3gp4"),
     "3gp"},
    {BYTES("\0\0\0\x14"
           "ftyp3g2a\0\0\0\0"
           "3g2a"),
     "3g2"},
    {BYTES("\0\0\0\x14"
           "ftypmp42\0\0\0\0isom"),
     "mp4"},
    {BYTES("\0\0\0\x14"
           "ftypzzzz\0\0\0\0isom"),
     "mp4"},
    {BYTES("\0\0\0\x14"
           "ftypzzzz\0\0\0\0yyyy"),
     NULL},
    {BYTES("\0\0\0\x08"
           "wide\0\0\0\x09"
           "mdatx"),
     "mov"},
    {BYTES("\0\0\0\x0c"
           "skipxxxx\0\0\0\x08moov"),
     "mov"},
    {BYTES("\0\0\0\x08"
           "free\0\0\0\x09textx"),
     NULL},
    {BYTES("just some text that is no box"), NULL},
    {BYTES("\0\0\0"), NULL},
    {BYTES("\0\0\0\x0c"
           "ftyphei"),
     NULL},
};

static void brands_name_formats(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(brand_cases); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_input *input = NULL;
        const char *format = "unset";

        assert_true(
            gls_input_from_memory(&input, brand_cases[i].bytes, brand_cases[i].size, "x", &error));
        assert_true(gls_isobmff_brand_format(&format, input, &error));
        if (brand_cases[i].format == NULL)
            assert_null(format);
        else
            assert_string_equal(format, brand_cases[i].format);
        gls_input_free(input);
    }
}

static void sound_without_pictures_is_audio(void **state)
{
    static const struct gls_movie_recipe recipes[] = {{.brand = "mp42"},
                                                      {.brand = "mp42", .sound = true}};
    static const char *const formats[] = {"mp4", "m4a"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(recipes); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        struct gls_input *input = NULL;
        const char *format = NULL;

        gls_make_movie(&file, &recipes[i]);
        assert_true(gls_input_from_memory(&input, file.data, file.size, "x", &error));
        assert_true(gls_isobmff_brand_format(&format, input, &error));
        assert_string_equal(format, formats[i]);
        gls_input_free(input);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_and_fails),
        cmocka_unit_test(a_zero_ends_a_quicktime_list),
        cmocka_unit_test(the_number_of_boxes_is_bounded),
        cmocka_unit_test(payloads_are_bounded),
        cmocka_unit_test(brands_name_formats),
        cmocka_unit_test(sound_without_pictures_is_audio),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
