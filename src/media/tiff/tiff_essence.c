/* SPDX-License-Identifier: MIT */
/* Which bytes of a TIFF are pictures: strips, tiles and embedded JPEGs of every
 * directory in the chain and of every SubIFD. */
#include <stdlib.h>
#include <string.h>

#include "media/tiff/tiff.h"

/* Directories still to be read, and those that were: each is read once. */
struct ifd_list {
    uint32_t offsets[GLS_TIFF_IFDS_MAX];
    size_t count;
};

#define PIECES_MAX (1u << 20)
#define LIST_MAX (PIECES_MAX * 4)

static bool inner(const struct gls_tiff *tiff, const char *cause, struct gls_error *error)
{
    return gls_fail(error, GLS_ERROR_FORMAT, "%s: %s", gls_input_name(tiff->input), cause);
}

static bool queue_ifd(struct ifd_list *list, const struct gls_tiff *tiff, uint32_t offset,
                      struct gls_error *error)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->offsets[i] == offset) {
            return true;
        }
    }
    if (list->count == GLS_TIFF_IFDS_MAX) {
        return inner(tiff, "it has too many TIFF directories", error);
    }
    list->offsets[list->count++] = offset;
    return true;
}

static bool queue_sub_ifds(struct ifd_list *list, const struct gls_tiff *tiff,
                           const struct gls_tiff_ifd *ifd, struct gls_error *error)
{
    const struct gls_tiff_entry *entry = gls_tiff_find(ifd, GLS_TAG_SUB_IFDS);
    if (entry == NULL) {
        return true;
    }
    if (entry->count > GLS_TIFF_IFDS_MAX) {
        return inner(tiff, "it has too many TIFF directories", error);
    }
    for (uint32_t i = 0; i < entry->count; i++) {
        uint32_t offset;
        if (!gls_tiff_read_number(&offset, tiff, entry, i, error) ||
            !queue_ifd(list, tiff, offset, error)) {
            return false;
        }
    }
    return true;
}

static uint64_t number_at(const struct gls_tiff *tiff, const struct gls_tiff_entry *entry,
                          const struct gls_strbuf *data, size_t index)
{
    const uint8_t *bytes = (const uint8_t *)data->data;
    return entry->type == GLS_TIFF_SHORT ? gls_tiff_get16(tiff, bytes + index * 2)
                                         : gls_tiff_get32(tiff, bytes + index * 4);
}

static bool is_list(const struct gls_tiff_entry *entry)
{
    return entry->type == GLS_TIFF_SHORT || entry->type == GLS_TIFF_LONG;
}

/* The extents that two lists of offsets and sizes name. One list alone, lists of
 * different length or extents outside the file: then nothing is sure. */
static bool add_pieces(struct gls_ranges *out, const struct gls_tiff *tiff,
                       const struct gls_tiff_ifd *ifd, const unsigned tags[2],
                       struct gls_error *error)
{
    const struct gls_tiff_entry *offsets = gls_tiff_find(ifd, tags[0]);
    const struct gls_tiff_entry *sizes = gls_tiff_find(ifd, tags[1]);
    GLS_STRBUF_AUTO offset_data = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO size_data = GLS_STRBUF_INIT;
    if (offsets == NULL && sizes == NULL) {
        return true;
    }
    if (offsets == NULL || sizes == NULL || offsets->count != sizes->count || !is_list(offsets) ||
        !is_list(sizes) || offsets->count > PIECES_MAX) {
        return inner(tiff, "its lists of strips or tiles do not agree", error);
    }
    if (!gls_tiff_read_data(&offset_data, tiff, offsets, LIST_MAX, error) ||
        !gls_tiff_read_data(&size_data, tiff, sizes, LIST_MAX, error)) {
        return false;
    }
    for (size_t i = 0; i < offsets->count; i++) {
        uint64_t start = number_at(tiff, offsets, &offset_data, i);
        uint64_t size = number_at(tiff, sizes, &size_data, i);
        if (out->count >= PIECES_MAX) {
            return inner(tiff, "it has too many strips or tiles", error);
        }
        if (start > tiff->size || size > tiff->size - start) {
            return inner(tiff, "a strip or tile is not in the file; it ends too early", error);
        }
        if (!gls_ranges_add(out, start, size, error)) {
            return false;
        }
    }
    return true;
}

static bool add_ifd(struct gls_ranges *out, struct ifd_list *list, const struct gls_tiff *tiff,
                    uint32_t offset, struct gls_error *error)
{
    static const unsigned pairs[][2] = {
        {GLS_TAG_STRIP_OFFSETS, GLS_TAG_STRIP_BYTE_COUNTS},
        {GLS_TAG_TILE_OFFSETS, GLS_TAG_TILE_BYTE_COUNTS},
        {GLS_TAG_JPEG_OFFSET, GLS_TAG_JPEG_SIZE},
    };
    struct gls_tiff_ifd ifd = GLS_TIFF_IFD_INIT;
    bool ok = gls_tiff_read_ifd(&ifd, tiff, offset, error);
    gls_ranges_next_group(out);
    if (ok && ifd.is_cut) {
        ok = inner(tiff, "a TIFF directory ends too early", error);
    }
    for (size_t i = 0; ok && i < sizeof pairs / sizeof pairs[0]; i++) {
        ok = add_pieces(out, tiff, &ifd, pairs[i], error);
    }
    ok = ok && queue_sub_ifds(list, tiff, &ifd, error);
    if (ok && ifd.next != 0) {
        ok = queue_ifd(list, tiff, ifd.next, error);
    }
    gls_tiff_ifd_free(&ifd);
    return ok;
}

bool gls_tiff_essence(struct gls_ranges *out, struct gls_input *input, struct gls_error *error)
{
    struct gls_tiff tiff;
    struct ifd_list list = {{0}, 0};
    if (!gls_tiff_open(&tiff, input, error)) {
        return false;
    }
    if (tiff.is_big || tiff.is_rw2) {
        return inner(&tiff, "its picture data cannot be separated from the rest", error);
    }
    bool ok = queue_ifd(&list, &tiff, (uint32_t)tiff.first_ifd, error);
    for (size_t i = 0; ok && i < list.count; i++) {
        ok = add_ifd(out, &list, &tiff, list.offsets[i], error);
    }
    return ok;
}
