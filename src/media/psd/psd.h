/* SPDX-License-Identifier: MIT */
/* psd - Photoshop documents, PSD and PSB; read only. */
#ifndef GLS_MEDIA_PSD_PSD_H
#define GLS_MEDIA_PSD_PSD_H

#include "media/core/container.h"

extern const struct gls_container gls_psd_container;

#endif
