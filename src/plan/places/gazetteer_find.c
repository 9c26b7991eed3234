/* SPDX-License-Identifier: MIT */
/*
 * gazetteer_find - from a name to a place.
 *
 * "Paris, Texas": what stands before the first comma is the name, each part
 * behind it must name the state or the country. Without commas, words at the
 * end may do so ("Las Vegas NV"). Among equals the largest counts if it has ten
 * times the people of the next; else the caller gets the choice. A place counts with
 * a tenth of its people where the name is spelled otherwise or is but another
 * name of it: Milan is in Italy, although Syracuse was once called so.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/c_locale.h"
#include "base/strbuf.h"
#include "plan/places/gazetteer.h"
#include "plan/places/gazetteer_data.h"
#include "plan/places/gazetteer_source.h"

enum {
    MAX_PARTS = 4,
    MAX_NAME_BYTES = 512,
    MAX_FOUND = 4096,
    MAX_CANDIDATES = 20,
    MAX_DISTANCE = 2, /* letters wrong in a misspelt name */
    LARGER_BY = 10,
    NOTABLE = 100 /* times smaller than what it is a part of */
};
/* A smaller place of the same name this near is part of the larger. */
static const double SAME_PLACE_M = 30000;

struct match {
    uint32_t place;
    bool is_exact; /* it is called just so, but for the case of letters */
};

struct found {
    struct match *matches;
    size_t count;
};

/* The name asked for, folded, and what must hold for a place of it. */
struct wanted {
    char *spelled; /* the name as it was given */
    char *name;
    char *qualifiers[MAX_PARTS];
    size_t qualifier_count;
};

/* ---- Reading the question ------------------------------------------------------- */

static void wanted_clear(struct wanted *wanted)
{
    free(wanted->spelled);
    free(wanted->name);
    for (size_t i = 0; i < wanted->qualifier_count; i++)
        free(wanted->qualifiers[i]);
    memset(wanted, 0, sizeof *wanted);
}

/* The length of a comma at `at`, Chinese and Arabic ones too; 0: none. */
static size_t comma_size(const char *at)
{
    static const char *const commas[] = {",", ";", "，", "、", "،"};
    for (size_t i = 0; i < sizeof commas / sizeof *commas; i++)
        if (strncmp(at, commas[i], strlen(commas[i])) == 0)
            return strlen(commas[i]);
    return 0;
}

/* Takes hold of `text` and `key`, or frees them. */
static void take_part(struct wanted *wanted, char *text, char *key)
{
    if (*key && !wanted->name) {
        wanted->spelled = text;
        wanted->name = key;
        return;
    }
    free(text);
    if (*key && wanted->qualifier_count < MAX_PARTS)
        wanted->qualifiers[wanted->qualifier_count++] = key;
    else
        free(key);
}

static bool add_part(struct wanted *wanted, const char *text, size_t size)
{
    while (size > 0 && *text == ' ')
        text++, size--;
    while (size > 0 && text[size - 1] == ' ')
        size--;
    char *copy = strndup(text, size), *key = copy ? gls_place_name_fold(copy) : NULL;
    if (!key) {
        free(copy);
        return false;
    }
    take_part(wanted, copy, key);
    return true;
}

static bool parse(struct wanted *out, const char *name)
{
    const char *from = name, *at = name;
    memset(out, 0, sizeof *out);
    for (; *at; at++) {
        size_t comma = comma_size(at);
        if (comma == 0)
            continue;
        if (!add_part(out, from, (size_t)(at - from)))
            return false;
        from = at + comma;
        at = from - 1;
    }
    return add_part(out, from, (size_t)(at - from));
}

/* ---- States and countries by name -------------------------------------------------- */

static bool equals_folded(const char *key, const char *text)
{
    /* Folding a letter of ASCII lowers its case: most texts differ in their first. */
    unsigned char first = (unsigned char)text[0] | 0x20;
    if (first >= 'a' && first <= 'z' && (unsigned char)text[0] < 0x80 &&
        first != (unsigned char)key[0])
        return false;
    char *folded = gls_place_name_fold(text);
    bool equal = folded && strcmp(folded, key) == 0;
    free(folded);
    return equal;
}

