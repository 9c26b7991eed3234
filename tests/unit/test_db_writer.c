/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/write/db_writer.h"
#include "tests/support/temp_dir.h"

#define SHA_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define XXH_A "0123456789abcdef0123456789abcdef"

struct fixture {
    char *root;
    struct gls_library *library;
    struct gls_db_writer *writer;
    struct gls_reader *reader;
    struct gls_db_batch *batch;
};

static void check(bool ok, const struct gls_error *error)
{
    if (!ok)
        fail_msg("%s", error->message);
}

static int open_parts(struct fixture *fixture)
{
    const struct gls_library_options options = {.mode = GLS_LIBRARY_WRITE};
    struct gls_error error = GLS_ERROR_INIT;

    check(gls_library_open(&fixture->library, fixture->root, &options, &error) &&
              gls_db_writer_start(&fixture->writer, fixture->library, &error) &&
              gls_reader_open(&fixture->reader, fixture->library, &error),
          &error);
    return 0;
}

static void close_parts(struct fixture *fixture)
{
    gls_reader_close(fixture->reader);
    gls_db_writer_stop(fixture->writer);
    gls_library_close(fixture->library);
    fixture->library = NULL;
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    fixture->root = temp_dir_new();
    fixture->batch = gls_db_batch_new();
    *state = fixture;
    return open_parts(fixture);
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    gls_db_batch_free(fixture->batch);
    close_parts(fixture);
    temp_dir_remove(fixture->root);
    free(fixture);
    return 0;
}

static struct gls_stored_file sample_file(const char *path)
{
    return (struct gls_stored_file){.path = (char *)(uintptr_t)path,
                                    .size_bytes = 100,
                                    .source_size_bytes = 90,
                                    .source_sha256 = SHA_A,
                                    .stored_xxh128 = XXH_A};
}

static void commit(struct fixture *fixture)
{
    struct gls_error error = GLS_ERROR_INIT;

    check(gls_db_writer_commit(fixture->writer, fixture->batch, &error), &error);
    gls_db_batch_clear(fixture->batch);
    assert_true(gls_db_batch_is_empty(fixture->batch));
}

static bool has_path(struct fixture *fixture, const char *path, struct gls_stored_file *file)
{
    struct gls_error error = GLS_ERROR_INIT;
    bool found;

    check(gls_reader_find_path(fixture->reader, file, &found, path, &error), &error);
    return found;
}

static uint64_t count_of(struct fixture *fixture)
{
    struct gls_error error = GLS_ERROR_INIT;
    uint64_t count;

    check(gls_reader_count(fixture->reader, &count, &error), &error);
    return count;
}

static size_t intents_of(struct fixture *fixture, struct gls_intent **intents)
{
    struct gls_error error = GLS_ERROR_INIT;
    size_t count;

    check(gls_reader_intents(fixture->reader, intents, &count, &error), &error);
    return count;
}

static void test_rows_are_replaced(void **state)
{
    struct fixture *fixture = *state;
    struct gls_stored_file file = sample_file("a"), got;

    file.title = "first";
    gls_db_batch_put_file(fixture->batch, &file, NULL, NULL, NULL);
    commit(fixture);
    file.title = NULL;
    file.size_bytes = 101;
    gls_db_batch_put_file(fixture->batch, &file, NULL, NULL, NULL);
    commit(fixture);
    assert_int_equal(count_of(fixture), 1);
    assert_true(has_path(fixture, "a", &got));
    assert_int_equal(got.size_bytes, 101);
    assert_null(got.title);

    /* By id: the row moves, and a row of a file that is gone makes room. */
    int64_t id = got.id;
    gls_stored_file_clear(&got);
    struct gls_stored_file other = sample_file("b");
    gls_db_batch_put_file(fixture->batch, &other, NULL, NULL, NULL);
    commit(fixture);
    file = sample_file("b");
    file.id = id;
    file.album = "moved";
    gls_db_batch_put_file(fixture->batch, &file, NULL, NULL, NULL);
    commit(fixture);
    assert_int_equal(count_of(fixture), 1);
    assert_true(has_path(fixture, "b", &got));
    assert_int_equal(got.id, id);
    assert_string_equal(got.album, "moved");
    gls_stored_file_clear(&got);
    file.checked_s = 1234;
    gls_db_batch_set_checked(fixture->batch, &file);
    commit(fixture);
    assert_true(has_path(fixture, "b", &got));
    assert_int_equal(got.checked_s, 1234);
    gls_stored_file_clear(&got);
    gls_db_batch_remove_file(fixture->batch, id);
    commit(fixture);
    assert_int_equal(count_of(fixture), 0);
}

