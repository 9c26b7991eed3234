/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/make_library.h"
#include "tests/support/temp_dir.h"

enum { PICTURES = 12 };

struct fixture {
    char *dir;
    char *root;
    struct gls_config *config;
};

/* What a run reported, one line a file. */
struct seen {
    char text[65536];
    char bad[1024]; /* those lines that are not "ok" */
    size_t files;
    struct gls_cancel *cancel; /* asked for after `cancel_after` files */
    size_t cancel_after;
};

static char *picture_path(const struct fixture *fixture, unsigned number)
{
    char name[64];

    snprintf(name, sizeof name, "library/%04u/p%02u.jpg", 2010 + number / 4, number);
    return temp_path(fixture->dir, name);
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct gls_error error = GLS_ERROR_INIT;
    char comment[32];

    *state = fixture;
    fixture->dir = temp_dir_new();
    fixture->root = temp_folder(fixture->dir, "library");
    char *config = temp_text_file(fixture->dir, "config.ini", "[Time]\nzone=UTC\n");
    if (!gls_config_load(&fixture->config, config, &error))
        return -1;
    free(config);
    free(temp_folder(fixture->dir, "library/2010"));
    free(temp_folder(fixture->dir, "library/2011"));
    free(temp_folder(fixture->dir, "library/2012"));
    for (unsigned i = 0; i < PICTURES; i++) {
        char *path = picture_path(fixture, i);
        snprintf(comment, sizeof comment, "comment %02u", i);
        make_picture(path, i, comment);
        free(path);
    }
    make_database(fixture->config, fixture->root, PICTURES);
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    gls_config_free(fixture->config);
    free(fixture->root);
    temp_dir_remove(fixture->dir);
    free(fixture);
    return 0;
}

static void see(void *user, const struct gls_verify_event *event)
{
    struct seen *seen = user;
    size_t used = strlen(seen->text);

    snprintf(seen->text + used, sizeof seen->text - used, "%s %s%s%s%s%s\n", event->path,
             gls_state_name(event->state), event->found_at == NULL ? "" : " at ",
             event->found_at == NULL ? "" : event->found_at, event->accepted ? " accepted" : "",
             event->repaired ? " repaired" : "");
    if (event->state != GLS_STATE_OK) {
        used = strlen(seen->bad);
        snprintf(seen->bad + used, sizeof seen->bad - used, "%s %s\n", event->path,
                 gls_state_name(event->state));
    }
    if (++seen->files == seen->cancel_after)
        gls_cancel_request(seen->cancel);
}

static struct gls_verify_summary verify(struct fixture *fixture, struct seen *seen,
                                        struct gls_verify_options options)
{
    struct gls_verify_callbacks callbacks = {
        .struct_size = sizeof callbacks, .user = seen, .on_file = see};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_verify_summary summary = GLS_VERIFY_SUMMARY_INIT;

    if (options.library == NULL && options.path_count == 0)
        options.library = fixture->root;
    seen->text[0] = seen->bad[0] = '\0';
    seen->files = 0;
    options.cancel = seen->cancel;
    if (!gls_verify(&summary, fixture->config, &options, &callbacks, &error))
        fail_msg("%s", error.message);
    return summary;
}

static struct gls_verify_options options_of(unsigned jobs)
{
    struct gls_verify_options options = GLS_VERIFY_OPTIONS_INIT;

    options.jobs = jobs;
    return options;
}

/* Changes one bit, `from_end` bytes before the end, and keeps the times. */
static void flip_bit_at(const char *path, long from_end)
{
    struct stat status;
    FILE *file = fopen(path, "r+b");

    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &status), 0);
    fseek(file, -from_end, SEEK_END);
    int c = fgetc(file);
    fseek(file, -from_end, SEEK_END);
    fputc(c ^ 1, file);
    fclose(file);
    struct timespec times[2] = {status.st_mtim, status.st_mtim};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void flip_bit(const char *path)
{
    flip_bit_at(path, 3);
}

