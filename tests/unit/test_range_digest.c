/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/input.h"
#include "base/strbuf.h"
#include "media/core/range_digest.h"
#include "media/media.h"
#include "tests/support/box_builder.h"
#include "tests/support/test.h"

struct row {
    uint64_t offset;
    uint64_t size;
    uint32_t group;
};

static void add_rows(struct gls_ranges *ranges, const struct row *rows)
{
    struct gls_error error = GLS_ERROR_INIT;

    for (; rows->size > 0; rows++) {
        ranges->group = rows->group;
        assert_true(gls_ranges_add(ranges, rows->offset, rows->size, &error));
    }
}

/* In pieces of `step` bytes, as a copy reads them. */
static void digest_of(char out[GLS_XXH128_HEX_SIZE], const char *text, const struct row *rows,
                      size_t step)
{
    struct gls_ranges ranges = GLS_RANGES_INIT;
    size_t size = strlen(text);

    add_rows(&ranges, rows);
    gls_ranges_normalize(&ranges, size);
    struct gls_range_digest *digest = gls_range_digest_new(&ranges);
    assert_non_null(digest);
    for (size_t at = 0; at < size; at += step)
        gls_range_digest_update(digest, at, (const uint8_t *)text + at,
                                size - at < step ? size - at : step);
    gls_range_digest_finish(digest, out);
    gls_range_digest_free(digest);
    gls_ranges_free(&ranges);
}

static void test_order_of_groups_counts(void **state)
{
    static const struct row forward[] = {{2, 3, 0}, {7, 3, 1}, {0, 0, 0}};
    static const struct row swapped[] = {{7, 3, 0}, {2, 3, 1}, {0, 0, 0}};
    static const struct row apart[] = {{1, 1, 0}, {4, 2, 0}, {8, 3, 1}, {0, 0, 0}};
    static const struct row one[] = {{2, 3, 0}, {7, 3, 0}, {0, 0, 0}};
    char a[GLS_XXH128_HEX_SIZE];
    char b[GLS_XXH128_HEX_SIZE];

    (void)state;
    digest_of(a, "--abc--xyz-", forward, 4);
    digest_of(b, "--xyz--abc-", swapped, 3);
    assert_string_equal(a, b);
    digest_of(b, "-a--bc--xyz", apart, 1);
    assert_string_equal(a, b);
    digest_of(b, "--xyz--abc-", forward, 64);
    assert_string_not_equal(a, b);
    digest_of(b, "--abc--xyy-", forward, 64);
    assert_string_not_equal(a, b);
    digest_of(b, "--abc--xyz-", one, 64);
    assert_string_not_equal(a, b);
    /* A single group is what the digest always was. */
    struct gls_xxh128 *plain = gls_xxh128_new();
    gls_xxh128_update(plain, "abcxyz", 6);
    gls_xxh128_finish(plain, a);
    gls_xxh128_free(plain);
    assert_string_equal(a, b);
}

