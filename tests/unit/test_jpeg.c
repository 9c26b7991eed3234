/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "media/jpeg.h"
#include "tests/support/container_property.h"

/* A JPEG is spelled with one letter for each segment; S is the image data with
 * a trailer, and ends the file. */
static void put_segment(struct gls_strbuf *out, uint8_t marker, const char *head, size_t head_size,
                        const struct gls_strbuf *data)
{
    size_t size = 2 + head_size + (data != NULL ? data->size : 0);
    const uint8_t bytes[4] = {0xFF, marker, (uint8_t)(size >> 8), (uint8_t)size};

    gls_strbuf_add(out, bytes, sizeof bytes);
    gls_strbuf_add(out, head, head_size);
    if (data != NULL)
        gls_strbuf_add(out, data->data, data->size);
}

#define PUT(out, marker, text) put_segment(out, marker, text, sizeof text - 1, NULL)

static void put_letter(struct gls_strbuf *out, char letter)
{
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
    static const char image[] = "\xFF\xDA\0\x08\1\1\0\0\x3F\0 coded \xFF\0 data \xFF\xD9 trailer";

    gls_make_exif(&exif, 50, 'o');
    gls_make_xmp(&xmp, 300, 'o');
    switch (letter) {
    case 'J':
        PUT(out, 0xE0, "JFIF\0\1\2\0\0\1\0\1\0\0");
        break;
    case 'E':
        put_segment(out, 0xE1, "Exif\0", 6, &exif);
        break;
    case 'e': /* an odd second byte */
        put_segment(out, 0xE1, "Exif\0\xFF", 6, &exif);
        break;
    case 'c': /* goes on from the Exif block before */
        PUT(out, 0xE1, "Exif\0\0and so on");
        break;
    case 'X':
        put_segment(out, 0xE1, gls_jpeg_xmp_head, GLS_JPEG_XMP_HEAD, &xmp);
        break;
    case 'M':
        PUT(out, 0xE2, "MPF\0MM\0*\0\0\0\x08");
        break;
    case 'I':
        PUT(out, 0xE2, "ICC_PROFILE\0\1\1profile");
        break;
    case 'P':
        PUT(out, 0xED, "Photoshop 3.0\08BIM\4\4\0\0\0\0\0\5\x1C\2\x37\0\0\0");
        break;
    case 'Q':
        PUT(out, 0xDB, "\0tables");
        break;
    case 'F':
        gls_strbuf_add(out, "\xFF\xFF\xFF", 3);
        break;
    case 'T':
        gls_strbuf_add(out, "\xFF\x01", 2);
        break;
    default: /* 'S' */
        gls_strbuf_add(out, image, sizeof image - 1);
    }
}

static void make_jpeg(struct gls_strbuf *out, const char *letters)
{
    gls_strbuf_clear(out);
    gls_strbuf_add(out, "\xFF\xD8", 2);
    for (; *letters != '\0'; letters++)
        put_letter(out, *letters);
    assert_false(out->failed);
}

static char letter_of(const uint8_t *data, uint8_t marker)
{
    switch (marker) {
    case 0xE0:
        return 'J';
    case 0xE1:
        return data[0] == 'h' ? 'X' : data[5] != 0 ? 'e' : data[6] == 'a' ? 'c' : 'E';
    case 0xE2:
        return data[0] == 'M' ? 'M' : 'I';
    case 0xED:
        return 'P';
    default:
        return marker == 0xDA ? 'S' : 'Q';
    }
}

/* The inverse of make_jpeg(); fill bytes and standalone markers are F and T. */
static void spell_jpeg(char *out, const struct gls_strbuf *file)
{
    const uint8_t *bytes = (const uint8_t *)file->data;
    size_t at = 2;

    for (bool done = false; !done && at < file->size; out++) {
        if (bytes[at + 1] == 0xFF) {
            at += 3;
            *out = 'F';
            continue;
        }
        *out = bytes[at + 1] == 1 ? 'T' : letter_of(bytes + at + 4, bytes[at + 1]);
        at += *out == 'T' ? 2 : 2 + (size_t)gls_be16(bytes + at + 2);
        done = *out == 'S';
    }
    *out = '\0';
}

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
    struct gls_error error = GLS_ERROR_INIT;
    char letters[32];
    bool refused;

    make_jpeg(&file, row->before);
    assert_null(gls_container_check_bytes(&gls_jpeg_container, &file, edit, &refused, &error));
    assert_int_equal(refused, wanted == NULL);
    if (refused) {
        assert_int_equal(error.status, GLS_ERROR_UNSUPPORTED);
        return;
    }
    assert_true(gls_container_apply_bytes(&result, &gls_jpeg_container, &file, edit, &error));
    spell_jpeg(letters, &result);
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
        check_edit(&edit_cases[i], &(struct gls_block_edit){NULL, &xmp}, edit_cases[i].with_xmp);
        check_edit(&edit_cases[i], &(struct gls_block_edit){&exif, NULL}, edit_cases[i].with_exif);
    }
}

