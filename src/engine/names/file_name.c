/* SPDX-License-Identifier: MIT */
#include "engine/names/file_name.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/path.h"
#include "media/media.h"

/* ---- Folding ------------------------------------------------------------------------ */

static bool is_ascii(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)text[i] >= 0x80)
            return false;
    return true;
}

static int compare_ascii(const char *a, size_t a_size, const char *b, size_t b_size)
{
    size_t size = a_size < b_size ? a_size : b_size;

    for (size_t i = 0; i < size; i++) {
        unsigned char left = (unsigned char)gls_ascii_lower(a[i]);
        unsigned char right = (unsigned char)gls_ascii_lower(b[i]);
        if (left != right)
            return left < right ? -1 : 1;
    }
    return (a_size > b_size) - (a_size < b_size);
}

int gls_folded_compare(const char *a, size_t a_size, const char *b, size_t b_size)
{
    size_t size = a_size < b_size ? a_size : b_size;
    size_t start = 0;
    size_t i = 0;

    /* An ASCII letter composes with what follows it, never with what stands before it:
     * behind a common beginning that ends there, both texts may be folded apart. */
    for (; i < size && a[i] == b[i]; i++)
        if ((unsigned char)a[i] < 0x80)
            start = i;
    if (is_ascii(a + i, i < a_size) && is_ascii(b + i, i < b_size))
        start = i;
    a += start;
    b += start;
    a_size -= start;
    b_size -= start;
    if (is_ascii(a, a_size) && is_ascii(b, b_size))
        return compare_ascii(a, a_size, b, b_size);
    struct gls_folded left, right;
    gls_utf8_fold(&left, a, a_size);
    gls_utf8_fold(&right, b, b_size);
    return compare_ascii(left.text, left.size, right.text, right.size);
}

bool gls_folded_equal(const char *a, const char *b)
{
    return gls_folded_compare(a, strlen(a), b, strlen(b)) == 0;
}

bool gls_folded_begins(const char *text, size_t size, const char *begin, size_t begin_size)
{
    if (is_ascii(text, size) && is_ascii(begin, begin_size))
        return size >= begin_size && compare_ascii(text, begin_size, begin, begin_size) == 0;
    struct gls_folded whole, start;
    gls_utf8_fold(&whole, text, size);
    gls_utf8_fold(&start, begin, begin_size);
    return whole.size >= start.size && memcmp(whole.text, start.text, start.size) == 0;
}

/* ---- Kinds -------------------------------------------------------------------------- */

bool gls_name_has_extension(const char *name, const char *lower_case)
{
    return gls_ascii_equal(gls_path_extension(name), lower_case);
}

bool gls_name_is_among(const char *name, const char *const *lower_case, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (gls_name_has_extension(name, lower_case[i]))
            return true;
    return false;
}

const char *gls_name_extensions(enum gls_name_kind kind)
{
    switch (kind) {
    case GLS_NAME_STILL:
        return " jpg jpeg jpe jfif heic heif hif avif jxl insp mpo ";
    case GLS_NAME_MOVIE:
        return " mov mp4 mp mv insv 360 ";
    case GLS_NAME_RAW:
        return " arw cr2 cr3 crw dng nef nrw orf pef raf rw2 rwl srw gpr mrw x3f 3fr iiq fff erf "
               "kdc dcr mef mos ";
    case GLS_NAME_LONER:
        return " txt m4a opus wav mp3 aac amr ";
    default:
        return "";
    }
}

enum gls_name_kind gls_name_kind_of(const char *name)
{
    static const enum gls_name_kind kinds[] = {GLS_NAME_STILL, GLS_NAME_MOVIE, GLS_NAME_RAW,
                                               GLS_NAME_LONER};
    char word[16] = " ";
    const char *extension = gls_path_extension(name);
    size_t size = strlen(extension);

    if (gls_extension_is_motion_photo(extension))
        return GLS_NAME_MOVIE;
    if (size == 0 || size + 3 > sizeof(word))
        return GLS_NAME_OTHER;
    for (size_t i = 0; i < size; i++)
        word[i + 1] = gls_ascii_lower(extension[i]);
    word[size + 1] = ' ';
    word[size + 2] = '\0';
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strstr(gls_name_extensions(kinds[i]), word) != NULL)
            return kinds[i];
    return GLS_NAME_OTHER;
}

size_t gls_name_stem_size(const char *name)
{
    const char *extension = gls_path_extension(name);
    bool has_letter = false;

    for (const char *c = extension; *c != '\0'; c++) {
        bool is_letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z');
        if (!is_letter && !gls_ascii_is_digit(*c) && *c != '_')
            return strlen(name);
        has_letter = has_letter || is_letter;
    }
    return has_letter ? gls_path_stem_size(name) : strlen(name);
}

/* ---- The order in a folder ---------------------------------------------------------- */

