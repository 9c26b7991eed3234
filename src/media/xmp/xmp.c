/* SPDX-License-Identifier: MIT */
/* What an XMP packet means: which properties glassine reads, in which order. */
#include "media/xmp/xmp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "media/core/record.h"
#include "media/xmp/xmp_kept.h"

#define NAMES_MAX 256u

void gls_xmp_values_clear(struct gls_xmp_values *values)
{
    if (values == NULL) {
        return;
    }
    free(values->title);
    free(values->display_name);
    free(values->album);
    free(values->original_name);
    free(values->photoshop_date_created);
    free(values->xmp_create_date);
    free(values->xmp_modify_date);
    free(values->dc_date);
    free(values->tiff_date_time);
    free(values->exif_date_time_digitized);
    free(values->exif_date_time_original);
    free(values->exif_gps_time);
    free(values->description);
    for (size_t i = 0; i < values->people_count; i++) {
        free(values->people[i]);
    }
    free(values->people);
    for (size_t i = 0; i < values->album_count; i++) {
        free(values->albums[i]);
    }
    free(values->albums);
    free(values->make);
    free(values->model);
    memset(values, 0, sizeof *values);
}

/* A decimal number without sign; strtod() would follow the locale. */
static bool read_decimal(double *out, const char **text)
{
    const char *p = *text;
    double value = 0.0;
    double scale = 1.0;
    unsigned digits = 0;
    for (; *p >= '0' && *p <= '9'; p++, digits++) {
        value = value * 10.0 + (*p - '0');
    }
    if (*p == '.') {
        for (p++; *p >= '0' && *p <= '9'; p++, digits++) {
            scale /= 10.0;
            value += (*p - '0') * scale;
        }
    }
    *text = p;
    *out = value;
    return digits > 0 && digits < 40;
}

/* XMP part 2, GPSCoordinate: "DDD,MM,SSk" or "DDD,MM.mmk", k one of N S E W. Also
 * met: a signed decimal number of degrees, or one without a sign beside a property
 * of its own for k (Apple Photos), which `stated_ref` is, or NULL. */
static bool read_coordinate(double *out, const char *text, const char *stated_ref,
                            const char refs[2])
{
    static const double units[] = {1.0, 60.0, 3600.0};
    double sum = 0.0;
    double part;
    unsigned parts = 0;
    if (text == NULL) {
        return false;
    }
    text += strspn(text, " ");
    double sign = *text == '-' ? -1.0 : 1.0;
    text += *text == '-' || *text == '+';
    while (parts < 3 && read_decimal(&part, &text)) {
        sum += part / units[parts++];
        if (*text != ',') {
            break;
        }
        text++;
    }
    text += strspn(text, " ");
    int ref = *text & ~0x20;
    bool has_ref = *text != '\0' && (ref == refs[0] || ref == refs[1]);
    text += has_ref;
    text += strspn(text, " ");
    if (!has_ref && stated_ref != NULL && sign > 0.0) {
        ref = *stated_ref & ~0x20;
        has_ref = ref == refs[0] || ref == refs[1];
    }
    *out = ref == refs[1] ? -sign * sum : sign * sum;
    return *text == '\0' && (has_ref ? parts > 0 : parts == 1) && isfinite(sum);
}

static void read_position(struct gls_xmp_values *out, const struct gls_rdf *rdf)
{
    double latitude;
    double longitude;
    if (read_coordinate(&latitude, gls_rdf_value(rdf, GLS_NS_EXIF " GPSLatitude"),
                        gls_rdf_value(rdf, GLS_NS_EXIF " GPSLatitudeRef"), "NS") &&
        read_coordinate(&longitude, gls_rdf_value(rdf, GLS_NS_EXIF " GPSLongitude"),
                        gls_rdf_value(rdf, GLS_NS_EXIF " GPSLongitudeRef"), "EW") &&
        fabs(latitude) <= 90.0 && fabs(longitude) <= 180.0) {
        out->latitude = latitude;
        out->longitude = longitude;
        out->has_position = true;
    }
}

static bool take(char **out, const struct gls_rdf *rdf, const char *name)
{
    const char *value = gls_rdf_value(rdf, name);
    if (value == NULL || *value == '\0' || *out != NULL) {
        return true;
    }
    *out = strdup(value);
    return *out != NULL;
}

