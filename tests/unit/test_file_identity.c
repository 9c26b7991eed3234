/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <unistd.h>

#include "engine/disk/file_identity.h"
#include "tests/support/temp_dir.h"

static const struct stat before = {
    .st_dev = 1, .st_ino = 2, .st_size = 3, .st_mtim = {.tv_sec = 4, .tv_nsec = 5}};

/* Each part alone tells that it is another file, or another version. */
static void compares_every_part(void **state)
{
    struct stat now[] = {before, before, before, before, before};

    (void)state;
    assert_true(gls_is_unchanged(&before, &before));
    now[0].st_dev++;
    now[1].st_ino++;
    now[2].st_size++;
    now[3].st_mtim.tv_sec++;
    now[4].st_mtim.tv_nsec++;
    for (size_t i = 0; i < sizeof now / sizeof *now; i++) {
        assert_false(gls_is_unchanged(&before, &now[i]));
        assert_int_equal(gls_is_same_file(&before, &now[i]), i >= 2);
    }
}

static void knows_a_file_by_two_names(void **state)
{
    char *dir = temp_dir_new();
    char *a = temp_text_file(dir, "a", "text"), *b = temp_path(dir, "b"), *c = temp_path(dir, "c");

    (void)state;
    assert_false(gls_paths_are_same_file(a, b));
    assert_int_equal(link(a, b), 0);
    assert_int_equal(symlink(a, c), 0);
    assert_true(gls_paths_are_same_file(a, b));
    assert_false(gls_paths_are_same_file(a, c));
    free(a);
    free(b);
    free(c);
    temp_dir_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_every_part),
        cmocka_unit_test(knows_a_file_by_two_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
