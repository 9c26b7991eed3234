/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "media/jpeg/jpeg.h"
#include "tests/support/container_test.h"
#include "tests/support/jpeg_builder.h"

static const struct edit_case {
    const char *before;
    const char *with_xmp;  /* NULL: refused */
    const char *with_exif; /* likewise */
} edit_cases[] = {
    {"S", "XS", "ES"},
    {"JS", "JXS", "JES"},
    {"JES", "JEXS", "JES"},
    {"eS", "eXS", "eS"}, /* the odd byte stays */
    {"EJS", "EXJS", "EJS"},
    {"JQES", "JQEXS", "JQES"},
    {"IS", "XIS", "EIS"},
    {"JXPIQS", "JXPIQS", "JEXPIQS"},
    {"JEPXIS", "JEPXIS", "JEPXIS"},
    {"XES", "XES", "XES"},
    {"FES", "FEXS", "FES"},
    {"FJS", "XFJS", "EFJS"},
    {"TJEFS", "TJEXFS", "TJEFS"},
    /* MPF: what changes its size stands before it, or nothing is done. */
    {"JEMIS", "JEXMIS", "JEMIS"},
    {"MS", "XMS", "EMS"},
    {"JMES", "JXMES", NULL},
    {"JMXS", NULL, "JEMXS"},
    {"JEMXS", NULL, "JEMXS"},
    /* doubtful */
    {"JEES", "JEEXS", NULL},
    {"JXXS", NULL, "JEXXS"},
    {"JEcS", "JEcXS", NULL},
    /* no image data */
    {"JE", NULL, NULL},
    {"", NULL, NULL},
};

/* The MPF header and the images stay as far apart as they were. */
static void check_mpf(const struct gls_strbuf *before, const struct gls_strbuf *after)
{
    const char *a = memmem(before->data, before->size, "MPF", 4);
    const char *b = memmem(after->data, after->size, "MPF", 4);

    if (a == NULL)
        return;
    size_t size = before->size - (size_t)(a - before->data);
    assert_int_equal(size, after->size - (size_t)(b - after->data));
    assert_memory_equal(a, b, 12);
}

static void check_edit(const struct edit_case *row, const struct gls_block_edit *edit,
                       const char *wanted)
{
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO result = GLS_STRBUF_INIT;
    char letters[32];

    jpeg_make(&file, row->before);
    gls_assert_edit(&result, &gls_jpeg_container, &file, edit,
                    wanted == NULL ? GLS_ERROR_UNSUPPORTED : GLS_OK);
    if (wanted == NULL)
        return;
    jpeg_spell(letters, &result);
    assert_string_equal(letters, wanted);
    check_mpf(&file, &result);
}

static void test_edits(void **state)
{
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;

    (void)state;
    gls_make_exif(&exif, 77, 'n');
    gls_make_xmp(&xmp, 400, 'n');
    for (size_t i = 0; i < COUNT_OF(edit_cases); i++) {
        print_message("%s\n", edit_cases[i].before);
        check_edit(&edit_cases[i], &(struct gls_block_edit){.xmp = &xmp}, edit_cases[i].with_xmp);
        check_edit(&edit_cases[i], &(struct gls_block_edit){.exif = &exif},
                   edit_cases[i].with_exif);
    }
}

static void test_same_size_behind_mpf(void **state)
{
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
    static const struct edit_case row = {"JEMXS", "JEMXS", NULL};

    (void)state;
    gls_make_xmp(&xmp, 300, 'n');
    check_edit(&row, &(struct gls_block_edit){.xmp = &xmp}, row.with_xmp);
}