static void test_same_size_behind_mpf(void **state)
{
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
    static const struct edit_case row = {"JEMXS", "JEMXS", NULL};

    (void)state;
    gls_make_xmp(&xmp, 300, 'n');
    check_edit(&row, &(struct gls_block_edit){NULL, &xmp}, row.with_xmp);
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
        struct gls_error error = GLS_ERROR_INIT;
        bool refused;
        make_jpeg(&file, "JES");
        gls_make_exif(&exif, cases[i].exif, 'n');
        gls_make_xmp(&xmp, cases[i].xmp, 'n');
        struct gls_block_edit edit = {cases[i].exif > 0 ? &exif : NULL,
                                      cases[i].xmp > 0 ? &xmp : NULL};
        assert_null(gls_container_check_bytes(&gls_jpeg_container, &file, &edit, &refused, &error));
        assert_int_equal(refused, cases[i].refused);
        if (refused)
            assert_int_equal(error.status, GLS_ERROR_UNSUPPORTED);
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
    make_jpeg(&file, "FJTePXIQFS");
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
    make_jpeg(out, "J");
    put_segment(out, 0xE1, "Exif\0", 6, &exif);
    size_t base = out->size - exif.size;
    put_letter(out, 'S');
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
        bool is_anchored;
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
        struct gls_error error = GLS_ERROR_INIT;
        char letters[32];
        bool refused;
        make_anchored(&file, cases[i].type, cases[i].count, cases[i].shift);
        struct gls_block_edit edit = {NULL, &xmp};
        assert_null(gls_container_check_bytes(&gls_jpeg_container, &file, &edit, &refused, &error));
        assert_true(gls_container_apply_bytes(&result, &gls_jpeg_container, &file, &edit, &error));
        spell_jpeg(letters, &result);
        assert_string_equal(letters, cases[i].is_anchored ? "JXES" : "JEXS");
        edit = (struct gls_block_edit){&exif, NULL};
        assert_null(gls_container_check_bytes(&gls_jpeg_container, &file, &edit, &refused, &error));
        assert_int_equal(refused, cases[i].is_anchored);
        edit = (struct gls_block_edit){&same_exif, NULL};
        assert_null(gls_container_check_bytes(&gls_jpeg_container, &file, &edit, &refused, &error));
        assert_false(refused);
    }
}

/* Resources that are cut in the middle of the IPTC records. */
static void test_iptc_in_pieces(void **state)
{
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    struct gls_blocks blocks = {0};
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    make_jpeg(&file, "J");
    PUT(&file, 0xED, "Photoshop 3.0\08BIM\4\x25\3abc\0\0\0\1x\08BIM\4\4\0\0\0\0\0\x0Ahello");
    put_letter(&file, 'I');
    PUT(&file, 0xED, "Photoshop 3.0\0world8BIM");
    put_letter(&file, 'S');
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
    make_jpeg(&file, "J");
    put_segment(&file, 0xE1, "Exif\0", 6, &exif);
    put_segment(&file, 0xE1, "Exif\0", 6, &rest);
    put_letter(&file, 'S');
    assert_true(gls_container_scan_bytes(&blocks, &gls_jpeg_container, &file, &error));
    assert_int_equal(blocks.exif.bytes.size, exif.size + rest.size);
    assert_memory_equal(blocks.exif.bytes.data, exif.data, exif.size);
    assert_memory_equal(blocks.exif.bytes.data + exif.size, rest.data, rest.size);
    assert_null(blocks.note);
    gls_blocks_free(&blocks);
}

#define GUID "0123456789ABCDEF0123456789ABCDEF"
#define OTHER_GUID "F123456789ABCDEF0123456789ABCDEF"

