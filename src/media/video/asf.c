/* SPDX-License-Identifier: MIT */
/* Advanced Systems Format (Microsoft, revision 01.20.05): the header object holds others,
 * each of a GUID and a size of 64 bits that counts both. */
#include "media/video/asf.h"

#include <string.h>

enum { OBJECT_HEAD = 24, HEADER_HEAD = 30, CREATED = 24, OBJECTS_MAX = 256 };

const uint8_t gls_asf_header_guid[GLS_ASF_GUID_SIZE] = {
    0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, 0xa6, 0xd9, 0x00, 0xaa, 0x00, 0x62, 0xce, 0x6c};
static const uint8_t properties_guid[GLS_ASF_GUID_SIZE] = {
    0xa1, 0xdc, 0xab, 0x8c, 0x47, 0xa9, 0xcf, 0x11, 0x8e, 0xe4, 0x00, 0xc0, 0x0c, 0x20, 0x53, 0x65};

/* Tenths of microseconds since 1601, UTC; 0 is not set, nor what a program that counts from 1970
 * makes of its zero. */
static bool date_of_filetime(struct gls_datetime *out, uint64_t ticks)
{
    const int64_t since_1601_s = INT64_C(11644473600);
    int64_t seconds = (int64_t)(ticks / 10000000);

    return seconds != 0 && seconds != since_1601_s &&
           gls_datetime_from_utc_s(out, seconds - since_1601_s, 0);
}

bool gls_asf_read_date(struct gls_datetime *out, bool *found, struct gls_input *input,
                       struct gls_error *error)
{
    uint8_t bytes[OBJECT_HEAD + CREATED + 8];
    uint64_t at = HEADER_HEAD;
    size_t got = HEADER_HEAD;

    *found = false;
    if (!gls_input_read_some(input, 0, bytes, &got, error))
        return false;
    if (got < HEADER_HEAD || memcmp(bytes, gls_asf_header_guid, GLS_ASF_GUID_SIZE) != 0)
        return true;
    uint64_t end = gls_le64(bytes + GLS_ASF_GUID_SIZE);
    for (unsigned i = 0; i < OBJECTS_MAX && at < end; i++) {
        got = sizeof bytes;
        if (!gls_input_read_some(input, at, bytes, &got, error))
            return false;
        uint64_t size = gls_le64(bytes + GLS_ASF_GUID_SIZE);
        if (got < OBJECT_HEAD || size < OBJECT_HEAD || size > end - at)
            return true;
        if (memcmp(bytes, properties_guid, GLS_ASF_GUID_SIZE) == 0) {
            *found = got == sizeof bytes && size >= sizeof bytes &&
                     date_of_filetime(out, gls_le64(bytes + OBJECT_HEAD + CREATED));
            return true;
        }
        at += size;
    }
    return true;
}