static void test_normalize_keeps_groups_apart(void **state)
{
    static const struct {
        struct row from[5]; /* ends with size 0 */
        struct row to[5];
    } tables[] = {
        {{{0, 5, 0}, {5, 5, 1}, {0, 0, 0}}, {{0, 5, 0}, {5, 5, 1}, {0, 0, 0}}},
        {{{5, 5, 0}, {0, 5, 1}, {0, 0, 0}}, {{0, 5, 1}, {5, 5, 0}, {0, 0, 0}}},
        /* Shared bytes: of the range that begins first, else of the lower group. */
        {{{0, 10, 1}, {5, 10, 0}, {0, 0, 0}}, {{0, 10, 1}, {10, 5, 0}, {0, 0, 0}}},
        {{{0, 10, 1}, {0, 10, 0}, {0, 0, 0}}, {{0, 10, 0}, {0, 0, 0}}},
        {{{0, 10, 0}, {2, 3, 1}, {8, 4, 0}, {0, 0, 0}}, {{0, 12, 0}, {0, 0, 0}}},
        {{{0, 10, 0}, {5, 20, 1}, {7, 30, 0}, {0, 0, 0}},
         {{0, 10, 0}, {10, 15, 1}, {25, 12, 0}, {0, 0, 0}}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        struct gls_ranges ranges = GLS_RANGES_INIT;
        size_t count = 0;
        add_rows(&ranges, tables[i].from);
        gls_ranges_normalize(&ranges, 100);
        for (const struct row *row = tables[i].to; row->size > 0; row++, count++) {
            assert_true(count < ranges.count);
            assert_int_equal(ranges.items[count].offset, row->offset);
            assert_int_equal(ranges.items[count].size, row->size);
            assert_int_equal(ranges.items[count].group, row->group);
        }
        assert_int_equal(ranges.count, count);
        gls_ranges_flatten(&ranges);
        for (size_t j = 0; j < ranges.count; j++)
            assert_int_equal(ranges.items[j].group, 0);
        assert_int_equal(ranges.count, 1);
        gls_ranges_free(&ranges);
    }
}

static void test_a_patch_must_keep_the_groups(void **state)
{
    static const struct row rows[] = {{2, 3, 0}, {5, 3, 1}, {0, 0, 0}};
    static const struct row other[] = {{2, 3, 1}, {5, 3, 0}, {0, 0, 0}};
    struct gls_patch patch = GLS_PATCH_INIT;
    struct gls_ranges from = GLS_RANGES_INIT;
    struct gls_ranges to = GLS_RANGES_INIT;

    (void)state;
    add_rows(&from, rows);
    add_rows(&to, other);
    assert_true(gls_patch_keeps_ranges(&patch, &from, &from));
    assert_false(gls_patch_keeps_ranges(&patch, &from, &to));
    gls_ranges_free(&from);
    gls_ranges_free(&to);
}

static void test_groups_are_bounded(void **state)
{
    struct gls_ranges ranges = GLS_RANGES_INIT;
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    gls_ranges_next_group(&ranges);
    assert_int_equal(ranges.group, 0); /* nothing was in it */
    for (uint64_t i = 0; i < 2 * GLS_RANGE_GROUPS_MAX; i++) {
        gls_ranges_next_group(&ranges);
        gls_ranges_next_group(&ranges);
        assert_true(gls_ranges_add(&ranges, 10 * i, 5, &error));
    }
    assert_int_equal(ranges.items[GLS_RANGE_GROUPS_MAX - 1].group, GLS_RANGE_GROUPS_MAX - 1);
    assert_int_equal(ranges.items[2 * GLS_RANGE_GROUPS_MAX - 1].group, GLS_RANGE_GROUPS_MAX - 1);
    gls_ranges_free(&ranges);
}

/* ---- Pictures that another program wrote in another order: pages of a TIFF ------------- */

static void put_le(struct gls_strbuf *out, uint32_t value, unsigned width)
{
    uint8_t bytes[4];

    gls_put_le32(bytes, value);
    gls_strbuf_add(out, bytes, width);
}

static void put_page(struct gls_strbuf *out, uint32_t strip, uint32_t size, uint32_t next)
{
    put_le(out, 2, 2);
    put_le(out, 273, 2); /* StripOffsets */
    put_le(out, 4, 2);
    put_le(out, 1, 4);
    put_le(out, strip, 4);
    put_le(out, 279, 2); /* StripByteCounts */
    put_le(out, 4, 2);
    put_le(out, 1, 4);
    put_le(out, size, 4);
    put_le(out, next, 4);
}

/* Two pages, "first" and "second!", which stand in this order or the other. */
static void make_tiff(struct gls_strbuf *out, bool is_swapped)
{
    uint32_t data = 8 + 2 * 30;

    gls_strbuf_add(out, "II*\0", 4);
    put_le(out, 8, 4);
    put_page(out, is_swapped ? data + 7 : data, 5, 8 + 30);
    put_page(out, is_swapped ? data : data + 5, 7, 0);
    gls_strbuf_add_str(out, is_swapped ? "second!first" : "firstsecond!");
}

/* ---- HEIF items and the tracks of a movie likewise ------------------------------------- */

static size_t open_full(struct gls_strbuf *out, const char *type)
{
    size_t start = gls_box_open(out, type);

    gls_put_be(out, 0, 4);
    return start;
}

static void put_item(struct gls_strbuf *out, uint32_t id)
{
    size_t infe = gls_box_open(out, "infe");

    gls_put_be(out, 2u << 24, 4);
    gls_put_be(out, id, 2);
    gls_put_be(out, 0, 2);
    gls_strbuf_add(out, "hvc1", 5);
    gls_box_close(out, infe);
}

static void put_location(struct gls_strbuf *out, uint32_t id, uint32_t offset, uint32_t size)
{
    gls_put_be(out, id, 2);
    gls_put_be(out, 0, 2);
    gls_put_be(out, 1, 2);
    gls_put_be(out, offset, 4);
    gls_put_be(out, size, 4);
}

static void put_meta(struct gls_strbuf *out, uint32_t data, bool is_swapped)
{
    size_t meta = open_full(out, "meta");
    size_t box = open_full(out, "hdlr");

    gls_strbuf_add(out, "\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0", 21);
    gls_box_close(out, box);
    box = open_full(out, "pitm");
    gls_put_be(out, 1, 2);
    gls_box_close(out, box);
    box = open_full(out, "iinf");
    gls_put_be(out, 2, 2);
    put_item(out, 1);
    put_item(out, 2);
    gls_box_close(out, box);
    box = open_full(out, "iloc");
    gls_put_be(out, 0x4400, 2);
    gls_put_be(out, 2, 2);
    put_location(out, 1, is_swapped ? data + 7 : data, 5);
    put_location(out, 2, is_swapped ? data : data + 5, 7);
    gls_box_close(out, box);
    gls_box_close(out, meta);
}

static void make_heic(struct gls_strbuf *out, bool is_swapped)
{
    gls_put_box(out, "ftyp", "heic\0\0\0\0mif1heic", 16);
    size_t start = out->size;
    put_meta(out, 0, is_swapped); /* once to see how long it is */
    uint32_t data = (uint32_t)out->size + 8;
    gls_strbuf_truncate(out, start);
    put_meta(out, data, is_swapped);
    gls_put_box(out, "mdat", is_swapped ? "second!first" : "firstsecond!", 12);
}

/* One sample in one chunk. */
static void put_track(struct gls_strbuf *out, uint32_t offset, uint32_t size)
{
    static const char run[] = "\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1";
    size_t trak = gls_box_open(out, "trak");
    size_t mdia = gls_box_open(out, "mdia");
    size_t minf = gls_box_open(out, "minf");
    size_t stbl = gls_box_open(out, "stbl");

    gls_put_box(out, "stsc", run, sizeof run - 1);
    size_t box = open_full(out, "stsz");
    gls_put_be(out, size, 4);
    gls_put_be(out, 1, 4);
    gls_box_close(out, box);
    box = open_full(out, "stco");
    gls_put_be(out, 1, 4);
    gls_put_be(out, offset, 4);
    gls_box_close(out, box);
    gls_box_close(out, stbl);
    gls_box_close(out, minf);
    gls_box_close(out, mdia);
    gls_box_close(out, trak);
}

static void make_movie(struct gls_strbuf *out, bool is_swapped)
{
    gls_put_box(out, "ftyp", "qt  \0\0\0\0qt  ", 12);
    uint32_t data = (uint32_t)out->size + 8;
    gls_put_box(out, "mdat", is_swapped ? "second!first" : "firstsecond!", 12);
    size_t moov = gls_box_open(out, "moov");
    put_track(out, is_swapped ? data + 7 : data, 5);
    put_track(out, is_swapped ? data : data + 5, 7);
    gls_box_close(out, moov);
}

static void essence_of(char out[GLS_XXH128_HEX_SIZE], const struct gls_strbuf *file,
                       const char *name, unsigned version)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    const struct gls_format *format;

    assert_true(gls_input_from_memory(&input, file->data, file->size, name, &error));
    assert_true(gls_media_detect(&format, input, name, &error));
    assert_true(gls_media_hash_essence(out, input, format, version, &error));
    gls_input_free(input);
}

static void test_order_in_the_file_does_not_count(void **state)
{
    static const struct {
        const char *name;
        void (*make)(struct gls_strbuf *out, bool is_swapped);
    } files[] = {{"two.tif", make_tiff}, {"two.heic", make_heic}, {"two.mov", make_movie}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        GLS_STRBUF_AUTO forward = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO swapped = GLS_STRBUF_INIT;
        char a[GLS_XXH128_HEX_SIZE];
        char b[GLS_XXH128_HEX_SIZE];
        print_message("%s\n", files[i].name);
        files[i].make(&forward, false);
        files[i].make(&swapped, true);
        essence_of(a, &forward, files[i].name, GLS_ESSENCE_VERSION);
        essence_of(b, &swapped, files[i].name, GLS_ESSENCE_VERSION);
        assert_string_equal(a, b);
        essence_of(a, &forward, files[i].name, 1);
        essence_of(b, &swapped, files[i].name, 1);
        assert_string_not_equal(a, b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_of_groups_counts),
        cmocka_unit_test(test_normalize_keeps_groups_apart),
        cmocka_unit_test(test_a_patch_must_keep_the_groups),
        cmocka_unit_test(test_groups_are_bounded),
        cmocka_unit_test(test_order_in_the_file_does_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
