/* SPDX-License-Identifier: MIT */
#include "engine/archive/member_name.h"

#include <string.h>

#include "base/ascii.h"
#include "base/path.h"

enum { PATH_SIZE_MAX = 4000, PART_SIZE_MAX = 255 };

/* IBM code page 437, upper half. */
static const uint16_t code_page_437[128] = {
    0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7, 0x00ea, 0x00eb, 0x00e8, 0x00ef,
    0x00ee, 0x00ec, 0x00c4, 0x00c5, 0x00c9, 0x00e6, 0x00c6, 0x00f4, 0x00f6, 0x00f2, 0x00fb, 0x00f9,
    0x00ff, 0x00d6, 0x00dc, 0x00a2, 0x00a3, 0x00a5, 0x20a7, 0x0192, 0x00e1, 0x00ed, 0x00f3, 0x00fa,
    0x00f1, 0x00d1, 0x00aa, 0x00ba, 0x00bf, 0x2310, 0x00ac, 0x00bd, 0x00bc, 0x00a1, 0x00ab, 0x00bb,
    0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557,
    0x255d, 0x255c, 0x255b, 0x2510, 0x2514, 0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f,
    0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256c, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559,
    0x2558, 0x2552, 0x2553, 0x256b, 0x256a, 0x2518, 0x250c, 0x2588, 0x2584, 0x258c, 0x2590, 0x2580,
    0x03b1, 0x00df, 0x0393, 0x03c0, 0x03a3, 0x03c3, 0x00b5, 0x03c4, 0x03a6, 0x0398, 0x03a9, 0x03b4,
    0x221e, 0x03c6, 0x03b5, 0x2229, 0x2261, 0x00b1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00f7, 0x2248,
    0x00b0, 0x2219, 0x00b7, 0x221a, 0x207f, 0x00b2, 0x25a0, 0x00a0,
};

/* All are of the Basic Multilingual Plane, from U+00A0 on. */
static void add_code_point(struct gls_strbuf *out, uint16_t code)
{
    if (code < 0x800) {
        gls_strbuf_add_char(out, (char)(0xC0 | code >> 6));
    } else {
        gls_strbuf_add_char(out, (char)(0xE0 | code >> 12));
        gls_strbuf_add_char(out, (char)(0x80 | (code >> 6 & 0x3F)));
    }
    gls_strbuf_add_char(out, (char)(0x80 | (code & 0x3F)));
}

void gls_member_name_add_unstated(struct gls_strbuf *out, const char *bytes, size_t size)
{
    if (gls_utf8_is_valid(bytes, size)) {
        gls_strbuf_add(out, bytes, size);
        return;
    }
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte < 0x80)
            gls_strbuf_add_char(out, bytes[i]);
        else
            add_code_point(out, code_page_437[byte - 0x80]);
    }
}

static bool is_part(const char *bytes, size_t size, const char *text)
{
    return size == strlen(text) && memcmp(bytes, text, size) == 0;
}

/* Appends one part of the path; else says why not. */
static const char *add_part(struct gls_strbuf *out, const char *bytes, size_t size)
{
    if (size == 0 || is_part(bytes, size, "."))
        return NULL;
    if (is_part(bytes, size, ".."))
        return "its name leads out of the archive";
    if (size > PART_SIZE_MAX)
        return "a part of its name is longer than 255 bytes";
    if (out->size > 0)
        gls_strbuf_add_char(out, '/');
    gls_strbuf_add(out, bytes, size);
    return NULL;
}

static bool is_absolute(const char *bytes, size_t size)
{
    char drive = size > 0 ? gls_ascii_lower(bytes[0]) : '\0';

    return size > 0 && (bytes[0] == '/' || bytes[0] == '\\' ||
                        (size > 2 && drive >= 'a' && drive <= 'z' && bytes[1] == ':' &&
                         (bytes[2] == '/' || bytes[2] == '\\')));
}

const char *gls_member_name_clean(struct gls_strbuf *out, const char *bytes, size_t size)
{
    const char *reason = NULL;
    size_t parts = 0;

    gls_strbuf_clear(out);
    if (memchr(bytes, '\0', size) != NULL)
        reason = "its name holds a NUL";
    else if (is_absolute(bytes, size))
        reason = "its name is absolute";
    else if (size > PATH_SIZE_MAX)
        reason = "its name is longer than 4000 bytes";
    for (size_t at = 0; reason == NULL && at < size;) {
        const char *slash = memchr(bytes + at, '/', size - at);
        size_t end = slash != NULL ? (size_t)(slash - bytes) : size;
        reason = ++parts > GLS_MEMBER_DEPTH_MAX ? "its folders are nested too deep"
                                                : add_part(out, bytes + at, end - at);
        at = end + 1;
    }
    if (reason != NULL)
        gls_strbuf_clear(out);
    return reason;
}
