/* SPDX-License-Identifier: MIT */
/* Which entries of which directory state a date, a position and an XMP packet. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "media/tiff/exif.h"
#include "media/tiff/tiff.h"
#include "media/tiff/tiff_layout.h"

/* A ten-millionth of a degree is a centimetre: nearer is the same place. */
#define SAME_PLACE 1e-7
/* Room that a new packet gets, so that later edits fit where it stands. */
#define XMP_ROOM 2048u

struct edit {
    struct gls_tiff tiff;
    struct gls_tiff_layout layout;
    struct gls_tiff_table ifd0;
    struct gls_tiff_table exif;
    struct gls_tiff_table gps;
};

static bool refuse(const struct edit *edit, const char *cause, struct gls_error *error)
{
    return gls_fail(error, GLS_ERROR_UNSUPPORTED, "%s: not edited, for %s",
                    gls_input_name(edit->tiff.input), cause);
}

static bool set(struct edit *edit, struct gls_tiff_table *table, const struct gls_tiff_value *value,
                struct gls_error *error)
{
    return gls_tiff_table_set(table, &edit->layout, value, error);
}

static bool set_text(struct edit *edit, struct gls_tiff_table *table, unsigned tag,
                     const char *text, struct gls_error *error)
{
    const struct gls_tiff_value value = {
        .tag = tag, .type = GLS_TIFF_ASCII, .bytes = text, .size = strlen(text) + 1};
    return set(edit, table, &value, error);
}

/* ---- Opening ---------------------------------------------------------------------- */

static bool load_pointed(struct edit *edit, struct gls_tiff_table *table, unsigned tag,
                         struct gls_error *error)
{
    struct gls_tiff_ifd ifd = GLS_TIFF_IFD_INIT;
    bool is_stated = gls_tiff_table_find(&edit->ifd0, tag) != NULL;
    if (!gls_tiff_follow(&ifd, &edit->tiff, &edit->ifd0.ifd, tag, error)) {
        return false;
    }
    bool found = ifd.offset != 0;
    if ((is_stated && !found) || ifd.is_cut) {
        gls_tiff_ifd_free(&ifd);
        return refuse(edit, "a directory is broken", error);
    }
    return gls_tiff_table_load(table, &edit->layout, &ifd, found, error);
}

static bool load(struct edit *edit, struct gls_input *input, struct gls_patch *patch,
                 struct gls_error *error)
{
    struct gls_tiff_ifd ifd = GLS_TIFF_IFD_INIT;
    struct gls_error inner = GLS_ERROR_INIT;
    if (!gls_tiff_open(&edit->tiff, input, error)) {
        return false;
    }
    if (edit->tiff.is_big || edit->tiff.is_rw2) {
        return refuse(edit, "this kind of TIFF is only read", error);
    }
    gls_tiff_layout_begin(&edit->layout, &edit->tiff, patch);
    if (!gls_tiff_read_ifd(&ifd, &edit->tiff, edit->tiff.first_ifd, &inner) || ifd.is_cut) {
        gls_tiff_ifd_free(&ifd);
        if (gls_error_is_of_system(&inner)) {
            *error = inner;
            return false;
        }
        return refuse(edit, "its first directory is broken", error);
    }
    return gls_tiff_table_load(&edit->ifd0, &edit->layout, &ifd, true, error) &&
           load_pointed(edit, &edit->exif, GLS_TAG_EXIF_IFD, error) &&
           load_pointed(edit, &edit->gps, GLS_TAG_GPS_IFD, error);
}

/* ---- Date --------------------------------------------------------------------------- */

struct date_tags {
    unsigned date;
    unsigned sub_seconds;
    unsigned offset;
};

/* The last one's date is in IFD0. */
static const struct date_tags date_tags[] = {
    {GLS_TAG_DATE_TIME_ORIGINAL, GLS_TAG_SUB_SEC_TIME_ORIGINAL, GLS_TAG_OFFSET_TIME_ORIGINAL},
    {GLS_TAG_DATE_TIME_DIGITIZED, GLS_TAG_SUB_SEC_TIME_DIGITIZED, GLS_TAG_OFFSET_TIME_DIGITIZED},
    {GLS_TAG_DATE_TIME, GLS_TAG_SUB_SEC_TIME, GLS_TAG_OFFSET_TIME},
};

