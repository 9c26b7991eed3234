/* SPDX-License-Identifier: MIT */
/* Reading the header and the directories of a TIFF (TIFF 6.0, section 2) and of a
 * BigTIFF, whose counts and offsets have eight bytes. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "media/tiff/tiff.h"

#define ENTRY_SIZE 12u
#define BIG_ENTRY_SIZE 20u

unsigned gls_tiff_type_size(unsigned type)
{
    static const uint8_t sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};
    return type < sizeof sizes ? sizes[type] : 0;
}

bool gls_tiff_open(struct gls_tiff *out, struct gls_input *input, struct gls_error *error)
{
    uint8_t head[16] = {0};
    size_t got = sizeof head;
    memset(out, 0, sizeof *out);
    out->input = input;
    out->size = gls_input_size(input);
    if (!gls_input_read_some(input, 0, head, &got, error)) {
        return false;
    }
    bool known_order = got >= 8 && (memcmp(head, "II", 2) == 0 || memcmp(head, "MM", 2) == 0);
    if (!known_order) {
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: not a TIFF structure", gls_input_name(input));
    }
    out->big_endian = head[0] == 'M';
    uint16_t magic = gls_tiff_get16(out, head + 2);
    out->is_rw2 = magic == 0x55 && !out->big_endian;
    out->is_big = magic == 43;
    /* 0x4f52 and 0x5352 are "RO" and "RS": Olympus. */
    if (magic != 42 && magic != 0x4f52 && magic != 0x5352 && !out->is_rw2 && !out->is_big) {
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: not a TIFF structure", gls_input_name(input));
    }
    /* BigTIFF states the size of its offsets, eight bytes, before the first. One that
     * is cut off there, or has others, has no directory that can be read. */
    bool has_offset = got == sizeof head && gls_tiff_get16(out, head + 4) == 8;
    out->first_ifd = !out->is_big ? gls_tiff_get32(out, head + 4)
                     : has_offset ? gls_tiff_get64(out, head + 8)
                                  : 0;
    return true;
}

void gls_tiff_ifd_free(struct gls_tiff_ifd *ifd)
{
    if (ifd != NULL) {
        free(ifd->entries);
        memset(ifd, 0, sizeof *ifd);
    }
}

static void parse_entry(struct gls_tiff_entry *out, const struct gls_tiff *tiff,
                        const uint8_t *bytes, uint64_t offset)
{
    size_t field = tiff->is_big ? 8 : 4; /* bytes of the count, and of the value */
    uint64_t count =
        tiff->is_big ? gls_tiff_get64(tiff, bytes + 4) : gls_tiff_get32(tiff, bytes + 4);
    uint64_t value =
        tiff->is_big ? gls_tiff_get64(tiff, bytes + 12) : gls_tiff_get32(tiff, bytes + 8);
    out->tag = gls_tiff_get16(tiff, bytes);
    out->type = gls_tiff_get16(tiff, bytes + 2);
    out->count = count <= UINT32_MAX ? (uint32_t)count : UINT32_MAX;
    out->value = tiff->is_big ? 0 : (uint32_t)value;
    out->entry_offset = offset;
    out->data_size = (uint64_t)gls_tiff_type_size(out->type) * out->count;
    out->data_offset = out->data_size > field ? value : offset + 4 + field;
    out->is_broken = count > UINT32_MAX || out->data_offset > tiff->size ||
                     out->data_size > tiff->size - out->data_offset;
}

/* How many entries the directory at `offset` states. */
static bool read_count(size_t *out, const struct gls_tiff *tiff, uint64_t offset,
                       struct gls_error *error)
{
    uint8_t number[8] = {0};
    size_t head = tiff->is_big ? 8 : 2;
    size_t got = head;
    if (!gls_input_read_some(tiff->input, offset, number, &got, error)) {
        return false;
    }
    uint64_t stated = tiff->is_big ? gls_tiff_get64(tiff, number) : gls_tiff_get16(tiff, number);
    if (offset < 8 || got < head || stated > GLS_TIFF_ENTRIES_MAX) {
        return gls_fail(error, GLS_ERROR_FORMAT,
                        "%s: the TIFF directory at offset %" PRIu64 " is broken",
                        gls_input_name(tiff->input), offset);
    }
    *out = (size_t)stated;
    return true;
}

