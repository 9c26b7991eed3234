/* SPDX-License-Identifier: MIT */
/* text_note - a text whose first line may be a JSON object of metadata, as Elodie
 * keeps it. */
#ifndef GLS_MEDIA_TEXT_TEXT_NOTE_H
#define GLS_MEDIA_TEXT_TEXT_NOTE_H

#include "media/core/format.h"

extern const struct gls_backend gls_text_backend;

#endif
