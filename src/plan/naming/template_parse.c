/* SPDX-License-Identifier: MIT */
/*
 * From the text of the configuration to slots and parts. What Elodie silently
 * leaves out (a name it does not know, text outside quotes) is an error here:
 * better before the first file is touched than in ten thousand folder names.
 */
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/error.h"
#include "base/path.h"
#include "base/suggest.h"
#include "plan/naming/template_parts.h"

enum { IN_FOLDER = 1, IN_NAME = 2, IN_CUSTOM = 4 };

static const struct part_name {
    const char *name;
    enum gls_part_kind kind;
    enum gls_mask mask; /* WHOLE: it has none */
    unsigned where;
} part_names[] = {
    {"date", GLS_PART_DATE, GLS_MASK_DATE, IN_FOLDER | IN_NAME | IN_CUSTOM},
    {"day", GLS_PART_DATE, GLS_MASK_DAY, IN_FOLDER | IN_NAME | IN_CUSTOM},
    {"month", GLS_PART_DATE, GLS_MASK_MONTH, IN_FOLDER | IN_NAME | IN_CUSTOM},
    {"year", GLS_PART_DATE, GLS_MASK_YEAR, IN_FOLDER | IN_NAME | IN_CUSTOM},
    {"location", GLS_PART_LOCATION, GLS_MASK_LOCATION, IN_FOLDER | IN_NAME | IN_CUSTOM},
    {"city", GLS_PART_CITY, GLS_MASK_CITY, IN_FOLDER | IN_NAME | IN_CUSTOM},
    {"state", GLS_PART_STATE, GLS_MASK_STATE, IN_FOLDER | IN_NAME | IN_CUSTOM},
    {"country", GLS_PART_COUNTRY, GLS_MASK_COUNTRY, IN_FOLDER | IN_NAME | IN_CUSTOM},
    {"album", GLS_PART_ALBUM, GLS_MASK_WHOLE, IN_FOLDER | IN_NAME | IN_CUSTOM},
    {"camera_make", GLS_PART_CAMERA_MAKE, GLS_MASK_WHOLE, IN_FOLDER | IN_NAME | IN_CUSTOM},
    {"camera_model", GLS_PART_CAMERA_MODEL, GLS_MASK_WHOLE, IN_FOLDER | IN_NAME | IN_CUSTOM},
    {"custom", GLS_PART_CUSTOM, GLS_MASK_CUSTOM, IN_FOLDER},
    {"title", GLS_PART_TITLE, GLS_MASK_WHOLE, IN_NAME},
    {"original_name", GLS_PART_ORIGINAL_NAME, GLS_MASK_WHOLE, IN_NAME},
    {"extension", GLS_PART_EXTENSION, GLS_MASK_WHOLE, IN_NAME},
};
enum { PART_NAMES = sizeof part_names / sizeof *part_names };

static const char *const folder_defaults[GLS_MASK_COUNT] = {
    [GLS_MASK_WHOLE] = "%date/%album|%location|\"" GLS_UNKNOWN_LOCATION "\"",
    [GLS_MASK_DATE] = "%Y-%m-%b",
    [GLS_MASK_DAY] = "%d",
    [GLS_MASK_MONTH] = "%m",
    [GLS_MASK_YEAR] = "%Y",
    [GLS_MASK_LOCATION] = "%city",
};
static const char *const name_defaults[GLS_MASK_COUNT] = {
    [GLS_MASK_WHOLE] = "%date-%original_name-%title.%extension",
    [GLS_MASK_DATE] = "%Y-%m-%d_%H-%M-%S",
    [GLS_MASK_DAY] = "%d",
    [GLS_MASK_MONTH] = "%m",
    [GLS_MASK_YEAR] = "%Y",
    [GLS_MASK_LOCATION] = "%city",
};

/* The state of one compilation: which masks count and where it stands. */
struct parser {
    struct gls_template_source *source;
    struct gls_error *error;
    unsigned where;
};

