/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "media/riff/webp.h"
#include "tests/support/container_test.h"

/* A WebP is spelled with one letter for each chunk. */
static void put_chunk(struct gls_strbuf *out, const char *type, const void *data, size_t size)
{
    uint8_t number[4];

    gls_put_le32(number, (uint32_t)size);
    gls_strbuf_add(out, type, 4);
    gls_strbuf_add(out, number, sizeof number);
    gls_strbuf_add(out, data, size);
    if (size & 1)
        gls_strbuf_add_char(out, '\0');
}

#define BYTES(text) text, sizeof text - 1

static const struct {
    char letter;
    const char *type;
    const char *bytes;
    size_t size;
} chunks[] = {
    {'v', "VP8 ", BYTES("\x10\2\0\x9D\1\x2A\x2C\1\xC8\0coded")}, /* 300 x 200 */
    {'l', "VP8L", BYTES("\x2F\x2B\xC1\x31\0coded")},             /* 300 x 200 */
    {'t', "VP8L",
     BYTES("\x2F\x2B\xC1\x31\x10"
           "coded")}, /* the same, with alpha */
    {'n', "VP8 ", BYTES("")},
    {'b', "VP8 ", BYTES("no start code")},
    {'0', "VP8X", BYTES("\0\0\0\0\x2B\1\0\xC7\0\0")},   /* no flags */
    {'2', "VP8X", BYTES("\x3C\0\0\0\x2B\1\0\xC7\0\0")}, /* ICC, alpha, EXIF, XMP */
    {'!', "VP8X", BYTES("\0\0\0\0")},                   /* too short */
    {'I', "ICCP", BYTES("icc")},
    {'a', "ALPH", BYTES("alpha")},
    {'A', "ANIM", BYTES("\0\0\0\0\0\0")},
    {'F', "ANMF", BYTES("frame")},
    {'U', "UNKN", BYTES("x")},
};

static void put_letter(struct gls_strbuf *out, char letter)
{
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;

    gls_make_exif(&exif, 51, 'o');
    gls_make_xmp(&xmp, 301, 'o');
    for (size_t i = 0; i < COUNT_OF(chunks); i++)
        if (chunks[i].letter == letter)
            put_chunk(out, chunks[i].type, chunks[i].bytes, chunks[i].size);
    if (letter == 'e') /* with the prefix of a JPEG segment */
        gls_strbuf_splice(&exif, 0, 0, "Exif\0", 6);
    if (letter == 'E' || letter == 'e')
        put_chunk(out, "EXIF", exif.data, exif.size);
    else if (letter == 'X')
        put_chunk(out, "XMP ", xmp.data, xmp.size);
    else if (letter == 'Z') /* as some writers had it */
        put_chunk(out, "XMP\0", xmp.data, xmp.size);
}

/* Behind a '.' stands what the RIFF size does not count. */
static void make_webp(struct gls_strbuf *out, const char *letters)
{
    gls_strbuf_clear(out);
    gls_strbuf_add(out, "RIFF\0\0\0\0WEBP", 12);
    for (; *letters != '\0' && *letters != '.'; letters++)
        put_letter(out, *letters);
    assert_false(out->failed);
    gls_put_le32((uint8_t *)out->data + 4, (uint32_t)out->size - 8);
    if (*letters == '.')
        gls_strbuf_add_str(out, "trailer");
}

/* The inverse; VP8X is its flags, as a capital letter less than 'Z' cannot be. */
static void spell_webp(char *out, const struct gls_strbuf *file)
{
    static const struct {
        const char *type;
        char letter;
    } types[] = {{"VP8 ", 'v'}, {"VP8L", 'l'}, {"VP8X", '#'}, {"ICCP", 'I'}, {"ALPH", 'a'},
                 {"ANIM", 'A'}, {"ANMF", 'F'}, {"EXIF", 'E'}, {"XMP ", 'X'}, {"UNKN", 'U'}};
    const uint8_t *bytes = (const uint8_t *)file->data;
    size_t end = 8 + (size_t)gls_le32(bytes + 4);

    for (size_t at = 12; at < end; at += 8 + ((gls_le32(bytes + at + 4) + 1u) & ~1u)) {
        *out = '?';
        for (size_t i = 0; i < COUNT_OF(types); i++)
            if (memcmp(bytes + at, types[i].type, 4) == 0)
                *out = types[i].letter;
        out++;
    }
    if (file->size > end)
        *out++ = '.';
    *out = '\0';
}

