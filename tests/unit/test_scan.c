/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "engine/scan/scan.h"
#include "tests/support/temp_dir.h"

/* What a scan said, one unit a line: paths relative to the test's folder,
 * members joined by " + ", with "(S: reason)" or "(F: reason)". */
struct record {
    const char *dir;
    struct gls_strbuf text;
    size_t stop_after; /* units; 0: never */
    size_t units;
};

static bool note_unit(void *user, const struct gls_scan_unit *unit)
{
    struct record *record = user;

    assert_true(unit->count > 0);
    assert_true(unit->primary < unit->count);
    for (size_t i = 0; i < unit->count; i++) {
        const struct gls_scan_file *file = &unit->files[i];
        const char *path = gls_path_relative(file->path, record->dir);
        assert_true(file->of < unit->count);
        assert_true(i == 0 || gls_name_order(gls_path_base(unit->files[i - 1].path),
                                             gls_path_base(file->path)) < 0);
        gls_strbuf_addf(&record->text, "%s%s", i > 0 ? " + " : "",
                        path != NULL ? path : file->path);
        if (file->verdict != GLS_SCAN_TAKE)
            gls_strbuf_addf(&record->text, " (%c: %s)",
                            file->verdict == GLS_SCAN_SKIPPED ? 'S' : 'F', file->reason);
        else
            assert_true(S_ISREG(file->status.st_mode));
    }
    gls_strbuf_add_char(&record->text, '\n');
    return ++record->units != record->stop_after;
}

struct trial {
    const char *const *paths; /* relative to the folder, up to NULL; "" is the folder */
    const char *library;      /* the same; NULL: none */
    const char *exclude;
    const char *expected;
    uint64_t excluded, unsupported;
};

static void scan(const char *dir, const struct trial *trial)
{
    struct record record = {.dir = dir, .text = GLS_STRBUF_INIT};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_scan_totals totals = {0};
    struct gls_exclude *exclude = NULL;
    char *paths[8];
    size_t count = 0;
    char *library = trial->library != NULL ? temp_path(dir, trial->library) : NULL;

    for (; trial->paths[count] != NULL; count++)
        paths[count] = trial->paths[count][0] == '/' ? strdup(trial->paths[count])
                                                     : temp_path(dir, trial->paths[count]);
    assert_true(gls_exclude_new(&exclude, &trial->exclude, trial->exclude != NULL, &error));
    const struct gls_scan_options options = {.paths = (const char *const *)paths,
                                             .path_count = count,
                                             .exclude = exclude,
                                             .library_root = library,
                                             .user = &record,
                                             .on_unit = note_unit};
    if (!gls_scan(&totals, &options, &error))
        fail_msg("%s", error.message);
    if (strcmp(gls_strbuf_str(&record.text), trial->expected) != 0)
        fail_msg("got:\n%s", gls_strbuf_str(&record.text));
    assert_int_equal(totals.excluded, trial->excluded);
    assert_int_equal(totals.unsupported, trial->unsupported);
    gls_exclude_free(exclude);
    gls_strbuf_free(&record.text);
    while (count > 0)
        free(paths[--count]);
    free(library);
}

