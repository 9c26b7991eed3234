/* SPDX-License-Identifier: MIT */
#include "media/tiff/tiff_layout.h"

#include <stdlib.h>
#include <string.h>

#define ENTRY_SIZE 12u

void gls_tiff_layout_begin(struct gls_tiff_layout *layout, const struct gls_tiff *tiff,
                           struct gls_patch *patch)
{
    memset(layout, 0, sizeof *layout);
    layout->tiff = tiff;
    layout->patch = patch;
    /* Directories and values begin on even offsets (TIFF 6.0, section 2). */
    layout->tail_start = tiff->size + tiff->size % 2;
}

void gls_tiff_layout_free(struct gls_tiff_layout *layout)
{
    if (layout != NULL) {
        gls_strbuf_free(&layout->tail);
    }
}

bool gls_tiff_layout_end(struct gls_tiff_layout *layout, struct gls_error *error)
{
    GLS_STRBUF_AUTO bytes = GLS_STRBUF_INIT;
    if (layout->tail.size == 0 && !layout->tail.failed) {
        return true;
    }
    if (layout->tail_start != layout->tiff->size) {
        gls_strbuf_add_char(&bytes, '\0');
    }
    gls_strbuf_add(&bytes, gls_strbuf_str(&layout->tail), layout->tail.size);
    if (bytes.failed || layout->tail.failed) {
        return gls_fail_memory(error);
    }
    if (layout->tail_start + layout->tail.size > UINT32_MAX) {
        return gls_fail(error, GLS_ERROR_UNSUPPORTED, "%s: a TIFF cannot grow beyond 4 GiB",
                        gls_input_name(layout->tiff->input));
    }
    return gls_patch_insert(layout->patch, layout->tiff->size, bytes.data, bytes.size, error);
}

/* Appends at an even offset, which is returned. */
static uint32_t append(struct gls_tiff_layout *layout, const void *bytes, size_t size, size_t room)
{
    if (layout->tail.size % 2 != 0) {
        gls_strbuf_add_char(&layout->tail, '\0');
    }
    uint64_t offset = layout->tail_start + layout->tail.size;
    gls_strbuf_add(&layout->tail, bytes, size);
    for (size_t i = 0; i < room; i++) {
        gls_strbuf_add_char(&layout->tail, '\0');
    }
    return (uint32_t)offset;
}

/* ---- Tables -------------------------------------------------------------------- */

static bool overlaps(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
    return a_size > 0 && b_size > 0 && a < b + b_size && b < a + a_size;
}

static uint64_t table_size(const struct gls_tiff_ifd *ifd)
{
    return ifd->count == 0 && ifd->offset == 0 ? 0 : 2 + ifd->count * ENTRY_SIZE + 4;
}

bool gls_tiff_table_load(struct gls_tiff_table *table, struct gls_tiff_layout *layout,
                         struct gls_tiff_ifd *ifd, bool exists, struct gls_error *error)
{
    memset(table, 0, sizeof *table);
    table->ifd = *ifd;
    memset(ifd, 0, sizeof *ifd);
    table->exists = exists;
    table->count = table->ifd.count;
    table->space = table->count + 24;
    table->slots = calloc(table->space, sizeof *table->slots);
    if (table->slots == NULL) {
        return gls_fail_memory(error);
    }
    for (size_t i = 0; i < table->count; i++) {
        const struct gls_tiff_entry *entry = &table->ifd.entries[i];
        struct gls_tiff_slot *slot = &table->slots[i];
        slot->tag = entry->tag;
        slot->type = entry->type;
        slot->count = entry->count;
        slot->old = entry;
        gls_tiff_put32(layout->tiff, slot->value, entry->value);
    }
    for (size_t i = 0; i < layout->table_count; i++) {
        const struct gls_tiff_ifd *other = &layout->tables[i]->ifd;
        if (overlaps(table->ifd.offset, table_size(&table->ifd), other->offset,
                     table_size(other))) {
            return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                            "%s: not edited, for its directories overlap",
                            gls_input_name(layout->tiff->input));
        }
    }
    layout->tables[layout->table_count++] = table;
    return true;
}

void gls_tiff_table_free(struct gls_tiff_table *table)
{
    if (table != NULL) {
        gls_tiff_ifd_free(&table->ifd);
        free(table->slots);
        memset(table, 0, sizeof *table);
    }
}

const struct gls_tiff_entry *gls_tiff_table_find(const struct gls_tiff_table *table, unsigned tag)
{
    return gls_tiff_find(&table->ifd, tag);
}

static struct gls_tiff_slot *find_slot(struct gls_tiff_table *table, unsigned tag)
{
    for (size_t i = 0; i < table->count; i++) {
        if (table->slots[i].tag == tag) {
            return &table->slots[i];
        }
    }
    return NULL;
}