/* Does the entry (NULL: there is none) hold that text already? */
static bool states_text(bool *out, const struct gls_tiff *tiff, const struct gls_tiff_entry *entry,
                        const char *text, struct gls_error *error)
{
    GLS_STRBUF_AUTO data = GLS_STRBUF_INIT;
    *out = false;
    if (entry == NULL || entry->is_broken || entry->data_size > 64) {
        return true;
    }
    if (!gls_tiff_read_data(&data, tiff, entry, 64, error)) {
        return false;
    }
    *out = strcmp(gls_strbuf_str(&data), text) == 0;
    return true;
}

static void sub_second_digits(char out[10], const struct gls_datetime *date)
{
    char digits[16];
    int count = date->subsecond_digits < 0 ? 0 : date->subsecond_digits;
    snprintf(digits, sizeof digits, "%09d", (int)date->nanosecond);
    snprintf(out, 10, "%.*s", count > 9 ? 9 : count, digits);
}

/* Sub-seconds and offset belong to the date that they stood beside: a new date
 * that states none must not keep the old one's. */
static bool set_date_part(struct edit *edit, unsigned tag, const char *text, bool date_changes,
                          struct gls_error *error)
{
    if (*text != '\0') {
        return set_text(edit, &edit->exif, tag, text, error);
    }
    return !date_changes || gls_tiff_table_remove(&edit->exif, &edit->layout, tag, error);
}

static bool set_date(struct edit *edit, const struct gls_datetime *date, struct gls_error *error)
{
    char text[20];
    char sub_seconds[10];
    GLS_STRBUF_AUTO offset = GLS_STRBUF_INIT;
    gls_datetime_to_exif(text, date);
    sub_second_digits(sub_seconds, date);
    if (date->has_offset) {
        gls_utc_offset_add(&offset, date->utc_offset_s);
    }
    for (size_t i = 0; i < sizeof date_tags / sizeof date_tags[0]; i++) {
        const struct date_tags *tags = &date_tags[i];
        struct gls_tiff_table *table = tags->date == GLS_TAG_DATE_TIME ? &edit->ifd0 : &edit->exif;
        const struct gls_tiff_entry *entry = gls_tiff_table_find(table, tags->date);
        bool is_same = false;
        if (!states_text(&is_same, &edit->tiff, entry, text, error) ||
            (!is_same && !set_text(edit, table, tags->date, text, error)) ||
            !set_date_part(edit, tags->sub_seconds, sub_seconds, !is_same, error) ||
            !set_date_part(edit, tags->offset, gls_strbuf_str(&offset), !is_same, error)) {
            return false;
        }
        /* TIFF/EP has it in IFD0, too. */
        if (table != &edit->ifd0 && gls_tiff_table_find(&edit->ifd0, tags->date) != NULL &&
            !set_text(edit, &edit->ifd0, tags->date, text, error)) {
            return false;
        }
    }
    return true;
}

/* ---- Position ------------------------------------------------------------------------- */

/* Degrees, minutes and hundred-thousandths of seconds: 3e-9 degrees. */
static void write_angle(uint8_t out[24], const struct gls_tiff *tiff, double degrees)
{
    const int64_t scale = 100000;
    int64_t units = llround(fabs(degrees) * 3600.0 * (double)scale);
    const uint32_t numbers[6] = {(uint32_t)(units / (3600 * scale)),    1,
                                 (uint32_t)(units / (60 * scale) % 60), 1,
                                 (uint32_t)(units % (60 * scale)),      (uint32_t)scale};
    for (size_t i = 0; i < 6; i++) {
        gls_tiff_put32(tiff, out + i * 4, numbers[i]);
    }
}