static bool complain(struct parser *parser, const char *what, const char *text, size_t size)
{
    return gls_fail(parser->error, GLS_ERROR_CONFIG, "%s: \"%.*s\"", what,
                    (int)(size < 200 ? size : 200), text);
}

static void part_release(struct gls_part *part)
{
    for (size_t i = 0; i < part->child_count; i++)
        part_release(&part->children[i]);
    free(part->children);
    free(part->text);
}

static void slot_release(struct gls_slot *slot)
{
    for (size_t i = 0; i < slot->count; i++)
        part_release(&slot->alternatives[i]);
    free(slot->alternatives);
}

void gls_template_free(struct gls_template *tmpl)
{
    if (tmpl == NULL)
        return;
    for (size_t i = 0; i < tmpl->slot_count; i++)
        slot_release(&tmpl->slots[i]);
    free(tmpl->slots);
    free(tmpl);
}

/* Appends *part to an array and takes it over, also when memory is short. */
static bool add_part(struct gls_part **parts, size_t *count, struct gls_part *part,
                     struct gls_error *error)
{
    struct gls_part *grown = realloc(*parts, (*count + 1) * sizeof **parts);
    if (grown == NULL) {
        part_release(part);
        return gls_fail_memory(error);
    }
    grown[*count] = *part;
    *parts = grown;
    ++*count;
    return true;
}

static bool add_slot(struct gls_template *tmpl, struct gls_slot *slot, struct gls_error *error)
{
    struct gls_slot *grown = realloc(tmpl->slots, (tmpl->slot_count + 1) * sizeof *grown);
    if (grown == NULL) {
        slot_release(slot);
        return gls_fail_memory(error);
    }
    grown[tmpl->slot_count] = *slot;
    tmpl->slots = grown;
    tmpl->slot_count++;
    return true;
}

static bool set_text(struct gls_part *part, const char *text, size_t size, struct gls_error *error)
{
    part->text = strndup(text, size);
    return part->text != NULL || gls_fail_memory(error);
}

static size_t name_size(const char *text)
{
    size_t size = 0;
    while ((text[size] >= 'a' && text[size] <= 'z') || (text[size] >= 'A' && text[size] <= 'Z') ||
           text[size] == '_')
        size++;
    return size;
}

/* The known name that the run of letters at `text` begins with; it must end
 * there or before a '_', so that "%date_%title" means a date and "_". */
static const struct part_name *find_part(const char *text, size_t run, unsigned where)
{
    const struct part_name *best = NULL;
    for (size_t i = 0; i < PART_NAMES; i++) {
        size_t size = strlen(part_names[i].name);
        if ((part_names[i].where & where) == 0 || size > run ||
            memcmp(part_names[i].name, text, size) != 0 || (size < run && text[size] != '_'))
            continue;
        if (best == NULL || size > strlen(best->name))
            best = &part_names[i];
    }
    return best;
}

static bool unknown_part(struct parser *parser, const char *text, size_t run)
{
    const char *known[PART_NAMES + 1];
    size_t count = 0;
    for (size_t i = 0; i < PART_NAMES; i++)
        if ((part_names[i].where & parser->where) != 0)
            known[count++] = part_names[i].name;
    known[count] = NULL;
    char word[64] = "";
    memcpy(word, text, run < sizeof word ? run : sizeof word - 1);
    const char *near = gls_suggest(word, known);
    return gls_fail(parser->error, GLS_ERROR_CONFIG, "unknown part \"%%%s\"%s%s%s", word,
                    near != NULL ? "; did you mean \"%" : "", near != NULL ? near : "",
                    near != NULL ? "\"?" : "");
}

/* A strftime mask: every conversion must be one that a civil time can answer. */
static bool check_date_mask(struct parser *parser, const char *mask)
{
    if (mask == NULL || *mask == '\0')
        return gls_fail(parser->error, GLS_ERROR_CONFIG, "the date format is empty");
    for (const char *p = mask; (p = strchr(p, '%')) != NULL; p++) {
        const char *start = p++;
        p += strspn(p, "_-0^#");
        if (*p == 'E' || *p == 'O')
            p++;
        if (*p != '\0' && strchr("sZ", *p) != NULL)
            return complain(parser, "a date taken has no machine-wide zone for", start,
                            (size_t)(p - start) + 1);
        if (*p == '\0' || strchr("aAbBcCdDeFgGhHIjklmMnpPrRStTuUVwWxXyYz%", *p) == NULL)
            return complain(parser, "not a date format that strftime knows", start,
                            (size_t)(p - start) + (*p != '\0'));
    }
    return true;
}

