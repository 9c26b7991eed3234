/* SPDX-License-Identifier: MIT */
#include "media/xmp/xmp_targets.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/timestamp.h"
#include "media/xmp/xmp_rdf.h"

enum want_flags { WANT_SIMPLE = 0, WANT_ALTERNATIVES = 1, WANT_IF_PRESENT = 2 };

struct property {
    const char *name;
    const char *exiv2_key;
    int flags;
};

static const struct property title = {GLS_NS_DC " title", "Xmp.dc.title", WANT_ALTERNATIVES};
static const struct property display_name = {GLS_NS_PMI " displayName", "Xmp.pmi.displayName",
                                             WANT_SIMPLE};
static const struct property album = {GLS_NS_XMPDM " album", "Xmp.xmpDM.album", WANT_SIMPLE};
static const struct property elodie_album = {GLS_NS_ELODIE " Album", "Xmp.elodie.Album",
                                             WANT_ALTERNATIVES | WANT_IF_PRESENT};
static const struct property original_name = {GLS_NS_GETTY " OriginalFilename",
                                              "Xmp.GettyImagesGIFT.OriginalFilename", WANT_SIMPLE};
static const struct property source = {GLS_NS_GLASSINE " " GLS_UNDO_XMP_PROPERTY,
                                       "Xmp." GLS_UNDO_XMP_PREFIX "." GLS_UNDO_XMP_PROPERTY,
                                       WANT_SIMPLE};
static const struct property dates[] = {
    {GLS_NS_EXIF " DateTimeOriginal", "Xmp.exif.DateTimeOriginal", WANT_SIMPLE},
    {GLS_NS_XMP " CreateDate", "Xmp.xmp.CreateDate", WANT_SIMPLE},
    {GLS_NS_PHOTOSHOP " DateCreated", "Xmp.photoshop.DateCreated", WANT_SIMPLE},
};
static const struct property latitude = {GLS_NS_EXIF " GPSLatitude", "Xmp.exif.GPSLatitude",
                                         WANT_SIMPLE};
static const struct property longitude = {GLS_NS_EXIF " GPSLongitude", "Xmp.exif.GPSLongitude",
                                          WANT_SIMPLE};
/* No part of XMP, but some writers add them. */
static const struct property latitude_ref = {GLS_NS_EXIF " GPSLatitudeRef",
                                             "Xmp.exif.GPSLatitudeRef", WANT_IF_PRESENT};
static const struct property longitude_ref = {GLS_NS_EXIF " GPSLongitudeRef",
                                              "Xmp.exif.GPSLongitudeRef", WANT_IF_PRESENT};

/* `flags` are added to the property's own. */
static void want_as(struct gls_xmp_targets *out, const struct property *property, const char *value,
                    int flags)
{
    flags |= property->flags;
    out->items[out->count++] = (struct gls_xmp_target){
        .name = property->name,
        .exiv2_key = property->exiv2_key,
        .value = value,
        .is_alternatives = (flags & WANT_ALTERNATIVES) != 0,
        .only_if_present = (flags & WANT_IF_PRESENT) != 0,
    };
}

static void want(struct gls_xmp_targets *out, const struct property *property, const char *value)
{
    want_as(out, property, value, WANT_SIMPLE);
}

/* "37,22.1280000N": to a ten-millionth of a minute. Not by printf("%f"), which
 * follows the locale. */
static void write_coordinate(char out[32], double degrees, char positive, char negative)
{
    long long units = llround(fabs(degrees) * 60.0 * 1e7);
    long long per_degree = 600000000LL;
    snprintf(out, 32, "%lld,%lld.%07lld%c", units / per_degree, units % per_degree / 10000000LL,
             units % 10000000LL, degrees < 0.0 ? negative : positive);
}

static void want_position(struct gls_xmp_targets *out, const struct gls_tags *tags,
                          const struct gls_xmp_use *use)
{
    if (tags->clear_position) {
        want(out, &latitude, NULL);
        want(out, &longitude, NULL);
        want(out, &latitude_ref, NULL);
        want(out, &longitude_ref, NULL);
    } else if (tags->set_position) {
        int flags = use->holds_position ? WANT_SIMPLE : WANT_IF_PRESENT;
        write_coordinate(out->latitude, tags->latitude, 'N', 'S');
        write_coordinate(out->longitude, tags->longitude, 'E', 'W');
        want_as(out, &latitude, out->latitude, flags);
        want_as(out, &longitude, out->longitude, flags);
        want(out, &latitude_ref, tags->latitude < 0.0 ? "S" : "N");
        want(out, &longitude_ref, tags->longitude < 0.0 ? "W" : "E");
    }
}

static void want_date(struct gls_xmp_targets *out, const struct gls_datetime *date,
                      const struct gls_xmp_use *use)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    gls_datetime_add_iso(&text, date);
    if (date->has_offset) {
        gls_utc_offset_add(&text, date->utc_offset_s);
    }
    snprintf(out->date, sizeof out->date, "%s", gls_strbuf_str(&text));
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        want_as(out, &dates[i], out->date, use->holds_date ? WANT_SIMPLE : WANT_IF_PRESENT);
    }
}

void gls_xmp_make_targets(struct gls_xmp_targets *out, const struct gls_tags *tags,
                          const struct gls_xmp_use *use)
{
    memset(out, 0, sizeof *out);
    if (tags->clear_title) {
        want(out, &title, NULL);
        want(out, &display_name, NULL);
    } else if (tags->title != NULL) {
        want(out, use->is_video ? &display_name : &title, tags->title);
    }
    if (tags->clear_album) {
        want(out, &album, NULL);
        want(out, &elodie_album, NULL);
    } else if (tags->album != NULL) {
        want(out, &album, tags->album);
        want(out, &elodie_album, tags->album);
    }
    if (tags->original_name != NULL) {
        want(out, &original_name, tags->original_name);
    }
    if (tags->source_record != NULL) {
        want(out, &source, tags->source_record);
        out->has_mark = true;
    }
    if (tags->set_date) {
        want_date(out, &tags->date, use);
    }
    want_position(out, tags, use);
}
