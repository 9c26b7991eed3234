/* SPDX-License-Identifier: MIT */
/* membership - files join an album, or leave it: rows of the database, and no file. */
#ifndef GLS_ENGINE_ALBUMS_MEMBERSHIP_H
#define GLS_ENGINE_ALBUMS_MEMBERSHIP_H

#include "plan/config/config.h"

/* As gls_update() of glassine.h where options->album_change is to add or to remove. */
bool gls_engine_change_albums(struct gls_summary *summary, const struct gls_config *config,
                              const struct gls_update_options *options,
                              const struct gls_callbacks *callbacks, struct gls_cancel *cancel,
                              struct gls_error *error);

#endif
