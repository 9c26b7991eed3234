/* SPDX-License-Identifier: MIT */
#include "media/core/date_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "base/timestamp.h"

#define BLANKS " \t\r\n,"
enum { WORDS_MAX = 10, WORD_SIZE = 24 };

struct parts {
    struct gls_datetime when;
    bool has_time;
    bool may_be_weekday; /* the word of the month */
    int half;            /* of the day: 1 the first, 2 the second, 0: not stated */
};

static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

/* Their names in Catalan, Czech, Danish, Dutch, Finnish, French, German, Hungarian, Italian,
 * Norwegian, Polish, Portuguese, Romanian, Russian, Slovak, Spanish, Swedish, Turkish and
 * Ukrainian, as Unicode's CLDR has them by themselves and in a date, abbreviated where that is no
 * beginning of the name; case-folded, and without accents too, as people type them. */
static const char *const foreign_months[] = {
    "enero gener gennaio ianuarie jaenner janeiro janner januara januari január januára janv "
    "janvier jänner leden ledna ocak styczen styczeń stycznia tammi tammikuu tammikuuta січень "
    "січня январь января",
    "febbraio febrer febrero februara februari februarie február februára fevereiro fevr fevrier "
    "févr février helmi helmikuu helmikuuta lutego luty subat unor unora únor února şubat лютий "
    "лютого февр февраль февраля",
    "brezen brezna březen března maalis maaliskuu maaliskuuta maart maerz marca marcius marco "
    "marec mars mart martie marts marz marzec marzo març março mrt márc március märz березень "
    "березня март марта",
    "abril aprila aprile aprilie aprilis apríl apríla avril duben dubna huhti huhtikuu huhtikuuta "
    "kwiecien kwiecień kwietnia nisan április апрель апреля квіт квітень квітня",
    "kveten kvetna květen května maggio maig maio maja majus mayis mayo mayıs mei mája május touko "
    "toukokuu toukokuuta май мая трав травень травня",
    "cerven cervna cvn czerwca czerwiec giugno haziran iunie juin juna junho juni junio junius "
    "juny júna június kesa kesakuu kesakuuta kesä kesäkuu kesäkuuta červen června čvn июнь июня "
    "черв червень червня",
    "cervence cervenec cvc heina heinakuu heinakuuta heinä heinäkuu heinäkuuta iulie juil juillet "
    "jula julho juli julio juliol julius júla július lipca lipiec luglio temmuz července červenec "
    "čvc июль июля липень липня",
    "agost agosto agustos aout août augusta augusti augustus augusztus ağustos elokuu elokuuta "
    "sierpien sierpień sierpnia srpen srpna август августа серп серпень серпня",
    "eylul eylül septembra septembre septembrie septiembre setembre setembro settembre syys "
    "syyskuu syyskuuta szept szeptember wrzesien wrzesień wrzesnia września zari září вересень "
    "вересня сент сентябрь сентября",
    "ekim loka lokakuu lokakuuta octobre octombrie octubre oktober oktobra október októbra ottobre "
    "outubro pazdziernik pazdziernika październik października rijen rijna říjen října жовт "
    "жовтень жовтня октябрь октября",
    "kasim kasım listopad listopada listopadu marras marraskuu marraskuuta noiembrie novembra "
    "novembre novembro noviembre лист листопад листопада нояб ноябрь ноября",
    "aralik aralık decembra decembre decembrie desember desembre dezember dezembro dicembre "
    "diciembre décembre grudnia grudzien grudzień joulu joulukuu joulukuuta prosince prosinec груд "
    "грудень грудня декабрь декабря",
};

/* Does the word stand in a list (2), or is it the first three letters of one in it (1)? */
static int find_word(const char *list, const char *word, size_t size, bool is_short)
{
    int found = 0;

    for (const char *p = list; *p != '\0' && found < 2; p += strspn(p, " ")) {
        size_t length = strcspn(p, " ");
        if (length == size && strncmp(p, word, size) == 0)
            found = 2;
        else if (is_short && length > size && strncmp(p, word, size) == 0)
            found = 1;
        p += length;
    }
    return found;
}

/* How many letters are in the first bytes of a text in UTF-8? */
static size_t count_letters(const char *text, size_t size)
{
    size_t letters = 0;

    for (size_t i = 0; i < size; i++)
        letters += ((unsigned char)text[i] & 0xC0) != 0x80;
    return letters;
}

/* The only month of which a case-folded word is the name, or else its first three letters. */
static int find_foreign_month(const char *word, size_t size)
{
    int month = 0, best = 0;

    for (int i = 0; i < 12; i++) {
        int found = find_word(foreign_months[i], word, size, count_letters(word, size) == 3);
        if (found > best)
            month = i + 1;
        else if (found == best && found > 0)
            month = 0; /* "jui" */
        best = found > best ? found : best;
    }
    return month;
}

