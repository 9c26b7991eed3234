/* SPDX-License-Identifier: MIT */
/*
 * place_request - one place is asked for once per run, whoever needs it.
 *
 * The world is divided into fixed cells of some 2 km, and a service is asked for
 * the middle of a cell: so what it answers depends neither on which position in
 * the cell is met first nor on the number of workers.
 *
 * Use: if (!gls_place_requests_enter(...)) { ask; gls_place_requests_complete(...); }
 * While one thread asks, others that need the same cell wait in enter(). The lock
 * is never held while asking. The last 50,000 answers are remembered.
 */
#ifndef GLS_PLAN_PLACES_PLACE_REQUEST_H
#define GLS_PLAN_PLACES_PLACE_REQUEST_H

#include "base/error.h"

struct gls_place_tile {
    int32_t row, column;
};

/* The cell of a position, which must be one on Earth. */
struct gls_place_tile gls_place_tile_at(double latitude, double longitude);
/* Its middle, rounded to 5 decimals (1 m). Nothing in the cell is farther than 1.6 km. */
void gls_place_tile_middle(double *latitude, double *longitude, struct gls_place_tile tile);

struct gls_place_requests;
/* NULL: no memory. Free it when no thread uses it; NULL is allowed there. */
struct gls_place_requests *gls_place_requests_new(void);
void gls_place_requests_free(struct gls_place_requests *requests);
/* True: it was asked before; *answered tells whether there was an answer, whose
 * names are in *out then. False: the caller asks, and must call gls_place_requests_complete(). */
bool gls_place_requests_enter(struct gls_place_requests *requests, struct gls_place *out,
                              bool *answered, struct gls_place_tile tile);
/* `place` NULL: there was no answer. Of a place only the names are remembered. */
void gls_place_requests_complete(struct gls_place_requests *requests, struct gls_place_tile tile,
                                 const struct gls_place *place);

#endif
