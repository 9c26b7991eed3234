/* SPDX-License-Identifier: MIT */
/* Reading Exif (EXIF 2.32). */
#include "media/tiff/exif.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "base/timestamp.h"
#include "media/core/date_words.h"
#include "media/core/record.h"
#include "media/tiff/exif_entries.h"
#include "media/tiff/tiff.h"

void gls_exif_values_clear(struct gls_exif_values *values)
{
    if (values == NULL) {
        return;
    }
    free(values->make);
    free(values->model);
    free(values->date_time_original);
    free(values->date_time_digitized);
    free(values->date_time);
    free(values->sub_sec_original);
    free(values->sub_sec_digitized);
    free(values->sub_sec);
    free(values->offset_original);
    free(values->offset_digitized);
    free(values->offset);
    free(values->content_id);
    free(values->burst_id);
    memset(values, 0, sizeof *values);
}

/* Text up to its NUL; EXIF says ASCII, cameras also write UTF-8 and Latin-1. */
static char *text_from_bytes(const unsigned char *bytes, size_t size)
{
    const char *text = (const char *)bytes;
    size_t length = strnlen(text, size);
    if (gls_utf8_is_valid(text, length)) {
        return strndup(text, length);
    }
    return gls_latin1_to_utf8(text, length);
}

/* *out stays NULL where there is no such text. False: out of memory. */
static bool read_text(char **out, const struct gls_exif_entries *entries, enum gls_exif_ifd ifd,
                      unsigned tag)
{
    struct gls_exif_entry entry;
    if (!gls_exif_entries_find(&entry, entries, ifd, tag) ||
        (entry.type != GLS_TIFF_ASCII && entry.type != GLS_TIFF_UNDEFINED &&
         entry.type != GLS_TIFF_BYTE)) {
        return true;
    }
    *out = text_from_bytes(entry.data, entry.size);
    return *out != NULL;
}

static uint32_t number_at(const struct gls_exif_entry *entry, size_t offset)
{
    return entry->is_big_endian ? gls_be32(entry->data + offset) : gls_le32(entry->data + offset);
}

/* Some phones state the signed type. */
static bool read_fraction(double *out, const struct gls_exif_entry *entry, size_t index)
{
    uint32_t numerator = number_at(entry, index * 8);
    uint32_t denominator = number_at(entry, index * 8 + 4);
    *out = 0.0;
    if (denominator != 0 && entry->type == GLS_TIFF_SRATIONAL) {
        *out = (double)(int32_t)numerator / (int32_t)denominator;
    } else if (denominator != 0) {
        *out = (double)numerator / denominator;
    }
    return denominator != 0 || numerator == 0;
}

/* Degrees, minutes and seconds, or hours. A first value of 0/0 means "not
 * known"; minutes and seconds are left out by some cameras in that way. */
static bool read_rationals(double out[3], const struct gls_exif_entries *entries, unsigned tag)
{
    struct gls_exif_entry entry;
    if (!gls_exif_entries_find(&entry, entries, GLS_EXIF_GPS, tag) || entry.count == 0 ||
        entry.size / 8 < entry.count ||
        (entry.type != GLS_TIFF_RATIONAL && entry.type != GLS_TIFF_SRATIONAL) ||
        number_at(&entry, 4) == 0) {
        return false;
    }
    for (unsigned i = 0; i < 3; i++) {
        out[i] = 0.0;
        if (i < entry.count && !read_fraction(&out[i], &entry, i)) {
            return false;
        }
        if (out[i] < 0.0) {
            return false;
        }
    }
    return true;
}

/* The sign that a ref gives, 0 if it is missing: then the position is unknown,
 * for a photo must not land on the other side of the globe. */
static int read_sign(const struct gls_exif_entries *entries, unsigned tag, char positive,
                     char negative)
{
    struct gls_exif_entry entry;
    if (!gls_exif_entries_find(&entry, entries, GLS_EXIF_GPS, tag)) {
        return 0;
    }
    int ref = entry.data[0] & ~0x20;
    return ref == positive ? 1 : ref == negative ? -1 : 0;
}

static void read_position(struct gls_exif_values *out, const struct gls_exif_entries *entries)
{
    double latitude[3];
    double longitude[3];
    int north = read_sign(entries, GLS_GPS_LATITUDE_REF, 'N', 'S');
    int east = read_sign(entries, GLS_GPS_LONGITUDE_REF, 'E', 'W');
    if (north == 0 || east == 0 || !read_rationals(latitude, entries, GLS_GPS_LATITUDE) ||
        !read_rationals(longitude, entries, GLS_GPS_LONGITUDE)) {
        return;
    }
    out->latitude = north * (latitude[0] + latitude[1] / 60.0 + latitude[2] / 3600.0);
    out->longitude = east * (longitude[0] + longitude[1] / 60.0 + longitude[2] / 3600.0);
    out->has_position = fabs(out->latitude) <= 90.0 && fabs(out->longitude) <= 180.0;
}

