/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/thread/worker_pool.h"
#include "engine/disk/rename.h"
#include "tests/support/temp_dir.h"

/* ---- File systems that know less ---------------------------------------------- */

static int no_flag(const char *from, const char *to)
{
    (void)from;
    (void)to;
    errno = EINVAL;
    return -1;
}

static int no_call(const char *from, const char *to)
{
    (void)from;
    (void)to;
    errno = ENOSYS;
    return -1;
}

static int no_links(const char *from, const char *to)
{
    (void)from;
    (void)to;
    errno = EPERM;
    return -1;
}

static int cross_device(const char *from, const char *to)
{
    (void)from;
    (void)to;
    errno = EXDEV;
    return -1;
}

static int sticky_first_name(const char *path)
{
    if (strstr(path, "/tmp.") == NULL)
        return unlink(path);
    errno = EPERM;
    return -1;
}

static const struct gls_publish_calls by_link = {no_flag, link, unlink};
static const struct gls_publish_calls by_link_old_kernel = {no_call, link, unlink};
static const struct gls_publish_calls *const ways[] = {NULL, &by_link, &by_link_old_kernel};

/* NULL: as the system does it. */
static bool publish(const struct gls_publish_calls *calls, const char *from, const char *to,
                    struct gls_error *error)
{
    return calls == NULL ? gls_publish(from, to, error) : gls_publish_with(calls, from, to, error);
}

static void expect_text(const char *path, const char *text)
{
    uint8_t *content = temp_read(path, NULL);

    assert_string_equal((char *)content, text);
    free(content);
}

static void test_free_and_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        char *dir = temp_dir_new();
        char *from = temp_text_file(dir, "tmp.1", "new");
        char *to = temp_path(dir, "final");
        char *file = temp_text_file(dir, "file", "old");
        char *folder = temp_folder(dir, "folder");
        char *dangling = temp_path(dir, "dangling");
        assert_int_equal(symlink("nowhere", dangling), 0);
        const char *const taken[] = {file, folder, dangling, from};
        for (size_t n = 0; n < COUNT_OF(taken); n++) {
            error = (struct gls_error)GLS_ERROR_INIT;
            assert_false(publish(ways[i], from, taken[n], &error));
            assert_int_equal(error.status, GLS_ERROR_EXISTS);
            assert_non_null(strstr(error.message, taken[n]));
            expect_text(from, "new");
        }
        expect_text(file, "old");
        assert_true(publish(ways[i], from, to, &error));
        expect_text(to, "new");
        assert_false(temp_exists(from));
        assert_false(publish(ways[i], from, to, &error));
        free(dangling);
        free(folder);
        free(file);
        free(to);
        free(from);
        temp_dir_remove(dir);
    }
}

static void test_cannot(void **state)
{
    static const struct {
        struct gls_publish_calls calls;
        enum gls_status status;
        const char *says;
    } cases[] = {
        {{no_flag, no_links, unlink}, GLS_ERROR_UNSUPPORTED, "hard links"},
        {{no_flag, no_call, unlink}, GLS_ERROR_UNSUPPORTED, "hard links"},
        {{cross_device, link, unlink}, GLS_ERROR_UNSUPPORTED, "another file system"},
        {{no_flag, cross_device, unlink}, GLS_ERROR_IO, "cannot be published"},
        {{no_flag, link, sticky_first_name}, GLS_ERROR_PERMISSION, "cannot be removed"},
    };
    char *dir = temp_dir_new();
    char *from = temp_text_file(dir, "tmp.1", "new");
    char *to = temp_path(dir, "final");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        assert_false(gls_publish_with(&cases[i].calls, from, to, &error));
        assert_int_equal(error.status, cases[i].status);
        assert_non_null(strstr(error.message, cases[i].says));
        expect_text(from, "new");
        assert_false(temp_exists(to));
    }
    free(to);
    free(from);
    temp_dir_remove(dir);
}

/* Many threads want one name: one gets it, nothing is lost. */
enum { RIVALS = 8 };

struct race {
    const struct gls_publish_calls *calls;
    const char *dir;
    const char *to;
    atomic_int winners;
    atomic_int taken;
};

static void run_rival(void *context, unsigned index)
{
    struct race *race = context;
    struct gls_error error = GLS_ERROR_INIT;
    char name[16];

    snprintf(name, sizeof(name), "tmp%u", index);
    char *from = temp_text_file(race->dir, name, name);
    if (publish(race->calls, from, race->to, &error))
        atomic_fetch_add(&race->winners, 1);
    else if (error.status == GLS_ERROR_EXISTS && temp_exists(from))
        atomic_fetch_add(&race->taken, 1);
    free(from);
}

static void test_rivals(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3 * COUNT_OF(ways); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_worker_pool *pool = NULL;
        char *dir = temp_dir_new();
        char *to = temp_path(dir, "final");
        struct race race = {.calls = ways[i % COUNT_OF(ways)], .dir = dir, .to = to};
        assert_true(gls_worker_pool_start(&pool, RIVALS, run_rival, &race, &error));
        gls_worker_pool_join(pool);
        assert_int_equal(atomic_load(&race.winners), 1);
        assert_int_equal(atomic_load(&race.taken), RIVALS - 1);
        free(to);
        temp_dir_remove(dir);
    }
}

static void test_sync(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    char *dir = temp_dir_new();
    char *file = temp_text_file(dir, "f", "x");
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    (void)state;
    assert_true(gls_sync_filesystem(fd, dir, &error));
    assert_true(gls_sync_directory(dir, &error));
    close(fd);
    assert_false(gls_sync_filesystem(fd, dir, &error));
    assert_non_null(strstr(error.message, dir));
    assert_false(gls_sync_directory(file, &error));
    assert_int_equal(error.status, GLS_ERROR_NOT_FOUND);
    free(file);
    temp_dir_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_free_and_taken),
        cmocka_unit_test(test_cannot),
        cmocka_unit_test(test_rivals),
        cmocka_unit_test(test_sync),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
