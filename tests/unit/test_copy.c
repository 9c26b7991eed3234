/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "base/thread/worker_pool.h"
#include "engine/disk/copy.h"
#include "tests/support/temp_dir.h"

enum { SIZE = 1000000 };
static const int64_t mtime_ns = INT64_C(1449277166084000000);

static struct {
    char *dir;
    struct gls_copy_buffers *buffers;
} fixture;

static int set_up(void **state)
{
    (void)state;
    fixture.dir = temp_dir_new();
    fixture.buffers = gls_copy_buffers_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    gls_copy_buffers_free(fixture.buffers);
    gls_copy_buffers_free(NULL);
    temp_dir_remove(fixture.dir);
    return 0;
}

static void sha256_of(const void *bytes, size_t size, char *out)
{
    struct gls_sha256 *digest = gls_sha256_new();

    gls_sha256_update(digest, bytes, size);
    gls_sha256_finish(digest, out);
    gls_sha256_free(digest);
}

static void xxh128_of(const void *bytes, size_t size, char *out)
{
    struct gls_xxh128 *digest = gls_xxh128_new();

    gls_xxh128_update(digest, bytes, size);
    gls_xxh128_finish(digest, out);
    gls_xxh128_free(digest);
}

/* A source that is open, with a job to copy it to "target". */
struct task {
    char *source;
    char *target;
    int fd;
    struct stat status;
    struct gls_copy_job job;
    struct gls_copy_result result;
    struct gls_error error;
};

static void begin(struct task *task, const void *bytes, size_t size)
{
    *task = (struct task){.error = GLS_ERROR_INIT};
    task->source = temp_file(fixture.dir, "source", bytes, size);
    task->target = temp_path(fixture.dir, "target");
    task->fd = open(task->source, O_RDONLY | O_CLOEXEC);
    assert_int_equal(fstat(task->fd, &task->status), 0);
    task->job = (struct gls_copy_job){.source_fd = task->fd,
                                      .source_path = task->source,
                                      .source = &task->status,
                                      .target_path = task->target,
                                      .want_sha256 = true,
                                      .mtime_ns = mtime_ns};
}

static bool run(struct task *task)
{
    return gls_copy_file(&task->result, fixture.buffers, &task->job, &task->error);
}

static void end(struct task *task)
{
    close(task->fd);
    unlink(task->source);
    unlink(task->target);
    free(task->source);
    free(task->target);
}

static void expect_target(const struct task *task, const void *bytes, size_t size)
{
    size_t got = 0;
    uint8_t *content = temp_read(task->target, &got);
    char hex[GLS_XXH128_HEX_SIZE];

    assert_int_equal(got, size);
    assert_memory_equal(content, bytes, size);
    xxh128_of(bytes, size, hex);
    assert_string_equal(task->result.stored_xxh128, hex);
    assert_int_equal(task->result.stored_size, size);
    free(content);
}

static void test_plain(void **state)
{
    static const size_t sizes[] = {0, 1, 4096, 262143, 262144, 262145, SIZE};
    uint8_t *bytes = malloc(SIZE);
    char hex[GLS_SHA256_HEX_SIZE];

    (void)state;
    temp_fill(bytes, SIZE, 1);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct task task;
        struct stat status;
        begin(&task, bytes, sizes[i]);
        assert_true(run(&task));
        assert_int_equal(stat(task.target, &status), 0); /* reading it sets its atime */
        expect_target(&task, bytes, sizes[i]);
        sha256_of(bytes, sizes[i], hex);
        assert_string_equal(task.result.sha256, hex);
        assert_string_equal(task.result.essence_xxh128, task.result.stored_xxh128);
        assert_int_equal(task.result.source_size, sizes[i]);
        assert_int_equal(status.st_mtim.tv_sec, 1449277166);
        assert_int_equal(status.st_mtim.tv_nsec, 84000000);
        assert_int_equal(status.st_atim.tv_sec, 1449277166);
        end(&task);
    }
    free(bytes);
}

static void test_before_1970(void **state)
{
    struct task task;
    struct stat status;

    (void)state;
    begin(&task, "x", 1);
    task.job.mtime_ns = -1;
    assert_true(run(&task));
    assert_int_equal(stat(task.target, &status), 0);
    assert_int_equal(status.st_mtim.tv_sec, -1);
    assert_int_equal(status.st_mtim.tv_nsec, 999999999);
    end(&task);
}

