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

#include "plan/places/gazetteer.h"
#include "plan/places/gazetteer_area.h"
#include "plan/places/gazetteer_data.h"
#include "plan/places/gazetteer_names.h"
#include "plan/places/gazetteer_source.h"

enum {
    MAX_PARTS = 4,
    MAX_NAME_BYTES = 512,
    MAX_FOUND = 4096,
    MAX_CANDIDATES = GLS_GAZ_GUESSES_MAX,
    LARGER_BY = GLS_GAZ_LARGER_BY,
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
    struct gls_gaz_area areas[GLS_GAZ_AREAS_MAX]; /* that are called so, too */
    size_t area_count;
};

/* The name asked for, folded, and what must hold for a place of it. */
struct query {
    char *spelled; /* the name as it was given */
    char *name;
    char *qualifiers[MAX_PARTS];
    size_t qualifier_count;
};

/* ---- Reading the question ------------------------------------------------------- */

static void query_clear(struct query *query)
{
    free(query->spelled);
    free(query->name);
    for (size_t i = 0; i < query->qualifier_count; i++)
        free(query->qualifiers[i]);
    memset(query, 0, sizeof *query);
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
static void take_part(struct query *query, char *text, char *key)
{
    if (*key && !query->name) {
        query->spelled = text;
        query->name = key;
        return;
    }
    free(text);
    if (*key && query->qualifier_count < MAX_PARTS)
        query->qualifiers[query->qualifier_count++] = key;
    else
        free(key);
}

static bool add_part(struct query *query, const char *text, size_t size)
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
    take_part(query, copy, key);
    return true;
}

static bool parse(struct query *out, const char *name)
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

/* ---- What every place must be in -------------------------------------------------- */

static bool fits(const struct gls_gaz_meaning *meaning, uint32_t place)
{
    uint16_t admin1 = gls_gaz_record(place).admin1;
    return meaning->states[admin1] || meaning->countries[gls_gaz_admin1_country(admin1)];
}

/* Leaves the places that every qualifier fits. False: no memory. */
static bool apply_qualifiers(struct found *found, const struct query *query)
{
    bool ok = true;
    for (size_t q = 0; q < query->qualifier_count && ok && found->count > 0; q++) {
        struct gls_gaz_meaning meaning = {NULL, NULL};
        size_t kept = 0;
        ok = gls_gaz_meaning_of(&meaning, query->qualifiers[q], true);
        for (size_t i = 0; ok && i < found->count; i++)
            if (fits(&meaning, found->matches[i].place))
                found->matches[kept++] = found->matches[i];
        found->count = ok ? kept : found->count;
        gls_gaz_meaning_clear(&meaning);
    }
    return ok;
}

/* ---- Places by name ------------------------------------------------------------------- */

/* <0, 0, >0 as the entry's key is less than, equal to, greater than `key`. */
static int compare_entry(const struct gls_gaz_index *index, uint32_t at, const char *key)
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

/* The places with the folded name `key`. */
static bool look_up(struct found *found, const struct gls_gaz_index *index, const char *key,
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
                       spelled && gls_gaz_is_called(index->place(low), spelled)))
            return false;
    return true;
}

static bool look_up_everywhere(struct found *found, const struct query *query)
{
    struct gls_gaz_index main_names = gls_gaz_main_index(), other_names = gls_gaz_other_index();
    found->count = 0;
    return look_up(found, &main_names, query->name, query->spelled) &&
           look_up(found, &other_names, query->name, query->spelled) &&
           apply_qualifiers(found, query);
}

/* "las vegas nv": takes words from the end for a qualifier until something fits. */
static bool look_up_with_trailing_words(struct found *found, const struct query *query)
{
    if (!look_up_everywhere(found, query))
        return false;
    if (found->count > 0 || query->qualifier_count > 0)
        return true;
    struct query split = {.name = strdup(query->name), .qualifier_count = 1};
    bool ok = split.name != NULL;
    char *space = ok ? strrchr(split.name, ' ') : NULL;
    while (ok && space && found->count == 0) {
        *space = '\0';
        split.qualifiers[0] = (char *)query->name + (space - split.name) + 1;
        ok = look_up_everywhere(found, &split);
        space = strrchr(split.name, ' ');
    }
    free(split.name);
    return ok;
}