/* Does anything else of the known tables stand on the bytes of this value? Then
 * they are not ours to write on. */
static bool is_shared(const struct gls_tiff_layout *layout, const struct gls_tiff_entry *entry)
{
    uint64_t at = entry->data_offset;
    uint64_t size = entry->data_size;
    if (entry->data_size <= 4) {
        return false;
    }
    if (overlaps(at, size, 0, 8)) {
        return true;
    }
    for (size_t i = 0; i < layout->table_count; i++) {
        const struct gls_tiff_ifd *ifd = &layout->tables[i]->ifd;
        if (overlaps(at, size, ifd->offset, table_size(ifd))) {
            return true;
        }
        for (size_t j = 0; j < ifd->count; j++) {
            const struct gls_tiff_entry *other = &ifd->entries[j];
            if (other != entry && !other->is_broken && other->data_size > 4 &&
                overlaps(at, size, other->data_offset, other->data_size)) {
                return true;
            }
        }
    }
    return false;
}

/* Writers that leave out the last link put a value where it should be. */
static bool holds_a_value(const struct gls_tiff_layout *layout, const struct gls_tiff_ifd *table)
{
    for (size_t i = 0; i < layout->table_count; i++) {
        const struct gls_tiff_ifd *ifd = &layout->tables[i]->ifd;
        for (size_t j = 0; j < ifd->count; j++) {
            const struct gls_tiff_entry *entry = &ifd->entries[j];
            if (!entry->is_broken && entry->data_size > 4 &&
                overlaps(table->offset, table_size(table), entry->data_offset, entry->data_size)) {
                return true;
            }
        }
    }
    return false;
}

static bool holds_bytes(bool *out, const struct gls_tiff_layout *layout,
                        const struct gls_tiff_entry *entry, const struct gls_tiff_value *value,
                        struct gls_error *error)
{
    GLS_STRBUF_AUTO present = GLS_STRBUF_INIT;
    *out = false;
    if (entry->is_broken || entry->type != value->type || entry->data_size != value->size) {
        return true;
    }
    if (!gls_tiff_read_data(&present, layout->tiff, entry, value->size, error)) {
        return false;
    }
    *out = memcmp(present.data, value->bytes, value->size) == 0;
    return true;
}

static struct gls_tiff_slot *insert_slot(struct gls_tiff_table *table, unsigned tag)
{
    if (table->count == table->space) {
        return NULL;
    }
    size_t at = 0;
    while (at < table->count && table->slots[at].tag < tag) {
        at++;
    }
    memmove(&table->slots[at + 1], &table->slots[at], (table->count - at) * sizeof *table->slots);
    table->count++;
    memset(&table->slots[at], 0, sizeof table->slots[at]);
    table->slots[at].tag = (uint16_t)tag;
    table->slots[at].changed = true;
    return &table->slots[at];
}

/* Where the old value stands, if the new one fits there. */
static bool reuse_place(struct gls_tiff_layout *layout, struct gls_tiff_slot *slot,
                        const struct gls_tiff_value *value, bool *done, struct gls_error *error)
{
    const struct gls_tiff_entry *old = slot->old;
    *done = old != NULL && !old->is_broken && old->data_size > 4 && value->size > 4 &&
            value->size <= old->data_size && !is_shared(layout, old);
    if (!*done) {
        return true;
    }
    return gls_patch_overwrite(layout->patch, old->data_offset, value->bytes, value->size, error);
}

bool gls_tiff_table_set(struct gls_tiff_table *table, struct gls_tiff_layout *layout,
                        const struct gls_tiff_value *value, struct gls_error *error)
{
    struct gls_tiff_slot *slot = find_slot(table, value->tag);
    uint32_t count = (uint32_t)(value->size / gls_tiff_type_size(value->type));
    bool done = false;
    if (slot != NULL && slot->old != NULL) {
        if (!holds_bytes(&done, layout, slot->old, value, error)) {
            return false;
        }
        if (done) {
            return true;
        }
    }
    if (slot == NULL) {
        slot = insert_slot(table, value->tag);
    }
    if (slot == NULL) {
        return gls_fail(error, GLS_ERROR_INTERNAL, "too many TIFF entries are added at once");
    }
    if (!reuse_place(layout, slot, value, &done, error)) {
        return false;
    }
    if (slot->type != value->type || slot->count != count || !done) {
        slot->changed = true;
    }
    slot->type = (uint16_t)value->type;
    slot->count = count;
    if (value->size <= 4) {
        memset(slot->value, 0, sizeof slot->value);
        memcpy(slot->value, value->bytes, value->size);
    } else if (!done) {
        gls_tiff_put32(layout->tiff, slot->value,
                       append(layout, value->bytes, value->size, value->room));
    }
    return true;
}

