/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "media/bmff/cr3.h"
#include "media/core/container.h"
#include "media/tiff/exif.h"
#include "tests/support/box_builder.h"
#include "tests/support/container_property.h"

static const char canon_uuid[] = "\x85\xc0\xb6\x87\x82\x0f\x11\xe0\x81\x11\xf4\xce\x46\x2b\x6a\x48";
static const char xmp_uuid[] = "\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac";

/* A TIFF of one IFD whose entries are given, with `values` behind it. */
static void put_tiff(struct gls_strbuf *out, const char *box, const void *entries, unsigned count,
                     const void *values, size_t size)
{
    size_t start = gls_box_open(out, box);
    const uint8_t head[10] = {'I', 'I', 42, 0, 8, 0, 0, 0, (uint8_t)count, 0};

    gls_strbuf_add(out, head, sizeof head);
    gls_strbuf_add(out, entries, count * 12);
    gls_put_be(out, 0, 4);
    gls_strbuf_add(out, values, size);
    gls_box_close(out, start);
}

/* IFD0: Make at 38; a pointer that means nothing; Model inline.
 * Exif IFD: DateTimeOriginal at 26. GPS IFD: latitude at 62, longitude at 86. */
static const char ifd0[] = "\x0f\x01\2\0\6\0\0\0\x32\0\0\0"
                           "\x10\x01\2\0\4\0\0\0EOS\0"
                           "\x69\x87\4\0\1\0\0\0\xff\xff\0\0";
static const char exif_ifd[] = "\x03\x90\2\0\x14\0\0\0\x1a\0\0\0";
static const char gps_ifd[] = "\1\0\2\0\2\0\0\0S\0\0\0"
                              "\2\0\5\0\3\0\0\0\x3e\0\0\0"
                              "\3\0\2\0\2\0\0\0E\0\0\0"
                              "\4\0\5\0\3\0\0\0\x56\0\0\0";
static const char degrees[] = "\x21\0\0\0\1\0\0\0\x1e\0\0\0\1\0\0\0\0\0\0\0\1\0\0\0"
                              "\x97\0\0\0\1\0\0\0\x0f\0\0\0\1\0\0\0\0\0\0\0\1\0\0\0";

static void make_cr3(struct gls_strbuf *out, bool with_xmp)
{
    size_t box = gls_box_open(out, "ftyp");
    size_t canon;

    gls_strbuf_add(out, "crx \0\0\0\1crx isom", 16);
    gls_box_close(out, box);
    box = gls_box_open(out, "moov");
    canon = gls_box_open(out, "uuid");
    gls_strbuf_add(out, canon_uuid, 16);
    gls_put_box(out, "CNCV", "CanonCR3", 8);
    put_tiff(out, "CMT1", ifd0, 3, "Canon\0", 6);
    put_tiff(out, "CMT2", exif_ifd, 1, "2019:04:24 22:24:00", 20);
    put_tiff(out, "CMT4", gps_ifd, 4, degrees, 48);
    gls_box_close(out, canon);
    gls_box_close(out, box);
    if (with_xmp) {
        box = gls_box_open(out, "uuid");
        gls_strbuf_add(out, xmp_uuid, 16);
        gls_strbuf_add_str(out, "<x:xmpmeta/>");
        gls_box_close(out, box);
    }
    gls_put_box(out, "mdat", "sensor data", 11);
}

static void parts_become_one_block(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    struct gls_blocks blocks = {.note = NULL};
    struct gls_exif_values values;

    (void)state;
    make_cr3(&file, true);
    assert_true(gls_container_scan_bytes(&blocks, &gls_cr3_container, &file, &error));
    assert_true(blocks.exif.present);
    assert_true(blocks.xmp.present);
    assert_string_equal(blocks.xmp.bytes.data, "<x:xmpmeta/>");
    assert_true(gls_exif_decode(&values, blocks.exif.bytes.data, blocks.exif.bytes.size, &error));
    assert_string_equal(values.make, "Canon");
    assert_string_equal(values.model, "EOS");
    assert_string_equal(values.date_time_original, "2019:04:24 22:24:00");
    assert_true(values.has_position);
    assert_float_equal(values.latitude, -33.5, 1e-9);
    assert_float_equal(values.longitude, 151.25, 1e-9);
    gls_exif_values_clear(&values);
    gls_blocks_free(&blocks);
}

/* Less than a header behind a box is no box that is cut. */
static bool cuts_a_box(size_t size, size_t whole)
{
    const size_t mdat = whole - 19;

    return (size >= 8 && size < 24) || (size >= 24 + 8 && size < mdat) || size >= mdat + 8;
}

static void cut_files_give_what_stands_before(void **state)
{
    GLS_STRBUF_AUTO whole = GLS_STRBUF_INIT;
    const char *first;
    size_t first_end;

    (void)state;
    make_cr3(&whole, false);
    first = memmem(whole.data, whole.size, "CMT1", 4);
    assert_non_null(first);
    first_end = (size_t)(first - whole.data) - 4 + gls_be32((const uint8_t *)first - 4);
    for (size_t size = 0; size < whole.size; size++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_blocks blocks = {.note = NULL};
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;

        gls_strbuf_add(&file, whole.data, size);
        if (gls_container_scan_bytes(&blocks, &gls_cr3_container, &file, &error)) {
            assert_int_equal(blocks.exif.present, size >= first_end);
            assert_int_equal(blocks.note != NULL, cuts_a_box(size, whole.size));
        } else
            assert_int_equal(error.status, GLS_ERROR_FORMAT);
        gls_blocks_free(&blocks);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_become_one_block),
        cmocka_unit_test(cut_files_give_what_stands_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
