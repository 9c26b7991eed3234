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

bool gls_place_module_ask(struct gls_place_module *module, struct gls_place *out, bool *found,
                          const struct gls_place_question *question, struct gls_error *error)
{
    (void)module, (void)out, (void)question;
    *found = false;
    return gls_fail(error, GLS_ERROR_UNSUPPORTED, "this build asks no place service");
}
