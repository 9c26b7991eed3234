/* SPDX-License-Identifier: MIT */
#include "plan/config/ini_reader.h"

#include <string.h>

#include "base/ascii.h"
#include "base/path.h"
#include "base/strbuf.h"

enum { NAME_MAX_SIZE = 49 }; /* of sections and keys */

struct reader {
    const char *path;
    unsigned line; /* the present line of the text, from 1 */
    bool has_key;  /* a line that is indented deeper goes on with its value */
    size_t key_indent;
    struct gls_strbuf section, key, value; /* the entry that is collected */
    unsigned entry_line;                   /* 0: none */
    gls_ini_receiver *receive;
    void *user;
    struct gls_error *error;
};

/* A part of a line, without the blanks around it. */
struct words {
    const char *text;
    size_t size;
};

static bool refuse(struct reader *reader, const char *why)
{
    return gls_fail(reader->error, GLS_ERROR_CONFIG, "%s:%u: %s", reader->path, reader->line, why);
}

static struct words trim(const char *text, size_t size)
{
    while (size > 0 && (*text == ' ' || *text == '\t')) {
        text++;
        size--;
    }
    while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\t'))
        size--;
    return (struct words){text, size};
}

/* Hands the collected entry to the receiver. */
static bool deliver(struct reader *reader)
{
    struct gls_ini_entry entry = {gls_strbuf_str(&reader->section), gls_strbuf_str(&reader->key),
                                  gls_strbuf_str(&reader->value), reader->entry_line};

    if (reader->entry_line == 0)
        return true;
    reader->entry_line = 0;
    if (reader->section.failed || reader->key.failed || reader->value.failed)
        return gls_fail_memory(reader->error);
    return reader->receive(reader->user, &entry, reader->error);
}

static bool begin_section(struct reader *reader, struct words line)
{
    const char *name = line.text + 1, *close = memchr(line.text, ']', line.size);

    if (close == NULL)
        return refuse(reader, "the ']' behind the section's name is missing");
    if (close == name || close - name > NAME_MAX_SIZE ||
        memchr(name, ';', (size_t)(close - name)) != NULL)
        return refuse(reader, "the section's name is empty, too long or no name");
    if (!deliver(reader))
        return false;
    gls_strbuf_clear(&reader->section);
    gls_strbuf_add(&reader->section, name, (size_t)(close - name));
    reader->has_key = false;
    if (reader->section.failed)
        return gls_fail_memory(reader->error);
    struct gls_ini_entry entry = {gls_strbuf_str(&reader->section), NULL, "", reader->line};
    return reader->receive(reader->user, &entry, reader->error);
}

static bool begin_key(struct reader *reader, struct words line)
{
    size_t name_size = 0;

    while (name_size < line.size && line.text[name_size] != '=' && line.text[name_size] != ':')
        name_size++;
    if (name_size == line.size)
        return refuse(reader, "neither \"key = value\" nor a [section]");
    struct words name = trim(line.text, name_size);
    struct words value = trim(line.text + name_size + 1, line.size - name_size - 1);
    if (name.size == 0 || name.size > NAME_MAX_SIZE || memchr(name.text, ';', name.size) != NULL)
        return refuse(reader, "the key before '=' is empty, too long or no key");
    if (!deliver(reader))
        return false;
    gls_strbuf_clear(&reader->key);
    for (size_t i = 0; i < name.size; i++)
        gls_strbuf_add_char(&reader->key, gls_ascii_lower(name.text[i]));
    gls_strbuf_clear(&reader->value);
    gls_strbuf_add(&reader->value, value.text, value.size);
    reader->entry_line = reader->line;
    return true;
}

static bool take_line(struct reader *reader, const char *text, size_t size)
{
    if (size > 0 && text[size - 1] == '\r')
        size--;
    struct words line = trim(text, size);
    size_t indent = (size_t)(line.text - text);
    if (line.size == 0 || *line.text == '#' || *line.text == ';')
        return true;
    if (reader->has_key && indent > reader->key_indent) {
        gls_strbuf_add_char(&reader->value, '\n');
        gls_strbuf_add(&reader->value, line.text, line.size);
        return true;
    }
    if (*line.text == '[')
        return begin_section(reader, line);
    reader->has_key = true;
    reader->key_indent = indent;
    return begin_key(reader, line);
}

/* Text, no control characters. */
static bool check_text(struct reader *reader, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (i == 0 || text[i - 1] == '\n')
            reader->line++;
        bool control = (unsigned char)text[i] < 0x20 && strchr("\t\r\n", text[i]) == NULL;
        if (control || text[i] == '\0' || text[i] == 0x7F)
            return refuse(reader, "a control character; is this a text file?");
    }
    reader->line = 0;
    return gls_utf8_is_valid(text, size) ||
           gls_fail(reader->error, GLS_ERROR_CONFIG, "%s: not UTF-8 text", reader->path);
}

bool gls_ini_read(const struct gls_ini_text *ini, gls_ini_receiver *receive, void *user,
                  struct gls_error *error)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    size_t skip = ini->size >= 3 && memcmp(ini->text, byte_order_mark, 3) == 0 ? 3 : 0;
    const char *at = ini->text + skip, *end = ini->text + ini->size;
    struct reader reader = {.path = ini->path, .receive = receive, .user = user, .error = error};
    bool ok = check_text(&reader, at, (size_t)(end - at));

    while (ok && at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t size = (size_t)((stop != NULL ? stop : end) - at);
        reader.line++;
        ok = take_line(&reader, at, size);
        at += size + (stop != NULL);
    }
    ok = ok && deliver(&reader);
    gls_strbuf_free(&reader.section);
    gls_strbuf_free(&reader.key);
    gls_strbuf_free(&reader.value);
    return ok;
}