int gls_month_in_english(const char *word, size_t size)
{
    for (int i = 0; size >= 3 && i < 12; i++) {
        if (gls_ascii_begins_equal(months[i], word, size))
            return i + 1;
    }
    return 0;
}

int gls_month_of_word(const char *word, size_t size)
{
    int month = gls_month_in_english(word, size);
    struct gls_folded folded;

    if (month != 0 || count_letters(word, size) < 3)
        return month;
    gls_utf8_fold(&folded, word, size);
    return find_foreign_month(folded.text, folded.size);
}

size_t gls_day_ending(const char *text)
{
    static const char *const endings[] = {"st", "nd", "rd", "th", "er", "\xC2\xBA", "."};

    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t size = strlen(endings[i]);
        if (gls_ascii_begins_equal(text, endings[i], size))
            return size;
    }
    return 0;
}

static bool take_number(struct parts *parts, const char *word)
{
    int number = 0;

    if (sscanf(word, "%4d", &number) != 1)
        return false;
    if (strlen(word) <= 2 && parts->when.day == 0)
        parts->when.day = (int8_t)number;
    else if (strlen(word) == 4 && parts->when.year == 0)
        parts->when.year = (int16_t)number;
    else
        return false;
    return true;
}

static bool take_time(struct parts *parts, const char *word)
{
    int hour, minute, second = 0, used = 0;

    if (parts->has_time || sscanf(word, "%2d:%2d%n", &hour, &minute, &used) != 2)
        return false;
    if (word[used] == ':') {
        int more = 0;
        if (sscanf(word + used, ":%2d%n", &second, &more) != 1)
            return false;
        used += more;
    }
    parts->has_time = true;
    parts->when.hour = (int8_t)hour;
    parts->when.minute = (int8_t)minute;
    parts->when.second = (int8_t)(second == 60 ? 59 : second); /* a leap second */
    return word[used] == '\0';
}

static bool take_zone(struct parts *parts, const char *word)
{
    return !parts->when.has_offset &&
           (parts->when.has_offset = gls_utc_offset_parse(&parts->when.utc_offset_s, word));
}

/* Is it a day of the week, too? Tuesday in French, Spanish and Italian, Monday in Dutch,
 * Wednesday in Hungarian. */
static bool may_be_weekday(const char *word)
{
    return gls_ascii_equal(word, "mar") || gls_ascii_equal(word, "maa") ||
           gls_ascii_equal(word, "sze");
}

static bool take_month(struct parts *parts, const char *word, int month)
{
    bool is_first = parts->when.month == 0 && parts->when.day == 0;

    if (parts->when.month != 0 && !parts->may_be_weekday)
        return false;
    parts->when.month = (int8_t)month;
    parts->may_be_weekday = is_first && may_be_weekday(word);
    return true;
}

/* What is no month, zone or half of the day is skipped, as days of the week
 * are in any language. */
static bool take_name(struct parts *parts, const char *word)
{
    static const char *const utc[] = {"GMT", "UTC", "UT", "Z"};
    int month = gls_month_of_word(word, strlen(word));

    if (month > 0 && !take_month(parts, word, month))
        return false;
    if (gls_ascii_equal(word, "am") || gls_ascii_equal(word, "pm"))
        parts->half = (word[0] | 0x20) == 'a' ? 1 : 2;
    for (size_t i = 0; i < sizeof utc / sizeof utc[0]; i++) {
        if (strcmp(word, utc[i]) == 0)
            return take_zone(parts, "Z");
    }
    return true;
}

static bool take_word(struct parts *parts, const char *text, size_t size)
{
    char word[WORD_SIZE];

    if (size >= sizeof word)
        return false;
    memcpy(word, text, size);
    word[size] = '\0';
    if (word[size - 1] == '.') /* "Jan." */
        word[size - 1] = '\0';
    if (word[0] == '+' || word[0] == '-')
        return take_zone(parts, word);
    size_t digits = strspn(word, "0123456789");
    if (digits > 0 && digits <= 2 && gls_day_ending(word + digits) == strlen(word + digits))
        word[digits] = '\0'; /* "25th" */
    if (word[digits] == '\0')
        return take_number(parts, word);
    if (word[0] >= '0' && word[0] <= '9')
        return take_time(parts, word);
    return take_name(parts, word);
}

/* A date with the name of its month, which may lack the day: then it is one in part.
 * False: the text holds other numbers, or no possible date. */