static void put_piece(struct gls_strbuf *out, const char *guid, uint32_t full, uint32_t offset,
                      const char *text)
{
    GLS_STRBUF_AUTO data = GLS_STRBUF_INIT;
    uint8_t numbers[8];

    gls_put_be32(numbers, full);
    gls_put_be32(numbers + 4, offset);
    gls_strbuf_add_str(&data, guid);
    gls_strbuf_add(&data, numbers, sizeof numbers);
    gls_strbuf_add_str(&data, text);
    put_segment(out, 0xE1, "http://ns.adobe.com/xmp/extension/", 35, &data);
}

static const struct extended_case {
    const char *packet;
    struct {
        const char *guid;
        uint32_t full, offset;
        const char *text;
    } pieces[3];
    const char *wanted; /* NULL: absent */
    bool note;
} extended_cases[] = {
    {"<x HasExtendedXMP=\"" GUID "\"/>", {{GUID, 5, 0, "hello"}}, "hello", false},
    {"<n:HasExtendedXMP>" GUID "</n:HasExtendedXMP>", {{GUID, 5, 0, "hello"}}, "hello", false},
    {"<x HasExtendedXMP = '" GUID "'/>",
     {{GUID, 11, 6, "world"}, {GUID, 11, 0, "hello "}},
     "hello world",
     false},
    {"<x HasExtendedXMP=\"" GUID "\"/>",
     {{OTHER_GUID, 3, 0, "bad"}, {GUID, 2, 0, "ok"}},
     "ok",
     false},
    /* named but not there; there but not named */
    {"<x HasExtendedXMP=\"" GUID "\"/>", {{OTHER_GUID, 5, 0, "hello"}}, NULL, true},
    {"<x HasExtendedXMP=\"" GUID "\"/>", {{NULL, 0, 0, NULL}}, NULL, true},
    {"<x/>", {{GUID, 5, 0, "hello"}}, NULL, false},
    {"<x HasExtendedXMP=\"0123\"/>", {{GUID, 5, 0, "hello"}}, NULL, false},
    /* hole, overlap, too short, too long, contradiction, a lie about the size */
    {"<x HasExtendedXMP=\"" GUID "\"/>", {{GUID, 6, 0, "ab"}, {GUID, 6, 3, "def"}}, NULL, true},
    {"<x HasExtendedXMP=\"" GUID "\"/>", {{GUID, 4, 0, "abc"}, {GUID, 4, 2, "cd"}}, NULL, true},
    {"<x HasExtendedXMP=\"" GUID "\"/>", {{GUID, 6, 0, "hello"}}, NULL, true},
    {"<x HasExtendedXMP=\"" GUID "\"/>", {{GUID, 4, 0, "hello"}}, NULL, true},
    {"<x HasExtendedXMP=\"" GUID "\"/>", {{GUID, 4, 0, "ab"}, {GUID, 5, 2, "cd"}}, NULL, true},
    {"<x HasExtendedXMP=\"" GUID "\"/>", {{GUID, UINT32_MAX, 0, "hello"}}, NULL, true},
    {"<x HasExtendedXMP=\"" GUID "\"/>",
     {{GUID, 5, UINT32_MAX - 1, "hello"}, {GUID, 5, 0, ""}},
     NULL,
     true},
};

static void make_extended(struct gls_strbuf *file, const struct extended_case *row)
{
    GLS_STRBUF_AUTO packet = GLS_STRBUF_INIT;

    gls_strbuf_add_str(&packet, row->packet);
    make_jpeg(file, "JE");
    put_segment(file, 0xE1, gls_jpeg_xmp_head, GLS_JPEG_XMP_HEAD, &packet);
    for (size_t i = 0; i < COUNT_OF(row->pieces) && row->pieces[i].guid != NULL; i++)
        put_piece(file, row->pieces[i].guid, row->pieces[i].full, row->pieces[i].offset,
                  row->pieces[i].text);
    put_letter(file, 'S');
}

static void test_extended(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(extended_cases); i++) {
        const struct extended_case *row = &extended_cases[i];
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        struct gls_blocks blocks = {0};
        struct gls_error error = GLS_ERROR_INIT;
        make_extended(&file, row);
        assert_true(gls_container_scan_bytes(&blocks, &gls_jpeg_container, &file, &error));
        assert_int_equal(blocks.xmp_extended.present, row->wanted != NULL);
        if (row->wanted != NULL)
            assert_string_equal(blocks.xmp_extended.bytes.data, row->wanted);
        assert_int_equal(blocks.note != NULL, row->note);
        gls_blocks_free(&blocks);
    }
}

