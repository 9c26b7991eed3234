/* SPDX-License-Identifier: MIT */
/* Every intent at every instant of a crash (src/engine/journal/README.md): what lies on
 * the disk then, and what the next start makes of it. */
#include "tests/support/test.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "engine/operation/operation.h"
#include "tests/support/temp_dir.h"

/* Contents are one letter: O the old version, N the new one (of a repair: O is what the
 * database knows, B what rotted), X what another program wrote. '-': no file. 'L': one
 * file with the one before it. Order: copy, old name, new name, name aside. */
enum { AT_TMP, AT_OLD, AT_NEW, AT_ASIDE, PLACES };
static const char *const names[PLACES] = {".glassine/tmp/1-0", "2020/old.jpg", "2021/new.jpg",
                                          "2020/old.jpg.rotten"};

struct instant {
    const char *when;
    enum gls_intent_kind kind;
    const char *before;
    const char *after;
    const char *rows; /* "path=content" of each row, after */
    unsigned completed;
    bool in_place;    /* the new name is the old one */
    const char *edit; /* a name under which X is kept; NULL: none */
};

#define OLD_ROW "2020/old.jpg=O "
#define NEW_ROW "2021/new.jpg=N "

static const struct instant instants[] = {
    /* A new file: copy, flush, intent, rename, flush, row. */
    {"publish: before the rename", GLS_INTENT_PUBLISH, "N---", "--N-", NEW_ROW, 1, false, NULL},
    {"publish: between link and unlink", GLS_INTENT_PUBLISH, "N-L-", "--N-", NEW_ROW, 1, false,
     NULL},
    {"publish: renamed", GLS_INTENT_PUBLISH, "--N-", "--N-", NEW_ROW, 1, false, NULL},
    {"publish: the name was taken", GLS_INTENT_PUBLISH, "N-X-", "--X-", "", 0, false, NULL},
    {"publish: the copy was lost", GLS_INTENT_PUBLISH, "----", "----", "", 0, false, NULL},

    /* A new version under the old name: exchange, flush, row; then the old one goes. */
    {"replace: before the exchange", GLS_INTENT_REPLACE, "NO--", "-N--", "2020/old.jpg=N ", 1, true,
     NULL},
    {"replace: exchanged", GLS_INTENT_REPLACE, "ON--", "-N--", "2020/old.jpg=N ", 1, true, NULL},
    {"replace: the old version is gone", GLS_INTENT_REPLACE, "-N--", "-N--", "2020/old.jpg=N ", 1,
     true, NULL},
    {"replace: edited before", GLS_INTENT_REPLACE, "NX--", "-X--", OLD_ROW, 0, true, NULL},
    {"replace: took an edit away", GLS_INTENT_REPLACE, "XN--", "-N--", "2020/old.jpg=N ", 1, true,
     "2020/old.jpg.edited"},
    {"replace: edited after", GLS_INTENT_REPLACE, "OX--", "-X--", OLD_ROW, 0, true, NULL},

    /* A new version under a new name: rename, flush, row and removal; then the old goes. */
    {"rename and edit: before", GLS_INTENT_REPLACE, "NO--", "--N-", NEW_ROW, 1, false, NULL},
    {"rename and edit: both are there", GLS_INTENT_REPLACE, "-ON-", "--N-", NEW_ROW, 1, false,
     NULL},
    {"rename and edit: the old was edited", GLS_INTENT_REPLACE, "-XN-", "-XN-", NEW_ROW, 1, false,
     NULL},
    {"rename and edit: edited before", GLS_INTENT_REPLACE, "NX--", "-X--", OLD_ROW, 0, false, NULL},

    /* Only the name changes: link, flush, row and removal; then the old name goes. */
    {"move: before", GLS_INTENT_MOVE, "-O--", "--O-", "2021/new.jpg=O ", 1, false, NULL},
    {"move: linked", GLS_INTENT_MOVE, "-OL-", "--O-", "2021/new.jpg=O ", 1, false, NULL},
    {"move: moved", GLS_INTENT_MOVE, "--O-", "--O-", "2021/new.jpg=O ", 1, false, NULL},
    {"move: edited before", GLS_INTENT_MOVE, "-X--", "-X--", OLD_ROW, 0, false, NULL},
    {"move: the name was taken", GLS_INTENT_MOVE, "-OX-", "-OX-", OLD_ROW, 0, false, NULL},

    /* What a move or a new version left: the old name goes. */
    {"remove: one file", GLS_INTENT_REMOVE, "-OL-", "--O-", OLD_ROW, 0, false, NULL},
    {"remove: done", GLS_INTENT_REMOVE, "--N-", "--N-", OLD_ROW, 0, false, NULL},
    {"remove: edited since", GLS_INTENT_REMOVE, "-XN-", "-XN-", OLD_ROW, 0, false, NULL},
    {"remove: no successor", GLS_INTENT_REMOVE, "-O--", "-O--", OLD_ROW, 0, false, NULL},

    /* A repair: exchange, the damaged version aside, flush. The row stays. */
    {"repair: before the exchange", GLS_INTENT_REPAIR, "OB--", "-B--", OLD_ROW, 0, true, NULL},
    {"repair: exchanged", GLS_INTENT_REPAIR, "BO--", "-O-B", OLD_ROW, 1, true, NULL},
    {"repair: kept aside", GLS_INTENT_REPAIR, "-O-B", "-O-B", OLD_ROW, 1, true, NULL},
    {"repair: linked aside", GLS_INTENT_REPAIR, "OB-L", "-B--", OLD_ROW, 0, true, NULL},
    {"repair: renamed over the link", GLS_INTENT_REPAIR, "-O-B", "-O-B", OLD_ROW, 1, true, NULL},
    {"repair: the name is empty", GLS_INTENT_REPAIR, "O--B", "-O-B", OLD_ROW, 1, true, NULL},
    {"repair: mended by hand", GLS_INTENT_REPAIR, "OO--", "-O--", OLD_ROW, 1, true, NULL},
    {"repair: exchanged, then edited", GLS_INTENT_REPAIR, "BX--", "-X-B", OLD_ROW, 0, true, NULL},
};

