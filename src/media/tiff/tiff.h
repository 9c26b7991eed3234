/* SPDX-License-Identifier: MIT */
/*
 * tiff - walking and editing TIFF structures (TIFF 6.0, BigTIFF, TIFF/EP, EXIF
 * 2.32 section 4.5): whole files and Exif blocks alike, through a gls_input.
 *
 *     struct gls_tiff tiff;
 *     struct gls_tiff_ifd ifd = GLS_TIFF_IFD_INIT;
 *     if (gls_tiff_open(&tiff, input, error) &&
 *         gls_tiff_read_ifd(&ifd, &tiff, tiff.first_ifd, error))
 *         entry = gls_tiff_find(&ifd, GLS_TAG_MAKE);
 *     gls_tiff_ifd_free(&ifd);
 *
 * Nothing recurses. Every offset is checked against the input's size; callers
 * that follow chains bound them with GLS_TIFF_IFDS_MAX.
 */
#ifndef GLS_MEDIA_TIFF_TIFF_H
#define GLS_MEDIA_TIFF_TIFF_H

#include "base/input.h"
#include "base/strbuf.h"
#include "media/core/tags.h"

#define GLS_TIFF_ENTRIES_MAX 4096u
#define GLS_TIFF_IFDS_MAX 256u

enum gls_tiff_tag {
    GLS_TAG_MAKE = 0x010f,
    GLS_TAG_MODEL = 0x0110,
    GLS_TAG_STRIP_OFFSETS = 0x0111,
    GLS_TAG_STRIP_BYTE_COUNTS = 0x0117,
    GLS_TAG_DATE_TIME = 0x0132,
    GLS_TAG_TILE_OFFSETS = 0x0144,
    GLS_TAG_TILE_BYTE_COUNTS = 0x0145,
    GLS_TAG_SUB_IFDS = 0x014a,
    GLS_TAG_JPEG_OFFSET = 0x0201,
    GLS_TAG_JPEG_SIZE = 0x0202,
    GLS_TAG_XMP = 0x02bc,
    GLS_TAG_IPTC = 0x83bb,
    GLS_TAG_PHOTOSHOP = 0x8649,
    GLS_TAG_EXIF_IFD = 0x8769,
    GLS_TAG_GPS_IFD = 0x8825,
    GLS_TAG_EXIF_VERSION = 0x9000,
    GLS_TAG_DATE_TIME_ORIGINAL = 0x9003,
    GLS_TAG_DATE_TIME_DIGITIZED = 0x9004,
    GLS_TAG_OFFSET_TIME = 0x9010,
    GLS_TAG_OFFSET_TIME_ORIGINAL = 0x9011,
    GLS_TAG_OFFSET_TIME_DIGITIZED = 0x9012,
    GLS_TAG_MAKER_NOTE = 0x927c,
    GLS_TAG_SUB_SEC_TIME = 0x9290,
    GLS_TAG_SUB_SEC_TIME_ORIGINAL = 0x9291,
    GLS_TAG_SUB_SEC_TIME_DIGITIZED = 0x9292,
    GLS_TAG_DNG_VERSION = 0xc612
};

enum gls_gps_tag {
    GLS_GPS_VERSION_ID = 0,
    GLS_GPS_LATITUDE_REF = 1,
    GLS_GPS_LATITUDE = 2,
    GLS_GPS_LONGITUDE_REF = 3,
    GLS_GPS_LONGITUDE = 4,
    GLS_GPS_TIME_STAMP = 7,
    GLS_GPS_DATE_STAMP = 29
};

enum gls_tiff_type {
    GLS_TIFF_BYTE = 1,
    GLS_TIFF_ASCII = 2,
    GLS_TIFF_SHORT = 3,
    GLS_TIFF_LONG = 4,
    GLS_TIFF_RATIONAL = 5,
    GLS_TIFF_UNDEFINED = 7,
    GLS_TIFF_SLONG = 9, /* met as the type of pointers */
    GLS_TIFF_SRATIONAL = 10,
    GLS_TIFF_IFD = 13,
    GLS_TIFF_LONG8 = 16, /* BigTIFF: numbers and pointers of eight bytes */
    GLS_TIFF_IFD8 = 18
};

struct gls_tiff {
    struct gls_input *input;
    uint64_t size;
    uint64_t first_ifd;
    bool big_endian;
    bool is_rw2; /* Panasonic: the Exif is in the embedded JPEG */
    bool is_big; /* BigTIFF: numbers of eight bytes; read, not edited */
};

struct gls_tiff_entry {
    uint16_t tag;
    uint16_t type;
    uint32_t count;
    uint32_t value;        /* the last four bytes as a number; BigTIFF: 0 */
    uint64_t entry_offset; /* of its 12 or 20 bytes */
    uint64_t data_offset;  /* of its value, which may be inside the entry */
    uint64_t data_size;    /* 0 for an unknown type */
    bool is_broken;        /* the value is not inside the input */
};

