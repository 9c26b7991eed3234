/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/digest.h"
#include "engine/disk/copy.h"
#include "media/undo/undo_record.h"
#include "store/write/db_writer.h"
#include "tests/support/make_library.h"
#include "tests/support/temp_dir.h"

#define SHA_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

struct fixture {
    char *dir;
    char *root;
    struct gls_config *config;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct gls_error error = GLS_ERROR_INIT;

    *state = fixture;
    fixture->dir = temp_dir_new();
    fixture->root = temp_folder(fixture->dir, "library");
    char *config = temp_text_file(fixture->dir, "config.ini", "[Time]\nzone=UTC\n");
    bool ok = gls_config_load(&fixture->config, config, &error);
    free(config);
    return ok ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    gls_config_free(fixture->config);
    free(fixture->root);
    temp_dir_remove(fixture->dir);
    free(fixture);
    return 0;
}

/* The first column of a query's rows as one text. */
static char *query(const char *root, const char *sql)
{
    char *path = temp_path(root, ".glassine/library.db");
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    size_t size = 0, space = 4 << 20;
    char *text = calloc(1, space);

    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(db));
    while (sqlite3_step(statement) == SQLITE_ROW)
        size += (size_t)snprintf(text + size, space - size, "%s\n",
                                 (const char *)sqlite3_column_text(statement, 0));
    assert_true(size < space);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    free(path);
    return text;
}

/* Every column of every row that the files decide, in path order, as one text. */
static char *dump(const char *root)
{
    return query(
        root,
        "SELECT quote(path) || size || mtime_ns || quote(source_sha256) || quote(stored_xxh128) ||"
        " quote(essence_xxh128) || quote(source_path) || quote(date_taken) || source_size ||"
        " quote(unit_id) || quote(original_name) || quote(title) || quote(album) ||"
        " quote(latitude) FROM files LEFT JOIN metadata ON file_id = files.id ORDER BY path");
}

static size_t count_names(const char *root, const char *prefix)
{
    char *folder = temp_path(root, ".glassine");
    DIR *dir = opendir(folder);
    size_t count = 0;

    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
        count += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
    closedir(dir);
    free(folder);
    return count;
}

/* Gives some rows what no file can tell, as an import does. */
static void put_sources(struct fixture *fixture, const char *const *paths, size_t count)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_library *library = NULL;
    struct gls_db_writer *writer = NULL;
    struct gls_reader *reader = NULL;
    struct gls_db_batch *batch = gls_db_batch_new();
    bool found;

    assert_true(gls_library_open(&library, fixture->root,
                                 &(struct gls_library_options){.mode = GLS_LIBRARY_WRITE}, &error));
    assert_true(gls_db_writer_start(&writer, library, &error));
    assert_true(gls_reader_open(&reader, library, &error));
    for (size_t i = 0; i < count; i++) {
        struct gls_stored_file row;
        assert_true(gls_reader_find_path(reader, &row, &found, paths[i], &error));
        assert_true(found);
        strcpy(row.source_sha256, SHA_A);
        row.source_size_bytes = 4711;
        row.source_path = strdup("/card/IMG_1.JPG");
        free(row.original_name);
        row.original_name = strdup("IMG_1.JPG");
        row.unit_id = 42;
        gls_db_batch_put_file(batch, &row, NULL, "published", "/card/IMG_1.JPG");
        gls_stored_file_clear(&row);
    }
    gls_db_batch_set_setting(batch, "kept", "value");
    gls_db_batch_put_elodie_hash(batch, SHA_A, "/old/a.jpg");
    assert_true(gls_db_writer_commit(writer, batch, &error));
    gls_reader_close(reader);
    gls_db_batch_free(batch);
    gls_db_writer_stop(writer);
    gls_library_close(library);
}

static struct gls_stored_file row_of(struct fixture *fixture, const char *path)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_library *library = NULL;
    struct gls_reader *reader = NULL;
    struct gls_stored_file row;
    bool found;

    assert_true(gls_library_open(&library, fixture->root,
                                 &(struct gls_library_options){.mode = GLS_LIBRARY_READ}, &error));
    assert_true(gls_reader_open(&reader, library, &error));
    assert_true(gls_reader_find_path(reader, &row, &found, path, &error));
    if (!found)
        fail_msg("%s: no row", path);
    gls_reader_close(reader);
    gls_library_close(library);
    return row;
}

