/* SPDX-License-Identifier: MIT */
/* gls_show_fd(), gls_show_memory(), gls_plan() and a configuration from memory: for every
 * format the same as the file by its path says, and as an import would do. */
#include "tests/support/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "glassine.h"
#include "tests/support/temp_dir.h"

static const char upper_names[] = "[File]\n"
                                  "date=%Y%m%d\n"
                                  "name=%date-%original_name.%extension\n"
                                  "capitalization=upper\n"
                                  "[Directory]\n"
                                  "date=%Y\n"
                                  "full_path=%camera_make/%date\n";

static struct gls_config *from_text(const char *text)
{
    struct gls_config *config = NULL;
    struct gls_error error = GLS_ERROR_INIT;

    if (!gls_config_from_text(&config, text, strlen(text), &error))
        fail_msg("%s", error.message);
    return config;
}

static void test_configuration_from_memory(void **state)
{
    struct gls_config *config = NULL;
    struct gls_error error = GLS_ERROR_INIT;
    const char *bad = "[Import]\njobs=many\n";
    (void)state;

    /* The environment counts for files alone. */
    setenv("GLASSINE_CONFIG", "/nonexistent/config.ini", 1);
    config = from_text("[Library]\ndestination=/srv/photos\n");
    unsetenv("GLASSINE_CONFIG");
    assert_string_equal(gls_config_destination(config), "/srv/photos");
    assert_null(gls_config_path(config));
    gls_config_free(config);
    config = NULL;
    assert_false(gls_config_from_text(&config, bad, strlen(bad), &error));
    assert_null(config);
    assert_int_equal(error.status, GLS_ERROR_CONFIG);
    assert_non_null(strstr(error.message, "configuration:2: [Import] jobs"));
    /* Not a byte beyond the size is looked at. */
    assert_true(gls_config_from_text(&config, bad, 9, &error));
    gls_config_free(config);
}

static void assert_same(const struct gls_media *a, const struct gls_media *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_string_equal(a->format, b->format);
    assert_true(a->has_date && b->has_date);
    /* Without the padding behind the last member, which may hold anything. */
    assert_memory_equal(&a->date, &b->date, offsetof(struct gls_datetime, has_offset));
    assert_int_equal(a->date.has_offset, b->date.has_offset);
    assert_string_equal(a->date_source, b->date_source);
    assert_string_equal(a->essence_xxh128, b->essence_xxh128);
    assert_int_equal(a->has_position, b->has_position);
    assert_true(a->latitude == b->latitude);
    assert_int_equal(a->title == NULL, b->title == NULL);
}

/* The file by its descriptor and from memory says what it says by its path. */
static void check_show(const struct gls_media *shown, const char *path, const char *name)
{
    struct gls_media by_fd = GLS_MEDIA_INIT, from_memory = GLS_MEDIA_INIT;
    struct gls_memory_file file = GLS_MEMORY_FILE_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    uint8_t *bytes = temp_read(path, &file.size_bytes);

    assert_true(fd >= 0);
    if (!gls_show_fd(&by_fd, NULL, fd, name, &error))
        fail_msg("%s", error.message);
    assert_same(shown, &by_fd);
    assert_int_equal(lseek(fd, 0, SEEK_CUR), 0);
    close(fd);
    gls_media_clear(&by_fd);
    file.name = name;
    file.bytes = bytes;
    file.mtime_s = 1700000000; /* of no file that states its date */
    if (!gls_show_memory(&from_memory, NULL, &file, &error))
        fail_msg("%s", error.message);
    if (strncmp(shown->date_source, "file.", 5) != 0)
        assert_same(shown, &from_memory);
    gls_media_clear(&from_memory);
    free(bytes);
}

static void keep_destination(void *user, const struct gls_file_event *event)
{
    char *out = user;

    if (event->destination != NULL)
        snprintf(out, 4096, "%s", event->destination);
}

/* Where a dry run of an import would put the file alone. */
static void check_plan(const struct gls_media *media, const struct gls_config *config,
                       const char *path, const char *name)
{
    struct gls_import_options options = GLS_IMPORT_OPTIONS_INIT;
    struct gls_callbacks callbacks = GLS_CALLBACKS_INIT;
    struct gls_summary summary = GLS_SUMMARY_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    char destination[4096] = "", expected[4096];
    char *planned = NULL, *folder = temp_dir_new();

    options.destination = folder;
    options.paths = &path;
    options.path_count = 1;
    options.dry_run = true;
    callbacks.user = destination;
    callbacks.on_file = keep_destination;
    if (!gls_import(&summary, config, &options, &callbacks, &error) ||
        !gls_plan(&planned, config, media, name, &error))
        fail_msg("%s: %s", name, error.message);
    snprintf(expected, sizeof expected, "%s/%s", folder, planned);
    assert_string_equal(destination, expected);
    free(planned);
    temp_dir_remove(folder);
}

static void test_every_format(void **state)
{
    struct gls_config *config = from_text(upper_names);
    struct gls_error error = GLS_ERROR_INIT;
    DIR *folder = opendir("fixtures/formats");
    size_t count = 0;
    (void)state;

    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        struct gls_media media = GLS_MEDIA_INIT;
        char path[512];
        if (strncmp(entry->d_name, "photo.", 6) != 0)
            continue;
        snprintf(path, sizeof path, "fixtures/formats/%s", entry->d_name);
        if (!gls_show(&media, NULL, path, &error))
            fail_msg("%s", error.message);
        check_show(&media, path, entry->d_name);
        check_plan(&media, NULL, path, entry->d_name);
        check_plan(&media, config, path, entry->d_name);
        gls_media_clear(&media);
        count++;
    }
    closedir(folder);
    gls_config_free(config);
    assert_true(count > 30);
}

static void test_refusals(void **state)
{
    struct gls_media media = GLS_MEDIA_INIT;
    struct gls_memory_file file = GLS_MEMORY_FILE_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    char *planned = NULL;
    (void)state;

    file.name = "cut.jpg";
    file.bytes = "no picture";
    file.size_bytes = 10;
    assert_false(gls_show_memory(&media, NULL, &file, &error));
    assert_int_equal(error.status, GLS_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "cut.jpg"));
    assert_int_equal(media.struct_size, sizeof media);
    assert_null(media.date_source);
    assert_false(gls_show_fd(&media, NULL, -1, "no.jpg", &error));
    assert_non_null(strstr(error.message, "no.jpg"));
    assert_false(gls_plan(&planned, NULL, &media, "a.jpg", &error));
    assert_int_equal(error.status, GLS_ERROR_ARGUMENT);
    assert_null(planned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_configuration_from_memory),
        cmocka_unit_test(test_every_format),
        cmocka_unit_test(test_refusals),
    };
    if (chdir(getenv("GLS_SOURCE_DIR")) != 0)
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