static const struct edit_case {
    const char *before;
    const char *with_xmp; /* NULL: refused; # is VP8X */
    int xmp_flags;
    const char *with_exif; /* likewise */
    int exif_flags;
} edit_cases[] = {
    {"v", "#vX", 0x04, "#vE", 0x08},
    {"l", "#lX", 0x04, "#lE", 0x08},
    {"t", "#lX", 0x14, "#lE", 0x18},
    {"vU.", "#vUX.", 0x04, "#vUE.", 0x08},
    {"0v", "#vX", 0x04, "#vE", 0x08},
    {"2IavEX", "#IavEX", 0x3C, "#IavEX", 0x3C},
    {"2IavEXU.", "#IavEXU.", 0x3C, "#IavEXU.", 0x3C},
    {"0veX", "#vEX", 0x04, "#vEX", 0x08},
    {"0vXU", "#vXU", 0x04, "#vEXU", 0x08},
    {"0vZ", "#vX", 0x04, "#vE?", 0x08},
    {"0AFFE", "#AFFEX", 0x04, "#AFFE", 0x08},
    {"0XvE", "#XvE", 0x04, "#XvE", 0x08},
    {"0Xv", "#Xv", 0x04, "#XvE", 0x08},
    {"vE", "#vEX", 0x04, "#vE", 0x08}, /* metadata, but no VP8X */
    /* doubtful */
    {"av", NULL, 0, NULL, 0},
    {"v0", NULL, 0, NULL, 0},
    {"!v", NULL, 0, NULL, 0},
    {"Uv", NULL, 0, NULL, 0},
    {"b", NULL, 0, NULL, 0},
    {"0", NULL, 0, NULL, 0},
    {"0n", NULL, 0, NULL, 0},
    {"0vXX", NULL, 0, NULL, 0},
    {"0vEE", NULL, 0, NULL, 0},
};

static void check_edit(const char *before, const struct gls_block_edit *edit, const char *wanted,
                       int flags)
{
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO result = GLS_STRBUF_INIT;
    char letters[32];

    print_message("%s\n", before);
    make_webp(&file, before);
    gls_assert_edit(&result, &gls_webp_container, &file, edit,
                    wanted == NULL ? GLS_ERROR_UNSUPPORTED : GLS_OK);
    if (wanted == NULL)
        return;
    spell_webp(letters, &result);
    assert_string_equal(letters, wanted);
    const uint8_t *extended = (const uint8_t *)result.data + 12;
    assert_int_equal(extended[8], flags);
    assert_memory_equal(extended + 12, "\x2B\1\0\xC7\0\0", 6); /* 300 x 200, less one each */
    assert_int_equal(result.size & 1, wanted[strlen(wanted) - 1] == '.');
}

static void test_edits(void **state)
{
    (void)state;
    for (size_t size = 77; size < 79; size++) { /* with padding and without */
        GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
        gls_make_exif(&exif, size, 'n');
        gls_make_xmp(&xmp, size + 300, 'n');
        for (size_t i = 0; i < COUNT_OF(edit_cases); i++) {
            const struct edit_case *row = &edit_cases[i];
            check_edit(row->before, &(struct gls_block_edit){.xmp = &xmp}, row->with_xmp,
                       row->xmp_flags);
            check_edit(row->before, &(struct gls_block_edit){.exif = &exif}, row->with_exif,
                       row->exif_flags);
        }
        check_edit("v", &(struct gls_block_edit){.exif = &exif, .xmp = &xmp}, "#vEX", 0x0C);
        check_edit("0vXU", &(struct gls_block_edit){.exif = &exif, .xmp = &xmp}, "#vEXU", 0x0C);
    }
}

/* The prefix that some writers put before the TIFF header stays where it is. */
static void test_prefix(void **state)
{
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO result = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    gls_make_exif(&exif, 80, 'n');
    make_webp(&file, "0ve");
    assert_true(gls_container_apply_bytes(&result, &gls_webp_container, &file,
                                          &(struct gls_block_edit){.exif = &exif}, &error));
    const char *found = memmem(result.data, result.size, "EXIF\x56\0\0\0Exif\0\0MM", 16);
    assert_non_null(found);
    assert_memory_equal(found + 14, exif.data, exif.size);
}

