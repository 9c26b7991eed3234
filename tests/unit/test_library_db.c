/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/db_writer.h"
#include "store/library_db.h"
#include "store/queries.h"
#include "tests/support/temp_dir.h"

#define SHA_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define SHA_B "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define XXH_A "0123456789abcdef0123456789abcdef"
#define XXH_B "f123456789abcdef0123456789abcdef"

static struct gls_library *open_ok(const char *root, enum gls_library_mode mode)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_library *library = NULL;

    if (!gls_library_open(&library, root, mode, &error))
        fail_msg("%s", error.message);
    return library;
}

/* Stores the files and ends with a closed, checkpointed database. */
static void store(const char *root, const struct gls_stored_file *files, size_t count)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_library *library = open_ok(root, GLS_LIBRARY_WRITE);
    struct gls_db_writer *writer = NULL;
    struct gls_db_batch *batch = gls_db_batch_new();

    assert_true(gls_db_writer_start(&writer, library, &error));
    for (size_t i = 0; i < count; i++)
        assert_true(gls_db_batch_put_file(batch, &files[i], NULL, NULL, NULL));
    if (!gls_db_writer_commit(writer, batch, &error))
        fail_msg("%s", error.message);
    gls_db_batch_free(batch);
    gls_db_writer_stop(writer);
    gls_library_close(library);
}

static struct gls_stored_file sample_file(const char *path)
{
    return (struct gls_stored_file){.path = (char *)(uintptr_t)path,
                                    .size_bytes = 100,
                                    .source_size_bytes = 90,
                                    .mtime_ns = 1449277166084000000,
                                    .source_sha256 = SHA_A,
                                    .stored_xxh128 = XXH_A};
}

/* Names, sizes and times of all entries of a folder, as one text. */
static char *listing(const char *dir)
{
    char *text = calloc(1, 65536);
    struct dirent **names = NULL;
    int count = scandir(dir, &names, NULL, alphasort);

    for (int i = 0; i < count; i++) {
        struct stat status;
        char *path = temp_path(dir, names[i]->d_name);
        size_t used = strlen(text);
        if (stat(path, &status) == 0 && strcmp(names[i]->d_name, "..") != 0)
            snprintf(text + used, 65536 - used, "%s %lld %lld.%09ld\n", names[i]->d_name,
                     (long long)status.st_size, (long long)status.st_mtim.tv_sec,
                     status.st_mtim.tv_nsec);
        free(path);
        free(names[i]);
    }
    free(names);
    return text;
}

static bool count_visit(void *user, const struct gls_stored_file *file)
{
    assert_non_null(file->path);
    ++*(int *)user;
    return true;
}

static uint64_t count_files(struct gls_library *library)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_reader *reader = NULL;
    uint64_t count = 0;

    if (!gls_reader_open(&reader, library, &error) || !gls_reader_count(reader, &count, &error))
        fail_msg("%s", error.message);
    gls_reader_close(reader);
    return count;
}

