/* SPDX-License-Identifier: MIT */
#include "engine/archive/gzip_reader.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { BUFFER_SIZE = 64 * 1024, POINT_SPACING = 16 << 20, TRAILER_SIZE = 8 };

/* windowBits of inflateInit2(): a gzip stream with header and checksum, or deflate alone. */
enum { WITH_HEADER = 15 + 16, WITHOUT_HEADER = -15 };

struct gls_gzip_reader {
    struct gls_input *input;
    const struct gls_gzip_points *points;
    z_stream inflater;
    bool has_inflater;
    bool is_first;
    bool has_header;  /* the stream at hand was begun at its header: zlib reads its trailer */
    bool is_complete; /* all streams have ended */
    bool has_failed;  /* the last reading */
    uint64_t in;      /* bytes of the file that were read */
    uint64_t start;   /* what is held: the offset of the buffer */
    size_t used;
    uint64_t last_point;
    struct gls_gzip_point point;
    uint8_t buffer[BUFFER_SIZE];
    uint8_t packed[BUFFER_SIZE];
};

bool gls_gzip_reader_new(struct gls_gzip_reader **out, struct gls_input *input,
                         const struct gls_gzip_points *points, struct gls_error *error)
{
    struct gls_gzip_reader *reader = calloc(1, sizeof *reader);

    *out = reader;
    if (reader == NULL)
        return gls_fail_memory(error);
    reader->input = input;
    reader->points = points;
    reader->has_header = true;
    reader->has_inflater = inflateInit2(&reader->inflater, WITH_HEADER) == Z_OK;
    return reader->has_inflater || gls_fail_memory(error);
}

void gls_gzip_reader_free(struct gls_gzip_reader *reader)
{
    if (reader == NULL)
        return;
    if (reader->has_inflater)
        inflateEnd(&reader->inflater);
    free(reader);
}

void gls_gzip_reader_set_first(struct gls_gzip_reader *reader, bool is_first)
{
    reader->is_first = is_first;
}

bool gls_gzip_reader_is_complete(const struct gls_gzip_reader *reader)
{
    return reader->is_complete;
}

uint64_t gls_gzip_reader_packed(const struct gls_gzip_reader *reader)
{
    return reader->in - reader->inflater.avail_in;
}

/* Has inflate() something to read? False without an error: the file ends. */
static bool has_packed(struct gls_gzip_reader *reader, struct gls_error *error)
{
    size_t size = sizeof reader->packed;

    if (reader->inflater.avail_in > 0)
        return true;
    if (!gls_input_read_some(reader->input, reader->in, reader->packed, &size, error))
        return false;
    reader->in += size;
    reader->inflater.next_in = reader->packed;
    reader->inflater.avail_in = (unsigned)size;
    return size > 0;
}

static uint64_t produced(const struct gls_gzip_reader *reader)
{
    return reader->start + (sizeof reader->buffer - reader->inflater.avail_out);
}

/* Keeps where it is, if the last place that was kept is far enough behind. */
static bool put_point(struct gls_gzip_reader *reader, int bits, struct gls_error *error)
{
    struct gls_gzip_point *point = &reader->point;

    if (!reader->is_first || produced(reader) - reader->last_point < POINT_SPACING)
        return true;
    point->out = reader->last_point = produced(reader);
    point->in = gls_gzip_reader_packed(reader);
    point->bits = bits;
    point->window_size = 0;
    if (bits >= 0 &&
        inflateGetDictionary(&reader->inflater, point->window, &point->window_size) != Z_OK)
        return gls_fail_memory(error);
    return reader->points->put(reader->points->user, point, error);
}

/* Several gzip streams behind each other are one (RFC 1952, 2.2); what is no gzip any more is
 * padding. */