/* A name without its mark of a copy. */
struct plain {
    const char *stem;
    size_t stem_size;
    const char *inner; /* the extension of what it was converted from: ".HEIC" of "x.HEIC.jpg" */
    size_t inner_size;
    const char *extension; /* with its dot */
    int marks;             /* how many: 0, it is no copy */
    unsigned long number;
};

static size_t digits_before(const char *text, size_t size)
{
    size_t start = size;

    while (start > 0 && text[start - 1] >= '0' && text[start - 1] <= '9')
        start--;
    return size - start < 10 ? size - start : 0;
}

/* The size of `stem` without " (12)" or "(12)", or " 2", as iCloud and macOS count;
 * `size` if it has none. */
static size_t without_number(const char *stem, size_t size, unsigned long *number)
{
    bool has_bracket = size > 2 && stem[size - 1] == ')';
    size_t digits = digits_before(stem, has_bracket ? size - 1 : size);
    size_t start = size - digits - (has_bracket ? 2 : 1);

    if (digits == 0 || digits + (has_bracket ? 2 : 1) >= size ||
        stem[start] != (has_bracket ? '(' : ' ') || (!has_bracket && digits > 2))
        return size;
    *number = strtoul(stem + start + 1, NULL, 10);
    return has_bracket && start > 1 && stem[start - 1] == ' ' ? start - 1 : start;
}

/* How many bytes of the end of a text, or of its begin, are one of the words? 0: none. */
static size_t find_word(const char *const *words, const char *text, size_t size, bool at_end)
{
    for (; *words != NULL; words++) {
        size_t word = strlen(*words);
        if (size > word && gls_ascii_begins_equal(at_end ? text + size - word : text, *words, word))
            return word;
    }
    return 0;
}

/* How much of "x (copy", "x (another copy", "x (3rd copy" is before the bracket, where `size` ends
 * before the word? `size`: it has none. */
static size_t before_bracket(const char *stem, size_t size)
{
    size_t start = size;

    while (start > 0 && (gls_ascii_is_letter(stem[start - 1]) || stem[start - 1] == ' ' ||
                         gls_ascii_is_digit(stem[start - 1])))
        start--;
    return start > 2 && stem[start - 1] == '(' && stem[start - 2] == ' ' ? start - 2 : size;
}

/* The size of `stem` without " - Copy" (Windows, by its languages), " copy" (macOS), " (copy)" or
 * " (copy 2)" (Linux). A Mac hands over decomposed letters, too. */
static size_t without_word(const char *stem, size_t size, unsigned long *number)
{
    static const char *const words[] = {"copy",
                                        "kopie",
                                        "copie",
                                        "copia",
                                        "kopia",
                                        "kopi",
                                        "kopio",
                                        "kopya",
                                        "cópia",
                                        "co\xCC\x81pia",
                                        "còpia",
                                        "co\xCC\x80pia",
                                        "másolat",
                                        "ma\xCC\x81solat",
                                        "копия",
                                        "копія",
                                        "Αντιγραφή",
                                        "Αντίγραφο",
                                        "コピー",
                                        "コヒ\xE3\x82\x9Aー",
                                        "副本",
                                        "拷贝",
                                        "拷貝",
                                        "複製",
                                        "복사본",
                                        "사본",
                                        "\xE1\x84\x87\xE1\x85\xA9\xE1\x86\xA8\xE1\x84\x89\xE1\x85"
                                        "\xA1\xE1\x84\x87\xE1\x85\xA9\xE1\x86\xAB",
                                        NULL};
    static const char *const glued[] = {"の", "的", NULL};
    static const char *const gaps[] = {" - ", " – ", " — ", " ", NULL};
    bool has_bracket = size > 2 && stem[size - 1] == ')';
    size_t end = size - has_bracket;
    size_t digits = has_bracket ? digits_before(stem, end) : 0;

    if (digits > 0 && digits < end && stem[end - digits - 1] == ' ')
        end -= digits + 1;
    /* Nearly all names end with a digit, which no word does. */
    bool may_be_word = end > 0 && !gls_ascii_is_digit(stem[end - 1]);
    size_t word = may_be_word ? find_word(words, stem, end, true) : 0;
    if (word == 0)
        return size;
    size_t start = end - word;
    size_t without = has_bracket ? before_bracket(stem, start) : start;
    if (!has_bracket) {
        without -= find_word(glued, stem, without, true);
        without -= find_word(gaps, stem, without, true);
    }
    if (without == start)
        return size;
    if (end < size - has_bracket)
        *number = strtoul(stem + end + 1, NULL, 10);
    return without;
}

