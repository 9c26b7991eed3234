/* SPDX-License-Identifier: MIT */
/*
 * numbers - where to go on counting for a name that many files want. Numbers
 * that a run gave out or found taken stay taken to its end, so the count never
 * has to start again: a thousand files of one name cost a thousand looks, not a
 * million. Used by the sequencer alone.
 */
#ifndef GLS_ENGINE_FILING_NAME_COUNTER_H
#define GLS_ENGINE_FILING_NAME_COUNTER_H

#include <stdbool.h>

struct gls_name_counter;
struct gls_name_counter *gls_name_counter_new(void); /* NULL: no memory */
void gls_name_counter_free(struct gls_name_counter *numbers);
/* The first number of `name` that may be free; 0 for a name without a collision. */
unsigned gls_name_counter_first(const struct gls_name_counter *numbers, const char *name);
/* Numbers below `next` are taken. Out of memory only costs the shortcut. */
void gls_name_counter_set(struct gls_name_counter *numbers, const char *name, unsigned next);

#endif
