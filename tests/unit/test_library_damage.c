/* SPDX-License-Identifier: MIT */
/* Libraries that are damaged, locked, too new or none at all. */
#include "tests/support/test.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/library/library_db.h"
#include "tests/support/sample_library.h"
#include "tests/support/temp_dir.h"

static void overwrite(const char *root, size_t offset, size_t size, char byte)
{
    char *path = temp_path(root, ".glassine/library.db");
    FILE *file = fopen(path, "r+b");

    fseek(file, (long)offset, SEEK_SET);
    for (size_t i = 0; i < size; i++)
        fputc(byte, file);
    fclose(file);
    free(path);
}

static void run_sql(const char *root, const char *sql)
{
    char *path = temp_path(root, ".glassine/library.db");
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    free(path);
}

enum damage { GARBAGE, EMPTIED, NEWER, FOREIGN, A_FOLDER };

static void do_damage(const char *root, enum damage damage)
{
    char *path = temp_path(root, ".glassine/library.db");

    switch (damage) {
    case GARBAGE:
        overwrite(root, 0, 200, 'x');
        break;
    case EMPTIED:
        assert_int_equal(truncate(path, 0), 0);
        break;
    case NEWER:
        run_sql(root, "PRAGMA user_version = 999");
        break;
    case FOREIGN:
        run_sql(root, "PRAGMA application_id = 1");
        break;
    case A_FOLDER:
        assert_int_equal(unlink(path), 0);
        assert_int_equal(mkdir(path, 0777), 0);
        break;
    }
    free(path);
}

static void test_unusable_databases(void **state)
{
    static const struct {
        enum damage damage;
        const char *says;
    } rows[] = {{GARBAGE, "generate-db"},
                {EMPTIED, "generate-db"},
                {NEWER, "made by a newer glassine"},
                {FOREIGN, "no database of glassine"},
                {A_FOLDER, "library.db"}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_stored_file file = sample_stored_file("a");
        char *root = temp_dir_new();
        sample_library_store(root, &file, 1);
        do_damage(root, rows[i].damage);
        for (int mode = GLS_LIBRARY_WRITE; mode <= GLS_LIBRARY_DRY; mode++) {
            struct gls_error error = GLS_ERROR_INIT;
            struct gls_library *library = NULL;
            assert_false(gls_library_open(
                &library, root, &(struct gls_library_options){.mode = (enum gls_library_mode)mode},
                &error));
            if (error.status != GLS_ERROR_LIBRARY || strstr(error.message, rows[i].says) == NULL)
                fail_msg("row %zu mode %d: %d %s", i, mode, (int)error.status, error.message);
        }
        temp_dir_remove(root);
    }
}

/* A table that is gone: no run goes on with half a database, and it is made anew with what
 * the other tables hold. */
static void test_lost_tables(void **state)
{
    static const char *const tables[] = {
        "runs",          "files",         "metadata",       "actions",       "albums",
        "album_members", "intents",       "places",         "outbox",        "settings",
        "elodie_hashes", "album_changes", "further_values", "subscriptions", "plugin_values"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        struct gls_stored_file file = sample_stored_file("a");
        char *root = temp_dir_new(), sql[96];
        struct gls_library *library = NULL;
        sample_library_store(root, &file, 1);
        snprintf(sql, sizeof sql, "PRAGMA foreign_keys = OFF; DROP TABLE %s", tables[i]);
        run_sql(root, sql);
        for (int mode = GLS_LIBRARY_WRITE; mode <= GLS_LIBRARY_DRY; mode++) {
            struct gls_error error = GLS_ERROR_INIT;
            assert_false(gls_library_open(
                &library, root, &(struct gls_library_options){.mode = (enum gls_library_mode)mode},
                &error));
            assert_int_equal(error.status, GLS_ERROR_LIBRARY);
            assert_non_null(strstr(error.message, tables[i]));
            assert_non_null(strstr(error.message, "generate-db"));
        }
        struct gls_error error = GLS_ERROR_INIT;
        assert_true(gls_library_open(
            &library, root, &(struct gls_library_options){.mode = GLS_LIBRARY_REBUILD}, &error));
        assert_true(gls_library_has_database(library));
        assert_string_equal(gls_library_lost_table(library), tables[i]);
        gls_library_close(library);
        temp_dir_remove(root);
    }
}

/* Damage in the middle shows when it is met. */
static void test_damaged_page(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_stored_file files[300];
    static char names[300][16];
    char *root = temp_dir_new();
    struct gls_reader *reader = NULL;
    struct gls_file_page page;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        snprintf(names[i], sizeof names[i], "%03zu", i);
        files[i] = sample_stored_file(names[i]);
    }
    sample_library_store(root, files, COUNT_OF(files));
    char *path = temp_path(root, ".glassine/library.db");
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    overwrite(root, 4096, (size_t)status.st_size - 4096, '\x5a');
    free(path);
    struct gls_library *library = NULL;
    bool ok = gls_library_open(&library, root,
                               &(struct gls_library_options){.mode = GLS_LIBRARY_READ}, &error) &&
              gls_reader_open(&reader, library, &error) &&
              gls_reader_page(reader, &page, NULL, 300, &error);
    assert_false(ok);
    assert_int_equal(error.status, GLS_ERROR_LIBRARY);
    assert_non_null(strstr(error.message, "generate-db"));
    gls_reader_close(reader);
    gls_library_close(library);
    temp_dir_remove(root);
}

