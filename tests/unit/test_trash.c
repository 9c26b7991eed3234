/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/path.h"
#include "engine/disk/trash.h"
#include "tests/support/temp_dir.h"

static struct {
    char *dir;  /* without symbolic links */
    char *home; /* $XDG_DATA_HOME, not there yet */
} fixture;

static int set_up(void **state)
{
    char *dir = temp_dir_new();

    (void)state;
    fixture.dir = realpath(dir, NULL);
    free(dir);
    fixture.home = temp_path(fixture.dir, "home/data");
    setenv("XDG_DATA_HOME", fixture.home, 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(fixture.home);
    temp_dir_remove(fixture.dir);
    return 0;
}

/* The .trashinfo file that belongs to a trashed file. */
static char *read_info(const char *trashed)
{
    char *files = gls_path_dir(trashed);
    char *can = gls_path_dir(files);
    char *info = NULL;

    assert_string_equal(gls_path_base(files), "files");
    assert_true(asprintf(&info, "%s/info/%s.trashinfo", can, gls_path_base(trashed)) > 0);
    char *text = (char *)temp_read(info, NULL);
    free(info);
    free(can);
    free(files);
    return text;
}

/* Checks a description line by line. */
static void expect_info(const char *trashed, const char *recorded)
{
    static const char date_line[] = "\nDeletionDate=";
    char *text = read_info(trashed);
    char *start = NULL;

    assert_true(asprintf(&start, "[Trash Info]\nPath=%s\nDeletionDate=", recorded) > 0);
    assert_int_equal(strncmp(text, start, strlen(start)), 0);
    const char *date = strstr(text, date_line) + sizeof(date_line) - 1;
    int fields[6];
    int used = 0;
    assert_int_equal(sscanf(date, "%4d-%2d-%2dT%2d:%2d:%2d\n%n", &fields[0], &fields[1], &fields[2],
                            &fields[3], &fields[4], &fields[5], &used),
                     6);
    assert_int_equal(used, 20);
    assert_int_equal(date[used], '\0');
    free(start);
    free(text);
}

static char *trash(const char *path)
{
    struct gls_error error = GLS_ERROR_INIT;
    char *trashed = NULL;

    if (!gls_trash_file(path, &trashed, &error))
        fail_msg("%s", error.message);
    assert_false(temp_exists(path));
    assert_true(temp_exists(trashed));
    return trashed;
}

static void test_home(void **state)
{
    static const char *const names[] = {
        "IMG_1.jpg",        "with space.jpg", "100%.jpg", "new\nline.jpg",   "M\xC3\xBCnchen.jpg",
        "bad\xFF!byte.jpg", "-dash",          ".hidden",  "a=b&c?d#e;f.jpg",
    };
    struct stat status;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char *path = temp_text_file(fixture.dir, names[i], names[i]);
        char *encoded = gls_percent_encode(path, strlen(path));
        char *trashed = trash(path);
        assert_memory_equal(trashed, fixture.home, strlen(fixture.home));
        assert_string_equal(gls_path_base(trashed), names[i]);
        expect_info(trashed, encoded);
        char *content = (char *)temp_read(trashed, NULL);
        assert_string_equal(content, names[i]);
        free(content);
        free(trashed);
        free(encoded);
        free(path);
    }
    static const char *const folders[] = {"Trash", "Trash/files", "Trash/info"};
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        char *folder = temp_path(fixture.home, folders[i]);
        assert_int_equal(stat(folder, &status), 0);
        assert_int_equal(status.st_mode & 0777, 0700);
        free(folder);
    }
}

static void test_clashes(void **state)
{
    static const char *const expected[] = {"c.jpg", "c.2.jpg", "c.3.jpg", "c.5.jpg"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        if (i == 3) {
            /* A file in the trash whose description is lost keeps its name too. */
            free(temp_text_file(fixture.home, "Trash/files/c.4.jpg", "orphan"));
        }
        char *path = temp_text_file(fixture.dir, "c.jpg", expected[i]);
        char *trashed = trash(path);
        assert_string_equal(gls_path_base(trashed), expected[i]);
        expect_info(trashed, path);
        free(trashed);
        free(path);
    }
    char *orphan_info = temp_path(fixture.home, "Trash/info/c.4.jpg.trashinfo");
    assert_false(temp_exists(orphan_info));
    free(orphan_info);
}

/* A description that a run left when it was cut off before the rename is taken over; one
 * of another file, or with its file in the trash, is not. */
