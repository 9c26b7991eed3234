/* SPDX-License-Identifier: MIT */
#include "engine/plugins/plugin_record.h"

#include <jansson.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "media/core/format.h"
#include "media/format_table.h"

/* The record's texts, in the order of its JSON. */
static const struct text_field {
    const char *key;
    size_t offset;
    bool is_path; /* bytes: its exact form stands beside it where it is not UTF-8 */
} text_fields[] = {{"key", offsetof(struct gls_plugin_record, key), false},
                   {"status", offsetof(struct gls_plugin_record, status), false},
                   {"source", offsetof(struct gls_plugin_record, source), true},
                   {"library", offsetof(struct gls_plugin_record, library), true},
                   {"destination", offsetof(struct gls_plugin_record, destination), true},
                   {"old_destination", offsetof(struct gls_plugin_record, old_destination), true},
                   {"kind", offsetof(struct gls_plugin_record, kind), false},
                   {"sha256", offsetof(struct gls_plugin_record, sha256), false},
                   {"stored_xxh128", offsetof(struct gls_plugin_record, stored_xxh128), false},
                   {"date_taken", offsetof(struct gls_plugin_record, date_taken), false},
                   {"title", offsetof(struct gls_plugin_record, title), false},
                   {"album", offsetof(struct gls_plugin_record, album), false},
                   {"original_name", offsetof(struct gls_plugin_record, original_name), false},
                   {"camera_make", offsetof(struct gls_plugin_record, camera_make), false},
                   {"camera_model", offsetof(struct gls_plugin_record, camera_model), false}};

enum { TEXT_FIELDS = sizeof text_fields / sizeof text_fields[0] };

/* `record` comes first: one that is handed back is this file. */
struct gls_plugin_file {
    struct gls_plugin_record record;
    _Atomic(char *) json; /* NULL: nobody has asked for it */
    atomic_uint owners;
    char texts[]; /* the record's, one after another */
};

static const char *text_of(const struct gls_plugin_record *record, size_t field)
{
    const char *text;

    memcpy(&text, (const char *)record + text_fields[field].offset, sizeof text);
    return text;
}