static void test_intents(void **state)
{
    struct fixture *fixture = *state;
    struct gls_intent copy = {
        .kind = GLS_INTENT_PUBLISH, .tmp_path = ".glassine/tmp/\xff", .file = sample_file("a")};
    struct gls_intent replace = {.kind = GLS_INTENT_REPLACE,
                                 .tmp_path = ".glassine/tmp/2",
                                 .old_path = "old",
                                 .file = sample_file("b")};
    struct gls_intent move = {.kind = GLS_INTENT_MOVE, .file = sample_file("c")};
    struct gls_intent *intents;

    move.file.source_path = "/card/c";
    replace.file.id = 77;
    replace.file.has_position = true;
    replace.file.longitude = 1.5;
    gls_db_batch_add_intent(fixture->batch, &copy);
    gls_db_batch_add_intent(fixture->batch, &replace);
    gls_db_batch_add_intent(fixture->batch, &move);
    commit(fixture);
    assert_int_equal(intents_of(fixture, &intents), 3);
    assert_int_equal(intents[0].kind, GLS_INTENT_PUBLISH);
    assert_string_equal(intents[0].tmp_path, ".glassine/tmp/\xff");
    assert_null(intents[0].old_path);
    assert_string_equal(intents[0].file.source_sha256, SHA_A);
    assert_string_equal(intents[1].old_path, "old");
    assert_int_equal(intents[1].file.id, 77);
    assert_true(intents[1].file.has_position && intents[1].file.longitude == 1.5);
    assert_null(intents[2].tmp_path);
    assert_string_equal(intents[2].file.source_path, "/card/c");
    int64_t replace_id = intents[1].id;
    gls_intents_free(intents, 3);

    gls_db_batch_put_file(fixture->batch, &copy.file, copy.tmp_path, NULL, NULL);
    commit(fixture);
    assert_int_equal(intents_of(fixture, &intents), 2);
    gls_intents_free(intents, 2);
    gls_db_batch_drop_intent_of(fixture->batch, NULL, "c");
    gls_db_batch_drop_intent(fixture->batch, replace_id);
    commit(fixture);
    assert_int_equal(intents_of(fixture, &intents), 0);
    gls_intents_free(intents, 0);
    assert_int_equal(count_of(fixture), 1);
}

struct log {
    int64_t runs[4];
    size_t run_count;
    char text[1024];
};

static bool visit_run(void *user, const struct gls_run *run)
{
    struct log *log = user;

    log->runs[log->run_count++] = run->id;
    snprintf(log->text, sizeof log->text, "%s|%s|%d|%llu|%g|%d", run->command,
             run->command_line == NULL ? "-" : run->command_line, run->ended_s != 0,
             (unsigned long long)run->summary->imported, run->summary->seconds,
             run->summary->interrupted);
    assert_true(run->started_s > 1600000000);
    assert_true(run->version[0] != '\0');
    return true;
}

static bool visit_action(void *user, const struct gls_action *action)
{
    struct log *log = user;
    size_t used = strlen(log->text);

    snprintf(log->text + used, sizeof log->text - used, "%lld %s %s %s %s %s\n",
             (long long)action->run_id, action->action, action->from == NULL ? "-" : action->from,
             action->to == NULL ? "-" : action->to,
             action->source_sha256 == NULL ? "-" : action->source_sha256,
             action->stored_xxh128 == NULL ? "-" : action->stored_xxh128);
    return true;
}