static bool parse_location_mask(struct gls_part *part, struct parser *parser, const char *mask)
{
    const char *p = strchr(mask, '%');
    if (p == NULL)
        return complain(parser, "no %city, %state or %country in", mask, strlen(mask));
    if (!set_text(part, mask, (size_t)(p - mask), parser->error))
        return false;
    while (*p == '%') {
        size_t run = name_size(++p);
        const struct part_name *name = find_part(p, run, IN_CUSTOM);
        if (name == NULL || name->kind < GLS_PART_CITY || name->kind > GLS_PART_COUNTRY)
            return complain(parser, "only %city, %state and %country make a location, not", p - 1,
                            run + 1);
        struct gls_part child = {.kind = name->kind};
        p += strlen(name->name);
        size_t behind = strcspn(p, "%");
        if (!set_text(&child, p, behind, parser->error) ||
            !add_part(&part->children, &part->child_count, &child, parser->error))
            return false;
        p += behind;
    }
    return true;
}

static bool parse_custom(struct gls_part *part, struct parser *parser, const char *mask);

/* Fills *part for a name of the table. On failure it is still to be released. */
static bool make_part(struct gls_part *part, struct parser *parser, const struct part_name *name)
{
    struct gls_template_source *source = parser->source;
    part->kind = name->kind;
    if (name->mask == GLS_MASK_WHOLE)
        return true;
    const char *mask = source->masks[name->mask];
    if (mask == NULL)
        mask = (source->scope == GLS_SCOPE_FOLDER ? folder_defaults : name_defaults)[name->mask];
    enum gls_mask outer = source->culprit;
    bool good = true;
    if (mask != NULL)
        source->culprit = name->mask;
    if (name->kind == GLS_PART_DATE) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): NULL was refused */
        good = check_date_mask(parser, mask) && set_text(part, mask, strlen(mask), parser->error);
    } else if (name->kind == GLS_PART_CUSTOM && mask == NULL) {
        good = gls_fail(parser->error, GLS_ERROR_CONFIG, "%%custom is used but custom= is not set");
    } else if (name->kind == GLS_PART_CUSTOM) {
        good = parse_custom(part, parser, mask);
    } else if (mask != NULL) {
        part->kind = GLS_PART_LOCATION;
        good = parse_location_mask(part, parser, mask);
    }
    if (good)
        source->culprit = outer;
    return good;
}

static bool parse_custom(struct gls_part *part, struct parser *parser, const char *mask)
{
    unsigned outer = parser->where;
    parser->where = IN_CUSTOM;
    bool good = true;
    for (const char *p = mask; good && *p != '\0';) {
        struct gls_part child = {.kind = GLS_PART_TEXT};
        size_t run = *p == '%' ? name_size(p + 1) : 0;
        if (run > 0) {
            const struct part_name *name = find_part(p + 1, run, IN_CUSTOM);
            good =
                name != NULL ? make_part(&child, parser, name) : unknown_part(parser, p + 1, run);
            p += name != NULL ? strlen(name->name) + 1 : 0;
        } else {
            size_t size = 1 + strcspn(p + 1, "%");
            while (p[size] == '%' && name_size(p + size + 1) == 0)
                size += 1 + strcspn(p + size + 1, "%");
            good = set_text(&child, p, size, parser->error);
            p += size;
        }
        if (good)
            good = add_part(&part->children, &part->child_count, &child, parser->error);
        else
            part_release(&child);
    }
    parser->where = outer;
    return good;
}

/* One alternative at *text: "literal", %"literal" or %name; in a folder also a
 * bare name. Moves *text behind it. */