static void test_leftover(void **state)
{
    static const struct {
        const char *text; /* %s: the file's path, encoded */
        const char *expected;
    } rows[] = {
        {"[Trash Info]\nPath=%s\nDeletionDate=2001-02-03T04:05:06\n", "l.jpg"},
        {"[Trash Info]\nPath=%s\nDel", "l.jpg"},
        {"[Trash Info]\nPa", "l.jpg"},
        {"", "l.jpg"},
        {"[Trash Info]\nPath=/elsewhere/l.jpg\nDeletionDate=2001-02-03T04:05:06\n", "l.2.jpg"},
        {"another program's", "l.2.jpg"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[PATH_MAX];
        char *path = temp_text_file(fixture.dir, "l.jpg", "picture");
        char *encoded = gls_percent_encode(path, strlen(path));
        char *info = temp_path(fixture.home, "Trash/info/l.jpg.trashinfo");
        snprintf(text, sizeof text, "%s", rows[i].text);
        char *mark = strstr(text, "%s");
        if (mark != NULL)
            snprintf(mark, sizeof text - (size_t)(mark - text), "%s%s", encoded,
                     strstr(rows[i].text, "%s") + 2);
        free(temp_text_file(fixture.home, "Trash/info/l.jpg.trashinfo", text));
        char *trashed = trash(path);
        assert_string_equal(gls_path_base(trashed), rows[i].expected);
        expect_info(trashed, path);
        unlink(trashed);
        unlink(info);
        free(trashed);
        free(info);
        free(encoded);
        free(path);
    }
    free(temp_text_file(fixture.home, "Trash/files/l.jpg", "in the trash"));
    char *path = temp_text_file(fixture.dir, "l.jpg", "picture");
    free(temp_text_file(fixture.home, "Trash/info/l.jpg.trashinfo", ""));
    char *trashed = trash(path);
    assert_string_not_equal(gls_path_base(trashed), "l.jpg");
    free(trashed);
    free(path);
}

/* A name that has no room for ".trashinfo" is cut, between characters. */
static void test_long_names(void **state)
{
    char name[256];

    (void)state;
    for (size_t lead = 0; lead < 3; lead++) {
        memset(name, 'x', sizeof(name));
        for (size_t at = lead; at + 3 <= 251; at += 3)
            memcpy(name + at, "\xE6\x9D\xB1", 3);
        memcpy(name + 251, ".jpg", 5);
        for (int again = 0; again < 2; again++) {
            char *path = temp_text_file(fixture.dir, name, "long");
            char *encoded = gls_percent_encode(path, strlen(path));
            char *trashed = trash(path);
            const char *base = gls_path_base(trashed);
            assert_true(strlen(base) <= 245);
            assert_true(gls_utf8_is_valid(base, strlen(base)));
            assert_string_equal(gls_path_extension(base), "jpg");
            expect_info(trashed, encoded);
            free(trashed);
            free(encoded);
            free(path);
        }
    }
}

static void test_links(void **state)
{
    char *target = temp_text_file(fixture.dir, "target.jpg", "kept");
    char *link = temp_path(fixture.dir, "link.jpg");
    char *folder = temp_folder(fixture.dir, "real");
    char *other = temp_path(fixture.dir, "other");
    char *inside = temp_text_file(fixture.dir, "real/in.jpg", "x");
    char *through = temp_path(fixture.dir, "other/in.jpg");

    (void)state;
    assert_int_equal(symlink("target.jpg", link), 0);
    char *trashed = trash(link);
    assert_true(temp_exists(target));
    free(trashed);
    /* A folder on the way is recorded as where it really is. */
    assert_int_equal(symlink("real", other), 0);
    trashed = trash(through);
    expect_info(trashed, inside);
    free(trashed);
    free(through);
    free(inside);
    free(other);
    free(folder);
    free(link);
    free(target);
}

static void test_refused(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    char *missing = temp_path(fixture.dir, "missing/x.jpg");
    char *gone = temp_path(fixture.dir, "gone.jpg");
    char *dots = temp_path(fixture.dir, "..");
    const char *const paths[] = {missing, gone, dots, ""};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        char *trashed = gone;
        assert_false(gls_trash_file(paths[i], &trashed, &error));
        assert_null(trashed);
        assert_non_null(strstr(error.message, "cannot be put into the trash"));
    }
    free(dots);
    free(gone);
    free(missing);
}

static int trash_unprivileged(void *context)
{
    struct gls_error error = GLS_ERROR_INIT;

    setenv("XDG_DATA_HOME", "/proc/none", 1);
    return gls_trash_file(context, NULL, &error) ? 1 : (int)error.status + 100;
}

/* Neither the home nor the volume takes it: the file stays. */
static void test_no_can(void **state)
{
    char *path = temp_text_file(fixture.dir, "stays.jpg", "x");

    (void)state;
    chmod(fixture.dir, 0755);
    if (geteuid() == 0)
        assert_int_equal(temp_run_unprivileged(trash_unprivileged, path),
                         100 + GLS_ERROR_PERMISSION);
    assert_true(temp_exists(path));
    free(path);
}

/* ---- Other volumes: a real one, in a child with mounts of its own ------------- */

static char *volume;

static bool mount_volume(void)
{
    volume = temp_folder(fixture.dir, "volume");
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", volume, "tmpfs", 0, "size=1m") == 0;
}

