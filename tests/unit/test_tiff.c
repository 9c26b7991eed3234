/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "media/core/container.h"
#include "media/tiff/exif.h"
#include "media/tiff/tiff.h"
#include "tests/support/tiff_builder.h"

static struct gls_input *open_memory(const struct gls_strbuf *bytes)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input;
    assert_true(gls_input_from_memory(&input, bytes->data, bytes->size, "memory", &error));
    return input;
}

static void build(struct gls_strbuf *out, bool big_endian, const struct tiff_value *ifd0,
                  size_t size)
{
    tiff_build(out, &(struct tiff_plan){big_endian, ifd0, NULL, NULL});
    while (out->size < size) {
        gls_strbuf_add_char(out, (char)out->size);
    }
}

static void essence_is_strips_tiles_and_jpegs(void **state)
{
    (void)state;
    const struct {
        struct tiff_value ifd0[5];
        size_t size;      /* of the file */
        size_t count;     /* of ranges; 0: it cannot be told */
        uint64_t covered; /* bytes */
    } cases[] = {
        {{{GLS_TAG_STRIP_OFFSETS, "l:200,300"}, {GLS_TAG_STRIP_BYTE_COUNTS, "s:50,60"}},
         400,
         2,
         110},
        {{{GLS_TAG_STRIP_OFFSETS, "s:200,250"}, {GLS_TAG_STRIP_BYTE_COUNTS, "l:50,60"}},
         400,
         1,
         110},
        {{{GLS_TAG_TILE_OFFSETS, "l:300"}, {GLS_TAG_TILE_BYTE_COUNTS, "l:100"}}, 400, 1, 100},
        {{{GLS_TAG_STRIP_OFFSETS, "l:200"},
          {GLS_TAG_STRIP_BYTE_COUNTS, "l:10"},
          {GLS_TAG_JPEG_OFFSET, "l:300"},
          {GLS_TAG_JPEG_SIZE, "l:10"}},
         400,
         2,
         20},
        /* Beyond the end, lists that do not agree, one list alone, wrong type. */
        {{{GLS_TAG_STRIP_OFFSETS, "l:200"}, {GLS_TAG_STRIP_BYTE_COUNTS, "l:201"}}, 400, 0, 0},
        {{{GLS_TAG_STRIP_OFFSETS, "l:4294967295"}, {GLS_TAG_STRIP_BYTE_COUNTS, "l:4294967295"}},
         400,
         0,
         0},
        {{{GLS_TAG_STRIP_OFFSETS, "l:200,300"}, {GLS_TAG_STRIP_BYTE_COUNTS, "l:50"}}, 400, 0, 0},
        {{{GLS_TAG_STRIP_OFFSETS, "l:200"}}, 400, 0, 0},
        {{{GLS_TAG_STRIP_OFFSETS, "a:x"}, {GLS_TAG_STRIP_BYTE_COUNTS, "a:x"}}, 400, 0, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_ranges ranges = GLS_RANGES_INIT;
        build(&file, i % 2 == 0, cases[i].ifd0, cases[i].size);
        struct gls_input *input = open_memory(&file);
        bool ok = gls_tiff_essence(&ranges, input, &error);
        assert_int_equal(ok, cases[i].count > 0);
        if (ok) {
            uint64_t covered = 0;
            gls_ranges_normalize(&ranges, file.size);
            for (size_t j = 0; j < ranges.count; j++) {
                covered += ranges.items[j].size;
            }
            assert_int_equal(ranges.count, cases[i].count);
            assert_int_equal(covered, cases[i].covered);
        } else {
            assert_int_equal(error.status, GLS_ERROR_FORMAT);
        }
        gls_ranges_free(&ranges);
        gls_input_free(input);
    }
}

static void loops_of_directories_end(void **state)
{
    (void)state;
    /* The first directory is its own SubIFD and its own successor. */
    const struct tiff_value ifd0[] = {{GLS_TAG_STRIP_OFFSETS, "l:100"},
                                      {GLS_TAG_STRIP_BYTE_COUNTS, "l:10"},
                                      {GLS_TAG_SUB_IFDS, "l:8,8"},
                                      {0, NULL}};
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_ranges ranges = GLS_RANGES_INIT;
    build(&file, false, ifd0, 200);
    file.data[8 + 2 + 3 * 12] = 8;
    struct gls_input *input = open_memory(&file);
    assert_true(gls_tiff_essence(&ranges, input, &error));
    assert_int_equal(ranges.count, 1);
    gls_ranges_free(&ranges);
    gls_input_free(input);
}

/* A BigTIFF whose first directory points to an Exif directory with a date, make in
 * the entry itself. */
static void build_big(struct gls_strbuf *out, bool big_endian)
{
    const struct gls_tiff order = {.big_endian = big_endian};
    uint8_t bytes[160] = {0};
    const struct {
        size_t at;
        unsigned tag, type;
        uint64_t count, value;
    } entries[] = {
        {24, GLS_TAG_MAKE, GLS_TIFF_ASCII, 4, 0},
        {44, GLS_TAG_EXIF_IFD, GLS_TIFF_IFD8, 1, 80},
        {88, GLS_TAG_DATE_TIME_ORIGINAL, GLS_TIFF_ASCII, 20, 120},
    };
    memcpy(bytes, big_endian ? "MM" : "II", 2);
    gls_tiff_put16(&order, bytes + 2, 43);
    gls_tiff_put16(&order, bytes + 4, 8);
    bytes[big_endian ? 15 : 8] = 16; /* the first directory */
    bytes[big_endian ? 23 : 16] = 2; /* its entries */
    bytes[big_endian ? 87 : 80] = 1;
    for (size_t i = 0; i < COUNT_OF(entries); i++) {
        uint8_t *entry = bytes + entries[i].at;
        gls_tiff_put16(&order, entry, (uint16_t)entries[i].tag);
        gls_tiff_put16(&order, entry + 2, (uint16_t)entries[i].type);
        gls_tiff_put32(&order, entry + (big_endian ? 8 : 4), (uint32_t)entries[i].count);
        gls_tiff_put32(&order, entry + (big_endian ? 16 : 12), (uint32_t)entries[i].value);
    }
    memcpy(bytes + 24 + 12, "Abc", 4);
    memcpy(bytes + 120, "2001:02:03 04:05:06", 20);
    gls_strbuf_add(out, bytes, sizeof bytes);
}

static void big_tiff_is_read(void **state)
{
    (void)state;
    for (unsigned big_endian = 0; big_endian < 2; big_endian++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_exif_values values = {0};
        struct gls_blocks blocks = {0};
        build_big(&file, big_endian);
        struct gls_input *input = open_memory(&file);
        if (!gls_tiff_container.scan(&blocks, input, &error))
            fail_msg("%s", error.message);
        assert_null(blocks.note);
        assert_true(
            gls_exif_decode(&values, blocks.exif.bytes.data, blocks.exif.bytes.size, &error));
        assert_string_equal(values.make, "Abc");
        assert_string_equal(values.date_time_original, "2001:02:03 04:05:06");
        gls_exif_values_clear(&values);
        gls_blocks_free(&blocks);
        gls_input_free(input);
        /* Whatever is cut off or states too much costs itself only. */
        for (size_t size = 0; size < file.size; size++) {
            struct gls_strbuf cut = {.data = file.data, .size = size};
            input = open_memory(&cut);
            (void)gls_tiff_container.scan(&blocks, input, &error);
            gls_blocks_free(&blocks);
            gls_input_free(input);
        }
    }
}

static void headers_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        bool ok, big_endian, is_rw2, is_big;
    } cases[] = {
        {"II*\0\x08\0\0\0", true, false, false, false},
        {"MM\0*\0\0\0\x08", true, true, false, false},
        {"IIU\0\x18\0\0\0", true, false, true, false},
        {"IIRO\x08\0\0\0", true, false, false, false},
        {"IIRS\x08\0\0\0", true, false, false, false},
        {"II+\0\x08\0\0\0", true, false, false, true},
        {"II\0*\x08\0\0\0", false, false, false, false},
        {"IM*\0\x08\0\0\0", false, false, false, false},
        {"\0\0\0\0\0\0\0\0", false, false, false, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_input *input;
        struct gls_tiff tiff;
        assert_true(gls_input_from_memory(&input, cases[i].bytes, 8, "x", &error));
        assert_int_equal(gls_tiff_open(&tiff, input, &error), cases[i].ok);
        if (cases[i].ok) {
            assert_int_equal(tiff.big_endian, cases[i].big_endian);
            assert_int_equal(tiff.is_rw2, cases[i].is_rw2);
            assert_int_equal(tiff.is_big, cases[i].is_big);
        }
        gls_input_free(input);
    }
}

