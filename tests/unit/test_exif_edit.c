/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "base/input.h"
#include "media/tiff/exif.h"
#include "media/tiff/tiff.h"
#include "tests/support/tiff_builder.h"

#define NOTE "u:4d616b65724e6f7465000102030405060708090a0b0c0d0e0f"

static const struct tiff_value camera[] = {{GLS_TAG_MAKE, "a:Canon"},
                                           {GLS_TAG_MODEL, "a:EOS"},
                                           {GLS_TAG_DATE_TIME, "a:2016:01:02 03:04:05"},
                                           {0, NULL}};
static const struct tiff_value full[] = {{GLS_TAG_DATE_TIME_ORIGINAL, "a:2015:12:05 00:59:26"},
                                         {GLS_TAG_DATE_TIME_DIGITIZED, "a:2015:12:05 00:59:26"},
                                         {GLS_TAG_OFFSET_TIME_ORIGINAL, "a:+01:00"},
                                         {GLS_TAG_MAKER_NOTE, NOTE},
                                         {GLS_TAG_SUB_SEC_TIME_ORIGINAL, "a:84"},
                                         {0, NULL}};
static const struct tiff_value gps[] = {{GLS_GPS_VERSION_ID, "b:02020000"},
                                        {GLS_GPS_LATITUDE_REF, "a:N"},
                                        {GLS_GPS_LATITUDE, "r:37/1,22/1,7680/1000"},
                                        {GLS_GPS_LONGITUDE_REF, "a:E"},
                                        {GLS_GPS_LONGITUDE, "r:122/1,2/1,0/1"},
                                        {GLS_GPS_DATE_STAMP, "a:2015:12:04"},
                                        {0, NULL}};
static const struct tiff_value empty_gps[] = {{GLS_GPS_LATITUDE, "e:"}, {0, NULL}};

static struct gls_tags date_tags(int year, bool has_offset)
{
    return (struct gls_tags){.set_date = true,
                             .date = {.year = (int16_t)year,
                                      .month = 2,
                                      .day = 3,
                                      .hour = 4,
                                      .minute = 5,
                                      .second = 6,
                                      .has_offset = has_offset,
                                      .utc_offset_s = has_offset ? -12600 : 0}};
}

static bool edit(struct gls_strbuf *out, const struct gls_strbuf *block,
                 const struct gls_tags *tags)
{
    struct gls_error error = GLS_ERROR_INIT;
    bool changed = false;
    bool ok = gls_exif_edit(out, &changed, block, tags, &error);
    if (!ok) {
        print_message("%s\n", error.message);
    }
    assert_true(ok);
    assert_int_equal(changed, out->size > 0);
    return changed;
}

static void decode(struct gls_exif_values *out, const struct gls_strbuf *block)
{
    struct gls_error error = GLS_ERROR_INIT;
    assert_true(gls_exif_decode(out, block->data, block->size, &error));
}

/* Offset of the maker note's bytes in the block. */
static size_t note_offset(const struct gls_strbuf *block)
{
    const char *at = memmem(block->data, block->size, "MakerNote\0\1\2\3", 13);
    return at == NULL ? SIZE_MAX : (size_t)(at - block->data);
}

static void states_a_date_in_every_kind_of_block(void **state)
{
    (void)state;
    static const struct {
        const struct tiff_value *ifd0, *exif, *gps;
    } shapes[] = {
        {NULL, NULL, NULL}, {camera, NULL, NULL}, {camera, full, NULL},    {camera, full, gps},
        {NULL, full, NULL}, {camera, NULL, gps},  {NULL, full, empty_gps},
    };
    for (size_t i = 0; i < COUNT_OF(shapes) * 4; i++) {
        GLS_STRBUF_AUTO block = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO again = GLS_STRBUF_INIT;
        struct gls_exif_values values;
        bool has_offset = i % 2 != 0;
        const struct gls_tags tags = date_tags(2011, has_offset);
        const size_t shape = i / 4;
        tiff_build(&block, &(struct tiff_plan){i % 4 >= 2, shapes[shape].ifd0, shapes[shape].exif,
                                               shapes[shape].gps});
        assert_true(edit(&out, &block, &tags));
        decode(&values, &out);
        assert_string_equal(values.date_time_original, "2011:02:03 04:05:06");
        assert_string_equal(values.date_time_digitized, "2011:02:03 04:05:06");
        assert_string_equal(values.date_time, "2011:02:03 04:05:06");
        assert_null(values.sub_sec_original); /* 84 belonged to the old date */
        if (has_offset) {
            assert_string_equal(values.offset_original, "-03:30");
            assert_string_equal(values.offset_digitized, "-03:30");
            assert_string_equal(values.offset, "-03:30");
        } else {
            assert_null(values.offset_original);
        }
        assert_int_equal(values.has_position, shapes[shape].gps == gps);
        assert_int_equal(values.make != NULL, shapes[shape].ifd0 == camera);
        assert_int_equal(note_offset(&out), note_offset(&block));
        gls_exif_values_clear(&values);
        assert_false(edit(&again, &out, &tags));
    }
}

