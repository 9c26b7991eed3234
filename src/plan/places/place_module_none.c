/* SPDX-License-Identifier: MIT */
/* A build without online place services. */
#include "plan/places/place_module.h"

#include <stddef.h>

bool gls_place_module_load(struct gls_place_module **out,
                           const struct gls_place_service_options *options, struct gls_error *error)
{
    (void)options;
    *out = NULL;
    return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                    "this build asks no place service; places are named offline");
}

void gls_place_module_free(struct gls_place_module *module)
{
    (void)module; /* there never is one */
}

bool gls_place_module_at(struct gls_place_module *module, struct gls_place *out, bool *found,
                         double latitude, double longitude, struct gls_error *error)
{
    (void)module, (void)out, (void)latitude, (void)longitude;
    *found = false;
    return gls_fail(error, GLS_ERROR_UNSUPPORTED, "this build asks no place service");
}

bool gls_place_module_find(struct gls_place_module *module, struct gls_place *out, bool *found,
                           const char *name, struct gls_error *error)
{
    (void)module, (void)out, (void)name;
    *found = false;
    return gls_fail(error, GLS_ERROR_UNSUPPORTED, "this build asks no place service");
}
