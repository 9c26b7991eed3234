/* SPDX-License-Identifier: MIT */
/*
 * Dates in file names. The shapes below are those that cameras, phones and
 * messengers write; a run of digits only counts if it is exactly as long as the
 * shape says, so that no date is found inside a serial number.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "plan/time/name_date.h"

#include <pcre2.h>
#include <string.h>

#include "base/timestamp.h"

enum {
    EARLIEST_YEAR = 1970,      /* older dates in names are numbers, in truth */
    EARLIEST_BARE_YEAR = 1990, /* the same of eight digits without a time */
    MATCH_LIMIT = 100000       /* steps of a user's expression on one name */
};

/*
 * Y M D h m s f: a digit of year, month, day, hour, minute, second, fraction.
 * '-': one of "-_.:" and blank. '=': one of "-_.:T" and blank, or a word between
 * blanks that gap_size() knows. 'B', 'S', '@': the words of word_of(), behind
 * which the order of day, month and year is known.
 */
static const char *const shapes[] = {
    "YYYYMMDD=hhmmssfff",   /* PXL_20200131_235959123 */
    "YYYYMMDD=hhmmss",      /* IMG_20200131_235959, Screenshot_20200131-235959 */
    "YYYY-MM-DD=hh-mm-ss",  /* 2020-01-31 23.59.59, WhatsApp Image 2020-01-31 at 23.59.59 */
    "YYYY-MM-DD=h-mm-ss",   /* Screenshot 2020-01-31 at 9.05.07 AM */
    "YYYY-MM-DD=hhmmss",    /* signal-2020-01-31-235959 */
    "YYYYMMDDhhmmss",       /* IMG20200131235959, DJI_20200131235959_0001_D */
    "BYYYYMMDDhhmmssfff",   /* 00000IMG_00000_BURST20200131235959123 */
    "YYYYMMDD=hh-mm-ss",    /* 20200131_23.59.59 */
    "@DD-MM-YYYY=hh-mm-ss", /* photo_1@31-01-2020_23-59-59: Telegram's export */
    "SMM-DD-YYYY=hh-mm-ss", /* ScreenRecording_01-31-2020 23-59-59_1: iOS */
    "YYYY-MMDD=hhmmss",     /* 2020_0131_235959_012, of cameras in cars */
    "YYYYMMDD",             /* IMG-20200131-WA0001 */
    "YYYY-MM-DD",           /* 2020-01-31 */
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The word that a letter of a shape stands for; NULL: none. */
static const char *word_of(char letter)
{
    switch (letter) {
    case 'B':
        return "BURST";
    case 'S':
        return "ScreenRecording_";
    case '@':
        return "@";
    default:
        return NULL;
    }
}

static void put_digit(int fields[7], char letter, char digit)
{
    static const char letters[] = "YMDhmsf";
    size_t field = (size_t)(strchr(letters, letter) - letters);
    fields[field] = fields[field] * 10 + (digit - '0');
}

/* How many characters the gap between date and time takes; 0: there is none. */
static size_t gap_size(const char *text)
{
    /* What macOS, in its languages, and others put there; also in decomposed letters. */
    static const char *const words[] = {
        " at ",       " um ",        "_at_",        "-at-",         ", ",        " - ",
        " om ",       " alle ",      " a las ",     " o ",          " kl. ",     " kl ",
        " \xC3\xA0 ", " a\xCC\x80 ", " \xC3\xA0s ", " a\xCC\x80s ", " \xD0\xB2 "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncmp(text, words[i], strlen(words[i])) == 0)
            return strlen(words[i]);
    return *text != '\0' && strchr("-_.:T ", *text) != NULL ? 1 : 0;
}

/* Matches one shape at `text`. Returns how many characters it took, 0: none. */
static size_t match_shape(int fields[7], const char *shape, const char *text)
{
    const char *p = text;
    memset(fields, 0, 7 * sizeof *fields);
    for (; *shape != '\0'; shape++) {
        const char *word = word_of(*shape);
        if (word != NULL) {
            if (strncmp(p, word, strlen(word)) != 0)
                return 0;
            p += strlen(word);
        } else if (*shape == '=') {
            size_t gap = gap_size(p);
            if (gap == 0)
                return 0;
            p += gap;
        } else if (*shape == '-') {
            if (*p == '\0' || strchr("-_.: ", *p) == NULL)
                return 0;
            p++;
        } else {
            if (!is_digit(*p))
                return 0;
            put_digit(fields, *shape, *p++);
        }
    }
    return is_digit(*p) ? 0 : (size_t)(p - text);
}

/* " AM", "PM", with the narrow space that macOS puts before it. 0: neither. */
static int half_of_day(const char *text)
{
    if (strncmp(text, "\xE2\x80\xAF", 3) == 0)
        text += 3;
    else if (*text == ' ')
        text++;
    if ((text[0] | 0x20) != 'a' && (text[0] | 0x20) != 'p')
        return 0;
    char behind = (char)(text[1] != '\0' ? text[2] | 0x20 : 0);
    if ((text[1] | 0x20) != 'm' || (behind >= 'a' && behind <= 'z'))
        return 0;
    return (text[0] | 0x20) == 'a' ? 1 : 2;
}

static bool make_date(struct gls_datetime *out, const int fields[7], bool has_fraction)
{
    if (fields[0] < EARLIEST_YEAR)
        return false;
    *out = (struct gls_datetime){.year = (int16_t)fields[0],
                                 .month = (int8_t)fields[1],
                                 .day = (int8_t)fields[2],
                                 .hour = (int8_t)fields[3],
                                 .minute = (int8_t)fields[4],
                                 .second = (int8_t)fields[5]};
    if (has_fraction) {
        out->nanosecond = fields[6] * 1000000;
        out->subsecond_digits = 3;
    }
    return gls_datetime_is_plausible(out);
}

/* May a shape begin at `p`? Not inside a number, and not behind letters that are
 * themselves glued to a number, as in a hexadecimal hash. */
static bool may_begin(const char *name, const char *p)
{
    if (p == name)
        return true;
    if (is_digit(*p) && is_digit(p[-1]))
        return false;
    const char *word = p;
    while (word > name && is_letter(word[-1]))
        word--;
    return word == p || word == name || !is_digit(word[-1]);
}

/* Digits without any separator are a date only if no letter follows them. */
static bool may_end(const char *shape, const char *end)
{
    return strpbrk(shape, "-=B") != NULL || !is_letter(*end);
}

static bool match_anywhere(struct gls_datetime *out, const char *name, const char *shape)
{
    int fields[7];
    for (const char *p = name; *p != '\0'; p++) {
        size_t size = may_begin(name, p) ? match_shape(fields, shape, p) : 0;
        if (size == 0 || !may_end(shape, p + size))
            continue;
        if (shape[8] == '\0' && fields[0] < EARLIEST_BARE_YEAR)
            continue;
        int half = strchr(shape, 'h') != NULL ? half_of_day(p + size) : 0;
        if (half != 0 && fields[3] >= 1 && fields[3] <= 12)
            fields[3] = fields[3] % 12 + (half == 2 ? 12 : 0);
        if (make_date(out, fields, strchr(shape, 'f') != NULL))
            return true;
    }
    return false;
}

static pcre2_code *compile(const char *regex, struct gls_error *error)
{
    int code;
    PCRE2_SIZE offset;
    pcre2_code *compiled =
        pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED, 0, &code, &offset, NULL);
    if (compiled == NULL && error != NULL) {
        char text[160] = "";
        pcre2_get_error_message(code, (PCRE2_UCHAR *)text, sizeof text);
        gls_fail(error, GLS_ERROR_CONFIG,
                 "\"%.200s\" is no regular expression: %s at character %zu", regex, text,
                 (size_t)offset + 1);
    }
    return compiled;
}

