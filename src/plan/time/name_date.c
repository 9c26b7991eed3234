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

#include "base/ascii.h"
#include "base/timestamp.h"
#include "media/core/date_words.h"
#include "plan/time/name_words.h"

enum {
    EARLIEST_BARE_YEAR = 1990,    /* of eight digits without a time, unless they begin the name */
    EARLIEST_COUNTED_YEAR = 2000, /* of a count of seconds: smaller ones are numbers */
    MATCH_LIMIT = 100000          /* steps of a user's expression on one name */
};

/*
 * Y M D h m s f: a digit of year, month, day, hour, minute, second, fraction; e: of
 * seconds or milliseconds since 1970, which are UTC; x: of nothing that counts; '?': one more
 * digit of the same, if there is one.
 * a b: of the first and second number before a year. One above 12 is the day; where
 * neither is, [Date] order= decides, else the name is ambiguous and dates nothing.
 * '-': one of "-_.:" and blank, the same throughout a date; in a time "h" and "m" as well. '=':
 * one of "-_.:T" and blank, or a word of gls_name_gap(); 'W': only such a word.
 * 'N': the name of a month, or three letters of it and more; 'E': in English; '~': what
 * stands before and behind it.
 * '^': the name begins here; '$': its stem ends here. Capital letters else: the words
 * of gls_name_word(), behind which the order of day, month and year is known.
 *
 * The first that matches counts. What could be two things: "2019-10.11.12" behind
 * "31.12." is a time and no date; thirteen digits may be a product's number, if it
 * lies in this century; ten digits that are YYMMDDhhmm as well are left alone;
 * eight digits may be any number, and count from 1990 on, or at the beginning of a
 * name; the year first goes before the year last. A year of two digits counts only before a
 * word and a time. "20200131_235959" is local time, but for PXL_ and where a Z follows.
 */
static const char *const shapes[] = {
    "YYYYMMDD=hhmmssfff",   /* PXL_20200131_235959123 */
    "YYYYMMDD=hhmmssxx",    /* img20200131_23595900: Epson's scanners */
    "YYYYMMDD=hhmmss",      /* IMG_20200131_235959, Screenshot_20200131-235959 */
    "YYYY-MM-DD=h?-mm-ss",  /* 2020-01-31 23.59.59, Screenshot 2020-01-31 at 9.05.07 AM */
    "YYYY-MM-DD=hhmmss",    /* signal-2020-01-31-235959 */
    "YYYYMMDDhhmmss",       /* IMG20200131235959, DJI_20200131235959_0001_D */
    "YYYYMMDDhhmmssfff",    /* 00000IMG_00000_BURST20200131235959123 */
    "YYYYMMDD=hh-mm-ss",    /* 20200131_23.59.59 */
    "@DD-MM-YYYY=hh-mm-ss", /* photo_1@31-01-2020_23-59-59: Telegram's export */
    "SMM-DD-YYYY=hh-mm-ss", /* ScreenRecording_01-31-2020 23-59-59_1: iOS */
    "KMM-DD-YYYY=hh-mm-ss", /* CamScanner 01-31-2020 23.59.59 */
    "YYYY-MMDD=hhmmss",     /* 2020_0131_235959_012, of cameras in cars */
    "PYY-MM-DD=hh-mm-ss",   /* Picsart_20-01-31_23-59-59-123 */
    "FYYMMDD=hhmmss",       /* FILE200131-235959F, of cameras in cars */
    "xxxxx-YYYYMMDD-hhmm$", /* IMG00012-20200131-2359: BlackBerry */
    "D?~N~YYYY=h?-mm-ss",   /* 31 Jan 2020 23.59.59 */
    "E~D?~YYYY=h?-mm-ss",   /* January 31st, 2020 at 11.59.59 PM */
    "a?-b?-YYYY=h?-mm-ss",  /* 31.12.2019-10.11.12 */
    "a?-b?-YYYY=hhmmss",    /* 31-12-2019_101112 */
    "aabbYYYY=hhmmss",      /* 31122019_101112 */
    "YYYY-MM-DDWh?-mm",     /* Photo on 2020-01-31 at 23.59: Photo Booth */
    "D?~N~YYYYWh?-mm",      /* 31 Jan 2020 at 23.59 */
    "E~D?~YYYYWh?-mm",      /* Jan 31, 2020 at 11.59 PM */
    "a?-b?-YYYYWh?-mm",     /* Photo le 31-01-2020 a 23.59 */
    "a?-b?-YYWh?-mm-ss",    /* Foto 31.12.19, 10.11.12 */
    "a?-b?-YYWh?-mm",       /* Photo on 1-31-20 at 11.59 PM */
    "YYYY-MM-DD=hh-mm$",    /* 2020-01-31_23-59: Flameshot */
    "a?-b?-YYYY=hh-mm$",    /* 31.12.2019 10.11 */
    "Reeeeeeeeee",          /* RPReplay_Final1580511599: iOS */
    "eeeeeeeeeeeee",        /* FB_IMG_1580511599123, mmexport1580511599123 */
    "^eeeeeeeeee$",         /* 1580511599 */
    "CDDMMYYYY",            /* CCI31012020: Canon's scanners */
    "aabbYYYY-Axxxx",       /* IMG-31012020-WA0001 */
    "YYYYMMDD",             /* IMG-20200131-WA0001 */
    "YYYY-MM-DD",           /* 2020-01-31; 1923-07-00 and 1923-00-00 are that in part */
    "a?-b?-YYYY",           /* 31.01.2020, 24.5.2003 */
    "D?~N~YYYY",            /* Adobe Scan 31 Jan 2020, 31. Januar 2020, 31 de enero de 2020 */
    "E~D?~YYYY",            /* Scan January 31, 2020 */
    "YYYY~N~D?",            /* 2020-Jan-31 */
    "^YYYYMMDD",            /* 19650403: years before 1990 too */
    "^aabbYYYY",            /* 31122019 */
    "^YYYY-MM$",            /* 1965-04: a scanned month */
    "^N~YYYY$",             /* April 1965 */
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* The digits of a shape, by letter. */
static const char field_letters[] = "YMDhmsfabex";
enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, FRACTION, FIRST, OTHER, COUNTED, IGNORED, FIELDS };

