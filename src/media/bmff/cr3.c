/* SPDX-License-Identifier: MIT */
/*
 * cr3 - Canon's RAW of 2018 on: ISO-BMFF whose moov holds a `uuid` box with the
 * parts of an Exif block, each as a TIFF of its own: CMT1 is IFD0, CMT2 the Exif
 * IFD, CMT3 the maker note, CMT4 the GPS IFD. They are put together into one
 * block here, so that everything behind this file sees plain Exif. The maker
 * note is left out: its offsets would not fit.
 */
#include "media/bmff/cr3.h"

#include <string.h>

#include "media/bmff/isobmff.h"
#include "media/bmff/quicktime.h"
#include "media/core/block_load.h"

#define PART_MAX (1u << 20)
#define ENTRY_MAX 512u
#define TAG_EXIF_IFD 0x8769
#define TAG_GPS_IFD 0x8825

static const uint8_t canon_uuid[16] = {0x85, 0xc0, 0xb6, 0x87, 0x82, 0x0f, 0x11, 0xe0,
                                       0x81, 0x11, 0xf4, 0xce, 0x46, 0x2b, 0x6a, 0x48};

/* ---- Putting IFDs together (TIFF 6.0) ----------------------------------------------- */

struct tiff {
    const uint8_t *bytes;
    size_t size;
    bool big_endian;
    size_t entries; /* offset of the first entry of its only IFD */
    unsigned count;
};

static uint16_t get16(const struct tiff *tiff, size_t at)
{
    return tiff->big_endian ? gls_be16(tiff->bytes + at) : gls_le16(tiff->bytes + at);
}

static uint32_t get32(const struct tiff *tiff, size_t at)
{
    return tiff->big_endian ? gls_be32(tiff->bytes + at) : gls_le32(tiff->bytes + at);
}

static bool tiff_open(struct tiff *out, const struct gls_strbuf *bytes)
{
    size_t ifd;

    memset(out, 0, sizeof *out);
    out->bytes = (const uint8_t *)bytes->data;
    out->size = bytes->size;
    if (out->size < 14)
        return false;
    out->big_endian = memcmp(out->bytes, "MM", 2) == 0;
    if ((!out->big_endian && memcmp(out->bytes, "II", 2) != 0) || get16(out, 2) != 42)
        return false;
    ifd = get32(out, 4);
    if (ifd > out->size - 2)
        return false;
    out->count = get16(out, ifd);
    out->entries = ifd + 2;
    return out->count <= ENTRY_MAX && out->count * 12u <= out->size - out->entries;
}

static void put16(struct gls_strbuf *out, bool big_endian, unsigned value)
{
    uint8_t bytes[2];

    gls_put_be16(bytes, (uint16_t)value);
    if (!big_endian)
        gls_put_le16(bytes, (uint16_t)value);
    gls_strbuf_add(out, bytes, sizeof bytes);
}

static void put32(struct gls_strbuf *out, bool big_endian, uint32_t value)
{
    uint8_t bytes[4];

    gls_put_be32(bytes, value);
    if (!big_endian)
        gls_put_le32(bytes, value);
    gls_strbuf_add(out, bytes, sizeof bytes);
}

/* Bytes of one value of a TIFF type; 0: not known. */
static unsigned type_size(unsigned type)
{
    static const unsigned char sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};

    return type < sizeof sizes ? sizes[type] : 0;
}

/* Where a value of an entry lies; false: outside, or of an unknown type. */
static bool value_range(const struct tiff *tiff, size_t entry, size_t *offset, size_t *size)
{
    uint64_t bytes = (uint64_t)type_size(get16(tiff, entry + 2)) * get32(tiff, entry + 4);

    if (bytes == 0 || bytes > tiff->size)
        return false;
    *size = (size_t)bytes;
    *offset = bytes <= 4 ? entry + 8 : get32(tiff, entry + 8);
    return *offset <= tiff->size && *size <= tiff->size - *offset;
}

/* A pointer to another IFD means nothing in the new block. */
static bool is_copied(const struct tiff *tiff, size_t entry)
{
    unsigned tag = get16(tiff, entry);
    size_t offset;
    size_t size;

    return tag != TAG_EXIF_IFD && tag != TAG_GPS_IFD && tag != 0xa005 && tag != 0x014a &&
           value_range(tiff, entry, &offset, &size);
}

struct pointer { /* an entry that leads to another IFD of the new block */
    unsigned tag;
    uint32_t offset;
};

static void put_pointer(struct gls_strbuf *out, bool big_endian, const struct pointer *pointer)
{
    put16(out, big_endian, pointer->tag);
    put16(out, big_endian, 4); /* LONG */
    put32(out, big_endian, 1);
    put32(out, big_endian, pointer->offset);
}

static void put_entry(struct gls_strbuf *out, struct gls_strbuf *values, size_t values_at,
                      const struct tiff *tiff, size_t entry)
{
    size_t offset = 0;
    size_t size = 0;

    (void)value_range(tiff, entry, &offset, &size);
    gls_strbuf_add(out, tiff->bytes + entry, 8);
    if (size <= 4) {
        gls_strbuf_add(out, tiff->bytes + entry + 8, 4);
        return;
    }
    put32(out, tiff->big_endian, (uint32_t)(values_at + values->size));
    gls_strbuf_add(values, tiff->bytes + offset, size);
    if (size % 2 != 0)
        gls_strbuf_add_char(values, '\0');
}

/* Appends the IFD of `tiff` to the block, with its values behind it. Pointers
 * (ascending by tag) are put among the entries in the order of tags. */