static void test_log(void **state)
{
    struct fixture *fixture = *state;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_stored_file file = sample_file("a");
    struct gls_summary summary = {.imported = 3, .seconds = 1.5, .interrupted = true};
    struct log log = {0};
    int64_t first, second;

    check(
        gls_db_writer_begin_run(fixture->writer, &first, "import", "glassine import \xff", &error),
        &error);
    check(gls_db_writer_begin_run(fixture->writer, &second, "verify", NULL, &error), &error);
    assert_true(second > first);
    check(gls_db_writer_end_run(fixture->writer, first, &summary, &error), &error);
    file.run_id = first;
    gls_db_batch_put_file(fixture->batch, &file, NULL, "published", "/card/a");
    gls_db_batch_log(fixture->batch, &(struct gls_action){.run_id = first, .action = "trashed"});
    gls_db_batch_log(fixture->batch, &(struct gls_action){.run_id = second, .action = "other"});
    commit(fixture);

    check(gls_reader_each_run(fixture->reader, 0, visit_run, &log, &error), &error);
    assert_int_equal(log.run_count, 2);
    assert_int_equal(log.runs[0], second);
    assert_int_equal(log.runs[1], first);
    assert_string_equal(log.text, "import|glassine import \xff|1|3|1.5|1");
    check(gls_reader_each_run(fixture->reader, second, visit_run, &log, &error), &error);
    assert_string_equal(log.text, "verify|-|0|0|0|0");
    check(gls_reader_each_run(fixture->reader, 999, visit_run, &log, &error), &error);
    assert_int_equal(log.run_count, 3);
    log.text[0] = '\0';
    check(gls_reader_each_action(fixture->reader, first, visit_action, &log, &error), &error);
    assert_string_equal(log.text, "1 published /card/a a " SHA_A " " XXH_A "\n1 trashed - - - -\n");
}

static void test_settings(void **state)
{
    struct fixture *fixture = *state;
    struct gls_error error = GLS_ERROR_INIT;
    static const char *const values[] = {"one", "two", "", NULL};
    char *got;

    for (size_t i = 0; i < COUNT_OF(values); i++) {
        gls_db_batch_set_setting(fixture->batch, "name", values[i]);
        commit(fixture);
        check(gls_reader_setting(fixture->reader, &got, "name", &error), &error);
        if (values[i] == NULL)
            assert_null(got);
        else
            assert_string_equal(got, values[i]);
        free(got);
    }
}

static void test_places(void **state)
{
    static const struct {
        double latitude, longitude, radius_m;
        const char *city; /* NULL: none is near */
    } rows[] = {{52.52, 13.405, 3000, "Berlin"},
                {52.53, 13.41, 3000, "Berlin"},
                {52.56, 13.41, 3000, NULL},
                {52.56, 13.41, 6000, "Berlin"},
                {-17.0, -179.999, 3000, "Taveuni"},
                {89.99, -100, 3000, "Pole"},
                {0, 0, 3000, NULL}};
    struct fixture *fixture = *state;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_place berlin = {.latitude = 52.52,
                               .longitude = 13.405,
                               .city = "Berlin",
                               .country_code = "DE",
                               .population = 3426354};
    struct gls_place taveuni = {.latitude = -17.0, .longitude = 179.999, .city = "Taveuni"};
    struct gls_place pole = {.latitude = 89.99, .longitude = 80, .city = "Pole"};
    struct gls_place mitte = {.latitude = 52.521, .longitude = 13.44, .city = "Mitte"};

    for (int twice = 0; twice < 2; twice++)
        gls_db_batch_keep_place(fixture->batch, &berlin);
    gls_db_batch_keep_place(fixture->batch, &taveuni);
    gls_db_batch_keep_place(fixture->batch, &pole);
    gls_db_batch_keep_place(fixture->batch, &mitte);
    commit(fixture);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_place got = {0};
        struct gls_circle around = {rows[i].latitude, rows[i].longitude, rows[i].radius_m, 0};
        bool found;
        check(gls_reader_find_place(fixture->reader, &got, &found, &around, &error), &error);
        assert_int_equal(found, rows[i].city != NULL);
        if (found)
            assert_string_equal(got.city, rows[i].city);
        assert_true(!found || got.distance_m <= rows[i].radius_m);
    }
}

/* A run that began before a place was kept does not find it. */
static void test_new_places(void **state)
{
    struct fixture *fixture = *state;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_place place = {.latitude = 10, .longitude = 20, .city = "Old"}, got;
    struct gls_circle around = {10, 20, 3000, 0};
    bool found;

    gls_db_batch_keep_place(fixture->batch, &place);
    commit(fixture);
    check(gls_reader_next_place_id(fixture->reader, &around.first_new_id, &error), &error);
    place = (struct gls_place){.latitude = 10, .longitude = 20.01, .city = "New"};
    around.longitude = place.longitude;
    gls_db_batch_keep_place(fixture->batch, &place);
    commit(fixture);
    check(gls_reader_find_place(fixture->reader, &got, &found, &around, &error), &error);
    assert_string_equal(found ? got.city : "none", "Old");
}