/* Splices and essence ranges on both sides of the buffer's edges. */
static void test_patch_and_essence(void **state)
{
    static const struct {
        uint64_t offset, removed;
        size_t added;
    } edits[] = {{0, 10, 30},    {262140, 8, 3}, {262150, 0, 500}, {500000, 300000, 0},
                 {800000, 1, 1}, {999999, 1, 0}, {SIZE, 0, 77}};
    static const uint64_t ranges[][2] = {
        {100, 50}, {262000, 140}, {262148, 2}, {262150, 200000}, {810000, 100000}};
    uint8_t *bytes = malloc(SIZE);
    uint8_t *expected = malloc(2 * SIZE);
    uint8_t *added = malloc(1000);
    uint8_t *essence = malloc(SIZE);
    size_t expected_size = 0;
    size_t essence_size = 0;
    uint64_t at = 0;
    struct gls_patch patch = GLS_PATCH_INIT;
    struct gls_ranges list = GLS_RANGES_INIT;
    struct task task;
    char hex[GLS_SHA256_HEX_SIZE];

    (void)state;
    temp_fill(bytes, SIZE, 2);
    temp_fill(added, 1000, 3);
    begin(&task, bytes, SIZE);
    for (size_t i = 0; i < COUNT_OF(edits); i++) {
        memcpy(expected + expected_size, bytes + at, (size_t)(edits[i].offset - at));
        expected_size += (size_t)(edits[i].offset - at);
        memcpy(expected + expected_size, added, edits[i].added);
        expected_size += edits[i].added;
        at = edits[i].offset + edits[i].removed;
        GLS_STRBUF_AUTO content = GLS_STRBUF_INIT;
        gls_strbuf_add(&content, added, edits[i].added);
        assert_true(
            gls_patch_replace(&patch, edits[i].offset, edits[i].removed, &content, &task.error));
    }
    assert_true(gls_patch_seal(&patch, SIZE, &task.error));
    for (size_t i = 0; i < COUNT_OF(ranges); i++) {
        memcpy(essence + essence_size, bytes + ranges[i][0], (size_t)ranges[i][1]);
        essence_size += (size_t)ranges[i][1];
        assert_true(gls_ranges_add(&list, ranges[i][0], ranges[i][1], &task.error));
    }
    gls_ranges_normalize(&list, SIZE);
    task.job.patch = &patch;
    task.job.essence = &list;
    assert_true(run(&task));
    expect_target(&task, expected, expected_size);
    sha256_of(bytes, SIZE, hex);
    assert_string_equal(task.result.sha256, hex);
    xxh128_of(essence, essence_size, hex);
    assert_string_equal(task.result.essence_xxh128, hex);

    /* With an edit the whole source's hash is another than the target's. */
    unlink(task.target);
    task.job.essence = NULL;
    task.job.want_sha256 = false;
    assert_true(run(&task));
    expect_target(&task, expected, expected_size);
    assert_string_equal(task.result.sha256, "");
    xxh128_of(bytes, SIZE, hex);
    assert_string_equal(task.result.essence_xxh128, hex);

    /* Only hashed: the edit does not count. */
    unlink(task.target);
    task.job.target_path = NULL;
    assert_true(run(&task));
    assert_string_equal(task.result.stored_xxh128, hex);
    assert_false(temp_exists(task.target));
    end(&task);
    gls_patch_free(&patch);
    gls_ranges_free(&list);
    free(essence);
    free(added);
    free(expected);
    free(bytes);
}

/* More of them within one reading than one write takes. */
static void test_many_splices(void **state)
{
    char source[50], expected[3 * sizeof source];
    struct gls_patch patch = GLS_PATCH_INIT;
    struct task task;

    (void)state;
    begin(&task, memset(source, 'a', sizeof source), sizeof source);
    for (size_t i = 0; i < sizeof source; i++) {
        memcpy(expected + 3 * i, "<>a", 3);
        assert_true(gls_patch_insert(&patch, i, "<>", 2, &task.error));
    }
    assert_true(gls_patch_seal(&patch, sizeof source, &task.error));
    task.job.patch = &patch;
    assert_true(run(&task));
    expect_target(&task, expected, sizeof expected);
    end(&task);
    gls_patch_free(&patch);
}

