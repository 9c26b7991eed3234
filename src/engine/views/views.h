/* SPDX-License-Identifier: MIT */
/* views - a library as folders of links, in a folder of their own. */
#ifndef GLS_ENGINE_VIEWS_VIEWS_H
#define GLS_ENGINE_VIEWS_VIEWS_H

#include "engine/operation/call.h"

/* As gls_views() of glassine.h, whose optional arguments are filled in. */
bool gls_engine_views(struct gls_views_summary *summary, const struct gls_engine_call *call,
                      const struct gls_views_options *options,
                      const struct gls_views_callbacks *callbacks, struct gls_error *error);

#endif
