/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "media/gif/gif.h"
#include "tests/support/container_test.h"

/* A GIF is spelled with one letter for each block behind its colour table. */
#define HEAD_87A "GIF87a\1\0\1\0\x80\0\0abcdef"
#define HEAD_89A "GIF89a\1\0\1\0\x80\0\0abcdef"
#define HEAD_SIZE (sizeof HEAD_89A - 1)
#define XMP_HEAD "!\xFF\x0BXMP DataXMP"
#define ADD(out, text) gls_strbuf_add(out, text, sizeof text - 1)

static void add_trailer(struct gls_strbuf *out)
{
    gls_strbuf_add_char(out, 1);
    for (int i = 255; i >= 0; i--)
        gls_strbuf_add_char(out, (char)i);
    gls_strbuf_add_char(out, 0);
}

static void put_letter(struct gls_strbuf *out, char letter)
{
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;

    gls_make_xmp(&xmp, 300, 'o');
    switch (letter) {
    case 'X':
        ADD(out, XMP_HEAD);
        gls_strbuf_add(out, xmp.data, xmp.size);
        add_trailer(out);
        break;
    case 's': /* a packet in ordinary sub-blocks */
        ADD(out, XMP_HEAD);
        gls_strbuf_add_char(out, (char)200);
        gls_strbuf_add(out, xmp.data, 200);
        gls_strbuf_add_char(out, 100);
        gls_strbuf_add(out, xmp.data + 200, 100);
        gls_strbuf_add_char(out, 0);
        break;
    case 'C':
        ADD(out, "!\xFE\5hello\2xy\0");
        break;
    case 'N':
        ADD(out, "!\xFF\x0BNETSCAPE2.0\3\1\0\0\0");
        break;
    case 'G':
        ADD(out, "!\xF9\4\0\0\0\0\0");
        break;
    case 'I': /* with a colour table of its own */
        ADD(out, ",\0\0\0\0\1\0\1\0\x80uvwxyz\2\2D\1\3abc\0");
        break;
    default:
        ADD(out, ";trailer");
    }
}

static void make_gif(struct gls_strbuf *out, const char *head, const char *letters)
{
    gls_strbuf_clear(out);
    gls_strbuf_add(out, head, HEAD_SIZE);
    for (; *letters != '\0'; letters++)
        put_letter(out, *letters);
    assert_false(out->failed);
}

static const struct {
    const char *head;
    const char *before;
    const char *after; /* NULL: refused */
} edit_cases[] = {
    {HEAD_87A, "I;", "XI;"},      {HEAD_89A, "I;", "XI;"},    {HEAD_89A, "NGICGI;", "XNGICGI;"},
    {HEAD_89A, "NXGI;", "NXGI;"}, {HEAD_89A, "GIX;", "GIX;"}, {HEAD_89A, "sGI;", "XGI;"},
    {HEAD_89A, "XXI;", NULL},     {HEAD_89A, "XsI;", NULL},   {HEAD_89A, "XI", NULL},
    {HEAD_89A, "", NULL},
};

/* The file that the table's row stands for, with the new packet. */
static void make_after(struct gls_strbuf *out, const char *letters, const struct gls_strbuf *xmp)
{
    make_gif(out, HEAD_89A, "");
    for (; *letters != '\0'; letters++) {
        if (*letters != 'X') {
            put_letter(out, *letters);
            continue;
        }
        ADD(out, XMP_HEAD);
        gls_strbuf_add(out, xmp->data, xmp->size);
        add_trailer(out);
    }
}

static void test_edits(void **state)
{
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
    struct gls_block_edit edit = {.xmp = &xmp};

    (void)state;
    gls_make_xmp(&xmp, 700, 'n');
    for (size_t i = 0; i < COUNT_OF(edit_cases); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO result = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO wanted = GLS_STRBUF_INIT;
        make_gif(&file, edit_cases[i].head, edit_cases[i].before);
        gls_assert_edit(&result, &gls_gif_container, &file, &edit,
                        edit_cases[i].after == NULL ? GLS_ERROR_UNSUPPORTED : GLS_OK);
        if (edit_cases[i].after == NULL)
            continue;
        make_after(&wanted, edit_cases[i].after, &xmp);
        assert_int_equal(result.size, wanted.size);
        assert_memory_equal(result.data, wanted.data, wanted.size);
    }
}

