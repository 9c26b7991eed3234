/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "engine/archive/zip_directory.h"

/* Records of APPNOTE 6.3.10, put together by hand. */
static void add16(struct gls_strbuf *out, unsigned value)
{
    uint8_t bytes[2];
    gls_put_le16(bytes, (uint16_t)value);
    gls_strbuf_add(out, bytes, 2);
}

static void add32(struct gls_strbuf *out, uint64_t value)
{
    add16(out, (unsigned)(value & 0xffff));
    add16(out, (unsigned)(value >> 16 & 0xffff));
}

static void add64(struct gls_strbuf *out, uint64_t value)
{
    add32(out, value & 0xffffffff);
    add32(out, value >> 32);
}

struct record {
    unsigned made_by, flags, method, time, date;
    uint64_t packed, size, header;
    uint32_t attributes;
    const char *name;
    const char *extra;
    size_t extra_size;
};

static void add_record(struct gls_strbuf *out, const struct record *record)
{
    gls_strbuf_add(out, "PK\1\2", 4);
    add16(out, record->made_by);
    add16(out, 20);
    add16(out, record->flags);
    add16(out, record->method);
    add16(out, record->time);
    add16(out, record->date);
    add32(out, 0x11223344);
    add32(out, record->packed);
    add32(out, record->size);
    add16(out, (unsigned)strlen(record->name));
    add16(out, (unsigned)record->extra_size);
    add16(out, 3);
    add16(out, 0);
    add16(out, 0);
    add32(out, record->attributes);
    add32(out, record->header);
    gls_strbuf_add_str(out, record->name);
    gls_strbuf_add(out, record->extra != NULL ? record->extra : "", record->extra_size);
    gls_strbuf_add_str(out, "cmt");
}

static void add_end(struct gls_strbuf *out, unsigned disk, unsigned count, uint64_t size,
                    uint64_t start)
{
    gls_strbuf_add(out, "PK\5\6", 4);
    add16(out, disk);
    add16(out, disk);
    add16(out, count);
    add16(out, count);
    add32(out, size);
    add32(out, start);
    add16(out, 0);
}

static bool find(struct gls_zip_directory *out, struct gls_input **input,
                 const struct gls_strbuf *bytes, struct gls_error *error)
{
    assert_true(gls_input_from_memory(input, bytes->data, bytes->size, "a.zip", error));
    return gls_zip_directory_find(out, *input, error);
}

/* Reads the one record of a ZIP made of `record` with `before` bytes before it. */
static bool read_one(struct gls_zip_entry *out, struct gls_strbuf *name,
                     const struct record *record, size_t before)
{
    GLS_STRBUF_AUTO bytes = GLS_STRBUF_INIT;
    struct gls_zip_directory directory;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input;

    for (size_t i = 0; i < before; i++)
        gls_strbuf_add_char(&bytes, 'x');
    add_record(&bytes, record);
    add_end(&bytes, 0, 1, bytes.size - before, 0);
    assert_true(find(&directory, &input, &bytes, &error));
    assert_int_equal(directory.start, before);
    assert_int_equal(directory.shift, before);
    bool ok = gls_zip_directory_read(out, name, &directory, directory.start, &error);
    assert_true(ok || error.status == GLS_ERROR_FORMAT);
    assert_true(!ok || out->next == directory.end);
    gls_input_free(input);
    return ok;
}

