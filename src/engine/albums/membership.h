/* SPDX-License-Identifier: MIT */
/* membership - files join an album, or leave it: rows of the database, and no file. */
#ifndef GLS_ENGINE_ALBUMS_MEMBERSHIP_H
#define GLS_ENGINE_ALBUMS_MEMBERSHIP_H

#include "engine/operation/call.h"

/* As gls_update() of glassine.h where options->album_change is to add or to remove. */
bool gls_engine_change_albums(struct gls_summary *summary, const struct gls_engine_call *call,
                              const struct gls_update_options *options, struct gls_error *error);

#endif