static void test_roots_that_cannot_be(void **state)
{
    char *dir = temp_dir_new();
    char *file = temp_text_file(dir, "file", "text");
    char *below = temp_path(file, "below");
    char *missing = temp_path(dir, "missing");
    const struct {
        const char *root;
        enum gls_library_mode mode;
    } rows[] = {{file, GLS_LIBRARY_WRITE},  {file, GLS_LIBRARY_READ},    {file, GLS_LIBRARY_DRY},
                {below, GLS_LIBRARY_WRITE}, {missing, GLS_LIBRARY_READ}, {dir, GLS_LIBRARY_READ}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_library *library = NULL;
        assert_false(gls_library_open(&library, rows[i].root,
                                      &(struct gls_library_options){.mode = rows[i].mode}, &error));
        if (error.status != GLS_ERROR_LIBRARY || strstr(error.message, dir) == NULL)
            fail_msg("row %zu: %d %s", i, (int)error.status, error.message);
    }
    free(file);
    free(below);
    free(missing);
    temp_dir_remove(dir);
}

static void test_new_library(void **state)
{
    char *dir = temp_dir_new();
    char *root = temp_path(dir, "one/two/ # ?a=b%41");
    struct stat status;

    (void)state;
    mode_t mask = umask(027);
    struct gls_library *library = sample_library_open(root, GLS_LIBRARY_WRITE);
    umask(mask);
    assert_string_equal(gls_library_root(library), root);
    assert_int_equal(stat(gls_library_tmp(library), &status), 0);
    assert_int_equal(status.st_mode & 07777, 0750);
    assert_int_equal(sample_library_count(library), 0);
    gls_library_close(library);
    library = sample_library_open(root, GLS_LIBRARY_DRY);
    assert_int_equal(sample_library_count(library), 0);
    gls_library_close(library);

    char *inside = temp_path(root, "2015/x/y.jpg");
    struct gls_error error = GLS_ERROR_INIT;
    char *found = NULL;
    assert_true(gls_library_find_root(&found, inside, &error));
    assert_string_equal(found, root);
    free(found);
    assert_true(gls_library_find_root(&found, dir, &error));
    assert_null(found);
    free(inside);
    free(root);
    temp_dir_remove(dir);
}

/* The log of a database that is gone must not flow into the new one. */
static void test_orphaned_log(void **state)
{
    char *root = temp_dir_new(), *copy = temp_dir_new();

    (void)state;
    sample_library_leave_log(root, copy);
    char *path = temp_path(copy, ".glassine/library.db");
    assert_int_equal(unlink(path), 0);
    free(path);
    struct gls_library *library = sample_library_open(copy, GLS_LIBRARY_WRITE);
    assert_int_equal(sample_library_count(library), 0);
    gls_library_close(library);
    temp_dir_remove(root);
    temp_dir_remove(copy);
}

static void test_busy(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    char *root = temp_dir_new();
    struct gls_library *first = sample_library_open(root, GLS_LIBRARY_WRITE), *second = NULL;
    int pipes[2], status;
    char text[1024] = "";

    (void)state;
    assert_false(gls_library_open(
        &second, root, &(struct gls_library_options){.mode = GLS_LIBRARY_WRITE}, &error));
    assert_int_equal(error.status, GLS_ERROR_BUSY);
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        error.message[0] = '\0';
        bool opened = gls_library_open(
            &second, root, &(struct gls_library_options){.mode = GLS_LIBRARY_WRITE}, &error);
        ssize_t sent = write(pipes[1], error.message, strlen(error.message));
        _exit(!opened && sent > 0 && error.status == GLS_ERROR_BUSY ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(read(pipes[0], text, sizeof text - 1) > 0);
    char wanted[32];
    snprintf(wanted, sizeof wanted, "(process %ld: glassine)", (long)getpid());
    assert_non_null(strstr(text, wanted));
    close(pipes[0]);
    close(pipes[1]);
    gls_library_close(first);
    gls_library_close(sample_library_open(root, GLS_LIBRARY_WRITE));
    temp_dir_remove(root);
}

/* Another program that holds the database itself is waited for, but not for ever. */
static void test_locked_by_another_program(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_stored_file file = sample_stored_file("a");
    char *root = temp_dir_new();
    struct gls_library *library = NULL;
    sqlite3 *db = NULL;

    (void)state;
    sample_library_store(root, &file, 1);
    char *path = temp_path(root, ".glassine/library.db");
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;"
                                  "DELETE FROM places",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_false(gls_library_open(
        &library, root, &(struct gls_library_options){.mode = GLS_LIBRARY_WRITE}, &error));
    assert_int_equal(error.status, GLS_ERROR_BUSY);
    assert_non_null(strstr(error.message, "locked by another program"));
    sqlite3_close(db);
    free(path);
    temp_dir_remove(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unusable_databases),
        cmocka_unit_test(test_damaged_page),
        cmocka_unit_test(test_lost_tables),
        cmocka_unit_test(test_roots_that_cannot_be),
        cmocka_unit_test(test_new_library),
        cmocka_unit_test(test_orphaned_log),
        cmocka_unit_test(test_busy),
        cmocka_unit_test(test_locked_by_another_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
