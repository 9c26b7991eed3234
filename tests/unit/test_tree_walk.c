/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "engine/scan/tree_walk.h"
#include "tests/support/temp_dir.h"

static bool note_file(void *user, const char *path, const struct stat *status,
                      struct gls_error *error)
{
    struct gls_strbuf *text = user;

    if (!S_ISREG(status->st_mode))
        return gls_fail(error, GLS_ERROR_INTERNAL, "%s is no file", path);
    gls_strbuf_addf(text, "%s\n", path);
    return true;
}

static void note_unreadable(void *user, const char *path, bool is_folder, int system_errno)
{
    gls_strbuf_addf(user, "%s (%s %s)\n", path, is_folder ? "folder" : "file",
                    system_errno == EACCES ? "EACCES" : "another error");
}

static int walk_is(const char *dir, const char *expected)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    const struct gls_tree_options options = {
        .root = dir, .user = &text, .on_file = note_file, .on_unreadable = note_unreadable};

    if (!gls_tree_walk(&options, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    if (strcmp(gls_strbuf_str(&text), expected) == 0)
        return 0;
    fprintf(stderr, "got:\n%s", gls_strbuf_str(&text));
    return 2;
}

static void make_files(const char *dir, const char *const *names)
{
    for (; *names != NULL; names++)
        free(temp_text_file(dir, *names, *names));
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_order(void **state)
{
    char *dir = temp_dir_new();
    char *link = temp_path(dir, "link");
    char *linked_folder = temp_path(dir, "linked folder");

    (void)state;
    make_files(dir,
               LIST("a/z.jpg", "a-b.jpg", "a-c/y.jpg", "a.jpg", "a0.jpg", "a/b/c.jpg", "a/b.jpg",
                    "a/b-c.jpg", "x.jpg/inside.jpg", "b\nc.jpg", "\xFF.jpg", ".hidden.jpg"));
    assert_int_equal(symlink("a.jpg", link), 0);
    assert_int_equal(symlink("a", linked_folder), 0);
    assert_int_equal(walk_is(dir, ".hidden.jpg\na-b.jpg\na-c/y.jpg\na.jpg\na/b-c.jpg\na/b.jpg\n"
                                  "a/b/c.jpg\na/z.jpg\na0.jpg\nb\nc.jpg\nx.jpg/inside.jpg\n"
                                  "\xFF.jpg\n"),
                     0);
    free(link);
    free(linked_folder);
    temp_dir_remove(dir);
}

static void test_left_out(void **state)
{
    char *dir = temp_dir_new();

    (void)state;
    make_files(dir, LIST(".glassine/library.db", "a.jpg", "lost+found/#12", "lost+found.jpg",
                         "b/System Volume Information/x", "b/$Recycle.Bin/y.jpg",
                         "b/.Trash-1000/z.jpg", "c/.glassine/library.db",
                         "c/of another library.jpg", "d/.glassines/e.jpg", "f/.glassine"));
    assert_int_equal(walk_is(dir, "a.jpg\nd/.glassines/e.jpg\nf/.glassine\nlost+found.jpg\n"), 0);
    temp_dir_remove(dir);
}

static int walk_locked(void *dir)
{
    return walk_is(dir, "a.jpg\nlocked (folder EACCES)\nno search/b.jpg (file EACCES)\nz.jpg\n");
}

static int walk_locked_root(void *dir)
{
    return walk_is(dir, "");
}

static void test_unreadable(void **state)
{
    char *dir = temp_dir_new();
    char *locked = temp_path(dir, "locked");
    char *no_search = temp_path(dir, "no search");
    char *system = temp_folder(dir, "lost+found");

    (void)state;
    make_files(dir, LIST("a.jpg", "locked/x.jpg", "no search/b.jpg", "z.jpg"));
    chmod(dir, 0755);
    chmod(locked, 0);
    chmod(no_search, 0744);
    chmod(system, 0);
    assert_int_equal(temp_run_unprivileged(walk_locked, dir), 0);
    assert_int_equal(temp_run_unprivileged(walk_locked_root, locked), 1);
    chmod(locked, 0700);
    chmod(no_search, 0700);
    free(locked);
    free(no_search);
    free(system);
    temp_dir_remove(dir);
}

static bool stop_at_once(void *user, const char *path, const struct stat *status,
                         struct gls_error *error)
{
    (void)path;
    (void)status;
    ++*(size_t *)user;
    return gls_fail(error, GLS_ERROR_CANCELLED, "stopped");
}

static void test_stop(void **state)
{
    char *dir = temp_dir_new();
    struct gls_error error = GLS_ERROR_INIT;
    size_t files = 0;
    const struct gls_tree_options options = {.root = dir, .user = &files, .on_file = stop_at_once};

    (void)state;
    make_files(dir, LIST("a/a.jpg", "a/b.jpg", "c.jpg"));
    assert_false(gls_tree_walk(&options, &error));
    assert_int_equal(error.status, GLS_ERROR_CANCELLED);
    assert_int_equal(files, 1);
    temp_dir_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_left_out),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
