/* SPDX-License-Identifier: MIT */
/*
 * One path component from text that anyone may have written into a file.
 *
 * Names are composed (Unicode NFC): a name that macOS hands over decomposed and
 * the same name typed on Linux give one file name, so that duplicates meet.
 */
#include "plan/naming/sanitize.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/ascii.h"
#include "base/path.h"
#include "base/strbuf.h"

enum {
    COMPONENT_MAX = 255,
    EXTENSION_MAX = 32 /* a longer "extension" is part of the name */
};

/* Characters that reorder or hide what stands beside them. */
static bool is_deceptive(utf8proc_int32_t c)
{
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

static bool is_line_break(utf8proc_int32_t c)
{
    return (c >= '\t' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029;
}

static void add_safe(struct gls_strbuf *out, const char *bytes, size_t size, utf8proc_int32_t c,
                     bool portable_names)
{
    if (c < 0) {
        gls_strbuf_add_char(out, '_');
    } else if (is_line_break(c)) {
        if (out->size > 0 && out->data[out->size - 1] != ' ')
            gls_strbuf_add_char(out, ' ');
    } else if (is_deceptive(c)) {
        return;
    } else if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == '/' ||
               (portable_names && c < 0x80 && strchr("<>:\"\\|?*", (int)c) != NULL)) {
        gls_strbuf_add_char(out, '_');
    } else {
        gls_strbuf_add(out, bytes, size);
    }
}

/* A dot, a blank, or another Unicode space at `text`? */
static bool is_edge(const char *text, size_t size)
{
    utf8proc_int32_t c;
    gls_utf8_next(&c, text, size);
    return c == '.' || c == ' ' || (c > 0x7F && utf8proc_category(c) == UTF8PROC_CATEGORY_ZS);
}

static size_t last_character(const char *text, size_t size)
{
    size_t at = size - 1;
    while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80)
        at--;
    return at;
}

static void trim_end(struct gls_strbuf *name)
{
    while (name->size > 0) {
        size_t at = last_character(name->data, name->size);
        if (!is_edge(name->data + at, name->size - at))
            return;
        gls_strbuf_truncate(name, at);
    }
}

static void trim(struct gls_strbuf *name)
{
    size_t start = 0;
    utf8proc_int32_t c;
    while (start < name->size && is_edge(name->data + start, name->size - start))
        start += gls_utf8_next(&c, name->data + start, name->size - start);
    if (start > 0)
        gls_strbuf_splice(name, 0, start, "", 0);
    trim_end(name);
}

/* The largest size up to `limit` at which valid UTF-8 may be cut without
 * tearing what is drawn as one character. */
static size_t cut_point(const char *text, size_t size, size_t limit)
{
    if (size <= limit)
        return size;
    size_t at = 0, boundary = 0, whole = 0;
    utf8proc_int32_t before = -1, c, state = 0;
    while (at < size) {
        size_t step = gls_utf8_next(&c, text + at, size - at);
        if (at <= limit)
            whole = at;
        if (before >= 0 && at <= limit && utf8proc_grapheme_break_stateful(before, c, &state))
            boundary = at;
        if (at > limit)
            break;
        before = c;
        at += step;
    }
    return boundary > 0 ? boundary : whole;
}

/* How many bytes at the end are ".extension", 0 if there is none to keep. */
static size_t suffix_size(const char *name)
{
    size_t size = strlen(gls_path_extension(name));
    return size == 0 || size > EXTENSION_MAX ? 0 : size + 1;
}

static void cut(struct gls_strbuf *name, bool keep_extension)
{
    if (name->size <= COMPONENT_MAX)
        return;
    char suffix[EXTENSION_MAX + 2] = "";
    size_t kept = keep_extension ? suffix_size(gls_strbuf_str(name)) : 0;
    memcpy(suffix, name->data + name->size - kept, kept);
    gls_strbuf_truncate(name, cut_point(name->data, name->size - kept, COMPONENT_MAX - kept));
    trim_end(name);
    gls_strbuf_add(name, suffix, kept);
}

