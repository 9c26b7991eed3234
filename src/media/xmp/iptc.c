/* SPDX-License-Identifier: MIT */
/* IPTC-IIM 4.2: records of 0x1C, record number, data set, size, data. */
#include <stdlib.h>
#include <string.h>

#include "base/input.h"
#include "base/path.h"
#include "media/xmp/xmp.h"

#define DATA_SET(record, number) ((record) << 8 | (number))
#define CODED_CHARACTER_SET DATA_SET(1, 90)
#define OBJECT_NAME DATA_SET(2, 5)
#define DATE_CREATED DATA_SET(2, 55)
#define TIME_CREATED DATA_SET(2, 60)
#define DIGITAL_DATE DATA_SET(2, 62)
#define DIGITAL_TIME DATA_SET(2, 63)

struct data_set {
    const char *bytes;
    size_t size;
};

struct wanted_sets {
    struct data_set charset;
    struct data_set name;
    struct data_set date;
    struct data_set time;
    struct data_set digital_date;
    struct data_set digital_time;
};

void gls_iptc_values_clear(struct gls_iptc_values *values)
{
    if (values == NULL) {
        return;
    }
    free(values->date_time_created);
    free(values->date_time_digitized);
    free(values->object_name);
    memset(values, 0, sizeof *values);
}

static void keep_first(struct data_set *set, const uint8_t *bytes, size_t size)
{
    if (set->bytes == NULL) {
        *set = (struct data_set){(const char *)bytes, size};
    }
}

/* The header of the record at `p`: its size, 0 if there is no record. An
 * extended size (bit 15) states how many bytes hold the size itself. */
static size_t read_header(size_t *data_size, const uint8_t *p, size_t left)
{
    if (left < 5 || p[0] != 0x1c) {
        return 0;
    }
    size_t size = gls_be16(p + 3);
    size_t header = 5;
    if ((size & 0x8000) != 0) {
        size_t bytes = size & 0x7fff;
        if (bytes != 4 || left < 9) {
            return 0;
        }
        size = gls_be32(p + 5);
        header = 9;
    }
    *data_size = size;
    return size <= left - header ? header : 0;
}

static void find_sets(struct wanted_sets *out, const uint8_t *p, size_t left)
{
    size_t size = 0;
    size_t header;
    while ((header = read_header(&size, p, left)) > 0) {
        switch (DATA_SET(p[1], p[2])) {
        case CODED_CHARACTER_SET:
            keep_first(&out->charset, p + header, size);
            break;
        case OBJECT_NAME:
            keep_first(&out->name, p + header, size);
            break;
        case DATE_CREATED:
            keep_first(&out->date, p + header, size);
            break;
        case TIME_CREATED:
            keep_first(&out->time, p + header, size);
            break;
        case DIGITAL_DATE:
            keep_first(&out->digital_date, p + header, size);
            break;
        case DIGITAL_TIME:
            keep_first(&out->digital_time, p + header, size);
            break;
        default:
            break;
        }
        p += header + size;
        left -= header + size;
    }
}

static bool are_digits(const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
    }
    return true;
}

/* The set's bytes without those in `skipped`, as far as they fit. */
static void copy_without(char *out, size_t out_size, const struct data_set *set,
                         const char *skipped)
{
    size_t size = 0;
    for (size_t i = 0; i < set->size && size + 1 < out_size && set->bytes[i] != '\0'; i++) {
        if (strchr(skipped, set->bytes[i]) == NULL) {
            out[size++] = set->bytes[i];
        }
    }
    out[size] = '\0';
}

/* CCYYMMDD, whose unknown parts are 00 or left out, and HHMM[SS[+HHMM]] in ISO 8601's
 * shape. Some writers put separators or blanks where IIM has none. */
static char *join_date(const struct data_set *date, const struct data_set *time)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    char d[16];
    char t[16];
    copy_without(d, sizeof d, date, " ");
    copy_without(t, sizeof t, time, ": ");
    size_t digits = strspn(d, "0123456789");
    if (digits == 4 || digits == 6 || digits >= 8) {
        gls_strbuf_addf(&text, "%.4s-%.2s-%.2s", d, digits < 6 ? "00" : d + 4,
                        digits < 8 ? "00" : d + 6);
    }
    if (digits == 4 && d[4] != '\0') { /* it has separators */
        gls_strbuf_clear(&text);
        gls_strbuf_add_str(&text, d);
    }
    if (text.size == 0) {
        return NULL;
    }
    if (strlen(t) >= 6 && are_digits(t, 6)) {
        gls_strbuf_addf(&text, "T%.2s:%.2s:%.2s", t, t + 2, t + 4);
        if (strlen(t) >= 11 && (t[6] == '+' || t[6] == '-') && are_digits(t + 7, 4)) {
            gls_strbuf_addf(&text, "%.3s:%.2s", t + 6, t + 9);
        } else if (strcmp(t + 6, "Z") == 0) {
            gls_strbuf_add_str(&text, "Z");
        }
    } else if (strlen(t) == 4 && are_digits(t, 4)) {
        gls_strbuf_addf(&text, "T%.2s:%.2s", t, t + 2);
    }
    return gls_strbuf_take(&text);
}

/* ESC % G announces UTF-8; else what is valid UTF-8 is taken for it, and the
 * rest for Latin-1, which is what old writers used. */
static char *decode_text(const struct data_set *set, const struct data_set *charset)
{
    bool says_utf8 = charset->size >= 3 && memcmp(charset->bytes, "\x1b%G", 3) == 0;
    if (says_utf8) {
        return gls_utf8_make_valid(set->bytes, set->size);
    }
    size_t size = strnlen(set->bytes, set->size);
    return gls_utf8_is_valid(set->bytes, size) ? strndup(set->bytes, size)
                                               : gls_latin1_to_utf8(set->bytes, size);
}

bool gls_iptc_decode(struct gls_iptc_values *out, const void *records, size_t size,
                     struct gls_error *error)
{
    struct wanted_sets sets;
    memset(out, 0, sizeof *out);
    memset(&sets, 0, sizeof sets);
    if (size == 0 || *(const uint8_t *)records != 0x1c) {
        return gls_fail(error, GLS_ERROR_FORMAT, "the IPTC block is no IIM record");
    }
    find_sets(&sets, records, size);
    out->date_time_created = join_date(&sets.date, &sets.time);
    out->date_time_digitized = join_date(&sets.digital_date, &sets.digital_time);
    if (sets.name.bytes != NULL) {
        out->object_name = decode_text(&sets.name, &sets.charset);
    }
    return true;
}
