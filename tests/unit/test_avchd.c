/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "base/strbuf.h"
#include "base/timestamp.h"
#include "media/video/avchd.h"

static const uint8_t uuid[] = {0x17, 0xee, 0x8c, 0x60, 0xf8, 0x4d, 0x11, 0xd9, 0x8c, 0xd6,
                               0x08, 0x00, 0x20, 0x0c, 0x9a, 0x66, 'M',  'D',  'P',  'M'};

/* Writes a NAL unit with its emulation prevention. */
static void put_unit(struct gls_strbuf *out, uint8_t type, const uint8_t *bytes, size_t size)
{
    unsigned zeros = 0;

    gls_strbuf_add(out, "\0\0\1", 3);
    gls_strbuf_add_char(out, (char)type);
    for (size_t i = 0; i < size; i++) {
        if (zeros >= 2 && bytes[i] <= 3) {
            gls_strbuf_add_char(out, 3);
            zeros = 0;
        }
        zeros = bytes[i] == 0 ? zeros + 1 : 0;
        gls_strbuf_add_char(out, (char)bytes[i]);
    }
}

struct stream_recipe {
    size_t before;         /* bytes of time before each packet: 0 or 4 */
    uint8_t entries[64];   /* tags and values */
    unsigned count;        /* of entries */
    unsigned first_filler; /* packets of another stream at first */
};

static void put_packet(struct gls_strbuf *out, const struct stream_recipe *recipe, unsigned pid,
                       bool starts, const char *bytes, size_t size)
{
    size_t room = 188 - 4;
    uint8_t head[4] = {0x47, (uint8_t)((starts ? 0x40 : 0) | pid >> 8), (uint8_t)pid,
                       size < room ? 0x30 : 0x10};

    gls_strbuf_add(out, "\0\0\0\0", recipe->before);
    gls_strbuf_add(out, head, sizeof head);
    if (size < room) { /* an adaptation field fills it up */
        size_t fill = room - size - 1;
        gls_strbuf_add_char(out, (char)fill);
        for (size_t i = 0; i < fill; i++)
            gls_strbuf_add_char(out, i == 0 ? 0 : (char)0xff);
    }
    gls_strbuf_add(out, bytes, size);
}

static void make_stream(struct gls_strbuf *out, const struct stream_recipe *recipe)
{
    GLS_STRBUF_AUTO sei = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO pes = GLS_STRBUF_INIT;
    size_t size = sizeof uuid + 1 + recipe->count * 5;

    gls_strbuf_add(&sei, "\1\2xy", 4); /* another message first */
    gls_strbuf_add_char(&sei, 5);
    gls_strbuf_add_char(&sei, (char)size);
    gls_strbuf_add(&sei, uuid, sizeof uuid);
    gls_strbuf_add_char(&sei, (char)recipe->count);
    gls_strbuf_add(&sei, recipe->entries, recipe->count * 5);
    gls_strbuf_add(&sei, "\x80", 1);
    gls_strbuf_add(&pes, "\0\0\1\xe0\0\0\x80\0\2xx", 11);
    put_unit(&pes, 9, (const uint8_t *)"\xf0", 1);
    put_unit(&pes, 6, (const uint8_t *)sei.data, sei.size);
    put_unit(&pes, 5, (const uint8_t *)"slice", 5);
    for (unsigned i = 0; i < recipe->first_filler; i++)
        put_packet(out, recipe, 0x20, true, "nothing", 7);
    for (size_t at = 0; at < pes.size; at += 100)
        put_packet(out, recipe, 0x1011, at == 0, pes.data + at,
                   pes.size - at < 100 ? pes.size - at : 100);
    for (unsigned i = 0; i < 4; i++)
        put_packet(out, recipe, 0x1100, true, "\0\0\1\xc0\0\0\x80\0\0sound", 14);
}

struct avchd_case {
    struct stream_recipe recipe;
    const char *date; /* NULL: none */
    const char *make;
    const char *model;
};