static bool parse_words(struct gls_datetime *out, bool *is_partial, const char *text)
{
    struct parts parts = {.has_time = false};

    for (unsigned count = 0; *(text += strspn(text, BLANKS)) != '\0'; count++) {
        size_t size = strcspn(text, BLANKS);
        if (count == WORDS_MAX || !take_word(&parts, text, size))
            return false;
        text += size;
    }
    if (parts.half != 0 && parts.when.hour >= 1 && parts.when.hour <= 12)
        parts.when.hour = (int8_t)(parts.when.hour % 12 + (parts.half == 2 ? 12 : 0));
    *is_partial = parts.when.day == 0 && parts.when.month != 0;
    parts.when.day = (int8_t)(parts.when.day + *is_partial);
    if (!gls_datetime_is_valid(&parts.when) || (parts.when.has_offset && !parts.has_time))
        return false;
    *out = parts.when;
    return true;
}

/* The year behind day and month, or behind the month: "31.12.1956 10:11", "31:12:1956", "07/1956".
 * Where either of two numbers may be the month only the year counts. */
static bool parse_year_last(struct gls_datetime *out, bool *is_partial, const char *text)
{
    GLS_STRBUF_AUTO turned = GLS_STRBUF_INIT;
    int a, b, year, used = 0;

    text += strspn(text, BLANKS);
    if (sscanf(text, "%2d%*1[-./:]%4d%n", &a, &year, &used) == 2 && year >= 1000)
        gls_strbuf_addf(&turned, "%04d-%02d", year, a);
    else if (sscanf(text, "%2d%*1[-./:]%2d%*1[-./:]%4d%n", &a, &b, &year, &used) != 3 ||
             year < 1000)
        return false;
    else if (a <= 12 && b <= 12 && a != b)
        gls_strbuf_addf(&turned, "%04d", year);
    else
        gls_strbuf_addf(&turned, "%04d-%02d-%02d%s", year, a > 12 ? b : a, a > 12 ? a : b,
                        text + used);
    return (text[used] < '0' || text[used] > '9') &&
           gls_datetime_parse_legible(out, is_partial, gls_strbuf_str(&turned));
}

/* "ca. 1956", "summer 1956?": a number of four digits and no other. */
static bool parse_lone_year(struct gls_datetime *out, bool *is_partial, const char *text)
{
    static const char digits[] = "0123456789";
    char year[5] = "";

    text += strcspn(text, digits);
    if (strspn(text, digits) != 4 || text[4 + strcspn(text + 4, digits)] != '\0')
        return false;
    memcpy(year, text, 4);
    return gls_datetime_parse_legible(out, is_partial, year);
}

/* Is this the end of a date or of a time, or a time? */
static bool is_end_or_time(const char *text)
{
    size_t blanks = strspn(text, " \t\r\n");
    int hour, minute;

    return text[blanks] == '\0' ||
           ((blanks > 0 || *text == 'T') &&
            sscanf(text + (blanks > 0 ? blanks : 1), "%2d:%2d", &hour, &minute) == 2);
}

/* "93:07:04", "93-07-04 12:00:00", "4.7.93": no day and no hour is above 31, and a year that is
 * lies in the last century. With colons it stands in front, for three numbers with them are a time
 * of day else; before a time they are in Exif's order, too: "03:07:04 12:00:00". What has other
 * words around it is a number of something. */
