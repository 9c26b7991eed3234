/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "media/undo/undo_record.h"
#include "tests/support/temp_dir.h"

enum { SOURCE_SIZE = 200000 };

/* Splices of one edit: the one whose text is NULL carries the record. */
struct edit {
    uint64_t offset, removed;
    const char *text;
};

struct row {
    const char *name;
    struct edit edits[5];
    size_t count;
};

static const struct row rows[] = {
    {"insertion", {{20, 0, NULL}}, 1},
    {"replacement", {{100, 5000, NULL}}, 1},
    {"at the start", {{0, 0, NULL}}, 1},
    {"at the end", {{SOURCE_SIZE, 0, NULL}, {4, 4, "abcd"}}, 2},
    {"neighbours", {{50, 10, ""}, {60, 0, "new"}, {60, 3, NULL}, {63, 4, "x"}}, 4},
    {"XMP between", {{10, 4, "abcd"}, {500, 20, NULL}, {199000, 999, "yy"}}, 3},
    {"all of it", {{0, 40000, NULL}}, 1},
    {"many pieces", {{1, 1, "aa"}, {3, 1, ""}, {5, 0, "bbb"}, {7, 2, NULL}, {9, 1, "c"}}, 5},
};

static uint8_t *new_source(void)
{
    uint8_t *bytes = malloc(SOURCE_SIZE);

    temp_fill(bytes, SOURCE_SIZE, 7);
    return bytes;
}

static struct gls_input *memory_input(const void *bytes, size_t size)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;

    if (!gls_input_from_memory(&input, bytes, size, "memory", &error))
        fail_msg("%s", error.message);
    return input;
}

/* The patch of a row, with `xmp_text` as what the XMP's splice puts in. */
static size_t make_patch(struct gls_patch *patch, const struct row *row, const char *xmp_text)
{
    struct gls_error error = GLS_ERROR_INIT;
    size_t xmp_splice = SIZE_MAX;

    *patch = (struct gls_patch)GLS_PATCH_INIT;
    for (size_t i = 0; i < row->count; i++) {
        const struct edit *edit = &row->edits[i];
        const char *text = edit->text == NULL ? xmp_text : edit->text;
        GLS_STRBUF_AUTO added = GLS_STRBUF_INIT;
        gls_strbuf_add_str(&added, text);
        assert_true(gls_patch_replace(patch, edit->offset, edit->removed, &added, &error));
    }
    assert_true(gls_patch_seal(patch, SOURCE_SIZE, &error));
    for (size_t i = 0; i < patch->count; i++)
        if (patch->splices[i].size > 0 && memmem(patch->splices[i].bytes, patch->splices[i].size,
                                                 xmp_text, strlen(xmp_text)) != NULL)
            xmp_splice = i;
    assert_true(xmp_splice < patch->count);
    return xmp_splice;
}

/* The stored file of a row, made as a writer does it: record first, XMP then. */
static uint8_t *make_stored(const struct row *row, const uint8_t *source, size_t *size,
                            struct gls_strbuf *record)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = memory_input(source, SOURCE_SIZE), *view = NULL;
    struct gls_patch patch;
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;

    size_t xmp_splice = make_patch(&patch, row, "<not known yet>");
    if (!gls_undo_encode(record, &patch, xmp_splice, input, &error))
        fail_msg("%s", error.message);
    gls_patch_free(&patch);
    gls_strbuf_addf(&xmp, "<x:xmpmeta glassine:Source=\"%s\"/>", gls_strbuf_str(record));
    make_patch(&patch, row, xmp.data);
    assert_true(gls_input_from_patch(&view, input, &patch, &error));
    *size = (size_t)gls_input_size(view);
    uint8_t *stored = malloc(*size);
    assert_true(gls_input_read(view, 0, stored, *size, &error));
    gls_input_free(view);
    gls_patch_free(&patch);
    gls_input_free(input);
    return stored;
}

static void test_round_trip(void **state)
{
    uint8_t *source = new_source(), *got = malloc(SOURCE_SIZE);
    struct gls_sha256 *digest = gls_sha256_new();
    char wanted[GLS_SHA256_HEX_SIZE], sha256[GLS_SHA256_HEX_SIZE];

    (void)state;
    gls_sha256_update(digest, source, SOURCE_SIZE);
    gls_sha256_finish(digest, wanted);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        GLS_STRBUF_AUTO record = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO found = GLS_STRBUF_INIT;
        struct gls_undo *undo = NULL;
        size_t size;
        uint64_t source_size;
        uint8_t *stored = make_stored(&rows[i], source, &size, &record);
        struct gls_input *input = memory_input(stored, size);
        assert_true(gls_undo_find(&found, input, NULL, &error));
        assert_string_equal(gls_strbuf_str(&found), gls_strbuf_str(&record));
        if (!gls_undo_open(&undo, input, found.data, &error))
            fail_msg("%s: %s", rows[i].name, error.message);
        assert_int_equal(gls_input_size(gls_undo_input(undo)), SOURCE_SIZE);
        assert_true(gls_input_read(gls_undo_input(undo), 0, got, SOURCE_SIZE, &error));
        assert_memory_equal(got, source, SOURCE_SIZE);
        gls_undo_close(undo);
        assert_true(gls_undo_source_hash(sha256, &source_size, input, found.data, &error));
        assert_string_equal(sha256, wanted);
        assert_int_equal(source_size, SOURCE_SIZE);
        gls_input_free(input);
        free(stored);
    }
    gls_sha256_free(digest);
    free(source);
    free(got);
}