/* The tests' folder, without symbolic links, filled with the named files. */
static char *make_tree(const char *const *names)
{
    char *dir = temp_dir_new();
    char *real = realpath(dir, NULL);

    free(dir);
    for (; *names != NULL; names++)
        free(temp_text_file(real, *names, *names));
    return real;
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_order(void **state)
{
    char *dir = make_tree(LIST("a/z.jpg", "a-b.jpg", "a-c/y.jpg", "a.jpg", "a0.jpg", "B.jpg",
                               "a/b/c.jpg", "a/b.jpg", "a/b-c.jpg", "x.jpg/inside.jpg", "notes.doc",
                               "a/q.zip", "b\nc.jpg", "\xFF.jpg", ".hidden.jpg", ".folder/h.jpg"));

    (void)state;
    scan(dir, &(struct trial){
                  LIST("."), NULL, NULL,
                  ".folder/h.jpg\n.hidden.jpg\na-c/y.jpg\na.jpg\na-b.jpg\na/b.jpg\na/b-c.jpg\n"
                  "a/b/c.jpg\na/z.jpg\na0.jpg\nB.jpg\nb\nc.jpg\nx.jpg/inside.jpg\n"
                  "\xFF.jpg\n",
                  0, 2});
    temp_dir_remove(dir);
}

/* A unit stands where its first member does. */
static void test_units(void **state)
{
    char *dir = make_tree(LIST("d/p.jpg", "d/p.nef", "d/p/x.jpg", "d/p.xmp", "d/q.xmp",
                               "d/package.json", "d/o.jpg.xmp", "d/o.jpg"));

    (void)state;
    scan(dir,
         &(struct trial){LIST("d"), NULL, NULL,
                         "d/o.jpg + d/o.jpg.xmp\nd/p.jpg + d/p.nef + d/p.xmp\nd/p/x.jpg\n", 0, 2});
    scan(dir, &(struct trial){LIST("d"), NULL, "p\\.jpg$",
                              "d/o.jpg + d/o.jpg.xmp\nd/p.nef + d/p.xmp\nd/p/x.jpg\n", 1, 2});
    scan(dir, &(struct trial){LIST("d/p.xmp", "d/p.nef", "d/q.xmp", "d/package.json"), NULL, NULL,
                              "d/p.nef + d/p.xmp\n"
                              "d/package.json (S: a sidecar with no photo or movie beside it)\n"
                              "d/q.xmp (S: a sidecar with no photo or movie beside it)\n",
                              0, 0});
    temp_dir_remove(dir);
}

static void test_inputs(void **state)
{
    char *dir = make_tree(LIST("a/1.jpg", "a/2.jpg", "a/b/3.jpg", "a/c.doc", "a-x.jpg", "z.jpg"));

    (void)state;
    /* In path order, whatever the order they are given in, each once. */
    scan(dir, &(struct trial){LIST("z.jpg", "a/b", "a/2.jpg", "z.jpg", "a-x.jpg", "./a//2.jpg"),
                              NULL, NULL, "a-x.jpg\na/2.jpg\na/b/3.jpg\nz.jpg\n", 0, 0});
    /* Named below a folder that is named too. */
    scan(dir, &(struct trial){LIST("a/1.jpg", "a/c.doc", "a/b", "a"), NULL, NULL,
                              "a/1.jpg\na/2.jpg\na/b/3.jpg\n"
                              "a/c.doc (S: not a supported file type)\n",
                              0, 0});
    scan(dir, &(struct trial){LIST("a"), NULL, NULL, "a/1.jpg\na/2.jpg\na/b/3.jpg\n", 0, 1});
    scan(dir, &(struct trial){LIST("none.jpg", "a/1.jpg/x.jpg", "a/none/y.jpg"), NULL, NULL,
                              "a/1.jpg/x.jpg (F: cannot be reached: Not a directory)\n"
                              "a/none/y.jpg (F: cannot be reached: No such file or directory)\n"
                              "none.jpg (F: No such file or directory)\n",
                              0, 0});
    scan(dir, &(struct trial){LIST("a/1.jpg", "z.jpg"), NULL, "/z\\.jpg$", "a/1.jpg\n", 1, 0});
    scan(dir, &(struct trial){(const char *const[]){NULL}, NULL, NULL, "", 0, 0});
    temp_dir_remove(dir);
}

static void make_special(const char *dir)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char *fifo = temp_path(dir, "s/fifo.jpg");
    char *sock = temp_path(dir, "s/sock.jpg");
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(mkfifo(fifo, 0666), 0);
    assert_true(strlen(sock) < sizeof(address.sun_path));
    strcpy(address.sun_path, sock);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    close(fd);
    free(sock);
    free(fifo);
}

static void make_link(const char *dir, const char *target, const char *name)
{
    char *path = temp_path(dir, name);

    assert_int_equal(symlink(target, path), 0);
    free(path);
}

static void test_special(void **state)
{
    char *dir = make_tree(LIST("s/a.jpg"));

    (void)state;
    make_special(dir);
    make_link(dir, "nowhere", "s/dangling.jpg");
    make_link(dir, "loop.jpg", "s/loop.jpg");
    make_link(dir, "nowhere", "s/dangling");
    scan(dir, &(struct trial){LIST("s", "/dev/null"), NULL, NULL,
                              "/dev/null (S: is a device, not a file)\n"
                              "s/a.jpg\n"
                              "s/dangling.jpg (F: is a symbolic link to nothing)\n"
                              "s/fifo.jpg (S: is a FIFO, not a file)\n"
                              "s/loop.jpg (F: is a symbolic link that leads in a circle)\n"
                              "s/sock.jpg (S: is a socket, not a file)\n",
                              0, 1});
    temp_dir_remove(dir);
}

#define FOLDER_LINK                                                                                \
    "is a symbolic link to a folder, which is not followed; name the folder to import it"

