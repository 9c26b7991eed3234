/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <sys/wait.h>
#include <unistd.h>

#include "engine/update/leftovers.h"
#include "tests/support/temp_dir.h"

/* A prefix that a process made which has ended. */
static void dead_prefix(char out[GLS_COPY_PREFIX_SIZE])
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        char prefix[GLS_COPY_PREFIX_SIZE] = "";
        gls_copy_prefix_make(prefix);
        _exit(write(ends[1], prefix, sizeof prefix) == (ssize_t)sizeof prefix ? 0 : 1);
    }
    assert_int_equal(read(ends[0], out, GLS_COPY_PREFIX_SIZE), GLS_COPY_PREFIX_SIZE);
    assert_int_equal(waitpid(child, NULL, 0), child);
    close(ends[0]);
    close(ends[1]);
}

static void test_what_goes(void **state)
{
    char own[GLS_COPY_PREFIX_SIZE], earlier[GLS_COPY_PREFIX_SIZE], dead[GLS_COPY_PREFIX_SIZE];
    char living[GLS_COPY_PREFIX_SIZE], again[GLS_COPY_PREFIX_SIZE], foreign[GLS_COPY_PREFIX_SIZE];
    char *folder = temp_dir_new();

    (void)state;
    gls_copy_prefix_make(earlier);
    gls_copy_prefix_make(own);
    assert_string_not_equal(own, earlier);
    dead_prefix(dead);
    /* ".glassine-HOST-PID-INSTANT-RUN": another machine's, one of a process that lives, and
     * one of an earlier process that had this one's number. */
    memcpy(foreign, dead, sizeof foreign);
    memcpy(foreign + strlen(".glassine-"), "zzzzzzzz", 8);
    snprintf(living, sizeof living, "%.*s%ld-1", (int)strlen(".glassine-01234567-"), own,
             (long)getppid());
    snprintf(again, sizeof again, "%.*s%ld-1-0", (int)strlen(".glassine-01234567-"), own,
             (long)getpid());
    const struct {
        const char *prefix;
        bool goes;
    } rows[] = {
        {own, false},          {earlier, false}, /* another run of this process */
        {again, true},         {dead, true},     {living, false},      {foreign, false},
        {".glassine-", false}, {"a.jpg", false}, {".glassine", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char name[GLS_COPY_PREFIX_SIZE + 8];
        snprintf(name, sizeof name, "%s-0-1", rows[i].prefix);
        char *path = temp_text_file(folder, name, "copy");
        gls_leftovers_remove(folder);
        assert_int_equal(temp_exists(path), !rows[i].goes);
        free(path);
    }
    temp_dir_remove(folder);
}

static void test_no_folder(void **state)
{
    (void)state;
    gls_leftovers_remove("/nothing/here");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_goes),
                                       cmocka_unit_test(test_no_folder)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
