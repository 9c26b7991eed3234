/* SPDX-License-Identifier: MIT */
#include "media/video/avchd.h"

#include <string.h>

#include "base/strbuf.h"
#include "base/timestamp.h"

#define SEARCH_SIZE (4u << 20)   /* bytes of the file that are looked at */
#define STREAM_SIZE (256u << 10) /* bytes of the video stream that are put together */
#define PACKET 188u

static const uint8_t mdpm_uuid[20] = {0x17, 0xee, 0x8c, 0x60, 0xf8, 0x4d, 0x11, 0xd9, 0x8c, 0xd6,
                                      0x08, 0x00, 0x20, 0x0c, 0x9a, 0x66, 'M',  'D',  'P',  'M'};

/* ---- Transport packets: ISO/IEC 13818-1 section 2.4.3 ------------------------------ */

/* 188, or 192 with the four bytes of time that AVCHD puts before each; 0: neither. */
static size_t packet_stride(const uint8_t *bytes, size_t size, size_t *first)
{
    static const struct {
        size_t first;
        size_t stride;
    } layouts[] = {{0, 188}, {4, 192}, {0, 204}};

    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        size_t at = layouts[i].first;
        size_t seen = 0;
        for (; at < size && seen < 4 && bytes[at] == 0x47; at += layouts[i].stride)
            seen++;
        if (seen == 4) {
            *first = layouts[i].first;
            return layouts[i].stride;
        }
    }
    return 0;
}

struct assembly {
    bool has_pid;
    unsigned pid;
    struct gls_strbuf *stream;
};

/* Adds what a packet holds of the first video stream that begins in the file. */
static void add_packet(struct assembly *assembly, const uint8_t *packet)
{
    bool starts = (packet[1] & 0x40) != 0;
    unsigned pid = (unsigned)(packet[1] & 0x1f) << 8 | packet[2];
    unsigned control = packet[3] >> 4 & 3;
    size_t at = 4;

    if ((control & 1) == 0)
        return;
    if (control == 3)
        at += 1u + packet[4];
    if (at >= PACKET)
        return;
    if (starts && PACKET - at >= 9 && packet[at] == 0 && packet[at + 1] == 0 &&
        packet[at + 2] == 1 && (packet[at + 3] & 0xf0) == 0xe0) {
        if (!assembly->has_pid) {
            assembly->has_pid = true;
            assembly->pid = pid;
        }
        if (assembly->pid == pid)
            at += 9u + packet[at + 8];
    }
    if (assembly->has_pid && assembly->pid == pid && at < PACKET)
        gls_strbuf_add(assembly->stream, packet + at, PACKET - at);
}

static bool assemble(struct gls_strbuf *stream, struct gls_input *input, struct gls_error *error)
{
    GLS_STRBUF_AUTO chunk = GLS_STRBUF_INIT;
    struct assembly assembly = {false, 0, stream};
    size_t first = 0;
    size_t stride = 0;
    uint64_t offset = 0;
    const size_t chunk_size = 192u * 204u; /* a multiple of 192 and 204 */

    if (gls_strbuf_reserve(&chunk, chunk_size + 204) == NULL)
        return gls_fail_memory(error);
    while (offset < SEARCH_SIZE && stream->size < STREAM_SIZE) {
        size_t got = stride == 0 ? chunk_size : chunk_size / stride * stride;
        const uint8_t *bytes = (const uint8_t *)chunk.data;
        if (!gls_input_read_some(input, offset, chunk.data, &got, error))
            return false;
        if (stride == 0) {
            stride = packet_stride(bytes, got, &first);
            if (stride == 0)
                return true;
            got = got / stride * stride;
        }
        for (size_t at = first; at + PACKET <= got; at += stride) {
            if (bytes[at] == 0x47)
                add_packet(&assembly, bytes + at);
        }
        if (got < stride)
            break;
        offset += got / stride * stride;
    }
    return !stream->failed || gls_fail_memory(error);
}

/* ---- SEI messages: ITU-T H.264 section 7.3.2.3 -------------------------------------- */

static int from_bcd(uint8_t byte)
{
    return (byte >> 4) <= 9 && (byte & 15) <= 9 ? (byte >> 4) * 10 + (byte & 15) : -1;
}

static const char *make_name(unsigned code)
{
    switch (code) {
    case 0x0103:
        return "Panasonic";
    case 0x0108:
        return "Sony";
    case 0x1011:
        return "Canon";
    case 0x1104:
        return "JVC";
    default:
        return NULL;
    }
}

