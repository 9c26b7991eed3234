/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "media/bmff/heif.h"
#include "tests/support/box_builder.h"
#include "tests/support/container_test.h"

static const char tiff[] = "II*\0\x08\0\0\0\0\0\0\0\0\0an old Exif block";
static const char packet[] = "<x:xmpmeta>an old packet</x:xmpmeta>";

#define EXIF .exif = tiff, .exif_size = sizeof tiff

static const struct gls_heif_recipe recipes[] = {
    {.brand = "heic"},
    {EXIF},
    {.xmp = packet},
    {EXIF, .xmp = packet},
    {EXIF, .xmp = packet, .iloc_version = 1},
    {EXIF, .xmp = packet, .iloc_version = 1, .in_idat = true},
    {EXIF, .iloc_version = 1, .in_idat = true},
    {EXIF, .xmp = packet, .iloc_version = 2, .wide_ids = true},
    {.iloc_version = 2, .wide_ids = true, .wide_offsets = true},
    {EXIF, .xmp = packet, .base_offsets = true},
    {EXIF, .xmp = packet, .two_extents = true, .wide_offsets = true},
    {.xmp = packet, .trailer = true},
    {.trailer = true, .iloc_version = 1},
    {EXIF, .open_end = true},
    {EXIF, .xmp = packet, .sequence = true},
    {.sequence = true, .iloc_version = 2},
    {.xmp = packet, .first_id = 65000},
};

static void blocks_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(recipes); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        struct gls_blocks blocks = {.note = NULL};

        gls_make_heif(&file, &recipes[i]);
        assert_true(gls_container_scan_bytes(&blocks, &gls_heif_container, &file, &error));
        assert_int_equal(blocks.exif.present, recipes[i].exif != NULL);
        assert_int_equal(blocks.xmp.present, recipes[i].xmp != NULL);
        if (blocks.exif.present) {
            assert_int_equal(blocks.exif.bytes.size, sizeof tiff);
            assert_memory_equal(blocks.exif.bytes.data, tiff, sizeof tiff);
        }
        if (blocks.xmp.present)
            assert_string_equal(blocks.xmp.bytes.data, packet);
        assert_null(blocks.note);
        gls_blocks_free(&blocks);
    }
}

static void essence_is_the_coded_items(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(recipes); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        struct gls_ranges ranges = GLS_RANGES_INIT;
        struct gls_input *input = NULL;
        uint64_t total = 0;

        gls_make_heif(&file, &recipes[i]);
        assert_true(gls_input_from_memory(&input, file.data, file.size, "x", &error));
        assert_true(gls_heif_container.essence(&ranges, input, &error));
        gls_ranges_normalize(&ranges, file.size);
        for (size_t j = 0; j < ranges.count; j++)
            total += ranges.items[j].size;
        assert_memory_equal(file.data + ranges.items[0].offset, "coded image data", 16);
        assert_int_equal(total, recipes[i].sequence ? 16 + 12 + 4 + 17 : 16);
        gls_ranges_free(&ranges);
        gls_input_free(input);
    }
}

/* A packet that is packed is one that is there, though it is not read. */
static void a_packed_packet_is_told(void **state)
{
    (void)state;
    for (unsigned packed = 0; packed < 2; packed++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_blocks blocks = {0};
        gls_make_heif(&file, &(struct gls_heif_recipe){.brand = "heic",
                                                       .iloc_version = 1,
                                                       .xmp = "<x/>",
                                                       .packed_xmp = packed != 0});
        assert_true(gls_container_scan_bytes(&blocks, &gls_heif_container, &file, &error));
        assert_int_equal(blocks.xmp.present, packed == 0);
        assert_int_equal(blocks.xmp.is_unread, packed != 0);
        gls_blocks_free(&blocks);
    }
}

/* Every edit of every recipe keeps the property; growing, shrinking, both. */
static void edits_keep_all_else(void **state)
{
    static const size_t sizes[] = {40, 400, 20};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(recipes) * COUNT_OF(sizes); i++) {
        const struct gls_heif_recipe *recipe = &recipes[i / COUNT_OF(sizes)];
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
        gls_make_heif(&file, recipe);
        gls_make_exif(&exif, sizes[i % COUNT_OF(sizes)], 'n');
        gls_make_xmp(&xmp, sizes[i % COUNT_OF(sizes)], 'n');
        for (unsigned which = 1; which < 4; which++) {
            struct gls_error error = GLS_ERROR_INIT;
            struct gls_block_edit edit = {.exif = which & 1 ? &exif : NULL,
                                          .xmp = which & 2 ? &xmp : NULL};
            bool refused;
            const char *problem =
                gls_container_check_bytes(&gls_heif_container, &file, &edit, &refused, &error);
            if (problem != NULL || refused)
                print_message("recipe %zu, edit %u: %s %s\n", i / COUNT_OF(sizes), which,
                              problem != NULL ? problem : "refused", error.message);
            assert_null(problem);
            assert_false(refused);
        }
    }
}

