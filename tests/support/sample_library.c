/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "store/write/db_writer.h"
#include "tests/support/sample_library.h"
#include "tests/support/temp_dir.h"

struct gls_library *sample_library_open(const char *root, enum gls_library_mode mode)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_library *library = NULL;

    if (!gls_library_open(&library, root, &(struct gls_library_options){.mode = mode}, &error))
        fail_msg("%s", error.message);
    return library;
}

void sample_library_store(const char *root, const struct gls_stored_file *files, size_t count)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_library *library = sample_library_open(root, GLS_LIBRARY_WRITE);
    struct gls_db_writer *writer = NULL;
    struct gls_db_batch *batch = gls_db_batch_new();

    assert_true(gls_db_writer_start(&writer, library, &error));
    for (size_t i = 0; i < count; i++)
        assert_true(gls_db_batch_put_file(batch, &files[i], NULL, NULL, NULL));
    if (!gls_db_writer_commit(writer, batch, &error))
        fail_msg("%s", error.message);
    gls_db_batch_free(batch);
    gls_db_writer_stop(writer);
    gls_library_close(library);
}

struct gls_stored_file sample_stored_file(const char *path)
{
    return (struct gls_stored_file){.path = (char *)(uintptr_t)path,
                                    .size_bytes = 100,
                                    .source_size_bytes = 90,
                                    .mtime_ns = 1449277166084000000,
                                    .source_sha256 = SHA_A,
                                    .stored_xxh128 = XXH_A};
}
uint64_t sample_library_count(struct gls_library *library)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_reader *reader = NULL;
    uint64_t count = 0;

    if (!gls_reader_open(&reader, library, &error) || !gls_reader_count(reader, &count, &error))
        fail_msg("%s", error.message);
    gls_reader_close(reader);
    return count;
}

void sample_library_leave_log(const char *root, const char *copy)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_stored_file file = sample_stored_file("logged");
    struct gls_library *library = sample_library_open(root, GLS_LIBRARY_WRITE);
    struct gls_db_writer *writer = NULL;
    struct gls_db_batch *batch = gls_db_batch_new();

    assert_true(gls_db_writer_start(&writer, library, &error));
    assert_true(gls_db_batch_put_file(batch, &file, NULL, NULL, NULL));
    assert_true(gls_db_writer_commit(writer, batch, &error));
    static const char *const names[] = {".glassine/library.db", ".glassine/library.db-wal",
                                        ".glassine/lock"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char *from = temp_path(root, names[i]);
        size_t size;
        uint8_t *bytes = temp_read(from, &size);
        free(temp_file(copy, names[i], bytes, size));
        free(bytes);
        free(from);
    }
    gls_db_batch_free(batch);
    gls_db_writer_stop(writer);
    gls_library_close(library);
}
