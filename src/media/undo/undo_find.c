/* SPDX-License-Identifier: MIT */
/* Finding the record in a stored file. */
#include <stdlib.h>
#include <string.h>

#include "media/undo/undo_record.h"

enum { MARK_SIZE = sizeof GLS_UNDO_MARK - 1, SEARCH_MAX = 64 << 20, WINDOW = 65536 };

static const uint8_t *find_mark(const uint8_t *bytes, size_t size)
{
    const uint8_t *undo = memmem(bytes, size, GLS_UNDO_MARK, MARK_SIZE);
    const uint8_t *hash = memmem(bytes, size, GLS_UNDO_HASH_MARK, MARK_SIZE);

    return undo != NULL && (hash == NULL || undo < hash) ? undo : hash;
}

static bool is_record_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == ':';
}

/* Reads the record that begins at `offset`; leaves it empty if it has no end. */
static bool read_record(struct gls_strbuf *record, struct gls_input *stored, uint64_t offset,
                        struct gls_error *error)
{
    size_t got = GLS_UNDO_RECORD_MAX, size = 0;
    char *text = gls_strbuf_reserve(record, GLS_UNDO_RECORD_MAX);

    if (text == NULL)
        return gls_fail_memory(error);
    if (!gls_input_read_some(stored, offset, text, &got, error))
        return false;
    while (size < got && is_record_char(text[size]))
        size++;
    if (size < got && text[size] == GLS_UNDO_END) {
        record->size += size + 1;
        text[size + 1] = '\0';
    }
    return true;
}

/* Looks for a mark in [offset, end). */
static bool search_range(struct gls_strbuf *record, struct gls_input *stored, uint64_t offset,
                         uint64_t end, struct gls_error *error)
{
    uint8_t *window = malloc(WINDOW);
    bool ok = window != NULL || gls_fail_memory(error);

    while (ok && record->size == 0 && end - offset >= MARK_SIZE) {
        size_t size = end - offset < WINDOW ? (size_t)(end - offset) : WINDOW;
        ok = gls_input_read(stored, offset, window, size, error);
        const uint8_t *mark = ok ? find_mark(window, size) : NULL;
        if (mark != NULL)
            ok = read_record(record, stored, offset + (uint64_t)(mark - window), error);
        offset += mark != NULL ? (uint64_t)(mark - window) + MARK_SIZE : size - (MARK_SIZE - 1);
    }
    free(window);
    return ok;
}

bool gls_undo_find(struct gls_strbuf *record, struct gls_input *stored,
                   const struct gls_ranges *essence, struct gls_error *error)
{
    uint64_t size = gls_input_size(stored), offset = 0, budget = SEARCH_MAX;
    size_t count = essence == NULL ? 0 : essence->count;
    bool ok = true;

    gls_strbuf_clear(record);
    for (size_t i = 0; ok && i <= count && record->size == 0 && budget > 0; i++) {
        uint64_t end = i < count ? essence->items[i].offset : size;
        if (end > offset) {
            uint64_t length = end - offset < budget ? end - offset : budget;
            ok = search_range(record, stored, offset, offset + length, error);
            budget -= length;
        }
        if (i < count)
            offset = essence->items[i].offset + essence->items[i].size;
    }
    return ok;
}
