/* SPDX-License-Identifier: MIT */
/* The small Exif block that stands for a TIFF structure, whole file or block:
 * what libexif gets to see has been checked entry by entry. */
#include <string.h>

#include "media/tiff/tiff.h"

#define VALUE_MAX 1024u
#define COMPACT_IFDS 3

enum compact_ifd { COMPACT_IFD0, COMPACT_EXIF, COMPACT_GPS };

struct compact_tag {
    uint8_t ifd;
    bool also_ifd0; /* TIFF/EP and some DNG writers keep it in IFD0 */
    uint16_t tag;
};

/* In ascending order of tags within each IFD, as TIFF requires it. */
static const struct compact_tag compact_tags[] = {
    {COMPACT_IFD0, false, GLS_TAG_MAKE},
    {COMPACT_IFD0, false, GLS_TAG_MODEL},
    {COMPACT_IFD0, false, GLS_TAG_DATE_TIME},
    {COMPACT_EXIF, true, GLS_TAG_DATE_TIME_ORIGINAL},
    {COMPACT_EXIF, true, GLS_TAG_DATE_TIME_DIGITIZED},
    {COMPACT_EXIF, true, GLS_TAG_OFFSET_TIME},
    {COMPACT_EXIF, true, GLS_TAG_OFFSET_TIME_ORIGINAL},
    {COMPACT_EXIF, true, GLS_TAG_OFFSET_TIME_DIGITIZED},
    {COMPACT_EXIF, true, GLS_TAG_SUB_SEC_TIME},
    {COMPACT_EXIF, true, GLS_TAG_SUB_SEC_TIME_ORIGINAL},
    {COMPACT_EXIF, true, GLS_TAG_SUB_SEC_TIME_DIGITIZED},
    {COMPACT_GPS, false, GLS_GPS_LATITUDE_REF},
    {COMPACT_GPS, false, GLS_GPS_LATITUDE},
    {COMPACT_GPS, false, GLS_GPS_LONGITUDE_REF},
    {COMPACT_GPS, false, GLS_GPS_LONGITUDE},
    {COMPACT_GPS, false, GLS_GPS_TIME_STAMP},
    {COMPACT_GPS, false, GLS_GPS_DATE_STAMP},
};
#define COMPACT_TAG_COUNT (sizeof compact_tags / sizeof compact_tags[0])

struct compact {
    struct gls_tiff tiff;
    struct gls_tiff_ifd ifds[COMPACT_IFDS];
    const struct gls_tiff_entry *found[COMPACT_TAG_COUNT];
    size_t counts[COMPACT_IFDS]; /* entries of each IFD that is written */
};

static const struct gls_tiff_entry *usable(const struct gls_tiff_ifd *ifd, unsigned tag)
{
    const struct gls_tiff_entry *entry = gls_tiff_find(ifd, tag);
    bool ok =
        entry != NULL && !entry->is_broken && entry->data_size > 0 && entry->data_size <= VALUE_MAX;
    return ok ? entry : NULL;
}

static void find_entries(struct compact *compact)
{
    for (size_t i = 0; i < COMPACT_TAG_COUNT; i++) {
        const struct compact_tag *target = &compact_tags[i];
        const struct gls_tiff_entry *entry = usable(&compact->ifds[target->ifd], target->tag);
        if (entry == NULL && target->also_ifd0) {
            entry = usable(&compact->ifds[COMPACT_IFD0], target->tag);
        }
        compact->found[i] = entry;
        compact->counts[target->ifd] += entry != NULL;
    }
    compact->counts[COMPACT_IFD0] += 2; /* the pointers to the others */
}

static bool read_ifds(struct compact *compact, struct gls_error *error)
{
    struct gls_tiff_ifd *ifds = compact->ifds;
    struct gls_error inner = GLS_ERROR_INIT;
    if (!gls_tiff_read_ifd(&ifds[COMPACT_IFD0], &compact->tiff, compact->tiff.first_ifd, &inner)) {
        if (inner.status != GLS_ERROR_FORMAT) {
            *error = inner;
            return false;
        }
        return true;
    }
    return gls_tiff_follow(&ifds[COMPACT_EXIF], &compact->tiff, &ifds[COMPACT_IFD0],
                           GLS_TAG_EXIF_IFD, error) &&
           gls_tiff_follow(&ifds[COMPACT_GPS], &compact->tiff, &ifds[COMPACT_IFD0], GLS_TAG_GPS_IFD,
                           error);
}

