/* SPDX-License-Identifier: MIT */
/* Libraries of older versions: read as they are, and brought up to date. */
#include "tests/support/test.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include "store/library/albums.h"
#include "store/library/outbox.h"
#include "store/library/schema.h"
#include "store/write/db_writer.h"
#include "tests/support/sample_library.h"
#include "tests/support/temp_dir.h"

static const char *const older[] = {"0.1.0-filed", "0.1.0-cut-off"};

/* A copy of the database of a committed library. */
static char *copy_of(const char *name)
{
    static const char *const parts[] = {".glassine/library.db", ".glassine/library.db-wal",
                                        ".glassine/lock"};
    char *root = temp_dir_new(), folder[512];

    snprintf(folder, sizeof folder, "%s/fixtures/libraries/%s", getenv("GLS_SOURCE_DIR"), name);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        char *from = temp_path(folder, parts[i]);
        if (temp_exists(from)) {
            size_t size;
            uint8_t *bytes = temp_read(from, &size);
            free(temp_file(root, parts[i], bytes, size));
            free(bytes);
        }
        free(from);
    }
    return root;
}

static int64_t version_of(const char *root)
{
    struct gls_error error = GLS_ERROR_INIT;
    char *path = temp_path(root, ".glassine/library.db");
    struct gls_db *db = NULL;
    int64_t version = 0;

    assert_true(gls_db_open(&db, path, GLS_DB_QUERY, &error));
    assert_true(gls_db_number(db, "PRAGMA user_version", &version, &error));
    gls_db_close(db);
    free(path);
    return version;
}

/* All that readers show, as one text. */
struct dump {
    FILE *out;
    struct gls_reader *reader;
};

static void show_file(struct dump *dump, const struct gls_stored_file *file)
{
    fprintf(dump->out,
            "%lld %s %llu %lld %llu %s %s %s %s %s %s %s %s|%s|%s %d %d %d %f %f %lld %lld %u\n",
            (long long)file->id, file->path, (unsigned long long)file->size_bytes,
            (long long)file->mtime_ns, (unsigned long long)file->source_size_bytes,
            file->source_sha256, file->stored_xxh128, file->essence_xxh128,
            file->source_path == NULL ? "-" : file->source_path,
            file->original_name == NULL ? "-" : file->original_name,
            file->date_taken == NULL ? "-" : file->date_taken,
            file->title == NULL ? "-" : file->title, file->album == NULL ? "-" : file->album,
            file->description == NULL ? "-" : file->description,
            file->people == NULL ? "-" : file->people, file->rating, file->favourite,
            file->has_position, file->latitude, file->longitude, (long long)file->unit_id,
            (long long)file->checked_s, file->essence_version);
}

static bool show_action(void *user, const struct gls_action *action)
{
    fprintf(((struct dump *)user)->out, "%s %s %s %s\n", action->action, action->from, action->to,
            action->reason == NULL ? "-" : action->reason);
    return true;
}

static bool show_run(void *user, const struct gls_run *run)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct dump *dump = user;

    fprintf(dump->out, "run %lld %s %s %d %lld\n", (long long)run->id, run->command, run->version,
            (int)run->state, (long long)run->summary->imported);
    return gls_reader_each_action(dump->reader, run->id, show_action, dump, &error);
}

static bool show_member(void *user, const struct gls_stored_file *file)
{
    fprintf(((struct dump *)user)->out, "member %s\n", file->path);
    return true;
}

static bool show_album(void *user, const struct gls_album *album)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct dump *dump = user;

    fprintf(dump->out, "album %s %llu\n", album->name, (unsigned long long)album->files);
    return gls_reader_each_album_file(dump->reader, album->name, show_member, dump, &error);
}

static bool count_item(void *user, const struct gls_outbox_item *item)
{
    (void)item;
    ++*(int *)user;
    return true;
}

static char *dump_of(const char *root, enum gls_library_mode mode)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_library *library = sample_library_open(root, mode);
    struct gls_file_page page;
    struct gls_intent *intents = NULL;
    struct dump dump = {0};
    char *text = NULL, *value = NULL;
    size_t size = 0, count = 0;
    int items = 0;

    if (!gls_reader_open(&dump.reader, library, &error))
        fail_msg("%s", error.message);
    dump.out = open_memstream(&text, &size);
    assert_true(gls_reader_page(dump.reader, &page, NULL, 1000, &error));
    for (size_t i = 0; i < page.count; i++)
        show_file(&dump, &page.rows[i]);
    gls_file_page_clear(&page);
    assert_true(gls_reader_intents(dump.reader, &intents, &count, &error));
    for (size_t i = 0; i < count; i++) {
        fprintf(dump.out, "%d %s ", (int)intents[i].kind, intents[i].tmp_path);
        show_file(&dump, &intents[i].file);
    }
    gls_intents_free(intents, count);
    assert_true(gls_reader_each_run(dump.reader, 0, show_run, &dump, &error));
    assert_true(gls_reader_each_album(dump.reader, show_album, &dump, &error));
    assert_true(gls_reader_each_outbox(dump.reader, &(struct gls_outbox_page){.limit = 9},
                                       count_item, &items, &error));
    assert_true(gls_reader_plugin_value(dump.reader, &value, "p", "k", &error) && value == NULL);
    fprintf(dump.out, "outbox %d\n", items);
    gls_reader_close(dump.reader);
    gls_library_close(library);
    fclose(dump.out);
    return text;
}