/* CON, NUL, COM1, ... mean devices to Windows, whatever extension follows, with
 * blanks before it, too. */
static void avoid_device_name(struct gls_strbuf *name)
{
    static const char *const devices[] = {"con", "prn", "aux", "nul", "conin$", "conout$"};
    static const char *const ports[] = {"com", "lpt"};
    static const char *const digits[] = {"0", "1", "2", "3",        "4",        "5",       "6",
                                         "7", "8", "9", "\xC2\xB9", "\xC2\xB2", "\xC2\xB3"};
    const char *text = gls_strbuf_str(name);
    size_t stem = strcspn(text, ".");
    bool device = false;
    while (stem > 0 && text[stem - 1] == ' ')
        stem--;
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
        device = device ||
                 (stem == strlen(devices[i]) && gls_ascii_begins_equal(text, devices[i], stem));
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
        for (size_t j = 0; j < sizeof digits / sizeof *digits; j++)
            device = device ||
                     (stem == 3 + strlen(digits[j]) && gls_ascii_begins_equal(text, ports[i], 3) &&
                      memcmp(text + 3, digits[j], stem - 3) == 0);
    if (device)
        gls_strbuf_splice(name, stem, 0, "_", 1);
}

/* After the unsafe characters went: what stood at their sides may join. */
static void compose(struct gls_strbuf *name)
{
    utf8proc_uint8_t *composed =
        name->failed ? NULL : utf8proc_NFC((const utf8proc_uint8_t *)gls_strbuf_str(name));
    gls_strbuf_clear(name);
    if (composed != NULL)
        gls_strbuf_add_str(name, (const char *)composed);
    else
        name->failed = true;
    free(composed);
}

char *gls_sanitize_component(const char *text, bool portable_names, bool keep_extension)
{
    GLS_STRBUF_AUTO name = GLS_STRBUF_INIT;
    size_t size = strlen(text);
    bool plain = true;
    utf8proc_int32_t c;
    for (size_t i = 0; i < size;) {
        size_t step = gls_utf8_next(&c, text + i, size - i);
        add_safe(&name, text + i, step, c, portable_names);
        plain = plain && c < 0x80;
        i += step;
    }
    if (!plain)
        compose(&name);
    trim(&name);
    if (portable_names)
        avoid_device_name(&name);
    if (!name.failed)
        cut(&name, keep_extension);
    if (name.size == 0)
        gls_strbuf_add_char(&name, '_');
    return gls_strbuf_take(&name);
}

char *gls_sanitize_folder(const char *path, bool portable_names)
{
    GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
    char *text = strdup(path), *rest = text;

    out.failed = text == NULL;
    for (char *name; (name = strsep(&rest, "/")) != NULL && !out.failed;) {
        if (*name == '\0')
            continue;
        char *safe = gls_sanitize_component(name, portable_names, false);
        if (out.size > 0)
            gls_strbuf_add_char(&out, '/');
        if (safe != NULL)
            gls_strbuf_add_str(&out, safe);
        out.failed = out.failed || safe == NULL;
        free(safe);
    }
    free(text);
    return gls_strbuf_take(&out);
}

char *gls_numbered_name(const char *name, unsigned number)
{
    char ordinal[16];
    size_t ordinal_size = (size_t)snprintf(ordinal, sizeof ordinal, "-%u", number);
    size_t size = strlen(name);
    size_t kept = suffix_size(name);
    size_t stem = cut_point(name, size - kept, COMPONENT_MAX - kept - ordinal_size);
    GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
    gls_strbuf_add(&out, name, stem);
    gls_strbuf_add(&out, ordinal, ordinal_size);
    gls_strbuf_add(&out, name + size - kept, kept);
    return gls_strbuf_take(&out);
}
