/* SPDX-License-Identifier: MIT */
#include "base/csv.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK_SIZE = 1 << 16 };

struct parser {
    gls_csv_visit visit;
    void *user;
    char row[GLS_CSV_ROW_SIZE];
    size_t size;
    char *fields[GLS_CSV_FIELDS];
    size_t count;
    bool in_quotes;
    bool after_quote; /* a quote within quotes: the field's end, or half of a doubled one */
    bool is_stopped;
};

static bool add(struct parser *parser, char c)
{
    if (parser->count == 0)
        parser->fields[parser->count++] = parser->row;
    if (parser->size == sizeof parser->row)
        return false;
    parser->row[parser->size++] = c;
    return true;
}

static bool end_field(struct parser *parser)
{
    if (!add(parser, '\0') || parser->count == GLS_CSV_FIELDS)
        return false;
    parser->fields[parser->count++] = parser->row + parser->size;
    return true;
}

static bool end_row(struct parser *parser)
{
    bool is_empty = parser->size == 0;

    if (!add(parser, '\0'))
        return false;
    parser->is_stopped = !is_empty && !parser->visit(parser->user, parser->fields, parser->count);
    parser->size = parser->count = 0;
    return true;
}

static bool take(struct parser *parser, char c)
{
    if (parser->in_quotes && !parser->after_quote) {
        parser->after_quote = c == '"';
        return parser->after_quote || add(parser, c);
    }
    if (parser->after_quote) {
        parser->after_quote = false;
        parser->in_quotes = c == '"';
        if (parser->in_quotes)
            return add(parser, c);
    }
    switch (c) {
    case '"':
        parser->in_quotes = true;
        return true;
    case ',':
        return end_field(parser);
    case '\n':
        return end_row(parser);
    case '\r':
        return true;
    default:
        return add(parser, c);
    }
}

bool gls_csv_each_row(struct gls_input *input, gls_csv_visit visit, void *user,
                      struct gls_error *error)
{
    struct parser *parser = calloc(1, sizeof *parser);
    char *chunk = malloc(CHUNK_SIZE);
    bool ok = (parser != NULL && chunk != NULL) || gls_fail_memory(error);
    uint64_t offset = 0;
    size_t size = CHUNK_SIZE;

    if (parser != NULL) {
        parser->visit = visit;
        parser->user = user;
    }
    while (ok && size == CHUNK_SIZE && !parser->is_stopped) {
        ok = gls_input_read_some(input, offset, chunk, &size, error);
        size_t mark = offset == 0 && size >= 3 && memcmp(chunk, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
        offset += size;
        for (size_t i = mark; ok && i < size && !parser->is_stopped; i++)
            ok = take(parser, chunk[i]) ||
                 gls_fail(error, GLS_ERROR_FORMAT, "%s: a row of the table is too long",
                          gls_input_name(input));
    }
    if (ok && !parser->is_stopped && parser->size > 0)
        (void)end_row(parser);
    free(chunk);
    free(parser);
    return ok;
}