static void test_round_trip(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    char *root = temp_dir_new();
    struct gls_stored_file wanted = {.path = "2015/a \xff\n.jpg",
                                     .size_bytes = 1ull << 40,
                                     .mtime_ns = -5,
                                     .source_size_bytes = 7,
                                     .source_sha256 = SHA_A,
                                     .stored_xxh128 = XXH_A,
                                     .essence_xxh128 = XXH_B,
                                     .source_path = "/card/a\xfe.jpg",
                                     .original_name = "a\xfe.jpg",
                                     .date_taken = "2015-12-05T00:59:26+01:00",
                                     .title = "Täst",
                                     .album = "Älbum",
                                     .has_position = true,
                                     .latitude = -37.5,
                                     .longitude = 179.99,
                                     .unit_id = 12,
                                     .checked_s = 99};
    struct gls_stored_file bare = {.path = "b", .size_bytes = 3};
    struct gls_stored_file files[] = {wanted, bare};
    struct gls_stored_file got;
    struct gls_reader *reader = NULL;
    bool found;

    (void)state;
    store(root, files, 2);
    struct gls_library *library = open_ok(root, GLS_LIBRARY_READ);
    assert_true(gls_reader_open(&reader, library, &error));
    assert_true(gls_reader_find_path(reader, &got, &found, wanted.path, &error));
    assert_true(found);
    assert_string_equal(got.path, wanted.path);
    assert_int_equal(got.size_bytes, wanted.size_bytes);
    assert_int_equal(got.mtime_ns, wanted.mtime_ns);
    assert_int_equal(got.source_size_bytes, 7);
    assert_string_equal(got.source_sha256, SHA_A);
    assert_string_equal(got.stored_xxh128, XXH_A);
    assert_string_equal(got.essence_xxh128, XXH_B);
    assert_string_equal(got.source_path, wanted.source_path);
    assert_string_equal(got.original_name, wanted.original_name);
    assert_string_equal(got.date_taken, wanted.date_taken);
    assert_string_equal(got.title, wanted.title);
    assert_string_equal(got.album, wanted.album);
    assert_true(got.has_position);
    assert_true(got.latitude == -37.5 && got.longitude == 179.99);
    assert_int_equal(got.unit_id, 12);
    assert_int_equal(got.run_id, 0);
    assert_int_equal(got.checked_s, 99);
    gls_stored_file_clear(&got);
    assert_true(gls_reader_find_path(reader, &got, &found, "b", &error));
    assert_true(found && got.source_sha256[0] == '\0' && got.title == NULL && !got.has_position);
    gls_stored_file_clear(&got);
    assert_true(gls_reader_find_path(reader, &got, &found, "B", &error));
    assert_false(found);
    gls_reader_close(reader);
    gls_library_close(library);
    temp_dir_remove(root);
}

static void test_lookups(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    char *root = temp_dir_new();
    struct gls_stored_file files[4];
    struct gls_reader *reader = NULL;
    bool known;
    int visits = 0;

    (void)state;
    for (size_t i = 0; i < 4; i++)
        files[i] = sample_file((const char *[]){"a", "a-b", "a/x", "\xff"}[i]);
    strcpy(files[3].source_sha256, SHA_B);
    strcpy(files[3].stored_xxh128, XXH_B);
    files[1].unit_id = files[2].unit_id = 4;
    store(root, files, 4);
    struct gls_library *library = open_ok(root, GLS_LIBRARY_READ);
    assert_true(gls_reader_open(&reader, library, &error));
    static const struct {
        uint64_t size;
        bool known;
    } sizes[] = {{100, true}, {90, true}, {91, false}, {0, false}, {UINT64_MAX, false}};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        assert_true(gls_reader_has_size(reader, &known, sizes[i].size, &error));
        assert_int_equal(known, sizes[i].known);
    }
    assert_true(gls_reader_each_source_sha256(reader, SHA_A, count_visit, &visits, &error));
    assert_int_equal(visits, 3);
    assert_true(gls_reader_each_stored_xxh128(reader, XXH_B, count_visit, &visits, &error));
    assert_int_equal(visits, 4);
    assert_true(gls_reader_each_source_sha256(reader, "no hash", count_visit, &visits, &error));
    assert_true(gls_reader_each_in_unit(reader, 0, count_visit, &visits, &error));
    assert_int_equal(visits, 4);
    assert_true(gls_reader_each_in_unit(reader, 4, count_visit, &visits, &error));
    assert_int_equal(visits, 6);
    gls_reader_close(reader);
    gls_library_close(library);
    temp_dir_remove(root);
}

struct nested {
    struct gls_reader *reader;
    int visits;
    int inner;
};

static bool nested_visit(void *user, const struct gls_stored_file *file)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct nested *nested = user;

    nested->visits++;
    assert_true(gls_reader_each_source_sha256(nested->reader, file->source_sha256, count_visit,
                                              &nested->inner, &error));
    return nested->visits < 2;
}