static bool read_gps_time(struct gls_exif_values *out, const struct gls_exif_entries *entries)
{
    double time[3];
    char *date = NULL;
    bool is_partial = false;
    struct gls_datetime when;
    bool ok = read_text(&date, entries, GLS_EXIF_GPS, GLS_GPS_DATE_STAMP);
    out->has_gps_date =
        date != NULL && gls_datetime_parse_legible(&out->gps_time, &is_partial, date);
    when = out->gps_time;
    if (out->has_gps_date && !is_partial && read_rationals(time, entries, GLS_GPS_TIME_STAMP) &&
        time[0] < 24.0 && time[1] < 60.0 && time[2] < 61.0) {
        when.hour = (int8_t)time[0];
        when.minute = (int8_t)time[1];
        when.second = (int8_t)fmin(time[2], 59.0);
        when.has_offset = true;
        when.utc_offset_s = 0;
        out->has_gps_time = true;
        out->gps_time = when;
    }
    free(date);
    return ok;
}

static bool read_entries(struct gls_exif_values *out, const struct gls_exif_entries *entries,
                         struct gls_error *error)
{
    const struct {
        char **field;
        enum gls_exif_ifd ifd;
        unsigned tag;
    } texts[] = {
        {&out->make, GLS_EXIF_IFD0, GLS_TAG_MAKE},
        {&out->model, GLS_EXIF_IFD0, GLS_TAG_MODEL},
        {&out->date_time, GLS_EXIF_IFD0, GLS_TAG_DATE_TIME},
        {&out->date_time_original, GLS_EXIF_PHOTO, GLS_TAG_DATE_TIME_ORIGINAL},
        {&out->date_time_digitized, GLS_EXIF_PHOTO, GLS_TAG_DATE_TIME_DIGITIZED},
        {&out->sub_sec, GLS_EXIF_PHOTO, GLS_TAG_SUB_SEC_TIME},
        {&out->sub_sec_original, GLS_EXIF_PHOTO, GLS_TAG_SUB_SEC_TIME_ORIGINAL},
        {&out->sub_sec_digitized, GLS_EXIF_PHOTO, GLS_TAG_SUB_SEC_TIME_DIGITIZED},
        {&out->offset, GLS_EXIF_PHOTO, GLS_TAG_OFFSET_TIME},
        {&out->offset_original, GLS_EXIF_PHOTO, GLS_TAG_OFFSET_TIME_ORIGINAL},
        {&out->offset_digitized, GLS_EXIF_PHOTO, GLS_TAG_OFFSET_TIME_DIGITIZED},
    };
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof texts / sizeof texts[0]; i++) {
        ok = read_text(texts[i].field, entries, texts[i].ifd, texts[i].tag);
    }
    read_position(out, entries);
    return (ok && read_gps_time(out, entries)) || gls_fail_memory(error);
}

/* Apple's maker note: "Apple iOS\0", two bytes of version, "MM", then an IFD
 * whose offsets count from the note's start. Tag 0x0011 joins a Live Photo, tag 0x000B
 * the frames of a burst. *out stays NULL where there is none. False: out of memory. */
static bool read_apple_id(char **out, const struct gls_strbuf *maker_note, unsigned tag)
{
    const uint8_t *note = (const uint8_t *)maker_note->data;
    size_t size = maker_note->size;
    static const uint8_t magic[10] = "Apple iOS";
    if (size < 16 || memcmp(note, magic, sizeof magic) != 0 || memcmp(note + 12, "MM", 2) != 0) {
        return true;
    }
    size_t count = gls_be16(note + 14);
    for (size_t i = 0; i < count && 16 + (i + 1) * 12 <= size; i++) {
        const uint8_t *entry = note + 16 + i * 12;
        size_t length = gls_be32(entry + 4);
        size_t offset = gls_be32(entry + 8);
        if (gls_be16(entry) == tag && gls_be16(entry + 2) == GLS_TIFF_ASCII && length > 4 &&
            length <= 256 && offset <= size && length <= size - offset) {
            *out = text_from_bytes(note + offset, length);
            return *out != NULL;
        }
    }
    return true;
}

/* The maker note stands in the Exif IFD of the original block. */
static bool read_maker_note(struct gls_exif_values *out, struct gls_input *input,
                            struct gls_error *error)
{
    struct gls_tiff tiff;
    struct gls_tiff_ifd ifd0 = GLS_TIFF_IFD_INIT;
    struct gls_tiff_ifd exif = GLS_TIFF_IFD_INIT;
    struct gls_error inner = GLS_ERROR_INIT;
    GLS_STRBUF_AUTO note = GLS_STRBUF_INIT;
    bool ok = gls_tiff_open(&tiff, input, &inner) &&
              gls_tiff_read_ifd(&ifd0, &tiff, tiff.first_ifd, &inner) &&
              gls_tiff_follow(&exif, &tiff, &ifd0, GLS_TAG_EXIF_IFD, &inner);
    const struct gls_tiff_entry *entry = gls_tiff_find(&exif, GLS_TAG_MAKER_NOTE);
    if (entry != NULL && entry->data_size >= 16) {
        ok = gls_tiff_read_data(&note, &tiff, entry, 1u << 20, &inner) &&
             ((read_apple_id(&out->content_id, &note, 0x0011) &&
               read_apple_id(&out->burst_id, &note, 0x000B)) ||
              gls_fail_memory(&inner));
    }
    gls_tiff_ifd_free(&ifd0);
    gls_tiff_ifd_free(&exif);
    if (!ok && gls_error_is_of_system(&inner)) {
        *error = inner;
        return false;
    }
    return true;
}

