/* SPDX-License-Identifier: MIT */
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/filing/folder_names.h"

enum { FOREVER_MS = 1000000000 };

static bool may_hold(struct gls_folder_names *names, int root, const char *stem)
{
    char path[300];

    snprintf(path, sizeof path, "%s.jpg", stem);
    return gls_folder_names_may_hold(names, root, path, strlen(stem));
}

static int open_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_true(fd >= 0);
    return fd;
}

static void add(const char *dir, const char *name)
{
    free(temp_text_file(dir, name, ""));
}

static void test_table(void **state)
{
    static const struct {
        const char *stem;
        bool may_hold;
    } rows[] = {
        {"f/a", true}, /* a.jpg.xmp */
        {"f/a.jpg", true},
        {"f/b", true},  /* B.XMP: some file systems take the one for the other */
        {"f/c", false}, /* without a dot */
        {"f/d", false}, /* d-1.xmp */
        {"f/e", false}, /* in g */
        {"g/e", true},
        {"f/.h", true}, /* .h.xmp */
        {"x", true},    /* x.aae, in the library's own folder */
        {"y", false},
        {"none/a", false},    /* there is no such folder */
        {"f/\xc3\xa4", true}, /* which the file system may have as something else */
        {"x.aae/a", true},    /* no folder */
    };
    static const char *const files[] = {"f/a.jpg.xmp", "f/B.XMP",  "f/c",  "f/d-1.xmp",
                                        "g/e.xmp",     "f/.h.xmp", "x.aae"};
    struct gls_folder_names *names = gls_folder_names_new(FOREVER_MS, false);
    char *dir = temp_dir_new();
    int root = open_folder(dir);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(files); i++)
        add(dir, files[i]);
    for (int again = 0; again < 2; again++) {
        for (size_t i = 0; i < COUNT_OF(rows); i++) {
            print_message("%s\n", rows[i].stem);
            assert_int_equal(may_hold(names, root, rows[i].stem), rows[i].may_hold);
        }
    }
    close(root);
    temp_dir_remove(dir);
    gls_folder_names_free(names);
}

/* Another program adds a companion between two units: it is seen when the listing is too old. */
static void test_additions(void **state)
{
    char *dir = temp_dir_new();
    int root = open_folder(dir);
    struct gls_folder_names *kept = gls_folder_names_new(FOREVER_MS, false);
    struct gls_folder_names *unkept = gls_folder_names_new(0, false);

    (void)state;
    add(dir, "f/other.jpg");
    assert_false(may_hold(kept, root, "f/a"));
    assert_false(may_hold(unkept, root, "f/a"));
    assert_false(may_hold(unkept, root, "g/a"));
    add(dir, "f/a.xmp");
    add(dir, "g/a.xmp"); /* a folder that is made later */
    assert_true(may_hold(unkept, root, "f/a"));
    assert_true(may_hold(unkept, root, "g/a"));
    /* One listing serves all units meanwhile. */
    assert_false(may_hold(kept, root, "f/a"));
    close(root);
    temp_dir_remove(dir);
    gls_folder_names_free(kept);
    gls_folder_names_free(unkept);
}

/* A listing of the time that import uses is not kept for ever. */
static void test_age(void **state)
{
    char *dir = temp_dir_new();
    int root = open_folder(dir);
    struct gls_folder_names *names = gls_folder_names_new(GLS_FOLDER_NAMES_AGE_MS, false);

    (void)state;
    (void)may_hold(names, root, "f/a");
    add(dir, "f/a.xmp");
    usleep(GLS_FOLDER_NAMES_AGE_MS * 1000 + 1000);
    assert_true(may_hold(names, root, "f/a"));
    close(root);
    temp_dir_remove(dir);
    gls_folder_names_free(names);
}

static void add_many(const char *dir, const char *folder, size_t from, size_t to)
{
    char name[48];

    for (size_t i = from; i < to; i++) {
        snprintf(name, sizeof name, "%s/%zu.jpg", folder, i);
        add(dir, name);
    }
}

/* What this run adds is known for ever, without any folder. */
static void test_own(void **state)
{
    struct gls_folder_names *names = gls_folder_names_new(FOREVER_MS, false);
    struct gls_folder_names *portable = gls_folder_names_new(FOREVER_MS, true);

    (void)state;
    assert_false(may_hold(names, -1, "f.1/a"));
    gls_folder_names_add(names, "f.1/a.jpg");
    gls_folder_names_add(names, "f.1/a.jpg.xmp");
    gls_folder_names_add(names, "b.jpg");
    assert_true(may_hold(names, -1, "f.1/a"));
    assert_true(may_hold(names, -1, "f.1/A"));
    assert_true(may_hold(names, -1, "f.1/a.jpg"));
    assert_true(may_hold(names, -1, "b"));
    assert_false(may_hold(names, -1, "a"));
    assert_false(may_hold(names, -1, "f"));
    assert_false(may_hold(names, -1, "f.1/b"));
    assert_false(may_hold(names, -1, "\xc3\xa4/b"));
    assert_true(may_hold(portable, -1, "\xc3\xa4/b")); /* the folder may have another name, too */
    assert_false(may_hold(portable, -1, "f.1/b"));
    gls_folder_names_free(names);
    gls_folder_names_free(portable);
}

static unsigned ask(struct gls_folder_names *names, int root, unsigned units)
{
    unsigned perhaps = 0;

    for (unsigned unit = 0; unit < units; unit++)
        perhaps += may_hold(names, root, "f/a");
    return perhaps;
}

/* To list a folder of many names for each unit would cost more than to ask: many units share
 * one listing. */
static void test_large_folders(void **state)
{
    char *dir = temp_dir_new();
    int root = open_folder(dir);
    struct gls_folder_names *names = gls_folder_names_new(0, false);
    struct gls_folder_names *kept = gls_folder_names_new(FOREVER_MS, false);

    (void)state;
    add_many(dir, "f", 0, 1000);
    unsigned perhaps = ask(names, root, 90);
    assert_true(perhaps > 60 && perhaps < 85);
    add_many(dir, "f", 1000, 6000);
    gls_folder_names_free(names);
    names = gls_folder_names_new(0, false);
    perhaps = ask(names, root, 200);
    assert_true(perhaps > 150 && perhaps < 200); /* the second listing gets to the end */
    assert_int_equal(ask(kept, root, 200), 200); /* one that did not tells nothing */
    close(root);
    temp_dir_remove(dir);
    gls_folder_names_free(names);
    gls_folder_names_free(kept);
}

/* Units that go to many folders in turns: not each has its folder listed. */
static void test_many_folders(void **state)
{
    enum { COUNT = 40, NAMES = 400, UNITS = 4 * COUNT };
    char *dir = temp_dir_new(), folder[16], stem[32];
    int root = open_folder(dir);
    struct gls_folder_names *names = gls_folder_names_new(FOREVER_MS, false);
    unsigned perhaps = 0;

    (void)state;
    for (unsigned unit = 0; unit < UNITS; unit++) {
        snprintf(folder, sizeof folder, "f%u", unit % COUNT);
        snprintf(stem, sizeof stem, "%s/a", folder);
        if (unit < COUNT)
            add_many(dir, folder, 0, NAMES);
        perhaps += may_hold(names, root, stem);
    }
    assert_true(perhaps > 10 && perhaps < UNITS / 2);
    close(root);
    temp_dir_remove(dir);
    gls_folder_names_free(names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),         cmocka_unit_test(test_additions),
        cmocka_unit_test(test_age),           cmocka_unit_test(test_own),
        cmocka_unit_test(test_large_folders), cmocka_unit_test(test_many_folders),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
