/* SPDX-License-Identifier: MIT */
/*
 * text_note - a text file whose first line may be a JSON object (RFC 8259) with
 * date_taken (seconds since 1970 on the clock of the place, as Elodie counts them:
 * no zone is applied), album, title, latitude, longitude and original_name. The essence is
 * everything behind that line (and behind a byte order mark): the text itself.
 *
 * jansson checks the line and reads its values; an edit replaces single values
 * in the text, so that other keys keep their order, spelling and digits.
 */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/c_locale.h"
#include "base/strbuf.h"
#include "base/timestamp.h"
#include "media/core/record.h"
#include "media/text/text_note.h"

#define LINE_MAX_SIZE (64u << 10)

/* The first line, if it is a metadata line. */
struct header {
    size_t start;          /* behind a byte order mark */
    size_t size;           /* of the line without its line end; 0: there is none */
    size_t end;            /* where the text begins */
    struct gls_strbuf raw; /* the beginning of the file */
    json_t *object;        /* NULL: there is no metadata line */
};

static void header_free(struct header *header)
{
    gls_strbuf_free(&header->raw);
    json_decref(header->object);
    header->object = NULL;
}

static void parse_line(struct header *header)
{
    const char *line = header->raw.data + header->start;
    size_t left = header->raw.size - header->start;
    const char *newline = memchr(line, '\n', left);
    size_t size = newline != NULL ? (size_t)(newline - line) : left;
    json_t *value;

    if (newline == NULL && header->raw.size > LINE_MAX_SIZE)
        return;
    header->end = header->start + size + (newline != NULL);
    if (size > 0 && line[size - 1] == '\r')
        size--;
    /* Of a key that is there twice the last counts, as for most readers of JSON. */
    value = json_loadb(line, size, 0, NULL);
    if (json_is_object(value)) {
        header->object = value;
        header->size = size;
        return;
    }
    json_decref(value);
    header->end = header->start;
}

static bool header_read(struct header *out, struct gls_input *input, struct gls_error *error)
{
    size_t got = LINE_MAX_SIZE + 1;

    memset(out, 0, sizeof *out);
    if (gls_strbuf_reserve(&out->raw, LINE_MAX_SIZE + 2) == NULL)
        return gls_fail_memory(error);
    if (!gls_input_read_some(input, 0, out->raw.data, &got, error)) {
        header_free(out);
        return false;
    }
    out->raw.size = got;
    out->raw.data[got] = '\0';
    if (got >= 3 && memcmp(out->raw.data, "\xef\xbb\xbf", 3) == 0)
        out->start = 3;
    out->end = out->start;
    parse_line(out);
    return true;
}

/* ---- Reading ---------------------------------------------------------------------- */

/* A number, also when it is written as a string. */
static bool number_of(double *out, const json_t *value)
{
    const char *text = json_string_value(value);
    char *end;

    *out = json_number_value(value);
    if (text == NULL)
        return json_is_number(value);
    *out = strtod_l(text, &end, gls_c_locale());
    /* No hexadecimal digits, infinities and the like. */
    return end != text && end[strspn(end, " ")] == '\0' &&
           strspn(text, " +-.0123456789eE") == strlen(text) && isfinite(*out);
}

static void offer_date(struct gls_media *media, const json_t *value)
{
    static const struct gls_date_claim claim = {GLS_DATE_TAKEN, "Text.date_taken", false, false};
    struct gls_datetime when;
    double epoch_s;
    double whole;

    /* Zero is the epoch of Unix: a date that was never set. */
    if (!number_of(&epoch_s, value) || epoch_s == 0 || fabs(epoch_s) > 1e12)
        return;
    whole = floor(epoch_s);
    if (!gls_datetime_from_civil_s(&when, (int64_t)whole))
        return;
    if (epoch_s > whole) {
        when.nanosecond = (int32_t)((epoch_s - whole) * 1000) * 1000000;
        when.subsecond_digits = 3;
    }
    (void)gls_media_offer_date(media, &when, &claim);
}