/* What a GIF cannot hold. */
static void test_refusals(void **state)
{
    static const struct {
        const char *xmp;
        size_t size;
    } cases[] = {{"", 0}, {"<\0x\0", 4}, {"<x/>", 5}};
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;

    (void)state;
    make_gif(&file, HEAD_89A, "I;");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
        gls_strbuf_add(&xmp, cases[i].xmp, cases[i].size);
        gls_assert_edit(NULL, &gls_gif_container, &file, &(struct gls_block_edit){.xmp = &xmp},
                        GLS_ERROR_UNSUPPORTED);
    }
    gls_make_exif(&exif, 50, 'n');
    gls_assert_edit(NULL, &gls_gif_container, &file, &(struct gls_block_edit){.exif = &exif},
                    GLS_ERROR_UNSUPPORTED);
    assert_false(gls_gif_container.can_hold_exif);
}

static void test_scan(void **state)
{
    static const struct {
        const char *letters;
        bool xmp, note;
    } cases[] = {
        {"I;", false, false}, {"NXGI;", true, false}, {"sI;", true, false}, {"GIX;", true, false},
        {"XXI;", true, true}, {"XI", true, true},     {"X", true, true},
    };
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;

    (void)state;
    gls_make_xmp(&xmp, 300, 'o');
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        struct gls_blocks blocks = {0};
        struct gls_error error = GLS_ERROR_INIT;
        make_gif(&file, HEAD_89A, cases[i].letters);
        assert_true(gls_container_scan_bytes(&blocks, &gls_gif_container, &file, &error));
        assert_int_equal(blocks.xmp.present, cases[i].xmp);
        if (blocks.xmp.present)
            assert_string_equal(blocks.xmp.bytes.data, xmp.data);
        assert_int_equal(blocks.note != NULL, cases[i].note);
        gls_blocks_free(&blocks);
    }
}

/* Packets of every length end where they should, whatever a reader that takes
 * them for sub-blocks steps on. */
static void test_every_length(void **state)
{
    (void)state;
    for (size_t size = 1; size < 700; size++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
        make_gif(&file, HEAD_89A, "GI;");
        for (size_t i = 0; i < size; i++)
            gls_strbuf_add_char(&xmp, (char)(1 + (i * size) % 255));
        gls_assert_edit(NULL, &gls_gif_container, &file, &(struct gls_block_edit){.xmp = &xmp},
                        GLS_OK);
    }
}

static void test_every_cut(void **state)
{
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    gls_make_xmp(&xmp, 200, 'n');
    make_gif(&file, HEAD_87A, "NGIXCI;");
    size_t whole = file.size;
    for (size_t size = 0; size < whole; size++) {
        struct gls_blocks blocks = {0};
        file.size = size;
        assert_int_equal(gls_container_scan_bytes(&blocks, &gls_gif_container, &file, &error),
                         size >= 6);
        gls_blocks_free(&blocks);
        gls_assert_edit(NULL, &gls_gif_container, &file, &(struct gls_block_edit){.xmp = &xmp},
                        size < 6           ? GLS_ERROR_FORMAT
                        : size < whole - 7 ? GLS_ERROR_UNSUPPORTED
                                           : GLS_OK);
    }
    file.size = whole;
}

/* All but the version, the XMP and the comments. */
static void test_essence(void **state)
{
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO part = GLS_STRBUF_INIT;
    struct gls_ranges ranges = GLS_RANGES_INIT;
    struct gls_input *input = NULL;
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    make_gif(&file, HEAD_89A, "NXGICGI;");
    assert_true(gls_input_from_memory(&input, file.data, file.size, "memory", &error));
    assert_true(gls_gif_container.essence(&ranges, input, &error));
    assert_int_equal(ranges.count, 3);
    assert_int_equal(ranges.items[0].offset, 6);
    make_gif(&part, HEAD_89A, "N");
    assert_int_equal(ranges.items[0].size, part.size - 6);
    make_gif(&part, HEAD_89A, "NX");
    assert_int_equal(ranges.items[1].offset, part.size);
    make_gif(&part, HEAD_89A, "NXGIC");
    assert_int_equal(ranges.items[2].offset, part.size);
    assert_int_equal(ranges.items[2].size, file.size - part.size);
    gls_ranges_free(&ranges);
    gls_input_free(input);
}

static const struct gls_named_file files[] = {
    {"GLS_SOURCE_DIR", "fixtures/formats/photo.gif"},
    {"GLS_CORPUS", "commons.gif"},
    {"GLS_CORPUS", "xmp-date.gif"},
};

static void test_real_files(void **state)
{
    (void)state;
    gls_assert_files(&gls_gif_container, files, COUNT_OF(files));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scan),       cmocka_unit_test(test_edits),
        cmocka_unit_test(test_refusals),   cmocka_unit_test(test_every_length),
        cmocka_unit_test(test_every_cut),  cmocka_unit_test(test_essence),
        cmocka_unit_test(test_real_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
