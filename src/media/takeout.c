/* SPDX-License-Identifier: MIT */
#include "media/takeout.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/timestamp.h"
#include "media/core/record.h"

enum { JSON_MAX = 1 << 20, PEOPLE_MAX = 256 };

void gls_takeout_clear(struct gls_takeout *record)
{
    free(record->title);
    free(record->description);
    free(record->url);
    for (size_t i = 0; i < record->people_count; i++)
        free(record->people[i]);
    free(record->people);
    for (size_t i = 0; i < record->album_count; i++)
        free(record->albums[i]);
    free(record->albums);
    memset(record, 0, sizeof *record);
}

/* ---- Reading ---------------------------------------------------------------------- */

size_t gls_takeout_read_character(char *out, const char *text)
{
    static const struct {
        const char *entity;
        char c;
    } entities[] = {{"&amp;", '&'}, {"&#39;", '\''}, {"&quot;", '"'}, {"&lt;", '<'}, {"&gt;", '>'}};

    for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
        size_t size = strlen(entities[i].entity);
        if (strncmp(text, entities[i].entity, size) == 0) {
            *out = entities[i].c;
            return size;
        }
    }
    *out = text[0];
    return 1;
}

static void unescape(char *text)
{
    char *out = text;

    while (text != NULL && *text != '\0')
        text += gls_takeout_read_character(out++, text);
    if (out != NULL)
        *out = '\0';
}

/* A count of seconds since 1970, which Takeout writes as text. Zero is a time that was
 * never set. */
static bool read_time(struct gls_datetime *out, const json_t *value)
{
    const json_t *stamp = json_object_get(value, "timestamp");
    const char *text = json_string_value(stamp);
    long long seconds = json_integer_value(stamp);

    if (text != NULL) {
        char *end;
        seconds = strtoll(text, &end, 10);
        if (end == text || *end != '\0')
            return false;
    }
    return seconds != 0 && gls_datetime_from_utc_s(out, seconds, 0);
}

/* Exactly 0,0 is how Takeout says that there is none. */
static void read_position(struct gls_takeout *out, const json_t *place)
{
    const json_t *latitude = json_object_get(place, "latitude");
    const json_t *longitude = json_object_get(place, "longitude");
    double north = json_number_value(latitude), east = json_number_value(longitude);

    if (out->has_position || !json_is_number(latitude) || !json_is_number(longitude) ||
        north < -90 || north > 90 || east < -180 || east > 180 || (north == 0 && east == 0))
        return;
    out->has_position = true;
    out->latitude = north;
    out->longitude = east;
}

static bool offer_string(char **field, const json_t *object, const char *key)
{
    return gls_text_offer(field, json_string_value(json_object_get(object, key)));
}

static bool read_people(struct gls_takeout *out, const json_t *people)
{
    size_t count = json_array_size(people);

    count = count < PEOPLE_MAX ? count : PEOPLE_MAX;
    out->people = calloc(count + 1, sizeof *out->people);
    if (out->people == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        char **name = &out->people[out->people_count];
        if (!offer_string(name, json_array_get(people, i), "name"))
            return false;
        out->people_count += *name != NULL;
    }
    return true;
}

static bool read_object(struct gls_takeout *out, const json_t *object)
{
    const json_t *taken = json_object_get(object, "photoTakenTime");

    out->is_photo = json_is_object(taken);
    if (!offer_string(&out->title, object, "title") ||
        !offer_string(&out->description, object, "description") ||
        !offer_string(&out->url, object, "url"))
        return false;
    unescape(out->title);
    out->has_date = read_time(&out->date, out->is_photo ? taken : json_object_get(object, "date"));
    read_position(out, json_object_get(object, "geoData"));
    read_position(out, json_object_get(object, "geoDataExif"));
    out->is_favourite = json_is_true(json_object_get(object, "favorited"));
    out->is_archived = json_is_true(json_object_get(object, "archived"));
    out->is_trashed = json_is_true(json_object_get(object, "trashed"));
    out->is_locked = json_is_true(json_object_get(object, "inLockedFolder"));
    return read_people(out, json_object_get(object, "people"));
}

static bool load_text(struct gls_strbuf *out, struct gls_input *json, struct gls_error *error)
{
    uint64_t size = gls_input_size(json);
    char *room;

    if (size > JSON_MAX)
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: a JSON of more than %d bytes is not read",
                        gls_input_name(json), JSON_MAX);
    room = gls_strbuf_reserve(out, (size_t)size);
    if (room == NULL)
        return gls_fail_memory(error);
    if (!gls_input_read(json, 0, room, (size_t)size, error))
        return false;
    out->size += (size_t)size;
    return true;
}

bool gls_takeout_read(struct gls_takeout *out, struct gls_input *json, struct gls_error *error)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    json_error_t why;
    json_t *object;
    bool ok;

    memset(out, 0, sizeof *out);
    out->date_source = "Takeout.photoTakenTime";
    if (!load_text(&text, json, error))
        return false;
    size_t mark = text.size >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    object = json_loadb(gls_strbuf_str(&text) + mark, text.size - mark, 0, &why);
    if (object == NULL && json_error_code(&why) == json_error_out_of_memory)
        ok = gls_fail_memory(error);
    else if (!json_is_object(object))
        ok = gls_fail(error, GLS_ERROR_FORMAT, "%s: no JSON object%s%s", gls_input_name(json),
                      object == NULL ? ": " : "", object == NULL ? why.text : "");
    else if (!read_object(out, object))
        ok = gls_fail_memory(error);
    else if (out->title == NULL && !out->is_photo)
        ok = gls_fail(error, GLS_ERROR_FORMAT, "%s: a JSON of another kind", gls_input_name(json));
    else
        ok = true;
    json_decref(object);
    if (!ok)
        gls_takeout_clear(out);
    return ok;
}

/* ---- Offering ---------------------------------------------------------------------- */

static void offer_date(struct gls_media *media, const struct gls_takeout *record)
{
    struct gls_date_claim claim = {GLS_DATE_SERVICE, record->date_source, true, false};
    struct gls_datetime when = record->date;

    if (!record->has_date)
        return;
    if (media->has_date && !media->date_is_utc && media->date.has_offset && !media->has_position &&
        gls_datetime_from_utc_s(&when, gls_datetime_to_utc_s(&record->date),
                                media->date.utc_offset_s))
        claim.is_utc = false;
    (void)gls_media_offer_date(media, &when, &claim);
}

/* What stands before a slash is no folder: the title is one name, as Takeout has it with "_". */
static void offer_name(struct gls_media *media, const char *title)
{
    bool has_name = media->original_name != NULL;

    gls_media_offer_text(media, &media->original_name, title);
    for (char *at = has_name ? NULL : media->original_name;
         at != NULL && (at = strchr(at, '/')) != NULL;)
        *at = '_';
}

void gls_takeout_apply(struct gls_media *media, const struct gls_takeout *record)
{
    if (record->has_position)
        (void)gls_media_offer_position(media, record->latitude, record->longitude,
                                       "Takeout.geoData");
    offer_date(media, record);
    offer_name(media, record->title);
    gls_media_offer_text(media, &media->description, record->description);
    gls_media_offer_text(media, &media->url, record->url);
    for (size_t i = 0; i < record->people_count; i++)
        gls_media_add_person(media, record->people[i]);
    media->is_favourite |= record->is_favourite;
    media->is_archived |= record->is_archived;
    media->is_trashed |= record->is_trashed;
}