static void sub_seconds_and_offset_stay_with_their_date(void **state)
{
    (void)state;
    GLS_STRBUF_AUTO block = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO later = GLS_STRBUF_INIT;
    struct gls_exif_values values;
    const struct tiff_value exif[] = {{GLS_TAG_DATE_TIME_ORIGINAL, "a:2011:02:03 04:05:06"},
                                      {GLS_TAG_DATE_TIME_DIGITIZED, "a:2015:12:05 00:59:26"},
                                      {GLS_TAG_OFFSET_TIME_ORIGINAL, "a:+01:00"},
                                      {GLS_TAG_OFFSET_TIME_DIGITIZED, "a:+01:00"},
                                      {GLS_TAG_SUB_SEC_TIME_ORIGINAL, "a:84"},
                                      {0, NULL}};
    tiff_build(&block, &(struct tiff_plan){true, camera, exif, NULL});
    assert_true(edit(&out, &block,
                     &(struct gls_tags){.set_date = true, .date = date_tags(2011, false).date}));
    decode(&values, &out);
    assert_string_equal(values.offset_original, "+01:00"); /* that date did not change */
    assert_string_equal(values.sub_sec_original, "84");
    assert_null(values.offset_digitized);
    gls_exif_values_clear(&values);

    struct gls_tags tags = date_tags(2012, true);
    tags.date.subsecond_digits = 3;
    tags.date.nanosecond = 84000000;
    assert_true(edit(&later, &out, &tags));
    decode(&values, &later);
    assert_string_equal(values.sub_sec_original, "084");
    assert_string_equal(values.sub_sec, "084");
    gls_exif_values_clear(&values);
}

static void states_positions_with_refs(void **state)
{
    (void)state;
    static const struct {
        double latitude, longitude;
    } places[] = {{37.3688001, 122.0333331},
                  {-33.8599123, -151.2112345},
                  {0.0, 0.0},
                  {90.0, 180.0},
                  {-90.0, -180.0},
                  {59.99999999, -0.0000001},
                  {12.9999999999, 1.0 / 3.0}};
    for (size_t i = 0; i < COUNT_OF(places) * 4; i++) {
        GLS_STRBUF_AUTO block = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO again = GLS_STRBUF_INIT;
        struct gls_exif_values values;
        const struct tiff_value *shape = i % 4 == 0 ? NULL : i % 4 == 1 ? empty_gps : gps;
        const struct gls_tags tags = {.set_position = true,
                                      .latitude = places[i / 4].latitude,
                                      .longitude = places[i / 4].longitude};
        tiff_build(&block, &(struct tiff_plan){i % 2 == 0, camera, full, shape});
        assert_true(edit(&out, &block, &tags));
        decode(&values, &out);
        assert_true(values.has_position);
        assert_float_equal(values.latitude, tags.latitude, 1e-8);
        assert_float_equal(values.longitude, tags.longitude, 1e-8);
        assert_string_equal(values.date_time_original, "2015:12:05 00:59:26");
        assert_int_equal(note_offset(&out), note_offset(&block));
        gls_exif_values_clear(&values);
        assert_false(edit(&again, &out, &tags));
        if (shape == gps) {
            assert_int_equal(out.size, block.size); /* in place */
        }
    }
}

static void a_cleared_position_is_gone_from_the_bytes(void **state)
{
    (void)state;
    GLS_STRBUF_AUTO block = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO again = GLS_STRBUF_INIT;
    struct gls_exif_values values;
    static const uint8_t minutes_of_latitude[] = {0, 0, 0, 22, 0, 0, 0, 1, 0, 0, 0x1e, 0};
    const struct gls_tags tags = {.clear_position = true};
    tiff_build(&block, &(struct tiff_plan){true, camera, full, gps});
    assert_non_null(memmem(block.data, block.size, minutes_of_latitude, 12));
    assert_true(edit(&out, &block, &tags));
    assert_int_equal(out.size, block.size);
    assert_null(memmem(out.data, out.size, minutes_of_latitude, 12));
    assert_non_null(memmem(out.data, out.size, "2015:12:04", 10));
    decode(&values, &out);
    assert_false(values.has_position);
    gls_exif_values_clear(&values);
    assert_false(edit(&again, &out, &tags));
}

