/* SPDX-License-Identifier: MIT */
/* The public face of the geocoder: one question, without a run around it. */
#include "base/error.h"
#include "plan/places/geocode.h"

bool gls_place_at(struct gls_place *out, const struct gls_config *config, double latitude,
                  double longitude, struct gls_error *error)
{
    struct gls_geocoder *geocoder = NULL;

    /* Written so that what is not a number is refused too. */
    if (!(latitude >= -90 && latitude <= 90 && longitude >= -180 && longitude <= 180))
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "%g,%g is no position: latitude is -90..90, longitude -180..180", latitude,
                        longitude);
    bool ok = gls_geocoder_new(&geocoder, config, NULL, error) &&
              gls_geocoder_at(geocoder, out, latitude, longitude, error);
    gls_geocoder_free(geocoder);
    return ok;
}

bool gls_place_find(struct gls_place *out, struct gls_place_candidates *candidates,
                    const struct gls_config *config, const char *name, struct gls_error *error)
{
    struct gls_geocoder *geocoder = NULL;

    *candidates = (struct gls_place_candidates){0};
    bool ok = gls_geocoder_new(&geocoder, config, NULL, error) &&
              gls_geocoder_find(geocoder, out, candidates, name, error);
    gls_geocoder_free(geocoder);
    return ok;
}
