/* SPDX-License-Identifier: MIT */
/*
 * places_answer - reads what the online services answer (JSON, by jansson).
 *
 * Each function returns false if the text is no such answer (GLS_ERROR_FORMAT),
 * or the answer is a refusal (GLS_ERROR_PERMISSION). *found false: the service
 * knows no name. Only names, country code and position of *out are filled.
 */
#ifndef GLS_PLAN_PLACES_PLACES_ANSWER_H
#define GLS_PLAN_PLACES_PLACES_ANSWER_H

#include "base/error.h"
#include "base/strbuf.h"

/* MapQuest's geocoding answer; `forward`: prefers the first city, needs latLng. */
bool gls_mapquest_read(struct gls_place *out, bool *found, const struct gls_strbuf *json,
                       bool forward, struct gls_error *error);
/* Nominatim's jsonv2: one object from reverse, an array from search. */
bool gls_nominatim_read(struct gls_place *out, bool *found, const struct gls_strbuf *json,
                        bool forward, struct gls_error *error);

#endif
