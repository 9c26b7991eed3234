/* SPDX-License-Identifier: MIT */
/* The record of what a file says: first come, first kept; nothing that a file
 * says gets in unchecked. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/core/record.h"

#include "base/error.h"
#include "base/path.h"
#include "base/timestamp.h"
#include "media/core/date_words.h"
#include "media/core/tags.h"

#define NOTE_MAX 16
#define NAMES_MAX 256u

/* All that a record owns. */
struct owned {
    char **texts[10];
    struct {
        char ***items;
        size_t *count;
    } lists[4];
};

enum {
    OWNED_TEXTS = sizeof(((struct owned *)0)->texts) / sizeof(char **),
    OWNED_LISTS = sizeof(((struct owned *)0)->lists) / sizeof(((struct owned *)0)->lists[0])
};

static struct owned owned_by(struct gls_media *media)
{
    return (struct owned){.texts = {&media->date_source, &media->camera_make, &media->camera_model,
                                    &media->album, &media->title, &media->original_name,
                                    &media->content_id, &media->description, &media->url,
                                    &media->burst_id},
                          .lists = {{&media->people, &media->people_count},
                                    {&media->albums, &media->album_count},
                                    {&media->companions, &media->companion_count},
                                    {&media->notes, &media->note_count}}};
}

void gls_media_clear(struct gls_media *media)
{
    if (media == NULL) {
        return;
    }
    /* A program of an older header has a shorter one. */
    struct gls_media all = {0};
    size_t size = sizeof all;
    if (media->struct_size != 0 && media->struct_size < size) {
        size = media->struct_size;
    }
    memcpy(&all, media, size);
    struct owned owned = owned_by(&all);
    for (size_t i = 0; i < OWNED_TEXTS; i++) {
        free(*owned.texts[i]);
    }
    for (size_t i = 0; i < OWNED_LISTS; i++) {
        for (size_t k = 0; k < *owned.lists[i].count; k++) {
            free((*owned.lists[i].items)[k]);
        }
        free(*owned.lists[i].items);
    }
    memset(media, 0, size);
    media->struct_size = all.struct_size;
}

/* *count becomes how many were copied. */
static bool copy_list(char ***list, size_t *count)
{
    char *const *items = *list;
    size_t wanted = *count;
    *list = wanted > 0 ? calloc(wanted, sizeof **list) : NULL;
    *count = 0;
    while (*list != NULL && *count < wanted && ((*list)[*count] = strdup(items[*count])) != NULL) {
        (*count)++;
    }
    return *count == wanted;
}

bool gls_media_copy(struct gls_media *out, const struct gls_media *media)
{
    *out = *media;
    struct owned owned = owned_by(out);
    bool ok = true;
    for (size_t i = 0; i < OWNED_TEXTS; i++) {
        char **text = owned.texts[i];
        ok = (*text == NULL || (*text = strdup(*text)) != NULL) && ok;
    }
    for (size_t i = 0; i < OWNED_LISTS; i++) {
        ok = copy_list(owned.lists[i].items, owned.lists[i].count) && ok;
    }
    if (!ok) {
        gls_media_clear(out);
    }
    return ok;
}

void gls_media_add_companion(struct gls_media *media, const char *path)
{
    char *copy = strdup(path);
    char **grown = realloc(media->companions, (media->companion_count + 1) * sizeof *grown);
    if (grown != NULL) {
        media->companions = grown;
    }
    if (grown == NULL || copy == NULL) {
        media->is_incomplete = true;
        free(copy);
        return;
    }
    media->companions[media->companion_count++] = copy;
}

void gls_media_note(struct gls_media *media, const char *format, ...)
{
    if (media->note_count >= NOTE_MAX) {
        return;
    }
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (size < 0) {
        return;
    }
    char *note = gls_utf8_make_valid(text, strlen(text));
    char **grown = realloc(media->notes, (media->note_count + 1) * sizeof *grown);
    if (grown != NULL) {
        media->notes = grown;
    }
    if (grown == NULL || note == NULL) {
        free(note);
        return;
    }
    media->notes[media->note_count++] = note;
}

static bool is_better(const struct gls_media *media, const struct gls_date_claim *claim)
{
    if (!media->has_date || claim->strength != media->date_strength) {
        return !media->has_date || claim->strength > media->date_strength;
    }
    return media->date_is_partial && !claim->is_partial;
}

void gls_media_offer_utc_offset(struct gls_media *media, const struct gls_datetime *when,
                                const struct gls_date_claim *claim)
{
    if (media->has_date && media->date_is_utc && !media->date_is_partial &&
        media->date.utc_offset_s == 0 && claim->strength >= GLS_DATE_DIGITIZED &&
        !claim->is_partial && when->has_offset &&
        gls_datetime_to_utc_s(when) == gls_datetime_to_civil_s(&media->date)) {
        media->date.utc_offset_s = when->utc_offset_s;
        media->date.has_offset = false;
    }
}

bool gls_media_offer_date(struct gls_media *media, const struct gls_datetime *when,
                          const struct gls_date_claim *claim)
{
    if (!is_better(media, claim)) {
        gls_media_offer_utc_offset(media, when, claim);
        return false;
    }
    if (!gls_datetime_is_plausible(when)) {
        return false;
    }
    char *copy = strdup(claim->source);
    if (copy == NULL) {
        media->is_incomplete = true;
        return false;
    }
    free(media->date_source);
    media->date_source = copy;
    media->date = *when;
    media->date_is_utc = claim->is_utc;
    media->date_is_partial = claim->is_partial;
    media->date_strength = claim->strength;
    media->has_date = true;
    return true;
}

