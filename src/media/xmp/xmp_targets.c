/* SPDX-License-Identifier: MIT */
#include "media/xmp/xmp_targets.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/timestamp.h"
#include "media/xmp/xmp_rdf.h"

enum target_flags { TARGET_SIMPLE = 0, TARGET_ALTERNATIVES = 1, TARGET_IF_PRESENT = 2 };

struct property {
    const char *name;
    const char *exiv2_key;
    int flags;
};

static const struct property title = {GLS_NS_DC " title", "Xmp.dc.title", TARGET_ALTERNATIVES};
static const struct property display_name = {GLS_NS_PMI " displayName", "Xmp.pmi.displayName",
                                             TARGET_SIMPLE};
static const struct property album = {GLS_NS_XMPDM " album", "Xmp.xmpDM.album", TARGET_SIMPLE};
static const struct property elodie_album = {GLS_NS_ELODIE " Album", "Xmp.elodie.Album",
                                             TARGET_ALTERNATIVES | TARGET_IF_PRESENT};
static const struct property original_name = {
    GLS_NS_GETTY " OriginalFilename", "Xmp.GettyImagesGIFT.OriginalFilename", TARGET_SIMPLE};
static const struct property source = {GLS_NS_GLASSINE " " GLS_UNDO_XMP_PROPERTY,
                                       "Xmp." GLS_UNDO_XMP_PREFIX "." GLS_UNDO_XMP_PROPERTY,
                                       TARGET_SIMPLE};
static const struct property dates[] = {
    {GLS_NS_EXIF " DateTimeOriginal", "Xmp.exif.DateTimeOriginal", TARGET_SIMPLE},
    {GLS_NS_XMP " CreateDate", "Xmp.xmp.CreateDate", TARGET_SIMPLE},
    {GLS_NS_PHOTOSHOP " DateCreated", "Xmp.photoshop.DateCreated", TARGET_SIMPLE},
};
static const struct property latitude = {GLS_NS_EXIF " GPSLatitude", "Xmp.exif.GPSLatitude",
                                         TARGET_SIMPLE};
static const struct property longitude = {GLS_NS_EXIF " GPSLongitude", "Xmp.exif.GPSLongitude",
                                          TARGET_SIMPLE};
static const struct property description = {GLS_NS_DC " description", "Xmp.dc.description",
                                            TARGET_ALTERNATIVES};
static const struct property rating = {GLS_NS_XMP " Rating", "Xmp.xmp.Rating", TARGET_SIMPLE};
static const struct property people = {GLS_NS_IPTC_EXT " PersonInImage",
                                       "Xmp.iptcExt.PersonInImage", TARGET_SIMPLE};
static const struct property tags_list = {GLS_NS_DIGIKAM " TagsList", "Xmp.digiKam.TagsList",
                                          TARGET_SIMPLE};
static const struct property hierarchical_subject = {GLS_NS_LIGHTROOM " hierarchicalSubject",
                                                     "Xmp.lr.hierarchicalSubject", TARGET_SIMPLE};
/* No part of XMP, but some writers add them. */
static const struct property latitude_ref = {GLS_NS_EXIF " GPSLatitudeRef",
                                             "Xmp.exif.GPSLatitudeRef", TARGET_IF_PRESENT};
static const struct property longitude_ref = {GLS_NS_EXIF " GPSLongitudeRef",
                                              "Xmp.exif.GPSLongitudeRef", TARGET_IF_PRESENT};

/* `flags` are added to the property's own. */
static void add_target_as(struct gls_xmp_targets *out, const struct property *property,
                          const char *value, int flags)
{
    flags |= property->flags;
    out->items[out->count++] = (struct gls_xmp_target){
        .name = property->name,
        .name_size = strlen(property->name),
        .exiv2_key = property->exiv2_key,
        .value = value,
        .is_alternatives = (flags & TARGET_ALTERNATIVES) != 0,
        .only_if_present = (flags & TARGET_IF_PRESENT) != 0,
    };
}