static void repeated_dates_do_not_grow_a_block(void **state)
{
    (void)state;
    GLS_STRBUF_AUTO block = GLS_STRBUF_INIT;
    size_t stable = 0;
    tiff_build(&block, &(struct tiff_plan){false, camera, full, NULL});
    for (int i = 0; i < 100; i++) {
        GLS_STRBUF_AUTO next = GLS_STRBUF_INIT;
        struct gls_tags tags = date_tags(1900 + i, true);
        tags.set_position = true;
        tags.latitude = i * 0.5;
        assert_true(edit(&next, &block, &tags));
        gls_strbuf_clear(&block);
        gls_strbuf_add(&block, next.data, next.size);
        stable = i == 0 ? block.size : stable;
    }
    assert_int_equal(block.size, stable);
}

static void makes_a_minimal_block(void **state)
{
    (void)state;
    GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO none = GLS_STRBUF_INIT;
    struct gls_exif_values values;
    struct gls_tags tags = date_tags(2011, true);
    tags.set_position = true;
    tags.latitude = 1.5;
    assert_true(edit(&out, NULL, &tags));
    assert_non_null(memmem(out.data, out.size, "0232", 4));
    decode(&values, &out);
    assert_string_equal(values.date_time_original, "2011:02:03 04:05:06");
    assert_float_equal(values.latitude, 1.5, 1e-9);
    gls_exif_values_clear(&values);
    assert_false(edit(&none, NULL, &(struct gls_tags){.title = "x", .clear_position = true}));
}

/* Both dates stand on the same bytes: neither may be written there alone. */
static void shared_values_are_not_written_on(void **state)
{
    (void)state;
    GLS_STRBUF_AUTO block = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
    struct gls_exif_values values;
    const struct tiff_value exif[] = {{GLS_TAG_DATE_TIME_ORIGINAL, "a:2015:12:05 00:59:26"},
                                      {0x9a00, "a:2015:12:05 00:59:26"},
                                      {0, NULL}};
    tiff_build(&block, &(struct tiff_plan){true, NULL, exif, NULL});
    /* The second entry's offset becomes the first one's. */
    char *second = memmem(block.data, block.size, "\x9a\x00\x00\x02", 4);
    memcpy(second + 8, second - 12 + 8, 4);
    assert_true(edit(&out, &block,
                     &(struct gls_tags){.set_date = true, .date = date_tags(2011, false).date}));
    decode(&values, &out);
    assert_string_equal(values.date_time_original, "2011:02:03 04:05:06");
    gls_exif_values_clear(&values);
    const uint8_t *other = memmem(out.data, out.size, "\x9a\x00\x00\x02", 4);
    assert_string_equal(out.data + gls_be32(other + 8), "2015:12:05 00:59:26");
}

static void refuses_broken_blocks(void **state)
{
    (void)state;
    GLS_STRBUF_AUTO block = GLS_STRBUF_INIT;
    const struct gls_tags tags = date_tags(2011, false);
    tiff_build(&block, &(struct tiff_plan){true, camera, full, gps});
    for (size_t size = 0; size < block.size; size++) {
        GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        bool changed = false;
        struct gls_strbuf copy = {.data = malloc(size + 1), .size = size};
        memcpy(copy.data, block.data, size);
        if (gls_exif_edit(&out, &changed, &copy, &tags, &error)) {
            struct gls_exif_values values;
            decode(&values, &out);
            assert_string_equal(values.date_time_original, "2011:02:03 04:05:06");
            gls_exif_values_clear(&values);
        } else {
            assert_true(error.status == GLS_ERROR_FORMAT || error.status == GLS_ERROR_UNSUPPORTED);
        }
        free(copy.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_a_date_in_every_kind_of_block),
        cmocka_unit_test(sub_seconds_and_offset_stay_with_their_date),
        cmocka_unit_test(states_positions_with_refs),
        cmocka_unit_test(a_cleared_position_is_gone_from_the_bytes),
        cmocka_unit_test(repeated_dates_do_not_grow_a_block),
        cmocka_unit_test(makes_a_minimal_block),
        cmocka_unit_test(shared_values_are_not_written_on),
        cmocka_unit_test(refuses_broken_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
