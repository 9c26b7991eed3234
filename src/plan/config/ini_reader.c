/* SPDX-License-Identifier: MIT */
/*
 * libinih does the parsing. Distributions build it differently, and what counts
 * here is fixed at its build time: a line ends at 200 bytes, " ;" begins a
 * comment inside a value, the handler may or may not be told the line. So inih
 * gets its lines from here: they are counted, long ones come in pieces (inih
 * takes an indented line for more of the value before), and the characters that
 * mean something to it inside a value travel under other names.
 */
#include "plan/config/ini_reader.h"

#include <ini.h>
#include <string.h>

#include "base/ascii.h"
#include "base/path.h"
#include "base/strbuf.h"

enum {
    NAME_MAX_SIZE = 49, /* inih cuts longer names of sections and keys */
    PIECE_ROOM = 128    /* an inih with less room for a line is unknown */
};

static const char plain[] = "; \t#";
static const char travelling[] = "\x01\x02\x03\x04";

struct reader {
    const char *at, *end; /* the text that was not read yet */
    const char *path;
    unsigned line;    /* the present line of the text, from 1 */
    const char *rest; /* what was not handed over yet of its value */
    size_t rest_size;
    unsigned pieces; /* how many were handed over */
    bool continues;  /* it goes on with the value of a line before */
    bool has_key;    /* a line that is indented deeper would do so */
    size_t key_indent;
    struct gls_strbuf section, key, value; /* the entry that is collected */
    unsigned entry_line;                   /* 0: none */
    gls_ini_receiver *receive;
    void *user;
    struct gls_error *error;
    bool failed;
};

static char *refuse(struct reader *reader, const char *why)
{
    reader->failed = true;
    gls_fail(reader->error, GLS_ERROR_CONFIG, "%s:%u: %s", reader->path, reader->line, why);
    return NULL;
}

/* Hands the collected entry to the receiver. */
static bool deliver(struct reader *reader)
{
    if (reader->entry_line == 0 || reader->failed)
        return !reader->failed;
    struct gls_ini_entry entry = {gls_strbuf_str(&reader->section), gls_strbuf_str(&reader->key),
                                  gls_strbuf_str(&reader->value), reader->entry_line};
    if (reader->section.failed || reader->key.failed || reader->value.failed)
        reader->failed = !gls_fail_memory(reader->error);
    else
        reader->failed = !reader->receive(reader->user, &entry, reader->error);
    reader->entry_line = 0;
    return !reader->failed;
}

static void begin_entry(struct reader *reader, const char *section, const char *name)
{
    gls_strbuf_clear(&reader->section);
    gls_strbuf_clear(&reader->key);
    gls_strbuf_clear(&reader->value);
    gls_strbuf_add_str(&reader->section, section);
    for (; *name != '\0'; name++)
        gls_strbuf_add_char(&reader->key, gls_ascii_lower(*name));
    reader->entry_line = reader->line;
}

/* inih's handler. A fifth argument that some builds pass is not looked at. */
static int take(void *user, const char *section, const char *name, const char *value)
{
    struct reader *reader = user;
    if (reader->pieces <= 1 && !reader->continues) {
        if (!deliver(reader))
            return 0;
        begin_entry(reader, section, name);
    } else if (reader->pieces <= 1) {
        gls_strbuf_add_char(&reader->value, '\n');
    }
    for (; *value != '\0'; value++) {
        const char *found = strchr(travelling, *value);
        gls_strbuf_add_char(&reader->value, found != NULL ? plain[found - travelling] : *value);
    }
    return 1;
}

/* Writes "<head><as much of the value as there is room for>\n". */
static char *hand_over(struct reader *reader, char *out, size_t room, const char *head,
                       size_t head_size)
{
    size_t size = room - head_size - 2;
    if (size > reader->rest_size)
        size = reader->rest_size;
    memcpy(out, head, head_size);
    for (size_t i = 0; i < size; i++) {
        const char *found = strchr(plain, reader->rest[i]);
        out[head_size + i] = found != NULL ? travelling[found - plain] : reader->rest[i];
    }
    memcpy(out + head_size + size, "\n", 2);
    reader->rest += size;
    reader->rest_size -= size;
    reader->pieces++;
    return out;
}

static void set_rest(struct reader *reader, const char *text, size_t size)
{
    while (size > 0 && (*text == ' ' || *text == '\t')) {
        text++;
        size--;
    }
    while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\t'))
        size--;
    reader->rest = text;
    reader->rest_size = size;
}