static void test_old_rows_are_kept(void **state)
{
    static const char *const paths[] = {"000/p0000.jpg", "000/p0001.jpg", "000/p0002.jpg",
                                        "000/p0003.jpg"};
    struct fixture *fixture = *state;

    make_pictures(fixture->root, "", 6);
    make_database(fixture->config, fixture->root, 6);
    put_sources(fixture, paths, COUNT_OF(paths));
    char *before = dump(fixture->root);
    make_database(fixture->config, fixture->root, 6);
    char *after = dump(fixture->root);
    assert_string_equal(before, after);

    /* Moved, edited outside, changed: what is known of the bytes, of the picture,
     * of nothing. */
    char *from = temp_path(fixture->root, paths[1]), *to = temp_path(fixture->root, "moved.jpg");
    assert_int_equal(rename(from, to), 0);
    char *edited = temp_path(fixture->root, paths[2]), *other = temp_path(fixture->root, paths[3]);
    make_picture(edited, 2, "other words");
    make_picture(other, 77, "another picture");
    make_database(fixture->config, fixture->root, 6);
    struct gls_stored_file row = row_of(fixture, "moved.jpg");
    assert_string_equal(row.source_sha256, SHA_A);
    assert_string_equal(row.source_path, "/card/IMG_1.JPG");
    gls_stored_file_clear(&row);
    row = row_of(fixture, paths[2]);
    assert_string_equal(row.source_sha256, SHA_A);
    assert_int_equal(row.source_size_bytes, 4711);
    assert_string_equal(row.original_name, "IMG_1.JPG");
    gls_stored_file_clear(&row);
    row = row_of(fixture, paths[3]);
    assert_string_not_equal(row.source_sha256, SHA_A);
    assert_null(row.source_path);
    gls_stored_file_clear(&row);
    assert_int_equal(count_names(fixture->root, "library.db.2"), 2);
    assert_int_equal(count_names(fixture->root, "library.db.new"), 0);
    assert_int_equal(count_names(fixture->root, "library.db-"), 0);
    free(before);
    free(after);
    free(from);
    free(to);
    free(edited);
    free(other);
}

static bool count_run(void *user, const struct gls_run *run)
{
    ++*(int *)user;
    return run->id != 0;
}

static void test_the_rest_is_kept(void **state)
{
    static const char *const paths[] = {"000/p0000.jpg"};
    struct fixture *fixture = *state;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_library *library = NULL;
    struct gls_reader *reader = NULL;
    char *value = NULL;
    bool known;
    int runs = 0;

    make_pictures(fixture->root, "", 1);
    make_database(fixture->config, fixture->root, 1);
    put_sources(fixture, paths, 1);
    make_database(fixture->config, fixture->root, 1);
    assert_true(gls_library_open(&library, fixture->root,
                                 &(struct gls_library_options){.mode = GLS_LIBRARY_READ}, &error));
    assert_true(gls_reader_open(&reader, library, &error));
    assert_true(gls_reader_setting(reader, &value, "kept", &error));
    assert_string_equal(value, "value");
    assert_true(gls_reader_each_run(reader, 0, count_run, &runs, &error));
    assert_true(runs >= 2);
    assert_true(gls_reader_has_size(reader, &known, 123456, &error));
    assert_true(known); /* Elodie's hashes came over */
    free(value);
    gls_reader_close(reader);
    gls_library_close(library);
}

static void test_companions(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = {"a-1.jpg",    "a.aae",     "a.jpg",
                                        "a.jpg.json", "a.jpg.xmp", "b.jpg"};
    int64_t units[COUNT_OF(names)];

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char *path = temp_path(fixture->root, names[i]);
        if (strcmp(names[i] + strlen(names[i]) - 4, ".jpg") == 0)
            make_picture(path, (unsigned)i, "x");
        else
            free(temp_text_file(fixture->root, names[i], names[i]));
        free(path);
    }
    free(temp_text_file(fixture->root, "other.doc", "is left out"));
    free(temp_text_file(fixture->root, "other.json", "is left out too"));
    make_database(fixture->config, fixture->root, COUNT_OF(names));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct gls_stored_file row = row_of(fixture, names[i]);
        units[i] = row.unit_id;
        gls_stored_file_clear(&row);
    }
    assert_int_equal(units[0], 0);
    assert_int_not_equal(units[1], 0);
    assert_int_equal(units[1], units[2]);
    assert_int_equal(units[2], units[3]);
    assert_int_equal(units[3], units[4]);
    assert_int_equal(units[5], 0);
}

