/* SPDX-License-Identifier: MIT */
/* Albums and what plugins keep: written by batches, read back. */
#include "tests/support/test.h"

#include "store/library/albums.h"
#include "store/library/outbox.h"
#include "store/write/db_writer.h"
#include "tests/support/sample_library.h"
#include "tests/support/temp_dir.h"

struct fixture {
    char *root;
    struct gls_library *library;
    struct gls_db_writer *writer;
    struct gls_db_batch *batch;
    struct gls_reader *reader;
    char text[4096];
};

static int setup(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct fixture *fixture = calloc(1, sizeof *fixture);

    fixture->root = temp_dir_new();
    fixture->library = sample_library_open(fixture->root, GLS_LIBRARY_WRITE);
    fixture->batch = gls_db_batch_new();
    *state = fixture;
    return gls_db_writer_start(&fixture->writer, fixture->library, &error) &&
                   gls_reader_open(&fixture->reader, fixture->library, &error)
               ? 0
               : -1;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    gls_reader_close(fixture->reader);
    gls_db_batch_free(fixture->batch);
    gls_db_writer_stop(fixture->writer);
    gls_library_close(fixture->library);
    temp_dir_remove(fixture->root);
    free(fixture);
    return 0;
}

static void commit(struct fixture *fixture)
{
    struct gls_error error = GLS_ERROR_INIT;

    if (!gls_db_writer_commit(fixture->writer, fixture->batch, &error))
        fail_msg("%s", error.message);
    gls_db_batch_clear(fixture->batch);
}

static void put(struct fixture *fixture, int64_t id, const char *path, const char *album)
{
    struct gls_stored_file file = sample_stored_file(path);

    file.id = id;
    file.album = (char *)(uintptr_t)album;
    assert_true(gls_db_batch_put_file(fixture->batch, &file, NULL, NULL, NULL));
}

static void append(struct fixture *fixture, const char *text, const char *end)
{
    size_t used = strlen(fixture->text);

    snprintf(fixture->text + used, sizeof fixture->text - used, "%s%s", text, end);
}

static bool show_member(void *user, const struct gls_stored_file *file)
{
    append(user, file->path, " ");
    return true;
}

static bool show_album(void *user, const struct gls_album *album)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct fixture *fixture = user;

    append(fixture, album->name, album->title == NULL ? ": " : "");
    if (album->title != NULL) {
        append(fixture, "=", album->title);
        append(fixture, ": ", "");
    }
    assert_true(
        gls_reader_each_album_file(fixture->reader, album->name, show_member, fixture, &error));
    return true;
}

static const char *albums(struct fixture *fixture)
{
    struct gls_error error = GLS_ERROR_INIT;

    fixture->text[0] = '\0';
    assert_true(gls_reader_each_album(fixture->reader, show_album, fixture, &error));
    return fixture->text;
}

static bool show_name(void *user, const char *album)
{
    append(user, album, " ");
    return true;
}

static void test_albums(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct fixture *fixture = *state;
    int64_t run;

    put(fixture, 0, "a", "Rome");
    put(fixture, 0, "b", NULL);
    assert_true(gls_db_batch_add_to_album(fixture->batch, "Trips", "a"));
    assert_true(gls_db_batch_add_to_album(fixture->batch, "Trips", "b"));
    assert_true(gls_db_batch_add_to_album(fixture->batch, "Trips", "b"));
    assert_true(gls_db_batch_add_to_album(fixture->batch, "Nobody", "not there"));
    assert_true(gls_db_batch_put_album(
        fixture->batch, &(struct gls_album){.name = "Trips", .title = "T", .date = "2020"}));
    assert_true(gls_db_batch_put_album(fixture->batch, &(struct gls_album){.name = "Trips"}));
    commit(fixture);
    assert_string_equal(albums(fixture), "Rome: a Trips=T: a b ");
    fixture->text[0] = '\0';
    assert_true(gls_reader_each_album_of_file(fixture->reader, 1, show_name, fixture, &error));
    assert_string_equal(fixture->text, "Rome Trips ");
    /* The file's own album is changed with its row; others stay. */
    put(fixture, 1, "moved/a", "Paris");
    commit(fixture);
    assert_string_equal(albums(fixture), "Paris: moved/a Trips=T: b moved/a ");
    put(fixture, 1, "moved/a", NULL);
    assert_true(gls_db_batch_remove_from_album(fixture->batch, "Trips", "b"));
    commit(fixture);
    assert_string_equal(albums(fixture), "Trips=T: moved/a ");
    assert_true(gls_db_batch_remove_file(fixture->batch, 1));
    commit(fixture);
    assert_string_equal(albums(fixture), "");
    /* An album without files goes with the run, and with it what was known of it. */
    assert_true(gls_db_writer_begin_run(fixture->writer, &run, "import", NULL, &error));
    assert_true(gls_db_writer_end_run(fixture->writer, run, &(struct gls_summary){0}, &error));
    assert_true(gls_db_batch_add_to_album(fixture->batch, "Trips", "b"));
    commit(fixture);
    assert_string_equal(albums(fixture), "Trips: b ");
}