static void test_visitor_may_ask_again(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    char *root = temp_dir_new();
    struct gls_stored_file files[] = {sample_file("a"), sample_file("b"), sample_file("c")};
    struct nested nested = {0};

    (void)state;
    store(root, files, 3);
    struct gls_library *library = open_ok(root, GLS_LIBRARY_READ);
    assert_true(gls_reader_open(&nested.reader, library, &error));
    assert_true(gls_reader_each_source_sha256(nested.reader, SHA_A, nested_visit, &nested, &error));
    assert_int_equal(nested.visits, 2);
    assert_int_equal(nested.inner, 6);
    gls_reader_close(nested.reader);
    gls_library_close(library);
    temp_dir_remove(root);
}

static void test_pages(void **state)
{
    static const char *const order[] = {"a", "a-b", "a/x", "a0", "\xc3\xa4", "\xff"};
    struct gls_error error = GLS_ERROR_INIT;
    char *root = temp_dir_new();
    struct gls_stored_file files[COUNT_OF(order)], *page = NULL;
    struct gls_reader *reader = NULL;
    char after[8] = "";
    size_t seen = 0, count = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(order); i++)
        files[i] = sample_file(order[COUNT_OF(order) - 1 - i]);
    store(root, files, COUNT_OF(order));
    struct gls_library *library = open_ok(root, GLS_LIBRARY_READ);
    assert_true(gls_reader_open(&reader, library, &error));
    do {
        assert_true(gls_reader_page(reader, &page, &count, seen == 0 ? NULL : after, 4, &error));
        for (size_t i = 0; i < count; i++)
            assert_string_equal(page[i].path, order[seen++]);
        if (count > 0)
            strcpy(after, page[count - 1].path);
        gls_stored_files_free(page, count);
    } while (count > 0);
    assert_int_equal(seen, COUNT_OF(order));
    gls_reader_close(reader);
    gls_library_close(library);
    temp_dir_remove(root);
}

static void test_sample_cut(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    char *root = temp_dir_new();
    struct gls_stored_file files[] = {sample_file("a"), sample_file("b"), sample_file("c"),
                                      sample_file("d"), sample_file("e")};
    struct gls_reader *reader = NULL;
    int64_t cut;
    uint64_t ties;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(files); i++)
        files[i].checked_s = (int64_t[]){10, 0, 20, 10, 10}[i];
    store(root, files, COUNT_OF(files));
    struct gls_library *library = open_ok(root, GLS_LIBRARY_READ);
    assert_true(gls_reader_open(&reader, library, &error));
    assert_true(gls_reader_sample_cut(reader, 3, &cut, &ties, &error));
    assert_int_equal(cut, 10);
    assert_int_equal(ties, 2);
    assert_true(gls_reader_sample_cut(reader, 5, &cut, &ties, &error));
    assert_int_equal(cut, 20);
    assert_int_equal(ties, 1);
    gls_reader_close(reader);
    gls_library_close(library);
    temp_dir_remove(root);
}

/* A dry run leaves folders and files as they were, to the last time stamp. */
static void test_dry_touches_nothing(void **state)
{
    struct gls_stored_file file = sample_file("a");
    char *dir = temp_dir_new();
    char *root = temp_path(dir, "new/library");

    (void)state;
    struct gls_library *library = open_ok(root, GLS_LIBRARY_DRY);
    assert_int_equal(count_files(library), 0);
    assert_int_equal(gls_library_fd(library), -1);
    gls_library_close(library);
    assert_false(temp_exists(root));

    store(root, &file, 1);
    char *folder = temp_path(root, ".glassine");
    char *before = listing(folder);
    assert_null(strstr(before, "-wal"));
    library = open_ok(root, GLS_LIBRARY_DRY);
    assert_int_equal(count_files(library), 1);
    char *during = listing(folder);
    gls_library_close(library);
    char *after = listing(folder);
    assert_string_equal(before, during);
    assert_string_equal(before, after);
    free(before);
    free(during);
    free(after);
    free(folder);
    free(root);
    temp_dir_remove(dir);
}