static bool set_angle(struct edit *edit, unsigned tag, double degrees, struct gls_error *error)
{
    uint8_t bytes[24];
    const struct gls_tiff_value value = {
        .tag = tag, .type = GLS_TIFF_RATIONAL, .bytes = bytes, .size = sizeof bytes};
    write_angle(bytes, &edit->tiff, degrees);
    return set(edit, &edit->gps, &value, error);
}

static bool states_position(bool *out, const struct edit *edit, const struct gls_tags *tags,
                            struct gls_error *error)
{
    GLS_STRBUF_AUTO block = GLS_STRBUF_INIT;
    struct gls_exif_values values;
    if (!gls_tiff_compact_exif(&block, edit->tiff.input, error) ||
        !gls_exif_decode(&values, block.data, block.size, error)) {
        return false;
    }
    *out = values.has_position && fabs(values.latitude - tags->latitude) < SAME_PLACE &&
           fabs(values.longitude - tags->longitude) < SAME_PLACE;
    gls_exif_values_clear(&values);
    return true;
}

static bool set_position(struct edit *edit, const struct gls_tags *tags, struct gls_error *error)
{
    static const uint8_t version[4] = {2, 3, 0, 0};
    const struct gls_tiff_value version_id = {
        .tag = GLS_GPS_VERSION_ID, .type = GLS_TIFF_BYTE, .bytes = version, .size = sizeof version};
    bool is_stated = false;
    if (!states_position(&is_stated, edit, tags, error)) {
        return false;
    }
    if (is_stated) {
        return true;
    }
    if (gls_tiff_table_find(&edit->gps, GLS_GPS_VERSION_ID) == NULL &&
        !set(edit, &edit->gps, &version_id, error)) {
        return false;
    }
    return set_text(edit, &edit->gps, GLS_GPS_LATITUDE_REF, tags->latitude < 0.0 ? "S" : "N",
                    error) &&
           set_angle(edit, GLS_GPS_LATITUDE, tags->latitude, error) &&
           set_text(edit, &edit->gps, GLS_GPS_LONGITUDE_REF, tags->longitude < 0.0 ? "W" : "E",
                    error) &&
           set_angle(edit, GLS_GPS_LONGITUDE, tags->longitude, error);
}

static bool clear_position(struct edit *edit, struct gls_error *error)
{
    for (unsigned tag = GLS_GPS_LATITUDE_REF; tag <= GLS_GPS_LONGITUDE; tag++) {
        if (!gls_tiff_table_remove(&edit->gps, &edit->layout, tag, error)) {
            return false;
        }
    }
    return true;
}

/* ---- XMP --------------------------------------------------------------------------------- */

/* As large as the packet that it replaces, if it is smaller: the padding goes
 * before the end mark, as XMP part 1, 7.3.2 requires. */
static void pad_packet(struct gls_strbuf *out, const struct gls_strbuf *packet, size_t size)
{
    static const char mark[] = "<?xpacket end";
    size_t at = packet->size;
    for (size_t i = packet->size; i > 0 && at == packet->size; i--) {
        if (packet->size - i >= sizeof mark - 1 &&
            memcmp(packet->data + i, mark, sizeof mark - 1) == 0) {
            at = i;
        }
    }
    gls_strbuf_add(out, packet->data, at);
    for (size_t i = packet->size; i < size; i++) {
        gls_strbuf_add_char(out, i % 100 == 99 ? '\n' : ' ');
    }
    gls_strbuf_add(out, packet->data + at, packet->size - at);
}