static void names_are_utf8_whatever_they_were(void **state)
{
    (void)state;
    /* The checksum of "x.jpg", then of another name. */
    static const char right[] = "up\x0b\0\1\xe5\x47\xc4\xf6\xc3\xa9.jpg";
    static const char stale[] = "up\x0b\0\1\xe6\x47\xc4\xf6\xc3\xa9.jpg";
    static const struct {
        struct record record;
        const char *name;
    } rows[] = {
        {{.name = "a/b.jpg"}, "a/b.jpg"},
        {{.name = "e\xcc\x81.jpg", .flags = 0x800}, "e\xcc\x81.jpg"},
        {{.name = "\x82.jpg"}, "\xc3\xa9.jpg"},
        {{.name = "\xc3\xa9.jpg"}, "\xc3\xa9.jpg"},
        {{.name = "\x82.jpg", .flags = 0x800}, "\x82.jpg"}, /* as it says, so it is */
        {{.name = "a\\b.jpg", .made_by = 0x0014}, "a/b.jpg"},
        {{.name = "a\\b.jpg", .made_by = 0x0314}, "a\\b.jpg"},
        {{.name = "x.jpg", .extra = right, .extra_size = sizeof right - 1}, "\xc3\xa9.jpg"},
        {{.name = "x.jpg", .extra = stale, .extra_size = sizeof stale - 1}, "x.jpg"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        GLS_STRBUF_AUTO name = GLS_STRBUF_INIT;
        struct gls_zip_entry entry;
        assert_true(read_one(&entry, &name, &rows[i].record, i));
        if (strcmp(gls_strbuf_str(&name), rows[i].name) != 0)
            fail_msg("row %zu: %s", i, gls_strbuf_str(&name));
    }
}

static void times_are_taken_from_what_is_exact(void **state)
{
    (void)state;
    static const char unix_time[] = "UT\x05\0\1\x80\x51\x01\0"; /* 1970-01-02 */
    static const char no_mtime[] = "UT\x05\0\2\x80\x51\x01\0";  /* of access */
    static const char ntfs[] = "\x0a\0\x20\0\0\0\0\0\1\0\x18\0"
                               "\0\x40\xa8\xff\xa7\xb2\x9d\1" /* 1970-01-02 in 100 ns since 1601 */
                               "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    static const struct {
        struct record record;
        bool has_utc;
        int64_t time_s;
    } rows[] = {
        /* 2021-03-04 05:06:08 */
        {{.name = "a", .date = 41 << 9 | 3 << 5 | 4, .time = 5 << 11 | 6 << 5 | 4},
         false,
         1614834368},
        {{.name = "a", .date = 0, .time = 0}, false, 0},
        {{.name = "a", .extra = unix_time, .extra_size = sizeof unix_time - 1}, true, 86400},
        {{.name = "a", .extra = no_mtime, .extra_size = sizeof no_mtime - 1}, false, 0},
        {{.name = "a", .extra = ntfs, .extra_size = sizeof ntfs - 1}, true, 86400},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        GLS_STRBUF_AUTO name = GLS_STRBUF_INIT;
        struct gls_zip_entry entry;
        assert_true(read_one(&entry, &name, &rows[i].record, 0));
        if (entry.has_utc != rows[i].has_utc || entry.time_s != rows[i].time_s)
            fail_msg("row %zu: %lld", i, (long long)entry.time_s);
    }
}

static void large_sizes_are_in_a_field_of_their_own(void **state)
{
    (void)state;
    GLS_STRBUF_AUTO extra = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO name = GLS_STRBUF_INIT;
    struct record record = {.name = "a", .size = UINT32_MAX, .packed = 7, .header = UINT32_MAX};
    struct gls_zip_entry entry;

    add16(&extra, 1);
    add16(&extra, 16);
    add64(&extra, UINT64_C(0x123456789));
    add64(&extra, UINT64_C(0x200000000));
    record.extra = extra.data;
    record.extra_size = extra.size;
    assert_true(read_one(&entry, &name, &record, 100));
    assert_true(entry.size_bytes == UINT64_C(0x123456789));
    assert_int_equal(entry.packed_bytes, 7);
    assert_true(entry.header == UINT64_C(0x200000000) + 100);
    /* One that ends too early, and none. */
    record.packed = UINT32_MAX;
    assert_false(read_one(&entry, &name, &record, 0));
    record.extra_size = 0;
    assert_false(read_one(&entry, &name, &record, 0));
}