static void test_limits(void **state)
{
    static const struct {
        size_t exif, xmp;
        bool refused;
    } cases[] = {
        {0, 65502, false}, {0, 65503, true},      {65527, 0, false},
        {65528, 0, true},  {65527, 65502, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
        jpeg_make(&file, "JES");
        gls_make_exif(&exif, cases[i].exif, 'n');
        gls_make_xmp(&xmp, cases[i].xmp, 'n');
        struct gls_block_edit edit = {.exif = cases[i].exif > 0 ? &exif : NULL,
                                      .xmp = cases[i].xmp > 0 ? &xmp : NULL};
        gls_assert_edit(NULL, &gls_jpeg_container, &file, &edit,
                        cases[i].refused ? GLS_ERROR_UNSUPPORTED : GLS_OK);
    }
}

static void test_scan(void **state)
{
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
    struct gls_blocks blocks = {0};
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    gls_make_exif(&exif, 50, 'o');
    gls_make_xmp(&xmp, 300, 'o');
    jpeg_make(&file, "FJTePXIQFS");
    assert_true(gls_container_scan_bytes(&blocks, &gls_jpeg_container, &file, &error));
    assert_true(blocks.exif.present && blocks.xmp.present && blocks.iptc.present);
    assert_false(blocks.xmp_extended.present);
    assert_int_equal(blocks.exif.bytes.size, exif.size);
    assert_memory_equal(blocks.exif.bytes.data, exif.data, exif.size);
    assert_int_equal(blocks.xmp.bytes.size, xmp.size);
    assert_memory_equal(blocks.xmp.bytes.data, xmp.data, xmp.size);
    assert_int_equal(blocks.iptc.bytes.size, 5);
    assert_memory_equal(blocks.iptc.bytes.data, "\x1C\2\x37\0\0", 5);
    assert_null(blocks.note);
    gls_blocks_free(&blocks);
}

/* An Exif block with one entry, of the kind that the row says, that points from
 * the TIFF header to the second image behind the first one. */
static void make_anchored(struct gls_strbuf *out, uint16_t type, uint32_t count, int shift)
{
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
    uint8_t entry[12] = {0, 1};
    uint32_t distance;

    gls_make_exif(&exif, 60, 'o');
    gls_put_be16(entry + 2, type);
    gls_put_be32(entry + 4, count);
    gls_strbuf_splice(&exif, 20, 0, entry, sizeof entry);
    jpeg_make(out, "J");
    jpeg_put_segment(out, 0xE1, "Exif\0", 6, &exif);
    size_t base = out->size - exif.size;
    jpeg_put_letter(out, 'S');
    distance = (uint32_t)((int)(out->size - base) + shift);
    uint8_t *value = (uint8_t *)out->data + base + 20 + 8;
    gls_put_be32(value, type == 4 && count > 1 ? 40 : distance);
    gls_put_be32((uint8_t *)out->data + base + 44, distance); /* in an array of longs */
    gls_strbuf_addf(out, "\xFF\xD8\xFF\xDB a preview %1200s", "");
}

static void test_anchored(void **state)
{
    static const struct {
        uint16_t type;
        uint32_t count;
        int shift;
        bool has_offset_preview;
    } cases[] = {
        {4, 1, 0, true},     {7, 1100, 0, true},  {7, 1100, -32, true}, {4, 2, 0, true},
        {7, 1100, 1, false}, {7, 9999, 0, false}, {4, 1, -32, false},   {7, 100, 0, false},
        {3, 1, 0, false},    {4, 2, 5, false},    {4, 1, 99, false},
    };
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO same_exif = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;

    (void)state;
    gls_make_exif(&exif, 200, 'n');
    gls_make_exif(&same_exif, 72, 'n');
    gls_make_xmp(&xmp, 400, 'n');
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO result = GLS_STRBUF_INIT;
        char letters[32];
        make_anchored(&file, cases[i].type, cases[i].count, cases[i].shift);
        struct gls_block_edit edit = {.xmp = &xmp};
        gls_assert_edit(&result, &gls_jpeg_container, &file, &edit, GLS_OK);
        jpeg_spell(letters, &result);
        assert_string_equal(letters, cases[i].has_offset_preview ? "JXES" : "JEXS");
        edit = (struct gls_block_edit){.exif = &exif};
        gls_assert_edit(NULL, &gls_jpeg_container, &file, &edit,
                        cases[i].has_offset_preview ? GLS_ERROR_UNSUPPORTED : GLS_OK);
        edit = (struct gls_block_edit){.exif = &same_exif};
        gls_assert_edit(NULL, &gls_jpeg_container, &file, &edit, GLS_OK);
    }
}