/* Copies the database with its log while a writer is at work: what a crash leaves. */
static void leave_log(const char *root, const char *copy)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_stored_file file = sample_file("logged");
    struct gls_library *library = open_ok(root, GLS_LIBRARY_WRITE);
    struct gls_db_writer *writer = NULL;
    struct gls_db_batch *batch = gls_db_batch_new();

    assert_true(gls_db_writer_start(&writer, library, &error));
    assert_true(gls_db_batch_put_file(batch, &file, NULL, NULL, NULL));
    assert_true(gls_db_writer_commit(writer, batch, &error));
    static const char *const names[] = {".glassine/library.db", ".glassine/library.db-wal",
                                        ".glassine/lock"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char *from = temp_path(root, names[i]);
        size_t size;
        uint8_t *bytes = temp_read(from, &size);
        free(temp_file(copy, names[i], bytes, size));
        free(bytes);
        free(from);
    }
    gls_db_batch_free(batch);
    gls_db_writer_stop(writer);
    gls_library_close(library);
}

static void test_dry_reads_the_log_of_a_crash(void **state)
{
    char *root = temp_dir_new(), *copy = temp_dir_new();

    (void)state;
    leave_log(root, copy);
    char *folder = temp_path(copy, ".glassine");
    char *before = listing(folder);
    assert_non_null(strstr(before, "library.db-wal"));
    struct gls_library *library = open_ok(copy, GLS_LIBRARY_DRY);
    assert_int_equal(count_files(library), 1);
    char *during = listing(folder);
    assert_string_equal(before, during);
    gls_library_close(library);
    char *after = listing(folder);
    assert_string_equal(before, after);
    library = open_ok(copy, GLS_LIBRARY_READ);
    assert_int_equal(count_files(library), 1);
    gls_library_close(library);
    free(before);
    free(during);
    free(after);
    free(folder);
    temp_dir_remove(root);
    temp_dir_remove(copy);
}

/* A dry run beside a live writer sees what is committed. */
static void test_dry_beside_a_writer(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_stored_file file = sample_file("a");
    char *root = temp_dir_new();
    struct gls_library *library = open_ok(root, GLS_LIBRARY_WRITE), *dry;
    struct gls_db_writer *writer = NULL;
    struct gls_db_batch *batch = gls_db_batch_new();

    (void)state;
    assert_true(gls_db_writer_start(&writer, library, &error));
    assert_true(gls_db_batch_put_file(batch, &file, NULL, NULL, NULL));
    assert_true(gls_db_writer_commit(writer, batch, &error));
    dry = open_ok(root, GLS_LIBRARY_DRY);
    assert_int_equal(count_files(dry), 1);
    gls_library_close(dry);
    gls_db_batch_free(batch);
    gls_db_writer_stop(writer);
    gls_library_close(library);
    temp_dir_remove(root);
}

static int read_as_stranger(void *context)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_library *library = NULL;
    struct gls_reader *reader = NULL;
    uint64_t count = 0;

    bool ok = gls_library_open(&library, context, GLS_LIBRARY_READ, &error) &&
              gls_library_is_read_only(library) && gls_reader_open(&reader, library, &error) &&
              gls_reader_count(reader, &count, &error);
    if (!ok)
        fprintf(stderr, "%s\n", error.message);
    gls_reader_close(reader);
    gls_library_close(library);
    return ok ? (int)count : -1;
}

static int write_as_stranger(void *context)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_library *library = NULL;

    if (gls_library_open(&library, context, GLS_LIBRARY_WRITE, &error))
        return 1;
    if (error.status != GLS_ERROR_LIBRARY || strstr(error.message, context) == NULL)
        return 2;
    return 0;
}