static void apply(struct gls_strbuf *file, const struct gls_strbuf *exif,
                  const struct gls_strbuf *xmp)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_block_edit edit = {.exif = exif, .xmp = xmp};
    struct gls_strbuf out = GLS_STRBUF_INIT;

    if (!gls_container_apply_bytes(&out, &gls_heif_container, file, &edit, &error))
        fail_msg("%s", error.message);
    gls_strbuf_free(file);
    *file = out;
}

static void repeated_edits_do_not_grow(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(recipes); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        size_t most;

        gls_make_heif(&file, &recipes[i]);
        most = file.size + 3 * 600 + 200; /* a packet, an Exif block, the table entries */
        for (unsigned j = 0; j < 60; j++) {
            GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
            GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
            gls_make_exif(&exif, 300 + j * 5, (char)('a' + j % 26));
            gls_make_xmp(&xmp, 600 - j * 7 % 400, (char)('a' + j % 26));
            apply(&file, j % 3 != 1 ? &exif : NULL, j % 3 != 2 ? &xmp : NULL);
            assert_true(file.size <= most);
        }
    }
}

static void a_trailer_stays_last(void **state)
{
    static const struct gls_heif_recipe recipe = {.trailer = true};
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO before = GLS_STRBUF_INIT;
    const size_t trailer = 15 + 28;

    (void)state;
    gls_make_heif(&file, &recipe);
    gls_strbuf_add(&before, file.data + file.size - trailer, trailer);
    gls_make_xmp(&xmp, 500, 'n');
    apply(&file, NULL, &xmp);
    assert_memory_equal(file.data + file.size - trailer, before.data, trailer);
}

/* An item may lie in the trailer, which moves when something is put before it. */
static void items_behind_the_new_place_are_followed(void **state)
{
    static const struct gls_heif_recipe recipe = {.trailer = true};
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
    struct gls_block_edit edit = {.xmp = &xmp};
    const char *movie;
    uint8_t *iloc;

    (void)state;
    gls_make_heif(&file, &recipe);
    gls_make_xmp(&xmp, 500, 'n');
    iloc = memmem(file.data, file.size, "iloc", 4);
    movie = memmem(file.data, file.size, "a movie", 7);
    assert_true(iloc != NULL && movie != NULL);
    gls_put_be32(iloc + 18, (uint32_t)(movie - file.data)); /* of the only extent */
    gls_put_be32(iloc + 22, 7);
    gls_assert_edit(NULL, &gls_heif_container, &file, &edit, GLS_OK);
}

/* Where the new bytes do not fit, the old ones are not left behind. */
static void nothing_stale_stays(void **state)
{
    static const struct gls_heif_recipe recipe = {EXIF, .xmp = packet};
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;

    (void)state;
    gls_make_heif(&file, &recipe);
    gls_make_xmp(&xmp, 500, 'n');
    assert_non_null(memmem(file.data, file.size, "an old packet", 13));
    apply(&file, NULL, &xmp);
    assert_null(memmem(file.data, file.size, "an old packet", 13));
    assert_non_null(memmem(file.data, file.size, "an old Exif block", 17));
}

struct refusal {
    const char *why;
    struct gls_heif_recipe recipe;
    const char *find; /* bytes to change in the made file */
    size_t find_size;
    const char *put;
    const char *append; /* bytes behind the file */
    size_t append_size;
    size_t cut; /* bytes taken off the end */
};

static const struct refusal refusals[] = {
    {"cut off", {.xmp = packet}, NULL, 0, NULL, NULL, 0, 10},
    {"bytes behind", {.xmp = packet}, NULL, 0, NULL, "abc", 3, 0},
    {"no box behind", {.xmp = packet}, NULL, 0, NULL, "\0\0\0\2abcd", 8, 0},
    {"no numbers left", {.first_id = 65535}, NULL, 0, NULL, NULL, 0, 0},
    {"made of other items",
     {.xmp = packet, .iloc_version = 1, .first_id = 7},
     "\0\x08\0\0\0\0",
     6,
     "\0\x08\0\2\0\0",
     NULL,
     0,
     0},
    {"metadata in many extents", {.xmp = packet, .scattered = true}, NULL, 0, NULL, NULL, 0, 0},
    {"no picture handler", {.xmp = packet}, "pict", 4, "vide", NULL, 0, 0},
    {"no primary item", {.xmp = packet}, "pitm", 4, "free", NULL, 0, 0},
    {"auxiliary data of a sequence",
     {.sequence = true, .auxiliary = true},
     NULL,
     0,
     NULL,
     NULL,
     0,
     0},
    {"a fragmented movie", {.xmp = packet}, NULL, 0, NULL, "\0\0\0\x08moof", 8, 0},
};