/* Resources that are cut in the middle of the IPTC records. */
/* A head that some software overwrites: it is read, and an edit mends it. */
static void test_xmp_with_overwritten_head(void **state)
{
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO result = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
    struct gls_blocks blocks = {0};
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    jpeg_make(&file, "JEXS");
    char *head = memmem(file.data, file.size, gls_jpeg_xmp_head, sizeof gls_jpeg_xmp_head);
    assert_non_null(head);
    memcpy(head, "XMP", 4);
    assert_true(gls_container_scan_bytes(&blocks, &gls_jpeg_container, &file, &error));
    assert_true(blocks.xmp.present);
    assert_memory_equal(blocks.xmp.bytes.data, head + GLS_JPEG_XMP_HEAD, blocks.xmp.bytes.size);
    gls_blocks_free(&blocks);
    gls_make_xmp(&xmp, 400, 'n');
    const struct gls_block_edit edit = {.xmp = &xmp};
    gls_assert_edit(&result, &gls_jpeg_container, &file, &edit, GLS_OK);
    assert_non_null(memmem(result.data, result.size, gls_jpeg_xmp_head, sizeof gls_jpeg_xmp_head));
    assert_null(memmem(result.data, result.size, "XMP\0:", 5));
}

static void test_iptc_in_pieces(void **state)
{
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    struct gls_blocks blocks = {0};
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    jpeg_make(&file, "J");
    jpeg_put_segment(&file, 0xED,
                     BYTES("Photoshop 3.0\08BIM\4\x25\3abc\0\0\0\1x\08BIM\4\4\0\0\0\0\0\x0Ahello"),
                     NULL);
    jpeg_put_letter(&file, 'I');
    jpeg_put_segment(&file, 0xED, BYTES("Photoshop 3.0\0world8BIM"), NULL);
    jpeg_put_letter(&file, 'S');
    assert_true(gls_container_scan_bytes(&blocks, &gls_jpeg_container, &file, &error));
    assert_true(blocks.iptc.present);
    assert_string_equal(blocks.iptc.bytes.data, "helloworld");
    gls_blocks_free(&blocks);
}

static void test_long_exif(void **state)
{
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO rest = GLS_STRBUF_INIT;
    struct gls_blocks blocks = {0};
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    gls_make_exif(&exif, 65527, 'a');
    gls_make_exif(&rest, 40000, 'b');
    rest.data[0] = 'b';
    jpeg_make(&file, "J");
    jpeg_put_segment(&file, 0xE1, "Exif\0", 6, &exif);
    jpeg_put_segment(&file, 0xE1, "Exif\0", 6, &rest);
    jpeg_put_letter(&file, 'S');
    assert_true(gls_container_scan_bytes(&blocks, &gls_jpeg_container, &file, &error));
    assert_int_equal(blocks.exif.bytes.size, exif.size + rest.size);
    assert_memory_equal(blocks.exif.bytes.data, exif.data, exif.size);
    assert_memory_equal(blocks.exif.bytes.data + exif.size, rest.data, rest.size);
    assert_null(blocks.note);
    gls_blocks_free(&blocks);
}

/* Bytes that belong to no segment: what stands behind them is read, and nothing
 * is written into such a file. */
