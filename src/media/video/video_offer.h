/* SPDX-License-Identifier: MIT */
/* video_offer - offering what a movie states to its record; for the readers here. */
#ifndef GLS_MEDIA_VIDEO_VIDEO_OFFER_H
#define GLS_MEDIA_VIDEO_VIDEO_OFFER_H

#include "media/bmff/quicktime.h"
#include "media/core/record.h"
#include "media/video/video_av.h"
#include "media/xmp/xmp.h"

/* The civil seconds of 1904-01-01 and 2001-01-01, from which QuickTime and Matroska
 * count: zero there is no date. A text that is no count has no epoch. */
#define GLS_QUICKTIME_EPOCH_S (-GLS_MOVIE_EPOCH_S)
#define GLS_MATROSKA_EPOCH_S INT64_C(978307200)
#define GLS_NO_EPOCH INT64_MIN

extern const struct gls_date_claim gls_video_creation_date; /* Apple's, with its offset */

/* Each takes NULL for a text that is not there. */
void gls_video_offer_date(struct gls_media *media, const char *text, int64_t epoch_s,
                          const struct gls_date_claim *claim);
/* Texts of old cameras are often not UTF-8: then they are Latin-1. */
void gls_video_offer_text(struct gls_media *media, char **field, const char *text);
void gls_video_offer_camera(struct gls_media *media, const char *make, const char *model,
                            const char *source);
void gls_video_offer_position(struct gls_media *media, const char *text, const char *source);
/* All but creation_time and xmp. */
void gls_video_offer_av(struct gls_media *media, const struct gls_av_values *values);
/* Decodes a packet into *values; one that cannot be decoded leaves a note. */
bool gls_video_decode_xmp(struct gls_xmp_values *values, struct gls_media *media,
                          const void *packet, size_t size, struct gls_error *error);

#endif