static void test_what_is_said_of_a_picture(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct fixture *fixture = *state;
    struct gls_stored_file got, file = sample_stored_file("a");
    struct gls_intent *intents = NULL;
    size_t count;
    bool found;

    file.description = (char *)(uintptr_t) "Grüße";
    file.people = (char *)(uintptr_t) "Ann\nBob";
    file.rating = -1;
    file.favourite = true;
    file.essence_version = 2;
    assert_true(gls_db_batch_put_file(fixture->batch, &file, NULL, NULL, NULL));
    assert_true(gls_db_batch_add_intent(
        fixture->batch, &(struct gls_intent){.kind = GLS_INTENT_REPAIR,
                                             .tmp_path = (char *)(uintptr_t) ".glassine/tmp/1",
                                             .file = file}));
    commit(fixture);
    assert_true(gls_reader_find_path(fixture->reader, &got, &found, "a", &error));
    assert_true(gls_reader_intents(fixture->reader, &intents, &count, &error));
    assert_int_equal(count, 1);
    assert_int_equal(intents[0].kind, GLS_INTENT_REPAIR);
    for (const struct gls_stored_file *each = &got; each != NULL;
         each = each == &got ? &intents[0].file : NULL) {
        assert_string_equal(each->description, "Grüße");
        assert_string_equal(each->people, "Ann\nBob");
        assert_int_equal(each->rating, -1);
        assert_true(each->favourite);
        assert_int_equal(each->essence_version, 2);
    }
    gls_stored_file_clear(&got);
    gls_intents_free(intents, count);
    put(fixture, 0, "b", NULL);
    commit(fixture);
    assert_true(gls_reader_find_path(fixture->reader, &got, &found, "b", &error));
    assert_true(got.description == NULL && got.people == NULL && got.rating == 0);
    assert_int_equal(got.essence_version, 1);
    gls_stored_file_clear(&got);
}

static void check_value(struct fixture *fixture, const char *plugin, const char *key,
                        const char *wanted)
{
    struct gls_error error = GLS_ERROR_INIT;
    char *value;

    assert_true(gls_reader_plugin_value(fixture->reader, &value, plugin, key, &error));
    if (wanted == NULL)
        assert_null(value);
    else
        assert_string_equal(value, wanted);
    free(value);
}

static void test_plugin_values(void **state)
{
    struct fixture *fixture = *state;

    assert_true(gls_db_batch_set_plugin_value(fixture->batch, "p", "b", "2"));
    assert_true(gls_db_batch_set_plugin_value(fixture->batch, "p", "a", "1"));
    assert_true(gls_db_batch_set_plugin_value(fixture->batch, "q", "a", "other"));
    commit(fixture);
    assert_true(gls_db_batch_set_plugin_value(fixture->batch, "p", "a", "3"));
    assert_true(gls_db_batch_set_plugin_value(fixture->batch, "q", "a", NULL));
    commit(fixture);
    check_value(fixture, "p", "a", "3");
    check_value(fixture, "p", "b", "2");
    check_value(fixture, "q", "a", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_albums, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_is_said_of_a_picture, setup, teardown),
        cmocka_unit_test_setup_teardown(test_plugin_values, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
