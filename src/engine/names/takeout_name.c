/* SPDX-License-Identifier: MIT */
#include "engine/names/takeout_name.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/path.h"
#include "engine/names/file_name.h"
#include "media/takeout.h"

size_t gls_takeout_number_size(const char *text, size_t size)
{
    size_t start = size;

    if (size < 3 || text[size - 1] != ')')
        return 0;
    for (start = size - 1; start > 0 && gls_ascii_is_digit(text[start - 1]); start--)
        ;
    if (start == size - 1 || start < 2 || text[start - 1] != '(')
        return 0;
    return size - (start - 1);
}

struct takeout {
    bool (*try)(void *user, const char *media, size_t size);
    void *user;
    const char *number; /* "(1)" */
    size_t number_size;
};

/* "a.jpg" with "(1)" is "a(1).jpg". */
static bool try_media(const struct takeout *takeout, const char *media, size_t size)
{
    GLS_STRBUF_AUTO name = GLS_STRBUF_INIT;

    if (takeout->number_size == 0)
        return takeout->try(takeout->user, media, size);
    gls_strbuf_add(&name, media, size);
    size_t stem_size = gls_path_stem_size(gls_strbuf_str(&name));
    gls_strbuf_splice(&name, stem_size, 0, takeout->number, takeout->number_size);
    return takeout->try(takeout->user, name.failed ? NULL : gls_strbuf_str(&name), name.size);
}

bool gls_takeout_candidates(const char *name,
                            bool (*try)(void *user, const char *media, size_t size), void *user)
{
    static const char word[] = "supplemental-metadata";
    size_t size = gls_path_stem_size(name);
    struct takeout takeout = {try, user, NULL, gls_takeout_number_size(name, size)};

    size -= takeout.number_size;
    takeout.number = name + size;
    if (try_media(&takeout, name, size))
        return true;
    for (size_t dot = size; dot > 1; dot--) {
        if (name[dot - 1] != '.')
            continue;
        size_t rest = size - dot;
        if (rest >= sizeof(word) || gls_folded_compare(name + dot, rest, word, rest) != 0)
            break;
        if (try_media(&takeout, name, dot - 1))
            return true;
    }
    return false;
}

/* Takeout counts in UTF-16; a character beyond the first 65,536 counts twice. */
static size_t utf16_size(const char *text, size_t size)
{
    size_t count = 0;

    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        count += (c & 0xC0) != 0x80;
        count += c >= 0xF0;
    }
    return count;
}

size_t gls_takeout_cut_size(const char *name)
{
    /* 46 and ".json" are the 51 that Takeout keeps; some count one or two more for what
     * they number. */
    enum { CUT = 46, SLACK = 3 };
    size_t size = gls_path_stem_size(name);

    size -= gls_takeout_number_size(name, size);
    return utf16_size(name, size) >= CUT - SLACK ? size : 0;
}

bool gls_takeout_numbers_agree(const char *name, const char *media)
{
    size_t size = gls_path_stem_size(name);
    size_t media_size = gls_path_stem_size(media);
    size_t number = gls_takeout_number_size(name, size);

    return number == gls_takeout_number_size(media, media_size) &&
           memcmp(name + size - number, media + media_size - number, number) == 0;
}

/* ---- Titles ------------------------------------------------------------------------------ */

/* Cuts the stem of `name` so that stem and extension keep within 51, at a whole character: 47
 * before ".jpg", 46 before ".jpeg". Without an extension nobody knows what it was. */
static size_t cut_stem(const char *name, size_t size)
{
    enum { NAME = 51, STEM = 47 };
    size_t extension = utf16_size(name + size, strlen(name + size));
    size_t limit = extension == 0 ? STEM : extension < NAME ? NAME - extension : 0;
    size_t kept = 0;

    while (kept < size) {
        size_t next = kept + 1;
        while (next < size && ((unsigned char)name[next] & 0xC0) == 0x80)
            next++;
        if (utf16_size(name, next) > limit)
            break;
        kept = next;
    }
    return kept;
}