/* A file that was changed afterwards has no source to give. */
static void test_changed_file(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    uint8_t *source = new_source();
    GLS_STRBUF_AUTO record = GLS_STRBUF_INIT;
    struct gls_undo *undo = NULL;
    size_t size;
    uint8_t *stored = make_stored(&rows[5], source, &size, &record);

    (void)state;
    struct gls_input *input = memory_input(stored, size - 300);
    assert_false(gls_undo_open(&undo, input, record.data, &error));
    assert_int_equal(error.status, GLS_ERROR_FORMAT);
    gls_input_free(input);
    uint8_t *longer = calloc(1, size + 5000);
    memcpy(longer + 5000, stored, size);
    input = memory_input(longer, size + 5000);
    assert_false(gls_undo_open(&undo, input, record.data, &error));
    assert_int_equal(error.status, GLS_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "changed"));
    gls_input_free(input);
    free(longer);
    free(stored);
    free(source);
}

static void test_too_much_to_keep(void **state)
{
    static const struct row large = {"large", {{0, GLS_UNDO_REMOVED_MAX + 1, NULL}}, 1};
    struct gls_error error = GLS_ERROR_INIT;
    uint8_t *source = new_source();
    struct gls_input *input = memory_input(source, SOURCE_SIZE);
    GLS_STRBUF_AUTO record = GLS_STRBUF_INIT;
    struct gls_patch patch;

    (void)state;
    size_t xmp_splice = make_patch(&patch, &large, "x");
    assert_true(gls_undo_encode(&record, &patch, xmp_splice, input, &error));
    assert_int_equal(record.size, 0);
    assert_false(gls_undo_encode(&record, &patch, 1, input, &error));
    gls_patch_free(&patch);
    gls_input_free(input);
    free(source);
}

#define SHA_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void test_hash_records(void **state)
{
    static const struct {
        const char *record;
        bool good;
    } records[] = {{"gls-hash-1:" SHA_A ":123;", true},
                   {"gls-hash-1:" SHA_A ":;", false},
                   {"gls-hash-1:" SHA_A ":123", false},
                   {"gls-hash-1:" SHA_A "0:123;", false},
                   {"gls-hash-1:0011:123;", false},
                   {"gls-undo-1:;", false},
                   {"gls-undo-1:AAAA;", false},
                   {"gls-undo-1:****;", false},
                   {"gls-undo-1:", false},
                   {"", false}};
    struct gls_input *input = memory_input("bytes", 5);
    GLS_STRBUF_AUTO made = GLS_STRBUF_INIT;

    (void)state;
    gls_undo_encode_hash(&made, SHA_A, 123);
    assert_string_equal(made.data, records[0].record);
    for (size_t i = 0; i < COUNT_OF(records); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        char sha256[GLS_SHA256_HEX_SIZE];
        uint64_t size = 0;
        assert_int_equal(gls_undo_source_hash(sha256, &size, input, records[i].record, &error),
                         records[i].good);
        assert_int_equal(error.status, records[i].good ? GLS_OK : GLS_ERROR_FORMAT);
        assert_true(!records[i].good || (size == 123 && strcmp(sha256, SHA_A) == 0));
    }
    gls_input_free(input);
}

static void test_finding(void **state)
{
    enum { SIZE = 300000 };
    static const char record[] = "gls-hash-1:" SHA_A ":1;";
    static const size_t places[] = {0, 65536 - 5, 65536 - 1, 131072, SIZE - sizeof record + 1};
    struct gls_range essence_item = {.offset = 65536, .size = 20000};
    struct gls_ranges essence = {.items = &essence_item, .count = 1, .space = 1};
    struct gls_error error = GLS_ERROR_INIT;
    GLS_STRBUF_AUTO found = GLS_STRBUF_INIT;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        uint8_t *bytes = calloc(1, SIZE);
        memcpy(bytes + places[i], record, sizeof record - 1);
        struct gls_input *input = memory_input(bytes, SIZE);
        assert_true(gls_undo_find(&found, input, NULL, &error));
        assert_string_equal(gls_strbuf_str(&found), record);
        gls_input_free(input);
        free(bytes);
    }
    /* Not in the picture itself, and not where there is no end. */
    uint8_t *bytes = calloc(1, SIZE);
    memcpy(bytes + 70000, record, sizeof record - 1);
    memcpy(bytes + 100, "gls-undo-1:AAAA", 15);
    struct gls_input *input = memory_input(bytes, SIZE);
    assert_true(gls_undo_find(&found, input, &essence, &error));
    assert_int_equal(found.size, 0);
    gls_input_free(input);
    free(bytes);
}

/* Whatever stands in a record costs an error at most. */
static void test_hostile_records(void **state)
{
    uint8_t *source = new_source();
    GLS_STRBUF_AUTO record = GLS_STRBUF_INIT;
    size_t size;
    uint8_t *stored = make_stored(&rows[7], source, &size, &record);
    struct gls_input *input = memory_input(stored, size);
    unsigned refused = 0;

    (void)state;
    for (size_t i = 11; i + 1 < record.size; i++) {
        for (int change = 1; change < 64; change += 9) {
            struct gls_error error = GLS_ERROR_INIT;
            struct gls_undo *undo = NULL;
            char *text = strdup(record.data);
            text[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
                [((unsigned char)text[i] + (unsigned)change) % 64];
            if (gls_undo_open(&undo, input, text, &error))
                gls_undo_close(undo);
            else
                refused++;
            free(text);
        }
    }
    assert_true(refused > 0);
    gls_input_free(input);
    free(stored);
    free(source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),       cmocka_unit_test(test_changed_file),
        cmocka_unit_test(test_too_much_to_keep), cmocka_unit_test(test_hash_records),
        cmocka_unit_test(test_finding),          cmocka_unit_test(test_hostile_records),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