/* The second pass over a source must meet the bytes of the first. */
static void test_hashed_before(void **state)
{
    struct gls_patch patch = GLS_PATCH_INIT;
    struct task task;
    char hex[GLS_XXH128_HEX_SIZE];

    (void)state;
    begin(&task, "bytes", 5);
    xxh128_of("bytes", 5, hex);
    task.job.want_sha256 = false;
    task.job.expected_xxh128 = hex;
    assert_true(gls_patch_insert(&patch, 5, "!", 1, &task.error));
    assert_true(gls_patch_seal(&patch, 5, &task.error));
    task.job.patch = &patch;
    assert_true(run(&task));
    expect_target(&task, "bytes!", 6);
    assert_string_equal(task.result.sha256, "");

    unlink(task.target);
    xxh128_of("other", 5, hex);
    assert_false(run(&task));
    assert_int_equal(task.error.status, GLS_ERROR_CHANGED);
    assert_false(temp_exists(task.target));
    end(&task);
    gls_patch_free(&patch);
}

static void test_mode_and_xattrs(void **state)
{
    static const struct {
        mode_t source, target;
    } modes[] = {{0644, 0644}, {0400, 0600}, {0755, 0755}, {0, 0600}, {04777, 0777}};
    struct stat status;
    char value[16];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        struct task task;
        begin(&task, "x", 1);
        bool has_xattrs = setxattr(task.source, "user.xdg.comment", "hello", 5, 0) == 0;
        chmod(task.source, modes[i].source);
        fstat(task.fd, &task.status);
        assert_true(run(&task));
        assert_false(task.result.lost_xattrs);
        assert_int_equal(stat(task.target, &status), 0);
        assert_int_equal(status.st_mode & 07777, modes[i].target);
        if (has_xattrs) {
            assert_int_equal(getxattr(task.target, "user.xdg.comment", value, 16), 5);
            assert_memory_equal(value, "hello", 5);
        }
        end(&task);
    }
}

/* A large file that is nearly all hole, and whose edit lies in a hole. */
static void test_sparse(void **state)
{
    const off_t size = (off_t)5 << 30;
    struct gls_patch patch = GLS_PATCH_INIT;
    struct gls_hash_request request = {0};
    struct task task;
    struct stat status;
    char xxh128[GLS_XXH128_HEX_SIZE];
    uint64_t hashed = 0;
    char byte = 0;

    (void)state;
    begin(&task, "start", 5);
    int fd = open(task.source, O_WRONLY | O_CLOEXEC);
    assert_int_equal(ftruncate(fd, size), 0);
    assert_int_equal(pwrite(fd, "middle", 6, (off_t)3 << 30), 6);
    close(fd);
    fstat(task.fd, &task.status);
    if (task.status.st_blocks > 10000) {
        print_message("the file system keeps no holes: skipped\n");
        end(&task);
        skip();
    }
    task.job.want_sha256 = false;
    assert_true(gls_patch_insert(&patch, (uint64_t)4 << 30, "edit", 4, &task.error));
    assert_true(gls_patch_seal(&patch, (uint64_t)size, &task.error));
    task.job.patch = &patch;
    assert_true(run(&task));
    assert_int_equal(stat(task.target, &status), 0);
    assert_int_equal(status.st_size, size + 4);
    assert_true(status.st_blocks < 10000);
    fd = open(task.target, O_RDONLY | O_CLOEXEC);
    char text[7] = "";
    assert_int_equal(pread(fd, text, 5, 0), 5);
    assert_string_equal(text, "start");
    assert_int_equal(pread(fd, text, 6, (off_t)3 << 30), 6);
    assert_string_equal(text, "middle");
    memset(text, 0, sizeof(text));
    assert_int_equal(pread(fd, text, 4, (off_t)4 << 30), 4);
    assert_string_equal(text, "edit");
    assert_int_equal(pread(fd, &byte, 1, size + 3), 1);
    assert_int_equal(byte, 0);
    close(fd);
    request.xxh128 = xxh128;
    assert_true(gls_hash_file(&request, fixture.buffers, task.target, &hashed, &task.error));
    assert_string_equal(xxh128, task.result.stored_xxh128);
    assert_int_equal(hashed, (uint64_t)size + 4);
    gls_patch_free(&patch);
    end(&task);
}

