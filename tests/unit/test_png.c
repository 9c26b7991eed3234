/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <zlib.h>

#include "media/png/png.h"
#include "tests/support/container_test.h"

/* A PNG is spelled with one letter for each chunk. */
static void put_chunk(struct gls_strbuf *out, const char *type, const void *data, size_t size)
{
    uint8_t number[4];

    gls_put_be32(number, (uint32_t)size);
    gls_strbuf_add(out, number, sizeof number);
    gls_strbuf_add(out, type, 4);
    gls_strbuf_add(out, data, size);
    uLong crc = crc32(0, (const Bytef *)out->data + out->size - size - 4, (uInt)(size + 4));
    gls_put_be32(number, (uint32_t)crc);
    gls_strbuf_add(out, number, sizeof number);
}

static void put_text(struct gls_strbuf *out, const char *type, const void *head, size_t head_size,
                     const struct gls_strbuf *text)
{
    GLS_STRBUF_AUTO data = GLS_STRBUF_INIT;

    gls_strbuf_add(&data, head, head_size);
    gls_strbuf_add(&data, text->data, text->size);
    put_chunk(out, type, data.data, data.size);
}

static void pack(struct gls_strbuf *text)
{
    uLongf size = compressBound(text->size);
    uint8_t *packed = malloc(size);

    assert_non_null(packed);
    assert_int_equal(compress(packed, &size, (const Bytef *)text->data, text->size), Z_OK);
    gls_strbuf_clear(text);
    gls_strbuf_add(text, packed, size);
    free(packed);
}

/* "\nNAME\n    SIZE\n" and hex in lines of 72, as ImageMagick has it. */
static void make_profile(struct gls_strbuf *out, const char *name, const char *head,
                         size_t head_size, const struct gls_strbuf *block)
{
    gls_strbuf_addf(out, "\n%s\n%8zu\n", name, head_size + block->size);
    for (size_t i = 0; i < head_size + block->size; i++) {
        char byte = i < head_size ? head[i] : block->data[i - head_size];
        gls_strbuf_addf(out, "%02x%s", (unsigned)(uint8_t)byte, i % 36 == 35 ? "\n" : "");
    }
    gls_strbuf_add_char(out, '\n');
}

static void put_profile(struct gls_strbuf *out, char letter, const struct gls_strbuf *exif,
                        const struct gls_strbuf *xmp)
{
    static const char exif_key[] = "Raw profile type exif\0"; /* and the method */
    static const char app1_key[] = "Raw profile type APP1";
    static const char iptc_key[] = "Raw profile type iptc";
    static const char xmp_key[] = "Raw profile type xmp";
    static const char resources[] = "8BIM\4\4\0\0\0\0\0\5\x1C\2\x37\0\0";
    const struct gls_strbuf none = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;

    if (letter == 'L') {
        make_profile(&text, "exif", "Exif\0", 6, exif);
        pack(&text);
        put_text(out, "zTXt", exif_key, sizeof exif_key, &text);
    } else if (letter == 'A') {
        make_profile(&text, "generic", "http://ns.adobe.com/xap/1.0/", 29, xmp);
        put_text(out, "tEXt", app1_key, sizeof app1_key, &text);
    } else if (letter == 'B') {
        make_profile(&text, "APP1", "Exif\0", 6, exif);
        put_text(out, "tEXt", app1_key, sizeof app1_key, &text);
    } else if (letter == 'Y') {
        make_profile(&text, "xmp", "", 0, xmp);
        put_text(out, "tEXt", xmp_key, sizeof xmp_key, &text);
    } else {
        make_profile(&text, "IPTC profile", resources, sizeof resources - 1, &none);
        put_text(out, "tEXt", iptc_key, sizeof iptc_key, &text);
    }
}

#define BYTES(text) text, sizeof text - 1

