/* SPDX-License-Identifier: MIT */
/*
 * avchd - the date and camera that AVCHD camcorders put into the first video
 * packet of an MPEG-2 transport stream: an H.264 SEI message "user data
 * unregistered" with the UUID 17ee8c60-f84d-11d9-8cd6-0800200c9a66 and "MDPM"
 * (ITU-T H.264 Annex D; the tags are not published, they are as cameras write).
 */
#ifndef GLS_MEDIA_VIDEO_AVCHD_H
#define GLS_MEDIA_VIDEO_AVCHD_H

#include "base/input.h"

struct gls_avchd {
    bool has_date;
    struct gls_datetime date; /* local time, with its offset where it is stated */
    const char *make;         /* static; NULL if not known */
    char model[13];           /* "" if not stated */
};

/* Looks into the first megabytes. A stream without such a message is no error;
 * neither is a file that is no transport stream: *out is empty then. */
bool gls_avchd_read(struct gls_avchd *out, struct gls_input *input, struct gls_error *error);

#endif
