/* SPDX-License-Identifier: MIT */
#include "tests/support/tiff_builder.h"

#include <stdlib.h>
#include <string.h>

#include "media/tiff/tiff.h"

#define VALUE_SIZE 4096

struct value {
    unsigned type;
    uint32_t count;
    uint8_t bytes[VALUE_SIZE];
    size_t size;
};

static void put(struct gls_strbuf *out, const struct gls_tiff *order, unsigned size,
                uint32_t number)
{
    uint8_t bytes[4];
    if (size == 2) {
        gls_tiff_put16(order, bytes, (uint16_t)number);
    } else {
        gls_tiff_put32(order, bytes, number);
    }
    gls_strbuf_add(out, bytes, size);
}

static void parse_numbers(struct value *out, const struct gls_tiff *order, const char *text,
                          unsigned size)
{
    GLS_STRBUF_AUTO bytes = GLS_STRBUF_INIT;
    while (*text != '\0') {
        char *end;
        put(&bytes, order, size, (uint32_t)strtoul(text, &end, 10));
        text = *end == '\0' ? end : end + 1;
    }
    memcpy(out->bytes, bytes.data, bytes.size);
    out->size = bytes.size;
    out->count = (uint32_t)(bytes.size / gls_tiff_type_size(out->type));
}

static void parse_hex(struct value *out, const char *text)
{
    for (; text[0] != '\0'; text += 2) {
        char digits[3] = {text[0], text[1], '\0'};
        out->bytes[out->size++] = (uint8_t)strtoul(digits, NULL, 16);
    }
    out->count = (uint32_t)out->size;
}

static void parse_value(struct value *out, const struct gls_tiff *order, const char *text)
{
    memset(out, 0, sizeof *out);
    const char *body = text + 2;
    switch (text[0]) {
    case 'a':
        out->type = GLS_TIFF_ASCII;
        out->size = strlen(body) + 1;
        out->count = (uint32_t)out->size;
        memcpy(out->bytes, body, out->size);
        break;
    case 'e':
        out->type = GLS_TIFF_ASCII;
        break;
    case 'b':
    case 'u':
        out->type = text[0] == 'b' ? GLS_TIFF_BYTE : GLS_TIFF_UNDEFINED;
        parse_hex(out, body);
        break;
    case 's':
        out->type = GLS_TIFF_SHORT;
        parse_numbers(out, order, body, 2);
        break;
    case 'l':
        out->type = GLS_TIFF_LONG;
        parse_numbers(out, order, body, 4);
        break;
    case 'r':
        out->type = GLS_TIFF_RATIONAL;
        parse_numbers(out, order, body, 4);
        break;
    default:
        abort();
    }
}

static size_t count_values(const struct tiff_value *values)
{
    size_t count = 0;
    while (values != NULL && values[count].value != NULL) {
        count++;
    }
    return count;
}

static void add_entry(struct gls_strbuf *table, struct gls_strbuf *data, size_t data_start,
                      const struct gls_tiff *order, const struct tiff_value *from)
{
    struct value value;
    parse_value(&value, order, from->value);
    put(table, order, 2, from->tag);
    put(table, order, 2, value.type);
    put(table, order, 4, value.count);
    if (value.size > 4) {
        put(table, order, 4, (uint32_t)(data_start + data->size));
        gls_strbuf_add(data, value.bytes, value.size + value.size % 2);
    } else {
        gls_strbuf_add(table, value.bytes, 4);
    }
}

void tiff_build(struct gls_strbuf *out, const struct tiff_plan *plan)
{
    GLS_STRBUF_AUTO data = GLS_STRBUF_INIT;
    struct gls_tiff order = {.big_endian = plan->big_endian};
    const struct tiff_value *lists[3] = {plan->ifd0, plan->exif, plan->gps};
    size_t counts[3];
    size_t starts[4] = {8};
    for (size_t i = 0; i < 3; i++) {
        counts[i] = count_values(lists[i]);
        counts[i] += i == 0 ? (plan->exif != NULL) + (size_t)(plan->gps != NULL) : 0;
        bool is_written = i == 0 || lists[i] != NULL;
        starts[i + 1] = starts[i] + (is_written ? 2 + counts[i] * 12 + 4 : 0);
    }
    gls_strbuf_add(out, plan->big_endian ? "MM\0*" : "II*\0", 4);
    put(out, &order, 4, 8);
    for (size_t i = 0; i < 3; i++) {
        if (i > 0 && lists[i] == NULL) {
            continue;
        }
        put(out, &order, 2, (uint32_t)counts[i]);
        for (const struct tiff_value *v = lists[i]; v != NULL && v->value != NULL; v++) {
            add_entry(out, &data, starts[3], &order, v);
        }
        for (size_t j = 1; i == 0 && j < 3; j++) {
            if (lists[j] != NULL) {
                put(out, &order, 2, j == 1 ? GLS_TAG_EXIF_IFD : GLS_TAG_GPS_IFD);
                put(out, &order, 2, GLS_TIFF_LONG);
                put(out, &order, 4, 1);
                put(out, &order, 4, (uint32_t)starts[j]);
            }
        }
        put(out, &order, 4, 0);
    }
    if (data.size > 0) {
        gls_strbuf_add(out, data.data, data.size);
    }
}