/* One file in each state. */
static void provoke_all(struct fixture *fixture)
{
    char *paths[PICTURES];

    for (unsigned i = 0; i < PICTURES; i++)
        paths[i] = picture_path(fixture, i);
    flip_bit(paths[1]);
    make_picture(paths[2], 2, "an edited comment");
    set_mtime(paths[2], 1700000000);
    make_picture(paths[3], 99, "comment 03");
    set_mtime(paths[3], 1700000000);
    char *elsewhere = temp_folder(fixture->dir, "library/album");
    char *moved = temp_path(elsewhere, "moved.jpg");
    assert_int_equal(rename(paths[4], moved), 0);
    assert_int_equal(unlink(paths[5]), 0);
    assert_int_equal(unlink(paths[6]), 0);
    assert_int_equal(symlink("p06.jpg", paths[6]), 0); /* a loop: cannot be read */
    char *unknown = temp_path(elsewhere, "unknown.jpg");
    make_picture(unknown, 500, "not known");
    free(temp_text_file(fixture->dir, "library/2010/notes.doc", "not known either"));
    free(unknown);
    free(moved);
    free(elsewhere);
    for (unsigned i = 0; i < PICTURES; i++)
        free(paths[i]);
}

static const char all_states[] = "2010/notes.doc untracked\n"
                                 "2010/p00.jpg ok\n"
                                 "2010/p01.jpg rotten\n"
                                 "2010/p02.jpg edited\n"
                                 "2010/p03.jpg changed\n"
                                 "2011/p04.jpg moved at album/moved.jpg\n"
                                 "2011/p05.jpg missing\n"
                                 "2011/p06.jpg unreadable\n"
                                 "2011/p07.jpg ok\n"
                                 "2012/p08.jpg ok\n"
                                 "2012/p09.jpg ok\n"
                                 "2012/p10.jpg ok\n"
                                 "2012/p11.jpg ok\n"
                                 "album/unknown.jpg untracked\n";

static void test_all_ok(void **state)
{
    struct fixture *fixture = *state;
    static struct seen seen;
    struct gls_verify_summary summary = verify(fixture, &seen, options_of(2));

    assert_int_equal(summary.count[GLS_STATE_OK], PICTURES);
    assert_int_equal(summary.checked, PICTURES);
    assert_int_equal(summary.count[GLS_STATE_UNTRACKED], 0);
    assert_true(summary.bytes > PICTURES * 100);
}

static void test_every_state(void **state)
{
    struct fixture *fixture = *state;
    static struct seen seen;

    provoke_all(fixture);
    for (unsigned jobs = 1; jobs <= 8; jobs *= 2) {
        struct gls_verify_summary summary = verify(fixture, &seen, options_of(jobs));
        assert_string_equal(seen.text, all_states);
        assert_int_equal(summary.count[GLS_STATE_ROTTEN], 1);
        assert_int_equal(summary.count[GLS_STATE_UNTRACKED], 2);
        assert_int_equal(summary.checked, 14);
        assert_int_equal(summary.accepted + summary.repaired, 0);
    }
}

/* Rot among the tags leaves the essence alone, and is rot all the same. */
static void test_rot_in_tags(void **state)
{
    struct fixture *fixture = *state;
    static struct seen seen;
    struct stat status;
    char *path = picture_path(fixture, 7);

    assert_int_equal(stat(path, &status), 0);
    flip_bit_at(path, (long)status.st_size - 8);
    verify(fixture, &seen, options_of(2));
    assert_string_equal(seen.bad, "2011/p07.jpg rotten\n");
    free(path);
}

/* Only what differs in size or time is read, and then compared as usual. */
static void test_quick(void **state)
{
    struct fixture *fixture = *state;
    static struct seen seen;
    struct gls_verify_options options = options_of(2);

    provoke_all(fixture);
    options.quick = true;
    struct gls_verify_summary summary = verify(fixture, &seen, options);
    assert_int_equal(summary.count[GLS_STATE_ROTTEN], 0);
    assert_int_equal(summary.count[GLS_STATE_EDITED], 1);
    assert_int_equal(summary.count[GLS_STATE_CHANGED], 1);
    assert_int_equal(summary.count[GLS_STATE_MISSING], 1);
    assert_int_equal(summary.count[GLS_STATE_MOVED], 1);
    assert_int_equal(summary.count[GLS_STATE_OK], 7);
}

