/* SPDX-License-Identifier: MIT */
#include "engine/archive/archive_stream.h"

#include <string.h>

#include "base/c_locale.h"

/* ---- Bytes for libarchive -------------------------------------------------------------- */

/* -1 on an error. */
static ssize_t read_more(struct gls_archive_stream *stream, const void **out)
{
    const uint8_t *bytes = stream->buffer;
    size_t size = GLS_ARCHIVE_BUFFER_SIZE;

    if (size > stream->end - stream->at)
        size = (size_t)(stream->end - stream->at);
    if (stream->gzip != NULL
            ? !gls_gzip_reader_read(stream->gzip, stream->at, &bytes, &size, &stream->failure)
            : !gls_input_read_some(stream->input, stream->at, stream->buffer, &size,
                                   &stream->failure))
        return -1;
    *out = bytes;
    stream->at += size;
    return (ssize_t)size;
}

static la_ssize_t on_read(struct archive *reader, void *user, const void **out)
{
    struct gls_archive_stream *stream = user;
    ssize_t size = (ssize_t)stream->head_size;

    (void)reader;
    if (size > 0) {
        *out = stream->head;
        stream->head_size = 0;
    } else {
        size = read_more(stream, out);
    }
    return size < 0 ? ARCHIVE_FATAL : size;
}

static la_int64_t on_skip(struct archive *reader, void *user, la_int64_t request)
{
    struct gls_archive_stream *stream = user;
    uint64_t left = stream->end - stream->at;

    (void)reader;
    if (stream->gzip != NULL || stream->head_size > 0 || request <= 0)
        return 0;
    if ((uint64_t)request > left)
        request = (la_int64_t)left;
    stream->at += (uint64_t)request;
    return request;
}

/* ---- libarchive --------------------------------------------------------------------------- */

/* Names come as bytes: in the C locale libarchive converts none. */
static locale_t enter_c_locale(void)
{
    locale_t c_locale = gls_c_locale();

    return c_locale != (locale_t)0 ? uselocale(c_locale) : (locale_t)0;
}

static void leave_c_locale(locale_t before)
{
    if (before != (locale_t)0)
        uselocale(before);
}

static bool fail(struct gls_archive_stream *stream, struct gls_error *error)
{
    const char *why = stream->reader != NULL ? stream->library->error_string(stream->reader) : NULL;

    if (stream->failure.message[0] != '\0') {
        *error = stream->failure;
        return false;
    }
    if (why == NULL)
        why = "it cannot be read";
    /* Some of its texts end their line. */
    return gls_fail(error, GLS_ERROR_FORMAT, "%s: is damaged or cut off: %.*s",
                    gls_input_name(stream->input), (int)strcspn(why, "\n"), why);
}

bool gls_archive_stream_open(struct gls_archive_stream *stream, struct gls_input *input,
                             uint64_t at, uint64_t end, struct gls_error *error)
{
    stream->input = input;
    stream->at = at;
    stream->end = end;
    stream->library = gls_archive_library(error);
    if (stream->library == NULL)
        return false;
    stream->reader = stream->library->read_new();
    if (stream->reader == NULL)
        return gls_fail_memory(error);
    locale_t before = enter_c_locale();
    int code = stream->head_size > 0 ? stream->library->support_zip(stream->reader)
                                     : stream->library->support_tar(stream->reader);
    if (code == ARCHIVE_OK || code == ARCHIVE_WARN)
        code = stream->library->read_open(stream->reader, stream, NULL, on_read, on_skip, NULL);
    leave_c_locale(before);
    return code == ARCHIVE_OK || code == ARCHIVE_WARN || fail(stream, error);
}

void gls_archive_stream_close(struct gls_archive_stream *stream)
{
    if (stream->reader != NULL)
        stream->library->read_free(stream->reader);
}

bool gls_archive_stream_next(struct gls_archive_stream *stream, struct archive_entry **entry,
                             struct gls_error *error)
{
    locale_t before = enter_c_locale();
    int code = stream->library->next_header(stream->reader, entry);

    leave_c_locale(before);
    if (code == ARCHIVE_EOF || code < ARCHIVE_WARN)
        *entry = NULL;
    return code >= ARCHIVE_WARN || fail(stream, error);
}

bool gls_archive_stream_data(struct gls_archive_stream *stream, void *buffer, size_t size,
                             size_t *got, struct gls_error *error)
{
    la_ssize_t read = stream->library->read_data(stream->reader, buffer, size);

    *got = read > 0 ? (size_t)read : 0;
    return read >= 0 || fail(stream, error);
}