bool gls_tiff_read_ifd(struct gls_tiff_ifd *out, const struct gls_tiff *tiff, uint64_t offset,
                       struct gls_error *error)
{
    size_t stated = 0;
    size_t head = tiff->is_big ? 8 : 2;
    size_t entry_size = tiff->is_big ? BIG_ENTRY_SIZE : ENTRY_SIZE;
    gls_tiff_ifd_free(out);
    if (!read_count(&stated, tiff, offset, error)) {
        return false;
    }
    size_t table_size = stated * entry_size + 4;
    size_t got = table_size;
    uint8_t *table = malloc(table_size);
    struct gls_tiff_entry *entries = calloc(stated + 1, sizeof *entries);
    bool ok = table != NULL && entries != NULL;
    if (!ok) {
        gls_fail_memory(error);
    }
    ok = ok && gls_input_read_some(tiff->input, offset + head, table, &got, error);
    if (ok) {
        out->offset = offset;
        out->count = got / entry_size < stated ? got / entry_size : stated;
        out->is_cut = got < stated * entry_size;
        /* A missing last link is how some writers end a block. */
        out->next =
            got == table_size && !tiff->is_big ? gls_tiff_get32(tiff, table + table_size - 4) : 0;
        for (size_t i = 0; i < out->count; i++) {
            parse_entry(&entries[i], tiff, table + i * entry_size, offset + head + i * entry_size);
        }
        out->entries = entries;
        entries = NULL;
    }
    free(entries);
    free(table);
    return ok;
}

const struct gls_tiff_entry *gls_tiff_find(const struct gls_tiff_ifd *ifd, unsigned tag)
{
    for (size_t i = 0; i < ifd->count; i++) {
        if (ifd->entries[i].tag == tag) {
            return &ifd->entries[i];
        }
    }
    return NULL;
}

static bool is_system_error(const struct gls_error *error)
{
    return error->status != GLS_ERROR_FORMAT;
}

bool gls_tiff_follow(struct gls_tiff_ifd *out, const struct gls_tiff *tiff,
                     const struct gls_tiff_ifd *from, unsigned tag, struct gls_error *error)
{
    struct gls_error inner = GLS_ERROR_INIT;
    uint32_t offset = 0;
    const struct gls_tiff_entry *entry = gls_tiff_find(from, tag);
    gls_tiff_ifd_free(out);
    if (entry == NULL || entry->count == 0 ||
        (entry->type != GLS_TIFF_LONG && entry->type != GLS_TIFF_SLONG &&
         entry->type != GLS_TIFF_IFD && entry->type != GLS_TIFF_LONG8 &&
         entry->type != GLS_TIFF_IFD8)) {
        return true;
    }
    if (gls_tiff_read_number(&offset, tiff, entry, 0, &inner) &&
        gls_tiff_read_ifd(out, tiff, offset, &inner)) {
        return true;
    }
    gls_tiff_ifd_free(out);
    if (is_system_error(&inner)) {
        *error = inner;
        return false;
    }
    return true;
}

bool gls_tiff_read_data(struct gls_strbuf *out, const struct gls_tiff *tiff,
                        const struct gls_tiff_entry *entry, size_t limit, struct gls_error *error)
{
    if (entry->is_broken || entry->data_size > limit) {
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: the value of TIFF tag %u %s",
                        gls_input_name(tiff->input), entry->tag,
                        entry->is_broken ? "is not in the file" : "is too long");
    }
    size_t size = (size_t)entry->data_size;
    char *room = gls_strbuf_reserve(out, size);
    if (room == NULL) {
        return gls_fail_memory(error);
    }
    if (!gls_input_read(tiff->input, entry->data_offset, room, size, error)) {
        return false;
    }
    out->size += size;
    out->data[out->size] = '\0';
    return true;
}

bool gls_tiff_read_number(uint32_t *out, const struct gls_tiff *tiff,
                          const struct gls_tiff_entry *entry, uint32_t index,
                          struct gls_error *error)
{
    uint8_t bytes[8] = {0};
    unsigned size = gls_tiff_type_size(entry->type);
    bool is_number = entry->type == GLS_TIFF_BYTE || entry->type == GLS_TIFF_SHORT ||
                     entry->type == GLS_TIFF_LONG || entry->type == GLS_TIFF_SLONG ||
                     entry->type == GLS_TIFF_IFD || entry->type == GLS_TIFF_LONG8 ||
                     entry->type == GLS_TIFF_IFD8;
    if (!is_number || index >= entry->count || entry->is_broken) {
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: TIFF tag %u has no number %u",
                        gls_input_name(tiff->input), entry->tag, index);
    }
    if (!gls_input_read(tiff->input, entry->data_offset + (uint64_t)index * size, bytes, size,
                        error)) {
        return false;
    }
    uint64_t number = size == 1   ? bytes[0]
                      : size == 2 ? gls_tiff_get16(tiff, bytes)
                      : size == 4 ? gls_tiff_get32(tiff, bytes)
                                  : gls_tiff_get64(tiff, bytes);
    *out = (uint32_t)number;
    return number <= UINT32_MAX ||
           gls_fail(error, GLS_ERROR_FORMAT, "%s: TIFF tag %u points too far",
                    gls_input_name(tiff->input), entry->tag);
}
