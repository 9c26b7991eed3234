/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <unistd.h>

#include "store/elodie/elodie_import.h"
#include "store/elodie/json_stream.h"
#include "tests/support/temp_dir.h"

#define SHA_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define SHA_B "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

struct fixture {
    char *dir;
    char *elodie;
    struct gls_library *library;
    struct gls_db_writer *writer;
    struct gls_reader *reader;
};

static int set_up(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct fixture *fixture = calloc(1, sizeof *fixture);

    fixture->dir = temp_dir_new();
    fixture->elodie = temp_folder(fixture->dir, ".elodie");
    char *root = temp_path(fixture->dir, "library");
    bool ok = gls_library_open(&fixture->library, root,
                               &(struct gls_library_options){.mode = GLS_LIBRARY_WRITE}, &error) &&
              gls_db_writer_start(&fixture->writer, fixture->library, &error) &&
              gls_reader_open(&fixture->reader, fixture->library, &error);
    free(root);
    *state = fixture;
    return ok ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    gls_reader_close(fixture->reader);
    gls_db_writer_stop(fixture->writer);
    gls_library_close(fixture->library);
    free(fixture->elodie);
    temp_dir_remove(fixture->dir);
    free(fixture);
    return 0;
}

static bool take(struct fixture *fixture, struct gls_elodie_counts *counts, struct gls_error *error)
{
    *error = (struct gls_error)GLS_ERROR_INIT;
    return gls_elodie_import(counts, fixture->reader, fixture->writer, fixture->elodie, error);
}

static bool keep_path(void *user, const char *path)
{
    snprintf(user, 256, "%s", path);
    return true;
}

static const char *path_of(struct fixture *fixture, const char *sha256)
{
    static char path[256];
    struct gls_error error = GLS_ERROR_INIT;

    path[0] = '\0';
    if (!gls_reader_each_elodie_hash(fixture->reader, sha256, keep_path, path, &error))
        fail_msg("%s", error.message);
    return path;
}

static void test_taken_in_once(void **state)
{
    struct fixture *fixture = *state;
    struct gls_error error;
    struct gls_elodie_counts counts;
    struct gls_place place;
    bool found;

    assert_true(take(fixture, &counts, &error));
    assert_int_equal(counts.hashes + counts.places, 0);
    assert_true(gls_reader_has_size(fixture->reader, &found, 5, &error));
    assert_false(found);
    free(temp_text_file(fixture->elodie, "hash.json",
                        "{\"" SHA_A "\": \"/p/\\u00e4\\ud83d\\ude00\\udcff \\\"x\\\".jpg\",\n"
                        " \"no hash\": \"/p/b\", \"" SHA_B "\": \"relative\"}\n"));
    free(temp_text_file(fixture->elodie, "location.json",
                        "[{\"lat\": 37.5, \"long\": -122.25, \"name\": {\"city\": \"Sunnyvale\","
                        " \"state\": \"California\", \"default\": \"Sunnyvale\"}},"
                        " {\"lat\": 100, \"long\": 0, \"name\": {\"city\": \"x\"}},"
                        " {\"lat\": 1, \"long\": 1, \"name\": {\"default\": \"Somewhere\"}}, 5,"
                        " {\"lat\": 9, \"long\": 9, \"name\": {\"city\": null, \"town\":"
                        " \"Newtown\", \"state\": \"Wales\", \"default\": \"Newtown\"}},"
                        " {\"lat\": 8, \"long\": 8, \"name\": \"an old name\"}]"));
    if (!take(fixture, &counts, &error))
        fail_msg("%s", error.message);
    assert_int_equal(counts.hashes, 1);
    assert_int_equal(counts.places, 3);
    assert_string_equal(path_of(fixture, SHA_A), "/p/\xc3\xa4\xf0\x9f\x98\x80\xff \"x\".jpg");
    assert_string_equal(path_of(fixture, SHA_B), "");
    assert_true(gls_reader_find_place(fixture->reader, &place, &found,
                                      &(struct gls_circle){37.5, -122.25, 10, 0}, &error));
    assert_true(found);
    assert_string_equal(place.city, "Sunnyvale");
    assert_string_equal(place.state, "California");
    assert_true(gls_reader_find_place(fixture->reader, &place, &found,
                                      &(struct gls_circle){9, 9, 10, 0}, &error));
    assert_true(found);
    assert_string_equal(place.city, "Newtown");
    assert_string_equal(place.state, "Wales");
    assert_true(gls_reader_has_size(fixture->reader, &found, 5, &error));
    assert_true(found);
    assert_true(take(fixture, &counts, &error));
    assert_int_equal(counts.hashes + counts.places, 0);
}

/* Elodie makes both files when it starts; without a service location.json stays
 * empty. The hashes count all the same. */