static bool set_xmp(struct edit *edit, const struct gls_strbuf *packet, struct gls_error *error)
{
    GLS_STRBUF_AUTO padded = GLS_STRBUF_INIT;
    const struct gls_tiff_entry *old = gls_tiff_table_find(&edit->ifd0, GLS_TAG_XMP);
    bool fits = old != NULL && !old->is_broken && packet->size <= old->data_size &&
                old->data_size <= 4 * (uint64_t)packet->size + XMP_ROOM * 16;
    size_t size = fits ? (size_t)old->data_size : packet->size + (old != NULL ? XMP_ROOM : 0);
    pad_packet(&padded, packet, size);
    if (padded.failed) {
        return gls_fail_memory(error);
    }
    bool is_undefined = old != NULL && old->type == GLS_TIFF_UNDEFINED;
    const struct gls_tiff_value value = {.tag = GLS_TAG_XMP,
                                         .type = is_undefined ? GLS_TIFF_UNDEFINED : GLS_TIFF_BYTE,
                                         .bytes = padded.data,
                                         .size = padded.size};
    return set(edit, &edit->ifd0, &value, error);
}

/* ---- All together ---------------------------------------------------------------------------- */

static bool set_values(struct edit *edit, const struct gls_tiff_edit *request,
                       struct gls_error *error)
{
    const struct gls_tags *tags = request->tags;
    if (tags != NULL && tags->set_date && !set_date(edit, &tags->date, error)) {
        return false;
    }
    if (tags != NULL && tags->set_position && !set_position(edit, tags, error)) {
        return false;
    }
    if (tags != NULL && tags->clear_position && !clear_position(edit, error)) {
        return false;
    }
    return request->xmp == NULL || set_xmp(edit, request->xmp, error);
}

/* A new Exif directory says which version it follows. */
static bool set_version(struct edit *edit, struct gls_error *error)
{
    const struct gls_tiff_value value = {
        .tag = GLS_TAG_EXIF_VERSION, .type = GLS_TIFF_UNDEFINED, .bytes = "0232", .size = 4};
    if (edit->exif.exists || edit->exif.count == 0) {
        return true;
    }
    return set(edit, &edit->exif, &value, error);
}

static bool write_pointed(struct edit *edit, struct gls_tiff_table *table, unsigned tag,
                          struct gls_error *error)
{
    uint8_t bytes[4];
    uint32_t offset = 0;
    if (!gls_tiff_table_write(&offset, table, &edit->layout, error)) {
        return false;
    }
    if (offset == 0 || (table->exists && offset == table->ifd.offset)) {
        return true;
    }
    const struct gls_tiff_entry *old = gls_tiff_table_find(&edit->ifd0, tag);
    gls_tiff_put32(&edit->tiff, bytes, offset);
    const struct gls_tiff_value value = {
        .tag = tag,
        .type = old != NULL && old->type == GLS_TIFF_IFD ? GLS_TIFF_IFD : GLS_TIFF_LONG,
        .bytes = bytes,
        .size = sizeof bytes};
    return set(edit, &edit->ifd0, &value, error);
}

static bool write_directories(struct edit *edit, struct gls_error *error)
{
    uint8_t bytes[4];
    uint32_t offset = 0;
    if (!set_version(edit, error) || !write_pointed(edit, &edit->exif, GLS_TAG_EXIF_IFD, error) ||
        !write_pointed(edit, &edit->gps, GLS_TAG_GPS_IFD, error) ||
        !gls_tiff_table_write(&offset, &edit->ifd0, &edit->layout, error)) {
        return false;
    }
    if (offset != edit->ifd0.ifd.offset) {
        gls_tiff_put32(&edit->tiff, bytes, offset);
        if (!gls_patch_overwrite(edit->layout.patch, 4, bytes, sizeof bytes, error)) {
            return false;
        }
    }
    return gls_tiff_layout_end(&edit->layout, error);
}

bool gls_tiff_plan(struct gls_patch *out, struct gls_input *input, const struct gls_tiff_edit *edit,
                   struct gls_error *error)
{
    struct edit *work = calloc(1, sizeof *work);
    if (work == NULL) {
        return gls_fail_memory(error);
    }
    bool ok = load(work, input, out, error) && set_values(work, edit, error) &&
              write_directories(work, error);
    gls_tiff_table_free(&work->ifd0);
    gls_tiff_table_free(&work->exif);
    gls_tiff_table_free(&work->gps);
    gls_tiff_layout_free(&work->layout);
    free(work);
    return ok;
}