static void test_junk_between_segments(void **state)
{
    static const char junk[] = "no marker \xFF\0 here";
    static const size_t sizes[] = {1, sizeof junk - 1, 511, 513, 2000, GLS_JPEG_JUNK_MAX + 1};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO more = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
        struct gls_blocks blocks = {0};
        struct gls_error error = GLS_ERROR_INIT;
        while (more.size < sizes[i])
            gls_strbuf_add_char(&more, junk[more.size % (sizeof junk - 1)]);
        gls_make_xmp(&xmp, 300, 'n');
        jpeg_make(&file, "JES");
        const char *exif = memmem(file.data, file.size, "\xFF\xE1", 2);
        assert_non_null(exif);
        gls_strbuf_splice(&file, (size_t)(exif - file.data), 0, more.data, more.size);
        assert_true(gls_container_scan_bytes(&blocks, &gls_jpeg_container, &file, &error));
        assert_int_equal(blocks.exif.present, sizes[i] <= GLS_JPEG_JUNK_MAX);
        assert_non_null(blocks.note);
        gls_blocks_free(&blocks);
        const struct gls_block_edit edit = {.xmp = &xmp};
        gls_assert_edit(NULL, &gls_jpeg_container, &file, &edit, GLS_ERROR_UNSUPPORTED);
    }
}

static void test_broken(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        bool is_jpeg;
    } cases[] = {
        {"", 0, false},
        {"\xFF", 1, false},
        {"GIF89a", 6, false},
        {"\xFF\xD8", 2, true},
        {"\xFF\xD8 text", 7, true},
        {"\xFF\xD8\xFF\xE1", 4, true},
        {"\xFF\xD8\xFF\xE1\0\1", 6, true}, /* a length that does not count itself */
        {"\xFF\xD8\xFF\xE1\0\x09"
         "Exif\0",
         11, true},
        {"\xFF\xD8\xFF\xD9", 4, true},
        {"\xFF\xD8\xFF\xD8\xFF\xDA", 6, true},
        {"\xFF\xD8\xFF\0", 4, true},
        {"\xFF\xD8\xFF\xFF\xFF\xFF", 6, true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
        struct gls_blocks blocks = {0};
        struct gls_error error = GLS_ERROR_INIT;
        gls_strbuf_add(&file, cases[i].bytes, cases[i].size);
        gls_make_xmp(&xmp, 200, 'n');
        assert_int_equal(gls_container_scan_bytes(&blocks, &gls_jpeg_container, &file, &error),
                         cases[i].is_jpeg);
        if (cases[i].is_jpeg)
            assert_non_null(blocks.note);
        else
            assert_int_equal(error.status, GLS_ERROR_FORMAT);
        gls_blocks_free(&blocks);
        gls_assert_edit(NULL, &gls_jpeg_container, &file, &(struct gls_block_edit){.xmp = &xmp},
                        cases[i].is_jpeg ? GLS_ERROR_UNSUPPORTED : GLS_ERROR_FORMAT);
    }
}

static bool ends_early(const struct gls_strbuf *file)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    bool early = false;

    assert_true(gls_input_from_memory(&input, file->data, file->size, "a.jpg", &error));
    assert_true(gls_jpeg_container.ends_early(&early, input, &error));
    gls_input_free(input);
    return early;
}

/* The end of the image is found wherever it is, and between two reads too. */
static void test_end_before_a_trailer(void **state)
{
    (void)state;
    for (size_t data = 16370; data < 16400; data++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        jpeg_make(&file, "JES");
        file.size =
            (size_t)((char *)memmem(file.data + 2, file.size - 2, "\xff\xd9", 2) - file.data);
        memset(gls_strbuf_reserve(&file, data + 20000), 0xD9, data + 20000);
        file.size += data;
        assert_true(ends_early(&file));
        gls_strbuf_add(&file, "\xff\xd9", 2);
        assert_false(ends_early(&file));
        memset(gls_strbuf_reserve(&file, 10000), 0xD9, 10000);
        file.size += 10000;
        assert_false(ends_early(&file));
    }
}

