/* SPDX-License-Identifier: MIT */
#include "store/elodie/json_stream.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "base/ascii.h"
#include "base/strbuf.h"

enum { WINDOW = 65536, END = -1 };

struct stream {
    struct gls_input *input;
    uint64_t offset; /* of the byte behind the window */
    size_t position; /* of the next byte in the window */
    size_t size;
    bool ended;  /* END was handed out */
    bool failed; /* a read error; `error` is filled */
    struct gls_error *error;
    unsigned char window[WINDOW];
};

/* The next byte without taking it; END at the end and after a read error. */
static int peek(struct stream *stream)
{
    if (stream->position == stream->size && !stream->failed) {
        stream->size = WINDOW;
        stream->failed = !gls_input_read_some(stream->input, stream->offset, stream->window,
                                              &stream->size, stream->error);
        stream->position = 0;
        stream->offset += stream->size;
    }
    return stream->position < stream->size ? stream->window[stream->position] : END;
}

static int next(struct stream *stream)
{
    int c = peek(stream);

    stream->ended = c == END;
    stream->position += c != END;
    return c;
}

static bool malformed(struct stream *stream, const char *what)
{
    if (stream->failed)
        return false;
    if (stream->ended)
        what = "ends too early";
    return gls_fail(stream->error, GLS_ERROR_FORMAT, "%s: %s (at byte %llu)",
                    gls_input_name(stream->input), what,
                    (unsigned long long)(stream->offset - stream->size + stream->position));
}

static int next_token(struct stream *stream)
{
    int c = next(stream);

    while (c == ' ' || c == '\t' || c == '\n' || c == '\r')
        c = next(stream);
    return c;
}

static bool read_hex4(struct stream *stream, unsigned *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++) {
        int digit = gls_hex_value((char)next(stream));
        if (digit < 0)
            return malformed(stream, "a \\u escape without four hex digits");
        *out = *out << 4 | (unsigned)digit;
    }
    return true;
}

static void add_utf8(struct gls_strbuf *out, unsigned code)
{
    utf8proc_uint8_t encoded[4];

    gls_strbuf_add(out, encoded, (size_t)utf8proc_encode_char((int32_t)code, encoded));
}

static bool read_unicode(struct stream *stream, struct gls_strbuf *out)
{
    unsigned code, low;

    if (!read_hex4(stream, &code))
        return false;
    if (code == 0)
        return malformed(stream, "a NUL character in a text");
    if (code >= 0xDC80 && code <= 0xDCFF) {
        gls_strbuf_add_char(out, (char)(code - 0xDC00));
        return true;
    }
    if (code >= 0xD800 && code <= 0xDBFF) {
        if (next(stream) != '\\' || next(stream) != 'u')
            return malformed(stream, "half of a surrogate pair");
        if (!read_hex4(stream, &low))
            return false;
        if (low < 0xDC00 || low > 0xDFFF)
            return malformed(stream, "half of a surrogate pair");
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xDC00 && code <= 0xDFFF) {
        return malformed(stream, "half of a surrogate pair");
    }
    add_utf8(out, code);
    return true;
}

static bool read_escape(struct stream *stream, struct gls_strbuf *out)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    int c = next(stream);

    if (c == 'u')
        return read_unicode(stream, out);
    for (size_t i = 0; i < sizeof names - 1; i++) {
        if (c == names[i]) {
            gls_strbuf_add_char(out, values[i]);
            return true;
        }
    }
    return malformed(stream, "an unknown escape in a text");
}

/* A string up to its closing quote; the opening one is taken already. */
static bool read_string(struct stream *stream, struct gls_strbuf *out)
{
    gls_strbuf_clear(out);
    for (;;) {
        int c = next(stream);
        if (c == '"')
            break;
        if (c == END || c < 0x20)
            return malformed(stream, "a text without its closing quote");
        if (out->size >= GLS_JSON_STRING_MAX)
            return malformed(stream, "a text that is too long");
        if (c != '\\')
            gls_strbuf_add_char(out, (char)c);
        else if (!read_escape(stream, out))
            return false;
    }
    return !out->failed || gls_fail_memory(stream->error);
}

static bool read_pair(struct stream *stream, struct gls_strbuf *key, struct gls_strbuf *value)
{
    if (!read_string(stream, key))
        return false;
    if (next_token(stream) != ':')
        return malformed(stream, "a name without a colon");
    int c = next_token(stream);
    gls_strbuf_clear(value);
    if (c == 'n' && next(stream) == 'u' && next(stream) == 'l' && next(stream) == 'l')
        return true;
    return c == '"' ? read_string(stream, value) : malformed(stream, "a value that is no text");
}

static bool read_object(struct stream *stream,
                        bool (*visit)(void *user, const char *key, const char *value,
                                      struct gls_error *error),
                        void *user)
{
    GLS_STRBUF_AUTO key = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO value = GLS_STRBUF_INIT;
    int c = next_token(stream);

    if (c != '{')
        return malformed(stream, "is no JSON object");
    c = next_token(stream);
    while (c != '}') {
        if (c != '"')
            return malformed(stream, "a pair without a name");
        if (!read_pair(stream, &key, &value))
            return false;
        if (visit != NULL &&
            !visit(user, gls_strbuf_str(&key), gls_strbuf_str(&value), stream->error))
            return false;
        c = next_token(stream);
        if (c == ',') {
            c = next_token(stream);
            if (c == '}')
                return malformed(stream, "a comma without a pair");
        } else if (c != '}') {
            return malformed(stream, "pairs without a comma");
        }
    }
    if (next_token(stream) != END)
        return malformed(stream, "more behind the object");
    return !stream->failed;
}

bool gls_json_each_string(struct gls_input *input,
                          bool (*visit)(void *user, const char *key, const char *value,
                                        struct gls_error *error),
                          void *user, struct gls_error *error)
{
    struct stream *stream = malloc(sizeof *stream);

    if (stream == NULL)
        return gls_fail_memory(error);
    stream->input = input;
    stream->offset = 0;
    stream->position = stream->size = 0;
    stream->ended = stream->failed = false;
    stream->error = error;
    bool ok = read_object(stream, visit, user);
    free(stream);
    return ok;
}
