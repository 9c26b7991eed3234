/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "base/strbuf.h"
#include "base/timestamp.h"
#include "media/video/matroska.h"

#define BYTES(text) text, sizeof text - 1
#define HEAD "\x1a\x45\xdf\xa3\x88\x42\x82\x85webm\0"
#define DATE "\x44\x61\x88\x03\xfb\x5c\x77\x21\x6f\xd8\x00" /* 2010-02-03 21:17:48 */

static void reads_the_doc_type(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *type;
    } cases[] = {
        {BYTES("\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska"), "matroska"},
        {BYTES(HEAD), "webm"}, /* padded with a NUL */
        {BYTES("\x1a\x45\xdf\xa3\1\0\0\0\0\0\0\x0b\x42\x86\x81\1\x42\x82\x84webm"), "webm"},
        {BYTES("\x1a\x45\xdf\xa3\x87\x42\x82\x84web"), "web"}, /* cut off */
        {BYTES("\x1a\x45\xdf\xa3\x84\x42\x86\x81\1"), ""},     /* states none */
        {BYTES("\x1a\x45\xdf\xa3\xff\x42\x82\x91nobody knows this"), ""},
        {BYTES("\x1a\x45\xdf\xa3"), ""},
        {BYTES("\x1a\x45\xdf\xa3\x88\0\0\0\0"), ""},
        {BYTES("\x42\x82\x84webm"), ""},
        {BYTES(""), ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_input *input;
        char type[GLS_MATROSKA_DOC_TYPE_SIZE];
        assert_true(gls_input_from_memory(&input, cases[i].bytes, cases[i].size, "a.mkv", &error));
        assert_true(gls_matroska_doc_type(type, input, &error));
        assert_string_equal(type, cases[i].type);
        gls_input_free(input);
    }
}

static void reads_the_date(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *date; /* NULL: none */
    } cases[] = {
        {BYTES(HEAD "\x18\x53\x80\x67\x90\x15\x49\xa9\x66\x8b" DATE), "2010-02-03T21:17:48"},
        /* Sizes that are not known, a Void before, a fraction, before 2001. */
        {BYTES(HEAD "\x18\x53\x80\x67\1\xff\xff\xff\xff\xff\xff\xff\xec\x82??\x15\x49\xa9\x66\xff"
                    "\x2a\xd7\xb1\x83\x0f\x42\x40\x44\x61\x88\0\0\0\0\x1d\xcd\x65\0"),
         "2001-01-01T00:00:00.500"},
        {BYTES(HEAD "\x18\x53\x80\x67\x90\x15\x49\xa9\x66\x8b"
                    "\x44\x61\x88\xff\xff\xff\xff\xff\xff\xff\xff"),
         "2000-12-31T23:59:59.999999999"},
        {BYTES(HEAD "\x18\x53\x80\x67\x8d\x15\x49\xa9\x66\x87\x44\x61\x84\4\0\x97\xb0"), NULL},
        {BYTES(HEAD "\x18\x53\x80\x67\x85\x15\x49\xa9\x66\x80"), NULL},
        {BYTES(HEAD "\x18\x53\x80\x67\x90\x15\x49\xa9\x66\x8b\x44\x61\x88\x04\x00"), NULL},
        {BYTES(HEAD), NULL},
        {BYTES(""), NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_input *input;
        struct gls_datetime when;
        bool found;
        print_message("%zu\n", i);
        assert_true(gls_input_from_memory(&input, cases[i].bytes, cases[i].size, "a.mkv", &error));
        assert_true(gls_matroska_read_date(&when, &found, input, &error));
        gls_input_free(input);
        assert_int_equal(found, cases[i].date != NULL);
        if (!found)
            continue;
        gls_datetime_add_iso(&text, &when);
        assert_string_equal(gls_strbuf_str(&text), cases[i].date);
        assert_true(when.has_offset);
        assert_int_equal(when.utc_offset_s, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_doc_type),
        cmocka_unit_test(reads_the_date),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
