/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "media/jpeg/jpeg.h"
#include "tests/support/container_property.h"
#include "tests/support/jpeg_builder.h"

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
    jpeg_put_segment(out, 0xE1, "http://ns.adobe.com/xmp/extension/", 35, &data);
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
    jpeg_make(file, "JE");
    jpeg_put_segment(file, 0xE1, gls_jpeg_xmp_head, GLS_JPEG_XMP_HEAD, &packet);
    for (size_t i = 0; i < COUNT_OF(row->pieces) && row->pieces[i].guid != NULL; i++)
        put_piece(file, row->pieces[i].guid, row->pieces[i].full, row->pieces[i].offset,
                  row->pieces[i].text);
    jpeg_put_letter(file, 'S');
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
        assert_null(gls_container_check_bytes(&gls_jpeg_container, &file,
                                              &(struct gls_block_edit){.xmp = &packet}, &refused,
                                              &error));
        assert_int_equal(refused, cases[i].refused);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_extended),
        cmocka_unit_test(test_extended_edit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