/* Some exports replace characters of what is HTML still, "&amp;" and "&#39;". */
static void add_title(struct gls_strbuf *out, const char *title, bool as_html)
{
    /* Letters are counted as Google has them, composed. */
    char *composed = gls_utf8_compose(title);
    const char *replaced = as_html ? "<>:\"/\\|?*&'%#;" : "<>:\"/\\|?*&'%#";

    gls_strbuf_clear(out);
    out->failed = out->failed || composed == NULL;
    for (const char *at = composed != NULL ? composed : ""; *at != '\0';) {
        char c;
        at += gls_takeout_read_character(&c, at);
        if (as_html && (c == '&' || c == '\''))
            gls_strbuf_add_str(out, c == '&' ? "_amp_" : "__39_");
        else
            gls_strbuf_add_char(out,
                                strchr(replaced, c) != NULL || (unsigned char)c < 0x20 ? '_' : c);
    }
    free(composed);
    size_t stem = gls_path_stem_size(gls_strbuf_str(out));
    size_t kept = cut_stem(gls_strbuf_str(out), stem);
    gls_strbuf_splice(out, kept, stem - kept, "", 0);
}

void gls_takeout_title_to_name(struct gls_strbuf *out, const char *title)
{
    add_title(out, title, false);
}

/* Sets *out; false: no memory. */
static bool fits(bool *out, const char *title, const char *media, bool as_html)
{
    GLS_STRBUF_AUTO expected = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO given = GLS_STRBUF_INIT;
    size_t stem = gls_path_stem_size(media);
    size_t number = gls_takeout_number_size(media, stem);

    add_title(&expected, title, as_html);
    add_title(&given, media, as_html);
    *out = false;
    if (expected.failed || given.failed || expected.size == 0)
        return !expected.failed && !given.failed;
    /* A title without an extension is the stem. */
    *out = gls_folded_equal(given.data, expected.data) ||
           gls_folded_compare(given.data, gls_path_stem_size(given.data), expected.data,
                              expected.size) == 0;
    if (*out || number == 0)
        return true;
    gls_strbuf_clear(&given);
    gls_strbuf_add(&given, media, stem - number);
    gls_strbuf_add_str(&given, media + stem);
    return !given.failed && fits(out, title, given.data, as_html);
}

bool gls_takeout_title_fits(bool *out, const char *title, const char *media)
{
    return fits(out, title, media, false) && (*out || fits(out, title, media, true));
}

