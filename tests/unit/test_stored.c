/* SPDX-License-Identifier: MIT */
/* gls_lookup() and gls_walk(): what the database knows of stored files. */
#include "tests/support/test.h"

#include <unistd.h>

#include "glassine.h"
#include "tests/support/temp_dir.h"

enum { SEEN_MAX = 64 };

struct seen {
    char dates[SEEN_MAX][64];
    char paths[SEEN_MAX][512];
    char sha256[65];
    size_t count;
    size_t path_count; /* what on_path was told */
    size_t enough;     /* after so many it is enough; 0: never */
};

static bool on_stored(void *user, const struct gls_stored *file)
{
    struct seen *seen = user;

    assert_true(seen->count < SEEN_MAX && file->struct_size >= sizeof *file);
    snprintf(seen->dates[seen->count], 64, "%s", file->date_taken);
    snprintf(seen->paths[seen->count], 512, "%s", file->path);
    assert_int_equal(strlen(file->source_sha256), 64);
    assert_int_equal(strlen(file->stored_xxh128), 32);
    assert_true(file->size_bytes > 0 && file->source_path[0] == '/');
    snprintf(seen->sha256, sizeof seen->sha256, "%s", file->source_sha256);
    seen->count++;
    return seen->count != seen->enough;
}

static void on_path(void *user, const char *path)
{
    struct seen *seen = user;

    (void)path;
    seen->path_count++;
}

static struct gls_list_callbacks listeners(struct seen *seen)
{
    memset(seen, 0, sizeof *seen);
    return (struct gls_list_callbacks){.struct_size = sizeof(struct gls_list_callbacks),
                                       .user = seen,
                                       .on_path = on_path,
                                       .on_stored = on_stored};
}

static int make_library(void **state)
{
    const char *paths[] = {"fixtures/sample"};
    struct gls_import_options options = GLS_IMPORT_OPTIONS_INIT;
    struct gls_summary summary = GLS_SUMMARY_INIT;
    struct gls_error error = GLS_ERROR_INIT;

    if (chdir(getenv("GLS_SOURCE_DIR")) != 0)
        return -1;
    options.destination = *state = temp_dir_new();
    options.paths = paths;
    options.path_count = 1;
    return gls_import(&summary, NULL, &options, NULL, &error) ? 0 : -1;
}

static int remove_library(void **state)
{
    temp_dir_remove(*state);
    return 0;
}

static size_t walk(struct seen *seen, const char *library, const char *from, const char *until)
{
    struct gls_walk_options options = GLS_WALK_OPTIONS_INIT;
    struct gls_list_callbacks callbacks = listeners(seen);
    struct gls_error error = GLS_ERROR_INIT;

    options.library = library;
    options.from = from;
    options.until = until;
    if (!gls_walk(NULL, &options, &callbacks, &error))
        fail_msg("%s", error.message);
    assert_int_equal(seen->path_count, seen->count);
    return seen->count;
}

static void test_walk_is_by_date(void **state)
{
    static struct seen all, some;
    char year[5], day[11];
    size_t total = walk(&all, *state, NULL, NULL);

    assert_true(total > 10);
    for (size_t i = 1; i < total; i++)
        assert_true(strcmp(all.dates[i - 1], all.dates[i]) <= 0);
    /* Cut in two anywhere, by year or by day, nothing is lost and nothing comes twice. */
    for (size_t i = 0; i < total; i++) {
        snprintf(year, sizeof year, "%.4s", all.dates[i]);
        size_t before = walk(&some, *state, NULL, year);
        for (size_t k = 0; k < before; k++)
            assert_true(strncmp(some.dates[k], year, 4) < 0);
        assert_int_equal(before + walk(&some, *state, year, NULL), total);
        snprintf(day, sizeof day, "%.10s", all.dates[i]);
        assert_int_equal(walk(&some, *state, NULL, day) + walk(&some, *state, day, NULL), total);
    }
}

static void test_walk_ends_when_it_is_enough(void **state)
{
    static struct seen seen;
    struct gls_walk_options options = GLS_WALK_OPTIONS_INIT;
    struct gls_list_callbacks callbacks = listeners(&seen);
    struct gls_error error = GLS_ERROR_INIT;

    options.library = *state;
    seen.enough = 3;
    assert_true(gls_walk(NULL, &options, &callbacks, &error));
    assert_int_equal(seen.count, 3);
    options.from = "yesterday";
    assert_false(gls_walk(NULL, &options, &callbacks, &error));
    assert_int_equal(error.status, GLS_ERROR_ARGUMENT);
    options.from = "2024";
    options.until = "24-01-01";
    assert_false(gls_walk(NULL, &options, &callbacks, &error));
    assert_int_equal(error.status, GLS_ERROR_ARGUMENT);
}

static void test_lookup(void **state)
{
    static struct seen all, found;
    struct gls_list_callbacks callbacks;
    struct gls_error error = GLS_ERROR_INIT;
    char sha256[65];

    walk(&all, *state, NULL, NULL);
    for (size_t i = 0; i < 64; i++) /* in capitals it is the same one */
        sha256[i] = (char)(all.sha256[i] >= 'a' ? all.sha256[i] - 'a' + 'A' : all.sha256[i]);
    sha256[64] = '\0';
    callbacks = listeners(&found);
    assert_true(gls_lookup(NULL, *state, sha256, &callbacks, &error));
    assert_int_equal(found.count, 1);
    assert_string_equal(found.paths[0], all.paths[all.count - 1]);
    memset(sha256, '0', 64);
    callbacks = listeners(&found);
    assert_true(gls_lookup(NULL, *state, sha256, &callbacks, &error));
    assert_int_equal(found.count, 0);
    sha256[63] = '\0';
    assert_false(gls_lookup(NULL, *state, sha256, &callbacks, &error));
    assert_int_equal(error.status, GLS_ERROR_ARGUMENT);
    assert_true(gls_lookup(NULL, *state, all.sha256, NULL, &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_walk_is_by_date),
        cmocka_unit_test(test_walk_ends_when_it_is_enough),
        cmocka_unit_test(test_lookup),
    };
    return cmocka_run_group_tests(tests, make_library, remove_library);
}