/* ---- What goes wrong --------------------------------------------------------- */

static void test_target_taken(void **state)
{
    struct task task;

    (void)state;
    begin(&task, "new", 3);
    free(temp_text_file(fixture.dir, "target", "old"));
    assert_false(run(&task));
    assert_int_equal(task.error.status, GLS_ERROR_EXISTS);
    uint8_t *content = temp_read(task.target, NULL);
    assert_string_equal((char *)content, "old");
    free(content);
    unlink(task.target);
    assert_int_equal(symlink("nowhere", task.target), 0);
    assert_false(run(&task));
    assert_int_equal(task.error.status, GLS_ERROR_EXISTS);
    end(&task);
}

static void grow_source(struct task *task)
{
    assert_int_equal(truncate(task->source, 200), 0);
}

static void shrink_source(struct task *task)
{
    assert_int_equal(truncate(task->source, 50), 0);
}

static void touch_source(struct task *task)
{
    const struct timespec times[2] = {{1, 0}, {1, 0}};

    assert_int_equal(utimensat(AT_FDCWD, task->source, times, 0), 0);
}

static void replace_source(struct task *task)
{
    const struct timespec times[2] = {task->status.st_atim, task->status.st_mtim};
    uint8_t bytes[100] = {0};
    char *other = temp_file(fixture.dir, "other", bytes, sizeof(bytes));

    assert_int_equal(utimensat(AT_FDCWD, other, times, 0), 0);
    assert_int_equal(rename(other, task->source), 0);
    free(other);
}

static void remove_source(struct task *task)
{
    assert_int_equal(unlink(task->source), 0);
}

static void test_source_changed(void **state)
{
    static void (*const changes[])(struct task *) = {grow_source, shrink_source, touch_source,
                                                     replace_source, remove_source};
    uint8_t bytes[100];

    (void)state;
    temp_fill(bytes, sizeof(bytes), 4);
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        struct task task;
        begin(&task, bytes, sizeof(bytes));
        changes[i](&task);
        assert_false(run(&task));
        assert_int_equal(task.error.status, GLS_ERROR_CHANGED);
        assert_non_null(strstr(task.error.message, task.source));
        assert_false(temp_exists(task.target));
        end(&task);
    }
}

/* The same while the copy runs: a file of a size that takes a while, and a thread
 * that waits until its copy has begun. */
struct meddling {
    struct task *task;
    void (*change)(struct task *);
};

static void meddle(void *context, unsigned index)
{
    const struct timespec pause = {0, 1000000};
    struct meddling *meddling = context;

    (void)index;
    while (!temp_exists(meddling->task->target))
        nanosleep(&pause, NULL);
    meddling->change(meddling->task);
}

static void test_source_changes_meanwhile(void **state)
{
    static void (*const changes[])(struct task *) = {shrink_source, touch_source, replace_source,
                                                     remove_source};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        struct gls_worker_pool *pool = NULL;
        struct task task;
        struct meddling meddling = {&task, changes[i]};
        begin(&task, "x", 1);
        assert_int_equal(truncate(task.source, (off_t)1 << 30), 0);
        assert_int_equal(fstat(task.fd, &task.status), 0);
        assert_true(gls_worker_pool_start(&pool, 1, meddle, &meddling, &task.error));
        assert_false(run(&task));
        gls_worker_pool_join(pool);
        assert_int_equal(task.error.status, GLS_ERROR_CHANGED);
        assert_false(temp_exists(task.target));
        end(&task);
    }
}

/* The disk is full: a real one of 1 MiB, in a mount namespace of this process's
 * child. Returns 0 if all is as it must be, 77 if there is no such right. */
static int copy_to_full_disk(void)
{
    uint8_t *bytes = calloc(1, 3 * SIZE);
    char *mount_point = temp_folder(fixture.dir, "disk");
    struct task task;

    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", mount_point, "tmpfs", 0, "size=1m") != 0)
        return 77;
    temp_fill(bytes, 3 * SIZE, 5);
    begin(&task, bytes, 3 * SIZE);
    char *target = temp_path(mount_point, "target");
    task.job.target_path = target;
    if (run(&task) || task.error.status != GLS_ERROR_NO_SPACE)
        return 1;
    if (temp_exists(target))
        return 2;
    return strstr(task.error.message, target) != NULL ? 0 : 3;
}