/* A file that holds the record of glassine's own edit gives its source's hash. */
static void test_source_from_record(void **state)
{
    struct fixture *fixture = *state;
    struct gls_error error = GLS_ERROR_INIT;
    char *source = temp_path(fixture->dir, "source.jpg");
    struct gls_input *input = NULL, *view = NULL;
    struct gls_patch patch = GLS_PATCH_INIT, final = GLS_PATCH_INIT;
    GLS_STRBUF_AUTO record = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO segment = GLS_STRBUF_INIT;
    char sha256[GLS_SHA256_HEX_SIZE];
    struct gls_hash_request request = {.sha256 = sha256};
    struct gls_copy_buffers *buffers = gls_copy_buffers_new();
    uint64_t size;

    make_picture(source, 5, "as it came");
    assert_true(gls_hash_file(&request, buffers, source, &size, &error));
    assert_true(gls_input_open(&input, source, &error));
    assert_true(gls_patch_insert(&patch, 2, "?", 1, &error));
    assert_true(gls_patch_seal(&patch, size, &error));
    assert_true(gls_undo_encode(&record, &patch, 0, input, &error));
    gls_strbuf_add(&segment, "\xff\xe1", 2);
    gls_strbuf_add_char(&segment, (char)((record.size + 2) >> 8));
    gls_strbuf_add_char(&segment, (char)(record.size + 2));
    gls_strbuf_add(&segment, record.data, record.size);
    assert_true(gls_patch_insert(&final, 2, segment.data, segment.size, &error));
    assert_true(gls_patch_seal(&final, size, &error));
    assert_true(gls_input_from_patch(&view, input, &final, &error));
    size_t stored_size = (size_t)gls_input_size(view);
    uint8_t *stored = malloc(stored_size);
    assert_true(gls_input_read(view, 0, stored, stored_size, &error));
    free(temp_file(fixture->root, "stored.jpg", stored, stored_size));
    make_database(fixture->config, fixture->root, 1);
    struct gls_stored_file row = row_of(fixture, "stored.jpg");
    assert_string_equal(row.source_sha256, sha256);
    assert_int_equal(row.source_size_bytes, size);
    assert_int_equal(row.size_bytes, stored_size);
    gls_stored_file_clear(&row);
    gls_input_free(view);
    gls_input_free(input);
    gls_patch_free(&patch);
    gls_patch_free(&final);
    gls_copy_buffers_free(buffers);
    free(stored);
    free(source);
}

/* Whatever is left of the old database, a new one is made, and the old one kept. */
static void test_damaged_database(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        long offset;
        long size; /* 0: the file is emptied */
    } rows[] = {{0, 100}, {0, 0}, {4096, 60000}, {20000, 4096}};

    make_pictures(fixture->root, "", 40);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *path = temp_path(fixture->root, ".glassine/library.db");
        make_database(fixture->config, fixture->root, 40);
        FILE *file = fopen(path, rows[i].size == 0 ? "wb" : "r+b");
        fseek(file, rows[i].offset, SEEK_SET);
        for (long k = 0; k < rows[i].size; k++)
            fputc('z', file);
        fclose(file);
        size_t backups = count_names(fixture->root, "library.db.2");
        make_database(fixture->config, fixture->root, 40);
        assert_int_equal(count_names(fixture->root, "library.db.2"), backups + 1);
        struct gls_stored_file row = row_of(fixture, "000/p0039.jpg");
        gls_stored_file_clear(&row);
        free(path);
    }
}

static void test_newer_database_is_left_alone(void **state)
{
    struct fixture *fixture = *state;
    struct gls_generate_options options = GLS_GENERATE_OPTIONS_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_summary summary = GLS_SUMMARY_INIT;
    sqlite3 *db = NULL;

    make_pictures(fixture->root, "", 1);
    make_database(fixture->config, fixture->root, 1);
    char *path = temp_path(fixture->root, ".glassine/library.db");
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    options.library = fixture->root;
    assert_false(gls_generate_db(&summary, fixture->config, &options, NULL, &error));
    assert_int_equal(error.status, GLS_ERROR_LIBRARY);
    assert_non_null(strstr(error.message, "newer"));
    free(path);
}

struct order {
    char last[256];
    size_t count;
    struct gls_cancel *cancel;
};

static void see_order(void *user, const struct gls_file_event *event)
{
    struct order *order = user;

    assert_true(strcmp(order->last, event->source) < 0);
    assert_int_equal(event->outcome, GLS_OUTCOME_IMPORTED);
    assert_non_null(event->sha256);
    snprintf(order->last, sizeof order->last, "%s", event->source);
    if (++order->count == 5 && order->cancel != NULL)
        gls_cancel_request(order->cancel);
}