struct fixture {
    char *root;
    char messages[256];
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    fixture->root = temp_dir_new();
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    temp_dir_remove(fixture->root);
    free(fixture);
    return 0;
}

static void check(bool ok, const struct gls_error *error)
{
    if (!ok)
        fail_msg("%s", error->message);
}

static void put_file(const char *root, int place, const char *before)
{
    char text[] = {before[place], '\0'};
    char *path = temp_path(root, names[place]);

    if (before[place] == 'L') {
        int first = place - 1;
        while (before[first] == '-')
            first--;
        char *other = temp_path(root, names[first]);
        assert_int_equal(link(other, path), 0);
        free(other);
    } else if (before[place] != '-') {
        free(temp_text_file(root, names[place], text));
    }
    free(path);
}

/* A row of the bytes `content` at this path. */
static struct gls_stored_file row_of(const char *path, char content,
                                     struct gls_copy_buffers *buffers, const char *root)
{
    struct gls_stored_file row = {
        .path = (char *)(uintptr_t)path, .size_bytes = 1, .source_size_bytes = 1};
    struct gls_hash_request request = {.sha256 = row.source_sha256, .xxh128 = row.stored_xxh128};
    struct gls_error error = GLS_ERROR_INIT;
    char text[] = {content, '\0'};
    char *sample = temp_text_file(root, "sample", text);

    check(gls_hash_file(&request, buffers, sample, NULL, &error), &error);
    unlink(sample);
    free(sample);
    return row;
}