static bool text_read(struct gls_media *out, struct gls_input *input, const void *context,
                      struct gls_error *error)
{
    struct header header;
    double latitude;
    double longitude;

    (void)context;
    if (!header_read(&header, input, error))
        return false;
    if (header.object != NULL) {
        offer_date(out, json_object_get(header.object, "date_taken"));
        gls_media_offer_value(out, &out->album, &out->album_source,
                              json_string_value(json_object_get(header.object, "album")),
                              "Text.album");
        gls_media_offer_value(out, &out->title, &out->title_source,
                              json_string_value(json_object_get(header.object, "title")),
                              "Text.title");
        gls_media_offer_text(out, &out->original_name,
                             json_string_value(json_object_get(header.object, "original_name")));
        if (number_of(&latitude, json_object_get(header.object, "latitude")) &&
            number_of(&longitude, json_object_get(header.object, "longitude")))
            (void)gls_media_offer_position(out, latitude, longitude, "Text.latitude");
    }
    header_free(&header);
    return true;
}

static bool text_essence(struct gls_ranges *out, struct gls_input *input, const void *context,
                         struct gls_error *error)
{
    struct header header;
    uint64_t size = gls_input_size(input);
    bool ok = true;

    (void)context;
    if (!header_read(&header, input, error))
        return false;
    if (header.end < size)
        ok = gls_ranges_add(out, header.end, size - header.end, error);
    header_free(&header);
    return ok;
}

/* ---- Editing ------------------------------------------------------------------------ */

/* One value to write. `text` NULL: the key is taken out. */
struct change {
    const char *key;
    char *text;
    bool requested;
    bool done;
};
enum {
    CHANGE_DATE,
    CHANGE_ALBUM,
    CHANGE_TITLE,
    CHANGE_NAME,
    CHANGE_LATITUDE,
    CHANGE_LONGITUDE,
    CHANGE_SOURCE,
    CHANGE_COUNT
};

static char *quote(const char *text)
{
    json_t *string = json_string(text);
    char *quoted = string != NULL ? json_dumps(string, JSON_ENCODE_ANY) : NULL;

    json_decref(string);
    return quoted;
}

/* Degrees with up to seven decimals, whatever the locale. */
static char *degrees(double value)
{
    uint64_t scaled = (uint64_t)(fabs(value) * 1e7 + 0.5);
    struct gls_strbuf text = GLS_STRBUF_INIT;

    gls_strbuf_addf(&text, "%s%llu.%07llu", value < 0 && scaled > 0 ? "-" : "",
                    (unsigned long long)(scaled / 10000000),
                    (unsigned long long)(scaled % 10000000));
    while (text.size > 2 && text.data[text.size - 1] == '0' && text.data[text.size - 2] != '.')
        gls_strbuf_truncate(&text, text.size - 1);
    return gls_strbuf_take(&text);
}

static char *seconds_of(const struct gls_datetime *when)
{
    struct gls_strbuf text = GLS_STRBUF_INIT;

    gls_strbuf_addf(&text, "%lld.0", (long long)gls_datetime_to_civil_s(when));
    return gls_strbuf_take(&text);
}

static void changes_free(struct change *changes)
{
    for (size_t i = 0; i < CHANGE_COUNT; i++)
        free(changes[i].text);
}

static bool set_change(struct change *change, const char *key, bool clear, char *text,
                       struct gls_error *error)
{
    change->key = key;
    change->text = text;
    change->requested = true;
    return clear || text != NULL || gls_fail_memory(error);
}

struct text_request {
    const char *key;
    const char *text; /* NULL: stays as it is */
    const char *stated;
    bool clear;
};

/* Texts that are stated already are left as they are spelt. */
static bool change_text(struct change *change, const struct text_request *request,
                        struct gls_error *error)
{
    const char *text = request->text;

