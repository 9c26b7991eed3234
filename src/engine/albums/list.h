/* SPDX-License-Identifier: MIT */
/* list - the albums of a library and what is in them, reading only. */
#ifndef GLS_ENGINE_ALBUMS_LIST_H
#define GLS_ENGINE_ALBUMS_LIST_H

#include "plan/config/config.h"

/* As gls_list() of glassine.h, whose optional arguments are filled in. */
bool gls_engine_list(const struct gls_config *config, const char *library, const char *album,
                     const struct gls_list_callbacks *callbacks, struct gls_error *error);
/* As gls_list_albums_of() of glassine.h. */
bool gls_engine_list_albums_of(const char *path, void (*on_album)(void *user, const char *album),
                               void *user, struct gls_error *error);

bool gls_engine_list_further_of(const char *path,
                                void (*on_value)(void *user, const char *name, const char *value),
                                void *user, struct gls_error *error);

#endif