static bool parse_alternative(struct gls_part *part, struct parser *parser, const char **text)
{
    const char *p = *text;
    bool marked = *p == '%';
    p += marked;
    if (*p == '"') {
        size_t size = strcspn(p + 1, "\"");
        if (p[1 + size] == '\0')
            return complain(parser, "a quote is not closed", p, strlen(p));
        part->kind = GLS_PART_TEXT;
        *text = p + size + 2;
        return set_text(part, p + 1, size, parser->error);
    }
    size_t run = name_size(p);
    if (run == 0)
        return complain(parser, "a part like %date or a \"text\" in quotes belongs before", *text,
                        strlen(*text));
    const struct part_name *name = find_part(p, run, parser->where);
    if (name == NULL && !marked)
        return complain(parser, "plain text must stand in quotes", p, strcspn(p, "/|"));
    if (name == NULL)
        return unknown_part(parser, p, run);
    *text = p + strlen(name->name);
    return make_part(part, parser, name);
}

/* The size of a folder's alternative: up to a '/' or '|' that is in no quotes, less
 * the blanks at its end. */
static size_t alternative_size(const char *text)
{
    size_t size = 0;
    bool quoted = false;
    for (; text[size] != '\0' && (quoted || strchr("/|", text[size]) == NULL); size++)
        quoted ^= text[size] == '"';
    while (size > 0 && strchr(" \t\n", text[size - 1]) != NULL)
        size--;
    return size;
}

/* Does the alternative mix parts with text, or with each other? */
static bool is_mix(const struct parser *parser, const char *text)
{
    const struct part_name *first =
        *text == '%' ? find_part(text + 1, name_size(text + 1), parser->where) : NULL;
    size_t size = parser->where == IN_FOLDER ? alternative_size(text) : 0;
    bool quoted = false, found = false;
    for (size_t i = 0; i < size && !found; i++) {
        quoted ^= text[i] == '"';
        found = !quoted && text[i] == '%' && name_size(text + i + 1) > 0;
    }
    return found && (first == NULL || strlen(first->name) + 1 != size);
}

/* Quotes around text are taken off; what they hold is text like the rest. */
static bool parse_mix(struct gls_part *part, struct parser *parser, const char **text)
{
    const char *end = *text + alternative_size(*text);
    char *plain = calloc((size_t)(end - *text) + 1, 1);
    size_t length = 0;
    if (plain == NULL)
        return gls_fail_memory(parser->error);
    for (; *text < end; ++*text)
        if (**text != '"' && !(**text == '%' && (*text)[1] == '"'))
            plain[length++] = **text;
    part->kind = GLS_PART_MIX;
    bool good = parse_custom(part, parser, plain);
    free(plain);
    return good;
}

/* Between the parts of a folder blanks mean nothing, and a long template may go on
 * in the next line; in a file name they are text. */
static void skip_blanks(const struct parser *parser, const char **text)
{
    if (parser->where == IN_FOLDER)
        *text += strspn(*text, " \t\n");
}

/* A slot with its fallbacks. Moves *text behind it. */
static bool parse_slot(struct gls_slot *slot, struct parser *parser, const char **text)
{
    for (;;) {
        struct gls_part part = {.kind = GLS_PART_TEXT};
        skip_blanks(parser, text);
        if (!(is_mix(parser, *text) ? parse_mix(&part, parser, text)
                                    : parse_alternative(&part, parser, text))) {
            part_release(&part);
            return false;
        }
        if (!add_part(&slot->alternatives, &slot->count, &part, parser->error))
            return false;
        skip_blanks(parser, text);
        if (**text != '|')
            return true;
        ++*text;
    }
}

static bool parse_folder(struct gls_template *tmpl, struct parser *parser, const char *text)
{
    static const char between[] = "/ \t\n";
    text += strspn(text, between);
    while (*text != '\0') {
        struct gls_slot slot = {NULL, 0};
        bool good = parse_slot(&slot, parser, &text);
        if (good && *text != '/' && *text != '\0')
            good = complain(parser, "a folder is parts and text in quotes, not", text,
                            strcspn(text, "/"));
        if (!good) {
            slot_release(&slot);
            return false;
        }
        if (!add_slot(tmpl, &slot, parser->error))
            return false;
        text += strspn(text, between);
    }
    return tmpl->slot_count > 0 ||
           gls_fail(parser->error, GLS_ERROR_CONFIG, "the folder template names no folder");
}