    if (request->clear)
        return set_change(change, request->key, true, NULL, error);
    if (text == NULL || (request->stated != NULL && strcmp(request->stated, text) == 0))
        return true;
    return set_change(change, request->key, false, quote(text), error);
}

static bool change_position(struct change *changes, const struct gls_tags *tags,
                            const struct gls_media *stated, struct gls_error *error)
{
    bool clear = tags->clear_position;

    if (!clear && (!tags->set_position ||
                   (stated->has_position && fabs(stated->latitude - tags->latitude) < 1e-7 &&
                    fabs(stated->longitude - tags->longitude) < 1e-7)))
        return true;
    return set_change(&changes[CHANGE_LATITUDE], "latitude", clear,
                      clear ? NULL : degrees(tags->latitude), error) &&
           set_change(&changes[CHANGE_LONGITUDE], "longitude", clear,
                      clear ? NULL : degrees(tags->longitude), error);
}

static bool list_changes(struct change *changes, const struct gls_tags *tags,
                         const struct gls_media *stated, struct gls_error *error)
{
    const struct text_request album = {"album", tags->album, stated->album, tags->clear_album};
    const struct text_request title = {"title", tags->title, stated->title, tags->clear_title};
    const struct text_request name = {"original_name", tags->original_name, stated->original_name,
                                      false};
    const struct text_request source = {"glassine_source", tags->source_record, NULL, false};
    bool same_date = stated->has_date && tags->set_date &&
                     gls_datetime_to_civil_s(&stated->date) == gls_datetime_to_civil_s(&tags->date);

    if (tags->set_date && !same_date &&
        !set_change(&changes[CHANGE_DATE], "date_taken", false, seconds_of(&tags->date), error))
        return false;
    return change_text(&changes[CHANGE_ALBUM], &album, error) &&
           change_text(&changes[CHANGE_TITLE], &title, error) &&
           change_text(&changes[CHANGE_NAME], &name, error) &&
           change_text(&changes[CHANGE_SOURCE], &source, error) &&
           change_position(changes, tags, stated, error);
}

/* Where the parts of one member stand in a line that is known to be valid. */
struct member {
    size_t start; /* behind the '{' or ',' before it */
    size_t key;   /* the opening quote */
    size_t key_end;
    size_t value;
    size_t value_end; /* behind its last character that is no blank */
    size_t end;       /* the ',' or '}' behind it */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t skip_string(const char *line, size_t size, size_t at)
{
    for (at++; at < size && line[at] != '"'; at++)
        at += line[at] == '\\';
    return at < size ? at + 1 : size;
}

static bool next_member(struct member *out, const char *line, size_t size, size_t start)
{
    int depth = 0;
    size_t at = start;

    out->start = start;
    while (at < size && is_blank(line[at]))
        at++;
    if (at >= size || line[at] != '"')
        return false;
    out->key = at;
    out->key_end = at = skip_string(line, size, at);
    while (at < size && (is_blank(line[at]) || line[at] == ':'))
        at++;
    out->value = out->value_end = at;
    while (at < size && (depth > 0 || (line[at] != ',' && line[at] != '}'))) {
        char c = line[at];
        depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
        at = c == '"' ? skip_string(line, size, at) : at + 1;
        out->value_end = is_blank(c) ? out->value_end : at;
    }
    out->end = at;
    return at < size;
}

static struct change *change_of(struct change *changes, const char *line,
                                const struct member *member)
{
    /* A key may be spelt with escapes. */
    json_t *key =
        json_loadb(line + member->key, member->key_end - member->key, JSON_DECODE_ANY, NULL);
    struct change *found = NULL;

    for (size_t i = 0; i < CHANGE_COUNT && json_is_string(key); i++) {
        if (changes[i].requested && strcmp(changes[i].key, json_string_value(key)) == 0)
            found = &changes[i];
    }
    json_decref(key);
    return found;
}

static void add_separator(struct gls_strbuf *out)
{
    if (out->size > 0 && out->data[out->size - 1] != '{')
        gls_strbuf_add_char(out, ',');
}

/* Writes the object with the changes, keeping all else as it was spelt. */
static void rebuild(struct gls_strbuf *out, const char *line, size_t size, struct change *changes)
{
    const char *brace = size > 0 ? memchr(line, '{', size) : NULL;
    struct member member;
    size_t at = brace != NULL ? (size_t)(brace - line) + 1 : 0;

    gls_strbuf_add_char(out, '{');
    while (brace != NULL && next_member(&member, line, size, at)) {
        struct change *change = change_of(changes, line, &member);
        at = member.end + 1;
        if (change != NULL)
            change->done = true;
        if (change == NULL || change->text != NULL)
            add_separator(out);
        if (change == NULL) {
            gls_strbuf_add(out, line + member.start, member.end - member.start);
        } else if (change->text != NULL) {
            gls_strbuf_add(out, line + member.start, member.value - member.start);
            gls_strbuf_add_str(out, change->text);
            gls_strbuf_add(out, line + member.value_end, member.end - member.value_end);
        }
        if (line[member.end] == '}')
            break;
    }
    for (size_t i = 0; i < CHANGE_COUNT; i++) {
        if (!changes[i].requested || changes[i].done || changes[i].text == NULL)
            continue;
        add_separator(out);
        gls_strbuf_addf(out, "%s\"%s\": %s", out->size > 1 ? " " : "", changes[i].key,
                        changes[i].text);
    }
    gls_strbuf_add_char(out, '}');
}

/* UTF-16 and binary files must not get a line of ASCII. */
static bool check_is_text(struct gls_input *input, const struct header *header,
                          struct gls_error *error)
{
    const char *bytes = header->raw.data;
    size_t size = header->raw.size;