/* The oldest go when a run begins. */
static void test_places_are_bounded(void **state)
{
    enum { COUNT = 50010 };
    struct fixture *fixture = *state;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_place place = {.city = "X"}, got;
    int64_t run_id;

    for (int i = 0; i < COUNT; i++) {
        place.latitude = i % 101 * 0.5, place.longitude = i % 503 * 0.5; /* no two alike */
        gls_db_batch_keep_place(fixture->batch, &place);
    }
    commit(fixture);
    for (int began = 0; began < 2; began++) {
        for (int i = 0; i < 20; i++) {
            bool found;
            struct gls_circle around = {i * 0.5, i * 0.5, 10, 0};
            check(gls_reader_find_place(fixture->reader, &got, &found, &around, &error), &error);
            assert_int_equal(found, !began || i >= COUNT - 50000);
        }
        check(gls_db_writer_begin_run(fixture->writer, &run_id, "import", "", &error), &error);
    }
}

/* A batch stands or falls as a whole, and its neighbours do not suffer. */
static void test_failed_batch(void **state)
{
    struct fixture *fixture = *state;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_stored_file file = sample_file("a"), got;

    gls_db_batch_put_file(fixture->batch, &file, NULL, NULL, NULL);
    gls_db_batch_set_setting(fixture->batch, "half", "done");
    gls_db_batch_log(fixture->batch, &(struct gls_action){.run_id = 12345, .action = "of no run"});
    assert_false(gls_db_writer_commit(fixture->writer, fixture->batch, &error));
    assert_true(error.message[0] != '\0');
    assert_false(has_path(fixture, "a", &got));
    gls_db_batch_clear(fixture->batch);
    gls_db_batch_put_file(fixture->batch, &file, NULL, NULL, NULL);
    commit(fixture);
    assert_true(has_path(fixture, "a", &got));
    gls_stored_file_clear(&got);
}

/* In a child whose files may not grow past a limit, which the database meets as it
 * meets a full disk. Its exit status is how many commits were reported good. */
static int commit_until_full(struct fixture *fixture)
{
    struct gls_error error = GLS_ERROR_INIT;
    char *text = calloc(1, 20001);
    char name[32];
    int good = 0;

    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){.rlim_cur = 400000, .rlim_max = 400000});
    memset(text, 'x', 20000);
    if (open_parts(fixture) != 0)
        return 101;
    for (int failures = 0; good < 100 && failures < 3;) {
        snprintf(name, sizeof name, "text %d", good);
        gls_db_batch_clear(fixture->batch);
        gls_db_batch_set_setting(fixture->batch, name, text);
        gls_db_batch_set_setting(fixture->batch, "last", name);
        error.message[0] = '\0';
        if (gls_db_writer_commit(fixture->writer, fixture->batch, &error))
            good++;
        else if (error.message[0] != '\0')
            failures++;
        else
            return 102;
    }
    return good;
}

static void test_full_disk(void **state)
{
    struct fixture *fixture = *state;
    struct gls_error error = GLS_ERROR_INIT;
    char wanted[32], *got = NULL;
    int status;

    close_parts(fixture);
    pid_t child = fork();
    if (child == 0)
        _exit(commit_until_full(fixture));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    int good = WEXITSTATUS(status);
    assert_in_range(good, 1, 99);
    assert_int_equal(open_parts(fixture), 0);
    snprintf(wanted, sizeof wanted, "text %d", good - 1);
    check(gls_reader_setting(fixture->reader, &got, "last", &error), &error);
    assert_string_equal(got, wanted);
    free(got);
    snprintf(wanted, sizeof wanted, "text %d", good);
    check(gls_reader_setting(fixture->reader, &got, wanted, &error), &error);
    assert_null(got);
}

struct crowd {
    struct fixture *fixture;
    unsigned index;
    bool ok;
};