/* Leaves the library as a run that was killed at this instant. */
static void leave(const char *root, const struct instant *instant)
{
    struct gls_operation op = {.command = "died"};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_copy_buffers *buffers = gls_copy_buffers_new();
    struct gls_db_batch *batch = gls_db_batch_new();
    bool is_repair = instant->kind == GLS_INTENT_REPAIR,
         is_removal = instant->kind == GLS_INTENT_REMOVE;

    free(temp_folder(root, "2020"));
    free(temp_folder(root, "2021"));
    check(gls_operation_begin(&op, 1, &error) &&
              gls_operation_open(&op, root, GLS_LIBRARY_WRITE, &error),
          &error);
    struct gls_stored_file old = row_of(names[AT_OLD], 'O', buffers, root);
    struct gls_stored_file new =
        row_of(names[instant->in_place ? AT_OLD : AT_NEW],
               is_repair || instant->kind == GLS_INTENT_MOVE ? 'O' : 'N', buffers, root);
    struct gls_intent intent = {.kind = instant->kind, .file = is_removal ? old : new};
    if (instant->kind != GLS_INTENT_PUBLISH) {
        intent.old_path = (char *)(uintptr_t)names[is_repair    ? AT_ASIDE
                                                   : is_removal ? AT_NEW
                                                                : AT_OLD];
        assert_true(gls_db_batch_put_file(batch, &old, NULL, NULL, NULL));
    }
    if (instant->kind != GLS_INTENT_MOVE && !is_removal)
        intent.tmp_path = (char *)(uintptr_t)names[AT_TMP];
    check(gls_db_writer_commit(op.writer, batch, &error), &error);
    gls_db_batch_clear(batch);
    /* As the update of a row that has an id. */
    if (instant->kind == GLS_INTENT_REPLACE || instant->kind == GLS_INTENT_MOVE)
        intent.file.id = 1;
    assert_true(gls_db_batch_add_intent(batch, &intent));
    check(gls_db_writer_commit(op.writer, batch, &error), &error);
    for (int place = 0; place < PLACES; place++)
        put_file(root, place, instant->before);
    gls_db_batch_free(batch);
    gls_copy_buffers_free(buffers);
    gls_operation_close(&op);
}

static void keep_message(void *user, const char *text)
{
    struct fixture *fixture = user;

    snprintf(fixture->messages, sizeof fixture->messages, "%s", text);
}

static void add_row(struct gls_strbuf *out, const struct gls_stored_file *row,
                    const struct gls_stored_file *known, const char *letters)
{
    for (size_t i = 0; letters[i] != '\0'; i++) {
        if (strcmp(row->stored_xxh128, known[i].stored_xxh128) == 0)
            gls_strbuf_addf(out, "%s=%c ", row->path, letters[i]);
    }
}

/* What the database says: "path=content " of each row, and how many intents are open. */
static void read_database(struct gls_strbuf *out, size_t *intents_left, const char *root)
{
    struct gls_operation op = {.command = "look"};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_copy_buffers *buffers = gls_copy_buffers_new();
    const struct gls_stored_file known[] = {row_of("", 'O', buffers, root),
                                            row_of("", 'N', buffers, root)};
    struct gls_reader *reader = NULL;
    struct gls_file_page page;
    struct gls_intent *intents = NULL;

    check(gls_operation_open(&op, root, GLS_LIBRARY_READ, &error) &&
              gls_reader_open(&reader, op.library, &error) &&
              gls_reader_page(reader, &page, NULL, 100, &error) &&
              gls_reader_intents(reader, &intents, intents_left, &error),
          &error);
    for (size_t i = 0; i < page.count; i++)
        add_row(out, &page.rows[i], known, "ON");
    gls_intents_free(intents, *intents_left);
    gls_file_page_clear(&page);
    gls_reader_close(reader);
    gls_copy_buffers_free(buffers);
    gls_operation_close(&op);
}

static char content_at(const char *root, const char *name)
{
    char *path = temp_path(root, name);
    size_t size = 0;
    uint8_t *bytes = temp_exists(path) ? temp_read(path, &size) : NULL;
    char content = bytes == NULL ? '-' : (char)bytes[0];

    free(bytes);
    free(path);
    return content;
}

static void check_after(const char *root, const struct instant *instant)
{
    GLS_STRBUF_AUTO rows = GLS_STRBUF_INIT;
    char now[PLACES + 1] = "";
    size_t intents_left = 0;

    for (int place = 0; place < PLACES; place++)
        now[place] = content_at(root, names[place]);
    if (strcmp(now, instant->after) != 0)
        fail_msg("%s: %s became %s, not %s", instant->when, instant->before, now, instant->after);
    if (instant->edit != NULL && content_at(root, instant->edit) != 'X')
        fail_msg("%s: the edit was not kept", instant->when);
    read_database(&rows, &intents_left, root);
    if (strcmp(gls_strbuf_str(&rows), instant->rows) != 0)
        fail_msg("%s: the database says %s, not %s", instant->when, gls_strbuf_str(&rows),
                 instant->rows);
    if (intents_left != 0)
        fail_msg("%s: an intent is open still", instant->when);
}