enum { BEGINS_TIME = 1 }; /* a separator: none yet, of a time */

/* A place in a name where a shape fits. */
struct match {
    const char *shape;
    size_t size; /* of what it took */
    int half;    /* of the day, stated before the time: 1 the first, 2 the second; 0: not */
    int64_t fields[FIELDS];
};

static bool match_separator(char *separator, char c)
{
    bool is_first = *separator == '\0' || *separator == BEGINS_TIME;
    bool fits = is_first ? c != '\0' && strchr("-_.: ", c) != NULL : c == *separator;

    if (*separator == BEGINS_TIME && c == 'h') { /* 23h59m59 */
        *separator = 'm';
        return true;
    }
    if (is_first)
        *separator = c;
    return fits;
}

/* What one character of a shape takes of `text`; `separator` is that of the date or time so
 * far, '\0' at its beginning. Returns how many characters, or -1: it does not fit. */
static int match_letter(char letter, const char *text, char *separator)
{
    const char *word = gls_name_word(letter);
    size_t gap;

    if (word != NULL)
        return strncmp(text, word, strlen(word)) == 0 ? (int)strlen(word) : -1;
    switch (letter) {
    case '^':
        return 0;
    case '$':
        return *text == '\0' || (*text == '.' && !gls_ascii_is_digit(text[1])) ? 0 : -1;
    case '=':
    case 'W':
        gap = gls_name_gap(text);
        *separator = BEGINS_TIME;
        return gap > (letter == 'W') ? (int)gap : -1;
    case '-':
        return match_separator(separator, *text) ? 1 : -1;
    case '~':
        gap = gls_name_joint(text);
        return gap > 0 ? (int)gap : -1;
    default:
        return gls_ascii_is_digit(*text) ? 1 : -1;
    }
}

/* Fills *out with what the shape takes at `text`. */
static bool match_shape(struct match *out, const char *shape, const char *text)
{
    const char *p = text;
    char separator = '\0';

    *out = (struct match){.shape = shape};
    for (const char *letter = shape; *letter != '\0'; letter++) {
        if (*letter == '?' && !gls_ascii_is_digit(*p))
            continue;
        char kind = *letter == '?' ? letter[-1] : *letter;
        bool is_month = kind == 'N' || kind == 'E';
        int taken = is_month ? (int)gls_name_month(&out->fields[MONTH], p, kind == 'E')
                             : match_letter(kind, p, &separator);
        const char *field = strchr(field_letters, kind);
        if (taken < is_month)
            return false;
        if (field != NULL) {
            int64_t *number = &out->fields[field - field_letters];
            *number = *number * 10 + (*p - '0');
        }
        p += taken;
        if (kind == '=' || kind == 'W') {
            out->half = gls_half_of_day_take(&p);
            p += out->half != 0 && *p == ' ';
        }
    }
    out->size = (size_t)(p - text);
    return !gls_ascii_is_digit(*p);
}

