/* SPDX-License-Identifier: MIT */
#include "plan/places/gazetteer_names.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_DISTANCE = 2 }; /* letters wrong in a misspelt name */

static uint32_t main_place(uint32_t at)
{
    return gls_le24(gls_gaz_section(GLS_GAZ_NAMES) + 3 * (size_t)at);
}

static const char *main_text(uint32_t at)
{
    return gls_gaz_string(gls_gaz_record(main_place(at)).name);
}

static uint32_t other_place(uint32_t at)
{
    return gls_gaz_entry_key(&gls_gaz_search()->names, at);
}

static const char *other_text(uint32_t at)
{
    return gls_gaz_entry_text(&gls_gaz_search()->names, at);
}

struct gls_gaz_index gls_gaz_main_index(void)
{
    return (struct gls_gaz_index){gls_gaz_place_count(), main_text, main_place};
}

struct gls_gaz_index gls_gaz_other_index(void)
{
    return (struct gls_gaz_index){gls_gaz_search()->names.count, other_text, other_place};
}

/* ---- Misspelt names --------------------------------------------------------------------- */

/* Letters to change, add, drop or swap to make `b` of `a`, at most `limit` + 1. */
static size_t edit_distance(const char *a, const char *b, size_t limit)
{
    size_t rows[3][64], *before = rows[0], *last = rows[1], *row = rows[2];
    size_t m = strlen(a), n = strlen(b);
    if (m + limit < n || n + limit < m || n >= 64)
        return limit + 1;
    for (size_t j = 0; j <= n; j++)
        last[j] = j;
    for (size_t i = 1; i <= m; i++) {
        size_t best = row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t cost = last[j - 1] + (a[i - 1] != b[j - 1]);
            cost = last[j] + 1 < cost ? last[j] + 1 : cost;
            cost = row[j - 1] + 1 < cost ? row[j - 1] + 1 : cost;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                before[j - 2] + 1 < cost)
                cost = before[j - 2] + 1;
            row[j] = cost;
            best = cost < best ? cost : best;
        }
        if (best > limit)
            return limit + 1;
        size_t *spare = before;
        before = last;
        last = row;
        row = spare;
    }
    return last[n];
}

struct guess {
    uint32_t place, population;
    size_t distance;
};

static bool is_better(const struct guess *a, const struct guess *b)
{
    return a->distance != b->distance ? a->distance < b->distance : a->population > b->population;
}

static void offer_guess(struct guess *guesses, size_t *count, struct guess guess)
{
    size_t at = *count;
    for (size_t i = 0; i < *count; i++)
        if (guesses[i].place == guess.place)
            return;
    if (at == GLS_GAZ_GUESSES_MAX) {
        if (!is_better(&guess, &guesses[at - 1]))
            return;
        at--;
    } else {
        ++*count;
    }
    for (; at > 0 && is_better(&guess, &guesses[at - 1]); at--)
        guesses[at] = guesses[at - 1];
    guesses[at] = guess;
}

static void guess_in(struct guess *guesses, size_t *count, const struct gls_gaz_index *index,
                     const char *key)
{
    size_t length = strlen(key), limit = length < 4 ? 0 : length < 8 ? 1 : MAX_DISTANCE;
    for (uint32_t i = 0; i < index->count && limit > 0; i++) {
        uint32_t place = index->place(i);
        struct guess guess = {place, gls_gaz_record(place).population, 0};
        /* A hamlet is seldom meant, and most entries are dismissed by their length. */
        size_t size = guess.population < 1000 ? 0 : strlen(index->text(i));
        if (size + 3 * MAX_DISTANCE < length || size > 2 * length + 3 * MAX_DISTANCE)
            continue;
        char *folded = gls_place_name_fold(index->text(i));
        guess.distance = folded ? edit_distance(key, folded, limit) : limit + 1;
        free(folded);
        if (guess.distance <= limit)
            offer_guess(guesses, count, guess);
    }
}

size_t gls_gaz_guess(uint32_t out[GLS_GAZ_GUESSES_MAX], const char *key)
{
    struct guess guesses[GLS_GAZ_GUESSES_MAX];
    struct gls_gaz_index main_names = gls_gaz_main_index(), other_names = gls_gaz_other_index();
    size_t count = 0;
    guess_in(guesses, &count, &main_names, key);
    guess_in(guesses, &count, &other_names, key);
    for (size_t i = 0; i < count; i++)
        out[i] = guesses[i].place;
    return count;
}
