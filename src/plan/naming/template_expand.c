/* SPDX-License-Identifier: MIT */
/*
 * The expansion of compiled templates. Text of the configuration may hold a
 * '/' and so make folders; what a file says of itself never can.
 */
#include "plan/naming/template.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/error.h"
#include "base/path.h"
#include "base/timestamp.h"
#include "plan/naming/letter_case.h"
#include "plan/naming/sanitize.h"
#include "plan/naming/template_parts.h"

static bool is_blank(utf8proc_int32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 ||
           (c > 0x7F && utf8proc_category(c) >= UTF8PROC_CATEGORY_ZS &&
            utf8proc_category(c) <= UTF8PROC_CATEGORY_ZP);
}

/* Adds a value without the blanks around it; inside, `dash_blanks` makes each
 * run of them one '-'. A '/' of the value becomes '_'. Was anything added? */
static bool add_value(struct gls_strbuf *out, const char *text, size_t size, bool dash_blanks)
{
    bool added = false, pending = false;
    size_t blanks = 0; /* where the run of blanks began */
    utf8proc_int32_t c;
    for (size_t i = 0; i < size;) {
        size_t step = gls_utf8_next(&c, text + i, size - i);
        if (is_blank(c)) {
            blanks = pending ? blanks : i;
            pending = true;
        } else {
            if (pending && added && dash_blanks)
                gls_strbuf_add_char(out, '-');
            else if (pending && added)
                gls_strbuf_add(out, text + blanks, i - blanks);
            pending = false;
            if (c == '/')
                gls_strbuf_add_char(out, '_');
            else
                gls_strbuf_add(out, text + i, step);
            added = true;
        }
        i += step;
    }
    return added;
}

static const char *component_name(const struct gls_place *place, enum gls_part_kind kind)
{
    if (place == NULL)
        return "";
    if (kind == GLS_PART_CITY)
        return place->city;
    return kind == GLS_PART_STATE ? place->state : place->country;
}

/* The most specific name that is known of the place. */
static const char *default_location(const struct gls_place *place)
{
    for (enum gls_part_kind kind = GLS_PART_CITY; kind <= GLS_PART_COUNTRY; kind++)
        if (*component_name(place, kind) != '\0')
            return component_name(place, kind);
    return GLS_UNKNOWN_LOCATION;
}

/* The names of the place with the text of the mask around them, as it is written. */
static void add_location(struct gls_strbuf *out, const struct gls_part *part,
                         const struct gls_place *place, bool dash_blanks)
{
    bool found = false;
    gls_strbuf_add_str(out, part->text);
    for (size_t i = 0; i < part->child_count; i++) {
        const char *name = component_name(place, part->children[i].kind);
        if (!add_value(out, name, strlen(name), dash_blanks))
            continue;
        gls_strbuf_add_str(out, part->children[i].text);
        found = true;
    }
    if (!found && part->text[0] == '\0') {
        const char *name = default_location(place);
        add_value(out, name, strlen(name), dash_blanks);
    }
}

static void add_date(struct gls_strbuf *out, const struct gls_part *part,
                     const struct gls_datetime *date)
{
    if (date != NULL && !gls_datetime_format(out, date, part->text))
        out->failed = true;
}

/* Is there more than blanks behind `start`? Else they are taken off again. */
static bool keep_text(struct gls_strbuf *out, size_t start)
{
    for (size_t i = start; i < out->size; i++)
        if (strchr(" \t\n", out->data[i]) == NULL)
            return true;
    gls_strbuf_truncate(out, start);
    return false;
}

/* The size of a leading "YYYY-MM-DD_HH-MM-SS-" that is not the whole name: a name
 * that a library gave. */
static size_t date_prefix_size(const char *stem, size_t size)
{
    static const char shape[] = "dddd-dd-dd_dd-dd-dd-";
    if (size < sizeof shape)
        return 0;
    for (size_t i = 0; i < sizeof shape - 1; i++)
        if (shape[i] == 'd' ? stem[i] < '0' || stem[i] > '9' : stem[i] != shape[i])
            return 0;
    return sizeof shape - 1;
}

/* The size of "-title" as a template writes it, if `stem` ends with that and has more. */
static size_t title_suffix_size(const char *stem, size_t size, const char *title)
{
    GLS_STRBUF_AUTO suffix = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO cased = GLS_STRBUF_INIT;
    gls_strbuf_add_char(&suffix, '-');
    if (!add_value(&suffix, title, strlen(title), true) || suffix.failed)
        return 0;
    for (int upper = 0; upper <= 1; upper++) {
        gls_strbuf_clear(&cased);
        gls_letters_add(&cased, suffix.data, suffix.size, upper == 1);
        if (!cased.failed && cased.size < size &&
            memcmp(stem + size - cased.size, cased.data, cased.size) == 0)
            return cased.size;
    }
    return 0;
}

