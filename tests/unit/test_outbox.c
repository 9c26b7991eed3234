/* SPDX-License-Identifier: MIT */
/* Files are queued for plugins in the commit that records them. */
#include "tests/support/test.h"

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
    char text[2048];
};

static void commit(struct fixture *fixture)
{
    struct gls_error error = GLS_ERROR_INIT;

    if (!gls_db_writer_commit(fixture->writer, fixture->batch, &error))
        fail_msg("%s", error.message);
    gls_db_batch_clear(fixture->batch);
}

static int setup(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct fixture *fixture = calloc(1, sizeof *fixture);
    int64_t run_id = 0;

    fixture->root = temp_dir_new();
    fixture->library = sample_library_open(fixture->root, GLS_LIBRARY_WRITE);
    fixture->batch = gls_db_batch_new();
    *state = fixture;
    if (!gls_db_writer_start(&fixture->writer, fixture->library, &error) ||
        !gls_reader_open(&fixture->reader, fixture->library, &error) ||
        !gls_db_writer_begin_run(fixture->writer, &run_id, "import", NULL, &error))
        return -1;
    assert_true(gls_db_batch_subscribe(fixture->batch, "p", "after"));
    assert_true(gls_db_batch_subscribe(fixture->batch, "q", "batch"));
    commit(fixture);
    return run_id == 1 ? 0 : -1;
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

static void put(struct fixture *fixture, int64_t id, const char *path, const char *action)
{
    struct gls_stored_file file = sample_stored_file(path);

    file.id = id;
    file.run_id = 1;
    assert_true(gls_db_batch_put_file(fixture->batch, &file, NULL, action, NULL));
}

static bool show_item(void *user, const struct gls_outbox_item *item)
{
    struct fixture *fixture = user;
    size_t size = strlen(fixture->text);

    snprintf(fixture->text + size, sizeof fixture->text - size, "%s %s %lld %s;", item->plugin,
             item->hook, (long long)item->file_id, item->payload);
    return true;
}

/* What is queued: plugin, hook, file, payload. */
static const char *queued(struct fixture *fixture, const char *plugin, const char *hook)
{
    struct gls_outbox_page page = {.plugin = plugin, .hook = hook, .limit = 100};
    struct gls_error error = GLS_ERROR_INIT;

    fixture->text[0] = '\0';
    assert_true(gls_reader_each_outbox(fixture->reader, &page, show_item, fixture, &error));
    return fixture->text;
}

static void test_an_action_queues_for_each(void **state)
{
    struct fixture *fixture = *state;

    put(fixture, 0, "a.jpg", "published");
    put(fixture, 0, "b.jpg", NULL);
    commit(fixture);
    assert_string_equal(queued(fixture, NULL, NULL), "p after 1 {\"status\":\"imported\"};"
                                                     "q batch 1 {\"status\":\"imported\"};");
    assert_string_equal(queued(fixture, NULL, "batch"), "q batch 1 {\"status\":\"imported\"};");
}

/* A batch that fails as a whole leaves neither the rows nor the items. */
static void test_all_or_none(void **state)
{
    struct fixture *fixture = *state;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_stored_file file = sample_stored_file("b.jpg");

    put(fixture, 0, "a.jpg", "published");
    file.run_id = 99; /* there is no such run */
    assert_true(gls_db_batch_put_file(fixture->batch, &file, NULL, "published", NULL));
    assert_false(gls_db_writer_commit(fixture->writer, fixture->batch, &error));
    assert_string_equal(queued(fixture, NULL, NULL), "");
}

static void test_an_update_says_where_it_was(void **state)
{
    struct fixture *fixture = *state;

    put(fixture, 0, "a b.jpg", "published");
    commit(fixture);
    assert_true(gls_db_batch_drop_outbox(fixture->batch, "p"));
    commit(fixture);
    put(fixture, 1, "c.jpg", "moved");
    commit(fixture);
    assert_string_equal(queued(fixture, "p", NULL),
                        "p after 1 {\"status\":\"updated\",\"old_path\":\"a%20b.jpg\"};");
    assert_true(gls_db_batch_drop_outbox(fixture->batch, "p"));
    commit(fixture);
    put(fixture, 1, "c.jpg", "edited");
    commit(fixture);
    assert_string_equal(queued(fixture, "p", NULL), "p after 1 {\"status\":\"updated\"};");
}

/* The row's item goes with it, and a number that was given is not given again. */
static void test_items_go_with_the_file(void **state)
{
    struct fixture *fixture = *state;
    struct gls_outbox_page page = {.plugin = "p", .after_id = 2, .limit = 10};
    struct gls_error error = GLS_ERROR_INIT;

    put(fixture, 0, "a.jpg", "published");
    commit(fixture);
    assert_true(gls_db_batch_remove_file(fixture->batch, 1));
    commit(fixture);
    assert_string_equal(queued(fixture, NULL, NULL), "");
    put(fixture, 0, "b.jpg", "published");
    commit(fixture);
    fixture->text[0] = '\0';
    assert_true(gls_reader_each_outbox(fixture->reader, &page, show_item, fixture, &error));
    assert_string_equal(fixture->text, "p after 1 {\"status\":\"imported\"};");
}

static void test_counting_and_retrying(void **state)
{
    struct fixture *fixture = *state;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_outbox_count count;
    bool has = false;

    put(fixture, 0, "a.jpg", "published");
    put(fixture, 0, "b.jpg", "published");
    commit(fixture);
    struct gls_outbox_item item = {
        .id = 3, .attempts = 1, .last_error = "no", .state = GLS_OUTBOX_FAILED, .hook = "batch"};
    assert_true(gls_db_batch_set_outbox(fixture->batch, &item));
    commit(fixture);
    assert_true(gls_reader_outbox_count(fixture->reader, &count, "p", &error));
    assert_int_equal(count.queued, 2);
    assert_int_equal(count.failed, 1);
    assert_string_equal(count.last_error, "no");
    free(count.last_error);
    assert_string_equal(queued(fixture, "p", "batch"), "p batch 2 {\"status\":\"imported\"};");
    assert_true(gls_db_batch_retry_outbox(fixture->batch, "p"));
    commit(fixture);
    assert_true(gls_reader_outbox_count(fixture->reader, &count, "p", &error));
    assert_int_equal(count.failed, 0);
    free(count.last_error);
    assert_true(gls_reader_outbox_has(fixture->reader, &has, "p", "b.jpg", &error));
    assert_true(has);
    assert_true(gls_db_batch_remove_outbox(fixture->batch, item.id));
    commit(fixture);
    assert_true(gls_reader_outbox_has(fixture->reader, &has, "p", "b.jpg", &error));
    assert_false(has);
    assert_true(gls_reader_outbox_has(fixture->reader, &has, "p", "c.jpg", &error));
    assert_false(has);
    assert_true(gls_reader_outbox_count(fixture->reader, &count, "nobody", &error));
    assert_int_equal(count.queued, 0);
    assert_null(count.last_error);
}

static void test_without_subscriptions(void **state)
{
    struct fixture *fixture = *state;

    assert_true(gls_db_batch_clear_subscriptions(fixture->batch));
    put(fixture, 0, "a.jpg", "published");
    commit(fixture);
    assert_string_equal(queued(fixture, NULL, NULL), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_an_action_queues_for_each, setup, teardown),
        cmocka_unit_test_setup_teardown(test_all_or_none, setup, teardown),
        cmocka_unit_test_setup_teardown(test_an_update_says_where_it_was, setup, teardown),
        cmocka_unit_test_setup_teardown(test_items_go_with_the_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_counting_and_retrying, setup, teardown),
        cmocka_unit_test_setup_teardown(test_without_subscriptions, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