static const struct {
    char letter;
    const char *type;
    const char *bytes;
    size_t size;
} chunks[] = {
    {'H', "IHDR", BYTES("\0\0\0\1\0\0\0\1\x08\0\0\0\0")},
    {'P', "PLTE", BYTES("abc")},
    {'S', "tRNS", BYTES("\0\0")},
    {'D', "IDAT", BYTES("coded data")},
    {'f', "fdAT", BYTES("\0\0\0\1coded")},
    {'a', "acTL", BYTES("\0\0\0\2\0\0\0\0")},
    {'F', "fcTL", BYTES("\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\0\0\1\0\1\0\0")},
    {'T', "tEXt", BYTES("Title\0Caf\xE9")},
    {'C', "iTXt",
     BYTES("Creation Time\0\0\0\0\0"
           "2015-01-18 12:01:01")},
    {'c', "tEXt",
     BYTES("create-date\0"
           "2014-01-18T12:01:01")},
    {'b', "tEXt",
     BYTES("Creation Time\0"
           "\7\xDE\n\x14\r2\x10")}, /* a tIME in the wrong place */
    {'G', "tEXt",
     BYTES("date:create\0"
           "2011-01-18T12:01:01")}, /* the time of a file */
    {'M', "tIME", BYTES("\x07\xDF\1\x12\x0C\1\2")},
    {'N', "IEND", BYTES("")},
};

static void put_letter(struct gls_strbuf *out, char letter)
{
    static const char bare[] = "XML:com.adobe.xmp\0\0\0de\0\xC3\xA9"; /* and a NUL */
    static const char packed[] = "XML:com.adobe.xmp\0\1\0\0";         /* and a NUL */
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;

    gls_make_exif(&exif, 50, letter == 'o' ? 'p' : 'o');
    gls_make_xmp(&xmp, 300, 'o');
    for (size_t i = 0; i < COUNT_OF(chunks); i++)
        if (chunks[i].letter == letter)
            put_chunk(out, chunks[i].type, chunks[i].bytes, chunks[i].size);
    if (letter == 'E' || letter == 'o') { /* o: of another content */
        put_chunk(out, "eXIf", exif.data, exif.size);
    } else if (letter == 'X' || letter == 'K') {
        put_text(out, "iTXt", bare, sizeof bare, &xmp);
        if (letter == 'K') /* damaged */
            out->data[out->size - 1] = (char)(out->data[out->size - 1] ^ 1);
    } else if (letter == 'Z') {
        pack(&xmp);
        put_text(out, "iTXt", packed, sizeof packed, &xmp);
    } else if (strchr("LABYR", letter) != NULL) {
        put_profile(out, letter, &exif, &xmp);
    }
}

static void make_png(struct gls_strbuf *out, const char *letters)
{
    gls_strbuf_clear(out);
    gls_strbuf_add(out, "\x89PNG\r\n\x1A\n", 8);
    for (; *letters != '\0'; letters++)
        put_letter(out, *letters);
    assert_false(out->failed);
}

static void spell_png(char *out, const struct gls_strbuf *file)
{
    static const struct {
        const char *bytes;
        char letter;
    } kinds[] = {
        {"IHDR", 'H'},
        {"PLTE", 'P'},
        {"tRNS", 'S'},
        {"IDAT", 'D'},
        {"fdAT", 'f'},
        {"acTL", 'a'},
        {"fcTL", 'F'},
        {"eXIf", 'E'},
        {"iTXtXML:", 'X'},
        {"tEXtTitle", 'T'},
        {"iTXtCrea", 'C'},
        {"tEXtcreate-date", 'c'},
        {"tIME", 'M'},
        {"IEND", 'N'},
        {"zTXtRaw", 'L'},
        {"tEXtRaw profile type APP1", 'A'},
        {"tEXtdate", 'G'},
        {"tEXtRaw profile type xmp", 'Y'},
        {"tEXtRaw profile type iptc", 'R'},
    };

    for (size_t at = 8; at < file->size; at += gls_be32((uint8_t *)file->data + at) + 12) {
        *out = '?';
        for (size_t i = 0; i < COUNT_OF(kinds); i++)
            if (strncmp(file->data + at + 4, kinds[i].bytes, strlen(kinds[i].bytes)) == 0)
                *out = kinds[i].letter;
        out++;
    }
    *out = '\0';
}