static bool parse_short_year(struct gls_datetime *out, bool *is_partial, const char *text)
{
    GLS_STRBUF_AUTO whole = GLS_STRBUF_INIT;
    int a, b, c, used = 0;
    char first[2], second[2];

    text += strspn(text, " \t\r\n'");
    if (sscanf(text, "%2d%1[-./:]%2d%1[-./:]%2d%n", &a, first, &b, second, &c, &used) != 5 ||
        first[0] != second[0] || !gls_ascii_is_digit(*text) || !is_end_or_time(text + used))
        return false;
    const char *rest = text + used + strspn(text + used, " \t\r\nT");
    bool has_colons = first[0] == ':';
    bool is_year_first = a > 31 ? c <= 31 : has_colons && *rest != '\0';
    if (!is_year_first && (has_colons || a > 31 || c <= 31))
        return false;
    int month = is_year_first ? b : a < b ? a : b;
    int day = is_year_first ? c : a < b ? b : a;
    if (month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    if (is_year_first)
        gls_strbuf_addf(&whole, "%d-%02d-%02d %s", a + (a > 31 ? 1900 : 2000), b, c, rest);
    else
        gls_strbuf_addf(&whole, "%d.%d.%d %s", a, b, c + 1900, rest);
    bool found = gls_datetime_parse_legible(out, is_partial, gls_strbuf_str(&whole)) ||
                 parse_year_last(out, is_partial, gls_strbuf_str(&whole));
    *is_partial = true;
    return found;
}

/* A time, and the whole date behind it: "12:00:00 1993:07:04". */
static bool parse_time_first(struct gls_datetime *out, bool *is_partial, const char *text)
{
    GLS_STRBUF_AUTO turned = GLS_STRBUF_INIT;
    int hour, minute, second, used = 0;

    text += strspn(text, " \t\r\n");
    if (sscanf(text, "%2d:%2d:%2d %n", &hour, &minute, &second, &used) != 3 ||
        !gls_datetime_parse(out, text + used, true))
        return false;
    gls_strbuf_addf(&turned, "%s %02d:%02d:%02d", text + used, hour, minute, second);
    *is_partial = false;
    return gls_datetime_parse(out, gls_strbuf_str(&turned), false);
}

static bool parse_in_ascii(struct gls_datetime *out, bool *is_partial, const char *text)
{
    *is_partial = false;
    return gls_datetime_parse(out, text, true) || parse_words(out, is_partial, text) ||
           gls_datetime_parse_legible(out, is_partial, text + strcspn(text, "0123456789")) ||
           parse_time_first(out, is_partial, text) || parse_year_last(out, is_partial, text) ||
           parse_lone_year(out, is_partial, text) || parse_short_year(out, is_partial, text);
}

/* The sign at `text`, behind a number of `digits`, and what stands for it before a further number;
 * its size, 0: none. A year of fewer digits counts from the first of an era. */
static size_t find_sign(char *separator, const char *text, size_t digits)
{
    static const struct {
        const char *signs[4];
        char separator;
    } table[] = {
        {{"年", "년"}, '-'},
        {{"月", "월"}, '-'},
        {{"日", "일", "号", "號"}, ' '},
        {{"時", "时", "시", "点"}, ':'},
        {{"分", "분"}, ':'},
        {{"秒", "초"}, ' '},
    };

    if ((unsigned char)*text < 0x80)
        return 0; /* no sign, as in nearly all dates */
    for (size_t i = digits < 4 ? 1 : 0; i < sizeof table / sizeof table[0]; i++)
        for (size_t k = 0; k < 4 && table[i].signs[k] != NULL; k++)
            if (strncmp(text, table[i].signs[k], strlen(table[i].signs[k])) == 0) {
                *separator = table[i].separator;
                return strlen(table[i].signs[k]);
            }
    return 0;
}

/* The size of a day of the week behind the sign of a day: "(土)", "（日）", " 星期六", "토요일"; 0:
 * none, or what follows is no time. */
static size_t weekday_size(const char *text)
{
    enum { LONGEST = 16 };
    size_t size = 0;
    const char *at = text;

    while (size < LONGEST && ((unsigned char)*at >= 0x80 || (*at != '\0' && strchr(" ()", *at)))) {
        if (gls_half_of_day_take(&at) != 0)
            return size;
        at = text + ++size;
    }
    return gls_ascii_is_digit(*at) && size < LONGEST ? size : 0;
}

bool gls_date_signs_replace(char out[GLS_DATE_SIGNS_ROOM], const char *text)
{
    static const char digits[] = "0123456789";
    char separator = '\0';
    bool found = false;

    if (strlen(text) >= GLS_DATE_SIGNS_ROOM)
        return false;
    /* A sign has three bytes: with a zero before its number, too, the text grows no longer. */
    while (*text != '\0') {
        size_t number = strspn(text, digits);
        size_t sign = number > 0 ? find_sign(&separator, text + number, number) : 0;
        size_t taken = number > 0 ? number : 1;
        if (sign > 0 && number == 1)
            *out++ = '0';
        out = (char *)mempcpy(out, text, taken);
        text += taken + sign;
        if (sign == 0)
            continue;
        found = true;
        size_t gap = separator == ' ' ? weekday_size(text) : strspn(text, " ");
        bool is_followed = gap > 0 || (unsigned char)*text >= 0x80; /* by the half of a day */
        if (gls_ascii_is_digit(text[gap]) || (separator == ' ' && is_followed)) {
            *out++ = separator;
            text += gap;
        }
    }
    *out = '\0';
    return found;
}

bool gls_date_text_parse(struct gls_datetime *out, bool *is_partial, const char *text)
{
    char replaced[GLS_DATE_SIGNS_ROOM];

    return parse_in_ascii(out, is_partial,
                          gls_date_signs_replace(replaced, text) ? replaced : text);
}

bool gls_date_text_is_utc(const char *text)
{
    size_t size = strlen(text);

    while (size > 0 && strchr(BLANKS, text[size - 1]) != NULL)
        size--;
    return (size >= 1 && (text[size - 1] | 0x20) == 'z') ||
           (size >= 3 && (gls_ascii_begins_equal(text + size - 3, "UTC", 3) ||
                          gls_ascii_begins_equal(text + size - 3, "GMT", 3)));
}