static bool is_word(utf8proc_int32_t c)
{
    if (c == '_')
        return true;
    utf8proc_category_t category = utf8proc_category(c);
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_MC) ||
           category == UTF8PROC_CATEGORY_ND;
}

/* How much of a separator's start and end goes when a part beside it has no
 * value. */
static void measure_separator(struct gls_part *part)
{
    size_t size = strlen(part->text), last = 0;
    bool seen = false;
    int32_t c;
    for (size_t at = 0; at < size;) {
        size_t step = gls_utf8_next(&c, part->text + at, size - at);
        if (is_word(c)) {
            part->head = seen ? part->head : at;
            seen = true;
            last = at + step;
        }
        at += step;
    }
    part->head = seen ? part->head : size;
    part->tail = size - last;
}

static bool parse_separator(struct gls_slot *slot, struct parser *parser, const char **text)
{
    struct gls_part part = {.kind = GLS_PART_SEPARATOR};
    size_t size = strcspn(*text, "%\"");
    if (memchr(*text, '/', size) != NULL)
        return complain(parser, "a file name has no folders; move the '/' to full_path", *text,
                        size);
    if (memchr(*text, '\n', size) != NULL)
        return complain(parser, "a file name is one line, not", *text, size);
    if (memchr(*text, '|', size) != NULL)
        return complain(parser, "'|' stands between a part and its fallback, not in", *text, size);
    if (!set_text(&part, *text, size, parser->error))
        return false;
    measure_separator(&part);
    *text += size;
    return add_part(&slot->alternatives, &slot->count, &part, parser->error);
}

static bool parse_name(struct gls_template *tmpl, struct parser *parser, const char *text)
{
    bool has_part = false;
    while (*text != '\0') {
        struct gls_slot slot = {NULL, 0};
        bool is_part = *text == '%' || *text == '"';
        has_part = has_part || is_part;
        if (!(is_part ? parse_slot(&slot, parser, &text) : parse_separator(&slot, parser, &text))) {
            slot_release(&slot);
            return false;
        }
        if (!add_slot(tmpl, &slot, parser->error))
            return false;
    }
    return has_part || gls_fail(parser->error, GLS_ERROR_CONFIG,
                                "every file would get one name; use a part like %%date");
}

/* Masks that no part uses are held to the same rules. */
static bool check_masks(struct parser *parser)
{
    for (size_t i = 0; i < PART_NAMES; i++) {
        enum gls_mask mask = part_names[i].mask;
        if (mask == GLS_MASK_WHOLE || parser->source->masks[mask] == NULL)
            continue;
        struct gls_part part = {.kind = GLS_PART_TEXT};
        bool good = make_part(&part, parser, &part_names[i]);
        part_release(&part);
        if (!good)
            return false;
    }
    return true;
}

bool gls_template_compile(struct gls_template **out, struct gls_template_source *source,
                          struct gls_error *error)
{
    bool folder = source->scope == GLS_SCOPE_FOLDER;
    struct parser parser = {source, error, folder ? IN_FOLDER : IN_NAME};
    struct gls_template *tmpl = calloc(1, sizeof *tmpl);
    if (tmpl == NULL)
        return gls_fail_memory(error);
    tmpl->upper_case = source->upper_case;
    const char *whole = source->masks[GLS_MASK_WHOLE];
    if (whole == NULL)
        whole = (folder ? folder_defaults : name_defaults)[GLS_MASK_WHOLE];
    source->culprit = GLS_MASK_WHOLE;
    if (!check_masks(&parser) ||
        !(folder ? parse_folder(tmpl, &parser, whole) : parse_name(tmpl, &parser, whole))) {
        gls_template_free(tmpl);
        return false;
    }
    *out = tmpl;
    return true;
}
