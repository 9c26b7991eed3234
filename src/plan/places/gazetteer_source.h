/* SPDX-License-Identifier: MIT */
/*
 * gazetteer_source - where the bytes of the gazetteer are: linked in, in a file, or
 * nowhere, as the build's GLS_PLACES says (gazetteer_source_*.c).
 */
#ifndef GLS_PLAN_PLACES_GAZETTEER_SOURCE_H
#define GLS_PLAN_PLACES_GAZETTEER_SOURCE_H

#include <stdint.h>

/* The whole gazetteer, for as long as the process lives; NULL: there is none. The
 * first call may look for a file. May be called by any thread. */
const uint8_t *gls_gazetteer_bytes(void);

/* Why there is none and what to do, as the end of a sentence; "" if there is one.
 * Static. */
const char *gls_gazetteer_lack(void);

#endif