static void add_target(struct gls_xmp_targets *out, const struct property *property,
                       const char *value)
{
    add_target_as(out, property, value, TARGET_SIMPLE);
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

static void add_position(struct gls_xmp_targets *out, const struct gls_tags *tags,
                         const struct gls_xmp_use *use)
{
    if (tags->clear_position) {
        add_target(out, &latitude, NULL);
        add_target(out, &longitude, NULL);
        add_target(out, &latitude_ref, NULL);
        add_target(out, &longitude_ref, NULL);
    } else if (tags->set_position) {
        int flags = use->holds_position ? TARGET_SIMPLE : TARGET_IF_PRESENT;
        write_coordinate(out->latitude, tags->latitude, 'N', 'S');
        write_coordinate(out->longitude, tags->longitude, 'E', 'W');
        add_target_as(out, &latitude, out->latitude, flags);
        add_target_as(out, &longitude, out->longitude, flags);
        add_target(out, &latitude_ref, tags->latitude < 0.0 ? "S" : "N");
        add_target(out, &longitude_ref, tags->longitude < 0.0 ? "W" : "E");
    }
}

static void add_date(struct gls_xmp_targets *out, const struct gls_datetime *date,
                     const struct gls_xmp_use *use)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    gls_datetime_add_iso(&text, date);
    if (date->has_offset) {
        gls_utc_offset_add(&text, date->utc_offset_s);
    }
    snprintf(out->date, sizeof out->date, "%s", gls_strbuf_str(&text));
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        add_target_as(out, &dates[i], out->date,
                      use->holds_date ? TARGET_SIMPLE : TARGET_IF_PRESENT);
    }
}

static void add_list(struct gls_xmp_targets *out, const struct property *property,
                     const struct gls_xmp_list *list)
{
    if (list->count > 0 || list->dropped_count > 0) {
        add_target(out, property, NULL);
        out->items[out->count - 1].list = *list;
    }
}

/* What is added to what the packet says, and replaces nothing. */
static void add_additions(struct gls_xmp_targets *out, const struct gls_tags *tags)
{
    const struct gls_xmp_list names = {
        .prefix = "", .items = tags->people, .count = tags->people_count};
    struct gls_xmp_list albums = {GLS_XMP_ALBUMS "/", tags->albums,           tags->album_count,
                                  tags->left_albums,  tags->left_album_count, true};
    if (tags->description != NULL) {
        add_target(out, &description, tags->description);
        out->items[out->count - 1].none = "";
    }
    if (tags->rating != 0) {
        snprintf(out->rating, sizeof out->rating, "%d", tags->rating);
        add_target(out, &rating, out->rating);
        out->items[out->count - 1].none = "0";
    }
    add_list(out, &people, &names);
    add_list(out, &tags_list, &albums);
    albums.prefix = GLS_XMP_ALBUMS "|";
    albums.is_ordered = false;
    add_list(out, &hierarchical_subject, &albums);
}

void gls_xmp_make_targets(struct gls_xmp_targets *out, const struct gls_tags *tags,
                          const struct gls_xmp_use *use)
{
    memset(out, 0, sizeof *out);
    if (tags->clear_title) {
        add_target(out, &title, NULL);
        add_target(out, &display_name, NULL);
    } else if (tags->title != NULL) {
        add_target(out, use->is_video ? &display_name : &title, tags->title);
    }
    if (tags->clear_album) {
        add_target(out, &album, NULL);
        add_target(out, &elodie_album, NULL);
    } else if (tags->album != NULL) {
        add_target(out, &album, tags->album);
        add_target(out, &elodie_album, tags->album);
    }
    if (tags->original_name != NULL) {
        add_target(out, &original_name, tags->original_name);
    }
    if (tags->source_record != NULL) {
        add_target(out, &source, tags->source_record);
    }
    if (tags->set_date) {
        add_date(out, &tags->date, use);
    }
    add_position(out, tags, use);
    add_additions(out, tags);
}

static bool is_kept(const struct gls_rdf *rdf, const struct gls_xmp_target *target)
{
    const char *value = target->none != NULL ? gls_rdf_value(rdf, target->name) : NULL;
    return value != NULL && value[strspn(value, " \t\r\n")] != '\0' &&
           strcmp(value, target->none) != 0;
}

void gls_xmp_drop_kept(struct gls_xmp_targets *targets, const struct gls_rdf *rdf)
{
    size_t count = 0;
    for (size_t i = 0; i < targets->count; i++) {
        if (!is_kept(rdf, &targets->items[i])) {
            targets->items[count++] = targets->items[i];
        }
    }
    targets->count = count;
}
