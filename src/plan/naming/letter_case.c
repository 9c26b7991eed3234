/* SPDX-License-Identifier: MIT */
/*
 * utf8proc maps one letter to one. What Unicode's SpecialCasing adds without
 * regard to language follows here: the two special cases of lower case, and upper
 * case by way of full case folding, which for the letters that become several is
 * the lower case of the same letters.
 */
#include "plan/naming/letter_case.h"

#include <utf8proc.h>

#include "base/path.h"

enum {
    DOTTED_CAPITAL_I = 0x130,
    COMBINING_DOT_ABOVE = 0x307,
    CAPITAL_SIGMA = 0x3A3,
    SMALL_FINAL_SIGMA = 0x3C2,
    FOLDING_MAX = 4 /* letters that one folds to, and one more */
};

static size_t start_of_last(const char *text, size_t size)
{
    while (size > 0 && ((unsigned char)text[--size] & 0xC0) == 0x80)
        continue;
    return size;
}

/* Marks, and what may stand inside a word: Unicode's Case_Ignorable. */
static bool is_ignorable(utf8proc_int32_t c)
{
    static const utf8proc_int32_t inside_words[] = {
        '\'',   '.',    ':',    0xB7,   0x387,  0x55F,  0x5F4,  0x2018, 0x2019,
        0x2024, 0x2027, 0xFE13, 0xFE52, 0xFE55, 0xFF07, 0xFF0E, 0xFF1A,
    };
    for (size_t i = 0; i < sizeof inside_words / sizeof *inside_words; i++)
        if (c == inside_words[i])
            return true;
    utf8proc_category_t category = utf8proc_category(c);
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME ||
           category == UTF8PROC_CATEGORY_CF || category == UTF8PROC_CATEGORY_LM ||
           category == UTF8PROC_CATEGORY_SK;
}

static bool has_case(utf8proc_int32_t c)
{
    utf8proc_category_t category = utf8proc_category(c);
    return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL ||
           category == UTF8PROC_CATEGORY_LT || utf8proc_toupper(c) != utf8proc_tolower(c);
}

static bool cased_letter_before(const char *text, size_t at)
{
    utf8proc_int32_t c;
    while (at > 0) {
        size_t start = start_of_last(text, at);
        gls_utf8_next(&c, text + start, at - start);
        if (c < 0 || !is_ignorable(c))
            return c >= 0 && has_case(c);
        at = start;
    }
    return false;
}

static bool cased_letter_behind(const char *text, size_t size)
{
    utf8proc_int32_t c;
    for (size_t at = 0; at < size;) {
        at += gls_utf8_next(&c, text + at, size - at);
        if (c < 0 || !is_ignorable(c))
            return c >= 0 && has_case(c);
    }
    return false;
}

static void add_letter(struct gls_strbuf *out, utf8proc_int32_t c)
{
    utf8proc_uint8_t bytes[4];
    gls_strbuf_add(out, bytes, (size_t)utf8proc_encode_char(c, bytes));
}

static void add_upper(struct gls_strbuf *out, utf8proc_int32_t c)
{
    utf8proc_int32_t folded[FOLDING_MAX];
    int class = 0;
    utf8proc_ssize_t count = 1;
    /* Capitals stay, also those that fold to several letters. */
    if (utf8proc_category(c) != UTF8PROC_CATEGORY_LU)
        count = utf8proc_decompose_char(c, folded, FOLDING_MAX, UTF8PROC_CASEFOLD, &class);
    if (count < 2 || count > FOLDING_MAX)
        add_letter(out, utf8proc_toupper(c));
    for (utf8proc_ssize_t i = 0; i < count && count >= 2 && count <= FOLDING_MAX; i++)
        add_letter(out, utf8proc_toupper(folded[i]));
}

void gls_letters_add(struct gls_strbuf *out, const char *text, size_t size, bool upper)
{
    utf8proc_int32_t c;
    for (size_t at = 0; at < size;) {
        size_t end = at + gls_utf8_next(&c, text + at, size - at);
        if (c < 0) {
            gls_strbuf_add(out, text + at, end - at);
        } else if (upper) {
            add_upper(out, c);
        } else if (c == DOTTED_CAPITAL_I) {
            add_letter(out, 'i');
            add_letter(out, COMBINING_DOT_ABOVE);
        } else if (c == CAPITAL_SIGMA && cased_letter_before(text, at) &&
                   !cased_letter_behind(text + end, size - end)) {
            add_letter(out, SMALL_FINAL_SIGMA);
        } else {
            add_letter(out, utf8proc_tolower(c));
        }
        at = end;
    }
}
