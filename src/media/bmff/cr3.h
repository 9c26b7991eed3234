/* SPDX-License-Identifier: MIT */
/* cr3 - Canon's RAW in ISO-BMFF boxes; read only. */
#ifndef GLS_MEDIA_BMFF_CR3_H
#define GLS_MEDIA_BMFF_CR3_H

#include "media/core/container.h"

extern const struct gls_container gls_cr3_container;

#endif
