/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "engine/archive/gzip_reader.h"
#include "tests/support/temp_dir.h"

/* What is packed, enough for several points, and the streams that it becomes. */
enum { HELD_SIZE = 72 << 20, POINTS_MAX = 16 };

struct packed {
    uint8_t *held;
    uint8_t *bytes;
    size_t size;
    struct gls_gzip_point points[POINTS_MAX];
    size_t point_count;
};

static bool put(void *user, struct gls_gzip_point *point, struct gls_error *error)
{
    struct packed *packed = user;

    (void)error;
    assert_true(packed->point_count < POINTS_MAX);
    packed->points[packed->point_count++] = *point;
    return true;
}

static bool find(void *user, struct gls_gzip_point *out, uint64_t at, struct gls_error *error)
{
    const struct packed *packed = user;

    (void)error;
    for (size_t i = 0; i < packed->point_count && packed->points[i].out <= at; i++)
        *out = packed->points[i];
    return true;
}

/* Bytes that deflate must refer back for, and that no offset shares with another. */
static uint8_t byte_at(size_t at)
{
    uint32_t mixed = (uint32_t)(at / 24) * 2654435761u;

    return (uint8_t)(at % 24 < 20 ? mixed >> (8 * (at % 4)) : 'x');
}

static void pack(struct packed *packed, size_t stream_count)
{
    size_t part = HELD_SIZE / stream_count;
    size_t space = (size_t)compressBound(HELD_SIZE) + 64 * stream_count;

    packed->held = malloc(HELD_SIZE);
    packed->bytes = malloc(space);
    assert_non_null(packed->held);
    assert_non_null(packed->bytes);
    for (size_t i = 0; i < HELD_SIZE; i++)
        packed->held[i] = byte_at(i);
    for (size_t i = 0; i < stream_count; i++) {
        z_stream stream = {.next_in = packed->held + i * part,
                           .avail_in = (unsigned)part,
                           .next_out = packed->bytes + packed->size,
                           .avail_out = (unsigned)(space - packed->size)};
        assert_int_equal(deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
                         Z_OK);
        assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
        packed->size = space - stream.avail_out;
        deflateEnd(&stream);
    }
}

static void check_bytes(struct gls_gzip_reader *reader, const struct packed *packed, uint64_t at,
                        size_t count)
{
    struct gls_error error = GLS_ERROR_INIT;

    while (count > 0) {
        const uint8_t *bytes = NULL;
        size_t size = 0;
        assert_true(gls_gzip_reader_read(reader, at, &bytes, &size, &error));
        assert_true(size > 0);
        if (size > count)
            size = count;
        assert_memory_equal(bytes, packed->held + at, size);
        at += size;
        count -= size;
    }
}

static uint64_t read_first(struct gls_gzip_reader *reader, const struct packed *packed)
{
    struct gls_error error = GLS_ERROR_INIT;
    const uint8_t *bytes = NULL;
    size_t size = 1;
    uint64_t at = 0;

    gls_gzip_reader_set_first(reader, true);
    for (; size > 0; at += size) {
        assert_true(gls_gzip_reader_read(reader, at, &bytes, &size, &error));
        assert_true(at + size <= HELD_SIZE);
        assert_memory_equal(bytes == NULL ? packed->held : bytes, packed->held + (size ? at : 0),
                            size);
    }
    gls_gzip_reader_set_first(reader, false);
    return at;
}

static void check_any_offset(size_t stream_count)
{
    struct packed packed = {0};
    const struct gls_gzip_points points = {&packed, put, find};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_gzip_reader *reader = NULL;
    struct gls_input *input = NULL;

    pack(&packed, stream_count);
    assert_true(gls_input_from_memory(&input, packed.bytes, packed.size, "x", &error));
    assert_true(gls_gzip_reader_new(&reader, input, &points, &error));
    assert_int_equal(read_first(reader, &packed), HELD_SIZE);
    assert_true(gls_gzip_reader_is_complete(reader));
    assert_in_range(packed.point_count, 3, 4);
    gls_gzip_reader_free(reader);
    /* Another run, from behind to the front, over the ends of streams, and at the very end. */
    assert_true(gls_gzip_reader_new(&reader, input, &points, &error));
    for (uint64_t at = HELD_SIZE - 100000; at > 7777777; at -= 7654321)
        check_bytes(reader, &packed, at, 90000);
    for (size_t i = 1; i < stream_count && i < 4; i++)
        check_bytes(reader, &packed, i * (HELD_SIZE / stream_count) - 10, 300000);
    check_bytes(reader, &packed, 0, 10);
    check_bytes(reader, &packed, HELD_SIZE - 1, 1);
    const uint8_t *bytes = NULL;
    size_t size = 1;
    assert_true(gls_gzip_reader_read(reader, HELD_SIZE, &bytes, &size, &error));
    assert_int_equal(size, 0);
    gls_gzip_reader_free(reader);
    gls_input_free(input);
    free(packed.held);
    free(packed.bytes);
}

static void any_offset_is_read(void **state)
{
    (void)state;
    check_any_offset(1);
}

/* Also where a stream is too small to hold the end of a block that is not its last. */
static void several_streams_are_one(void **state)
{
    (void)state;
    check_any_offset(3);
    check_any_offset(4096);
}

/* In the first reading. Bytes that are others in a later one are found out by the hash of the
 * member (tests/fault/archives.bats). */
