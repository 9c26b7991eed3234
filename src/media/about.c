/* SPDX-License-Identifier: MIT */
#include "base/strbuf.h"
#include "media/media.h"
#include "shim/exiv2_shim.h"

void gls_media_add_about(struct gls_strbuf *out)
{
    gls_strbuf_addf(out, "Exiv2 %s (GPL-2.0-or-later, and so is a binary linked with it)\n",
                    gls_shim_exiv2_version());
    gls_strbuf_add_str(out,
                       "libexif (LGPL-2.1-or-later)\n"
                       "FFmpeg's libavformat (LGPL-2.1-or-later), loaded when a movie is met\n");
}
