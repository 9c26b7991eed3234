/* SPDX-License-Identifier: MIT */
#include "base/suggest.h"

#include <string.h>

#include "base/ascii.h"

enum { LONGEST = 40 };

static bool same_letter(char a, char b)
{
    return gls_ascii_lower(a) == gls_ascii_lower(b);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment distance. Both words are at most LONGEST bytes. */
static size_t distance(const char *a, const char *b)
{
    size_t rows[3][LONGEST + 1];
    size_t a_size = strlen(a), b_size = strlen(b);
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_size; j++)
        last[j] = before[j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            size_t cost = same_letter(a[i - 1], b[j - 1]) ? 0 : 1;
            row[j] = smaller(smaller(last[j] + 1, row[j - 1] + 1), last[j - 1] + cost);
            if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
                same_letter(a[i - 2], b[j - 1]))
                row[j] = smaller(row[j], before[j - 2] + 1);
        }
        size_t *spare = before;
        before = last;
        last = row;
        row = spare;
    }
    return last[b_size];
}

const char *gls_suggest(const char *word, const char *const *candidates)
{
    size_t size = strlen(word);
    if (size == 0 || size > LONGEST)
        return NULL;
    const char *best = NULL;
    size_t best_distance = size / 3 + 2; /* must be below this */
    for (; *candidates != NULL; candidates++) {
        if (strlen(*candidates) > LONGEST)
            continue;
        size_t d = distance(word, *candidates);
        if (d < best_distance && d < strlen(*candidates)) {
            best = *candidates;
            best_distance = d;
        }
    }
    return best;
}
