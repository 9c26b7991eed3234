/* SPDX-License-Identifier: MIT */
/*
 * quicktime_edit - writing tags into MOV, MP4, M4V, M4A, 3GP and 3G2.
 *
 * No sample moves and `moov` keeps its size: creation times and the dates and
 * positions that stand as text are overwritten in their own length, and the
 * XMP goes into a top-level `uuid` box at the end of the file (XMP
 * specification part 3), which is replaced when it is written again.
 */
#ifndef GLS_MEDIA_BMFF_QUICKTIME_EDIT_H
#define GLS_MEDIA_BMFF_QUICKTIME_EDIT_H

#include "media/core/format.h"

/* The plan_edit() of gls_video_backend. A date must have its offset: the
 * headers count UTC. GLS_ERROR_UNSUPPORTED gives the reason of a refusal. */
bool gls_movie_plan_edit(struct gls_patch *out, struct gls_input *input,
                         const struct gls_tags *tags, struct gls_error *error);

struct gls_movie;
/* The part of it that writes the XMP (quicktime_edit_xmp.c): adds the splices
 * that make the packet of `movie` state `tags`, dates left aside. */
bool gls_movie_plan_xmp(struct gls_patch *out, struct gls_input *input,
                        const struct gls_movie *movie, const struct gls_tags *tags,
                        struct gls_error *error);

#endif
