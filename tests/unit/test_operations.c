/* SPDX-License-Identifier: MIT */
/* What the public operations make of their arguments: options of other versions
 * of the header, and what may be NULL. */
#include "tests/support/test.h"

#include <unistd.h>

#include "glassine.h"
#include "tests/support/temp_dir.h"

/* Options as the header of a later version might have them. */
struct later_options {
    struct gls_import_options known;
    const char *novelty;
};

static bool import(const struct gls_import_options *options, struct gls_summary *summary,
                   struct gls_error *error)
{
    *error = (struct gls_error)GLS_ERROR_INIT;
    return gls_import(summary, NULL, options, NULL, error);
}

static void test_options_of_an_older_header(void **state)
{
    const char *paths[] = {"fixtures/elodie/photo.png"};
    struct gls_import_options options = GLS_IMPORT_OPTIONS_INIT;
    struct gls_summary summary = GLS_SUMMARY_INIT;
    struct gls_error error;
    char *folder = temp_dir_new();
    (void)state;

    assert_int_equal(chdir(getenv("GLS_SOURCE_DIR")), 0);
    options.destination = folder;
    options.paths = paths;
    options.path_count = 1;
    /* What lies behind struct_size is not the caller's options. */
    options.dry_run = false;
    options.move = options.trash = true;
    options.struct_size = offsetof(struct gls_import_options, exclude_regexes);
    assert_true(import(&options, &summary, &error));
    assert_int_equal(summary.imported, 1);
    options.struct_size = sizeof options;
    assert_false(import(&options, &summary, &error));
    assert_int_equal(error.status, GLS_ERROR_ARGUMENT);
    temp_dir_remove(folder);
}

static void test_options_of_a_newer_header(void **state)
{
    const char *paths[] = {"fixtures/elodie/photo.png"};
    struct later_options options = {GLS_IMPORT_OPTIONS_INIT, NULL};
    struct gls_summary summary = GLS_SUMMARY_INIT;
    struct gls_error error;
    char *folder = temp_dir_new();
    (void)state;

    assert_int_equal(chdir(getenv("GLS_SOURCE_DIR")), 0);
    options.known.struct_size = sizeof options;
    options.known.destination = folder;
    options.known.paths = paths;
    options.known.path_count = 1;
    assert_true(import(&options.known, &summary, &error));
    assert_int_equal(summary.imported, 1);
    options.novelty = "on";
    assert_false(import(&options.known, &summary, &error));
    assert_int_equal(error.status, GLS_ERROR_UNSUPPORTED);
    assert_non_null(strstr(error.message, gls_version()));
    assert_int_equal(summary.scanned, 0);
    temp_dir_remove(folder);
}

/* What is filled in: never more than the caller's header has room for, and zero where
 * this library knows nothing. */
static void test_results_of_other_headers(void **state)
{
    struct {
        struct gls_media known;
        const char *novelty;
    } later = {.known = {.struct_size = sizeof later}, .novelty = "left over"};
    struct {
        struct gls_summary known;
        uint64_t novelty;
    } counted = {.known = {.struct_size = sizeof counted}, .novelty = 7};
    struct gls_import_options options = GLS_IMPORT_OPTIONS_INIT;
    struct gls_media unset = {0};
    struct gls_error error = GLS_ERROR_INIT;
    (void)state;

    assert_int_equal(chdir(getenv("GLS_SOURCE_DIR")), 0);
    assert_true(gls_show(&later.known, NULL, "fixtures/elodie/photo.png", &error));
    assert_int_equal(later.known.date.year, 2015);
    assert_int_equal(later.known.struct_size, sizeof later);
    assert_null(later.novelty);
    gls_media_clear(&later.known);
    assert_int_equal(later.known.struct_size, sizeof later);
    assert_null(later.known.date_source);

    assert_false(gls_show(&unset, NULL, "fixtures/elodie/photo.png", &error));
    assert_int_equal(error.status, GLS_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "GLS_MEDIA_INIT"));

    assert_false(gls_import(&counted.known, NULL, &options, NULL, &error));
    assert_int_equal(counted.novelty, 0);
    assert_int_equal(counted.known.struct_size, sizeof counted);
}

static void take_event(void *user, const struct gls_file_event *event)
{
    bool *seen = user;

    *seen = GLS_HAS(event, source) && GLS_HAS(event, source_reason) &&
            event->struct_size >= sizeof *event;
}

/* Callbacks of a later header may have members that are not set. */
static void test_callbacks_of_a_newer_header(void **state)
{
    const char *paths[] = {"fixtures/elodie/photo.png"};
    struct {
        struct gls_callbacks known;
        void (*novelty)(void);
    } callbacks = {.known = {.struct_size = sizeof callbacks, .on_file = take_event}};
    struct gls_import_options options = GLS_IMPORT_OPTIONS_INIT;
    struct gls_summary summary = GLS_SUMMARY_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    bool seen = false;
    char *folder = temp_dir_new();
    (void)state;

    assert_int_equal(chdir(getenv("GLS_SOURCE_DIR")), 0);
    options.destination = folder;
    options.paths = paths;
    options.path_count = 1;
    callbacks.known.user = &seen;
    assert_true(gls_import(&summary, NULL, &options, &callbacks.known, &error));
    assert_true(seen);
    callbacks.novelty = abort;
    assert_false(gls_import(&summary, NULL, &options, &callbacks.known, &error));
    assert_int_equal(error.status, GLS_ERROR_UNSUPPORTED);
    temp_dir_remove(folder);
}