static char *begin_section(struct reader *reader, char *out, const char *text, size_t size)
{
    const char *close = memchr(text, ']', size);
    if (close == NULL)
        return refuse(reader, "the ']' behind the section's name is missing");
    if (close == text + 1 || close - text - 1 > NAME_MAX_SIZE ||
        memchr(text, ';', (size_t)(close - text)) != NULL)
        return refuse(reader, "the section's name is empty, too long or no name");
    if (!deliver(reader))
        return NULL;
    size_t named = (size_t)(close - text) + 1;
    memcpy(out, text, named);
    out[named - 1] = '\0';
    struct gls_ini_entry entry = {out + 1, NULL, "", reader->line};
    reader->failed = !reader->receive(reader->user, &entry, reader->error);
    memcpy(out + named - 1, "]\n", 3);
    reader->has_key = false;
    return reader->failed ? NULL : out;
}

static char *begin_key(struct reader *reader, char *out, size_t room, const char *text, size_t size)
{
    size_t name = 0;
    while (name < size && text[name] != '=' && text[name] != ':')
        name++;
    size_t value = name + 1;
    if (name == size)
        return refuse(reader, "neither \"key = value\" nor a [section]");
    while (name > 0 && (text[name - 1] == ' ' || text[name - 1] == '\t'))
        name--;
    if (name == 0 || name > NAME_MAX_SIZE || memchr(text, ';', name) != NULL)
        return refuse(reader, "the key before '=' is empty, too long or no key");
    set_rest(reader, text + value, size - value);
    char head[NAME_MAX_SIZE + 2];
    memcpy(head, text, name);
    head[name] = '=';
    return hand_over(reader, out, room, head, name + 1);
}

/* inih's reader, made after fgets(). */
static char *next_line(char *out, int room, void *user)
{
    struct reader *reader = user;
    if (reader->failed)
        return NULL;
    if (room < PIECE_ROOM)
        return refuse(reader, "libinih was built with too short lines");
    if (reader->rest_size > 0)
        return hand_over(reader, out, (size_t)room, " ", 1);
    if (reader->at == reader->end)
        return NULL;
    const char *text = reader->at;
    const char *stop = memchr(text, '\n', (size_t)(reader->end - text));
    reader->at = stop != NULL ? stop + 1 : reader->end;
    reader->line++;
    reader->pieces = 0;
    size_t size = (size_t)((stop != NULL ? stop : reader->end) - text);
    if (size > 0 && text[size - 1] == '\r')
        size--;
    size_t indent = 0;
    while (indent < size && (text[indent] == ' ' || text[indent] == '\t'))
        indent++;
    text += indent;
    size -= indent;
    if (size == 0 || *text == '#' || *text == ';')
        return memcpy(out, "\n", 2);
    reader->continues = reader->has_key && indent > reader->key_indent;
    if (reader->continues) {
        set_rest(reader, text, size);
        return hand_over(reader, out, (size_t)room, " ", 1);
    }
    if (*text == '[')
        return begin_section(reader, out, text, size);
    reader->has_key = true;
    reader->key_indent = indent;
    return begin_key(reader, out, (size_t)room, text, size);
}

/* Text, no control characters: some of them have a meaning here. */
static bool check_text(struct reader *reader)
{
    const char *start = reader->at;
    for (const char *p = start; p < reader->end; p++) {
        if (p == start || p[-1] == '\n')
            reader->line++;
        bool control = (unsigned char)*p < 0x20 && strchr("\t\r\n", *p) == NULL;
        if (control || *p == '\0' || *p == 0x7F) {
            refuse(reader, "a control character; is this a text file?");
            return false;
        }
    }
    reader->line = 0;
    return gls_utf8_is_valid(start, (size_t)(reader->end - start)) ||
           gls_fail(reader->error, GLS_ERROR_CONFIG, "%s: not UTF-8 text", reader->path);
}

bool gls_ini_read(const struct gls_ini_text *ini, gls_ini_receiver *receive, void *user,
                  struct gls_error *error)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    size_t skip = ini->size >= 3 && memcmp(ini->text, byte_order_mark, 3) == 0 ? 3 : 0;
    struct reader reader = {.at = ini->text + skip,
                            .end = ini->text + ini->size,
                            .path = ini->path,
                            .receive = receive,
                            .user = user,
                            .error = error};
    bool good = check_text(&reader);
    if (good) {
        int line = ini_parse_stream(next_line, &reader, take, &reader);
        good = !reader.failed && deliver(&reader);
        if (good && line != 0)
            good = gls_fail(error, GLS_ERROR_CONFIG, "%s: libinih cannot parse it", ini->path);
    }
    gls_strbuf_free(&reader.section);
    gls_strbuf_free(&reader.key);
    gls_strbuf_free(&reader.value);
    return good;
}