bool gls_exif_decode(struct gls_exif_values *out, const void *block, size_t size,
                     struct gls_error *error)
{
    struct gls_input *input = NULL;
    struct gls_exif_entries *entries = NULL;
    memset(out, 0, sizeof *out);
    bool ok = gls_input_from_memory(&input, block, size, "Exif block", error) &&
              gls_exif_entries_new(&entries, input, error);
    if (ok) {
        ok = read_entries(out, entries, error) && read_maker_note(out, input, error);
    }
    gls_exif_entries_free(entries);
    gls_input_free(input);
    if (!ok) {
        gls_exif_values_clear(out);
    }
    return ok;
}

/* "084" to 84 milliseconds; the digits are a decimal fraction. */
static void apply_sub_seconds(struct gls_datetime *when, const char *digits)
{
    if (digits == NULL) {
        return;
    }
    int32_t scale = 100000000;
    int32_t nanosecond = 0;
    int8_t count = 0;
    digits += strspn(digits, " ");
    for (; digits[count] >= '0' && digits[count] <= '9' && count < 9; count++) {
        nanosecond += (digits[count] - '0') * scale;
        scale /= 10;
    }
    if (count > 0) {
        when->nanosecond = nanosecond;
        when->subsecond_digits = count;
    }
}

/* One of the three dates of Exif. */
struct stated_date {
    const char *text;
    const char *sub_seconds;
    const char *offset;
    enum gls_date_strength strength;
    const char *source;
};

static void offer_date(struct gls_media *media, const struct stated_date *stated)
{
    struct gls_datetime when;
    struct gls_date_claim claim = {stated->strength, stated->source, false, false};
    int32_t offset_s;
    if (!gls_media_parse_date(&when, &claim.is_partial, media, stated->text, &claim)) {
        return;
    }
    if (when.subsecond_digits == 0 && !claim.is_partial) {
        apply_sub_seconds(&when, stated->sub_seconds);
    }
    bool has_offset = !claim.is_partial && stated->offset != NULL &&
                      gls_utc_offset_parse(&offset_s, stated->offset);
    /* A "Z" is none of the standard's. It is an instant, as in every other field, and the offset
     * beside it says where the clock stood. */
    claim.is_utc = when.has_offset && gls_date_text_is_utc(stated->text);
    if (claim.is_utc && has_offset && gls_datetime_add_s(&when, offset_s)) {
        claim.is_utc = false;
        when.utc_offset_s = offset_s;
    } else if (!when.has_offset && has_offset) {
        when.has_offset = true;
        when.utc_offset_s = offset_s;
    }
    gls_media_offer_date(media, &when, &claim);
}

/* A date without an offset of its own has that of another one of the same moment. */
static void share_offsets(struct stated_date *dates, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count && dates[i].text != NULL && dates[i].offset == NULL; j++)
            if (dates[j].text != NULL && strcmp(dates[i].text, dates[j].text) == 0)
                dates[i].offset = dates[j].offset;
}

void gls_exif_offer(struct gls_media *media, const struct gls_exif_values *values)
{
    struct stated_date dates[] = {
        {values->date_time_original, values->sub_sec_original, values->offset_original,
         GLS_DATE_TAKEN, "Exif.Photo.DateTimeOriginal"},
        {values->date_time_digitized, values->sub_sec_digitized, values->offset_digitized,
         GLS_DATE_DIGITIZED, "Exif.Photo.DateTimeDigitized"},
        {values->date_time, values->sub_sec, values->offset, GLS_DATE_CHANGED,
         "Exif.Image.DateTime"},
    };
    share_offsets(dates, sizeof dates / sizeof dates[0]);
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        offer_date(media, &dates[i]);
    }
    gls_media_offer_value(media, &media->camera_make, &media->camera_source, values->make,
                          "Exif.Image.Make");
    gls_media_offer_value(media, &media->camera_model, &media->camera_source, values->model,
                          "Exif.Image.Model");
    gls_media_offer_text(media, &media->content_id, values->content_id);
    gls_media_offer_text(media, &media->burst_id, values->burst_id);
    if (values->has_position) {
        gls_media_offer_position(media, values->latitude, values->longitude,
                                 "Exif.GPSInfo.GPSLatitude");
    }
    if (values->has_gps_date) {
        gls_media_offer_gps_time(media, &values->gps_time, values->has_gps_time,
                                 "Exif.GPSInfo.GPSDateStamp");
    }
}