static void test_accept(void **state)
{
    struct fixture *fixture = *state;
    static struct seen seen;
    struct gls_verify_options options = options_of(2);

    provoke_all(fixture);
    options.accept_states = 1u << GLS_STATE_EDITED | 1u << GLS_STATE_MOVED |
                            1u << GLS_STATE_UNTRACKED | 1u << GLS_STATE_MISSING |
                            1u << GLS_STATE_CHANGED;
    struct gls_verify_summary summary = verify(fixture, &seen, options);
    assert_int_equal(summary.accepted, 6);
    assert_non_null(strstr(seen.text, "2010/p02.jpg edited accepted\n"));
    assert_non_null(strstr(seen.text, "2011/p04.jpg moved at album/moved.jpg accepted\n"));
    summary = verify(fixture, &seen, options_of(2));
    assert_string_equal(seen.text, "2010/notes.doc ok\n"
                                   "2010/p00.jpg ok\n"
                                   "2010/p01.jpg rotten\n"
                                   "2010/p02.jpg ok\n"
                                   "2010/p03.jpg ok\n"
                                   "2011/p06.jpg unreadable\n"
                                   "2011/p07.jpg ok\n"
                                   "2012/p08.jpg ok\n"
                                   "2012/p09.jpg ok\n"
                                   "2012/p10.jpg ok\n"
                                   "2012/p11.jpg ok\n"
                                   "album/moved.jpg ok\n"
                                   "album/unknown.jpg ok\n");
}

static char *copy_library(struct fixture *fixture, const char *name)
{
    char command[1024];
    char *copy = temp_path(fixture->dir, name);

    snprintf(command, sizeof command, "cp -a '%s' '%s' && mv '%s/2011' '%s/somewhere'",
             fixture->root, copy, copy, copy);
    assert_int_equal(system(command), 0);
    return copy;
}

static void test_repair(void **state)
{
    struct fixture *fixture = *state;
    static struct seen seen;
    struct gls_verify_options options = options_of(2);
    char *copy = copy_library(fixture, "copy");
    char *rotten = picture_path(fixture, 1);
    size_t size, again;

    provoke_all(fixture);
    uint8_t *bad = temp_read(rotten, &size);
    free(temp_text_file(fixture->dir, "library/2010/p01.jpg.rotten", "taken"));
    options.repair_from = copy;
    struct gls_verify_summary summary = verify(fixture, &seen, options);
    assert_int_equal(summary.repaired, 2);
    assert_non_null(strstr(seen.text, "2010/p01.jpg rotten repaired\n"));
    assert_non_null(strstr(seen.text, "2011/p05.jpg missing repaired\n"));
    char *kept = temp_path(fixture->root, "2010/p01.jpg.rotten-1");
    uint8_t *aside = temp_read(kept, &again);
    assert_int_equal(size, again);
    assert_memory_equal(bad, aside, size);
    char *taken = temp_path(fixture->root, "2010/p01.jpg.rotten");
    uint8_t *untouched = temp_read(taken, NULL);
    assert_string_equal((char *)untouched, "taken");
    summary = verify(fixture, &seen, options_of(1));
    assert_non_null(strstr(seen.text, "2010/p01.jpg ok\n"));
    assert_non_null(strstr(seen.text, "2011/p05.jpg ok\n"));
    assert_int_equal(summary.count[GLS_STATE_CHANGED], 1);
    options.repair_states = 1u << GLS_STATE_CHANGED;
    summary = verify(fixture, &seen, options);
    assert_int_equal(summary.repaired, 1);
    assert_non_null(strstr(seen.text, "2010/p03.jpg changed repaired\n"));
    free(untouched);
    free(taken);
    free(aside);
    free(kept);
    free(bad);
    free(rotten);
    free(copy);
}

/* Without a good copy nothing is touched, and the reason is told. */
static void test_no_good_copy(void **state)
{
    struct fixture *fixture = *state;
    static struct seen seen;
    struct gls_verify_options options = options_of(2);
    char *empty = temp_folder(fixture->dir, "empty");
    char *path = picture_path(fixture, 1);

    flip_bit(path);
    options.repair_from = empty;
    struct gls_verify_summary summary = verify(fixture, &seen, options);
    assert_int_equal(summary.repaired, 0);
    assert_int_equal(summary.count[GLS_STATE_ROTTEN], 1);
    assert_true(temp_exists(path));
    free(path);
    free(empty);
}

