/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/input.h"
#include "tests/support/temp_dir.h"

enum { SIZE = 70000 };

/* Compares reads of many sizes and places with the bytes they must give. */
static void check_reads(struct gls_input *input, const uint8_t *bytes, size_t size)
{
    static const size_t lengths[] = {0, 1, 2, 12, 4095, 4096, 12288, 12289, 16384, 20000};
    static const size_t step = 977;
    struct gls_error error = GLS_ERROR_INIT;
    uint8_t *buffer = malloc(size + 1);

    assert_int_equal(gls_input_size(input), size);
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        for (size_t n = 0; n < 200; n++) {
            size_t offset = size > 0 ? n * step * 31 % size : 0;
            size_t length = lengths[i] < size - offset ? lengths[i] : size - offset;
            assert_true(gls_input_read(input, offset, buffer, length, &error));
            assert_memory_equal(buffer, bytes + offset, length);
        }
    }
    assert_true(gls_input_read(input, 0, buffer, size, &error));
    assert_memory_equal(buffer, bytes, size);
    free(buffer);
}

static void check_end(struct gls_input *input, uint64_t size)
{
    struct gls_error error = GLS_ERROR_INIT;
    uint8_t buffer[16];
    size_t got = 16;

    assert_true(gls_input_read(input, size, buffer, 0, &error));
    assert_false(gls_input_read(input, size, buffer, 1, &error));
    assert_int_equal(error.status, GLS_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "ends too early"));
    assert_false(gls_input_read(input, UINT64_MAX, buffer, 2, &error));
    assert_false(gls_input_read(input, UINT64_MAX, buffer, 0, &error));
    assert_true(gls_input_read_some(input, size, buffer, &got, &error));
    assert_int_equal(got, 0);
    got = 16;
    assert_true(gls_input_read_some(input, UINT64_MAX, buffer, &got, &error));
    assert_int_equal(got, 0);
    if (size >= 3) {
        got = 16;
        assert_true(gls_input_read_some(input, size - 3, buffer, &got, &error));
        assert_int_equal(got, 3);
        assert_false(gls_input_read(input, size - 3, buffer, 4, &error));
    }
}

static void test_file(void **state)
{
    static const size_t sizes[] = {0, 1, 4096, 16384, SIZE};
    char *dir = temp_dir_new();
    uint8_t *bytes = malloc(SIZE);

    (void)state;
    temp_fill(bytes, SIZE, 1);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_input *input = NULL;
        char *path = temp_file(dir, "f", bytes, sizes[i]);
        assert_true(gls_input_open(&input, path, &error));
        assert_string_equal(gls_input_name(input), path);
        assert_true(gls_input_fd(input) >= 0);
        assert_true(fcntl(gls_input_fd(input), F_GETFD) & FD_CLOEXEC);
        check_reads(input, bytes, sizes[i]);
        check_end(input, sizes[i]);
        gls_input_free(input);
        free(path);
    }
    free(bytes);
    gls_input_free(NULL);
    temp_dir_remove(dir);
}

/* Parsers come back to the head from anywhere else in the file: it is read once. */
static void test_head_is_read_once(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    char *dir = temp_dir_new();
    uint8_t *bytes = malloc(SIZE), got[64];
    temp_fill(bytes, SIZE, 1);
    char *path = temp_file(dir, "f", bytes, SIZE);
    int fd = open(path, O_RDWR | O_CLOEXEC);

    (void)state;
    assert_true(gls_input_from_fd(&input, fd, path, &error));
    assert_true(gls_input_read(input, 100, got, sizeof got, &error));
    assert_int_equal(pwrite(fd, "changed", 7, 100), 7);
    assert_true(gls_input_read(input, SIZE - 64, got, sizeof got, &error));
    assert_true(gls_input_read(input, 40000, got, sizeof got, &error));
    assert_true(gls_input_read(input, 100, got, sizeof got, &error));
    assert_memory_equal(got, bytes + 100, sizeof got);
    /* A large block that stands there as well. */
    uint8_t *block = malloc(SIZE);
    assert_true(gls_input_read(input, 30, block, 46000, &error));
    assert_int_equal(pwrite(fd, "changed", 7, 20000), 7);
    assert_int_equal(pwrite(fd, "changed", 7, 47000), 7);
    assert_true(gls_input_read(input, 16000, block, 46000, &error));
    assert_memory_equal(block, bytes + 16000, 46000);
    free(block);
    gls_input_free(input);
    close(fd);
    free(bytes);
    free(path);
    temp_dir_remove(dir);
}

