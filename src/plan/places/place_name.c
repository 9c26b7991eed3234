/* SPDX-License-Identifier: MIT */
/* place_name - the key by which names of places are compared; as fold.py in
 * third_party/gazetteer, by which the index was sorted. */
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/strbuf.h"
#include "plan/places/gazetteer_data.h"

/* Accents of Latin, Greek and Cyrillic; points of Hebrew and Arabic. */
static bool is_mark(utf8proc_int32_t c)
{
    return (c >= 0x300 && c <= 0x36f) || (c >= 0x591 && c <= 0x5c7) || (c >= 0x610 && c <= 0x61a) ||
           (c >= 0x64b && c <= 0x65f) || c == 0x670;
}

/* Apostrophes and their like, and the Arabic stretching sign. */
static bool is_silent(utf8proc_int32_t c)
{
    static const utf8proc_int32_t silent[] = {'\'',  '`',   0xb4,  0x2b9, 0x2ba,  0x2bb,  0x2bc,
                                              0x2bd, 0x2be, 0x2bf, 0x640, 0x2018, 0x2019, 0x2032};
    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
        if (silent[i] == c)
            return true;
    return false;
}

/* Letters that no decomposition brings to ASCII. */
static const char *plain_letter(utf8proc_int32_t c)
{
    static const struct {
        utf8proc_int32_t c;
        char plain[3];
    } letters[] = {{0x142, "l"}, {0xf8, "o"},   {0x111, "d"}, {0x127, "h"}, {0x131, "i"},
                   {0xe6, "ae"}, {0x153, "oe"}, {0xf0, "d"},  {0xfe, "th"}, {0x167, "t"},
                   {0x14b, "n"}, {0x259, "e"},  {0x138, "k"}};
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (letters[i].c == c)
            return letters[i].plain;
    return NULL;
}

static bool is_word_character(utf8proc_int32_t c)
{
    utf8proc_category_t category = utf8proc_category(c);
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO);
}

/* Writes out words that are commonly shortened. `from`: where the last word begins. */
static void finish_word(struct gls_strbuf *key, size_t from)
{
    static const char *const words[][2] = {
        {"st", "saint"}, {"ste", "sainte"}, {"mt", "mount"}, {"ft", "fort"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(gls_strbuf_str(key) + from, words[i][0]) == 0) {
            gls_strbuf_truncate(key, from);
            gls_strbuf_add_str(key, words[i][1]);
            return;
        }
    }
}

static void add_character(struct gls_strbuf *key, utf8proc_int32_t c, size_t *word)
{
    utf8proc_uint8_t bytes[4];
    const char *plain = plain_letter(c);
    if (is_mark(c) || is_silent(c))
        return;
    if (!plain && !is_word_character(c)) {
        if (key->size > *word) {
            finish_word(key, *word);
            gls_strbuf_add_char(key, ' ');
            *word = key->size;
        }
        return;
    }
    if (plain)
        gls_strbuf_add_str(key, plain);
    else
        gls_strbuf_add(key, bytes, (size_t)utf8proc_encode_char(c, bytes));
}

static utf8proc_uint8_t *decompose(const char *name)
{
    utf8proc_uint8_t *once = NULL, *twice = NULL;
    const utf8proc_option_t options =
        UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT;
    /* Case folding may make characters that decompose again. */
    if (utf8proc_map((const utf8proc_uint8_t *)name, 0, &once,
                     (utf8proc_option_t)(options | UTF8PROC_CASEFOLD)) >= 0)
        utf8proc_map(once, 0, &twice, options);
    free(once);
    return twice;
}

char *gls_place_name_fold(const char *name)
{
    struct gls_strbuf key = GLS_STRBUF_INIT;
    utf8proc_uint8_t *text = decompose(name);
    size_t word = 0;
    if (!text)
        return NULL;
    const utf8proc_uint8_t *at = text;
    while (*at) {
        utf8proc_int32_t c;
        utf8proc_ssize_t size = utf8proc_iterate(at, -1, &c);
        if (size <= 0)
            break;
        add_character(&key, c, &word);
        at += size;
    }
    if (key.size > word)
        finish_word(&key, word);
    else if (key.size > 0)
        gls_strbuf_truncate(&key, key.size - 1);
    free(text);
    return gls_strbuf_take(&key);
}

bool gls_place_name_is(const char *name, const char *spelled)
{
    const utf8proc_option_t options =
        UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD;
    utf8proc_uint8_t *a = NULL, *b = NULL;
    utf8proc_map((const utf8proc_uint8_t *)name, 0, &a, options);
    utf8proc_map((const utf8proc_uint8_t *)spelled, 0, &b, options);
    bool is = a != NULL && b != NULL && strcmp((const char *)a, (const char *)b) == 0;
    free(a);
    free(b);
    return is;
}