/* Trashes volume/sub/a b.jpg and says whether it went to volume/`can`. */
static bool goes_to(const char *can)
{
    struct gls_error error = GLS_ERROR_INIT;
    char *path = temp_text_file(volume, "sub/a b.jpg", "x");
    char *wanted = temp_path(volume, can);
    char *trashed = NULL;
    bool done = gls_trash_file(path, &trashed, &error) && !temp_exists(path) &&
                strncmp(trashed, wanted, strlen(wanted)) == 0 && trashed[strlen(wanted)] == '/';

    if (!done)
        fprintf(stderr, "%s, not %s: %s\n", trashed != NULL ? trashed : "nowhere", wanted,
                error.message);
    if (done) {
        char *text = read_info(trashed);
        done = strncmp(text, "[Trash Info]\nPath=sub/a%20b.jpg\n", 32) == 0;
        free(text);
    }
    free(trashed);
    free(wanted);
    free(path);
    return done;
}

static int try_volume(void *context)
{
    char own[32];
    char shared[32];

    (void)context;
    if (!mount_volume())
        return 77;
    snprintf(own, sizeof(own), ".Trash-%u", (unsigned)getuid());
    snprintf(shared, sizeof(shared), ".Trash/%u", (unsigned)getuid());
    if (!goes_to(own))
        return 1;
    /* .Trash without the sticky bit is not trusted, nor one that is a link. */
    char *can = temp_folder(volume, ".Trash");
    chmod(can, 0777);
    if (!goes_to(own))
        return 2;
    chmod(can, 01777);
    if (!goes_to(shared))
        return 3;
    char *real = temp_path(volume, "real");
    if (rename(can, real) != 0 || symlink("real", can) != 0 || !goes_to(own))
        return 4;
    free(real);
    free(can);
    return 0;
}

static int try_planted(void *context)
{
    struct gls_error error = GLS_ERROR_INIT;
    char own[32];

    (void)context;
    if (!mount_volume())
        return 77;
    snprintf(own, sizeof(own), ".Trash-%u", (unsigned)getuid());
    char *path = temp_text_file(volume, "a.jpg", "x");
    char *can = temp_path(volume, own);
    char *other = temp_folder(volume, "other");
    /* A link that somebody planted. */
    if (symlink("other", can) != 0 || gls_trash_file(path, NULL, &error) ||
        error.status != GLS_ERROR_PERMISSION || !temp_exists(path))
        return 1;
    /* A folder that is somebody else's. */
    unlink(can);
    if (mkdir(can, 0777) != 0 || chown(can, 65534, 65534) != 0 ||
        gls_trash_file(path, NULL, &error) || !temp_exists(path))
        return 2;
    /* A bind mount of the home's volume is a volume of its own. */
    if (mount(fixture.dir, other, NULL, MS_BIND, NULL) != 0)
        return 77;
    char *inside = temp_text_file(other, "b.jpg", "x");
    char *trashed = NULL;
    if (!gls_trash_file(inside, &trashed, &error) || strncmp(trashed, other, strlen(other)) != 0)
        return 3;
    return 0;
}

static void run_or_skip(int (*run)(void *context))
{
    int result = temp_run_child(run, NULL);

    if (result == 77) {
        print_message("no right to mount: skipped\n");
        skip();
    }
    assert_int_equal(result, 0);
}

static void test_volume(void **state)
{
    (void)state;
    run_or_skip(try_volume);
}

static void test_planted(void **state)
{
    (void)state;
    run_or_skip(try_planted);
}

/* ---- As another program sees it -------------------------------------------------- */

/* Runs a shell command and returns its output. */
static char *output_of(const char *command, int *status)
{
    FILE *pipe = popen(command, "r");
    char *text = calloc(1, 65536);

    assert_non_null(pipe);
    size_t size = fread(text, 1, 65535, pipe);
    text[size] = '\0';
    *status = pclose(pipe);
    return text;
}

static void test_trash_cli(void **state)
{
    int status = 0;
    char *command = NULL;

    (void)state;
    free(output_of("command -v trash-list >/dev/null && command -v trash-restore >/dev/null",
                   &status));
    if (status != 0) {
        print_message("trash-cli is not installed: skipped\n");
        skip();
    }
    char *path = temp_text_file(fixture.dir, "photos/f\xC3\xBCr alle 100%.jpg", "content");
    free(trash(path));
    char *list = output_of("trash-list", &status);
    assert_int_equal(status, 0);
    if (strstr(list, path) == NULL)
        fail_msg("trash-list says: %s", list);
    free(list);
    assert_true(asprintf(&command, "echo 0 | trash-restore '%s' 2>&1", path) > 0);
    list = output_of(command, &status);
    if (!temp_exists(path))
        fail_msg("trash-restore says: %s", list);
    char *content = (char *)temp_read(path, NULL);
    assert_string_equal(content, "content");
    free(content);
    free(list);
    free(command);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_home),     cmocka_unit_test(test_clashes),
        cmocka_unit_test(test_leftover), cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_links),    cmocka_unit_test(test_refused),
        cmocka_unit_test(test_no_can),   cmocka_unit_test(test_volume),
        cmocka_unit_test(test_planted),  cmocka_unit_test(test_trash_cli),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