/* jansson takes several times as long for a text of this size. `text` is valid UTF-8. */
static void add_string(struct gls_strbuf *json, const char *text)
{
    static const char escaped[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";

    gls_strbuf_add_char(json, '"');
    while (*text != '\0') {
        size_t plain = 0;
        while ((unsigned char)text[plain] >= 0x20 && text[plain] != '"' && text[plain] != '\\')
            plain++;
        gls_strbuf_add(json, text, plain);
        text += plain;
        const char *at = *text != '\0' ? strchr(escaped, *text) : NULL;
        if (at != NULL)
            gls_strbuf_addf(json, "\\%c", letters[at - escaped]);
        else if (*text != '\0')
            gls_strbuf_addf(json, "\\u%04X", (unsigned)(unsigned char)*text);
        text += *text != '\0';
    }
    gls_strbuf_add_char(json, '"');
}

static void add_pair(struct gls_strbuf *json, const char *key, const char *suffix,
                     const char *value)
{
    gls_strbuf_add_char(json, '"');
    gls_strbuf_add_str(json, key);
    gls_strbuf_add_str(json, suffix);
    gls_strbuf_add_str(json, "\":");
    add_string(json, value);
    gls_strbuf_add_char(json, ',');
}

/* Of a path that is no UTF-8: "source_bytes" beside "source", as in the command's JSON
 * lines. */
static bool add_text(struct gls_strbuf *json, const struct text_field *field, const char *text)
{
    char *valid = gls_utf8_make_valid(text, strlen(text)), *encoded = NULL;
    bool ok = valid != NULL;

    if (ok)
        add_pair(json, field->key, "", valid);
    if (ok && field->is_path && strcmp(valid, text) != 0) {
        encoded = gls_percent_encode(text, strlen(text));
        ok = encoded != NULL;
        if (ok)
            add_pair(json, field->key, "_bytes", encoded);
    }
    free(encoded);
    free(valid);
    return ok;
}

/* {"size_bytes":...}; NULL: no memory. */
static char *numbers_json(const struct gls_plugin_record *record)
{
    json_t *object = json_object();
    bool ok =
        object != NULL && json_object_set_new(object, "size_bytes",
                                              json_integer((json_int_t)record->size_bytes)) == 0;

    if (ok && record->has_position)
        ok = json_object_set_new(object, "latitude", json_real(record->latitude)) == 0 &&
             json_object_set_new(object, "longitude", json_real(record->longitude)) == 0;
    char *text = ok ? json_dumps(object, JSON_COMPACT) : NULL;
    json_decref(object);
    return text;
}

static char *make_json(const struct gls_plugin_record *record)
{
    GLS_STRBUF_AUTO json = GLS_STRBUF_INIT;
    char *numbers = numbers_json(record);
    bool ok = numbers != NULL;

    gls_strbuf_add_char(&json, '{');
    for (size_t i = 0; ok && i < TEXT_FIELDS; i++) {
        if (text_of(record, i) != NULL)
            ok = add_text(&json, &text_fields[i], text_of(record, i));
    }
    if (ok)
        gls_strbuf_add_str(&json, numbers + 1);
    free(numbers);
    return ok ? gls_strbuf_take(&json) : NULL;
}

struct gls_plugin_file *gls_plugin_file_new(const struct gls_plugin_record *values)
{
    size_t sizes[TEXT_FIELDS] = {0}, total = 0;

    for (size_t i = 0; i < TEXT_FIELDS; i++) {
        sizes[i] = text_of(values, i) != NULL ? strlen(text_of(values, i)) + 1 : 0;
        total += sizes[i];
    }
    struct gls_plugin_file *file = malloc(sizeof *file + total);
    if (file == NULL)
        return NULL;
    file->record = *values;
    atomic_init(&file->json, NULL);
    atomic_init(&file->owners, 1);
    char *at = file->texts;
    for (size_t i = 0; i < TEXT_FIELDS; i++) {
        const char *copy = at;
        if (sizes[i] == 0)
            continue;
        memcpy(at, text_of(values, i), sizes[i]);
        memcpy((char *)&file->record + text_fields[i].offset, &copy, sizeof copy);
        at += sizes[i];
    }
    return file;
}

const char *gls_plugin_record_json(const struct gls_plugin_record *record)
{
    struct gls_plugin_file *file = (struct gls_plugin_file *)record;
    char *json = atomic_load(&file->json), *made = NULL;

    if (json == NULL)
        made = make_json(record);
    /* Plugins on several threads may ask at once: one text stays. */
    if (made != NULL && atomic_compare_exchange_strong(&file->json, &json, made))
        return made;
    free(made);
    return json;
}

struct gls_plugin_file *gls_plugin_file_share(struct gls_plugin_file *file)
{
    if (file != NULL)
        atomic_fetch_add(&file->owners, 1);
    return file;
}

void gls_plugin_file_drop(struct gls_plugin_file *file)
{
    if (file == NULL || atomic_fetch_sub(&file->owners, 1) > 1)
        return;
    free(atomic_load(&file->json));
    free(file);
}

const char *gls_plugin_kind_name(enum gls_kind kind)
{
    switch (kind) {
    case GLS_KIND_PHOTO:
        return "photo";
    case GLS_KIND_VIDEO:
        return "video";
    case GLS_KIND_AUDIO:
        return "audio";
    case GLS_KIND_TEXT:
        return "text";
    case GLS_KIND_UNKNOWN:
        break;
    }
    return "other";
}

const char *gls_plugin_kind(const char *path)
{
    const char *extension = gls_path_extension(path);
    const struct gls_format *format = gls_format_by_extension(extension);

    if (gls_ascii_equal(extension, "xmp"))
        return "sidecar";
    return gls_plugin_kind_name(format != NULL ? format->kind : GLS_KIND_UNKNOWN);
}

const struct gls_plugin_record *gls_plugin_file_record(const struct gls_plugin_file *file)
{
    return file != NULL ? &file->record : NULL;
}
