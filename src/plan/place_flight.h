/* SPDX-License-Identifier: MIT */
/*
 * place_flight - one place is asked for once per run, whoever wants it.
 *
 * Use: if (!gls_flights_enter(...)) { ask; gls_flights_land(...); }
 * Positions within 3 km share an answer. While one thread asks, others that
 * want the same place wait in enter(). The lock is never held while asking.
 */
#ifndef GLS_PLAN_PLACE_FLIGHT_H
#define GLS_PLAN_PLACE_FLIGHT_H

#include "base/error.h"

#define GLS_SAME_PLACE_M 3000.0

struct gls_flights;
/* NULL: no memory. Free it when no thread uses it; NULL is allowed there. */
struct gls_flights *gls_flights_new(void);
void gls_flights_free(struct gls_flights *flights);
/* True: it was asked before; *answered tells whether there was an answer, which
 * is in *out then. False: the caller asks, and must call gls_flights_land(). */
bool gls_flights_enter(struct gls_flights *flights, struct gls_place *out, bool *answered,
                       double latitude, double longitude);
/* `place` NULL: there was no answer. */
void gls_flights_land(struct gls_flights *flights, double latitude, double longitude,
                      const struct gls_place *place);

#endif