/* What comes before the cut is read, whatever is cut; no cut is edited unsafely. */
static void test_every_cut(void **state)
{
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
    size_t whole, sos, end;

    (void)state;
    jpeg_make(&file, "JEPXIMQ");
    sos = file.size;
    jpeg_make(&file, "JEPXIMQS");
    whole = file.size;
    end = sos;
    while (memcmp(file.data + end, "\xff\xd9", 2) != 0)
        end++;
    end += 2; /* behind EOI: what follows is a trailer */
    gls_make_xmp(&xmp, 200, 'n');
    for (size_t size = 2; size < whole; size++) {
        struct gls_blocks blocks = {0};
        struct gls_error error = GLS_ERROR_INIT;
        file.size = size;
        assert_true(gls_container_scan_bytes(&blocks, &gls_jpeg_container, &file, &error));
        assert_int_equal(blocks.note != NULL, size < sos + 2);
        assert_int_equal(ends_early(&file), size >= sos + 2 && size < end);
        assert_int_equal(blocks.exif.present, size >= 2 + 18 + 60);
        gls_blocks_free(&blocks);
        gls_assert_edit(NULL, &gls_jpeg_container, &file, &(struct gls_block_edit){.xmp = &xmp},
                        size < sos + 2 ? GLS_ERROR_UNSUPPORTED : GLS_OK);
    }
    file.size = whole;
}

static void test_essence(void **state)
{
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    struct gls_ranges ranges = GLS_RANGES_INIT;
    struct gls_input *input = NULL;
    struct gls_error error = GLS_ERROR_INIT;
    size_t sos;

    (void)state;
    jpeg_make(&file, "JEXQF");
    sos = file.size;
    jpeg_make(&file, "JEXQFS");
    assert_true(gls_input_from_memory(&input, file.data, file.size, "memory", &error));
    assert_true(gls_jpeg_container.essence(&ranges, input, &error));
    assert_int_equal(ranges.count, 1);
    assert_int_equal(ranges.items[0].offset, sos);
    assert_int_equal(ranges.items[0].size, file.size - sos);
    gls_ranges_free(&ranges);
    gls_input_free(input);
}

static const struct gls_named_file files[] = {
    {"GLS_SOURCE_DIR", "fixtures/formats/photo.jpg"},
    {"GLS_SOURCE_DIR", "fixtures/formats/sidecar-xmp.jpg"},
    {"GLS_CORPUS", "apple-gainmap.jpg"},
    {"GLS_CORPUS", "goexif-sample1.jpg"},
    {"GLS_CORPUS", "mongolia.jpeg"},
    {"GLS_CORPUS", "exifr-47.jpeg"},
    {"GLS_CORPUS", "misnamed-jpeg.nef"},
    {"GLS_CORPUS", "motion/samsung-motion.jpg"},
    {"GLS_CORPUS", "elodie/with-album-and-title-and-location.jpg"},
    {"GLS_CORPUS", "elodie/with-original-name.jpg"},
    {"GLS_CORPUS", "elodie/with-null-coordinates.jpg"},
    {"GLS_CORPUS", "edge/date_error.JPG"},
    {"GLS_CORPUS", "edge/before_epoch.jpg"},
    {"GLS_CORPUS", "tz/Kathmandu.jpg"},
    {"GLS_CORPUS", "tz/NewYork.jpg"},
    {"GLS_CORPUS", "tz/Unknown.jpg"},
};

static void test_real_files(void **state)
{
    (void)state;
    gls_assert_files(&gls_jpeg_container, files, COUNT_OF(files));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scan),           cmocka_unit_test(test_xmp_with_overwritten_head),
        cmocka_unit_test(test_iptc_in_pieces), cmocka_unit_test(test_long_exif),
        cmocka_unit_test(test_edits),          cmocka_unit_test(test_same_size_behind_mpf),
        cmocka_unit_test(test_anchored),       cmocka_unit_test(test_limits),
        cmocka_unit_test(test_broken),         cmocka_unit_test(test_junk_between_segments),
        cmocka_unit_test(test_every_cut),      cmocka_unit_test(test_end_before_a_trailer),
        cmocka_unit_test(test_essence),        cmocka_unit_test(test_real_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