/* A position that was taken out must not stay in the file unseen. */
static bool wipe(struct gls_tiff_layout *layout, const struct gls_tiff_entry *entry,
                 struct gls_error *error)
{
    static const uint8_t zeros[64];
    if (entry->is_broken || entry->data_size <= 4 || entry->data_size > sizeof zeros ||
        is_shared(layout, entry)) {
        return true;
    }
    return gls_patch_overwrite(layout->patch, entry->data_offset, zeros, (size_t)entry->data_size,
                               error);
}

bool gls_tiff_table_remove(struct gls_tiff_table *table, struct gls_tiff_layout *layout,
                           unsigned tag, struct gls_error *error)
{
    struct gls_tiff_slot *slot;
    while ((slot = find_slot(table, tag)) != NULL) {
        if (slot->old != NULL && !wipe(layout, slot->old, error)) {
            return false;
        }
        size_t at = (size_t)(slot - table->slots);
        memmove(slot, slot + 1, (table->count - at - 1) * sizeof *slot);
        table->count--;
    }
    return true;
}

/* ---- Writing --------------------------------------------------------------------- */

static void write_slot(uint8_t out[ENTRY_SIZE], const struct gls_tiff *tiff,
                       const struct gls_tiff_slot *slot)
{
    gls_tiff_put16(tiff, out, slot->tag);
    gls_tiff_put16(tiff, out + 2, slot->type);
    gls_tiff_put32(tiff, out + 4, slot->count);
    memcpy(out + 8, slot->value, 4);
}

/* The same entries: only those that changed are written, where they stand. */
static bool patch_entries(const struct gls_tiff_table *table, struct gls_tiff_layout *layout,
                          struct gls_error *error)
{
    for (size_t i = 0; i < table->count; i++) {
        uint8_t bytes[ENTRY_SIZE];
        const struct gls_tiff_slot *slot = &table->slots[i];
        if (!slot->changed) {
            continue;
        }
        write_slot(bytes, layout->tiff, slot);
        if (!gls_patch_overwrite(layout->patch, slot->old->entry_offset + 2, bytes + 2,
                                 ENTRY_SIZE - 2, error)) {
            return false;
        }
    }
    return true;
}

/* The whole table in `size` bytes, padded with zeros. NULL: no memory. */
static uint8_t *write_table(const struct gls_tiff_table *table,
                            const struct gls_tiff_layout *layout, size_t size)
{
    uint8_t *bytes = calloc(1, size);
    if (bytes == NULL) {
        return NULL;
    }
    gls_tiff_put16(layout->tiff, bytes, (uint16_t)table->count);
    for (size_t i = 0; i < table->count; i++) {
        write_slot(bytes + 2 + i * ENTRY_SIZE, layout->tiff, &table->slots[i]);
    }
    gls_tiff_put32(layout->tiff, bytes + 2 + table->count * ENTRY_SIZE, table->ifd.next);
    return bytes;
}

static bool entries_are_the_same(const struct gls_tiff_table *table)
{
    if (!table->exists || table->count != table->ifd.count) {
        return false;
    }
    for (size_t i = 0; i < table->count; i++) {
        if (table->slots[i].old != &table->ifd.entries[i]) {
            return false;
        }
    }
    return true;
}

bool gls_tiff_table_write(uint32_t *offset, struct gls_tiff_table *table,
                          struct gls_tiff_layout *layout, struct gls_error *error)
{
    *offset = (uint32_t)table->ifd.offset;
    if (entries_are_the_same(table)) {
        return patch_entries(table, layout, error);
    }
    if (!table->exists && table->count == 0) {
        return true;
    }
    bool fits =
        table->exists && table->count <= table->ifd.count && !holds_a_value(layout, &table->ifd);
    size_t old_size = 2 + table->ifd.count * ENTRY_SIZE + 4;
    size_t size = fits ? old_size : 2 + table->count * ENTRY_SIZE + 4;
    /* A table at the very end may lack its last link. */
    if (fits && table->ifd.offset + old_size > layout->tiff->size) {
        size = (size_t)(layout->tiff->size - table->ifd.offset);
    }
    uint8_t *bytes = write_table(table, layout, old_size > size ? old_size : size);
    if (bytes == NULL) {
        return gls_fail_memory(error);
    }
    bool ok = true;
    if (fits) {
        ok = gls_patch_overwrite(layout->patch, table->ifd.offset, bytes, size, error);
    } else {
        *offset = append(layout, bytes, size, 0);
    }
    free(bytes);
    return ok;
}