static void test_no_place_was_named(void **state)
{
    struct fixture *fixture = *state;
    struct gls_error error;
    struct gls_elodie_counts counts;

    free(temp_text_file(fixture->elodie, "hash.json", "{\"" SHA_A "\": \"/p/a\"}"));
    free(temp_text_file(fixture->elodie, "location.json", ""));
    if (!take(fixture, &counts, &error))
        fail_msg("%s", error.message);
    assert_int_equal(counts.hashes, 1);
    assert_int_equal(counts.places, 0);
    assert_string_equal(path_of(fixture, SHA_A), "/p/a");
}

/* Damage is an error each time, never an empty list, and the file stays as it is. */
static void test_damaged_files(void **state)
{
    static const struct {
        const char *name, *text, *says;
    } rows[] = {
        {"hash.json", "", "ends too early"},
        {"hash.json", "{\"" SHA_A "\": \"/p/a", "ends too early"},
        {"hash.json", "{\"" SHA_A "\": \"/p/a\"", "ends too early"},
        {"hash.json", "{\"" SHA_A "\": \"/p/a\",", "ends too early"},
        {"hash.json", "{\"" SHA_A "\": 5}", "no text"},
        {"hash.json", "[]", "no JSON object"},
        {"hash.json", "{} {}", "more behind"},
        {"hash.json", "{\"a\" \"b\"}", "without a colon"},
        {"hash.json", "{\"a\": \"b\",}", "comma"},
        {"hash.json", "{\"a\": \"b\" \"c\": \"d\"}", "without a comma"},
        {"hash.json", "{\"a\": \"\\q\"}", "escape"},
        {"hash.json", "{\"a\": \"\\u12g4\"}", "hex"},
        {"hash.json", "{\"a\": \"\\u0000\"}", "NUL"},
        {"hash.json", "{\"a\": \"\\ud800\"}", "surrogate"},
        {"hash.json", "{\"a\": \"\\ude00\"}", "surrogate"},
        {"hash.json", "{\"a\": \"\n\"}", "closing quote"},
        {"location.json", "[{\"lat\": 1", "no JSON list"},
        {"location.json", "{}", "no JSON list"},
        {"location.json", " ", "no JSON list"},
    };
    struct fixture *fixture = *state;
    struct gls_elodie_counts counts;
    struct gls_error error;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool is_hash = strcmp(rows[i].name, "hash.json") == 0;
        char *good = temp_text_file(fixture->elodie, is_hash ? "location.json" : "hash.json",
                                    is_hash ? "[]" : "{\"" SHA_A "\": \"/p/a\"}");
        char *bad = temp_text_file(fixture->elodie, rows[i].name, rows[i].text);
        for (int again = 0; again < 2; again++) {
            assert_false(take(fixture, &counts, &error));
            if (error.status != GLS_ERROR_FORMAT || strstr(error.message, rows[i].says) == NULL ||
                strstr(error.message, bad) == NULL)
                fail_msg("row %zu: %d %s", i, (int)error.status, error.message);
        }
        assert_string_equal(path_of(fixture, SHA_A), "");
        char *left = (char *)temp_read(bad, NULL);
        assert_string_equal(left, rows[i].text);
        unlink(good);
        unlink(bad);
        free(left);
        free(good);
        free(bad);
    }
}

static bool count_pair(void *user, const char *key, const char *value, struct gls_error *error)
{
    (void)error;
    assert_int_equal(strlen(key), 64);
    assert_true(value[0] == '/');
    ++*(unsigned *)user;
    return true;
}

/* Pairs that lie across the reader's window. */
static void test_large_file(void **state)
{
    enum { PAIRS = 20000, PAIR_SIZE = 160 };
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    char *text = malloc(PAIRS * PAIR_SIZE);
    size_t size = 0;
    unsigned count = 0;

    (void)state;
    text[size++] = '{';
    for (unsigned i = 0; i < PAIRS; i++)
        size += (size_t)snprintf(text + size, PAIR_SIZE, "%s\"%064x\": \"/pictures/%0*u\"",
                                 i == 0 ? "" : ",", i, (int)(i % 40) + 1, i);
    text[size++] = '}';
    assert_true(gls_input_from_memory(&input, text, size, "pairs", &error));
    if (!gls_json_each_string(input, count_pair, &count, &error))
        fail_msg("%s", error.message);
    assert_int_equal(count, PAIRS);
    gls_input_free(input);
    assert_true(gls_input_from_memory(&input, text, size - 1, "pairs", &error));
    assert_false(gls_json_each_string(input, NULL, NULL, &error));
    gls_input_free(input);
    memset(text, 'x', PAIRS * PAIR_SIZE);
    memcpy(text, "{\"", 2);
    assert_true(gls_input_from_memory(&input, text, PAIRS * PAIR_SIZE, "pairs", &error));
    assert_false(gls_json_each_string(input, NULL, NULL, &error));
    assert_non_null(strstr(error.message, "too long"));
    gls_input_free(input);
    free(text);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_taken_in_once), TEST(test_no_place_was_named),
                                       TEST(test_damaged_files), cmocka_unit_test(test_large_file)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
