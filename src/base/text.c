/* SPDX-License-Identifier: MIT */
/* The encodings of path.h: UTF-8, Latin-1, percent. */
#include <string.h>
#include <utf8proc.h>

#include "base/ascii.h"
#include "base/path.h"
#include "base/strbuf.h"

size_t gls_utf8_next(int32_t *out, const char *bytes, size_t size)
{
    if ((unsigned char)bytes[0] < 0x80) {
        *out = bytes[0];
        return 1;
    }
    utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)bytes,
                                             size < 4 ? (utf8proc_ssize_t)size : 4, out);
    if (used > 0)
        return (size_t)used;
    *out = -1;
    return 1;
}

/* The size of the character at the start of `bytes`; 0 if there is none. */
static size_t character_size(const char *bytes, size_t size)
{
    int32_t c;
    size_t used = gls_utf8_next(&c, bytes, size);
    return c > 0 ? used : 0;
}

bool gls_utf8_is_valid(const char *bytes, size_t size)
{
    while (size > 0) {
        size_t used = character_size(bytes, size);
        if (used == 0)
            return false;
        bytes += used;
        size -= used;
    }
    return true;
}

/* How many bytes at the start are ASCII, and not NUL. */
static size_t ascii_size(const char *bytes, size_t size)
{
    size_t used = 0;

    while (used < size && bytes[used] > 0 && (unsigned char)bytes[used] < 0x80)
        used++;
    return used;
}

char *gls_utf8_make_valid(const char *bytes, size_t size)
{
    GLS_STRBUF_AUTO buf = GLS_STRBUF_INIT;

    while (size > 0) {
        size_t used = ascii_size(bytes, size);
        if (used == 0)
            used = character_size(bytes, size);
        if (used == 0) {
            gls_strbuf_add_str(&buf, "\xEF\xBF\xBD");
            used = 1;
        } else {
            gls_strbuf_add(&buf, bytes, used);
        }
        bytes += used;
        size -= used;
    }
    return gls_strbuf_take(&buf);
}

/* Bytes that are not UTF-8 stay as they are; NULL: no memory. */
static char *normalize(const char *text, utf8proc_option_t form)
{
    utf8proc_uint8_t *normal = NULL;
    utf8proc_ssize_t size =
        utf8proc_map((const utf8proc_uint8_t *)text, 0, &normal,
                     (utf8proc_option_t)(UTF8PROC_NULLTERM | UTF8PROC_STABLE | form));

    if (size >= 0)
        return (char *)normal;
    return size == UTF8PROC_ERROR_NOMEM ? NULL : strdup(text);
}

char *gls_utf8_compose(const char *text)
{
    return normalize(text, UTF8PROC_COMPOSE);
}

char *gls_utf8_decompose(const char *text)
{
    return normalize(text, UTF8PROC_DECOMPOSE);
}

void gls_utf8_fold(struct gls_folded *out, const char *text, size_t size)
{
    enum { ROOM = sizeof out->room / sizeof out->room[0] - 1 }; /* one for the NUL */
    const utf8proc_option_t options =
        (utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
    utf8proc_ssize_t folded = utf8proc_decompose((const utf8proc_uint8_t *)text,
                                                 (utf8proc_ssize_t)size, out->room, ROOM, options);

    if (folded >= 0 && folded <= ROOM)
        folded = utf8proc_reencode(out->room, folded, options);
    else
        folded = -1;
    out->text = folded < 0 ? text : (const char *)out->room;
    out->size = folded < 0 ? size : (size_t)folded;
}

char *gls_latin1_to_utf8(const char *bytes, size_t size)
{
    /* Windows-1252 for 0x80..0x9F; its five holes keep their C1 controls. */
    static const uint16_t high_controls[32] = {
        0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};
    GLS_STRBUF_AUTO buf = GLS_STRBUF_INIT;

    for (size_t i = 0; i < size; i++) {
        utf8proc_uint8_t encoded[4];
        utf8proc_int32_t code_point = (unsigned char)bytes[i];
        if (code_point == 0)
            code_point = 0xFFFD;
        else if (code_point >= 0x80 && code_point < 0xA0)
            code_point = high_controls[code_point - 0x80];
        utf8proc_ssize_t used = utf8proc_encode_char(code_point, encoded);
        gls_strbuf_add(&buf, encoded, (size_t)used);
    }
    return gls_strbuf_take(&buf);
}

static bool is_unreserved(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~", c) != NULL);
}

char *gls_percent_encode(const char *bytes, size_t size)
{
    static const char digits[] = "0123456789ABCDEF";
    GLS_STRBUF_AUTO buf = GLS_STRBUF_INIT;

    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (is_unreserved(c) || c == '/') {
            gls_strbuf_add_char(&buf, bytes[i]);
        } else {
            const char escape[3] = {'%', digits[c >> 4], digits[c & 15]};
            gls_strbuf_add(&buf, escape, sizeof(escape));
        }
    }
    return gls_strbuf_take(&buf);
}

char *gls_percent_decode(const char *text, size_t *size_out)
{
    GLS_STRBUF_AUTO buf = GLS_STRBUF_INIT;

    *size_out = 0;
    while (*text != '\0') {
        char c = *text++;
        if (c == '%') {
            int high = gls_hex_value(text[0]);
            int low = high < 0 ? -1 : gls_hex_value(text[1]);
            if (low < 0)
                return NULL;
            c = (char)(high << 4 | low);
            text += 2;
        }
        gls_strbuf_add_char(&buf, c);
    }
    size_t size = buf.size;
    char *bytes = gls_strbuf_take(&buf);
    if (bytes != NULL)
        *size_out = size;
    return bytes;
}
