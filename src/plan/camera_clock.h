/* SPDX-License-Identifier: MIT */
/* camera_clock - what is known of the clocks in cameras. */
#ifndef GLS_PLAN_CAMERA_CLOCK_H
#define GLS_PLAN_CAMERA_CLOCK_H

#include "plan/config/config.h"

/* Does this camera write its local time into the field of a container that is
 * meant for UTC? By [Time] video_is_local= (`config` may be NULL) and by the
 * table of known cameras. */
bool gls_camera_writes_local_time(const struct gls_media *media, const struct gls_config *config);

/* Compares the local date taken with the GPS receiver's UTC, and adds a note to
 * `media` if the camera's clock or zone is off. `offset_s`: what the offset from
 * UTC should be. */
void gls_camera_check_clock(struct gls_media *media, int32_t offset_s);

#endif
