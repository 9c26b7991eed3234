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

/* An element with a size of one byte. */
static void put(struct gls_strbuf *out, const char *id, const struct gls_strbuf *payload)
{
    gls_strbuf_add_str(out, id);
    gls_strbuf_add_char(out, (char)(0x80 | payload->size));
    gls_strbuf_add(out, payload->data, payload->size);
}

static void put_bytes(struct gls_strbuf *out, const char *id, const char *bytes, size_t size)
{
    GLS_STRBUF_AUTO payload = GLS_STRBUF_INIT;

    gls_strbuf_add(&payload, bytes, size);
    put(out, id, &payload);
}

/* A Tag; `track` below 0: without targets. */
static void put_tag(struct gls_strbuf *out, const char *name, const char *value, int track)
{
    GLS_STRBUF_AUTO simple = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO targets = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO tag = GLS_STRBUF_INIT;
    char number = (char)track;

    if (track >= 0) {
        put_bytes(&targets, "\x63\xc5", &number, 1);
        put(&tag, "\x63\xc0", &targets);
    }
    put_bytes(&simple, "\x45\xa3", name, strlen(name));
    put_bytes(&simple, "\x44\x87", value, strlen(value) + 1); /* padded with a NUL */
    put(&tag, "\x67\xc8", &simple);
    put(out, "\x73\x73", &tag);
}

enum shape { TAGS_FIRST, TAGS_LAST, TAGS_BY_SEEK_HEAD, TAGS_CUT };

/* A file whose segment is of unknown size, as are the cluster's where it says so. */
static void make_file(struct gls_strbuf *out, enum shape shape, int track)
{
    GLS_STRBUF_AUTO tags = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO seek = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO head = GLS_STRBUF_INIT;

    put_tag(&tags, "Title", "not read", -1);
    put_tag(&tags, "DATE_RECORDED", "2016-05-06", -1);
    put_tag(&tags, "Make", "Maker", track);
    gls_strbuf_add(out, BYTES(HEAD "\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff"));
    size_t start = out->size;
    if (shape == TAGS_FIRST)
        put(out, "\x12\x54\xc3\x67", &tags);
    if (shape == TAGS_BY_SEEK_HEAD) {
        char position = 19 + 12; /* behind the seek head and the cluster */
        put_bytes(&seek, "\x53\xab", "\x12\x54\xc3\x67", 4);
        put_bytes(&seek, "\x53\xac", &position, 1);
        put(&head, "\x4d\xbb", &seek);
        put(out, "\x11\x4d\x9b\x74", &head);
        gls_strbuf_add(out, BYTES("\x1f\x43\xb6\x75\xff\xe7\x81\0????"));
        assert_int_equal(out->size - start, position);
    } else {
        gls_strbuf_add(out, BYTES("\x1f\x43\xb6\x75\x83\xe7\x81\0"));
    }
    if (shape != TAGS_FIRST)
        put(out, "\x12\x54\xc3\x67", &tags);
    if (shape == TAGS_CUT)
        gls_strbuf_truncate(out, out->size - 8);
}

static void reads_the_tags(void **state)
{
    static const struct {
        enum shape shape;
        int track;
        const char *date; /* NULL: none */
        const char *make;
    } cases[] = {
        {TAGS_FIRST, -1, "2016-05-06", "Maker"},
        {TAGS_LAST, -1, "2016-05-06", "Maker"},
        {TAGS_BY_SEEK_HEAD, -1, "2016-05-06", "Maker"},
        {TAGS_FIRST, 1, "2016-05-06", NULL}, /* about a track, and not about the whole */
        {TAGS_FIRST, 0, "2016-05-06", "Maker"},
        {TAGS_CUT, -1, "2016-05-06", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_input *input;
        struct gls_av_values values;
        print_message("%zu\n", i);
        make_file(&file, cases[i].shape, cases[i].track);
        assert_true(gls_input_from_memory(&input, file.data, file.size, "a.mkv", &error));
        assert_true(gls_matroska_read_tags(&values, input, &error));
        gls_input_free(input);
        assert_int_equal(values.date_recorded != NULL, cases[i].date != NULL);
        if (cases[i].date != NULL)
            assert_string_equal(values.date_recorded, cases[i].date);
        assert_int_equal(values.make != NULL, cases[i].make != NULL);
        if (cases[i].make != NULL)
            assert_string_equal(values.make, cases[i].make);
        gls_av_values_free(&values);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_doc_type),
        cmocka_unit_test(reads_the_date),
        cmocka_unit_test(reads_the_tags),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
