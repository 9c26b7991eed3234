/* SPDX-License-Identifier: MIT */
/* gazetteer_names - the names of places in their order, and guesses at misspelt ones; for
 * gazetteer_find.c. */
#ifndef GLS_PLAN_PLACES_GAZETTEER_NAMES_H
#define GLS_PLAN_PLACES_GAZETTEER_NAMES_H

#include "plan/places/gazetteer_data.h"

/* Names, ascending by their folded text. */
struct gls_gaz_index {
    uint32_t count;
    const char *(*text)(uint32_t at);
    uint32_t (*place)(uint32_t at);
};
struct gls_gaz_index gls_gaz_main_index(void);  /* a name each place */
struct gls_gaz_index gls_gaz_other_index(void); /* other names */

enum { GLS_GAZ_GUESSES_MAX = 20 };
/* The places whose names are nearest to the folded `key`, best first. Returns how many. */
size_t gls_gaz_guess(uint32_t out[GLS_GAZ_GUESSES_MAX], const char *key);

#endif
