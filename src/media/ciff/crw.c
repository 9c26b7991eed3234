/* SPDX-License-Identifier: MIT */
/*
 * crw - Canon's RAW in heaps (CIFF, "Camera Image File Format 1.0", and what ExifTool and
 * dcraw know of it). A heap ends with the offset of its directory, whose entries are data
 * or heaps again. Of it all the time at which the picture was taken is read, which stands
 * in the heap of the picture's properties, in local time. Read only.
 */
#include "media/ciff/crw.h"

#include <string.h>

#include "base/error.h"
#include "base/timestamp.h"
#include "media/core/block_load.h"

enum {
    HEAD_SIZE = 14,
    ENTRY_SIZE = 10,
    ENTRIES_MAX = 512,
    TAG_PROPERTIES = 0x300a, /* a heap */
    TAG_TIME = 0x180e,
    IN_ENTRY = 0x4000 /* the data stands in the entry itself */
};

struct ciff {
    struct gls_input *input;
    bool big_endian;
};

struct entry {
    uint32_t tag;
    uint64_t offset;
    uint64_t size;
};

static uint32_t get32(const struct ciff *ciff, const uint8_t *bytes)
{
    return ciff->big_endian ? gls_be32(bytes) : gls_le32(bytes);
}

static uint16_t get16(const struct ciff *ciff, const uint8_t *bytes)
{
    return ciff->big_endian ? gls_be16(bytes) : gls_le16(bytes);
}

/* The entry of that tag in the directory of `heap`; GLS_ERROR_FORMAT: there is none, or
 * it does not lie in the heap. */
static bool find_entry(struct entry *out, const struct ciff *ciff, const struct entry *heap,
                       uint32_t tag, struct gls_error *error)
{
    uint8_t bytes[ENTRY_SIZE];
    uint64_t end = heap->offset + heap->size;

    if (heap->size < 4)
        return gls_fail(error, GLS_ERROR_FORMAT, "a heap is too small for its directory");
    if (!gls_input_read(ciff->input, end - 4, bytes, 4, error))
        return false;
    uint64_t at = heap->offset + get32(ciff, bytes);
    if (at >= end)
        return gls_fail(error, GLS_ERROR_FORMAT, "a directory lies outside its heap");
    if (!gls_input_read(ciff->input, at, bytes, 2, error))
        return false;
    unsigned count = get16(ciff, bytes);
    at += 2;
    for (unsigned i = 0; i < count && i < ENTRIES_MAX; i++, at += ENTRY_SIZE) {
        if (!gls_input_read(ciff->input, at, bytes, sizeof bytes, error))
            return false;
        out->tag = get16(ciff, bytes);
        if ((out->tag & ~(uint32_t)IN_ENTRY) != tag)
            continue;
        bool is_inside = (out->tag & IN_ENTRY) != 0;
        out->offset = is_inside ? at + 2 : heap->offset + get32(ciff, bytes + 6);
        out->size = is_inside ? ENTRY_SIZE - 2 : get32(ciff, bytes + 2);
        if (out->offset <= end && out->size <= end - out->offset)
            return true;
        break;
    }
    return gls_fail(error, GLS_ERROR_FORMAT, "it states no time that can be read");
}

static bool read_time(struct gls_blocks *out, const struct ciff *ciff, const struct entry *root,
                      struct gls_error *error)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    struct entry properties;
    struct entry time;
    struct gls_datetime when;
    uint8_t bytes[4];

    if (!find_entry(&properties, ciff, root, TAG_PROPERTIES, error) ||
        !find_entry(&time, ciff, &properties, TAG_TIME, error) ||
        !gls_input_read(ciff->input, time.offset, bytes, sizeof bytes, error))
        return false;
    /* Seconds of the camera's clock since 1970, whatever its zone; 0 is not set. */
    uint32_t since_1970_s = get32(ciff, bytes);
    if (since_1970_s == 0 || !gls_datetime_from_utc_s(&when, since_1970_s, 0))
        return true;
    gls_strbuf_addf(&text, "%04d-%02d-%02dT%02d:%02d:%02d", when.year, when.month, when.day,
                    when.hour, when.minute, when.second);
    out->text_date = gls_strbuf_take(&text);
    out->text_date_strength = GLS_DATE_TAKEN;
    out->text_date_source = strdup("CanonRaw.TimeStamp");
    return (out->text_date != NULL && out->text_date_source != NULL) || gls_fail_memory(error);
}

static bool crw_scan(struct gls_blocks *out, struct gls_input *input, struct gls_error *error)
{
    struct gls_error inner = GLS_ERROR_INIT;
    struct ciff ciff = {.input = input};
    struct entry root = {.tag = 0};
    uint8_t head[HEAD_SIZE];
    uint64_t size = gls_input_size(input);
    size_t got = sizeof head;

    if (!gls_input_read_some(input, 0, head, &got, error))
        return false;
    if (got < sizeof head || memcmp(head + 6, "HEAPCCDR", 8) != 0)
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: not a CRW", gls_input_name(input));
    ciff.big_endian = head[0] == 'M';
    root.offset = get32(&ciff, head + 2);
    root.size = root.offset < size ? size - root.offset : 0;
    if (read_time(out, &ciff, &root, &inner))
        return true;
    if (inner.status != GLS_ERROR_FORMAT) {
        *error = inner;
        return false;
    }
    gls_blocks_note(out, "its time cannot be read: it ends too early or is damaged");
    return true;
}

const struct gls_container gls_crw_container = {.name = "CRW", .scan = crw_scan};