static void test_order_and_interrupt(void **state)
{
    struct fixture *fixture = *state;
    struct gls_generate_options options = GLS_GENERATE_OPTIONS_INIT;
    struct order order = {.count = 0};
    struct gls_callbacks callbacks = {
        .struct_size = sizeof callbacks, .user = &order, .on_file = see_order};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_summary summary = GLS_SUMMARY_INIT;

    make_pictures(fixture->root, "", 350);
    options.library = fixture->root;
    options.jobs = 8;
    assert_true(gls_generate_db(&summary, fixture->config, &options, &callbacks, &error));
    assert_int_equal(order.count, 350);
    char *before = dump(fixture->root);
    order = (struct order){.cancel = gls_cancel_new()};
    options.cancel = order.cancel;
    assert_false(gls_generate_db(&summary, fixture->config, &options, &callbacks, &error));
    assert_int_equal(error.status, GLS_ERROR_CANCELLED);
    assert_true(summary.interrupted);
    char *after = dump(fixture->root);
    assert_string_equal(before, after);
    assert_int_equal(count_names(fixture->root, "library.db.new"), 0);
    gls_cancel_free(order.cancel);
    free(before);
    free(after);
}

static void tell_parent(void *user, const struct gls_file_event *event)
{
    if (write(*(int *)user, event->outcome == GLS_OUTCOME_IMPORTED ? "+" : "-", 1) != 1)
        _exit(2);
}

static void generate_in_child(struct fixture *fixture, int out)
{
    struct gls_generate_options options = GLS_GENERATE_OPTIONS_INIT;
    struct gls_callbacks callbacks = {
        .struct_size = sizeof callbacks, .user = &out, .on_file = tell_parent};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_summary summary = GLS_SUMMARY_INIT;

    options.library = fixture->root;
    options.jobs = 2;
    _exit(gls_generate_db(&summary, fixture->config, &options, &callbacks, &error) ? 0 : 1);
}

/* Runs generate-db in a child and kills it `delay_us` after the file numbered `files`.
 * Was it killed before its end? */
static bool run_and_kill(struct fixture *fixture, unsigned files, unsigned delay_us)
{
    int pipes[2], status;
    char byte;

    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0)
        generate_in_child(fixture, pipes[1]);
    close(pipes[1]);
    for (unsigned i = 0; i < files && read(pipes[0], &byte, 1) == 1; i++)
        assert_int_equal(byte, '+');
    usleep(delay_us);
    kill(child, SIGKILL);
    close(pipes[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    /* A crash of its own is no kill. */
    assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status);
}

/* kill -9 at random instants, half of them near the swap: the old database stays in
 * force until the new one is. */
static void test_killed(void **state)
{
    enum { FILES = 2000, KILLS = 20 };
    struct fixture *fixture = *state;
    unsigned killed = 0;
    uint32_t seed = 12345;

    make_pictures(fixture->root, "", FILES);
    make_database(fixture->config, fixture->root, FILES);
    char *wanted = dump(fixture->root);
    for (int i = 0; i < KILLS; i++) {
        seed = seed * 1103515245u + 12345u;
        unsigned files = i % 2 == 0 ? (seed >> 8) % FILES : FILES;
        killed += run_and_kill(fixture, files, (seed >> 4) % 20000);
        char *got = dump(fixture->root);
        assert_string_equal(wanted, got);
        free(got);
    }
    assert_true(killed >= KILLS / 4);
    make_database(fixture->config, fixture->root, FILES);
    char *got = dump(fixture->root);
    assert_string_equal(wanted, got);
    assert_int_equal(count_names(fixture->root, "library.db.new"), 0);
    free(got);
    free(wanted);
}

/* The indexes are made of all rows at the end: the new database has those of any other. */
static void test_the_schema_is_whole(void **state)
{
    static const char sql[] = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name";
    struct fixture *fixture = *state;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_library *library = NULL;
    const struct gls_library_options options = {.mode = GLS_LIBRARY_WRITE, .command = "make"};

    make_pictures(fixture->root, "", 3);
    assert_true(gls_library_open(&library, fixture->root, &options, &error));
    gls_library_close(library);
    char *fresh = query(fixture->root, sql);
    make_database(fixture->config, fixture->root, 3);
    char *generated = query(fixture->root, sql);
    assert_non_null(strstr(fresh, "CREATE INDEX files_source_sha256"));
    assert_string_equal(generated, fresh);
    free(fresh);
    free(generated);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_old_rows_are_kept),   TEST(test_the_rest_is_kept),
        TEST(test_companions),          TEST(test_source_from_record),
        TEST(test_damaged_database),    TEST(test_newer_database_is_left_alone),
        TEST(test_order_and_interrupt), TEST(test_killed),
        TEST(test_the_schema_is_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
