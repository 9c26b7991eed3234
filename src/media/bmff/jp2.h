/* SPDX-License-Identifier: MIT */
/* jp2 - pictures in boxes that are no ISO-BMFF: JPEG 2000 and JPEG XL; read only. */
#ifndef GLS_MEDIA_BMFF_JP2_H
#define GLS_MEDIA_BMFF_JP2_H

#include "media/core/container.h"

extern const struct gls_container gls_jp2_container; /* JP2, JPX, and the codestream alone */
extern const struct gls_container gls_jxl_container; /* likewise */

#endif