static void test_scan(void **state)
{
    static const struct {
        const char *letters;
        bool exif, xmp, note;
    } cases[] = {
        {"v", false, false, false}, {"0vEX", true, true, false}, {"0veZ", true, true, false},
        {"XvE", true, true, false}, {"0vEEX", true, true, true}, {"0vXU.", false, true, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
        struct gls_blocks blocks = {0};
        struct gls_error error = GLS_ERROR_INIT;
        gls_make_exif(&exif, 51, 'o');
        gls_make_xmp(&xmp, 301, 'o');
        make_webp(&file, cases[i].letters);
        assert_true(gls_container_scan_bytes(&blocks, &gls_webp_container, &file, &error));
        assert_int_equal(blocks.exif.present, cases[i].exif);
        assert_int_equal(blocks.xmp.present, cases[i].xmp);
        assert_int_equal(blocks.note != NULL, cases[i].note);
        if (cases[i].exif) {
            assert_int_equal(blocks.exif.bytes.size, exif.size);
            assert_memory_equal(blocks.exif.bytes.data, exif.data, exif.size);
        }
        if (cases[i].xmp)
            assert_string_equal(blocks.xmp.bytes.data, xmp.data);
        gls_blocks_free(&blocks);
    }
}

static void test_every_cut(void **state)
{
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    gls_make_xmp(&xmp, 200, 'n');
    make_webp(&file, "2IavEX");
    size_t whole = file.size;
    for (size_t size = 0; size < whole; size++) {
        struct gls_blocks blocks = {0};
        file.size = size;
        assert_int_equal(gls_container_scan_bytes(&blocks, &gls_webp_container, &file, &error),
                         size >= 12);
        assert_int_equal(blocks.note != NULL, size >= 12);
        gls_blocks_free(&blocks);
        gls_assert_edit(NULL, &gls_webp_container, &file, &(struct gls_block_edit){.xmp = &xmp},
                        size < 12 ? GLS_ERROR_FORMAT : GLS_ERROR_UNSUPPORTED);
    }
    file.size = whole;
}

/* A RIFF size that says less or more than there is. */
static void test_riff_size(void **state)
{
    static const struct {
        int difference;
        bool refused;
    } cases[] = {{0, false}, {-1, true}, {1, true}, {-2, true}, {1000, true}, {-8, true}};
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;

    (void)state;
    gls_make_xmp(&xmp, 200, 'n');
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        make_webp(&file, "0vE");
        gls_put_le32((uint8_t *)file.data + 4,
                     (uint32_t)((int)file.size - 8 + cases[i].difference));
        gls_assert_edit(NULL, &gls_webp_container, &file, &(struct gls_block_edit){.xmp = &xmp},
                        cases[i].refused ? GLS_ERROR_UNSUPPORTED : GLS_OK);
    }
}

static void test_essence(void **state)
{
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    struct gls_ranges ranges = GLS_RANGES_INIT;
    struct gls_input *input = NULL;
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    make_webp(&file, "2IavEX");
    assert_true(gls_input_from_memory(&input, file.data, file.size, "memory", &error));
    assert_true(gls_webp_container.essence(&ranges, input, &error));
    assert_int_equal(ranges.count, 2);
    assert_memory_equal(file.data + ranges.items[0].offset, "alpha", 5);
    assert_int_equal(ranges.items[0].size, 5);
    assert_memory_equal(file.data + ranges.items[1].offset, "\x10\2\0\x9D", 4);
    assert_int_equal(ranges.items[1].size, 15);
    gls_ranges_free(&ranges);
    gls_input_free(input);
}

static void test_real_files(void **state)
{
    static const struct gls_named_file file = {"GLS_SOURCE_DIR", "fixtures/formats/photo.webp"};

    (void)state;
    gls_assert_files(&gls_webp_container, &file, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scan),       cmocka_unit_test(test_edits),
        cmocka_unit_test(test_prefix),     cmocka_unit_test(test_every_cut),
        cmocka_unit_test(test_riff_size),  cmocka_unit_test(test_essence),
        cmocka_unit_test(test_real_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