static const struct {
    const char *before;
    const char *with_xmp;  /* NULL: refused */
    const char *with_exif; /* likewise */
} edit_cases[] = {
    {"HDN", "HXDN", "HEDN"},
    {"HPSTDDN", "HPSTXDDN", "HPSTEDDN"},
    {"HXDEN", "HXDEN", "HXDEN"},
    {"HZPDN", "HXPDN", "HXPEDN"},
    {"HDXEN", "HDXEN", "HDXEN"},
    {"HDfTN", "HXDfTN", "HEDfTN"},
    /* before an animation's control chunks: none may part a frame from its own */
    {"HPaFDFfN", "HPXaFDFfN", "HPEaFDFfN"},
    {"HaDFfN", "HXaDFfN", "HEaDFfN"},
    /* raw profiles: changed into chunks of their own, or no longer there */
    {"HLDN", "HLXDN", "HEDN"},
    {"HDLN", "HXDLN", "HDEN"},
    {"HELDN", "HELXDN", "HEDN"},
    {"HoLDN", "HELXDN", NULL}, /* they contradict each other */
    {"HBDN", "HAXDN", "HEDN"},
    {"HLBDN", "HLAXDN", NULL},
    {"HADN", "HXDN", "HAEDN"},
    {"HYRDN", "HXRDN", "HYREDN"},
    {"HXYDN", "HXDN", "HXYEDN"},
    /* doubtful */
    {"HXXDN", NULL, "HXXEDN"},
    {"HEEDN", "HEEXDN", NULL},
    {"HKDN", NULL, "HXEDN"},
    {"HN", NULL, NULL},
    {"HD", NULL, NULL},
    {"PHDN", NULL, NULL},
    {"", NULL, NULL},
};

static void check_edit(const char *before, const struct gls_block_edit *edit, const char *wanted)
{
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO result = GLS_STRBUF_INIT;
    char letters[32];

    print_message("%s\n", before);
    make_png(&file, before);
    gls_assert_edit(&result, &gls_png_container, &file, edit,
                    wanted == NULL ? GLS_ERROR_UNSUPPORTED : GLS_OK);
    if (wanted == NULL)
        return;
    spell_png(letters, &result);
    assert_string_equal(letters, wanted);
}

static void test_edits(void **state)
{
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;

    (void)state;
    gls_make_exif(&exif, 77, 'n');
    gls_make_xmp(&xmp, 400, 'n');
    for (size_t i = 0; i < COUNT_OF(edit_cases); i++) {
        check_edit(edit_cases[i].before, &(struct gls_block_edit){.xmp = &xmp},
                   edit_cases[i].with_xmp);
        check_edit(edit_cases[i].before, &(struct gls_block_edit){.exif = &exif},
                   edit_cases[i].with_exif);
    }
    check_edit("HPDN", &(struct gls_block_edit){.exif = &exif, .xmp = &xmp}, "HPEXDN");
    check_edit("HLYDXTN", &(struct gls_block_edit){.exif = &exif, .xmp = &xmp}, "HEDXTN");
}