static void test_paths(void **state)
{
    struct fixture *fixture = *state;
    static struct seen seen;
    struct gls_verify_options options = options_of(2);
    char *folder = temp_path(fixture->root, "2012"), *file = picture_path(fixture, 0);
    char *inner = picture_path(fixture, 9), *gone = picture_path(fixture, 5);
    const char *paths[] = {folder, file, inner, gone};

    provoke_all(fixture);
    options.paths = paths;
    options.path_count = COUNT_OF(paths);
    verify(fixture, &seen, options);
    assert_string_equal(seen.text, "2010/p00.jpg ok\n2011/p05.jpg missing\n2012/p08.jpg ok\n"
                                   "2012/p09.jpg ok\n2012/p10.jpg ok\n2012/p11.jpg ok\n");
    free(folder);
    free(file);
    free(inner);
    free(gone);
}

/* Each sample takes those whose last check is longest ago, so that samples add up. */
static void test_sample(void **state)
{
    struct fixture *fixture = *state;
    static struct seen seen, all;
    struct gls_verify_options options = options_of(2);

    options.sample_percent = 25;
    for (int i = 0; i < 4; i++) {
        verify(fixture, &seen, options);
        assert_int_equal(seen.files, PICTURES / 4);
        strcat(all.text, seen.text);
    }
    verify(fixture, &seen, options_of(1));
    assert_string_equal(all.text, seen.text);
}

static void test_interrupt_and_resume(void **state)
{
    struct fixture *fixture = *state;
    static struct seen seen, whole;
    struct gls_verify_options options = options_of(2), other = options_of(2);
    struct gls_verify_callbacks callbacks = GLS_VERIFY_CALLBACKS_INIT;
    struct gls_verify_summary summary = GLS_VERIFY_SUMMARY_INIT;
    struct gls_error error = GLS_ERROR_INIT;

    provoke_all(fixture);
    verify(fixture, &whole, options);
    seen.cancel = gls_cancel_new();
    seen.cancel_after = 3;
    summary = verify(fixture, &seen, options_of(1));
    assert_true(summary.interrupted);
    assert_true(seen.files >= 3);
    size_t first = strlen(seen.text);
    assert_memory_equal(seen.text, whole.text, first);
    gls_cancel_free(seen.cancel);
    seen = (struct seen){0};

    other.library = fixture->root;
    other.quick = other.resume = true;
    assert_false(gls_verify(&summary, fixture->config, &other, &callbacks, &error));
    assert_int_equal(error.status, GLS_ERROR_ARGUMENT);

    options.resume = true;
    summary = verify(fixture, &seen, options);
    assert_false(summary.interrupted);
    assert_string_equal(seen.text, whole.text + first);
    verify(fixture, &seen, options);
    assert_string_equal(seen.text, whole.text);
}

/* The needle and the haystack. */
static void test_one_bit_in_ten_thousand_files(void **state)
{
    enum { FILES = 10000 };
    struct fixture *fixture = *state;
    static struct seen seen;

    make_pictures(fixture->root, "many-", FILES);
    make_database(fixture->config, fixture->root, PICTURES + FILES);
    char *bad = temp_path(fixture->root, "many-065/p6543.jpg");
    flip_bit(bad);
    struct gls_verify_options options = options_of(2);
    struct gls_verify_summary summary = verify(fixture, &seen, options);
    assert_int_equal(summary.count[GLS_STATE_OK], PICTURES + FILES - 1);
    assert_int_equal(summary.count[GLS_STATE_ROTTEN], 1);
    assert_string_equal(seen.bad, "many-065/p6543.jpg rotten\n");
    free(bad);
}

static int verify_as_stranger(void *context)
{
    struct fixture *fixture = context;
    struct gls_verify_options options = options_of(2);
    static struct seen seen;
    struct gls_verify_summary summary = verify(fixture, &seen, options);
    struct gls_verify_callbacks callbacks = GLS_VERIFY_CALLBACKS_INIT;
    struct gls_error error = GLS_ERROR_INIT;

    options.accept_states = 1u << GLS_STATE_EDITED;
    options.library = fixture->root;
    if (strcmp(seen.text, all_states) != 0 || summary.checked != 14)
        return 1;
    return gls_verify(&summary, fixture->config, &options, &callbacks, &error) ? 2 : 0;
}