static bool guess_places(struct found *found, const struct query *query)
{
    uint32_t guesses[GLS_GAZ_GUESSES_MAX];
    size_t count = gls_gaz_guess(guesses, query->name);
    /* Where the state or country excludes all, it may be what is misspelt. */
    for (int qualified = 1; qualified >= 0; qualified--) {
        found->count = 0;
        for (size_t i = 0; i < count; i++)
            if (!add_found(found, guesses[i], false))
                return false;
        if (qualified && !apply_qualifiers(found, query))
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

/* Leaves the areas that every qualifier fits: "Bali, Indonesia". False: no memory. */
static bool find_areas(struct found *found, const struct query *query)
{
    if (!gls_gaz_areas_find(found->areas, &found->area_count, query->name, query->spelled))
        return false;
    bool ok = true;
    for (size_t q = 0; q < query->qualifier_count && ok && found->area_count > 0; q++) {
        struct gls_gaz_meaning meaning = {NULL, NULL};
        size_t kept = 0;
        ok = gls_gaz_meaning_of(&meaning, query->qualifiers[q], true);
        for (size_t i = 0; ok && i < found->area_count; i++)
            if (meaning.countries[found->areas[i].country])
                found->areas[kept++] = found->areas[i];
        found->area_count = ok ? kept : found->area_count;
        gls_gaz_meaning_clear(&meaning);
    }
    return ok;
}

/* What may be meant: an area, or where that is NULL a place. */
struct option {
    const struct gls_gaz_area *area;
    const struct match *match;
    uint64_t weight;
};

/* A place that lies in an area of its name (Luxembourg, Geneva) weighs as much as that if it
 * holds a tenth of its people, or is called just so in a state or on an island. */
static bool is_seat(const struct match *match, const struct gls_gaz_area *area)
{
    bool is_large = people_of(match) * LARGER_BY >= area->people;

    if (gls_gaz_area_is_country(area))
        return match->is_exact && is_large;
    return match->is_exact || (area->admin1 != 0 && is_large);
}

static struct option weigh(const struct found *found, size_t at)
{
    if (at < found->area_count)
        return (struct option){&found->areas[at], NULL, gls_gaz_area_weight(&found->areas[at])};
    const struct match *match = &found->matches[at - found->area_count];
    struct option option = {NULL, match, people_of(match) * (match->is_exact ? LARGER_BY : 1)};
    for (size_t i = 0; i < found->area_count; i++) {
        const struct gls_gaz_area *area = &found->areas[i];
        if (is_seat(match, area) && gls_gaz_area_weight(area) > option.weight &&
            gls_gaz_area_has(area, match->place))
            option.weight = gls_gaz_area_weight(area);
    }
    return option;
}

/* Does one lie in the other? */
static bool is_nested(const struct option *a, const struct option *b)
{
    if (a->match != NULL)
        return b->area != NULL && gls_gaz_area_has(b->area, a->match->place);
    if (b->match != NULL)
        return a->area != NULL && gls_gaz_area_has(a->area, b->match->place);
    if (a->area == NULL || b->area == NULL)
        return false;
    return a->area->country == b->area->country &&
           (a->area->admin1 == 0 || b->area->admin1 == 0 || a->area->admin1 == b->area->admin1);
}

/* Leaves one area or place if it is clear which is meant: of ten times the weight of all
 * that lie elsewhere. */
static void choose_among_areas(struct found *found)
{
    size_t count = found->area_count + found->count;
    struct option best = {NULL, NULL, 0};
    uint64_t second = 0;
    for (size_t i = 0; i < count; i++) {
        struct option option = weigh(found, i);
        if (option.weight > 0 && option.weight >= best.weight)
            best = option;
    }
    for (size_t i = 0; i < count; i++) {
        struct option option = weigh(found, i);
        if (option.area == best.area && option.match == best.match)
            continue;
        if (!is_nested(&option, &best) && option.weight > second)
            second = option.weight;
    }
    if (best.weight == 0 || best.weight < LARGER_BY * second)
        return;
    if (best.area != NULL)
        found->areas[0] = *best.area;
    else
        found->matches[0] = *best.match;
    found->area_count = best.area != NULL;
    found->count = best.match != NULL;
}

static bool hand_out(struct gls_place_candidates *candidates, const struct found *found,
                     bool english)
{
    size_t areas = found->area_count;
    size_t count = found->count + areas < MAX_CANDIDATES ? found->count + areas : MAX_CANDIDATES;
    if (count == 0)
        return true;
    candidates->places = calloc(count, sizeof *candidates->places);
    if (!candidates->places)
        return false;
    for (size_t i = 0; i < count; i++)
        if (i < areas)
            gls_gaz_fill_area(&candidates->places[i], &found->areas[i], english);
        else
            gls_gaz_fill(&candidates->places[i], found->matches[i - areas].place, english);
    candidates->count = count;
    return true;
}

/* Leaves one place in `found` if it is clear which is meant. False: no memory. */
static bool choose(const struct query *query, struct found *found, bool *misspelt)
{
    if (!look_up_with_trailing_words(found, query) || !find_areas(found, query))
        return false;
    *misspelt = found->count == 0 && found->area_count == 0;
    if (*misspelt)
        return guess_places(found, query);
    sort_found(found);
    if (found->area_count > 0) {
        choose_among_areas(found);
        return true;
    }
    size_t choice = clear_choice(found);
    if (choice < found->count) {
        found->matches[0] = found->matches[choice];
        found->count = 1;
    }
    return true;
}

static int by_people(const void *a, const void *b)
{
    const struct gls_place *x = a, *y = b;
    return (x->population < y->population) - (x->population > y->population);
}

/* For an example: the first that is called just so, else the first. */
static size_t likeliest(const struct found *found, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (found->matches[i].is_exact)
            return i;
    return 0;
}

bool gls_gazetteer_find(struct gls_place *out, struct gls_place_candidates *candidates,
                        const char *name, bool english, struct gls_error *error)
{
    struct query query = {NULL, NULL, {NULL}, 0};
    struct found found = {.matches = NULL};
    bool ok = false, misspelt = false;
    *candidates = (struct gls_place_candidates){0};
    if (strlen(name) > MAX_NAME_BYTES) {
        gls_fail(error, GLS_ERROR_ARGUMENT, "the place's name is longer than %d bytes",
                 MAX_NAME_BYTES);
    } else if (gls_gazetteer_bytes() == NULL) {
        gls_fail(error, GLS_ERROR_UNSUPPORTED, "\"%s\" cannot be looked up: %s", name,
                 gls_gazetteer_lack());
    } else if (!parse(&query, name) || !query.name) {
        gls_fail(error, GLS_ERROR_ARGUMENT, "\"%s\": not a place's name", name);
    } else if (!choose(&query, &found, &misspelt)) {
        gls_fail_memory(error);
    } else if (!misspelt && found.count + found.area_count == 1) {
        if (found.count == 1)
            gls_gaz_fill(out, found.matches[0].place, english);
        else
            gls_gaz_fill_area(out, &found.areas[0], english);
        ok = true;
    } else if (!hand_out(candidates, &found, english)) {
        gls_fail_memory(error);
    } else if (found.count == 0 && candidates->places) {
        gls_fail(error, GLS_ERROR_ARGUMENT,
                 "\"%s\": %zu countries and states are called so; name a place in one instead",
                 name, found.area_count);
    } else if (!misspelt && candidates->places) {
        const struct gls_place *example = candidates->places + found.area_count +
                                          likeliest(&found, candidates->count - found.area_count);
        gls_fail(error, GLS_ERROR_ARGUMENT,
                 "\"%s\": %zu places are called so; add the state or country, as in \"%s, %s\"",
                 name, found.count + found.area_count, example->city[0] ? example->city : name,
                 example->state[0] ? example->state : example->country);
    } else if (candidates->places) {
        gls_fail(error, GLS_ERROR_NOT_FOUND, "\"%s\": no such place; did you mean \"%s\"?", name,
                 candidates->places[0].city);
    } else {
        gls_fail(error, GLS_ERROR_NOT_FOUND, "\"%s\": no such place; give LAT,LON instead", name);
    }
    if (!misspelt && candidates->places)
        qsort(candidates->places, candidates->count, sizeof *candidates->places, by_people);
    free(found.matches);
    query_clear(&query);
    return ok;
}