bool gls_takeout_is_year(const char *title)
{
    /* Without the year, as Google Photos names the folder by the account's language. */
    static const char *const words[] = {
        "photos from",
        "fotos von",
        "photos de",
        "fotos de",
        "fotos del",
        "fotos del a\xC3\xB1o",
        "foto dal",
        "foto del",
        "foto's uit",
        "foto's van",
        "foto_s uit",
        "foto_s van",
        "foto da",
        ("zdj\xC4\x99"
         "cia z"),
        "bilder fr\xC3\xA5n",
        "foton fr\xC3\xA5n",
        "bilder fra",
        "billeder fra",
        "kuvat vuodelta",
        "valokuvat vuodelta",
        "fotky z roku",
        "fotografie z roku",
        "fotografii din",
        "k\xC3\xA9pek",
        "\xD1\x84\xD0\xBE\xD1\x82\xD0\xBE \xD0\xB7\xD0\xB0", /* Russian */
        "\xE5\xB9\xB4\xE3\x81\xAE\xE5\x86\x99\xE7\x9C\x9F",  /* Japanese */
        "\xEB\x85\x84\xEC\x9D\x98 \xEC\x82\xAC\xEC\xA7\x84", /* Korean */
        "\xE5\xB9\xB4\xE7\x9A\x84\xE7\x85\xA7\xE7\x89\x87",  /* Chinese */
    };
    size_t size = strlen(title);
    size_t digits = 0;
    const char *rest = title;

    while (digits < size && gls_ascii_is_digit(title[digits]))
        digits++;
    if (digits == 4) {
        rest = title + 4;
    } else if (size > 4 && strspn(title + size - 4, "0123456789") == 4) {
        digits = 4;
    }
    if (digits != 4)
        return false;
    size -= 4;
    while (size > 0 && rest[0] == ' ') {
        rest++;
        size--;
    }
    while (size > 0 && rest[size - 1] == ' ')
        size--;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (gls_folded_compare(rest, size, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

static bool is_one_of(const char *name, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (gls_folded_compare(name, strlen(name), words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

bool gls_takeout_is_trash(const char *folder)
{
    static const char *const words[] = {
        "trash",
        "bin",
        "papierkorb",
        "corbeille",
        "papelera",
        "papelera de reciclaje",
        "cestino",
        "lixeira",
        "lixo",
        "paperera",
        "prullenbak",
        "kosz",
        "papperskorgen",
        "papperskorg",
        "papirkurv",
        "papirkurven",
        "roskakori",
        "ko\xC5\xA1",
        "lomt\xC3\xA1r",
        "co\xC8\x99 de gunoi",
        "\xC3\xA7\xC3\xB6p kutusu",
        "\xD0\xBA\xD0\xBE\xD1\x80\xD0\xB7\xD0\xB8\xD0\xBD\xD0\xB0", /* Russian */
        "\xE3\x82\xB4\xE3\x83\x9F\xE7\xAE\xB1",                     /* Japanese */
        "\xED\x9C\xB4\xEC\xA7\x80\xED\x86\xB5",                     /* Korean */
        "\xE5\x9B\x9E\xE6\x94\xB6\xE7\xAB\x99",                     /* Chinese */
        "\xE5\x9E\x83\xE5\x9C\xBE\xE6\xA1\xB6",                     /* Chinese */
    };

    return is_one_of(folder, words, sizeof(words) / sizeof(words[0]));
}

bool gls_takeout_is_set_apart(const char *title)
{
    /* Not all are known from an export. The JSONs of the folder's pictures must say the same, so
     * that a word too many costs nothing. */
    static const char *const words[] = {
        /* The archive. */
        "archive",
        "archiv",
        "archivieren",
        "archivo",
        "archivia",
        "archivio",
        "arquivo",
        "archiver",
        "archief",
        "archiveren",
        "archiwum",
        "arkiv",
        "arkisto",
        "arch\xC3\xADv",
        "arxiu",
        "arhiv\xC4\x83",
        "\xD0\xB0\xD1\x80\xD1\x85\xD0\xB8\xD0\xB2",
        "\xE3\x82\xA2\xE3\x83\xBC\xE3\x82\xAB\xE3\x82\xA4\xE3\x83\x96",
        "\xEB\xB3\xB4\xEA\xB4\x80\xED\x95\xA8",
        "\xE6\xA1\xA3\xE6\xA1\x88",
        "\xE5\xBD\x92\xE6\xA1\xA3",
        "\xE5\xBD\x92\xE6\xA1\xA3\xE6\x96\x87\xE4\xBB\xB6",
        "\xE5\xB0\x81\xE5\xAD\x98",
        /* The locked folder. */
        "locked folder",
        "gesperrter ordner",
        "dossier verrouill\xC3\xA9",
        "carpeta privada",
        "carpeta bloqueada",
        "cartella bloccata",
        "cartella privata",
        "pasta trancada",
        "pasta bloqueada",
        "vergrendelde map",
        "folder zablokowany",
        "l\xC3\xA5st mapp",
        "l\xC3\xA5st mappe",
        "\xD0\xBB\xD0\xB8\xD1\x87\xD0\xBD\xD0\xB0\xD1\x8F \xD0\xBF\xD0\xB0\xD0\xBF\xD0\xBA\xD0\xB0",
        ("\xE3\x83\xAD\xE3\x83\x83\xE3\x82\xAF\xE3\x81\x95\xE3\x82\x8C\xE3\x81\x9F\xE3\x83\x95\xE3"
         "\x82\xA9\xE3\x83\xAB\xE3\x83\x80"),
        "\xEC\x9E\xA0\xEA\xB8\xB4 \xED\x8F\xB4\xEB\x8D\x94",
    };

    return is_one_of(title, words, sizeof(words) / sizeof(words[0]));
}