/* The instant of a count of seconds (ten digits) or milliseconds since 1970. */
static bool make_counted(struct gls_datetime *out, const struct match *match)
{
    int64_t counted = match->fields[COUNTED];
    bool is_ms = strstr(match->shape, "eeeeeeeeeee") != NULL;

    if (!gls_datetime_from_utc_s(out, is_ms ? counted / 1000 : counted, 0) ||
        out->year < EARLIEST_COUNTED_YEAR)
        return false;
    if (is_ms) {
        out->nanosecond = (int32_t)(counted % 1000) * 1000000;
        out->subsecond_digits = 3;
    } else if (*match->shape == '^') { /* YYMMDDhhmm? */
        struct gls_datetime other = {.year = (int16_t)(2000 + counted / 100000000),
                                     .month = (int8_t)(counted / 1000000 % 100),
                                     .day = (int8_t)(counted / 10000 % 100),
                                     .hour = (int8_t)(counted / 100 % 100),
                                     .minute = (int8_t)(counted % 100)};
        if (gls_datetime_is_valid(&other))
            return false;
    }
    return gls_datetime_is_plausible(out);
}

/* A year of two digits lies between 1970 and 2069. */
static int64_t full_year(int64_t year)
{
    return year + (year < 70 ? 2000 : 1900);
}

static bool make_date(struct gls_datetime *out, const struct match *match)
{
    const int64_t *fields = match->fields;

    *out = (struct gls_datetime){.year = (int16_t)fields[YEAR],
                                 .month = (int8_t)fields[MONTH],
                                 .day = (int8_t)fields[DAY],
                                 .hour = (int8_t)fields[HOUR],
                                 .minute = (int8_t)fields[MINUTE],
                                 .second = (int8_t)fields[SECOND]};
    if (strchr(match->shape, 'f') != NULL) {
        out->nanosecond = (int32_t)fields[FRACTION] * 1000000;
        out->subsecond_digits = 3;
    }
    return gls_datetime_is_plausible(out);
}

/* Which of two numbers before a year is the day? False: either may be. */
static bool order_day_and_month(struct match *match, enum gls_date_order order)
{
    int64_t first = match->fields[FIRST], other = match->fields[OTHER];
    bool month_first = other > 12 || (first <= 12 && order == GLS_DATE_ORDER_MONTH_FIRST);

    match->fields[MONTH] = month_first ? first : other;
    match->fields[DAY] = month_first ? other : first;
    return first > 12 || other > 12 || first == other || order != GLS_DATE_ORDER_UNKNOWN;
}

/* Does "DD.MM." stand before a year, so that what follows it is a time? */
static bool is_year_at_end(const char *name, const char *p)
{
    if (p - name < 6 || !gls_ascii_is_digit(p[-6]) || !gls_ascii_is_digit(p[-5]) ||
        !gls_ascii_is_digit(p[-3]) || !gls_ascii_is_digit(p[-2]) || p[-1] != p[-4] ||
        strchr("-_.: ", p[-1]) == NULL || (p - name > 6 && gls_ascii_is_digit(p[-7])))
        return false;
    int first = (p[-6] - '0') * 10 + p[-5] - '0', other = (p[-3] - '0') * 10 + p[-2] - '0';
    return first >= 1 && other >= 1 && first <= 31 && other <= 31 && (first <= 12 || other <= 12);
}

/* May a shape begin at `p`? Not inside a number, not behind letters that are
 * themselves glued to a number, as in a hexadecimal hash, and not inside a date. */
static bool may_begin(const char *shape, const char *name, const char *p)
{
    if (p == name)
        return true;
    if (*shape == '^' || (gls_ascii_is_digit(*p) && gls_ascii_is_digit(p[-1])) ||
        (*shape == 'Y' && is_year_at_end(name, p)))
        return false;
    if (*shape == 'a' && p - name >= 2 && gls_ascii_is_digit(*p) && gls_ascii_is_digit(p[-2]) &&
        (p[-1] == p[1] || (p[1] != '\0' && p[-1] == p[2])))
        return false;
    if (*shape == 'E' && gls_ascii_is_letter(p[-1]))
        return false;
    const char *word = p;
    while (word > name && gls_ascii_is_letter(word[-1]))
        word--;
    return word == p || word == name || !gls_ascii_is_digit(word[-1]);
}

/* Digits without any separator are a date only if no letter follows them, nor may one
 * follow a year: "01-10-1920x1080". */
static bool may_end(const char *shape, const char *end)
{
    bool ends_in_year = strcmp(shape + strlen(shape) - strlen("YYYY"), "YYYY") == 0;

    return (strpbrk(shape, "-=~W") != NULL && !ends_in_year) || !gls_ascii_is_letter(*end);
}

