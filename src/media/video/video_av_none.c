/* SPDX-License-Identifier: MIT */
/* A build without libavformat: what the own readers cannot tell is not known. */
#include "media/video/video_av.h"

#include "base/error.h"

bool gls_av_read(struct gls_av_values *out, struct gls_input *input, struct gls_error *error)
{
    *out = (struct gls_av_values){0};
    return gls_fail(error, GLS_ERROR_FORMAT,
                    "%s: this build reads no more of it than the name and a sidecar tell: "
                    "it was made without libavformat",
                    gls_input_name(input));
}
