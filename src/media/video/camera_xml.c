/* SPDX-License-Identifier: MIT */
#include "media/video/camera_xml.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "base/c_locale.h"
#include "media/core/record.h"
#include "media/xmp/xmp_expat.h"

enum { DEPTH_MAX = 32, VALUE_MAX = 256 };

enum field { START_DATE, CREATION_DATE, MAKE, MODEL, NORTH, NORTH_REF, EAST, EAST_REF, FIELDS };

/* Elements whose text is a value. */
static const struct {
    const char *element;
    enum field field;
} texts[] = {
    {"StartDate", START_DATE},
    {"CreationDate", CREATION_DATE},
    {"Manufacturer", MAKE},
    {"ModelName", MODEL},
};
/* Attributes that are one. */
static const struct {
    const char *element;
    const char *attribute;
    enum field field;
} attributes[] = {
    {"CreationDate", "value", CREATION_DATE},
    {"Device", "manufacturer", MAKE},
    {"Device", "modelName", MODEL},
};
/* Sony: <Item name="Latitude" value="35:39:10.123"/> in the group of Exif's GPS. */
static const struct {
    const char *name;
    enum field field;
} items[] = {
    {"Latitude", NORTH},
    {"LatitudeRef", NORTH_REF},
    {"Longitude", EAST},
    {"LongitudeRef", EAST_REF},
};

struct reading {
    XML_Parser parser;
    char values[FIELDS][VALUE_MAX]; /* "": not stated; the first counts */
    enum field open;                /* whose text is being read; FIELDS: none */
    size_t length;
    unsigned depth;
    bool is_refused;
};

/* The name without its namespace, which the parser puts before a blank. */
static const char *local_name(const char *name)
{
    const char *blank = strrchr(name, ' ');
    return blank != NULL ? blank + 1 : name;
}

static const char *attribute(const char **pairs, const char *name)
{
    for (; *pairs != NULL; pairs += 2)
        if (strcmp(local_name(pairs[0]), name) == 0)
            return pairs[1];
    return NULL;
}

static void set_value(struct reading *reading, enum field field, const char *value)
{
    if (value != NULL && reading->values[field][0] == '\0' && strlen(value) < VALUE_MAX)
        memcpy(reading->values[field], value, strlen(value) + 1);
}

static void refuse(struct reading *reading)
{
    reading->is_refused = true;
    XML_StopParser(reading->parser, XML_FALSE);
}

static void XMLCALL on_start(void *user, const char *name, const char **pairs)
{
    struct reading *reading = user;

    name = local_name(name);
    reading->open = FIELDS;
    if (++reading->depth > DEPTH_MAX) {
        refuse(reading);
        return;
    }
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
        if (strcmp(name, attributes[i].element) == 0)
            set_value(reading, attributes[i].field, attribute(pairs, attributes[i].attribute));
    const char *item = strcmp(name, "Item") == 0 ? attribute(pairs, "name") : NULL;
    for (size_t i = 0; item != NULL && i < sizeof items / sizeof items[0]; i++)
        if (strcmp(item, items[i].name) == 0)
            set_value(reading, items[i].field, attribute(pairs, "value"));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strcmp(name, texts[i].element) == 0 && reading->values[texts[i].field][0] == '\0')
            reading->open = texts[i].field;
    reading->length = 0;
}

static void XMLCALL on_end(void *user, const char *name)
{
    struct reading *reading = user;

    (void)name;
    reading->open = FIELDS;
    reading->depth--;
}

static void XMLCALL on_text(void *user, const char *text, int size)
{
    struct reading *reading = user;
    size_t length = reading->length + (size_t)size;

    if (reading->open == FIELDS || length >= VALUE_MAX)
        return;
    memcpy(reading->values[reading->open] + reading->length, text, (size_t)size);
    reading->values[reading->open][length] = '\0';
    reading->length = length;
}

/* No camera writes one, and entities can grow without bound. */
static void XMLCALL on_doctype(void *user, const char *name, const char *system, const char *public,
                               int has_subset)
{
    (void)name;
    (void)system;
    (void)public;
    (void)has_subset;
    refuse(user);
}

/* Degrees, minutes and seconds: "35:39:10.123". */
static bool read_angle(double *out, const char *text, const char *ref, const char refs[2])
{
    static const double units[] = {1, 60, 3600};
    double sum = 0;

    for (size_t i = 0; i < 3; i++) {
        char *end;
        double part = strtod_l(text, &end, gls_c_locale());
        if (end == text || !(part >= 0 && part <= 180) || *end != (i < 2 ? ':' : '\0'))
            return false;
        sum += part / units[i];
        text = end + (i < 2);
    }
    *out = ref[0] == refs[1] ? -sum : sum;
    return ref[0] == refs[0] || ref[0] == refs[1];
}

static void offer_values(struct gls_media *media, const struct reading *reading)
{
    static const struct gls_date_claim start = {GLS_DATE_TAKEN, "XML.StartDate", false, false};
    static const struct gls_date_claim creation = {GLS_DATE_TAKEN, "XML.CreationDate", false,
                                                   false};
    const char(*values)[VALUE_MAX] = reading->values;
    double north, east;

    (void)gls_media_offer_date_text(media, values[START_DATE], &start);
    (void)gls_media_offer_date_text(media, values[CREATION_DATE], &creation);
    gls_media_offer_value(media, &media->camera_make, &media->camera_source, values[MAKE],
                          "XML.Manufacturer");
    gls_media_offer_value(media, &media->camera_model, &media->camera_source, values[MODEL],
                          "XML.ModelName");
    if (read_angle(&north, values[NORTH], values[NORTH_REF], "NS") &&
        read_angle(&east, values[EAST], values[EAST_REF], "EW"))
        (void)gls_media_offer_position(media, north, east, "XML.Latitude");
}

bool gls_camera_xml_offer(struct gls_media *media, const char *text, size_t size,
                          struct gls_error *error)
{
    struct reading *reading = calloc(1, sizeof *reading);
    bool ok = reading != NULL;

    while (size > 0 && text[size - 1] == '\0')
        size--;
    if (ok)
        reading->parser = gls_expat_new();
    if (!ok || reading->parser == NULL) {
        free(reading);
        return gls_fail_memory(error);
    }
    reading->open = FIELDS;
    XML_SetUserData(reading->parser, reading);
    XML_SetElementHandler(reading->parser, on_start, on_end);
    XML_SetCharacterDataHandler(reading->parser, on_text);
    XML_SetStartDoctypeDeclHandler(reading->parser, on_doctype);
    if (size > GLS_CAMERA_XML_MAX)
        ok = gls_fail(error, GLS_ERROR_FORMAT, "the camera's XML has more than %u bytes",
                      GLS_CAMERA_XML_MAX);
    else if (XML_Parse(reading->parser, text, (int)size, XML_TRUE) != XML_STATUS_OK)
        ok = gls_expat_is_starved()
                 ? gls_fail_memory(error)
                 : gls_fail(error, GLS_ERROR_FORMAT, "the camera's XML cannot be read: %s",
                            reading->is_refused
                                ? "it holds what no camera writes"
                                : XML_ErrorString(XML_GetErrorCode(reading->parser)));
    else
        offer_values(media, reading);
    gls_expat_free(reading->parser);
    free(reading);
    return ok;
}