static void test_links(void **state)
{
    char *dir = make_tree(LIST("real/a.jpg", "real/b.jpg", "other/c.jpg", "src/d.jpg"));

    (void)state;
    /* The first by name is taken, in whatever order the folder lists them. */
    make_link(dir, "../real/a.jpg", "src/2.jpg");
    make_link(dir, "../real/a.jpg", "src/1.jpg");
    make_link(dir, "../real/a.jpg", "src/2b.jpg");
    make_link(dir, "../real/b.jpg", "src/3.jpg");
    make_link(dir, "../other", "src/folder");
    make_link(dir, "../other", "src/folder.jpg");
    make_link(dir, ".", "src/self");
    scan(dir, &(struct trial){LIST("src"), NULL, NULL,
                              "src/1.jpg\n"
                              "src/2.jpg (S: another symbolic link led to the same file before)\n"
                              "src/2b.jpg (S: another symbolic link led to the same file before)\n"
                              "src/3.jpg\nsrc/d.jpg\n"
                              "src/folder (S: " FOLDER_LINK ")\n"
                              "src/folder.jpg (S: " FOLDER_LINK ")\n"
                              "src/self (S: " FOLDER_LINK ")\n",
                              0, 0});
    /* A link that is named is followed. */
    scan(dir, &(struct trial){LIST("src/folder"), NULL, NULL, "src/folder/c.jpg\n", 0, 0});
    scan(dir, &(struct trial){LIST("src/folder/c.jpg"), NULL, NULL, "src/folder/c.jpg\n", 0, 0});
    temp_dir_remove(dir);
}

static void test_left_out(void **state)
{
    char *dir = make_tree(LIST("s/._a.jpg", "s/._b", "s/a.jpg", "s/.Trash-1000/files/b.jpg",
                               "s/.Trash/1000/files/b.jpg", "s/@eaDir/c.jpg/THUMB.jpg",
                               "s/.glassine/tmp/d.jpg", "s/.Trasher/e.jpg"));

    (void)state;
    scan(dir, &(struct trial){LIST("s"), NULL, NULL,
                              "s/.Trasher/e.jpg\ns/._a.jpg (S: holds the Finder's attributes of "
                              "another file, no picture)\ns/a.jpg\n",
                              0, 1});
    /* What is named is taken, even on a way that is left out. */
    scan(dir, &(struct trial){LIST("s", "s/@eaDir/c.jpg", "s/.Trash/1000/files/b.jpg"), NULL, NULL,
                              "s/.Trasher/e.jpg\ns/._a.jpg (S: holds the Finder's attributes of "
                              "another file, no picture)\ns/a.jpg\n"
                              "s/.Trash/1000/files/b.jpg\ns/@eaDir/c.jpg/THUMB.jpg\n",
                              0, 1});
    temp_dir_remove(dir);
}

static void test_library(void **state)
{
    char *dir = make_tree(
        LIST("s/a.jpg", "s/lib/2015/b.jpg", "s/lib/.glassine/tmp/c.jpg", "s/library/d.jpg"));

    (void)state;
    scan(dir, &(struct trial){LIST("s"), "s/lib", NULL, "s/a.jpg\ns/library/d.jpg\n", 0, 0});
    scan(dir, &(struct trial){LIST("s/lib"), "s/lib", NULL,
                              "s/lib/2015/b.jpg (S: is inside the library)\n", 0, 0});
    scan(dir, &(struct trial){LIST("s/lib/2015/b.jpg"), "s/lib", NULL,
                              "s/lib/2015/b.jpg (S: is inside the library)\n", 0, 0});
    scan(dir, &(struct trial){LIST("s", "s/lib/2015"), "s/lib", NULL,
                              "s/a.jpg\ns/library/d.jpg\n"
                              "s/lib/2015/b.jpg (S: is inside the library)\n",
                              0, 0});
    /* By another name it is the same folder. */
    make_link(dir, "s/lib", "alias");
    scan(dir, &(struct trial){LIST("alias/2015"), "s/lib", NULL,
                              "alias/2015/b.jpg (S: is inside the library)\n", 0, 0});
    scan(dir, &(struct trial){LIST("s"), "alias", NULL, "s/a.jpg\ns/library/d.jpg\n", 0, 0});
    /* A library that is not there yet. */
    scan(dir, &(struct trial){LIST("s/library"), "s/new", NULL, "s/library/d.jpg\n", 0, 0});
    temp_dir_remove(dir);
}

/* ---- Deep folders --------------------------------------------------------------- */

/* Makes `levels` nested folders named `name` below dir, a file in the last. */
static void dig(const char *dir, const char *name, size_t levels)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    for (size_t i = 0; i < levels; i++) {
        assert_int_equal(mkdirat(fd, name, 0777), 0);
        int next = openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_true(next >= 0);
        close(fd);
        fd = next;
    }
    int file = openat(fd, "deep.jpg", O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    assert_true(file >= 0);
    close(file);
    close(fd);
}