/* How much of `stem` is "Copy of " or "Copy (2) of ", as older Windows and Google Drive say. */
static size_t leading_word(const char *stem, size_t size, unsigned long *number)
{
    static const char *const words[] = {
        "copy of ",  "kopie von ",        "kopie van ", "copie de ", "copia de ", "copia di ",
        "cópia de ", "co\xCC\x81pia de ", "kopia av ",  "kopi av ",  "kopi af ",  "kopia ",
        "копия ",    "コピー ～ ",        NULL};
    static const char numbered[] = "copy (";
    size_t digits;

    /* So all of them begin, but for those that begin with no letter of ASCII. */
    if (gls_ascii_is_letter(stem[0]) && strchr("cCkK", stem[0]) == NULL)
        return 0;
    if (size <= sizeof numbered || !gls_ascii_begins_equal(stem, numbered, sizeof numbered - 1))
        return find_word(words, stem, size, false);
    digits = strspn(stem + sizeof numbered - 1, "0123456789");
    size_t end = sizeof numbered - 1 + digits + strlen(") of ");
    if (digits == 0 || digits > 9 || size <= end ||
        !gls_ascii_begins_equal(stem + sizeof numbered - 1 + digits, ") of ", strlen(") of ")))
        return 0;
    *number = strtoul(stem + sizeof numbered - 1, NULL, 10);
    return end;
}

/* The size of `stem` without an extension of ours at its end; `size` if it has none. */
static size_t without_extension(const char *stem, size_t size)
{
    enum { LONGEST = 5 };
    char name[LONGEST + 3] = "x";
    size_t dot = size;

    while (dot > 0 && size - dot <= LONGEST && stem[dot - 1] != '.')
        dot--;
    if (dot < 2 || size - dot > LONGEST)
        return size;
    dot--;
    memcpy(name + 1, stem + dot, size - dot);
    return gls_media_is_supported_name(name) ? dot : size;
}

/* Copies are copied, too: "x - Copy (2)", "x - Copy - Copy", "x (1) (1)". */
static void strip_marks(struct plain *plain)
{
    for (size_t before = 0; before != plain->stem_size;) {
        before = plain->stem_size;
        plain->stem_size = without_number(plain->stem, plain->stem_size, &plain->number);
        plain->stem_size = without_word(plain->stem, plain->stem_size, &plain->number);
        plain->marks += before != plain->stem_size;
    }
}

static struct plain plain_of(const char *name)
{
    struct plain plain = {.stem = name, .stem_size = gls_path_stem_size(name), .inner = ""};

    plain.extension = name + plain.stem_size;
    strip_marks(&plain);
    size_t inner = without_extension(name, plain.stem_size);
    /* A companion's "x.jpg.xmp" is named after the picture. */
    if (inner < plain.stem_size && gls_media_is_supported_name(name)) {
        plain.inner = name + inner;
        plain.inner_size = plain.stem_size - inner;
        plain.stem_size = inner;
        strip_marks(&plain);
    }
    size_t leading = leading_word(name, plain.stem_size, &plain.number);
    plain.stem += leading;
    plain.stem_size -= leading;
    plain.marks += leading > 0;
    return plain;
}

int gls_name_order(const char *a, const char *b)
{
    struct plain left = plain_of(a);
    struct plain right = plain_of(b);
    int order = gls_folded_compare(left.stem, left.stem_size, right.stem, right.stem_size);

    if (order == 0)
        order = gls_folded_compare(left.inner, left.inner_size, right.inner, right.inner_size);
    if (order == 0)
        order = gls_folded_compare(left.extension, strlen(left.extension), right.extension,
                                   strlen(right.extension));
    if (order == 0 && (left.marks > 0) != (right.marks > 0))
        order = left.marks > 0 ? 1 : -1;
    if (order == 0 && left.number != right.number)
        order = left.number < right.number ? -1 : 1;
    if (order == 0)
        order = left.marks - right.marks;
    return order != 0 ? order : strcmp(a, b);
}

/* ---- Archives ----------------------------------------------------------------------- */

static bool ends_with(const char *name, const char *end)
{
    size_t size = strlen(name);
    size_t end_size = strlen(end);

    return size > end_size && gls_ascii_equal(name + size - end_size, end);
}

bool gls_is_archive_name(const char *name)
{
    return ends_with(name, ".zip") || ends_with(name, ".tar") || ends_with(name, ".tgz") ||
           ends_with(name, ".tar.gz");
}

const char *gls_archive_piece_reason(const char *name)
{
    const char *extension = gls_path_extension(name);
    size_t size = strlen(extension);

    if (size == 3 && gls_ascii_lower(extension[0]) == 'z' && gls_ascii_is_digit(extension[1]) &&
        gls_ascii_is_digit(extension[2]))
        return "a piece of a ZIP in several pieces; join them first (zip -s 0 ARCHIVE.zip --out "
               "WHOLE.zip)";
    if (size == 3 && gls_ascii_is_digit(extension[0]) && gls_ascii_is_digit(extension[1]) &&
        gls_ascii_is_digit(extension[2])) {
        size_t stem = strlen(name) - 4;
        const char *const whole[] = {".zip", ".tar", ".tgz", ".gz"};
        for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
            size_t end = strlen(whole[i]);
            if (stem > end && gls_ascii_begins_equal(name + stem - end, whole[i], end))
                return "a piece of an archive in several pieces; join them first (cat PIECES > "
                       "WHOLE)";
        }
    }
    return NULL;
}