static void open_up(const char *root)
{
    static const char *const names[] = {"", ".glassine", ".glassine/library.db",
                                        ".glassine/library.db-wal", ".glassine/lock"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char *path = temp_path(root, names[i]);
        chmod(path, i < 2 ? 0555 : 0444);
        free(path);
    }
}

static void test_read_only_folder(void **state)
{
    struct gls_stored_file file = sample_file("a");
    char *root = temp_dir_new(), *crashed = temp_dir_new(), *origin = temp_dir_new();

    (void)state;
    store(root, &file, 1);
    leave_log(origin, crashed);
    open_up(root);
    open_up(crashed);
    char *folder = temp_path(crashed, ".glassine");
    char *before = listing(folder);
    assert_int_equal(temp_run_unprivileged(read_as_stranger, root), 1);
    assert_int_equal(temp_run_unprivileged(read_as_stranger, crashed), 1);
    assert_int_equal(temp_run_unprivileged(write_as_stranger, root), 0);
    char *after = listing(folder);
    assert_string_equal(before, after);
    free(before);
    free(after);
    free(folder);
    chmod(root, 0755);
    chmod(crashed, 0755);
    temp_dir_remove(root);
    temp_dir_remove(crashed);
    temp_dir_remove(origin);
}

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
        struct gls_stored_file file = sample_file("a");
        char *root = temp_dir_new();
        store(root, &file, 1);
        do_damage(root, rows[i].damage);
        for (int mode = GLS_LIBRARY_WRITE; mode <= GLS_LIBRARY_DRY; mode++) {
            struct gls_error error = GLS_ERROR_INIT;
            struct gls_library *library = NULL;
            assert_false(gls_library_open(&library, root, (enum gls_library_mode)mode, &error));
            if (error.status != GLS_ERROR_LIBRARY || strstr(error.message, rows[i].says) == NULL)
                fail_msg("row %zu mode %d: %d %s", i, mode, (int)error.status, error.message);
        }
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
    struct gls_stored_file *page;
    size_t count;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        snprintf(names[i], sizeof names[i], "%03zu", i);
        files[i] = sample_file(names[i]);
    }
    store(root, files, COUNT_OF(files));
    char *path = temp_path(root, ".glassine/library.db");
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    overwrite(root, 4096, (size_t)status.st_size - 4096, '\x5a');
    free(path);
    struct gls_library *library = NULL;
    bool ok = gls_library_open(&library, root, GLS_LIBRARY_READ, &error) &&
              gls_reader_open(&reader, library, &error) &&
              gls_reader_page(reader, &page, &count, NULL, 300, &error);
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
        assert_false(gls_library_open(&library, rows[i].root, rows[i].mode, &error));
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
    struct gls_library *library = open_ok(root, GLS_LIBRARY_WRITE);
    umask(mask);
    assert_string_equal(gls_library_root(library), root);
    assert_int_equal(stat(gls_library_tmp(library), &status), 0);
    assert_int_equal(status.st_mode & 07777, 0750);
    assert_int_equal(count_files(library), 0);
    gls_library_close(library);
    library = open_ok(root, GLS_LIBRARY_DRY);
    assert_int_equal(count_files(library), 0);
    gls_library_close(library);

    char *inside = temp_path(root, "2015/x/y.jpg");
    char *found = gls_library_find_root(inside);
    assert_string_equal(found, root);
    free(found);
    assert_null(gls_library_find_root(dir));
    free(inside);
    free(root);
    temp_dir_remove(dir);
}

/* The log of a database that is gone must not flow into the new one. */
static void test_orphaned_log(void **state)
{
    char *root = temp_dir_new(), *copy = temp_dir_new();

    (void)state;
    leave_log(root, copy);
    char *path = temp_path(copy, ".glassine/library.db");
    assert_int_equal(unlink(path), 0);
    free(path);
    struct gls_library *library = open_ok(copy, GLS_LIBRARY_WRITE);
    assert_int_equal(count_files(library), 0);
    gls_library_close(library);
    temp_dir_remove(root);
    temp_dir_remove(copy);
}

