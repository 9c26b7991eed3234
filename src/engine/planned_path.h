/* SPDX-License-Identifier: MIT */
/* planned_path - the path in a library that an import would give one file. */
#ifndef GLS_ENGINE_PLANNED_PATH_H
#define GLS_ENGINE_PLANNED_PATH_H

#include "plan/config/config.h"

/* As gls_plan() of glassine.h; `config` is not NULL. */
bool gls_engine_plan(char **out, const struct gls_config *config, const struct gls_media *media,
                     const char *name, struct gls_error *error);

#endif