/* Readers of every kind show an old library as a writer's migration would, and leave
 * it byte by byte as it is. */
static void test_reads_as_migrated(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(older); i++) {
        char *root = copy_of(older[i]);
        char *path = temp_path(root, ".glassine/library.db");
        size_t size, size_after;
        uint8_t *bytes = temp_read(path, &size);
        char *dry = dump_of(root, GLS_LIBRARY_DRY);
        char *before = dump_of(root, GLS_LIBRARY_READ);
        assert_int_equal(version_of(root), 1);
        if (i == 0) { /* the other one has a log, which any reader takes over */
            uint8_t *after = temp_read(path, &size_after);
            assert_int_equal(size, size_after);
            assert_memory_equal(bytes, after, size);
            free(after);
        }
        gls_library_close(sample_library_open(root, GLS_LIBRARY_WRITE));
        assert_int_equal(version_of(root), GLS_LIBRARY_SCHEMA_VERSION);
        char *migrated = dump_of(root, GLS_LIBRARY_READ);
        assert_string_equal(before, migrated);
        assert_string_equal(dry, migrated);
        assert_non_null(strstr(migrated, i == 0 ? "album Test Album 1\nmember " : "run 1 import"));
        assert_non_null(strstr(migrated, i == 0 ? "0.1.0 1 5" : "0.1.0 3 0"));
        free(dry);
        free(before);
        free(migrated);
        free(bytes);
        free(path);
        temp_dir_remove(root);
    }
}

/* The tables as text, so that two databases can be compared. */
static char *schema_of(const char *root)
{
    char *path = temp_path(root, ".glassine/library.db"), *text = calloc(1, 65536);
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL "
                                        "ORDER BY name",
                                        -1, &statement, NULL),
                     SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW)
        snprintf(text + strlen(text), 65536 - strlen(text), "%s\n",
                 (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    sqlite3_close(db);
    free(path);
    return text;
}

static void test_migrated_is_as_new(void **state)
{
    char *fresh = temp_dir_new();

    (void)state;
    gls_library_close(sample_library_open(fresh, GLS_LIBRARY_WRITE));
    char *wanted = schema_of(fresh);
    for (size_t i = 0; i < COUNT_OF(older); i++) {
        char *root = copy_of(older[i]);
        gls_library_close(sample_library_open(root, GLS_LIBRARY_WRITE));
        char *got = schema_of(root);
        assert_string_equal(got, wanted);
        free(got);
        temp_dir_remove(root);
    }
    free(wanted);
    temp_dir_remove(fresh);
}

/* A new run says of those that died that they did. */
static void test_dead_runs_are_closed(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_db_writer *writer = NULL;
    char *root = temp_dir_new();
    int64_t first = 0, second = 0;

    (void)state;
    struct gls_library *library = sample_library_open(root, GLS_LIBRARY_WRITE);
    assert_true(gls_db_writer_start(&writer, library, &error));
    assert_true(gls_db_writer_begin_run(writer, &first, "import", NULL, &error));
    assert_true(gls_db_writer_begin_run(writer, &second, "verify", NULL, &error));
    assert_true(
        gls_db_writer_end_run(writer, second, &(struct gls_summary){.interrupted = true}, &error));
    gls_db_writer_stop(writer);
    gls_library_close(library);
    char *text = dump_of(root, GLS_LIBRARY_READ);
    char version[32];
    snprintf(version, sizeof version, "%s", strstr(text, "verify ") + 7);
    *strchr(version, ' ') = '\0';
    char wanted[128];
    snprintf(wanted, sizeof wanted, "run 2 verify %s 2 0\nrun 1 import %s 3 0\n", version, version);
    assert_non_null(strstr(text, wanted));
    free(text);
    temp_dir_remove(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_as_migrated),
        cmocka_unit_test(test_migrated_is_as_new),
        cmocka_unit_test(test_dead_runs_are_closed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