bool gls_media_parse_date(struct gls_datetime *out, bool *is_partial, struct gls_media *media,
                          const char *text, const struct gls_date_claim *claim)
{
    if (text == NULL) {
        return false;
    }
    if (gls_date_text_parse(out, is_partial, text) && gls_datetime_is_plausible(out)) {
        return true;
    }
    /* Blanks and zeros state nothing. */
    if (claim->strength >= GLS_DATE_DIGITIZED && strpbrk(text, "123456789") != NULL) {
        gls_media_note(media, "a date that it states is not used: %s is \"%.40s\"", claim->source,
                       text);
    }
    return false;
}

bool gls_media_offer_date_text(struct gls_media *media, const char *text,
                               const struct gls_date_claim *claim)
{
    struct gls_date_claim stated = *claim;
    struct gls_datetime when;
    if (!gls_media_parse_date(&when, &stated.is_partial, media, text, claim)) {
        return false;
    }
    if (when.nanosecond == 0) {
        when.subsecond_digits = 0; /* libavformat always prints six */
    }
    stated.is_utc = (claim->is_utc && when.utc_offset_s == 0) ||
                    (when.has_offset && gls_date_text_is_utc(text));
    return gls_media_offer_date(media, &when, &stated);
}

void gls_media_offer_gps_time(struct gls_media *media, const struct gls_datetime *when,
                              bool has_time, const char *source)
{
    static const struct gls_datetime epoch = {.year = 1980, .month = 1, .day = 6};
    const struct gls_date_claim claim = {GLS_DATE_GPS, source, .is_utc = has_time,
                                         .is_partial = !has_time};
    if (!gls_datetime_is_plausible(when) ||
        gls_datetime_to_civil_s(when) <= gls_datetime_to_civil_s(&epoch)) {
        return;
    }
    gls_media_offer_date(media, when, &claim);
    if (has_time && !media->has_gps_time) {
        media->has_gps_time = true;
        media->gps_time = *when;
    }
}

/* Copies without C0 and C1 controls and DEL; line breaks and tabs become blanks.
 * Returns the size. `out` has room for all of `text`. */
static size_t copy_without_controls(char *out, const char *text)
{
    size_t size = 0;
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        if (*p == '\t' || *p == '\n' || *p == '\r') {
            out[size++] = ' ';
        } else if (*p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f) {
            p++;
        } else if (*p >= 0x20 && *p != 0x7f) {
            out[size++] = (char)*p;
        }
    }
    return size;
}

bool gls_text_offer(char **field, const char *value)
{
    if (*field != NULL || value == NULL) {
        return true;
    }
    char *text = gls_utf8_make_valid(value, strlen(value));
    if (text == NULL) {
        return false;
    }
    bool ok = true;
    size_t size = copy_without_controls(text, text);
    size_t start = 0;
    while (start < size && text[start] == ' ') {
        start++;
    }
    if (size - start > GLS_TEXT_TAG_MAX) {
        size = start + GLS_TEXT_TAG_MAX;
        while (size > start && ((unsigned char)text[size] & 0xc0) == 0x80) {
            size--;
        }
    }
    while (size > start && text[size - 1] == ' ') {
        size--;
    }
    if (size > start) {
        *field = strndup(text + start, size - start);
        ok = *field != NULL;
    }
    free(text);
    return ok;
}

void gls_media_offer_text(struct gls_media *media, char **field, const char *value)
{
    media->is_incomplete |= !gls_text_offer(field, value);
}

bool gls_media_is_whole(const struct gls_media *media, struct gls_error *error)
{
    return !media->is_incomplete || gls_fail_memory(error);
}

void gls_media_offer_value(struct gls_media *media, char **field, const char **source,
                           const char *value, const char *name)
{
    bool was_set = *field != NULL;
    gls_media_offer_text(media, field, value);
    if (!was_set && *field != NULL && *source == NULL) {
        *source = name;
    }
}

/* Adds a trimmed copy of `name`, unless it is there already. False: out of memory. */
static bool add_name(char ***names, size_t *count, const char *name)
{
    char *clean = NULL;
    char **grown = NULL;
    if (!gls_text_offer(&clean, name)) {
        return false;
    }
    bool is_new = clean != NULL && *count < NAMES_MAX;
    for (size_t i = 0; is_new && i < *count; i++) {
        is_new = strcmp((*names)[i], clean) != 0;
    }
    if (is_new) {
        grown = realloc(*names, (*count + 1) * sizeof *grown);
    }
    if (grown == NULL) {
        free(clean);
        return !is_new;
    }
    *names = grown;
    grown[(*count)++] = clean;
    return true;
}

void gls_media_add_person(struct gls_media *media, const char *name)
{
    media->is_incomplete |= !add_name(&media->people, &media->people_count, name);
}

void gls_media_add_album(struct gls_media *media, const char *name)
{
    media->is_incomplete |= !add_name(&media->albums, &media->album_count, name);
}

bool gls_media_offer_position(struct gls_media *media, double latitude, double longitude,
                              const char *source)
{
    if (media->has_position || !isfinite(latitude) || !isfinite(longitude) ||
        fabs(latitude) > 90.0 || fabs(longitude) > 180.0 || (latitude == 0.0 && longitude == 0.0)) {
        return false;
    }
    media->position_source = source;
    media->latitude = latitude;
    media->longitude = longitude;
    media->has_position = true;
    return true;
}
