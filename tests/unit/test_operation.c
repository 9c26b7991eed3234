/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "engine/operation/operation.h"
#include "tests/support/temp_dir.h"

struct fixture {
    char *root;
    char messages[1024];
    struct gls_operation op;
};

static long file_system = 0xEF53; /* ext4 */

/* Stands before that of the C library. */
int statfs(const char *path, struct statfs *out)
{
    (void)path;
    *out = (struct statfs){0};
    out->f_type = (__typeof__(out->f_type))file_system; /* its type is the processor's */
    return 0;
}

static void keep_message(void *user, const char *text)
{
    struct fixture *fixture = user;
    size_t size = strlen(fixture->messages);

    snprintf(fixture->messages + size, sizeof fixture->messages - size, "%s\n", text);
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    fixture->root = temp_dir_new();
    fixture->op = (struct gls_operation){
        .command = "test", .callbacks = {.user = fixture, .on_message = keep_message}};
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    gls_operation_close(&fixture->op);
    temp_dir_remove(fixture->root);
    free(fixture);
    return 0;
}

static void check(bool ok, const struct gls_error *error)
{
    if (!ok)
        fail_msg("%s", error->message);
}

static void make_library(const struct fixture *fixture)
{
    struct gls_operation op = {.command = "make"};
    struct gls_error error = GLS_ERROR_INIT;

    check(gls_operation_open(&op, fixture->root, GLS_LIBRARY_WRITE, &error), &error);
    gls_operation_close(&op);
}

static void bounds_jobs(void **state)
{
    struct fixture *fixture = *state;
    struct gls_operation *op = &fixture->op;
    struct gls_error error = GLS_ERROR_INIT;

    assert_true(gls_operation_begin(op, GLS_JOBS_MAX, &error));
    assert_int_equal(op->jobs, GLS_JOBS_MAX);
    assert_true(gls_operation_begin(op, 0, &error));
    assert_in_range(op->jobs, 1, GLS_JOBS_MAX);
    assert_false(gls_operation_begin(op, GLS_JOBS_MAX + 1, &error));
    assert_int_equal(error.status, GLS_ERROR_ARGUMENT);
}

/* Over a network there are more workers than processors, but for who said how many. */
static void chooses_jobs_by_the_device(void **state)
{
    enum { OVER_NETWORK = 8 };
    struct fixture *fixture = *state;
    struct gls_operation *op = &fixture->op;
    struct gls_error error = GLS_ERROR_INIT;

    check(gls_operation_begin(op, 0, &error), &error);
    unsigned by_default = op->jobs;
    gls_operation_reach(op, fixture->root, false);
    assert_int_equal(op->jobs, by_default);
    file_system = 0x6969; /* NFS */
    check(gls_operation_open(op, fixture->root, GLS_LIBRARY_WRITE, &error), &error);
    assert_int_equal(op->jobs, by_default > OVER_NETWORK ? by_default : OVER_NETWORK);
    /* Once met, it stays met. */
    file_system = 0xEF53;
    gls_operation_reach(op, fixture->root, true);
    assert_int_equal(op->jobs, by_default > OVER_NETWORK ? by_default : OVER_NETWORK);
    file_system = 0x6969;
    check(gls_operation_begin(op, 1, &error), &error);
    gls_operation_reach(op, fixture->root, false);
    assert_int_equal(op->jobs, 1);
    file_system = 0xEF53;
}

/* A run that died between the commit of its intent and the rename. */
static void leave_intent(const struct fixture *fixture)
{
    struct gls_operation op = {.command = "died"};
    struct gls_intent intent = {.kind = GLS_INTENT_PUBLISH,
                                .tmp_path = (char *)(uintptr_t) ".glassine/tmp/1-0",
                                .file = {.path = (char *)(uintptr_t) "2020/a.txt",
                                         .size_bytes = 5,
                                         .source_size_bytes = 5}};
    struct gls_hash_request hash = {.xxh128 = intent.file.stored_xxh128};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_db_batch *batch = gls_db_batch_new();

    check(gls_operation_begin(&op, 1, &error) &&
              gls_operation_open(&op, fixture->root, GLS_LIBRARY_WRITE, &error) &&
              gls_operation_open_workers(&op, &error),
          &error);
    char *tmp = temp_text_file(fixture->root, intent.tmp_path, "hello");
    check(gls_hash_file(&hash, op.workers[0].buffers, tmp, NULL, &error), &error);
    assert_true(gls_db_batch_add_intent(batch, &intent));
    check(gls_db_writer_commit(op.writer, batch, &error), &error);
    free(tmp);
    gls_db_batch_free(batch);
    gls_operation_close(&op);
}