/* A file name less what a library put around it. `title`: NULL or what may be there
 * at its end. */
static bool add_stem(struct gls_strbuf *out, const char *name, const char *title, bool is_filed)
{
    const char *stem = gls_path_base(name);
    size_t size = gls_path_stem_size(name);
    size_t prefix = date_prefix_size(stem, size);
    size_t suffix = 0;
    if (title != NULL && (prefix > 0 || is_filed))
        suffix = title_suffix_size(stem + prefix, size - prefix, title);
    return add_value(out, stem + prefix, size - prefix - suffix, true) ||
           add_value(out, stem, size, true);
}

/* A stored name may have a date in front, too: a file of somebody's library whose
 * name became the original one when it was imported. */
static bool add_original_name(struct gls_strbuf *out, const struct gls_subject *subject)
{
    const char *stored = subject->original_name;
    return (stored != NULL && add_stem(out, stored, NULL, false)) ||
           add_stem(out, subject->base_name, subject->named_title, subject->is_filed);
}

static const char *simple_value(enum gls_part_kind kind, const struct gls_subject *subject)
{
    const char *value = NULL;
    if (kind == GLS_PART_ALBUM)
        value = subject->album;
    else if (kind == GLS_PART_TITLE)
        value = subject->title;
    else if (kind == GLS_PART_CAMERA_MAKE)
        value = subject->camera_make;
    else if (kind == GLS_PART_CAMERA_MODEL)
        value = subject->camera_model;
    else if (kind == GLS_PART_EXTENSION)
        value = gls_path_extension(subject->base_name);
    else if (kind >= GLS_PART_CITY && kind <= GLS_PART_COUNTRY)
        value = component_name(subject->place, kind);
    return value != NULL ? value : "";
}

/* Adds what a folder's part stands for. `last`: no alternative follows, so a
 * bare %city that is not known says what is known instead. */
static void put_folder_part(struct gls_strbuf *out, const struct gls_part *part,
                            const struct gls_subject *subject, bool last)
{
    if (part->kind == GLS_PART_TEXT) {
        gls_strbuf_add_str(out, part->text);
    } else if (part->kind == GLS_PART_DATE) {
        add_date(out, part, subject->date);
    } else if (part->kind == GLS_PART_LOCATION) {
        add_location(out, part, subject->place, false);
    } else if (part->kind == GLS_PART_CUSTOM) {
        for (size_t i = 0; i < part->child_count; i++)
            put_folder_part(out, &part->children[i], subject, true);
    } else {
        const char *value = simple_value(part->kind, subject);
        if (*value == '\0' && last && part->kind >= GLS_PART_CITY && part->kind <= GLS_PART_COUNTRY)
            value = default_location(subject->place);
        add_value(out, value, strlen(value), false);
    }
}

/* Does every part of a mix have a value of its own? */
static bool mix_is_whole(const struct gls_part *mix, const struct gls_subject *subject)
{
    for (size_t i = 0; i < mix->child_count; i++) {
        enum gls_part_kind kind = mix->children[i].kind;
        if (kind != GLS_PART_TEXT && kind != GLS_PART_DATE && kind != GLS_PART_LOCATION &&
            *simple_value(kind, subject) == '\0')
            return false;
    }
    return true;
}

/* Parts with the text between them. A part without a value goes, with the text
 * before it; where other alternatives follow, the whole mix goes. */
static void put_mix(struct gls_strbuf *out, const struct gls_part *mix,
                    const struct gls_subject *subject, bool last)
{
    const char *between = "";
    bool has_value = false;
    if (!last && !mix_is_whole(mix, subject))
        return;
    for (size_t i = 0; i < mix->child_count; i++) {
        const struct gls_part *child = &mix->children[i];
        size_t start = out->size;
        if (child->kind == GLS_PART_TEXT && i > 0 && i + 1 < mix->child_count) {
            between = child->text;
            continue;
        }
        if (child->kind != GLS_PART_TEXT && has_value)
            gls_strbuf_add_str(out, between);
        size_t value = out->size;
        put_folder_part(out, child, subject, last);
        if (child->kind == GLS_PART_TEXT)
            continue;
        if (!keep_text(out, value))
            gls_strbuf_truncate(out, start);
        has_value = has_value || out->size > start;
    }
}