static void scans_blocks(void **state)
{
    (void)state;
    const struct tiff_value ifd0[] = {{GLS_TAG_MAKE, "a:NIKON"},
                                      {GLS_TAG_XMP, "b:3c782f3e3c782f3e"},
                                      {GLS_TAG_IPTC, "u:1c0205000141"},
                                      {0, NULL}};
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_blocks blocks;
    memset(&blocks, 0, sizeof blocks);
    build(&file, true, ifd0, 0);
    struct gls_input *input = open_memory(&file);
    assert_true(gls_tiff_container.scan(&blocks, input, &error));
    assert_true(blocks.exif.present);
    assert_memory_equal(blocks.exif.bytes.data, "MM\0*", 4);
    assert_true(blocks.xmp.present);
    assert_string_equal(blocks.xmp.bytes.data, "<x/><x/>");
    assert_true(blocks.iptc.present);
    assert_int_equal(blocks.iptc.bytes.size, 6);
    gls_blocks_free(&blocks);
    gls_input_free(input);
}

static void what_cannot_be_read_is_noted(void **state)
{
    (void)state;
    static const char *const files[] = {"II+\0\x08\0\0\0", "II*\0\xff\0\0\0", "IIU\0\xff\0\0\0"};
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_input *input;
        struct gls_blocks blocks;
        memset(&blocks, 0, sizeof blocks);
        assert_true(gls_input_from_memory(&input, files[i], 8, "x", &error));
        assert_true(gls_tiff_container.scan(&blocks, input, &error));
        assert_non_null(blocks.note);
        assert_false(blocks.exif.present);
        gls_blocks_free(&blocks);
        gls_input_free(input);
    }
}

/* Values that point outside are left out; the others are kept. */
static void compact_block_holds_what_is_sound(void **state)
{
    (void)state;
    const struct tiff_value ifd0[] = {
        {GLS_TAG_MAKE, "a:Maker of cameras"}, {GLS_TAG_MODEL, "a:A model"}, {0, NULL}};
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO compact = GLS_STRBUF_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    build(&file, false, ifd0, 0);
    memset(file.data + 8 + 2 + 8, 0xff, 4);
    struct gls_input *input = open_memory(&file);
    assert_true(gls_tiff_compact_exif(&compact, input, &error));
    assert_null(memmem(compact.data, compact.size, "Maker", 5));
    assert_non_null(memmem(compact.data, compact.size, "A model", 8));
    gls_input_free(input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(essence_is_strips_tiles_and_jpegs),
        cmocka_unit_test(loops_of_directories_end),
        cmocka_unit_test(big_tiff_is_read),
        cmocka_unit_test(headers_are_checked),
        cmocka_unit_test(scans_blocks),
        cmocka_unit_test(what_cannot_be_read_is_noted),
        cmocka_unit_test(compact_block_holds_what_is_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
