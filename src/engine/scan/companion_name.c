/* SPDX-License-Identifier: MIT */
#include "engine/scan/companion_name.h"

#include <string.h>

#include "base/path.h"
#include "base/strbuf.h"

static unsigned char fold(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

int gls_folded_compare(const char *a, size_t a_size, const char *b, size_t b_size)
{
    size_t size = a_size < b_size ? a_size : b_size;

    for (size_t i = 0; i < size; i++) {
        unsigned char left = fold(a[i]);
        unsigned char right = fold(b[i]);
        if (left != right)
            return left < right ? -1 : 1;
    }
    return (a_size > b_size) - (a_size < b_size);
}

bool gls_name_has_extension(const char *name, const char *lower_case)
{
    const char *extension = gls_path_extension(name);

    return gls_folded_compare(extension, strlen(extension), lower_case, strlen(lower_case)) == 0;
}

enum gls_name_kind gls_name_kind_of(const char *name)
{
    static const struct {
        char extension[6];
        enum gls_name_kind kind;
    } kinds[] = {
        {"jpg", GLS_NAME_STILL},  {"jpeg", GLS_NAME_STILL}, {"jpe", GLS_NAME_STILL},
        {"heic", GLS_NAME_STILL}, {"heif", GLS_NAME_STILL}, {"avif", GLS_NAME_STILL},
        {"mov", GLS_NAME_MOVIE},  {"mp4", GLS_NAME_MOVIE},  {"arw", GLS_NAME_RAW},
        {"cr2", GLS_NAME_RAW},    {"cr3", GLS_NAME_RAW},    {"dng", GLS_NAME_RAW},
        {"nef", GLS_NAME_RAW},    {"orf", GLS_NAME_RAW},    {"pef", GLS_NAME_RAW},
        {"raf", GLS_NAME_RAW},    {"rw2", GLS_NAME_RAW},    {"srw", GLS_NAME_RAW},
        {"xmp", GLS_NAME_XMP},    {"aae", GLS_NAME_AAE},    {"json", GLS_NAME_JSON},
        {"txt", GLS_NAME_LONER},  {"m4a", GLS_NAME_LONER},
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (gls_name_has_extension(name, kinds[i].extension))
            return kinds[i].kind;
    return GLS_NAME_OTHER;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

char gls_apple_variant(char out[256], const char *stem, size_t stem_size)
{
    if (stem_size < 6 || stem_size > 255 || gls_folded_compare(stem, 4, "img_", 4) != 0)
        return 0;
    unsigned char letter = fold(stem[4]);
    if (letter != 'e' && letter != 'o')
        return 0;
    for (size_t i = 5; i < stem_size; i++)
        if (!is_digit(stem[i]))
            return 0;
    memcpy(out, stem, 4);
    memcpy(out + 4, stem + 5, stem_size - 5);
    out[stem_size - 1] = '\0';
    return letter == 'e' ? 'E' : 'O';
}

/* ---- Takeout ------------------------------------------------------------------ */

/* The size of "(12)" at the end of the first `size` bytes; 0: there is none. */
static size_t number_size(const char *text, size_t size)
{
    size_t start = size;

    if (size < 3 || text[size - 1] != ')')
        return 0;
    for (start = size - 1; start > 0 && is_digit(text[start - 1]); start--)
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
    return !name.failed && takeout->try(takeout->user, gls_strbuf_str(&name), name.size);
}

bool gls_takeout_candidates(const char *name,
                            bool (*try)(void *user, const char *media, size_t size), void *user)
{
    static const char word[] = "supplemental-metadata";
    size_t size = gls_path_stem_size(name);
    struct takeout takeout = {try, user, NULL, number_size(name, size)};

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

size_t gls_takeout_cut_size(const char *name)
{
    /* 46 bytes and ".json" are the 51 that Takeout keeps; it counts characters. */
    enum { CUT_SIZE = 46 };
    size_t size = gls_path_stem_size(name);

    size -= number_size(name, size);
    return size >= CUT_SIZE - 3 ? size : 0;
}

bool gls_takeout_numbers_agree(const char *name, const char *media)
{
    size_t size = gls_path_stem_size(name);
    size_t media_size = gls_path_stem_size(media);
    size_t number = number_size(name, size);

    return number == number_size(media, media_size) &&
           memcmp(name + size - number, media + media_size - number, number) == 0;
}