static void tells_what_it_recovers(void **state)
{
    struct fixture *fixture = *state;
    struct gls_error error = GLS_ERROR_INIT;

    leave_intent(fixture);
    check(gls_operation_open(&fixture->op, fixture->root, GLS_LIBRARY_WRITE, &error), &error);
    assert_string_equal(fixture->messages, "completed 1 file of a run that was cut off\n");
    char *path = temp_path(fixture->root, "2020/a.txt");
    assert_int_equal(access(path, F_OK), 0);
    free(path);
}

static void holds_the_lock_only_when_asked(void **state)
{
    struct fixture *fixture = *state;
    struct gls_operation other = {.command = "other"};
    struct gls_error error = GLS_ERROR_INIT;

    make_library(fixture);
    leave_intent(fixture);
    check(gls_operation_open_shared(&fixture->op, fixture->root, &error), &error);
    assert_string_equal(fixture->messages, "completed 1 file of a run that was cut off\n");
    assert_null(fixture->op.writer);

    check(gls_operation_open(&other, fixture->root, GLS_LIBRARY_WRITE, &error), &error);
    assert_false(gls_operation_lock(&fixture->op, 0, &error));
    assert_int_equal(error.status, GLS_ERROR_BUSY);
    assert_null(fixture->op.writer);
    gls_operation_close(&other);

    check(gls_operation_lock(&fixture->op, 0, &error), &error);
    assert_non_null(fixture->op.writer);
    assert_false(gls_operation_open(&other, fixture->root, GLS_LIBRARY_WRITE, &error));
    gls_operation_unlock(&fixture->op);
    check(gls_operation_open(&other, fixture->root, GLS_LIBRARY_WRITE, &error), &error);
    gls_operation_close(&other);
}

static void reads_beside_a_writer(void **state)
{
    struct fixture *fixture = *state;
    struct gls_operation other = {.command = "other"};
    struct gls_error error = GLS_ERROR_INIT;

    check(gls_operation_open(&other, fixture->root, GLS_LIBRARY_WRITE, &error), &error);
    check(gls_operation_begin(&fixture->op, 2, &error) &&
              gls_operation_open_shared(&fixture->op, fixture->root, &error) &&
              gls_operation_open_workers(&fixture->op, &error),
          &error);
    gls_operation_close(&other);
}

/* A run beside us stored other bytes: those were not checked. */
static void marks_only_the_bytes_that_were_checked(void **state)
{
    struct fixture *fixture = *state;
    struct gls_operation *op = &fixture->op;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_stored_file row = {.path = (char *)(uintptr_t) "a", .id = 0}, now = {0};
    struct gls_db_batch *batch = gls_db_batch_new();
    struct gls_reader *reader = NULL;
    bool found = false;

    check(gls_operation_open(op, fixture->root, GLS_LIBRARY_WRITE, &error) &&
              gls_reader_open(&reader, op->library, &error),
          &error);
    memset(row.stored_xxh128, 'a', sizeof row.stored_xxh128 - 1);
    memset(row.essence_xxh128, 'b', sizeof row.essence_xxh128 - 1);
    row.essence_version = 1;
    assert_true(gls_db_batch_put_file(batch, &row, NULL, NULL, NULL));
    row.id = 1;
    for (int i = 0; i < 2; i++) {
        row.checked_s = 1234 + i;
        row.essence_version = 2u + (unsigned)i;
        assert_true(gls_db_batch_set_checked(batch, &row));
        memset(row.stored_xxh128, 'c', sizeof row.stored_xxh128 - 1);
    }
    check(gls_db_writer_commit(op->writer, batch, &error) &&
              gls_reader_find_path(reader, &now, &found, "a", &error),
          &error);
    assert_true(found);
    assert_int_equal(now.checked_s, 1234);
    assert_int_equal(now.essence_version, 2);
    gls_stored_file_clear(&now);
    gls_reader_close(reader);
    gls_db_batch_free(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(bounds_jobs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(chooses_jobs_by_the_device, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tells_what_it_recovers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(holds_the_lock_only_when_asked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_beside_a_writer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(marks_only_the_bytes_that_were_checked, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