static bool append_ifd(struct gls_strbuf *block, const struct tiff *tiff,
                       const struct pointer *pointers, size_t pointer_count)
{
    GLS_STRBUF_AUTO values = GLS_STRBUF_INIT;
    unsigned count = (unsigned)pointer_count;
    size_t values_at;
    size_t next = 0;

    for (unsigned i = 0; i < tiff->count; i++)
        count += is_copied(tiff, tiff->entries + 12u * i);
    values_at = block->size + 2 + 12u * count + 4;
    put16(block, tiff->big_endian, count);
    for (unsigned i = 0; i < tiff->count; i++) {
        size_t entry = tiff->entries + 12u * i;
        if (!is_copied(tiff, entry))
            continue;
        while (next < pointer_count && pointers[next].tag < get16(tiff, entry))
            put_pointer(block, tiff->big_endian, &pointers[next++]);
        put_entry(block, &values, values_at, tiff, entry);
    }
    while (next < pointer_count)
        put_pointer(block, tiff->big_endian, &pointers[next++]);
    put32(block, tiff->big_endian, 0);
    gls_strbuf_add(block, values.data, values.size);
    return !block->failed && !values.failed;
}

/* Exif and GPS IFDs first, because IFD0 must know where they are. */
static bool assemble(struct gls_strbuf *out, const struct gls_strbuf parts[4],
                     struct gls_error *error)
{
    static const struct {
        size_t part;
        unsigned tag;
    } subs[] = {{1, TAG_EXIF_IFD}, {3, TAG_GPS_IFD}};
    struct pointer pointers[2];
    size_t pointer_count = 0;
    struct tiff first;
    struct tiff sub;
    uint8_t start[4];
    bool ok = true;

    if (!tiff_open(&first, &parts[0]))
        return true;
    gls_strbuf_add(out, first.bytes, 4);
    put32(out, first.big_endian, 0); /* IFD0: set below */
    for (size_t i = 0; i < 2 && ok; i++) {
        if (!tiff_open(&sub, &parts[subs[i].part]) || sub.big_endian != first.big_endian)
            continue;
        pointers[pointer_count++] = (struct pointer){subs[i].tag, (uint32_t)out->size};
        ok = append_ifd(out, &sub, NULL, 0);
    }
    gls_put_be32(start, (uint32_t)out->size);
    if (!first.big_endian)
        gls_put_le32(start, (uint32_t)out->size);
    gls_strbuf_splice(out, 4, 4, start, sizeof start);
    ok = ok && append_ifd(out, &first, pointers, pointer_count);
    return ok || gls_fail_memory(error);
}

/* ---- Boxes ------------------------------------------------------------------------------ */

static bool read_canon_box(struct gls_block *exif, struct gls_input *input,
                           const struct gls_box *canon, struct gls_error *error)
{
    struct gls_strbuf parts[4] = {GLS_STRBUF_INIT, GLS_STRBUF_INIT, GLS_STRBUF_INIT,
                                  GLS_STRBUF_INIT};
    struct gls_box_walk walk;
    struct gls_box box;
    bool ok = true;

    gls_box_walk_children(&walk, input, canon, 0);
    while (ok && gls_box_next(&box, &walk, error)) {
        unsigned index = (box.type & 0xff) - '1';
        if (box.type >> 8 == GLS_4CC(0, 'C', 'M', 'T') && index < 4 && parts[index].size == 0 &&
            !box.is_cut)
            ok = gls_box_read_payload(&parts[index], input, &box, PART_MAX, error);
    }
    ok = ok && !walk.failed && assemble(&exif->bytes, parts, error);
    exif->present = ok && exif->bytes.size > 0;
    for (size_t i = 0; i < 4; i++)
        gls_strbuf_free(&parts[i]);
    return ok;
}

static bool read_moov(struct gls_block *exif, struct gls_input *input, const struct gls_box *moov,
                      struct gls_error *error)
{
    struct gls_box_walk walk;
    struct gls_box box;

    gls_box_walk_children(&walk, input, moov, 0);
    while (!exif->present && gls_box_next(&box, &walk, error)) {
        if (gls_box_is_uuid(&box, canon_uuid) && !read_canon_box(exif, input, &box, error))
            return false;
    }
    return !walk.failed;
}

static bool read_boxes(struct gls_blocks *out, struct gls_input *input, bool *seen_moov,
                       struct gls_error *error)
{
    struct gls_box_walk walk;
    struct gls_box box;

    gls_box_walk_file(&walk, input);
    while (gls_box_next(&box, &walk, error)) {
        if (box.is_cut)
            gls_blocks_note(out, "it ends too early");
        if (box.type == GLS_4CC('m', 'o', 'o', 'v') && !*seen_moov) {
            *seen_moov = true;
            if (!read_moov(&out->exif, input, &box, error))
                return false;
        } else if (gls_box_is_uuid(&box, gls_uuid_xmp) && !out->xmp.present) {
            if (!gls_box_read_payload(&out->xmp.bytes, input, &box, GLS_BLOCK_MAX, error))
                return false;
            out->xmp.present = out->xmp.bytes.size > 0;
        }
    }
    return !walk.failed;
}

static bool cr3_scan(struct gls_blocks *out, struct gls_input *input, struct gls_error *error)
{
    struct gls_error inner = GLS_ERROR_INIT;
    bool seen_moov = false;

    if (read_boxes(out, input, &seen_moov, &inner))
        return true;
    if (inner.status != GLS_ERROR_FORMAT || !seen_moov) {
        *error = inner;
        return false;
    }
    gls_blocks_note(out, "%s", inner.message); /* what was found before still counts */
    return true;
}

const struct gls_container gls_cr3_container = {
    .name = "cr3",
    .scan = cr3_scan,
    .essence = gls_movie_essence,
    .replace = NULL,
    .can_hold_exif = true,
};
