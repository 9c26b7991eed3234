/* SPDX-License-Identifier: MIT */
#include "plan/places/places_answer.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/ascii.h"

/* Copies a name: no control characters, cut before a character that does not fit. */
static void copy_text(char *out, size_t size, const char *text)
{
    size_t used = 0;
    for (; text && *text && used + 1 < size; text++)
        if ((unsigned char)*text >= 0x20 && *text != 0x7f)
            out[used++] = *text;
    if (text && *text)
        while (used > 0 && ((unsigned char)out[used - 1] & 0x80) != 0 &&
               ((unsigned char)out[used - 1] & 0xc0) != 0xc0)
            used--;
    if (used > 0 && ((unsigned char)out[used - 1] & 0xc0) == 0xc0)
        used--;
    out[used] = '\0';
}

static void copy_code(char out[3], const char *text)
{
    if (text && strlen(text) == 2 && gls_ascii_is_letter(text[0]) && gls_ascii_is_letter(text[1])) {
        out[0] = gls_ascii_upper(text[0]);
        out[1] = gls_ascii_upper(text[1]);
        out[2] = '\0';
    }
}

/* A number, or a string that is one: services write both. */
static bool read_degrees(double *out, const json_t *value, double limit)
{
    if (json_is_number(value)) {
        *out = json_number_value(value);
    } else {
        json_t *number = json_is_string(value)
                             ? json_loads(json_string_value(value), JSON_DECODE_ANY, NULL)
                             : NULL;
        bool ok = json_is_number(number);
        *out = ok ? json_number_value(number) : 0;
        json_decref(number);
        if (!ok)
            return false;
    }
    return fabs(*out) <= limit;
}

static json_t *load(const struct gls_strbuf *json, const char *service, struct gls_error *error)
{
    json_error_t why;
    json_t *root = json_loadb(gls_strbuf_str(json), json->size, JSON_REJECT_DUPLICATES, &why);
    if (!root)
        gls_fail(error, GLS_ERROR_FORMAT, "%s: the answer is no JSON: %s", service, why.text);
    return root;
}

/* ---- MapQuest ------------------------------------------------------------------------- */

static void read_areas(struct gls_place *out, json_t *location)
{
    char name[] = "adminArea0", type[] = "adminArea0Type";
    for (int area = 1; area <= 6; area++) {
        name[9] = type[9] = (char)('0' + area);
        const char *kind = json_string_value(json_object_get(location, type));
        const char *text = json_string_value(json_object_get(location, name));
        if (!kind || !text)
            continue;
        if (gls_ascii_equal(kind, "City"))
            copy_text(out->city, sizeof out->city, text);
        else if (gls_ascii_equal(kind, "State"))
            copy_text(out->state, sizeof out->state, text);
        else if (gls_ascii_equal(kind, "Country"))
            copy_text(out->country, sizeof out->country, text);
    }
    copy_code(out->country_code, out->country);
}

static json_t *choose_location(json_t *locations, bool forward)
{
    size_t index;
    json_t *location;
    json_array_foreach(locations, index, location)
    {
        const char *quality = json_string_value(json_object_get(location, "geocodeQuality"));
        if (forward && quality && gls_ascii_equal(quality, "City"))
            return location;
    }
    return json_array_get(locations, 0);
}

bool gls_mapquest_read(struct gls_place *out, bool *found, const struct gls_strbuf *json,
                       bool forward, struct gls_error *error)
{
    bool ok = false;
    json_t *root = load(json, "MapQuest", error);
    json_t *status = json_object_get(json_object_get(root, "info"), "statuscode");
    json_t *results = json_object_get(root, "results");
    memset(out, 0, sizeof *out);
    *found = false;
    if (!root) {
        ok = false;
    } else if (!json_is_integer(status) || !json_is_array(results)) {
        gls_fail(error, GLS_ERROR_FORMAT, "MapQuest: the answer has no info.statuscode or results");
    } else if (json_integer_value(status) != 0) {
        gls_fail(error, GLS_ERROR_PERMISSION, "MapQuest: refused with status %lld; check the key",
                 (long long)json_integer_value(status));
    } else {
        json_t *locations = json_object_get(json_array_get(results, 0), "locations");
        json_t *location = choose_location(locations, forward);
        json_t *position = json_object_get(location, "latLng");
        bool placed = read_degrees(&out->latitude, json_object_get(position, "lat"), 90) &&
                      read_degrees(&out->longitude, json_object_get(position, "lng"), 180);
        read_areas(out, location);
        *found = (out->city[0] || out->state[0] || out->country[0]) && (placed || !forward);
        ok = true;
    }
    json_decref(root);
    return ok;
}

/* ---- Nominatim -------------------------------------------------------------------------- */

static const char *first_of(json_t *address, const char *const *keys)
{
    const char *text = NULL;
    for (; *keys && !text; keys++)
        text = json_string_value(json_object_get(address, *keys));
    return text;
}

static void read_address(struct gls_place *out, json_t *address)
{
    static const char *const cities[] = {"city", "town", "village", "municipality", "hamlet", NULL};
    static const char *const states[] = {"state", "province", "region", "state_district", NULL};
    copy_text(out->city, sizeof out->city, first_of(address, cities));
    copy_text(out->state, sizeof out->state, first_of(address, states));
    copy_text(out->country, sizeof out->country,
              json_string_value(json_object_get(address, "country")));
    copy_code(out->country_code, json_string_value(json_object_get(address, "country_code")));
}

bool gls_nominatim_read(struct gls_place *out, bool *found, const struct gls_strbuf *json,
                        bool forward, struct gls_error *error)
{
    json_t *root = load(json, "Nominatim", error);
    json_t *answer = forward ? json_array_get(root, 0) : root;
    json_t *address = json_object_get(answer, "address");
    bool empty = forward ? json_is_array(root) && json_array_size(root) == 0
                         : json_object_get(root, "error") != NULL;
    bool ok = root && (empty || json_is_object(address));
    memset(out, 0, sizeof *out);
    *found = false;
    if (root && !ok)
        gls_fail(error, GLS_ERROR_FORMAT, "Nominatim: the answer has no address");
    if (ok && !empty) {
        bool placed = read_degrees(&out->latitude, json_object_get(answer, "lat"), 90) &&
                      read_degrees(&out->longitude, json_object_get(answer, "lon"), 180);
        read_address(out, address);
        *found = (out->city[0] || out->state[0] || out->country[0]) && (placed || !forward);
    }
    json_decref(root);
    return ok;
}