static void test_read_only(void **state)
{
    struct fixture *fixture = *state;
    char *inner = temp_path(fixture->root, ".glassine");

    provoke_all(fixture);
    assert_int_equal(chmod(fixture->dir, 0755), 0);
    assert_int_equal(chmod(inner, 0555), 0);
    assert_int_equal(temp_run_unprivileged(verify_as_stranger, fixture), 0);
    chmod(inner, 0755);
    free(inner);
}

static void test_refused_options(void **state)
{
    struct fixture *fixture = *state;
    struct gls_verify_options rows[5];
    struct gls_verify_callbacks callbacks = GLS_VERIFY_CALLBACKS_INIT;
    struct gls_verify_summary summary = GLS_VERIFY_SUMMARY_INIT;
    const char *outside[] = {fixture->dir};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        rows[i] = options_of(1);
        rows[i].library = fixture->root;
    }
    rows[0].accept_states = 1u << GLS_STATE_ROTTEN;
    rows[1].sample_percent = 101;
    rows[2].struct_size = 8;
    rows[3].repair_from = fixture->dir;
    rows[3].repair_states = rows[3].accept_states = 1u << GLS_STATE_CHANGED;
    rows[4].paths = outside;
    rows[4].path_count = 1;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        assert_false(gls_verify(&summary, fixture->config, &rows[i], &callbacks, &error));
        assert_int_equal(error.status, GLS_ERROR_ARGUMENT);
    }
}

struct log {
    char text[4096];
};

static void log_run(void *user, const struct gls_run *run)
{
    struct log *log = user;
    size_t used = strlen(log->text);

    snprintf(log->text + used, sizeof log->text - used, "run %s\n", run->command);
}

static void log_action(void *user, const struct gls_action *action)
{
    struct log *log = user;
    size_t used = strlen(log->text);

    snprintf(log->text + used, sizeof log->text - used, "%s %s %s\n", action->action,
             action->from == NULL ? "-" : action->from, action->to);
}

static void test_log(void **state)
{
    struct fixture *fixture = *state;
    struct log log = {""};
    struct gls_log_callbacks callbacks = {
        .struct_size = sizeof callbacks, .user = &log, .on_run = log_run, .on_action = log_action};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_verify_options options = options_of(2);
    static struct seen seen;

    provoke_all(fixture);
    options.accept_states = 1u << GLS_STATE_MOVED | 1u << GLS_STATE_EDITED;
    verify(fixture, &seen, options);
    assert_true(gls_log(fixture->config, fixture->root, 0, &callbacks, &error));
    assert_string_equal(log.text, "run verify\nrun generate-db\n");
    log.text[0] = '\0';
    assert_true(gls_log(fixture->config, fixture->root, 2, &callbacks, &error));
    /* Nobody but root can read a file that nobody may. */
    char *unreadable = strstr(log.text, "unreadable - 2011/p06.jpg\n");
    if (unreadable != NULL)
        *unreadable = '\0';
    assert_string_equal(log.text, "run verify\nrotten - 2010/p01.jpg\naccepted - 2010/p02.jpg\n"
                                  "changed - 2010/p03.jpg\nmoved 2011/p04.jpg album/moved.jpg\n"
                                  "missing - 2011/p05.jpg\n");
    assert_false(gls_log(fixture->config, fixture->root, 77, &callbacks, &error));
    assert_int_equal(error.status, GLS_ERROR_NOT_FOUND);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_all_ok),       TEST(test_every_state),
        TEST(test_quick),        TEST(test_rot_in_tags),
        TEST(test_accept),       TEST(test_repair),
        TEST(test_no_good_copy), TEST(test_paths),
        TEST(test_sample),       TEST(test_interrupt_and_resume),
        TEST(test_read_only),    TEST(test_refused_options),
        TEST(test_log),          TEST(test_one_bit_in_ten_thousand_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