/* A new packet must go on naming the extended one; then its pieces stay. */
static void test_extended_edit(void **state)
{
    static const struct {
        const char *packet;
        bool refused;
    } cases[] = {
        {"<new HasExtendedXMP=\"" GUID "\"/>", false},
        {"<new HasExtendedXMP=\"" OTHER_GUID "\"/>", true},
        {"<new/>", true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO packet = GLS_STRBUF_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        bool refused;
        make_extended(&file, &extended_cases[0]);
        gls_strbuf_add_str(&packet, cases[i].packet);
        assert_null(gls_container_check_bytes(
            &gls_jpeg_container, &file, &(struct gls_block_edit){NULL, &packet}, &refused, &error));
        assert_int_equal(refused, cases[i].refused);
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
        bool refused;
        gls_strbuf_add(&file, cases[i].bytes, cases[i].size);
        gls_make_xmp(&xmp, 200, 'n');
        assert_int_equal(gls_container_scan_bytes(&blocks, &gls_jpeg_container, &file, &error),
                         cases[i].is_jpeg);
        if (cases[i].is_jpeg)
            assert_non_null(blocks.note);
        else
            assert_int_equal(error.status, GLS_ERROR_FORMAT);
        gls_blocks_free(&blocks);
        assert_null(gls_container_check_bytes(
            &gls_jpeg_container, &file, &(struct gls_block_edit){NULL, &xmp}, &refused, &error));
        assert_true(refused);
    }
}

/* What comes before the cut is read, whatever is cut; no cut is edited unsafely. */
static void test_every_cut(void **state)
{
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
    size_t whole, sos;

    (void)state;
    make_jpeg(&file, "JEPXIMQ");
    sos = file.size;
    make_jpeg(&file, "JEPXIMQS");
    whole = file.size;
    gls_make_xmp(&xmp, 200, 'n');
    for (size_t size = 2; size < whole; size++) {
        struct gls_blocks blocks = {0};
        struct gls_error error = GLS_ERROR_INIT;
        bool refused;
        file.size = size;
        assert_true(gls_container_scan_bytes(&blocks, &gls_jpeg_container, &file, &error));
        assert_int_equal(blocks.note != NULL, size < sos + 2);
        assert_int_equal(blocks.exif.present, size >= 2 + 18 + 60);
        gls_blocks_free(&blocks);
        assert_null(gls_container_check_bytes(
            &gls_jpeg_container, &file, &(struct gls_block_edit){NULL, &xmp}, &refused, &error));
        assert_int_equal(refused, size < sos + 2);
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
    make_jpeg(&file, "JEXQF");
    sos = file.size;
    make_jpeg(&file, "JEXQFS");
    assert_true(gls_input_from_memory(&input, file.data, file.size, "memory", &error));
    assert_true(gls_jpeg_container.essence(&ranges, input, &error));
    assert_int_equal(ranges.count, 1);
    assert_int_equal(ranges.items[0].offset, sos);
    assert_int_equal(ranges.items[0].size, file.size - sos);
    gls_ranges_free(&ranges);
    gls_input_free(input);
}

static const struct {
    const char *folder;
    const char *name;
} files[] = {
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
    size_t found = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        bool absent;
        const char *problem = gls_container_check_file(&gls_jpeg_container, files[i].folder,
                                                       files[i].name, &absent, &error);
        if (problem != NULL)
            fail_msg("%s: %s (%s)", files[i].name, problem, error.message);
        found += !absent;
    }
    print_message("%zu of %zu files are there\n", found, COUNT_OF(files));
    if (found == 0)
        skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scan),
        cmocka_unit_test(test_iptc_in_pieces),
        cmocka_unit_test(test_long_exif),
        cmocka_unit_test(test_extended),
        cmocka_unit_test(test_extended_edit),
        cmocka_unit_test(test_edits),
        cmocka_unit_test(test_same_size_behind_mpf),
        cmocka_unit_test(test_anchored),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_every_cut),
        cmocka_unit_test(test_essence),
        cmocka_unit_test(test_real_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
