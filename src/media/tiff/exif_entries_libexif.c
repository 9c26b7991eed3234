/* SPDX-License-Identifier: MIT */
#include "media/tiff/exif_entries.h"

#include <libexif/exif-data.h>
#include <stdlib.h>

#include "base/error.h"
#include "media/tiff/tiff.h"

/* libexif leaves out what it has no memory for, without a word: its allocators note it here. */
static _Thread_local bool is_short;

static void *noted(void *block, ExifLong size)
{
    is_short = is_short || (block == NULL && size > 0);
    return block;
}

static void *allocate(ExifLong size)
{
    return noted(calloc(size, 1), size);
}

static void *reallocate(void *block, ExifLong size)
{
    return noted(realloc(block, size), size);
}

static ExifData *new_data(void)
{
    ExifMem *memory = exif_mem_new(allocate, reallocate, free);
    ExifData *data = memory != NULL ? exif_data_new_mem(memory) : NULL;
    exif_mem_unref(memory); /* the data holds it by now */
    return data;
}

/* libexif's own object: there is nothing to keep beside it. */
static ExifData *data_of(const struct gls_exif_entries *entries)
{
    return (ExifData *)(uintptr_t)entries;
}

bool gls_exif_entries_new(struct gls_exif_entries **out, struct gls_input *input,
                          struct gls_error *error)
{
    GLS_STRBUF_AUTO block = GLS_STRBUF_INIT;
    ExifData *data = NULL;
    *out = NULL;
    gls_strbuf_add(&block, "Exif\0", 6);
    if (!gls_tiff_compact_exif(&block, input, error)) {
        return false;
    }
    is_short = false;
    data = new_data();
    if (data == NULL) {
        return gls_fail_memory(error);
    }
    /* As it is written, not as libexif would mend it. */
    exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
    exif_data_unset_option(data, EXIF_DATA_OPTION_IGNORE_UNKNOWN_TAGS);
    exif_data_load_data(data, (const unsigned char *)block.data, (unsigned)block.size);
    if (is_short) {
        exif_data_unref(data);
        return gls_fail_memory(error);
    }
    *out = (struct gls_exif_entries *)data;
    return true;
}

void gls_exif_entries_free(struct gls_exif_entries *entries)
{
    if (entries != NULL) {
        exif_data_unref(data_of(entries));
    }
}

bool gls_exif_entries_find(struct gls_exif_entry *out, const struct gls_exif_entries *entries,
                           enum gls_exif_ifd ifd, unsigned tag)
{
    static const ExifIfd ifds[GLS_EXIF_IFDS] = {EXIF_IFD_0, EXIF_IFD_EXIF, EXIF_IFD_GPS};
    ExifData *data = data_of(entries);
    ExifEntry *entry = exif_content_get_entry(data->ifd[ifds[ifd]], (ExifTag)tag);
    if (entry == NULL || entry->data == NULL || entry->size == 0) {
        return false;
    }
    /* ExifFormat has TIFF's numbers. */
    *out = (struct gls_exif_entry){entry->format, (uint32_t)entry->components, entry->data,
                                   entry->size,
                                   exif_data_get_byte_order(data) == EXIF_BYTE_ORDER_MOTOROLA};
    return true;
}
