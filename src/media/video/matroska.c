/* SPDX-License-Identifier: MIT */
#include "media/video/matroska.h"

#include <string.h>

#include "base/timestamp.h"

enum {
    ID_EBML = 0x1a45dfa3,
    ID_DOC_TYPE = 0x4282,
    ID_SEGMENT = 0x18538067,
    ID_INFO = 0x1549a966,
    ID_DATE_UTC = 0x4461,
    HEAD_MAX = 16,      /* an identifier and a size, of eight bytes each */
    ELEMENTS_MAX = 4096 /* looked at on one level */
};
/* 2001-01-01T00:00:00, from where DateUTC counts nanoseconds. */
#define EPOCH_S INT64_C(978307200)

struct element {
    uint64_t id;
    uint64_t payload;
    uint64_t end; /* at most that of its parent */
};

/* A number whose first byte says, by its leading zeros, how many bytes it has.
 * Returns that many; 0: it is not all there, or has more than eight. */
static size_t read_number(uint64_t *out, const uint8_t *bytes, size_t left, bool keep_marker)
{
    size_t size = 1;

    if (left == 0 || bytes[0] == 0)
        return 0;
    while ((bytes[0] << (size - 1) & 0x80) == 0)
        size++;
    if (size > left)
        return 0;
    *out = keep_marker ? bytes[0] : bytes[0] & (0xffu >> size);
    for (size_t i = 1; i < size; i++)
        *out = *out << 8 | bytes[i];
    return size;
}

/* The element at `at`. Ends at `end` whatever it states: an unknown size, which
 * live streams have, is all ones and ends there too. *found is false at the end
 * and where there is no element. */
static bool read_element(struct element *out, bool *found, struct gls_input *input, uint64_t at,
                         uint64_t end, struct gls_error *error)
{
    uint8_t head[HEAD_MAX];
    uint64_t size = 0;
    size_t got;

    *found = false;
    if (at >= end)
        return true;
    if (!gls_input_read_some(input, at, head, sizeof head, &got, error))
        return false;
    size_t id_size = read_number(&out->id, head, got, true);
    size_t size_size = id_size > 0 ? read_number(&size, head + id_size, got - id_size, false) : 0;
    if (size_size == 0 || end - at < id_size + size_size)
        return true;
    out->payload = at + id_size + size_size;
    out->end = size < end - out->payload ? out->payload + size : end;
    *found = true;
    return true;
}

/* The first element of that identifier from `at` to `end`. */
static bool find_element(struct element *out, bool *found, uint64_t id, struct gls_input *input,
                         struct element within, struct gls_error *error)
{
    uint64_t at = within.payload;

    for (unsigned count = 0; count < ELEMENTS_MAX; count++) {
        if (!read_element(out, found, input, at, within.end, error))
            return false;
        if (!*found || out->id == id)
            return true;
        at = out->end;
    }
    *found = false;
    return true;
}

bool gls_matroska_doc_type(char out[GLS_MATROSKA_DOC_TYPE_SIZE], struct gls_input *input,
                           struct gls_error *error)
{
    struct element head;
    struct element type;
    bool found;

    memset(out, 0, GLS_MATROSKA_DOC_TYPE_SIZE);
    if (!read_element(&head, &found, input, 0, gls_input_size(input), error))
        return false;
    if (!found || head.id != ID_EBML)
        return true;
    if (!find_element(&type, &found, ID_DOC_TYPE, input, head, error))
        return false;
    uint64_t size = found ? type.end - type.payload : 0;
    /* Strings may be padded with NULs. */
    return size == 0 || size >= GLS_MATROSKA_DOC_TYPE_SIZE ||
           gls_input_read(input, type.payload, out, (size_t)size, error);
}

static bool set_date(struct gls_datetime *out, int64_t since_2001_ns)
{
    const int64_t second_ns = 1000000000;
    int64_t seconds = since_2001_ns / second_ns;
    int64_t rest_ns = since_2001_ns % second_ns;

    if (rest_ns < 0) {
        rest_ns += second_ns;
        seconds--;
    }
    if (!gls_datetime_from_utc_s(out, EPOCH_S + seconds, 0))
        return false;
    out->nanosecond = (int32_t)rest_ns;
    out->subsecond_digits = (int8_t)(rest_ns == 0 ? 0 : rest_ns % 1000000 == 0 ? 3 : 9);
    return true;
}

bool gls_matroska_read_date(struct gls_datetime *out, bool *found, struct gls_input *input,
                            struct gls_error *error)
{
    static const uint64_t path[] = {ID_SEGMENT, ID_INFO, ID_DATE_UTC};
    struct element at = {.payload = 0, .end = gls_input_size(input)};
    uint8_t bytes[8];

    for (size_t i = 0; i < sizeof path / sizeof path[0]; i++) {
        struct element next;
        if (!find_element(&next, found, path[i], input, at, error))
            return false;
        if (!*found)
            return true;
        at = next;
    }
    *found = at.end - at.payload == sizeof bytes;
    if (!*found)
        return true;
    if (!gls_input_read(input, at.payload, bytes, sizeof bytes, error))
        return false;
    /* Zero is the epoch: a date that was never set. */
    *found = gls_be64(bytes) != 0 && set_date(out, (int64_t)gls_be64(bytes));
    return true;
}