static const struct {
    const char *letters;
    bool exif, xmp, iptc, note;
    const char *title;
    const char *date;
    const char *source;
} scan_cases[] = {
    {"HDN", false, false, false, false, NULL, NULL, NULL},
    {"HEXDN", true, true, false, false, NULL, NULL, NULL},
    {"HDEZN", true, true, false, false, NULL, NULL, NULL},
    {"HLDN", true, false, false, false, NULL, NULL, NULL},
    {"HBARDN", true, true, true, false, NULL, NULL, NULL},
    {"HYDN", false, true, false, false, NULL, NULL, NULL},
    {"HKYDN", false, true, false, true, NULL, NULL, NULL}, /* damaged: shown, with a note */
    {"HEX", true, true, false, true, NULL, NULL, NULL},    /* cut */
    {"HTDN", false, false, false, false, "Caf\xC3\xA9", NULL, NULL},
    {"HMGcCDN", false, false, false, false, NULL, "2015-01-18 12:01:01", "PNG.tEXt.Creation Time"},
    {"HMGcDN", false, false, false, false, NULL, "2014-01-18T12:01:01", "PNG.tEXt.create-date"},
    {"HbMDN", false, false, false, false, NULL, "2015-01-18T12:01:02Z", "PNG.tIME"},
    {"HbDN", false, false, false, false, NULL, NULL, NULL},
    {"HGMDN", false, false, false, false, NULL, "2015-01-18T12:01:02Z", "PNG.tIME"},
    {"HGDN", false, false, false, false, NULL, NULL, NULL},
};

static void check_text(const char *text, const char *wanted)
{
    if (wanted == NULL)
        assert_null(text);
    else
        assert_string_equal(text, wanted);
}

static void test_scan(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(scan_cases); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
        struct gls_blocks blocks = {0};
        struct gls_error error = GLS_ERROR_INIT;
        make_png(&file, scan_cases[i].letters);
        gls_make_exif(&exif, 50, 'o');
        gls_make_xmp(&xmp, 300, 'o');
        assert_true(gls_container_scan_bytes(&blocks, &gls_png_container, &file, &error));
        assert_int_equal(blocks.exif.present, scan_cases[i].exif);
        assert_int_equal(blocks.xmp.present, scan_cases[i].xmp);
        assert_int_equal(blocks.iptc.present, scan_cases[i].iptc);
        assert_int_equal(blocks.note != NULL, scan_cases[i].note);
        if (blocks.exif.present)
            assert_memory_equal(blocks.exif.bytes.data, exif.data, exif.size);
        if (blocks.xmp.present)
            assert_string_equal(blocks.xmp.bytes.data, xmp.data);
        if (blocks.iptc.present)
            assert_memory_equal(blocks.iptc.bytes.data, "\x1C\2\x37\0\0", 5);
        check_text(blocks.text_title, scan_cases[i].title);
        check_text(blocks.text_date, scan_cases[i].date);
        check_text(blocks.text_date_source, scan_cases[i].source);
        assert_int_equal(blocks.text_date_is_utc && blocks.text_date != NULL,
                         scan_cases[i].source != NULL &&
                             strcmp(scan_cases[i].source, "PNG.tIME") == 0);
        gls_blocks_free(&blocks);
    }
}

/* A packed text that unpacks to more than a block may hold. */
static void test_bomb(void **state)
{
    static const char head[] = "XML:com.adobe.xmp\0\1\0\0"; /* and a NUL */
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    struct gls_blocks blocks = {0};
    struct gls_error error = GLS_ERROR_INIT;
    char *zeros = gls_strbuf_reserve(&text, GLS_BLOCK_MAX + 1);

    (void)state;
    assert_non_null(zeros);
    memset(zeros, 0, GLS_BLOCK_MAX + 1);
    text.size = GLS_BLOCK_MAX + 1;
    pack(&text);
    make_png(&file, "H");
    for (int i = 0; i < 100; i++)
        put_text(&file, "iTXt", head, sizeof head, &text);
    put_letter(&file, 'D');
    put_letter(&file, 'N');
    assert_true(gls_container_scan_bytes(&blocks, &gls_png_container, &file, &error));
    assert_false(blocks.xmp.present);
    assert_non_null(blocks.note);
    gls_blocks_free(&blocks);
}

