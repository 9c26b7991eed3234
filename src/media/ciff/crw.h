/* SPDX-License-Identifier: MIT */
/* crw - Canon's RAW of 2000 to 2004 (CIFF); read only. */
#ifndef GLS_MEDIA_CIFF_CRW_H
#define GLS_MEDIA_CIFF_CRW_H

#include "media/core/container.h"

extern const struct gls_container gls_crw_container;

#endif
