/* SPDX-License-Identifier: MIT */
/*
 * numbers - where to go on counting for a name that many files want. Numbers
 * that a run gave out or found taken stay taken to its end, so the count never
 * has to start again: a thousand files of one name cost a thousand looks, not a
 * million. Used by the sequencer alone.
 */
#ifndef GLS_ENGINE_NUMBERS_H
#define GLS_ENGINE_NUMBERS_H

#include <stdbool.h>

struct gls_numbers;
struct gls_numbers *gls_numbers_new(void); /* NULL: no memory */
void gls_numbers_free(struct gls_numbers *numbers);
/* The first number of `name` that may be free; 0 for a name without a collision. */
unsigned gls_numbers_first(const struct gls_numbers *numbers, const char *name);
/* Numbers below `next` are taken. Out of memory only costs the shortcut. */
void gls_numbers_set(struct gls_numbers *numbers, const char *name, unsigned next);

#endif