static void test_from_fd_stays_open(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    char *dir = temp_dir_new();
    char *path = temp_text_file(dir, "f", "hello");
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    (void)state;
    assert_true(gls_input_from_fd(&input, fd, "a name", &error));
    check_reads(input, (const uint8_t *)"hello", 5);
    assert_int_equal(gls_input_fd(input), fd);
    gls_input_free(input);
    assert_true(fcntl(fd, F_GETFD) >= 0);
    close(fd);
    assert_false(gls_input_from_fd(&input, fd, "a name", &error));
    assert_null(input);
    free(path);
    temp_dir_remove(dir);
}

static void make_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(strlen(path) < sizeof(address.sun_path));
    strcpy(address.sun_path, path);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    close(fd);
}

static void test_what_is_no_file(void **state)
{
    char *dir = temp_dir_new();
    char *folder = temp_folder(dir, "x.jpg");
    char *fifo = temp_path(dir, "fifo");
    char *sock = temp_path(dir, "sock");
    char *dangling = temp_path(dir, "dangling");
    char *missing = temp_path(dir, "missing");
    const struct {
        const char *path;
        enum gls_status status;
        const char *says;
    } cases[] = {
        {folder, GLS_ERROR_UNSUPPORTED, "is a directory, not a regular file"},
        {fifo, GLS_ERROR_UNSUPPORTED, "is a FIFO"},
        {sock, GLS_ERROR_UNSUPPORTED, "is a socket"},
        {"/dev/null", GLS_ERROR_UNSUPPORTED, "is a device"},
        {dangling, GLS_ERROR_NOT_FOUND, "No such file"},
        {missing, GLS_ERROR_NOT_FOUND, "No such file"},
    };

    (void)state;
    assert_int_equal(mkfifo(fifo, 0666), 0);
    make_socket(sock);
    assert_int_equal(symlink("nowhere", dangling), 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_input *input = NULL;
        assert_false(gls_input_open(&input, cases[i].path, &error));
        assert_null(input);
        assert_int_equal(error.status, cases[i].status);
        assert_non_null(strstr(error.message, cases[i].says));
        assert_memory_equal(error.message, cases[i].path, strlen(cases[i].path));
    }
    free(missing);
    free(dangling);
    free(sock);
    free(fifo);
    free(folder);
    temp_dir_remove(dir);
}

static int open_denied(void *context)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;

    return gls_input_open(&input, context, &error) ? 1 : (int)error.status + 100;
}

static void test_unreadable(void **state)
{
    char *dir = temp_dir_new();
    char *path = temp_text_file(dir, "f", "hello");

    (void)state;
    chmod(dir, 0755);
    chmod(path, 0);
    assert_int_equal(temp_run_unprivileged(open_denied, path), 100 + GLS_ERROR_PERMISSION);
    free(path);
    temp_dir_remove(dir);
}

static void test_file_that_shrinks(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    char *dir = temp_dir_new();
    char *path = temp_text_file(dir, "f", "hello");
    char buffer[5];

    (void)state;
    assert_true(gls_input_open(&input, path, &error));
    assert_int_equal(truncate(path, 2), 0);
    assert_false(gls_input_read(input, 0, buffer, 5, &error));
    assert_int_equal(error.status, GLS_ERROR_CHANGED);
    gls_input_free(input);
    free(path);
    temp_dir_remove(dir);
}

struct edit {
    uint64_t offset, removed;
    const char *bytes;
};

static const struct {
    struct edit edits[5];
    const char *result;
} patched[] = {
    {{{0, 0, NULL}}, "0123456789"},
    {{{0, 0, "ab"}, {10, 0, "yz"}, {0, 0, NULL}}, "ab0123456789yz"},
    {{{0, 10, ""}, {0, 0, NULL}}, ""},
    {{{0, 10, "new"}, {0, 0, NULL}}, "new"},
    {{{0, 2, ""}, {8, 2, ""}, {0, 0, NULL}}, "234567"},
    {{{2, 2, "abc"}, {4, 2, "d"}, {6, 0, "e"}, {0, 0, NULL}}, "01abcde6789"},
    {{{3, 3, ""}, {6, 3, ""}, {0, 0, NULL}}, "0129"},
    {{{3, 3, ""}, {6, 0, "x"}, {9, 1, "long long text"}, {0, 0, NULL}}, "012x678long long text"},
    {{{5, 0, "b"}, {5, 1, "c"}, {5, 0, "d"}, {0, 0, NULL}}, "01234bcd6789"},
};