static void damage_is_told(void **state)
{
    struct packed packed = {0};
    const struct gls_gzip_points points = {&packed, put, find};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_gzip_reader *reader = NULL;
    struct gls_input *input = NULL;
    const uint8_t *bytes = NULL;
    size_t size = 1;

    (void)state;
    pack(&packed, 1);
    packed.bytes[packed.size - 5] ^= 1; /* the checksum */
    assert_true(gls_input_from_memory(&input, packed.bytes, packed.size, "x", &error));
    assert_true(gls_gzip_reader_new(&reader, input, &points, &error));
    gls_gzip_reader_set_first(reader, true);
    bool ok = true;
    for (uint64_t at = 0; ok && size > 0; at += size)
        ok = gls_gzip_reader_read(reader, at, &bytes, &size, &error);
    assert_false(ok);
    assert_int_equal(error.status, GLS_ERROR_CHANGED);
    gls_gzip_reader_free(reader);
    gls_input_free(input);
    /* Cut off. */
    error = (struct gls_error)GLS_ERROR_INIT;
    packed.point_count = 0;
    assert_true(gls_input_from_memory(&input, packed.bytes, packed.size / 2, "x", &error));
    assert_true(gls_gzip_reader_new(&reader, input, &points, &error));
    assert_true(read_first(reader, &packed) < HELD_SIZE);
    assert_false(gls_gzip_reader_is_complete(reader));
    gls_gzip_reader_free(reader);
    gls_input_free(input);
    free(packed.held);
    free(packed.bytes);
}

/* What was read wrong is read anew. */
static void a_failure_costs_what_is_read_only(void **state)
{
    struct packed packed = {0};
    const struct gls_gzip_points points = {&packed, put, find};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_gzip_reader *reader = NULL;
    struct gls_input *input = NULL;
    const uint8_t *bytes = NULL;
    uint8_t kept[256];
    size_t size = 1;
    uint64_t at = 0;
    bool ok = true;

    (void)state;
    pack(&packed, 1);
    assert_true(gls_input_from_memory(&input, packed.bytes, packed.size, "x", &error));
    assert_true(gls_gzip_reader_new(&reader, input, &points, &error));
    assert_int_equal(read_first(reader, &packed), HELD_SIZE);
    memcpy(kept, packed.bytes + packed.size / 2, sizeof kept);
    memset(packed.bytes + packed.size / 2, 0xff, sizeof kept);
    for (; ok && size > 0; at += size)
        ok = gls_gzip_reader_read(reader, at, &bytes, &size, &error);
    assert_false(ok);
    assert_int_equal(error.status, GLS_ERROR_CHANGED);
    memcpy(packed.bytes + packed.size / 2, kept, sizeof kept);
    check_bytes(reader, &packed, at, (size_t)(HELD_SIZE - at));
    gls_gzip_reader_free(reader);
    gls_input_free(input);
    free(packed.held);
    free(packed.bytes);
}

enum { BUFFER_SIZE = 64 * 1024 };

/* Packs `held` as one more stream, of so many bytes: its header is as large as that takes. */
static void pack_to_size(struct packed *packed, size_t size, const char *held)
{
    static uint8_t extra[BUFFER_SIZE];
    gz_header header = {.extra = extra, .os = 255};
    size_t filled = 0;

    for (int pass = 0; pass < 2; pass++) {
        z_stream stream = {.next_in = (uint8_t *)(uintptr_t)held,
                           .avail_in = (unsigned)strlen(held),
                           .next_out = packed->bytes + packed->size,
                           .avail_out = (unsigned)size};
        assert_int_equal(deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
                         Z_OK);
        assert_int_equal(deflateSetHeader(&stream, &header), Z_OK);
        assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
        filled = size - stream.avail_out;
        deflateEnd(&stream);
        header.extra_len += (unsigned)(size - filled);
    }
    assert_int_equal(filled, size);
    packed->size += size;
}

static void read_failing(struct gls_gzip_reader *reader, struct gls_error *error)
{
    const uint8_t *bytes = NULL;
    size_t size = 0;

    assert_false(gls_gzip_reader_read(reader, 0, &bytes, &size, error));
    assert_int_equal(error->status, GLS_ERROR_CHANGED);
    assert_non_null(strstr(error->message, "became shorter"));
    assert_int_equal(size, 0);
    assert_false(gls_gzip_reader_is_complete(reader));
}

/* What fails where a stream ends is no end: it fails, and when it can be read again, it is. */
static void a_failure_between_two_streams_is_no_end(void **state)
{
    static uint8_t bytes[2 * BUFFER_SIZE];
    struct packed packed = {.held = (uint8_t *)"first second", .bytes = bytes};
    const struct gls_gzip_points points = {&packed, put, find};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_gzip_reader *reader = NULL;
    struct gls_input *input = NULL;
    char *dir = temp_dir_new();

    (void)state;
    pack_to_size(&packed, BUFFER_SIZE, "first ");
    pack_to_size(&packed, BUFFER_SIZE, "second");
    char *path = temp_file(dir, "a.gz", bytes, sizeof bytes);
    assert_true(gls_input_open(&input, path, &error));
    assert_int_equal(truncate(path, BUFFER_SIZE), 0);
    assert_true(gls_gzip_reader_new(&reader, input, &points, &error));
    read_failing(reader, &error);
    error = (struct gls_error)GLS_ERROR_INIT;
    read_failing(reader, &error);
    free(temp_file(dir, "a.gz", bytes, sizeof bytes));
    check_bytes(reader, &packed, 6, 6);
    check_bytes(reader, &packed, 0, 12);
    gls_gzip_reader_free(reader);
    gls_input_free(input);
    free(path);
    temp_dir_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_offset_is_read),
        cmocka_unit_test(several_streams_are_one),
        cmocka_unit_test(damage_is_told),
        cmocka_unit_test(a_failure_costs_what_is_read_only),
        cmocka_unit_test(a_failure_between_two_streams_is_no_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