struct gls_tiff_ifd {
    uint64_t offset;
    struct gls_tiff_entry *entries; /* in the file's order */
    size_t count;
    uint32_t next; /* BigTIFF: 0, its chain is not followed */
    bool is_cut;   /* the table itself ends too early; what fits is here */
};
#define GLS_TIFF_IFD_INIT                                                                          \
    {                                                                                              \
        0, NULL, 0, 0, false                                                                       \
    }

/* Reads the header. GLS_ERROR_FORMAT: it is no TIFF. */
bool gls_tiff_open(struct gls_tiff *out, struct gls_input *input, struct gls_error *error);
/* Reads one IFD; `out` is freed first. GLS_ERROR_FORMAT: not inside the input,
 * or with more entries than GLS_TIFF_ENTRIES_MAX. */
bool gls_tiff_read_ifd(struct gls_tiff_ifd *out, const struct gls_tiff *tiff, uint64_t offset,
                       struct gls_error *error);
void gls_tiff_ifd_free(struct gls_tiff_ifd *ifd);
/* The first entry with that tag, or NULL. */
const struct gls_tiff_entry *gls_tiff_find(const struct gls_tiff_ifd *ifd, unsigned tag);
/* Follows a pointer entry. *out is empty, its offset 0, if there is none or it points
 * nowhere. Fails only when the input cannot be read. */
bool gls_tiff_follow(struct gls_tiff_ifd *out, const struct gls_tiff *tiff,
                     const struct gls_tiff_ifd *from, unsigned tag, struct gls_error *error);
/* Appends the value's bytes. More than `limit`, or broken: GLS_ERROR_FORMAT. */
bool gls_tiff_read_data(struct gls_strbuf *out, const struct gls_tiff *tiff,
                        const struct gls_tiff_entry *entry, size_t limit, struct gls_error *error);
/* Value `index` of an entry of whole numbers or pointers. False: there is none, or
 * it needs more than 32 bits. */
bool gls_tiff_read_number(uint32_t *out, const struct gls_tiff *tiff,
                          const struct gls_tiff_entry *entry, uint32_t index,
                          struct gls_error *error);
/* Bytes of one value of `type`; 0: unknown. */
unsigned gls_tiff_type_size(unsigned type);

static inline uint16_t gls_tiff_get16(const struct gls_tiff *tiff, const uint8_t *p)
{
    return tiff->big_endian ? gls_be16(p) : gls_le16(p);
}
static inline uint32_t gls_tiff_get32(const struct gls_tiff *tiff, const uint8_t *p)
{
    return tiff->big_endian ? gls_be32(p) : gls_le32(p);
}
static inline uint64_t gls_tiff_get64(const struct gls_tiff *tiff, const uint8_t *p)
{
    return tiff->big_endian ? gls_be64(p) : gls_le64(p);
}
static inline void gls_tiff_put16(const struct gls_tiff *tiff, uint8_t *p, uint16_t value)
{
    if (tiff->big_endian) {
        gls_put_be16(p, value);
    } else {
        gls_put_le16(p, value);
    }
}
static inline void gls_tiff_put32(const struct gls_tiff *tiff, uint8_t *p, uint32_t value)
{
    if (tiff->big_endian) {
        gls_put_be32(p, value);
    } else {
        gls_put_le32(p, value);
    }
}

/* What tells one kind of TIFF from another. */
struct gls_tiff_traits {
    bool is_dng;
    char make[64]; /* "" if there is none */
};
/* Fails only when the input cannot be read; a broken TIFF has no traits. */
bool gls_tiff_read_traits(struct gls_tiff_traits *out, struct gls_input *input,
                          struct gls_error *error);

/* Builds a small Exif block, in the source's byte order, of those entries that
 * glassine reads (make, model, dates, sub-seconds, offsets, GPS). Dates that
 * TIFF/EP keeps in IFD0 go where Exif has them. Nothing else of the source is
 * in it: no maker note, no thumbnail, no unchecked offset. */
bool gls_tiff_compact_exif(struct gls_strbuf *out, struct gls_input *input,
                           struct gls_error *error);

/* What an edit changes. */
struct gls_tiff_edit {
    const struct gls_tags *tags;  /* its date and position; NULL: none */
    const struct gls_strbuf *xmp; /* the packet for tag 700; NULL: leave */
};
/* Plans the edit of a TIFF file or Exif block: values are patched in place
 * where they fit, else data and copies of IFDs are appended at the end. No other
 * byte moves. No splices: nothing changes. Truncated or malformed structures:
 * GLS_ERROR_UNSUPPORTED. */
bool gls_tiff_plan(struct gls_patch *out, struct gls_input *input, const struct gls_tiff_edit *edit,
                   struct gls_error *error);

/* Strips, tiles and embedded JPEGs of every IFD and SubIFD. GLS_ERROR_FORMAT:
 * they are not all known (the whole file is the essence then). */
bool gls_tiff_essence(struct gls_ranges *out, struct gls_input *input, struct gls_error *error);

/* TIFF, DNG and the RAW formats that are built on TIFF. */
extern const struct gls_container gls_tiff_container;
/* The same, read only: RAW that nobody has tried to write into. */
extern const struct gls_container gls_tiff_raw_container;
extern const struct gls_container gls_mrw_container; /* mrw.c: Minolta's; read only */

#endif
