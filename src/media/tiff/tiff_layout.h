/* SPDX-License-Identifier: MIT */
/*
 * tiff_layout - changing the entries of directories without moving anything:
 * values go where the old ones stood, or behind the end of the structure.
 *
 *     gls_tiff_layout_begin(&layout, &tiff, patch);
 *     gls_tiff_table_load(&table, &layout, ...);
 *     gls_tiff_table_set(&table, ...);      any number, of each table
 *     gls_tiff_table_write(&table, ...);    once each, the pointed-to ones first
 *     gls_tiff_layout_end(&layout, error);  adds what is appended to the patch
 */
#ifndef GLS_MEDIA_TIFF_TIFF_LAYOUT_H
#define GLS_MEDIA_TIFF_TIFF_LAYOUT_H

#include "media/tiff/tiff.h"

#define GLS_TIFF_TABLES_MAX 3

/* An entry as it is to be. */
struct gls_tiff_slot {
    uint16_t tag;
    uint16_t type;
    uint32_t count;
    uint8_t value[4];                 /* as stored: the value, or its offset */
    const struct gls_tiff_entry *old; /* NULL: it is new */
    bool changed;                     /* its 12 bytes */
};

struct gls_tiff_table {
    struct gls_tiff_ifd ifd;
    bool exists; /* else it is made if anything is set */
    struct gls_tiff_slot *slots;
    size_t count;
    size_t space;
};

struct gls_tiff_layout {
    const struct gls_tiff *tiff;
    struct gls_patch *patch;
    struct gls_strbuf tail; /* what is appended; begins at tail_start */
    uint64_t tail_start;
    const struct gls_tiff_table *tables[GLS_TIFF_TABLES_MAX]; /* to see what is shared */
    size_t table_count;
};

struct gls_tiff_value {
    unsigned tag;
    enum gls_tiff_type type;
    const void *bytes; /* in the structure's byte order */
    size_t size;
    size_t room; /* bytes to keep free behind it when it is appended */
};

void gls_tiff_layout_begin(struct gls_tiff_layout *layout, const struct gls_tiff *tiff,
                           struct gls_patch *patch);
void gls_tiff_layout_free(struct gls_tiff_layout *layout);
bool gls_tiff_layout_end(struct gls_tiff_layout *layout, struct gls_error *error);

/* Takes `ifd` over and empties it. `exists` false: a table that may be made. */
bool gls_tiff_table_load(struct gls_tiff_table *table, struct gls_tiff_layout *layout,
                         struct gls_tiff_ifd *ifd, bool exists, struct gls_error *error);
void gls_tiff_table_free(struct gls_tiff_table *table);
const struct gls_tiff_entry *gls_tiff_table_find(const struct gls_tiff_table *table, unsigned tag);
/* States the value. An equal one is left alone. */
bool gls_tiff_table_set(struct gls_tiff_table *table, struct gls_tiff_layout *layout,
                        const struct gls_tiff_value *value, struct gls_error *error);
/* Removes the entry if it is there, and overwrites its value with zeros. */
bool gls_tiff_table_remove(struct gls_tiff_table *table, struct gls_tiff_layout *layout,
                           unsigned tag, struct gls_error *error);
/* Writes what has changed. *offset is where the table stands then; 0 if it was
 * not there and still need not be. */
bool gls_tiff_table_write(uint32_t *offset, struct gls_tiff_table *table,
                          struct gls_tiff_layout *layout, struct gls_error *error);

#endif