    if (size > 0 &&
        (memchr(bytes, 0, size) != NULL ||
         (size >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0))))
        return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                        "%s: is no text in an encoding that could hold a metadata line",
                        gls_input_name(input));
    return true;
}

static bool plan_line(struct gls_patch *out, const struct header *header, struct change *changes,
                      struct gls_error *error)
{
    GLS_STRBUF_AUTO line = GLS_STRBUF_INIT;
    const char *old = header->raw.data + header->start;

    rebuild(&line, old, header->size, changes);
    if (header->object == NULL && line.size == 2)
        return true; /* nothing was set, and nothing is to be taken out */
    if (header->object == NULL)
        gls_strbuf_add_char(&line, '\n');
    if (line.failed)
        return gls_fail_memory(error);
    if (line.size > LINE_MAX_SIZE)
        return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                        "its metadata line would be longer than %u bytes", LINE_MAX_SIZE);
    if (line.size == header->size && memcmp(line.data, old, line.size) == 0)
        return true;
    return gls_patch_replace(out, header->start, header->size, &line, error);
}

static bool text_plan_edit(struct gls_patch *out, struct gls_input *input,
                           const struct gls_tags *tags, const void *context,
                           struct gls_error *error)
{
    struct change changes[CHANGE_COUNT];
    struct gls_media stated;
    struct header header;
    bool ok;

    memset(changes, 0, sizeof changes);
    memset(&stated, 0, sizeof stated);
    if (gls_tags_need_xmp(tags))
        return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                        "%s: a note has no place for a caption, a rating, people or keywords",
                        gls_input_name(input));
    if (!text_read(&stated, input, context, error))
        return false;
    ok = header_read(&header, input, error);
    if (ok) {
        ok = check_is_text(input, &header, error) && list_changes(changes, tags, &stated, error) &&
             plan_line(out, &header, changes, error) &&
             gls_patch_seal(out, gls_input_size(input), error);
        header_free(&header);
    }
    changes_free(changes);
    gls_media_clear(&stated);
    return ok;
}

const struct gls_backend gls_text_backend = {
    .name = "text",
    .read = text_read,
    .essence = text_essence,
    .plan_edit = text_plan_edit,
};
