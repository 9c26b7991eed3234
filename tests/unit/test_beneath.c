/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/beneath.h"
#include "tests/support/temp_dir.h"

static void test_plain(void **state)
{
    static const struct {
        const char *path;
        bool plain;
    } rows[] = {
        {"a", true},     {"a/b", true},     {"...", true},    {".a/..b", true}, {"a/b../c", true},
        {"", false},     {"/", false},      {"/a", false},    {"a/", false},    {"a//b", false},
        {".", false},    {"..", false},     {"./a", false},   {"a/.", false},   {"../a", false},
        {"a/..", false}, {"a/../b", false}, {"a/./b", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (gls_beneath_is_plain(rows[i].path) != rows[i].plain)
            fail_msg("%s", rows[i].path);
}

/* The kernel's way and ours, over links of every kind, side by side. */
static void test_links(void **state)
{
    static const struct {
        const char *link;
        const char *target;
    } links[] = {
        {"root/up", ".."},
        {"root/out", "../outside"},
        {"root/absolute", "/"},
        {"root/folder/back", ".."},
        {"root/folder/out", "../../outside"},
        {"root/in", "folder"},
        {"root/loop", "loop"},
        {"root/dangling", "nowhere"},
        {"root/file-in", "folder/file"},
        {"root/file-out", "../outside/file"},
        {"root/self", "./folder/../folder/"},
        {"root/self-absolute", "/proc/self"},
    };
    static const struct {
        const char *path;
        int cause; /* 0: opens */
    } rows[] = {
        {"folder", 0},
        {"folder/file", 0},
        {"folder/back/folder/file", 0},
        {"in/file", 0},
        {"file-in", 0},
        {"self/file", 0},
        {".", 0},
        {"folder/..", 0},
        {"folder/./file", 0},
        {"up", EXDEV},
        {"up/root/folder", EXDEV},
        {"out/file", EXDEV},
        {"out", EXDEV},
        {"absolute", EXDEV},
        {"folder/out/file", EXDEV},
        {"folder/out/not there", EXDEV},
        {"file-out", EXDEV},
        {"..", EXDEV},
        {"folder/../..", EXDEV},
        {"/", EXDEV},
        {"loop", EXDEV},
        {"self-absolute/cwd", EXDEV},
        {"dangling", ENOENT},
        {"nothing/here", ENOENT},
        {"folder/file/x", ENOTDIR},
    };
    char *dir = temp_dir_new();

    (void)state;
    free(temp_text_file(dir, "root/folder/file", "x"));
    free(temp_text_file(dir, "outside/file", "x"));
    for (size_t i = 0; i < COUNT_OF(links); i++) {
        char *path = temp_path(dir, links[i].link);
        assert_int_equal(symlink(links[i].target, path), 0);
        free(path);
    }
    char *root = temp_path(dir, "root");
    int fd = open(root, O_RDONLY | O_DIRECTORY);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (int by_hand = 0; by_hand < 2; by_hand++) {
            errno = 0;
            int got = (by_hand ? gls_beneath_open_by_hand
                               : gls_beneath_open)(fd, rows[i].path, O_RDONLY | O_NONBLOCK);
            int cause = got < 0 ? errno : 0;
            if (got >= 0)
                close(got);
            if (cause != rows[i].cause)
                fail_msg("%s, by %s: %s", rows[i].path, by_hand ? "hand" : "the kernel",
                         strerror(cause));
        }
        assert_int_equal(gls_beneath_holds(fd, rows[i].path), rows[i].cause != EXDEV);
    }
    close(fd);
    free(root);
    temp_dir_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_links),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