static void test_broken(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        bool is_png;
    } cases[] = {
        {"", 0, false},
        {"\x89PNG\r\n\x1A", 7, false},
        {"\x89PNG\r\n\x1A\n", 8, true},
        {"\x89PNG\r\n\x1A\n\xFF\xFF\xFF\xFFIHDR", 16, true},
        {"\x89PNG\r\n\x1A\n\0\0\0\0\0\0\0\0\0\0\0\0", 20, true},
        {"\x89PNG\r\n\x1A\n\0\0\0\1IDATx", 17, true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        struct gls_blocks blocks = {0};
        struct gls_error error = GLS_ERROR_INIT;
        gls_strbuf_add(&file, cases[i].bytes, cases[i].size);
        assert_int_equal(gls_container_scan_bytes(&blocks, &gls_png_container, &file, &error),
                         cases[i].is_png);
        assert_int_equal(blocks.note != NULL, cases[i].is_png);
        gls_blocks_free(&blocks);
    }
}

/* No cut and no flipped bit is edited unsafely. */
static void test_every_cut_and_flip(void **state)
{
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    bool refused;

    (void)state;
    gls_make_xmp(&xmp, 200, 'n');
    make_png(&file, "HXLTDN");
    size_t whole = file.size;
    struct gls_block_edit edit = {.xmp = &xmp};
    for (size_t i = 0; i < whole; i++) {
        file.size = i;
        gls_assert_edit(NULL, &gls_png_container, &file, &edit,
                        i < 8 ? GLS_ERROR_FORMAT : GLS_ERROR_UNSUPPORTED);
        file.size = whole;
        file.data[i] = (char)(file.data[i] ^ 0x20);
        assert_null(gls_container_check_bytes(&gls_png_container, &file, &edit, &refused, &error));
        file.data[i] = (char)(file.data[i] ^ 0x20);
    }
}

static void test_essence(void **state)
{
    static const struct {
        const char *letters;
        size_t sizes[4]; /* of the ranges in order; 0 ends them */
    } cases[] = {
        {"HDDN", {25 + 22 + 22}},
        {"HPSXDEDN", {25 + 15 + 14, 22, 22}},
        {"HTDMfTfN", {25, 22, 21, 21}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        struct gls_ranges ranges = GLS_RANGES_INIT;
        struct gls_input *input = NULL;
        struct gls_error error = GLS_ERROR_INIT;
        make_png(&file, cases[i].letters);
        assert_true(gls_input_from_memory(&input, file.data, file.size, "memory", &error));
        assert_true(gls_png_container.essence(&ranges, input, &error));
        for (size_t j = 0; j < COUNT_OF(cases[i].sizes); j++)
            assert_int_equal(j < ranges.count ? ranges.items[j].size : 0, cases[i].sizes[j]);
        gls_ranges_free(&ranges);
        gls_input_free(input);
    }
}

static const struct gls_named_file files[] = {
    {"GLS_SOURCE_DIR", "fixtures/formats/photo.png"},
    {"GLS_CORPUS", "xmp-faces.png"},
};

/* Where every checksum is wrong the metadata is still read, but not edited. */
static void test_wrong_checksums(void **state)
{
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
    struct gls_blocks blocks = {0};
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    gls_make_exif(&exif, 60, 'n');
    make_png(&file, "HLDN");
    for (size_t at = 8; at < file.size; at += gls_be32((uint8_t *)file.data + at) + 12)
        memset(file.data + at + 8 + gls_be32((uint8_t *)file.data + at), 0, 4);
    assert_true(gls_container_scan_bytes(&blocks, &gls_png_container, &file, &error));
    assert_true(blocks.exif.present);
    assert_non_null(blocks.note);
    gls_blocks_free(&blocks);
    gls_assert_edit(NULL, &gls_png_container, &file, &(struct gls_block_edit){.exif = &exif},
                    GLS_ERROR_UNSUPPORTED);
}

static void test_real_files(void **state)
{
    (void)state;
    gls_assert_files(&gls_png_container, files, COUNT_OF(files));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scan),    cmocka_unit_test(test_bomb),
        cmocka_unit_test(test_edits),   cmocka_unit_test(test_wrong_checksums),
        cmocka_unit_test(test_broken),  cmocka_unit_test(test_every_cut_and_flip),
        cmocka_unit_test(test_essence), cmocka_unit_test(test_real_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