static bool begin_next_stream(struct gls_gzip_reader *reader, struct gls_error *error)
{
    z_stream *inflater = &reader->inflater;

    for (unsigned left = reader->has_header ? 0 : TRAILER_SIZE; left > 0;) {
        if (!has_packed(reader, error))
            return true; /* the first reading has seen the trailer: it is cut off since */
        unsigned part = left < inflater->avail_in ? left : inflater->avail_in;
        inflater->next_in += part;
        inflater->avail_in -= part;
        left -= part;
    }
    reader->has_header = true;
    bool has_more = has_packed(reader, error);
    if (error->status != GLS_OK)
        return false;
    reader->is_complete = !has_more || inflater->next_in[0] != 0x1f;
    if (reader->is_complete)
        return true;
    if (inflateReset2(inflater, WITH_HEADER) != Z_OK)
        return gls_fail_memory(error);
    return put_point(reader, -1, error);
}

static bool check_code(const struct gls_gzip_reader *reader, int code, struct gls_error *error)
{
    if (code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR)
        return true;
    if (code == Z_MEM_ERROR)
        return gls_fail_memory(error);
    return gls_fail(error, GLS_ERROR_CHANGED,
                    "%s: is damaged: its checksum denies what it holds, so none of it is filed; "
                    "fetch the archive again",
                    gls_input_name(reader->input));
}

/* Fills the buffer with what comes behind it. */
static bool read_on(struct gls_gzip_reader *reader, struct gls_error *error)
{
    z_stream *inflater = &reader->inflater;
    bool ok = true;

    reader->start += reader->used;
    inflater->next_out = reader->buffer;
    inflater->avail_out = sizeof reader->buffer;
    while (ok && inflater->avail_out > 0 && !reader->is_complete && has_packed(reader, error)) {
        int code = inflate(inflater, Z_BLOCK);
        ok = check_code(reader, code, error);
        if (ok && code == Z_STREAM_END)
            ok = begin_next_stream(reader, error);
        else if (ok && (inflater->data_type & (128 | 64)) == 128) /* between two blocks */
            ok = put_point(reader, inflater->data_type & 7, error);
    }
    reader->used = sizeof reader->buffer - inflater->avail_out;
    return ok && error->status == GLS_OK;
}

/* Goes back to a point, or ahead to one, unless what is wanted comes next anyway. After a failure
 * nothing that is at hand is relied on. */
static bool go_to_point(struct gls_gzip_reader *reader, uint64_t at, struct gls_error *error)
{
    struct gls_gzip_point *point = &reader->point;
    z_stream *inflater = &reader->inflater;
    uint8_t before = 0;

    point->out = point->in = 0;
    point->bits = -1;
    if (!reader->points->find(reader->points->user, point, at, error))
        return false;
    if (!reader->has_failed && at >= reader->start + reader->used &&
        point->out <= reader->start + reader->used)
        return true;
    reader->has_header = point->bits < 0;
    if (point->bits > 0 && !gls_input_read(reader->input, point->in - 1, &before, 1, error))
        return false;
    if (inflateReset2(inflater, reader->has_header ? WITH_HEADER : WITHOUT_HEADER) != Z_OK ||
        (point->bits > 0 &&
         inflatePrime(inflater, point->bits, before >> (8 - point->bits)) != Z_OK) ||
        (!reader->has_header &&
         inflateSetDictionary(inflater, point->window, point->window_size) != Z_OK))
        return gls_fail_memory(error);
    inflater->avail_in = 0;
    reader->in = point->in;
    reader->start = point->out;
    reader->used = 0;
    reader->is_complete = reader->has_failed = false;
    return true;
}

bool gls_gzip_reader_read(struct gls_gzip_reader *reader, uint64_t at, const uint8_t **bytes,
                          size_t *size, struct gls_error *error)
{
    bool ok = true;

    if (!reader->is_first &&
        (reader->has_failed || at < reader->start || at > reader->start + reader->used))
        ok = go_to_point(reader, at, error);
    while (ok && at >= reader->start + reader->used && !reader->is_complete) {
        uint64_t end = reader->start + reader->used;
        ok = read_on(reader, error);
        if (reader->start + reader->used == end)
            break; /* cut off */
    }
    reader->has_failed = !ok;
    uint64_t end = reader->start + reader->used;
    *size = ok && at >= reader->start && at < end ? (size_t)(end - at) : 0;
    *bytes = *size > 0 ? reader->buffer + (at - reader->start) : NULL;
    return ok;
}