struct names {
    char ***names;
    size_t *count;
};

/* What follows `prefix` in the items of a list that begin with it. */
static bool read_names(const struct names *out, const struct gls_rdf *rdf, const char *name,
                       const char *prefix)
{
    size_t size = strlen(prefix);
    size_t at = 0;
    const struct gls_rdf_leaf *leaf;
    while (*out->count < NAMES_MAX && (leaf = gls_rdf_next_leaf(rdf, &at, name)) != NULL) {
        const char *value = gls_rdf_text(rdf, leaf->value);
        if (strncmp(value, prefix, size) != 0) {
            continue;
        }
        char **grown = realloc(*out->names, (*out->count + 1) * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        *out->names = grown;
        grown[*out->count] = strdup(value + size);
        if (grown[*out->count] == NULL) {
            return false;
        }
        (*out->count)++;
    }
    return true;
}

/* Both lists say the same, with the separators of two programs. */
static bool read_albums(struct gls_xmp_values *out, const struct gls_rdf *rdf)
{
    const struct names albums = {&out->albums, &out->album_count};
    return read_names(&albums, rdf, GLS_NS_DIGIKAM " TagsList", GLS_XMP_ALBUMS "/") &&
           (out->album_count > 0 ||
            read_names(&albums, rdf, GLS_NS_LIGHTROOM " hierarchicalSubject",
                       GLS_XMP_ALBUMS "|")) &&
           (out->album_count > 0 ||
            read_names(&albums, rdf, GLS_NS_LIGHTROOM " hierarchicalSubject", GLS_XMP_ALBUMS "/"));
}

static bool read_people(struct gls_xmp_values *out, const struct gls_rdf *rdf)
{
    const struct names people = {&out->people, &out->people_count};
    return read_names(&people, rdf, GLS_NS_IPTC_EXT " PersonInImage", "");
}

/* -1 is "rejected", 0 "not rated"; some writers add a fraction. */
static int read_rating(const struct gls_rdf *rdf)
{
    const char *text = gls_rdf_value(rdf, GLS_NS_XMP " Rating");
    double value;
    if (text == NULL) {
        return 0;
    }
    bool rejected = *text == '-';
    text += rejected;
    return !read_decimal(&value, &text) || *text != '\0' || value > 5.0 ? 0
           : rejected                                                   ? (value == 1.0 ? -1 : 0)
                                                                        : (int)value;
}

static bool read_values(struct gls_xmp_values *out, const struct gls_rdf *rdf)
{
    read_position(out, rdf);
    out->rating = read_rating(rdf);
    return read_people(out, rdf) && read_albums(out, rdf) &&
           take(&out->description, rdf, GLS_NS_DC " description") &&
           take(&out->title, rdf, GLS_NS_DC " title") &&
           take(&out->display_name, rdf, GLS_NS_PMI " displayName") &&
           take(&out->album, rdf, GLS_NS_XMPDM " album") &&
           take(&out->album, rdf, GLS_NS_ELODIE " Album") &&
           take(&out->original_name, rdf, GLS_NS_GETTY " OriginalFilename") &&
           take(&out->original_name, rdf, GLS_NS_GETTY " OriginalFileName") &&
           take(&out->photoshop_date_created, rdf, GLS_NS_PHOTOSHOP " DateCreated") &&
           take(&out->xmp_create_date, rdf, GLS_NS_XMP " CreateDate") &&
           take(&out->xmp_modify_date, rdf, GLS_NS_XMP " ModifyDate") &&
           take(&out->dc_date, rdf, GLS_NS_DC " date") &&
           take(&out->tiff_date_time, rdf, GLS_NS_TIFF " DateTime") &&
           take(&out->exif_date_time_digitized, rdf, GLS_NS_EXIF " DateTimeDigitized") &&
           take(&out->exif_date_time_original, rdf, GLS_NS_EXIF " DateTimeOriginal") &&
           /* Part 2 puts date and time into exif:GPSTimeStamp; some writers name it
            * as ExifTool shows it. */
           take(&out->exif_gps_time, rdf, GLS_NS_EXIF " GPSTimeStamp") &&
           take(&out->exif_gps_time, rdf, GLS_NS_EXIF " GPSDateTime") &&
           take(&out->make, rdf, GLS_NS_TIFF " Make") &&
           take(&out->model, rdf, GLS_NS_TIFF " Model");
}

bool gls_xmp_decode(struct gls_xmp_values *out, const void *packet, size_t size,
                    struct gls_error *error)
{
    return gls_xmp_decode_of(out, NULL, packet, size, error);
}

bool gls_xmp_decode_of(struct gls_xmp_values *out, struct gls_input *input, const void *packet,
                       size_t size, struct gls_error *error)
{
    const struct gls_rdf *rdf;
    memset(out, 0, sizeof *out);
    bool ok = gls_rdf_open_values(&rdf, input, packet, size, error);
    if (ok && !read_values(out, rdf)) {
        ok = gls_fail_memory(error);
    }
    gls_rdf_release(rdf);
    if (!ok) {
        gls_xmp_values_clear(out);
    }
    return ok;
}

void gls_xmp_offer(struct gls_media *media, const struct gls_xmp_values *values)
{
    if (media->kind == GLS_KIND_VIDEO || media->kind == GLS_KIND_AUDIO) {
        gls_media_offer_value(media, &media->title, &media->title_source, values->display_name,
                              "Xmp.pmi.displayName");
    }
    gls_media_offer_value(media, &media->title, &media->title_source, values->title,
                          "Xmp.dc.title");
    gls_media_offer_value(media, &media->album, &media->album_source, values->album,
                          "Xmp.xmpDM.album");
    gls_media_offer_text(media, &media->original_name, values->original_name);
    gls_media_offer_text(media, &media->description, values->description);
    for (size_t i = 0; i < values->people_count; i++) {
        gls_media_add_person(media, values->people[i]);
    }
    for (size_t i = 0; i < values->album_count; i++) {
        gls_media_add_album(media, values->albums[i]);
    }
    media->rating = media->rating != 0 ? media->rating : values->rating;
    gls_media_offer_value(media, &media->camera_make, &media->camera_source, values->make,
                          "Xmp.tiff.Make");
    gls_media_offer_value(media, &media->camera_model, &media->camera_source, values->model,
                          "Xmp.tiff.Model");
    if (values->has_position) {
        gls_media_offer_position(media, values->latitude, values->longitude,
                                 "Xmp.exif.GPSLatitude");
    }
}

void gls_xmp_offer_dates(struct gls_media *media, const struct gls_xmp_values *values)
{
    const struct {
        const char *text;
        struct gls_date_claim claim;
    } dates[] = {
        {values->exif_date_time_original, {GLS_DATE_TAKEN, "Xmp.exif.DateTimeOriginal", 0, 0}},
        {values->photoshop_date_created, {GLS_DATE_TAKEN, "Xmp.photoshop.DateCreated", 0, 0}},
        {values->exif_date_time_digitized,
         {GLS_DATE_DIGITIZED, "Xmp.exif.DateTimeDigitized", 0, 0}},
        {values->xmp_create_date, {GLS_DATE_DIGITIZED, "Xmp.xmp.CreateDate", 0, 0}},
        {values->tiff_date_time, {GLS_DATE_CHANGED, "Xmp.tiff.DateTime", 0, 0}},
        {values->xmp_modify_date, {GLS_DATE_CHANGED, "Xmp.xmp.ModifyDate", 0, 0}},
        /* Of any event in its life, and so the last. */
        {values->dc_date, {GLS_DATE_CHANGED, "Xmp.dc.date", 0, 0}},
    };
    struct gls_datetime when;
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        gls_media_offer_date_text(media, dates[i].text, &dates[i].claim);
    }
    if (values->exif_gps_time != NULL && gls_datetime_parse(&when, values->exif_gps_time, false)) {
        /* GPS time is UTC; an offset that is stated all the same is obeyed. */
        (void)gls_datetime_add_s(&when, -when.utc_offset_s);
        when.has_offset = true;
        when.utc_offset_s = 0;
        gls_media_offer_gps_time(media, &when, true, "Xmp.exif.GPSTimeStamp");
    }
}
