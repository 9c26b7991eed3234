/* SPDX-License-Identifier: MIT */
/*
 * xmp - reading and editing an XMP packet (XMP specification part 1-3) through
 * the Exiv2 shim, and IPTC-IIM reading.
 */
#ifndef GLS_MEDIA_XMP_XMP_H
#define GLS_MEDIA_XMP_XMP_H

#include "base/strbuf.h"
#include "media/core/format.h"

/* Starts Exiv2's XMP parser and registers namespaces, once per process. */
bool gls_xmp_initialize(struct gls_error *error);

/* The keyword below which those of albums lie. */
#define GLS_XMP_ALBUMS "Albums"

struct gls_xmp_values {
    char *title;         /* dc:title, x-default first */
    char *display_name;  /* pmi:displayName */
    char *album;         /* xmpDM:album, else elodie:Album */
    char *original_name; /* GettyImagesGIFT:OriginalFilename */
    char *photoshop_date_created;
    char *xmp_create_date;
    char *xmp_modify_date;
    char *dc_date;
    char *tiff_date_time;
    char *exif_date_time_digitized;
    char *exif_date_time_original;
    char *exif_gps_time; /* exif:GPSTimeStamp */
    char *description;   /* dc:description, x-default first */
    char **people;       /* Iptc4xmpExt:PersonInImage */
    size_t people_count;
    char **albums; /* of digiKam:TagsList Albums/NAME, else lr:hierarchicalSubject Albums|NAME */
    size_t album_count;
    int rating;  /* xmp:Rating, -1..5; 0: none */
    char *make;  /* tiff:Make */
    char *model; /* tiff:Model */
    bool has_position;
    double latitude;
    double longitude;
};

void gls_xmp_values_clear(struct gls_xmp_values *values);
/* GLS_ERROR_FORMAT: it cannot be decoded. */
bool gls_xmp_decode(struct gls_xmp_values *out, const void *packet, size_t size,
                    struct gls_error *error);
/* The same of a packet of `input`, which keeps what was made of it (xmp_kept.h). */
bool gls_xmp_decode_of(struct gls_xmp_values *out, struct gls_input *input, const void *packet,
                       size_t size, struct gls_error *error);

/* What the packet is for. */
struct gls_xmp_use {
    bool is_video;       /* title is pmi:displayName, position is exif:GPS* */
    bool holds_date;     /* there is no Exif: dates go to exif:DateTimeOriginal,
                            xmp:CreateDate and photoshop:DateCreated; else those
                            that are there are kept in step */
    bool holds_position; /* the same for exif:GPSLatitude and GPSLongitude */
    size_t size_limit;   /* bytes; 0: none. Beyond: GLS_ERROR_UNSUPPORTED */
};
/* An edit of a packet. */
struct gls_xmp_request {
    const void *packet; /* NULL: there is none yet */
    size_t size;
    const struct gls_tags *tags;
    const struct gls_xmp_use *use;
    struct gls_input *input; /* which the packet is of, and keeps what was made of it; or NULL */
};
/* Offers the values to the record in the precedence of ELODIE-BEHAVIOUR. Dates
 * are offered by gls_xmp_offer_dates(), later than Exif's. */
void gls_xmp_offer(struct gls_media *media, const struct gls_xmp_values *values);
void gls_xmp_offer_dates(struct gls_media *media, const struct gls_xmp_values *values);

/* A packet that states the tags and everything else that the old one stated, unknown namespaces
 * included. Undecodable: GLS_ERROR_UNSUPPORTED, so that nothing is dropped. *changed is false if it
 * states it all already (then *out is empty). The packet has <?xpacket?> wrappers and no more
 * padding than the one it replaces, so that repeated writes do not grow a file. */
bool gls_xmp_edit(struct gls_strbuf *out, bool *changed, const struct gls_xmp_request *request,
                  struct gls_error *error);

/* Does the request's packet, which cannot be edited, state another value for what the
 * request sets or clears? Then readers of both packets would not know which one
 * holds. A packet that is no XMP states nothing. */
bool gls_xmp_contradicts(bool *out, const struct gls_xmp_request *request, struct gls_error *error);

/* IPTC-IIM: dates and times, object name. Absent strings are NULL. */
struct gls_iptc_values {
    char *date_time_created;   /* "YYYY-MM-DD[THH:MM:SS[+HH:MM or Z]]"; unknown parts are 00 */
    char *date_time_digitized; /* the same of the digital representation */
    char *object_name;
};
void gls_iptc_values_clear(struct gls_iptc_values *values);
bool gls_iptc_decode(struct gls_iptc_values *out, const void *records, size_t size,
                     struct gls_error *error);

#endif
