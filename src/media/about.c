/* SPDX-License-Identifier: MIT */
#include "base/strbuf.h"
#include "media/media.h"
#if GLS_WITH_EXIV2
#include "shim/exiv2_shim.h"
#endif

void gls_media_add_about(struct gls_strbuf *out)
{
    (void)out; /* a build may hold none of them */
#if GLS_WITH_EXIV2
    gls_strbuf_addf(out, "Exiv2 %s (GPL-2.0-or-later, and so is a binary linked with it)\n",
                    gls_shim_exiv2_version());
#endif
#if GLS_WITH_LIBEXIF
    gls_strbuf_add_str(out, "libexif (LGPL-2.1-or-later)\n");
#endif
#if GLS_WITH_AVFORMAT
    gls_strbuf_add_str(out, "FFmpeg's libavformat (LGPL-2.1-or-later)"
#if GLS_LINKS_AVFORMAT
                            "\n"
#else
                            ", loaded when a movie is met\n"
#endif
    );
#endif
}