static void recovers_each_intent_at_each_instant(void **state)
{
    struct fixture *fixture = *state;
    char wanted[64];

    for (size_t i = 0; i < sizeof instants / sizeof *instants; i++) {
        const struct instant *instant = &instants[i];
        struct gls_error error = GLS_ERROR_INIT;
        char name[16];
        snprintf(name, sizeof name, "%zu", i);
        char *root = temp_folder(fixture->root, name);
        leave(root, instant);
        /* A second start finds nothing left to do. */
        for (int start = 0; start < 2; start++) {
            struct gls_operation op = {.command = "next",
                                       .callbacks = {.user = fixture, .on_message = keep_message}};
            fixture->messages[0] = '\0';
            if (!gls_operation_open(&op, root, GLS_LIBRARY_WRITE, &error))
                fail_msg("%s: %s", instant->when, error.message);
            gls_operation_close(&op);
            check_after(root, instant);
            snprintf(wanted, sizeof wanted, "completed 1 file of a run that was cut off");
            if (strcmp(fixture->messages, instant->completed > 0 && start == 0 ? wanted : "") != 0)
                fail_msg("%s: said \"%s\"", instant->when, fixture->messages);
        }
        free(root);
    }
}

/* A database from somebody else. Nothing is touched, the library is refused. */
static void refuses_paths_that_lead_out(void **state)
{
    static const struct {
        const char *tmp, *old, *path;
    } hostile[] = {
        {".glassine/tmp/1-0", NULL, "../outside/new"},
        {".glassine/tmp/1-0", NULL, "/outside/new"},
        {".glassine/tmp/1-0", NULL, "2020/../../outside/new"},
        {".glassine/tmp/1-0", NULL, "link/new"},
        {".glassine/tmp/1-0", NULL, ".glassine/library.db"},
        {"../outside/precious", NULL, "2020/new"},
        {".glassine/tmp/../../../outside/precious", NULL, "2020/new"},
        {"2020/kept", NULL, "2020/new"},
        {".glassine/tmp/1-0", "../outside/precious", "2020/new"},
        {".glassine/tmp/1-0", "link/precious", "2020/new"},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        for (int kind = GLS_INTENT_PUBLISH; kind <= GLS_INTENT_REPAIR; kind++) {
            struct gls_operation op = {.command = "died"}, next = {.command = "next"};
            struct gls_error error = GLS_ERROR_INIT;
            struct gls_db_batch *batch = gls_db_batch_new();
            char name[32];
            snprintf(name, sizeof name, "%zu-%d", i, kind);
            char *dir = temp_folder(fixture->root, name);
            char *outside = temp_folder(dir, "outside"), *library = temp_folder(dir, "library");
            char *precious = temp_text_file(outside, "precious", "P");
            check(gls_operation_open(&op, library, GLS_LIBRARY_WRITE, &error), &error);
            free(temp_folder(library, "2020"));
            char *kept = temp_text_file(library, "2020/kept", "P");
            char *copy = temp_text_file(library, ".glassine/tmp/1-0", "N");
            char *way_out = temp_path(library, "link");
            assert_int_equal(symlink(outside, way_out), 0);
            struct gls_copy_buffers *buffers = gls_copy_buffers_new();
            struct gls_intent intent = {.kind = (enum gls_intent_kind)kind,
                                        .tmp_path = (char *)(uintptr_t)hostile[i].tmp,
                                        .old_path = (char *)(uintptr_t)hostile[i].old,
                                        .file = row_of(hostile[i].path, 'N', buffers, library)};
            assert_true(gls_db_batch_add_intent(batch, &intent));
            check(gls_db_writer_commit(op.writer, batch, &error), &error);
            gls_operation_close(&op);

            assert_false(gls_operation_open(&next, library, GLS_LIBRARY_WRITE, &error));
            assert_int_equal(error.status, GLS_ERROR_LIBRARY);
            gls_operation_close(&next);
            assert_true(temp_exists(precious) && temp_exists(kept) && temp_exists(copy));
            char *made = temp_path(outside, "new");
            assert_false(temp_exists(made));
            free(made);
            gls_copy_buffers_free(buffers);
            gls_db_batch_free(batch);
            free(way_out);
            free(copy);
            free(kept);
            free(precious);
            free(library);
            free(outside);
            free(dir);
        }
    }
}