static void test_busy(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    char *root = temp_dir_new();
    struct gls_library *first = open_ok(root, GLS_LIBRARY_WRITE), *second = NULL;
    int pipes[2], status;
    char text[1024] = "";

    (void)state;
    assert_false(gls_library_open(&second, root, GLS_LIBRARY_WRITE, &error));
    assert_int_equal(error.status, GLS_ERROR_BUSY);
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        error.message[0] = '\0';
        bool opened = gls_library_open(&second, root, GLS_LIBRARY_WRITE, &error);
        ssize_t sent = write(pipes[1], error.message, strlen(error.message));
        _exit(!opened && sent > 0 && error.status == GLS_ERROR_BUSY ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(read(pipes[0], text, sizeof text - 1) > 0);
    char wanted[32];
    snprintf(wanted, sizeof wanted, "(process %ld)", (long)getpid());
    assert_non_null(strstr(text, wanted));
    close(pipes[0]);
    close(pipes[1]);
    gls_library_close(first);
    gls_library_close(open_ok(root, GLS_LIBRARY_WRITE));
    temp_dir_remove(root);
}

/* Another program that holds the database itself is waited for, but not for ever. */
static void test_locked_by_another_program(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_stored_file file = sample_file("a");
    char *root = temp_dir_new();
    struct gls_library *library = NULL;
    sqlite3 *db = NULL;

    (void)state;
    store(root, &file, 1);
    char *path = temp_path(root, ".glassine/library.db");
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;"
                                  "DELETE FROM places",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_false(gls_library_open(&library, root, GLS_LIBRARY_WRITE, &error));
    assert_int_equal(error.status, GLS_ERROR_BUSY);
    assert_non_null(strstr(error.message, "locked by another program"));
    sqlite3_close(db);
    free(path);
    temp_dir_remove(root);
}

/* No statement may read a whole table, so that nothing grows with the library. */
static void test_query_plans(void **state)
{
    char *root = temp_dir_new();
    struct gls_stored_file file = sample_file("a");
    sqlite3 *db = NULL;

    (void)state;
    store(root, &file, 1);
    char *path = temp_path(root, ".glassine/library.db");
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    for (int query = 0; query < GLS_QUERY_COUNT; query++) {
        sqlite3_stmt *statement = NULL;
        const char *text = gls_query_sql((enum gls_query)query);
        assert_non_null(text);
        char *sql = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", text);
        if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
            fail_msg("%s: %s", text, sqlite3_errmsg(db));
        while (sqlite3_step(statement) == SQLITE_ROW) {
            const char *detail = (const char *)sqlite3_column_text(statement, 3);
            bool scan = strncmp(detail, "SCAN ", 5) == 0 && strstr(detail, "CONSTANT ROW") == NULL;
            bool sort = strstr(detail, "TEMP B-TREE") != NULL;
            if ((scan || sort) && !gls_query_lists_all((enum gls_query)query))
                fail_msg("%s: %s", detail, text);
        }
        sqlite3_finalize(statement);
        sqlite3_free(sql);
    }
    sqlite3_close(db);
    free(path);
    temp_dir_remove(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_lookups),
        cmocka_unit_test(test_visitor_may_ask_again),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_sample_cut),
        cmocka_unit_test(test_dry_touches_nothing),
        cmocka_unit_test(test_dry_reads_the_log_of_a_crash),
        cmocka_unit_test(test_dry_beside_a_writer),
        cmocka_unit_test(test_read_only_folder),
        cmocka_unit_test(test_unusable_databases),
        cmocka_unit_test(test_damaged_page),
        cmocka_unit_test(test_roots_that_cannot_be),
        cmocka_unit_test(test_new_library),
        cmocka_unit_test(test_orphaned_log),
        cmocka_unit_test(test_busy),
        cmocka_unit_test(test_locked_by_another_program),
        cmocka_unit_test(test_query_plans),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