static void what_is_no_file_is_told(void **state)
{
    (void)state;
    static const struct {
        struct record record;
        bool is_folder, is_link, is_encrypted;
        unsigned mode;
    } rows[] = {
        {{.name = "a", .made_by = 0x0314, .attributes = 0100640u << 16}, false, false, false, 0640},
        {{.name = "a", .made_by = 0x0314, .attributes = 0120777u << 16}, false, true, false, 0777},
        {{.name = "a", .made_by = 0x0314, .attributes = 0010644u << 16}, false, true, false, 0644},
        {{.name = "a", .made_by = 0x0014, .attributes = 0120777u << 16}, false, false, false, 0},
        {{.name = "a/", .made_by = 0x0314, .attributes = 0040755u << 16}, true, false, false, 0755},
        {{.name = "a", .flags = 1}, false, false, true, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        GLS_STRBUF_AUTO name = GLS_STRBUF_INIT;
        struct gls_zip_entry entry;
        assert_true(read_one(&entry, &name, &rows[i].record, 0));
        assert_int_equal(entry.is_folder, rows[i].is_folder);
        assert_int_equal(entry.is_link, rows[i].is_link);
        assert_int_equal(entry.is_encrypted, rows[i].is_encrypted);
        assert_int_equal(entry.mode, rows[i].mode);
    }
}

static void ends_that_lie_are_refused(void **state)
{
    (void)state;
    static const struct {
        unsigned disk;
        uint64_t size, start;
        enum gls_status status; /* OK: found */
    } rows[] = {
        {0, 10, 0, GLS_OK},
        {0, 10, 10, GLS_ERROR_FORMAT},
        {0, 11, 0, GLS_ERROR_FORMAT},
        {0, 0xfffffff0, 0xfffffff0, GLS_ERROR_FORMAT},
        {1, 10, 0, GLS_ERROR_UNSUPPORTED},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        GLS_STRBUF_AUTO bytes = GLS_STRBUF_INIT;
        struct gls_zip_directory directory;
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_input *input;
        gls_strbuf_add_str(&bytes, "0123456789");
        add_end(&bytes, rows[i].disk, 1, rows[i].size, rows[i].start);
        bool found = find(&directory, &input, &bytes, &error);
        assert_int_equal(found, rows[i].status == GLS_OK);
        assert_true(found || error.status == rows[i].status);
        gls_input_free(input);
        /* Cut off at every byte it has no end. */
        for (size_t size = 0; i == 0 && size < bytes.size; size++) {
            struct gls_strbuf part = {.data = bytes.data, .size = size};
            assert_false(find(&directory, &input, &part, &error));
            gls_input_free(input);
        }
    }
}

static void an_end_of_64_bits_counts(void **state)
{
    (void)state;
    GLS_STRBUF_AUTO bytes = GLS_STRBUF_INIT;
    struct gls_zip_directory directory;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input;

    gls_strbuf_add_str(&bytes, "sfxDIRECTORY");
    gls_strbuf_add(&bytes, "PK\6\6", 4);
    add64(&bytes, 44);
    add32(&bytes, 0);
    add64(&bytes, 0);
    add64(&bytes, 70000);
    add64(&bytes, 70000);
    add64(&bytes, 9);
    add64(&bytes, 0);
    gls_strbuf_add(&bytes, "PK\6\7", 4);
    add32(&bytes, 0);
    add64(&bytes, 9);
    add32(&bytes, 1);
    add_end(&bytes, 0, 0xffff, UINT32_MAX, UINT32_MAX);
    assert_true(find(&directory, &input, &bytes, &error));
    assert_int_equal(directory.count, 70000);
    assert_int_equal(directory.start, 3);
    assert_int_equal(directory.end, 12);
    assert_int_equal(directory.shift, 3);
    gls_input_free(input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_utf8_whatever_they_were),
        cmocka_unit_test(times_are_taken_from_what_is_exact),
        cmocka_unit_test(large_sizes_are_in_a_field_of_their_own),
        cmocka_unit_test(what_is_no_file_is_told),
        cmocka_unit_test(ends_that_lie_are_refused),
        cmocka_unit_test(an_end_of_64_bits_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