/* The source of a move that was cut off is not touched on the word of a row. */
static void leaves_sources_to_the_next_import(void **state)
{
    struct fixture *fixture = *state;
    struct gls_operation op = {.command = "died"}, next = {.command = "next"};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_db_batch *batch = gls_db_batch_new();
    struct gls_copy_buffers *buffers = gls_copy_buffers_new();
    char *library = temp_folder(fixture->root, "library");
    char *source = temp_text_file(fixture->root, "source", "N");
    char *final = temp_path(library, "2020/new");

    check(gls_operation_open(&op, library, GLS_LIBRARY_WRITE, &error), &error);
    struct gls_intent intent = {.kind = GLS_INTENT_MOVE,
                                .file = row_of("2020/new", 'N', buffers, library)};
    intent.file.source_path = source;
    assert_true(gls_db_batch_add_intent(batch, &intent));
    check(gls_db_writer_commit(op.writer, batch, &error), &error);
    gls_operation_close(&op);
    check(gls_operation_open(&next, library, GLS_LIBRARY_WRITE, &error), &error);
    gls_operation_close(&next);
    assert_true(temp_exists(source));
    assert_false(temp_exists(final));
    gls_copy_buffers_free(buffers);
    gls_db_batch_free(batch);
    free(final);
    free(source);
    free(library);
}

/* The folder for copies is a link to somebody's files. */
static void empties_no_folder_behind_a_link(void **state)
{
    struct fixture *fixture = *state;
    struct gls_operation op = {.command = "make"}, next = {.command = "next"};
    struct gls_error error = GLS_ERROR_INIT;
    char *library = temp_folder(fixture->root, "library");
    char *home = temp_folder(fixture->root, "home");
    char *precious = temp_text_file(home, "precious", "P");
    char *tmp = temp_path(library, ".glassine/tmp");

    check(gls_operation_open(&op, library, GLS_LIBRARY_WRITE, &error), &error);
    gls_operation_close(&op);
    assert_int_equal(rmdir(tmp), 0);
    assert_int_equal(symlink(home, tmp), 0);
    assert_false(gls_operation_open(&next, library, GLS_LIBRARY_WRITE, &error));
    assert_int_equal(error.status, GLS_ERROR_LIBRARY);
    gls_operation_close(&next);
    assert_true(temp_exists(precious));
    free(tmp);
    free(precious);
    free(home);
    free(library);
}

/* A damaged version that has no name to go by and cannot be removed: the error names it. */
static void a_version_that_cannot_go_is_named(void **state)
{
    struct fixture *fixture = *state;
    struct gls_operation op = {.command = "died"}, next = {.command = "next"};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_copy_buffers *buffers = gls_copy_buffers_new();
    struct gls_db_batch *batch = gls_db_batch_new();

    free(temp_folder(fixture->root, "2020"));
    check(gls_operation_begin(&op, 1, &error) &&
              gls_operation_open(&op, fixture->root, GLS_LIBRARY_WRITE, &error),
          &error);
    struct gls_intent intent = {.kind = GLS_INTENT_REPAIR,
                                .tmp_path = (char *)(uintptr_t)names[AT_TMP],
                                .file = row_of(names[AT_OLD], 'O', buffers, fixture->root)};
    assert_true(gls_db_batch_put_file(batch, &intent.file, NULL, NULL, NULL) &&
                gls_db_batch_add_intent(batch, &intent));
    check(gls_db_writer_commit(op.writer, batch, &error), &error);
    put_file(fixture->root, AT_OLD, "-O--");
    free(temp_folder(fixture->root, names[AT_TMP]));
    gls_operation_close(&op);
    assert_false(gls_operation_begin(&next, 1, &error) &&
                 gls_operation_open(&next, fixture->root, GLS_LIBRARY_WRITE, &error));
    assert_non_null(strstr(error.message, names[AT_TMP]));
    assert_null(strstr(error.message, "(null)"));
    gls_operation_close(&next);
    gls_db_batch_free(batch);
    gls_copy_buffers_free(buffers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(recovers_each_intent_at_each_instant, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_paths_that_lead_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(leaves_sources_to_the_next_import, set_up, tear_down),
        cmocka_unit_test_setup_teardown(empties_no_folder_behind_a_link, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_version_that_cannot_go_is_named, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