/* nftw() cannot reach what is deeper than a path may be long. */
static void fill_in(const char *dir, const char *name)
{
    for (;;) {
        int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        int parent = fd;
        while ((fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0) {
            int below = openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
            if (below < 0)
                break;
            close(below);
            close(parent);
            parent = fd;
        }
        if (fd < 0) {
            close(parent);
            return;
        }
        unlinkat(fd, "deep.jpg", 0);
        close(fd);
        assert_int_equal(unlinkat(parent, name, AT_REMOVEDIR), 0);
        close(parent);
    }
}

static void test_deep(void **state)
{
    static const struct {
        size_t name_size, levels;
        const char *says;
    } cases[] = {
        {250, 20, "/deep.jpg (F: its path is longer than 4095 bytes"},
        {20, 300, " (F: folders are nested too deep)"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *dir = make_tree(LIST("a.jpg", "z.jpg"));
        struct record record = {.dir = dir, .text = GLS_STRBUF_INIT};
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_scan_totals totals;
        const char *const paths[] = {dir};
        const struct gls_scan_options options = {
            .paths = paths, .path_count = 1, .user = &record, .on_unit = note_unit};
        char name[256] = "";
        memset(name, 'd', cases[i].name_size);
        dig(dir, name, cases[i].levels);
        assert_true(gls_scan(&totals, &options, &error));
        assert_int_equal(record.units, 3);
        assert_int_equal(strncmp(record.text.data, "a.jpg\n", 6), 0);
        assert_non_null(strstr(record.text.data, cases[i].says));
        assert_non_null(strstr(record.text.data, "\nz.jpg\n"));
        gls_strbuf_free(&record.text);
        fill_in(dir, name);
        temp_dir_remove(dir);
    }
}

/* ---- The rest -------------------------------------------------------------------- */

static int scan_unprivileged(void *context)
{
    const char *dir = context;
    struct record record = {.dir = dir, .text = GLS_STRBUF_INIT};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_scan_totals totals;
    char *locked = temp_path(dir, "locked/x.jpg");
    const char *const paths[] = {dir, locked};
    const struct gls_scan_options options = {
        .paths = paths, .path_count = 2, .user = &record, .on_unit = note_unit};

    if (!gls_scan(&totals, &options, &error))
        return 1;
    return strcmp(record.text.data, "a.jpg\n"
                                    "locked (F: the folder cannot be opened: Permission denied)\n"
                                    "z.jpg\n"
                                    "locked/x.jpg (F: Permission denied)\n") == 0
               ? 0
               : (fprintf(stderr, "%s", record.text.data), 2);
}

static void test_unreadable_folder(void **state)
{
    char *dir = make_tree(LIST("a.jpg", "locked/x.jpg", "z.jpg"));
    char *locked = temp_path(dir, "locked");

    (void)state;
    chmod(dir, 0755);
    chmod(locked, 0);
    assert_int_equal(temp_run_unprivileged(scan_unprivileged, dir), 0);
    chmod(locked, 0700);
    free(locked);
    temp_dir_remove(dir);
}

static void test_stop(void **state)
{
    char *dir = make_tree(LIST("a.jpg", "b.jpg", "c/d.jpg"));
    const char *const paths[] = {dir};

    (void)state;
    for (size_t stop = 1; stop <= 3; stop++) {
        struct record record = {.dir = dir, .text = GLS_STRBUF_INIT, .stop_after = stop};
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_scan_totals totals;
        const struct gls_scan_options options = {
            .paths = paths, .path_count = 1, .user = &record, .on_unit = note_unit};
        assert_false(gls_scan(&totals, &options, &error));
        assert_int_equal(error.status, GLS_ERROR_CANCELLED);
        assert_int_equal(record.units, stop);
        gls_strbuf_free(&record.text);
    }
    temp_dir_remove(dir);
}

static bool same_for_all(void *user, const char *path, struct gls_shot_facts *out,
                         struct gls_error *error)
{
    (void)error;
    assert_true(temp_exists(path));
    (*(size_t *)user)++;
    strcpy(out->content_id, "same");
    return true;
}

static bool count_members(void *user, const struct gls_scan_unit *unit)
{
    *(size_t *)user += 100 * unit->count;
    return true;
}

/* The identifier is asked for by whole path, and joins. */
static void test_content_id(void **state)
{
    char *dir = make_tree(LIST("live/IMG_7.HEIC", "live/IMG_7_HEVC.MOV"));
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_scan_totals totals;
    const char *const paths[] = {dir};
    size_t seen = 0;
    const struct gls_scan_options options = {.paths = paths,
                                             .path_count = 1,
                                             .user = &seen,
                                             .on_unit = count_members,
                                             .facts = same_for_all};

    (void)state;
    assert_true(gls_scan(&totals, &options, &error));
    assert_int_equal(seen, 202);
    temp_dir_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_inputs),
        cmocka_unit_test(test_special),
        cmocka_unit_test(test_links),
        cmocka_unit_test(test_left_out),
        cmocka_unit_test(test_library),
        cmocka_unit_test(test_deep),
        cmocka_unit_test(test_unreadable_folder),
        cmocka_unit_test(test_stop),
        cmocka_unit_test(test_content_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