/* Does a Z for UTC follow a time, maybe behind milliseconds? "..._123Z" */
static bool states_utc(const char *text)
{
    if (*text != '\0' && strchr("-_.", *text) != NULL && gls_ascii_is_digit(text[1]))
        text += 1 + strspn(text + 1, "0123456789");
    return *text == 'Z' && !gls_ascii_is_letter(text[1]) && !gls_ascii_is_digit(text[1]);
}

/* A date of which no day, or no month either, is stated: "1965-04", "1923-07-00",
 * "1923-00-00". The first counts. */
static bool is_partial(struct match *match)
{
    bool states_day = strpbrk(match->shape, "Dab") != NULL;

    if (states_day && (strcmp(match->shape, "YYYY-MM-DD") != 0 || match->fields[DAY] != 0))
        return false;
    match->fields[DAY] = 1;
    if (states_day && match->fields[MONTH] == 0)
        match->fields[MONTH] = 1;
    return true;
}

/* Reads what was matched at `p`. False: it is no date. */
static bool read_match(struct gls_datetime *out, struct gls_name_remarks *remarks,
                       struct match *match, const char *p)
{
    const char *shape = match->shape;

    remarks->is_partial = false;
    if (strchr(shape, 'e') != NULL)
        return make_counted(out, match);
    if (strcmp(shape, "YYYYMMDD") == 0 && match->fields[YEAR] < EARLIEST_BARE_YEAR)
        return false;
    if (strstr(shape, "YYYY") == NULL)
        match->fields[YEAR] = full_year(match->fields[YEAR]);
    bool has_time = strchr(shape, 'h') != NULL;
    const char *behind = p + match->size;
    int half = has_time && match->half == 0 ? gls_half_of_day_take(&behind) : match->half;
    if (half != 0 && match->fields[HOUR] >= 1 && match->fields[HOUR] <= 12)
        match->fields[HOUR] = match->fields[HOUR] % 12 + (half == 2 ? 12 : 0);
    remarks->is_partial = is_partial(match);
    if (!make_date(out, match))
        return false;
    out->has_offset = has_time && states_utc(p + match->size);
    return true;
}

static bool match_anywhere(struct gls_datetime *out, struct gls_name_remarks *remarks,
                           const char *name, const char *shape, enum gls_date_order order)
{
    struct match match;
    for (const char *p = name; *p != '\0'; p++) {
        struct gls_datetime when;
        if (!may_begin(shape, name, p) || !match_shape(&match, shape, p) ||
            !may_end(shape, p + match.size))
            continue;
        bool is_clear = strchr(shape, 'a') == NULL || order_day_and_month(&match, order);
        if (!read_match(&when, remarks, &match, p))
            continue;
        remarks->is_ambiguous = remarks->is_ambiguous || !is_clear;
        if (is_clear) {
            *out = when;
            return true;
        }
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
        if (!gls_ascii_is_digit((char)text[i]))
            return false;
        *out = *out * 10 + (text[i] - '0');
    }
    return true;
}

static bool match_regex(struct gls_datetime *out, const char *name, const char *regex)
{
    static const char *const groups[] = {"year", "month", "day", "hour", "minute", "second"};
    int fields[6] = {0};
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
    if (good && fields[0] < 100)
        fields[0] = (int)full_year(fields[0]);
    pcre2_match_context_free(context);
    pcre2_match_data_free(match);
    pcre2_code_free(compiled);
    struct match found = {.shape = "D"};
    for (size_t i = 0; i < 6; i++)
        found.fields[i] = fields[i];
    return good && make_date(out, &found);
}

bool gls_date_from_name(struct gls_datetime *out, struct gls_name_remarks *remarks,
                        const char *base_name, const struct gls_name_rules *rules)
{
    struct gls_datetime when;
    *remarks = (struct gls_name_remarks){false, false};
    bool found = rules->regex != NULL && match_regex(&when, base_name, rules->regex);
    char replaced[GLS_DATE_SIGNS_ROOM];
    const char *name = gls_date_signs_replace(replaced, base_name) ? replaced : base_name;
    for (size_t i = 0; !found && !remarks->is_ambiguous && i < SHAPES; i++) {
        found = match_anywhere(&when, remarks, name, shapes[i], rules->order);
        /* Pixel phones and Zoom name their files by UTC. */
        bool is_utc = strncmp(base_name, "PXL_", 4) == 0 || strncmp(base_name, "GMT2", 4) == 0;
        if (found && is_utc && strchr(shapes[i], 'h') != NULL)
            when.has_offset = true;
    }
    remarks->is_partial = remarks->is_partial && found;
    if (found)
        *out = when;
    return found;
}
