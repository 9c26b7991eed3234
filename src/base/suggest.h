/* SPDX-License-Identifier: MIT */
/* suggest - "did you mean": the known word that is nearest to a mistyped one. */
#ifndef GLS_BASE_SUGGEST_H
#define GLS_BASE_SUGGEST_H

#include <stddef.h>

/* The candidate that differs from `word` by the fewest insertions, deletions,
 * replacements and swaps of neighbours, ASCII case aside; NULL if none is near
 * enough to be meant. `candidates` ends with NULL. */
const char *gls_suggest(const char *word, const char *const *candidates);

#endif