static int in_child(void *context)
{
    (void)context;
    return copy_to_full_disk();
}

static void test_disk_full(void **state)
{
    int result = temp_run_child(in_child, NULL);

    (void)state;
    if (result == 77) {
        print_message("no right to mount: skipped\n");
        skip();
    }
    assert_int_equal(result, 0);
}

static void test_read_error(void **state)
{
    struct task task;

    (void)state;
    begin(&task, "hello", 5);
    int write_only = open(task.source, O_WRONLY | O_CLOEXEC);
    task.job.source_fd = write_only;
    assert_false(run(&task));
    assert_int_equal(task.error.status, GLS_ERROR_IO);
    assert_non_null(strstr(task.error.message, task.source));
    assert_false(temp_exists(task.target));
    close(write_only);
    end(&task);
}

/* ---- Only hashing ---------------------------------------------------------------- */

static void test_hash_file(void **state)
{
    uint8_t *bytes = malloc(SIZE);
    struct gls_ranges ranges = GLS_RANGES_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    char sha256[GLS_SHA256_HEX_SIZE];
    char xxh128[GLS_XXH128_HEX_SIZE];
    char essence[GLS_XXH128_HEX_SIZE];
    char hex[GLS_SHA256_HEX_SIZE];
    uint64_t size = 0;

    (void)state;
    temp_fill(bytes, SIZE, 6);
    char *path = temp_file(fixture.dir, "f", bytes, SIZE);
    assert_true(gls_ranges_add(&ranges, 1000, 500000, &error));
    const struct {
        struct gls_hash_request request;
        size_t essence_from, essence_size;
    } cases[] = {
        {{sha256, xxh128, essence, &ranges, true}, 1000, 500000},
        {{sha256, NULL, essence, NULL, false}, 0, SIZE},
        {{NULL, xxh128, essence, NULL, false}, 0, SIZE},
        {{NULL, NULL, essence, &ranges, false}, 1000, 500000},
        {{sha256, NULL, NULL, NULL, true}, 0, 0},
        {{NULL, NULL, NULL, NULL, false}, 0, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        memset(sha256, 0, sizeof(sha256));
        memset(xxh128, 0, sizeof(xxh128));
        memset(essence, 0, sizeof(essence));
        assert_true(gls_hash_file(&cases[i].request, fixture.buffers, path, &size, &error));
        assert_int_equal(size, SIZE);
        sha256_of(bytes, SIZE, hex);
        assert_string_equal(sha256, cases[i].request.sha256 != NULL ? hex : "");
        xxh128_of(bytes, SIZE, hex);
        assert_string_equal(xxh128, cases[i].request.xxh128 != NULL ? hex : "");
        xxh128_of(bytes + cases[i].essence_from, cases[i].essence_size, hex);
        assert_string_equal(essence, cases[i].request.essence_xxh128 != NULL ? hex : "");
    }
    struct gls_hash_request request = {.sha256 = sha256};
    assert_false(gls_hash_file(&request, fixture.buffers, fixture.dir, NULL, &error));
    assert_int_equal(error.status, GLS_ERROR_UNSUPPORTED);
    unlink(path);
    assert_false(gls_hash_file(&request, fixture.buffers, path, NULL, &error));
    assert_int_equal(error.status, GLS_ERROR_NOT_FOUND);
    gls_ranges_free(&ranges);
    free(path);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),          cmocka_unit_test(test_many_splices),
        cmocka_unit_test(test_before_1970),    cmocka_unit_test(test_patch_and_essence),
        cmocka_unit_test(test_hashed_before),  cmocka_unit_test(test_mode_and_xattrs),
        cmocka_unit_test(test_sparse),         cmocka_unit_test(test_target_taken),
        cmocka_unit_test(test_source_changed), cmocka_unit_test(test_source_changes_meanwhile),
        cmocka_unit_test(test_disk_full),      cmocka_unit_test(test_read_error),
        cmocka_unit_test(test_hash_file),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