static void add16(struct gls_strbuf *out, const struct gls_tiff *tiff, unsigned value)
{
    uint8_t bytes[2];
    gls_tiff_put16(tiff, bytes, (uint16_t)value);
    gls_strbuf_add(out, bytes, sizeof bytes);
}

static void add32(struct gls_strbuf *out, const struct gls_tiff *tiff, size_t value)
{
    uint8_t bytes[4];
    gls_tiff_put32(tiff, bytes, (uint32_t)value);
    gls_strbuf_add(out, bytes, sizeof bytes);
}

/* What does not fit into an entry goes behind the tables. */
struct block_writer {
    struct gls_strbuf *tables;
    struct gls_strbuf data;
    size_t data_start; /* in the block */
};

static bool add_entry(struct block_writer *writer, const struct gls_tiff *tiff,
                      const struct gls_tiff_entry *entry, struct gls_error *error)
{
    GLS_STRBUF_AUTO value = GLS_STRBUF_INIT;
    if (!gls_tiff_read_data(&value, tiff, entry, VALUE_MAX, error)) {
        return false;
    }
    add16(writer->tables, tiff, entry->tag);
    add16(writer->tables, tiff, entry->type);
    add32(writer->tables, tiff, entry->count);
    if (value.size > 4) {
        add32(writer->tables, tiff, writer->data_start + writer->data.size);
        gls_strbuf_add(&writer->data, value.data, value.size);
        if (value.size % 2 != 0) {
            gls_strbuf_add_char(&writer->data, '\0');
        }
    } else {
        gls_strbuf_add(writer->tables, value.data, value.size);
        gls_strbuf_add(writer->tables, "\0\0\0", 4 - value.size);
    }
    return true;
}

static void add_pointer(struct gls_strbuf *table, const struct compact *compact, unsigned tag,
                        size_t offset)
{
    add16(table, &compact->tiff, tag);
    add16(table, &compact->tiff, GLS_TIFF_LONG);
    add32(table, &compact->tiff, 1);
    add32(table, &compact->tiff, offset);
}

/* Header, the three tables, then the values that do not fit into a table. */
static bool write_block(struct gls_strbuf *out, const struct compact *compact,
                        struct gls_error *error)
{
    size_t starts[COMPACT_IFDS + 1] = {8};
    size_t next = 0;
    for (size_t i = 0; i < COMPACT_IFDS; i++) {
        starts[i + 1] = starts[i] + 2 + compact->counts[i] * 12 + 4;
    }
    struct block_writer writer = {.tables = out, .data_start = starts[COMPACT_IFDS]};
    gls_strbuf_add(out, compact->tiff.big_endian ? "MM\0*" : "II*\0", 4);
    add32(out, &compact->tiff, starts[0]);
    for (unsigned ifd = 0; ifd < COMPACT_IFDS; ifd++) {
        add16(out, &compact->tiff, (unsigned)compact->counts[ifd]);
        for (; next < COMPACT_TAG_COUNT && compact_tags[next].ifd == ifd; next++) {
            if (compact->found[next] != NULL &&
                !add_entry(&writer, &compact->tiff, compact->found[next], error)) {
                gls_strbuf_free(&writer.data);
                return false;
            }
        }
        if (ifd == COMPACT_IFD0) {
            add_pointer(out, compact, GLS_TAG_EXIF_IFD, starts[COMPACT_EXIF]);
            add_pointer(out, compact, GLS_TAG_GPS_IFD, starts[COMPACT_GPS]);
        }
        add32(out, &compact->tiff, 0);
    }
    gls_strbuf_add(out, writer.data.data, writer.data.size);
    bool ok = !out->failed && !writer.data.failed;
    gls_strbuf_free(&writer.data);
    return ok || gls_fail_memory(error);
}

bool gls_tiff_compact_exif(struct gls_strbuf *out, struct gls_input *input, struct gls_error *error)
{
    struct compact compact;
    memset(&compact, 0, sizeof compact);
    if (!gls_tiff_open(&compact.tiff, input, error)) {
        return false;
    }
    bool ok = read_ifds(&compact, error);
    if (ok) {
        find_entries(&compact);
        ok = write_block(out, &compact, error);
    }
    for (size_t i = 0; i < COMPACT_IFDS; i++) {
        gls_tiff_ifd_free(&compact.ifds[i]);
    }
    return ok;
}