static void doubtful_files_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        const struct refusal *test = &refusals[i];
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
        struct gls_block_edit edit = {.xmp = &xmp};

        print_message("%s\n", test->why);
        gls_make_heif(&file, &test->recipe);
        gls_make_xmp(&xmp, 100, 'n');
        if (test->find != NULL) {
            char *at = memmem(file.data, file.size, test->find, test->find_size);
            assert_non_null(at);
            memcpy(at, test->put, test->find_size);
        }
        gls_strbuf_add(&file, test->append, test->append_size);
        gls_strbuf_truncate(&file, file.size - test->cut);
        gls_assert_edit(NULL, &gls_heif_container, &file, &edit, GLS_ERROR_UNSUPPORTED);
    }
}

static void offsets_that_do_not_fit_are_refused(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    struct gls_blocks blocks = {.note = NULL};
    char *iloc;

    (void)state;
    gls_make_heif(&file, &(struct gls_heif_recipe){.xmp = packet});
    iloc = memmem(file.data, file.size, "iloc", 4);
    assert_non_null(iloc);
    iloc[4 + 4] = 0x34; /* an offset of three bytes */
    assert_false(gls_container_scan_bytes(&blocks, &gls_heif_container, &file, &error));
    assert_int_equal(error.status, GLS_ERROR_FORMAT);
    gls_blocks_free(&blocks);
}

static const struct gls_named_file corpus_files[] = {
    {"GLS_CORPUS", "elodie.heic"},
    {"GLS_CORPUS", "iphone11pro.heic"},
    {"GLS_CORPUS", "live/IMG_7943.HEIC"},
};

static const struct gls_named_file fixture_files[] = {
    {"GLS_SOURCE_DIR", "fixtures/structures/heic-all.heic"},
    {"GLS_SOURCE_DIR", "fixtures/structures/heic-auxiliary.heic"},
    {"GLS_SOURCE_DIR", "fixtures/structures/heic-grid-idat.heic"},
    {"GLS_SOURCE_DIR", "fixtures/structures/heic-grid.heic"},
    {"GLS_SOURCE_DIR", "fixtures/structures/heic-idat-no-xmp.heic"},
    {"GLS_SOURCE_DIR", "fixtures/structures/heic-idat.heic"},
    {"GLS_SOURCE_DIR", "fixtures/structures/heic-iloc-0-xmp.heic"},
    {"GLS_SOURCE_DIR", "fixtures/structures/heic-iloc-0.heic"},
    {"GLS_SOURCE_DIR", "fixtures/structures/heic-iloc-1.heic"},
    {"GLS_SOURCE_DIR", "fixtures/structures/heic-iloc-2-xmp.heic"},
    {"GLS_SOURCE_DIR", "fixtures/structures/heic-iloc-2.heic"},
    {"GLS_SOURCE_DIR", "fixtures/structures/heic-no-exif.heic"},
    {"GLS_SOURCE_DIR", "fixtures/structures/heic-open-end.heic"},
    {"GLS_SOURCE_DIR", "fixtures/structures/heic-samsung-mpvd.heic"},
    {"GLS_SOURCE_DIR", "fixtures/structures/heic-thumbnail.heic"},
    {"GLS_SOURCE_DIR", "fixtures/structures/avif-thumbnail.avif"},
};

static void camera_files(void **state)
{
    (void)state;
    gls_assert_files(&gls_heif_container, corpus_files, COUNT_OF(corpus_files));
}

static void fixtures(void **state)
{
    (void)state;
    gls_assert_files(&gls_heif_container, fixture_files, COUNT_OF(fixture_files));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_found),
        cmocka_unit_test(essence_is_the_coded_items),
        cmocka_unit_test(a_packed_packet_is_told),
        cmocka_unit_test(edits_keep_all_else),
        cmocka_unit_test(repeated_edits_do_not_grow),
        cmocka_unit_test(a_trailer_stays_last),
        cmocka_unit_test(items_behind_the_new_place_are_followed),
        cmocka_unit_test(nothing_stale_stays),
        cmocka_unit_test(doubtful_files_are_refused),
        cmocka_unit_test(offsets_that_do_not_fit_are_refused),
        cmocka_unit_test(camera_files),
        cmocka_unit_test(fixtures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