/* What one qualifier may mean. */
struct meaning {
    bool *states; /* by admin1 */
    bool *countries;
};

static void meaning_clear(struct meaning *meaning)
{
    free(meaning->states);
    free(meaning->countries);
}

static void mark_aliases(bool *marks, const struct gls_gaz_table *table, const char *key)
{
    for (uint32_t i = 0; i < table->count; i++)
        if (equals_folded(key, gls_gaz_entry_text(table, i)))
            marks[gls_gaz_entry_key(table, i)] = true;
}

/* Only letters abbreviate: elsewhere than in a few countries the codes are numbers. */
static bool is_state_code(const char *key, uint16_t admin1)
{
    const char *code = gls_gaz_admin1_code(admin1);
    return strlen(code) >= 2 && (code[0] < '0' || code[0] > '9') && equals_folded(key, code);
}

static bool meaning_of(struct meaning *out, const char *key)
{
    uint16_t states = gls_gaz_admin1_count(), countries = gls_gaz_country_count();
    char code[3];
    out->states = calloc(states, sizeof *out->states);
    out->countries = calloc(countries, sizeof *out->countries);
    if (!out->states || !out->countries)
        return false;
    for (uint16_t i = 1; i < states; i++)
        out->states[i] = is_state_code(key, i) || equals_folded(key, gls_gaz_admin1_name(i));
    for (uint16_t i = 0; i < countries; i++) {
        gls_gaz_country_code(code, i);
        out->countries[i] =
            equals_folded(key, code) || equals_folded(key, gls_gaz_country_name(i, true));
    }
    mark_aliases(out->states, &gls_gaz_search()->states, key);
    mark_aliases(out->countries, &gls_gaz_search()->countries, key);
    return true;
}

static bool fits(const struct meaning *meaning, uint32_t place)
{
    struct gls_gazetteer_record record = gls_gaz_record(place);
    return meaning->states[record.admin1] ||
           meaning->countries[gls_gaz_admin1_country(record.admin1)];
}

/* Leaves the places that every qualifier fits. False: no memory. */
static bool apply_qualifiers(struct found *found, const struct wanted *wanted)
{
    bool ok = true;
    for (size_t q = 0; q < wanted->qualifier_count && ok && found->count > 0; q++) {
        struct meaning meaning = {NULL, NULL};
        size_t kept = 0;
        ok = meaning_of(&meaning, wanted->qualifiers[q]);
        for (size_t i = 0; ok && i < found->count; i++)
            if (fits(&meaning, found->matches[i].place))
                found->matches[kept++] = found->matches[i];
        found->count = ok ? kept : found->count;
        meaning_clear(&meaning);
    }
    return ok;
}

/* ---- Places by name ------------------------------------------------------------------- */

struct index {
    uint32_t count;
    const char *(*text)(uint32_t at);
    uint32_t (*place)(uint32_t at);
};

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

static struct index main_index(void)
{
    return (struct index){gls_gaz_place_count(), main_text, main_place};
}

static struct index other_index(void)
{
    return (struct index){gls_gaz_search()->names.count, other_text, other_place};
}

/* <0, 0, >0 as the entry's key is less than, equal to, greater than `key`. */
static int compare_entry(const struct index *index, uint32_t at, const char *key)
{
    char *folded = gls_place_name_fold(index->text(at));
    int order = folded ? strcmp(folded, key) : -1;
    free(folded);
    return order;
}

static bool add_found(struct found *found, uint32_t place, bool is_exact)
{
    for (size_t i = 0; i < found->count; i++)
        if (found->matches[i].place == place)
            return true;
    if (!found->matches && !(found->matches = calloc(MAX_FOUND, sizeof *found->matches)))
        return false;
    if (found->count < MAX_FOUND)
        found->matches[found->count++] = (struct match){place, is_exact};
    return true;
}

