/* SPDX-License-Identifier: MIT */
#include "plan/time/name_words.h"

#include <string.h>

#include "base/ascii.h"
#include "media/core/date_words.h"

/* Which of the words begins the text? Its size; 0: none. */
static size_t find_word(const char *const *words, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(text, words[i], strlen(words[i])) == 0)
            return strlen(words[i]);
    return 0;
}

const char *gls_name_word(char letter)
{
    switch (letter) {
    case 'A':
        return "WA";
    case 'C':
        return "CCI";
    case 'F':
        return "FILE";
    case 'K':
        return "CamScanner ";
    case 'P':
        return "Picsart_";
    case 'R':
        return "RPReplay_Final";
    case 'S':
        return "ScreenRecording_";
    case '@':
        return "@";
    default:
        return NULL;
    }
}

size_t gls_name_month(int64_t *month, const char *text, bool is_english)
{
    size_t size = 0;

    while (gls_ascii_is_letter(text[size]) || (!is_english && (unsigned char)text[size] >= 0x80))
        size++;
    *month = is_english ? gls_month_in_english(text, size) : gls_month_of_word(text, size);
    return *month > 0 ? size : 0;
}

size_t gls_name_gap(const char *text)
{
    /* What macOS, WhatsApp and others put there, in their languages; also in decomposed letters. */
    static const char *const words[] = {" at ",
                                        " um ",
                                        "_at_",
                                        "-at-",
                                        ", ",
                                        " , ",
                                        " - ",
                                        " om ",
                                        " alle ",
                                        " ore ",
                                        " a las ",
                                        " a la(s) ",
                                        " o ",
                                        " v ",
                                        " kl. ",
                                        " kl ",
                                        " klo ",
                                        " kello ",
                                        " saat ",
                                        " \xC3\xA0 ",
                                        " a\xCC\x80 ",
                                        " \xC3\xA0s ",
                                        " a\xCC\x80s ",
                                        ", \xC3\xA0s ",
                                        ", a\xCC\x80s ",
                                        " \xC3\xA0(s) ",
                                        " a\xCC\x80(s) ",
                                        " \xD0\xB2 "};
    size_t size = 0;

    /* The longest: ", \xC3\xA0s " begins with ", ". */
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(words[i]);
        if (length > size && strncmp(text, words[i], length) == 0)
            size = length;
    }
    return size > 0 ? size : *text != '\0' && strchr("-_.:T ", *text) != NULL;
}

static bool is_joint(char c)
{
    return c != '\0' && strchr("-_.: ,", c) != NULL;
}

size_t gls_name_joint(const char *text)
{
    static const char *const words[] = {"de ", "del ", "of ", "d'", "d\xE2\x80\x99"};
    size_t size = gls_day_ending(text);

    if (!is_joint(text[size]))
        size = 0; /* "3.May" */
    if (!is_joint(text[size]))
        return 0;
    size += text[size] == ',' && text[size + 1] == ' ' ? 2 : 1;
    return size + find_word(words, sizeof words / sizeof *words, text + size);
}