/* zone: bit 6 summer time (contained in the offset), bit 5 west, bits 4..1
 * hours, bit 0 half an hour; all ones: not set. */
static void set_zone(struct gls_datetime *when, uint8_t zone)
{
    int32_t offset_s = (zone >> 1 & 15) * 3600 + (zone & 1) * 1800;

    if (zone == 0xff)
        return;
    when->has_offset = true;
    when->utc_offset_s = (zone & 0x20) != 0 ? -offset_s : offset_s;
}

/* The entries: a tag and four bytes each. */
static void read_entries(struct gls_avchd *out, const uint8_t *bytes, size_t size)
{
    const uint8_t *year = NULL;
    const uint8_t *day = NULL;
    size_t count = size > 0 ? bytes[0] : 0;

    for (size_t i = 0, at = 1; i < count && size - at >= 5; i++, at += 5) {
        const uint8_t *value = bytes + at + 1;
        unsigned tag = bytes[at];
        if (tag == 0x18)
            year = value;
        else if (tag == 0x19)
            day = value;
        else if (tag == 0xe0)
            out->make = make_name(gls_be16(value));
        else if (tag >= 0xe4 && tag <= 0xe6)
            memcpy(out->model + (tag - 0xe4) * 4, value, 4);
    }
    if (year == NULL || day == NULL || from_bcd(year[1]) < 0 || from_bcd(year[2]) < 0)
        return;
    out->date = (struct gls_datetime){
        .year = (int16_t)(from_bcd(year[1]) * 100 + from_bcd(year[2])),
        .month = (int8_t)from_bcd(year[3]),
        .day = (int8_t)from_bcd(day[0]),
        .hour = (int8_t)from_bcd(day[1]),
        .minute = (int8_t)from_bcd(day[2]),
        .second = (int8_t)from_bcd(day[3]),
    };
    set_zone(&out->date, year[0]);
    out->has_date = gls_datetime_is_valid(&out->date);
}

/* Reads the messages of one SEI unit whose emulation prevention is removed. */
static bool read_messages(struct gls_avchd *out, const uint8_t *bytes, size_t size)
{
    size_t at = 0;

    while (at + 2 <= size) {
        size_t type = 0;
        size_t length = 0;
        for (; at < size && bytes[at] == 0xff; at++)
            type += 255;
        type += at < size ? bytes[at++] : 0;
        for (; at < size && bytes[at] == 0xff; at++)
            length += 255;
        length += at < size ? bytes[at++] : 0;
        if (length > size - at)
            return false;
        if (type == 5 && length > sizeof mdpm_uuid &&
            memcmp(bytes + at, mdpm_uuid, sizeof mdpm_uuid) == 0) {
            read_entries(out, bytes + at + sizeof mdpm_uuid, length - sizeof mdpm_uuid);
            return true;
        }
        at += length;
    }
    return false;
}

/* Copies a unit without its emulation prevention: 00 00 03 stands for 00 00. */
static size_t unescape(uint8_t *out, size_t space, const uint8_t *bytes, size_t size)
{
    size_t count = 0;
    unsigned zeros = 0;

    for (size_t i = 0; i < size && count < space; i++) {
        if (zeros >= 2 && bytes[i] == 3) {
            zeros = 0;
            continue;
        }
        zeros = bytes[i] == 0 ? zeros + 1 : 0;
        out[count++] = bytes[i];
    }
    return count;
}

/* The start of the unit behind the next 00 00 01 at or after `at`; `size` at the end. */
static size_t next_unit(const uint8_t *bytes, size_t size, size_t at)
{
    for (; at + 3 <= size; at++) {
        if (bytes[at] == 0 && bytes[at + 1] == 0 && bytes[at + 2] == 1)
            return at + 3;
    }
    return size;
}

static void read_stream(struct gls_avchd *out, const uint8_t *bytes, size_t size)
{
    uint8_t unit[2048];
    size_t at = next_unit(bytes, size, 0);

    while (at < size) {
        size_t next = next_unit(bytes, size, at);
        if ((bytes[at] & 0x1f) == 6 &&
            read_messages(out, unit, unescape(unit, sizeof unit, bytes + at + 1, next - at - 1)))
            return;
        at = next;
    }
}

bool gls_avchd_read(struct gls_avchd *out, struct gls_input *input, struct gls_error *error)
{
    GLS_STRBUF_AUTO stream = GLS_STRBUF_INIT;

    memset(out, 0, sizeof *out);
    if (!assemble(&stream, input, error))
        return false;
    read_stream(out, (const uint8_t *)stream.data, stream.size);
    return true;
}