/* The places with the folded name `key`; of the main names `spelled` is exact. */
static bool look_up(struct found *found, const struct index *index, const char *key,
                    const char *spelled)
{
    uint32_t low = 0, high = index->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_entry(index, middle, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < index->count && compare_entry(index, low, key) == 0; low++)
        if (!add_found(found, index->place(low),
                       spelled && strcasecmp_l(index->text(low), spelled, gls_c_locale()) == 0))
            return false;
    return true;
}

static bool look_up_everywhere(struct found *found, const struct wanted *wanted)
{
    struct index main_names = main_index(), other_names = other_index();
    found->count = 0;
    return look_up(found, &main_names, wanted->name, wanted->spelled) &&
           look_up(found, &other_names, wanted->name, NULL) && apply_qualifiers(found, wanted);
}

/* "las vegas nv": takes words from the end for a qualifier until something fits. */
static bool look_up_with_trailing_words(struct found *found, const struct wanted *wanted)
{
    if (!look_up_everywhere(found, wanted))
        return false;
    if (found->count > 0 || wanted->qualifier_count > 0)
        return true;
    struct wanted split = {.name = strdup(wanted->name), .qualifier_count = 1};
    bool ok = split.name != NULL;
    char *space = ok ? strrchr(split.name, ' ') : NULL;
    while (ok && space && found->count == 0) {
        *space = '\0';
        split.qualifiers[0] = (char *)wanted->name + (space - split.name) + 1;
        ok = look_up_everywhere(found, &split);
        space = strrchr(split.name, ' ');
    }
    free(split.name);
    return ok;
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
    if (at == MAX_CANDIDATES) {
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

static void guess_in(struct guess *guesses, size_t *count, const struct index *index,
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

static bool guess_places(struct found *found, const struct wanted *wanted)
{
    struct guess guesses[MAX_CANDIDATES];
    size_t count = 0;
    struct index main_names = main_index(), other_names = other_index();
    guess_in(guesses, &count, &main_names, wanted->name);
    guess_in(guesses, &count, &other_names, wanted->name);
    /* Where the state or country excludes all, it may be what is misspelt. */
    for (int qualified = 1; qualified >= 0; qualified--) {
        found->count = 0;
        for (size_t i = 0; i < count; i++)
            if (!add_found(found, guesses[i].place, false))
                return false;
        if (qualified && !apply_qualifiers(found, wanted))
            return false;
        if (found->count > 0)
            break;
    }
    return true;
}

/* ---- Choosing ------------------------------------------------------------------------------ */

static uint64_t people_of(const struct match *match)
{
    return gls_gaz_record(match->place).population;
}

static int by_population(const void *a, const void *b)
{
    const struct match *x = a, *y = b;
    if (people_of(x) != people_of(y))
        return people_of(x) < people_of(y) ? 1 : -1;
    return x->place < y->place ? -1 : 1;
}

static double distance_between(uint32_t a, uint32_t b)
{
    struct gls_gazetteer_record x = gls_gaz_record(a), y = gls_gaz_record(b);
    return gls_distance_m(gls_gaz_latitude(x.lat24), gls_gaz_longitude(x.lon24),
                          gls_gaz_latitude(y.lat24), gls_gaz_longitude(y.lon24));
}

/* Of two that are one place, the smaller is but a part; unless it alone is called so:
 * New Delhi is no other name of Delhi. */
static bool displaces(const struct match *part, const struct match *whole)
{
    return part->is_exact && !whole->is_exact && people_of(part) * NOTABLE >= people_of(whole);
}

/* Largest first, one of each place. */
static void sort_found(struct found *found)
{
    size_t kept = 0;
    if (found->count == 0)
        return;
    qsort(found->matches, found->count, sizeof *found->matches, by_population);
    for (size_t i = 0; i < found->count; i++) {
        struct match *match = &found->matches[i];
        size_t k = 0, end = kept < MAX_CANDIDATES ? kept : MAX_CANDIDATES;
        while (k < end && distance_between(found->matches[k].place, match->place) >= SAME_PLACE_M)
            k++;
        if (k == end)
            found->matches[kept++] = *match;
        else if (displaces(match, &found->matches[k]))
            found->matches[k] = *match;
    }
    found->count = kept;
}

/* The index of the place that is meant, or the count: several may be. */
static size_t clear_choice(const struct found *found)
{
    uint64_t first = 0, second = 0;
    size_t choice = 0;
    if (found->count == 1)
        return 0;
    if (people_of(&found->matches[0]) >= LARGER_BY * people_of(&found->matches[1]))
        return people_of(&found->matches[0]) > 0 ? 0 : found->count;
    for (size_t i = 0; i < found->count; i++) {
        const struct match *match = &found->matches[i];
        uint64_t weight = people_of(match) * (match->is_exact ? LARGER_BY : 1);
        if (weight > first) {
            second = first;
            first = weight;
            choice = i;
        } else if (weight > second) {
            second = weight;
        }
    }
    return first > 0 && first >= LARGER_BY * second ? choice : found->count;
}

static bool hand_out(struct gls_place **candidates, size_t *count, const struct found *found,
                     bool english)
{
    size_t wanted = found->count < MAX_CANDIDATES ? found->count : MAX_CANDIDATES;
    if (wanted == 0)
        return true;
    *candidates = calloc(wanted, sizeof **candidates);
    if (!*candidates)
        return false;
    for (size_t i = 0; i < wanted; i++)
        gls_gaz_fill(&(*candidates)[i], found->matches[i].place, english);
    *count = wanted;
    return true;
}

/* Leaves one place in `found` if it is clear which is meant. False: no memory. */
static bool choose(const struct wanted *wanted, struct found *found, bool *misspelt)
{
    if (!look_up_with_trailing_words(found, wanted))
        return false;
    *misspelt = found->count == 0;
    if (*misspelt)
        return guess_places(found, wanted);
    sort_found(found);
    size_t choice = clear_choice(found);
    if (choice < found->count) {
        found->matches[0] = found->matches[choice];
        found->count = 1;
    }
    return true;
}

/* For an example: the first that is called just so, else the first. */
static size_t likeliest(const struct found *found, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (found->matches[i].is_exact)
            return i;
    return 0;
}

bool gls_gazetteer_find(struct gls_place *out, struct gls_place **candidates,
                        size_t *candidate_count, const char *name, bool english,
                        struct gls_error *error)
{
    struct wanted wanted = {NULL, NULL, {NULL}, 0};
    struct found found = {NULL, 0};
    bool ok = false, misspelt = false;
    *candidates = NULL;
    *candidate_count = 0;
    if (strlen(name) > MAX_NAME_BYTES) {
        gls_fail(error, GLS_ERROR_ARGUMENT, "the place's name is longer than %d bytes",
                 MAX_NAME_BYTES);
    } else if (gls_gazetteer_bytes() == NULL) {
        gls_fail(error, GLS_ERROR_UNSUPPORTED, "\"%s\" cannot be looked up: %s", name,
                 gls_gazetteer_lack());
    } else if (!parse(&wanted, name) || !wanted.name) {
        gls_fail(error, GLS_ERROR_ARGUMENT, "\"%s\": not a place's name", name);
    } else if (!choose(&wanted, &found, &misspelt)) {
        gls_fail_memory(error);
    } else if (!misspelt && found.count == 1) {
        gls_gaz_fill(out, found.matches[0].place, english);
        ok = true;
    } else if (!hand_out(candidates, candidate_count, &found, english)) {
        gls_fail_memory(error);
    } else if (!misspelt && *candidates) {
        const struct gls_place *example = *candidates + likeliest(&found, *candidate_count);
        gls_fail(error, GLS_ERROR_ARGUMENT,
                 "\"%s\": %zu places are called so; add the state or country, as in \"%s, %s\"",
                 name, found.count, example->city,
                 example->state[0] ? example->state : example->country);
    } else if (*candidates) {
        gls_fail(error, GLS_ERROR_NOT_FOUND, "\"%s\": no such place; did you mean \"%s\"?", name,
                 (*candidates)[0].city);
    } else {
        gls_fail(error, GLS_ERROR_NOT_FOUND, "\"%s\": no such place; give LAT,LON instead", name);
    }
    free(found.matches);
    wanted_clear(&wanted);
    return ok;
}