static void test_patched(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(patched); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_patch patch = GLS_PATCH_INIT;
        struct gls_input *base = NULL;
        struct gls_input *view = NULL;
        size_t size = strlen(patched[i].result);
        char out[64];
        assert_true(gls_input_from_memory(&base, "0123456789", 10, "ten", &error));
        for (const struct edit *edit = patched[i].edits; edit->bytes != NULL; edit++) {
            GLS_STRBUF_AUTO added = GLS_STRBUF_INIT;
            gls_strbuf_add_str(&added, edit->bytes);
            assert_true(gls_patch_replace(&patch, edit->offset, edit->removed, &added, &error));
        }
        assert_true(gls_patch_seal(&patch, 10, &error));
        assert_true(gls_input_from_patch(&view, base, &patch, &error));
        assert_int_equal(gls_input_size(view), size);
        assert_int_equal(gls_input_fd(view), -1);
        for (size_t from = 0; from <= size; from++) {
            for (size_t length = 0; length <= size - from; length++) {
                assert_true(gls_input_read(view, from, out, length, &error));
                assert_memory_equal(out, patched[i].result + from, length);
            }
        }
        check_end(view, size);
        gls_input_free(view);
        gls_input_free(base);
        gls_patch_free(&patch);
    }
}

/* A view over a view over a file. */
static void test_patched_twice(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_patch first = GLS_PATCH_INIT;
    struct gls_patch second = GLS_PATCH_INIT;
    struct gls_input *base = NULL;
    GLS_STRBUF_AUTO added = GLS_STRBUF_INIT;
    struct gls_input *middle = NULL;
    struct gls_input *top = NULL;
    char *dir = temp_dir_new();
    uint8_t *bytes = malloc(SIZE);

    (void)state;
    temp_fill(bytes, SIZE, 2);
    char *path = temp_file(dir, "f", bytes, SIZE);
    assert_true(gls_input_open(&base, path, &error));
    for (uint64_t at = 0; at < SIZE; at += 100) {
        assert_true(gls_patch_overwrite(&first, at, "abc", 3, &error));
        memcpy(bytes + at, "abc", 3);
    }
    assert_true(gls_patch_seal(&first, SIZE, &error));
    assert_true(gls_input_from_patch(&middle, base, &first, &error));
    check_reads(middle, bytes, SIZE);
    gls_strbuf_add_char(&added, 'x');
    assert_true(gls_patch_replace(&second, 50, SIZE - 100, &added, &error));
    assert_false(gls_input_from_patch(&top, middle, &second, &error));
    assert_true(gls_patch_seal(&second, SIZE, &error));
    assert_true(gls_input_from_patch(&top, middle, &second, &error));
    bytes[50] = 'x';
    memmove(bytes + 51, bytes + SIZE - 50, 50);
    check_reads(top, bytes, 101);
    gls_input_free(top);
    gls_input_free(middle);
    gls_input_free(base);
    gls_patch_free(&second);
    gls_patch_free(&first);
    free(path);
    free(bytes);
    temp_dir_remove(dir);
}

static void test_integers(void **state)
{
    const uint8_t bytes[] = {0x81, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x88};
    uint8_t out[8];

    (void)state;
    assert_int_equal(gls_be16(bytes), 0x8102);
    assert_int_equal(gls_le16(bytes), 0x0281);
    assert_true(gls_be32(bytes) == 0x81020304u);
    assert_true(gls_le32(bytes) == 0x04030281u);
    assert_true(gls_be64(bytes) == UINT64_C(0x8102030405060788));
    assert_true(gls_le64(bytes) == UINT64_C(0x8807060504030281));
    gls_put_be64(out, gls_be64(bytes));
    assert_memory_equal(out, bytes, 8);
    gls_put_be32(out, gls_be32(bytes));
    gls_put_be16(out + 4, gls_be16(bytes + 4));
    assert_memory_equal(out, bytes, 6);
    gls_put_le32(out, gls_le32(bytes));
    gls_put_le16(out + 4, gls_le16(bytes + 4));
    assert_memory_equal(out, bytes, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_head_is_read_once),
        cmocka_unit_test(test_from_fd_stays_open),
        cmocka_unit_test(test_what_is_no_file),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_file_that_shrinks),
        cmocka_unit_test(test_patched),
        cmocka_unit_test(test_patched_twice),
        cmocka_unit_test(test_integers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