/* As above; false if that is nothing, or nothing but blanks. */
static bool add_folder_part(struct gls_strbuf *out, const struct gls_part *part,
                            const struct gls_subject *subject, bool last)
{
    size_t start = out->size;
    if (part->kind == GLS_PART_MIX)
        put_mix(out, part, subject, last);
    else
        put_folder_part(out, part, subject, last);
    return keep_text(out, start);
}

/* Adds the folders of `text` (more than one if the configuration says so). */
static void add_components(struct gls_strbuf *out, const char *text, bool portable_names)
{
    char *folders = gls_sanitize_folder(text, portable_names);

    if (folders == NULL) {
        out->failed = true;
    } else if (*folders != '\0') {
        if (out->size > 0)
            gls_strbuf_add_char(out, '/');
        gls_strbuf_add_str(out, folders);
    }
    free(folders);
}

bool gls_template_folder(char **out, const struct gls_template *tmpl,
                         const struct gls_subject *subject, struct gls_error *error)
{
    GLS_STRBUF_AUTO path = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    for (size_t i = 0; i < tmpl->slot_count; i++) {
        const struct gls_slot *slot = &tmpl->slots[i];
        bool found = false;
        gls_strbuf_truncate(&text, 0);
        for (size_t j = 0; j < slot->count && !found; j++)
            found = add_folder_part(&text, &slot->alternatives[j], subject, j + 1 == slot->count);
        if (found && !text.failed)
            add_components(&path, text.data, subject->portable_names);
    }
    if (path.size == 0)
        gls_strbuf_add_str(&path, GLS_UNKNOWN_LOCATION);
    if (text.failed || path.failed)
        return gls_fail_memory(error);
    *out = gls_strbuf_take(&path);
    return *out != NULL || gls_fail_memory(error);
}

/* Adds what a file name's part stands for. Blanks of values become '-', those that
 * the configuration writes stay. False: that is nothing. */
static bool add_name_part(struct gls_strbuf *out, const struct gls_part *part,
                          const struct gls_subject *subject)
{
    size_t start = out->size;
    if (part->kind == GLS_PART_ORIGINAL_NAME)
        return add_original_name(out, subject);
    if (part->kind == GLS_PART_TEXT) {
        gls_strbuf_add_str(out, part->text);
    } else if (part->kind == GLS_PART_DATE) {
        add_date(out, part, subject->date);
    } else if (part->kind == GLS_PART_LOCATION) {
        add_location(out, part, subject->place, true);
    } else {
        const char *value = simple_value(part->kind, subject);
        add_value(out, value, strlen(value), true);
    }
    return keep_text(out, start);
}

/* Puts the pieces together. Returns how many parts other than the extension
 * had a value. */
static size_t join_name(struct gls_strbuf *out, const struct gls_template *tmpl,
                        const struct gls_subject *subject)
{
    size_t values = 0;
    size_t tail = 0;        /* bytes at the end that go with a part without a value */
    bool skip_head = false; /* the name would begin with a separator */
    for (size_t i = 0; i < tmpl->slot_count; i++) {
        const struct gls_slot *slot = &tmpl->slots[i];
        const struct gls_part *first = slot->alternatives;
        if (first->kind == GLS_PART_SEPARATOR) {
            gls_strbuf_add_str(out, first->text + (skip_head ? first->head : 0));
            tail = skip_head && first->tail > strlen(first->text) - first->head ? 0 : first->tail;
            skip_head = false;
            continue;
        }
        bool found = false;
        for (size_t j = 0; j < slot->count && !found; j++) {
            found = add_name_part(out, &slot->alternatives[j], subject);
            values += found && slot->alternatives[j].kind != GLS_PART_EXTENSION;
        }
        if (!found && tail <= out->size)
            gls_strbuf_truncate(out, out->size - tail);
        skip_head = !found && out->size == 0;
        tail = 0;
    }
    return values;
}

bool gls_template_name(char **out, const struct gls_template *tmpl,
                       const struct gls_subject *subject, struct gls_error *error)
{
    GLS_STRBUF_AUTO name = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO cased = GLS_STRBUF_INIT;
    if (join_name(&name, tmpl, subject) == 0) {
        /* Nothing but an extension is no name. */
        gls_strbuf_truncate(&name, 0);
        add_original_name(&name, subject);
        gls_strbuf_add_char(&name, '.');
        gls_strbuf_add_str(&name, gls_path_extension(subject->base_name));
    }
    if (!name.failed)
        gls_letters_add(&cased, gls_strbuf_str(&name), name.size, tmpl->upper_case);
    if (name.failed || cased.failed)
        return gls_fail_memory(error);
    *out = gls_sanitize_component(gls_strbuf_str(&cased), subject->portable_names, true);
    return *out != NULL || gls_fail_memory(error);
}