bool gls_regex_check(const char *regex, struct gls_error *error)
{
    pcre2_code *compiled = compile(regex, error);
    pcre2_code_free(compiled);
    return compiled != NULL;
}

bool gls_name_regex_check(const char *regex, struct gls_error *error)
{
    static const char *const needed[] = {"year", "month", "day"};
    pcre2_code *compiled = compile(regex, error);
    bool good = compiled != NULL;
    for (size_t i = 0; good && i < sizeof needed / sizeof *needed; i++)
        if (pcre2_substring_number_from_name(compiled, (PCRE2_SPTR)needed[i]) < 0)
            good = gls_fail(error, GLS_ERROR_CONFIG,
                            "\"%.200s\" has no group (?<%s>...); it needs year, month and day",
                            regex, needed[i]);
    pcre2_code_free(compiled);
    return good;
}

/* The number in a named group; absent groups are 0. False: no number. */
static bool group_number(int *out, pcre2_match_data *match, const char *name)
{
    PCRE2_UCHAR text[16];
    PCRE2_SIZE size = sizeof text;
    int result = pcre2_substring_copy_byname(match, (PCRE2_SPTR)name, text, &size);
    *out = 0;
    if (result == PCRE2_ERROR_NOSUBSTRING || result == PCRE2_ERROR_UNSET)
        return true;
    if (result < 0 || size > 4)
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!is_digit((char)text[i]))
            return false;
        *out = *out * 10 + (text[i] - '0');
    }
    return true;
}

static bool match_regex(struct gls_datetime *out, const char *name, const char *regex)
{
    static const char *const groups[] = {"year", "month", "day", "hour", "minute", "second"};
    int fields[7] = {0};
    pcre2_code *compiled = compile(regex, NULL);
    pcre2_match_data *match =
        compiled != NULL ? pcre2_match_data_create_from_pattern(compiled, NULL) : NULL;
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    bool good = match != NULL && context != NULL;
    if (good) {
        pcre2_set_match_limit(context, MATCH_LIMIT);
        good = pcre2_match(compiled, (PCRE2_SPTR)name, strlen(name), 0, 0, match, context) > 0;
    }
    for (size_t i = 0; good && i < sizeof groups / sizeof *groups; i++)
        good = group_number(&fields[i], match, groups[i]);
    for (size_t i = 1; good && i < 6; i++)
        good = fields[i] <= 99;
    if (good && fields[0] < 100) /* a year of two digits: 1970 to 2069 */
        fields[0] += fields[0] < 70 ? 2000 : 1900;
    pcre2_match_context_free(context);
    pcre2_match_data_free(match);
    pcre2_code_free(compiled);
    return good && make_date(out, fields, false);
}

bool gls_date_from_name(struct gls_datetime *out, const char *base_name, const char *regex)
{
    struct gls_datetime when;
    bool found = regex != NULL && match_regex(&when, base_name, regex);
    for (size_t i = 0; !found && i < SHAPES; i++) {
        found = match_anywhere(&when, base_name, shapes[i]);
        /* Pixel phones name their files by UTC. */
        if (found && strncmp(base_name, "PXL_", 4) == 0 && strchr(shapes[i], 'h') != NULL)
            when.has_offset = true;
    }
    if (found)
        *out = when;
    return found;
}