static void *commit_many(void *context)
{
    struct crowd *crowd = context;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_db_batch *batch = gls_db_batch_new();
    char path[64];

    crowd->ok = true;
    for (int i = 0; i < 25 && crowd->ok; i++) {
        snprintf(path, sizeof path, "%u/%d", crowd->index, i);
        struct gls_stored_file file = sample_file(path);
        gls_db_batch_clear(batch);
        gls_db_batch_put_file(batch, &file, NULL, NULL, NULL);
        /* Every fifth fails, and must be the only one that does. */
        if (i % 5 == 4)
            gls_db_batch_log(batch, &(struct gls_action){.run_id = 999, .action = "x"});
        crowd->ok = gls_db_writer_commit(crowd->fixture->writer, batch, &error) == (i % 5 != 4);
    }
    gls_db_batch_free(batch);
    return NULL;
}

static void *read_many(void *context)
{
    struct crowd *crowd = context;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_reader *reader = NULL;
    uint64_t count = 0, last = 0;
    bool known;

    crowd->ok = gls_reader_open(&reader, crowd->fixture->library, &error);
    while (crowd->ok && count < 6 * 20) {
        crowd->ok = gls_reader_count(reader, &count, &error) && count >= last &&
                    gls_reader_has_size(reader, &known, 100, &error) && (known || last == 0);
        last = count;
    }
    gls_reader_close(reader);
    return NULL;
}

static void test_many_threads(void **state)
{
    struct crowd crowd[8];
    pthread_t threads[8];

    for (unsigned i = 0; i < 8; i++) {
        crowd[i] = (struct crowd){.fixture = *state, .index = i};
        pthread_create(&threads[i], NULL, i < 6 ? commit_many : read_many, &crowd[i]);
    }
    for (unsigned i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    for (unsigned i = 0; i < 8; i++)
        assert_true(crowd[i].ok);
    assert_int_equal(count_of(*state), 6 * 20);
}

/* Commits pairs of rows for ever; each number goes out only when it is durable. */
static void commit_until_killed(const char *root, int out)
{
    struct fixture fixture = {.root = (char *)(uintptr_t)root, .batch = gls_db_batch_new()};
    struct gls_error error = GLS_ERROR_INIT;
    char paths[2][32];

    if (open_parts(&fixture) != 0)
        _exit(1);
    for (unsigned i = (unsigned)count_of(&fixture) / 2;; i++) {
        gls_db_batch_clear(fixture.batch);
        for (int half = 0; half < 2; half++) {
            snprintf(paths[half], sizeof paths[half], "%06u-%d", i, half);
            struct gls_stored_file file = sample_file(paths[half]);
            gls_db_batch_put_file(fixture.batch, &file, NULL, NULL, NULL);
        }
        if (!gls_db_writer_commit(fixture.writer, fixture.batch, &error) ||
            write(out, &i, sizeof i) != sizeof i)
            _exit(1);
    }
}

static void test_kill_in_the_middle(void **state)
{
    struct fixture *fixture = *state;
    unsigned reported = 0, number;
    int pipes[2], status;

    close_parts(fixture);
    for (int round = 0; round < 12; round++) {
        assert_int_equal(pipe(pipes), 0);
        pid_t child = fork();
        if (child == 0)
            commit_until_killed(fixture->root, pipes[1]);
        close(pipes[1]);
        for (int i = 0; i < 3 && read(pipes[0], &number, sizeof number) == sizeof number; i++)
            reported = number + 1;
        usleep((unsigned)(round * 1700));
        kill(child, SIGKILL);
        while (read(pipes[0], &number, sizeof number) == sizeof number)
            reported = number + 1;
        close(pipes[0]);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));

        assert_int_equal(open_parts(fixture), 0);
        uint64_t count = count_of(fixture);
        assert_int_equal(count % 2, 0);
        assert_true(count >= 2ull * reported && count <= 2ull * reported + 2);
        close_parts(fixture);
    }
    char *path = temp_path(fixture->root, ".glassine/library.db");
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(statement, 0), "ok");
    sqlite3_finalize(statement);
    sqlite3_close(db);
    free(path);
    assert_int_equal(open_parts(fixture), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_rows_are_replaced),
        TEST(test_intents),
        TEST(test_log),
        TEST(test_settings),
        TEST(test_places),
        TEST(test_new_places),
        TEST(test_places_are_bounded),
        TEST(test_failed_batch),
        TEST(test_full_disk),
        TEST(test_many_threads),
        TEST(test_kill_in_the_middle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
