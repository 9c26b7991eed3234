/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <dirent.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "store/library/library_db.h"
#include "store/library/queries.h"
#include "store/write/db_writer.h"
#include "tests/support/sample_library.h"
#include "tests/support/temp_dir.h"

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
    sample_library_store(root, files, 2);
    struct gls_library *library = sample_library_open(root, GLS_LIBRARY_READ);
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
        files[i] = sample_stored_file((const char *[]){"a", "a-b", "a/x", "\xff"}[i]);
    strcpy(files[3].source_sha256, SHA_B);
    strcpy(files[3].stored_xxh128, XXH_B);
    files[1].unit_id = files[2].unit_id = 4;
    sample_library_store(root, files, 4);
    struct gls_library *library = sample_library_open(root, GLS_LIBRARY_READ);
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
    assert_int_equal(visits, 4);
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
    struct gls_stored_file files[] = {sample_stored_file("a"), sample_stored_file("b"),
                                      sample_stored_file("c")};
    struct nested nested = {0};

    (void)state;
    sample_library_store(root, files, 3);
    struct gls_library *library = sample_library_open(root, GLS_LIBRARY_READ);
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
    struct gls_stored_file files[COUNT_OF(order)];
    struct gls_file_page page;
    struct gls_reader *reader = NULL;
    char after[8] = "";
    size_t seen = 0, count = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(order); i++)
        files[i] = sample_stored_file(order[COUNT_OF(order) - 1 - i]);
    sample_library_store(root, files, COUNT_OF(order));
    struct gls_library *library = sample_library_open(root, GLS_LIBRARY_READ);
    assert_true(gls_reader_open(&reader, library, &error));
    do {
        assert_true(gls_reader_page(reader, &page, seen == 0 ? NULL : after, 4, &error));
        count = page.count;
        for (size_t i = 0; i < count; i++)
            assert_string_equal(page.rows[i].path, order[seen++]);
        if (count > 0)
            strcpy(after, page.rows[count - 1].path);
        gls_file_page_clear(&page);
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
    struct gls_stored_file files[] = {sample_stored_file("a"), sample_stored_file("b"),
                                      sample_stored_file("c"), sample_stored_file("d"),
                                      sample_stored_file("e")};
    struct gls_reader *reader = NULL;
    int64_t cut;
    uint64_t ties;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(files); i++)
        files[i].checked_s = (int64_t[]){10, 0, 20, 10, 10}[i];
    sample_library_store(root, files, COUNT_OF(files));
    struct gls_library *library = sample_library_open(root, GLS_LIBRARY_READ);
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
    struct gls_stored_file file = sample_stored_file("a");
    char *dir = temp_dir_new();
    char *root = temp_path(dir, "new/library");

    (void)state;
    struct gls_library *library = sample_library_open(root, GLS_LIBRARY_DRY);
    assert_int_equal(sample_library_count(library), 0);
    assert_int_equal(gls_library_fd(library), -1);
    gls_library_close(library);
    assert_false(temp_exists(root));

    sample_library_store(root, &file, 1);
    char *folder = temp_path(root, ".glassine");
    char *before = listing(folder);
    assert_null(strstr(before, "-wal"));
    library = sample_library_open(root, GLS_LIBRARY_DRY);
    assert_int_equal(sample_library_count(library), 1);
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

static void test_dry_reads_the_log_of_a_crash(void **state)
{
    char *root = temp_dir_new(), *copy = temp_dir_new();

    (void)state;
    sample_library_leave_log(root, copy);
    char *folder = temp_path(copy, ".glassine");
    char *before = listing(folder);
    assert_non_null(strstr(before, "library.db-wal"));
    struct gls_library *library = sample_library_open(copy, GLS_LIBRARY_DRY);
    assert_int_equal(sample_library_count(library), 1);
    char *during = listing(folder);
    assert_string_equal(before, during);
    gls_library_close(library);
    char *after = listing(folder);
    assert_string_equal(before, after);
    library = sample_library_open(copy, GLS_LIBRARY_READ);
    assert_int_equal(sample_library_count(library), 1);
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
    struct gls_stored_file file = sample_stored_file("a");
    char *root = temp_dir_new();
    struct gls_library *library = sample_library_open(root, GLS_LIBRARY_WRITE), *dry;
    struct gls_db_writer *writer = NULL;
    struct gls_db_batch *batch = gls_db_batch_new();

    (void)state;
    assert_true(gls_db_writer_start(&writer, library, &error));
    assert_true(gls_db_batch_put_file(batch, &file, NULL, NULL, NULL));
    assert_true(gls_db_writer_commit(writer, batch, &error));
    dry = sample_library_open(root, GLS_LIBRARY_DRY);
    assert_int_equal(sample_library_count(dry), 1);
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

    bool ok = gls_library_open(&library, context,
                               &(struct gls_library_options){.mode = GLS_LIBRARY_READ}, &error) &&
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

    if (gls_library_open(&library, context,
                         &(struct gls_library_options){.mode = GLS_LIBRARY_WRITE}, &error))
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
    struct gls_stored_file file = sample_stored_file("a");
    char *root = temp_dir_new(), *crashed = temp_dir_new(), *origin = temp_dir_new();

    (void)state;
    sample_library_store(root, &file, 1);
    sample_library_leave_log(origin, crashed);
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

/* Is it meant to go over a whole table or index? (Intents are those of one batch.) */
static bool lists_all(int query)
{
    static const enum gls_query all[] = {
        GLS_QUERY_COUNT_FILES,     GLS_QUERY_SUM_SIZES,     GLS_QUERY_SAMPLE_CUT,
        GLS_QUERY_INTENTS,         GLS_QUERY_RUNS,          GLS_QUERY_CLOSE_DEAD_RUNS,
        GLS_QUERY_TRIM_ALBUMS,     GLS_QUERY_ALBUMS,        GLS_QUERY_ALBUM_FILES,
        GLS_QUERY_OUTBOX_PLUGINS,  GLS_QUERY_SUBSCRIPTIONS, GLS_QUERY_CLEAR_SUBSCRIPTIONS,
        GLS_QUERY_SUBSCRIBED_PATH, GLS_QUERY_FOLLOW_INTENT};
    size_t i = 0;

    while (i < COUNT_OF(all) && (int)all[i] != query)
        i++;
    return i < COUNT_OF(all);
}

static void check_plans(sqlite3 *db)
{
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
            if ((scan || sort) && !lists_all(query))
                fail_msg("%s: %s", detail, text);
        }
        sqlite3_finalize(statement);
        sqlite3_free(sql);
    }
}

/* No statement may read a whole table, so that nothing grows with the library. */
static void test_query_plans(void **state)
{
    char *root = temp_dir_new();
    struct gls_stored_file file = sample_stored_file("a");
    sqlite3 *db = NULL;

    (void)state;
    sample_library_store(root, &file, 1);
    char *path = temp_path(root, ".glassine/library.db");
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    check_plans(db);
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
        cmocka_unit_test(test_query_plans),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