static const struct avchd_case cases[] = {
    {{0, {0x18, 0x22, 0x20, 0x19, 0x04, 0x19, 0x24, 0x22, 0x24, 0x00}, 2, 0},
     "2019-04-24T22:24:00-01:00",
     NULL,
     ""},
    {{4, {0x18, 0x44, 0x20, 0x19, 0x04, 0x19, 0x24, 0x22, 0x24, 0x00}, 2, 0},
     "2019-04-24T22:24:00+02:00",
     NULL,
     ""},
    {{4,
      {0x18, 0x0b, 0x20, 0x00, 0x01, 0x19, 0x01, 0x00, 0x00, 0x03, 0xe4, 'A', 'B', 'C', 'D'},
      3,
      300},
     "2000-01-01T00:00:03+05:30",
     NULL,
     "ABCD"},
    {{0, {0x18, 0xff, 0x20, 0x12, 0x12, 0x19, 0x31, 0x23, 0x59, 0x59}, 2, 0},
     "2012-12-31T23:59:59",
     NULL,
     ""},
    {{0, {0x18, 0x00, 0x20, 0x12, 0x13, 0x19, 0x31, 0x23, 0x59, 0x59}, 2, 0}, NULL, NULL, ""},
    {{0, {0x18, 0x00, 0x20, 0x1a, 0x12, 0x19, 0x31, 0x23, 0x59, 0x59}, 2, 0}, NULL, NULL, ""},
    {{0, {0x18, 0x00, 0x20, 0x12, 0x12}, 1, 0}, NULL, NULL, ""},
    {{0,
      {0xe0, 0x01, 0x08, 0x00, 0x00, 0xe4, 'I',  'L', 'C', 'E',
       0xe5, '-',  '7',  'M',  '3',  0xe6, 0x00, 0,   0,   0},
      4,
      0},
     NULL,
     "Sony",
     "ILCE-7M3"},
    {{0, {0xe0, 0x12, 0x34, 0, 0}, 1, 0}, NULL, NULL, ""},
};

static void read_bytes(struct gls_avchd *out, const void *bytes, size_t size)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;

    assert_true(gls_input_from_memory(&input, bytes, size, "x.mts", &error));
    assert_true(gls_avchd_read(out, input, &error));
    gls_input_free(input);
}

static void check(const struct gls_avchd *actual, const char *date, const char *make,
                  const char *model)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;

    assert_int_equal(actual->has_date, date != NULL);
    if (actual->has_date) {
        gls_datetime_add_iso(&text, &actual->date);
        if (actual->date.has_offset)
            gls_utc_offset_add(&text, actual->date.utc_offset_s);
        assert_string_equal(gls_strbuf_str(&text), date);
    }
    if (make == NULL)
        assert_null(actual->make);
    else
        assert_string_equal(actual->make, make);
    assert_string_equal(actual->model, model);
}

static void reads_made_streams(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        struct gls_avchd avchd;

        make_stream(&file, &cases[i].recipe);
        read_bytes(&avchd, file.data, file.size);
        check(&avchd, cases[i].date, cases[i].make, cases[i].model);
    }
}

static void cut_and_foreign_bytes_are_harmless(void **state)
{
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    struct gls_avchd avchd;

    (void)state;
    make_stream(&file, &cases[0].recipe);
    for (size_t size = 0; size < file.size; size += 7)
        read_bytes(&avchd, file.data, size);
    read_bytes(&avchd, "no transport stream at all", 26);
    check(&avchd, NULL, NULL, "");
}

static void reads_camera_files(void **state)
{
    static const struct {
        const char *name;
        const char *date;
        const char *make;
        const char *model;
    } files[] = {
        {"sony-a7m3.mts", "2019-04-24T22:24:00+02:00", "Sony", "ILCE-7M3"},
        {"panasonic-raw188.mts", "2012-01-26T09:18:35+00:00", "Panasonic", ""},
    };
    const char *folder = getenv("GLS_CORPUS");
    size_t checked = 0;

    (void)state;
    for (size_t i = 0; folder != NULL && i < COUNT_OF(files); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_input *input = NULL;
        struct gls_avchd avchd;
        char path[4096];

        snprintf(path, sizeof path, "%s/%s", folder, files[i].name);
        if (!gls_input_open(&input, path, &error))
            continue;
        assert_true(gls_avchd_read(&avchd, input, &error));
        check(&avchd, files[i].date, files[i].make, files[i].model);
        gls_input_free(input);
        checked++;
    }
    if (checked == 0) {
        print_message("GLS_CORPUS is not there: skipped\n");
        skip();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_made_streams),
        cmocka_unit_test(cut_and_foreign_bytes_are_harmless),
        cmocka_unit_test(reads_camera_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