/* Every operation refuses what no version can have meant. */
static void test_options_of_no_header(void **state)
{
    static const size_t sizes[] = {0, 1, sizeof(size_t), sizeof(struct gls_import_options) + 1};
    struct gls_import_options import_options = GLS_IMPORT_OPTIONS_INIT;
    struct gls_update_options update_options = GLS_UPDATE_OPTIONS_INIT;
    struct gls_verify_options verify_options = GLS_VERIFY_OPTIONS_INIT;
    struct gls_generate_options generate_options = GLS_GENERATE_OPTIONS_INIT;
    struct gls_summary summary = GLS_SUMMARY_INIT;
    struct gls_verify_summary verdict = GLS_VERIFY_SUMMARY_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    (void)state;

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        import_options.struct_size = update_options.struct_size = sizes[i];
        verify_options.struct_size = generate_options.struct_size = sizes[i];
        assert_false(gls_import(&summary, NULL, &import_options, NULL, &error));
        assert_non_null(strstr(error.message, "struct_size"));
        error = (struct gls_error)GLS_ERROR_INIT;
        assert_false(gls_update(&summary, NULL, &update_options, NULL, &error));
        assert_non_null(strstr(error.message, "struct_size"));
        error = (struct gls_error)GLS_ERROR_INIT;
        assert_false(gls_verify(&verdict, NULL, &verify_options, NULL, &error));
        assert_non_null(strstr(error.message, "struct_size"));
        error = (struct gls_error)GLS_ERROR_INIT;
        assert_false(gls_generate_db(&summary, NULL, &generate_options, NULL, &error));
        assert_non_null(strstr(error.message, "struct_size"));
        assert_int_equal(error.status, GLS_ERROR_ARGUMENT);
    }
    assert_false(gls_import(&summary, NULL, NULL, NULL, &error));
    assert_int_equal(error.status, GLS_ERROR_ARGUMENT);
}

/* NULL means the defaults: neither a file nor the environment is read. */
static void test_no_configuration(void **state)
{
    struct gls_import_options options = GLS_IMPORT_OPTIONS_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_config *config = NULL;
    struct gls_media media = GLS_MEDIA_INIT;
    struct gls_summary summary = GLS_SUMMARY_INIT;
    (void)state;

    assert_int_equal(chdir(getenv("GLS_SOURCE_DIR")), 0);
    setenv("GLASSINE_CONFIG", "/nonexistent/config.ini", 1);
    assert_false(gls_config_load(&config, NULL, &error));
    assert_true(gls_show(&media, NULL, "fixtures/elodie/photo.png", &error));
    assert_int_equal(media.date.year, 2015);
    gls_media_clear(&media);
    assert_false(gls_import(&summary, NULL, &options, NULL, &error));
    assert_int_equal(error.status, GLS_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "no destination"));
    unsetenv("GLASSINE_CONFIG");
    assert_true(gls_config_load(&config, "/dev/null", &error));
    assert_null(gls_config_destination(config));
    gls_config_free(config);
    gls_config_free(NULL);
}

static void test_log_wants_a_run(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    (void)state;
    assert_false(gls_log(NULL, NULL, 0, NULL, &error));
    assert_int_equal(error.status, GLS_ERROR_ARGUMENT);
    assert_false(gls_log(NULL, "/", -1, NULL, &error));
    assert_int_equal(error.status, GLS_ERROR_ARGUMENT);
}

static void test_positions_are_on_earth(void **state)
{
    static const double rows[][2] = {{90.1, 0}, {-90.1, 0}, {0, 180.1}, {0, -180.1}};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_place place;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_false(gls_place_at(&place, NULL, rows[i][0], rows[i][1], &error));
    assert_false(gls_place_at(&place, NULL, strtod("nan", NULL), 0, &error));
    assert_int_equal(error.status, GLS_ERROR_ARGUMENT);
    assert_true(gls_place_at(&place, NULL, 90, 180, &error));
}

static void keep_progress(void *user, const struct gls_progress *progress)
{
    *(struct gls_progress *)user = *progress;
}

/* What the time left is told by: in the end all that was found is done, whether a file
 * was copied, written anew, or only moved. */
static void test_progress_of_an_update(void **state)
{
    const char *sources[] = {"fixtures/sample"};
    struct gls_progress progress = GLS_SIZED(struct gls_progress);
    struct gls_callbacks callbacks = GLS_CALLBACKS_INIT;
    struct gls_import_options options = GLS_IMPORT_OPTIONS_INIT;
    struct gls_update_options update = GLS_UPDATE_OPTIONS_INIT;
    struct gls_summary summary = GLS_SUMMARY_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    char *folder = temp_dir_new();
    const char *library[] = {folder};
    (void)state;

    assert_int_equal(chdir(getenv("GLS_SOURCE_DIR")), 0);
    options.destination = folder;
    options.paths = sources;
    options.path_count = 1;
    callbacks.user = &progress;
    callbacks.on_progress = keep_progress;
    assert_true(gls_import(&summary, NULL, &options, &callbacks, &error));
    assert_true(progress.bytes_done > 0 && progress.bytes_done == progress.bytes_found);
    update.paths = library;
    update.path_count = 1;
    for (int i = 0; i < 2; i++) { /* the second time nothing changes */
        update.album = "Another";
        progress.bytes_done = 0;
        assert_true(gls_update(&summary, NULL, &update, &callbacks, &error));
        assert_true(progress.bytes_done > 0);
        assert_int_equal(progress.bytes_done, progress.bytes_found);
    }
    temp_dir_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_progress_of_an_update),
        cmocka_unit_test(test_options_of_an_older_header),
        cmocka_unit_test(test_options_of_a_newer_header),
        cmocka_unit_test(test_results_of_other_headers),
        cmocka_unit_test(test_callbacks_of_a_newer_header),
        cmocka_unit_test(test_options_of_no_header),
        cmocka_unit_test(test_no_configuration),
        cmocka_unit_test(test_log_wants_a_run),
        cmocka_unit_test(test_positions_are_on_earth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
