/* SPDX-License-Identifier: MIT */
#include "media/tiff/exif_entries.h"

#include <stdlib.h>

#include "base/error.h"
#include "media/tiff/tiff.h"

struct gls_exif_entries {
    struct gls_strbuf block;
    struct gls_input *input; /* over the block */
    struct gls_tiff tiff;
    struct gls_tiff_ifd ifds[GLS_EXIF_IFDS];
};

static bool read_block(struct gls_exif_entries *entries, struct gls_error *error)
{
    struct gls_tiff_ifd *ifds = entries->ifds;
    struct gls_tiff *tiff = &entries->tiff;
    return gls_input_from_memory(&entries->input, entries->block.data, entries->block.size,
                                 "Exif block", error) &&
           gls_tiff_open(tiff, entries->input, error) &&
           gls_tiff_read_ifd(&ifds[GLS_EXIF_IFD0], tiff, tiff->first_ifd, error) &&
           gls_tiff_follow(&ifds[GLS_EXIF_PHOTO], tiff, &ifds[GLS_EXIF_IFD0], GLS_TAG_EXIF_IFD,
                           error) &&
           gls_tiff_follow(&ifds[GLS_EXIF_GPS], tiff, &ifds[GLS_EXIF_IFD0], GLS_TAG_GPS_IFD, error);
}

bool gls_exif_entries_new(struct gls_exif_entries **out, struct gls_input *input,
                          struct gls_error *error)
{
    struct gls_exif_entries *entries = calloc(1, sizeof *entries);
    *out = NULL;
    if (entries == NULL) {
        return gls_fail_memory(error);
    }
    if (!gls_tiff_compact_exif(&entries->block, input, error) || !read_block(entries, error)) {
        gls_exif_entries_free(entries);
        return false;
    }
    *out = entries;
    return true;
}

void gls_exif_entries_free(struct gls_exif_entries *entries)
{
    if (entries == NULL) {
        return;
    }
    for (size_t i = 0; i < GLS_EXIF_IFDS; i++) {
        gls_tiff_ifd_free(&entries->ifds[i]);
    }
    gls_input_free(entries->input);
    gls_strbuf_free(&entries->block);
    free(entries);
}

bool gls_exif_entries_find(struct gls_exif_entry *out, const struct gls_exif_entries *entries,
                           enum gls_exif_ifd ifd, unsigned tag)
{
    const struct gls_tiff_entry *entry = gls_tiff_find(&entries->ifds[ifd], tag);
    if (entry == NULL || entry->is_broken || entry->data_size == 0) {
        return false;
    }
    *out = (struct gls_exif_entry){entry->type, entry->count,
                                   (const uint8_t *)entries->block.data + entry->data_offset,
                                   (size_t)entry->data_size, entries->tiff.big_endian};
    return true;
}
