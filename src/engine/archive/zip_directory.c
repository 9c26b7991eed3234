/* SPDX-License-Identifier: MIT */
#include "engine/archive/zip_directory.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/timestamp.h"
#include "engine/archive/member_name.h"

enum {
    END_SIZE = 22,
    END64_SIZE = 56,
    LOCATOR_SIZE = 20,
    RECORD_SIZE = 46,
    COMMENT_MAX = 65535,
    FLAG_ENCRYPTED = 1,
    FLAG_UTF8 = 0x800,
    EXTRA_ZIP64 = 0x0001,
    EXTRA_NTFS = 0x000a,
    EXTRA_TIME = 0x5455, /* Info-ZIP: "UT" */
    EXTRA_NAME = 0x7075, /* Info-ZIP: "up" */
    HOST_FAT = 0,
    HOST_UNIX = 3,
    HOST_NTFS = 10,
    HOST_MAC = 19
};

static bool fail_malformed(struct gls_input *input, struct gls_error *error)
{
    return gls_fail(error, GLS_ERROR_FORMAT,
                    "%s: the directory at the end of the ZIP is damaged; fetch the archive again",
                    gls_input_name(input));
}

static bool fail_pieces(struct gls_input *input, struct gls_error *error)
{
    return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                    "%s: is a piece of a ZIP in several pieces; join them first (zip -s 0 "
                    "ARCHIVE.zip --out WHOLE.zip)",
                    gls_input_name(input));
}

/* ---- The end of the file ---------------------------------------------------------------- */

/* The last end record whose comment ends with the file. */
static bool find_end(uint64_t *out, uint8_t record[END_SIZE], struct gls_input *input,
                     struct gls_error *error)
{
    uint64_t size = gls_input_size(input);
    size_t tail = size < END_SIZE + COMMENT_MAX ? (size_t)size : END_SIZE + COMMENT_MAX;
    uint8_t *bytes = tail >= END_SIZE ? malloc(tail) : NULL;
    bool found = false;

    if (tail >= END_SIZE && bytes == NULL)
        return gls_fail_memory(error);
    if (bytes != NULL && !gls_input_read(input, size - tail, bytes, tail, error)) {
        free(bytes);
        return false;
    }
    for (size_t at = tail >= END_SIZE ? tail - END_SIZE + 1 : 0; !found && at-- > 0;) {
        found = memcmp(bytes + at, "PK\5\6", 4) == 0 &&
                at + END_SIZE + gls_le16(bytes + at + 20) == tail;
        if (found) {
            memcpy(record, bytes + at, END_SIZE);
            *out = size - tail + at;
        }
    }
    free(bytes);
    return found || gls_fail(error, GLS_ERROR_FORMAT,
                             "%s: the ZIP is cut off: the directory at its end is missing; fetch "
                             "the archive again",
                             gls_input_name(input));
}

/* The end record of a ZIP with 64 bits, if there is one. */
static bool read_end64(struct gls_zip_directory *out, uint64_t *end_record, struct gls_input *input,
                       struct gls_error *error)
{
    uint8_t locator[LOCATOR_SIZE];
    uint8_t record[END64_SIZE];
    uint64_t at = *end_record;

    if (at < LOCATOR_SIZE + END64_SIZE)
        return true;
    if (!gls_input_read(input, at - LOCATOR_SIZE, locator, sizeof locator, error))
        return false;
    if (memcmp(locator, "PK\6\7", 4) != 0)
        return true;
    if (gls_le32(locator + 4) != 0 || gls_le32(locator + 16) > 1)
        return fail_pieces(input, error);
    /* Where bytes stand before the archive its offset is too small: it lies before the
     * locator in any case. */
    at -= LOCATOR_SIZE + END64_SIZE;
    if (gls_le64(locator + 8) < at)
        at = gls_le64(locator + 8);
    for (int i = 0; i < 2; i++) {
        if (!gls_input_read(input, at, record, sizeof record, error))
            return false;
        if (memcmp(record, "PK\6\6", 4) == 0)
            break;
        at = *end_record - LOCATOR_SIZE - END64_SIZE;
    }
    if (memcmp(record, "PK\6\6", 4) != 0)
        return fail_malformed(input, error);
    out->count = gls_le64(record + 32);
    out->end = gls_le64(record + 40); /* its size, as yet */
    out->start = gls_le64(record + 48);
    *end_record = at;
    return true;
}

bool gls_zip_directory_find(struct gls_zip_directory *out, struct gls_input *input,
                            struct gls_error *error)
{
    uint8_t record[END_SIZE] = {0};
    uint64_t at = 0;

    if (!find_end(&at, record, input, error))
        return false;
    unsigned disk = gls_le16(record + 4);
    if ((disk != 0 && disk != 0xffff) || (gls_le16(record + 6) != disk && disk != 0xffff))
        return fail_pieces(input, error);
    *out = (struct gls_zip_directory){.input = input,
                                      .count = gls_le16(record + 10),
                                      .end = gls_le32(record + 12),
                                      .start = gls_le32(record + 16)};
    if (!read_end64(out, &at, input, error))
        return false;
    uint64_t size = out->end;
    if (size > at || out->start > at - size)
        return fail_malformed(input, error);
    out->shift = at - size - out->start;
    out->start = at - size;
    out->end = at;
    return true;
}

/* ---- Records ------------------------------------------------------------------------------ */

/* What the extra fields of a record say. */
struct extras {
    struct gls_zip_entry *entry;
    bool wants_size, wants_packed, wants_header; /* 32 bits did not do */
    const uint8_t *unicode;                      /* the name in UTF-8 */
    size_t unicode_size;
    const uint8_t *name;
    size_t name_size;
};

static bool take_zip64(struct extras *extras, const uint8_t *field, size_t size)
{
    uint64_t *const values[] = {extras->wants_size ? &extras->entry->size_bytes : NULL,
                                extras->wants_packed ? &extras->entry->packed_bytes : NULL,
                                extras->wants_header ? &extras->entry->header : NULL};

    for (size_t i = 0; i < 3; i++) {
        if (values[i] == NULL)
            continue;
        if (size < 8)
            return false;
        *values[i] = gls_le64(field);
        field += 8;
        size -= 8;
    }
    extras->wants_size = extras->wants_packed = extras->wants_header = false;
    return true;
}

/* In units of 100 ns since 1601; the first of three behind a header of 8 bytes. */
static void take_ntfs_time(struct gls_zip_entry *entry, const uint8_t *field, size_t size)
{
    if (size < 16 || gls_le16(field + 4) != 1 || gls_le16(field + 6) < 8)
        return;
    entry->time_s = (int64_t)(gls_le64(field + 8) / 10000000) - 11644473600;
    entry->has_utc = true;
}

static bool take_extra(struct extras *extras, unsigned id, const uint8_t *field, size_t size)
{
    if (id == EXTRA_ZIP64)
        return take_zip64(extras, field, size);
    if (id == EXTRA_NTFS && !extras->entry->has_utc)
        take_ntfs_time(extras->entry, field, size);
    if (id == EXTRA_TIME && size >= 5 && (field[0] & 1) != 0) {
        extras->entry->time_s = (int32_t)gls_le32(field + 1);
        extras->entry->has_utc = true;
    }
    /* It counts while it is about this very name. */
    if (id == EXTRA_NAME && size > 5 && field[0] == 1 &&
        gls_le32(field + 1) == crc32(0, extras->name, (unsigned)extras->name_size)) {
        extras->unicode = field + 5;
        extras->unicode_size = size - 5;
    }
    return true;
}

static bool read_extras(struct extras *extras, const uint8_t *bytes, size_t size)
{
    while (size >= 4) {
        size_t field = gls_le16(bytes + 2);
        if (field > size - 4)
            break; /* padding, as some write it */
        if (!take_extra(extras, gls_le16(bytes), bytes + 4, field))
            return false;
        bytes += 4 + field;
        size -= 4 + field;
    }
    return !extras->wants_size && !extras->wants_packed && !extras->wants_header;
}

static void read_dos_time(struct gls_zip_entry *entry, unsigned time, unsigned date)
{
    struct gls_datetime when = {.year = (int16_t)(1980 + (date >> 9)),
                                .month = (int8_t)(date >> 5 & 15),
                                .day = (int8_t)(date & 31),
                                .hour = (int8_t)(time >> 11),
                                .minute = (int8_t)(time >> 5 & 63),
                                .second = (int8_t)((time & 31) * 2)};

    entry->time_s = gls_datetime_is_valid(&when) ? gls_datetime_to_civil_s(&when) : 0;
}

static void read_fixed(struct gls_zip_entry *out, struct extras *extras, const uint8_t *record)
{
    unsigned host = record[5];
    uint32_t attributes = gls_le32(record + 38);
    unsigned unix_mode = host == HOST_UNIX || host == HOST_MAC ? attributes >> 16 : 0;

    out->is_encrypted = (gls_le16(record + 8) & FLAG_ENCRYPTED) != 0;
    out->method = gls_le16(record + 10);
    read_dos_time(out, gls_le16(record + 12), gls_le16(record + 14));
    out->crc32 = gls_le32(record + 16);
    out->packed_bytes = gls_le32(record + 20);
    out->size_bytes = gls_le32(record + 24);
    out->header = gls_le32(record + 42);
    out->mode = (uint16_t)(unix_mode & 0777);
    out->is_link = (unix_mode & 0170000) != 0 && (unix_mode & 0170000) != 0100000 &&
                   (unix_mode & 0170000) != 0040000;
    extras->wants_size = out->size_bytes == UINT32_MAX;
    extras->wants_packed = out->packed_bytes == UINT32_MAX;
    extras->wants_header = out->header == UINT32_MAX;
}

static void add_name(struct gls_strbuf *name, const struct extras *extras, unsigned flags,
                     unsigned host)
{
    const char *text = (const char *)extras->name;

    if (extras->unicode != NULL)
        gls_strbuf_add(name, extras->unicode, extras->unicode_size);
    else if ((flags & FLAG_UTF8) != 0)
        gls_strbuf_add(name, text, extras->name_size);
    else
        gls_member_name_add_unstated(name, text, extras->name_size);
    /* Some programs of Windows write its slashes. */
    if (host != HOST_FAT && host != HOST_NTFS)
        return;
    for (size_t i = 0; !name->failed && i < name->size; i++)
        if (name->data[i] == '\\')
            name->data[i] = '/';
}

bool gls_zip_directory_read(struct gls_zip_entry *out, struct gls_strbuf *name,
                            const struct gls_zip_directory *directory, uint64_t offset,
                            struct gls_error *error)
{
    struct gls_input *input = directory->input;
    GLS_STRBUF_AUTO rest = GLS_STRBUF_INIT;
    uint8_t record[RECORD_SIZE];
    struct extras extras = {.entry = out};

    *out = (struct gls_zip_entry){.record = offset};
    gls_strbuf_clear(name);
    if (offset > directory->end || directory->end - offset < RECORD_SIZE)
        return fail_malformed(input, error);
    if (!gls_input_read(input, offset, record, sizeof record, error))
        return false;
    size_t name_size = gls_le16(record + 28);
    size_t extra_size = gls_le16(record + 30);
    out->next = offset + RECORD_SIZE + name_size + extra_size + gls_le16(record + 32);
    if (memcmp(record, "PK\1\2", 4) != 0 || out->next > directory->end)
        return fail_malformed(input, error);
    if (gls_strbuf_reserve(&rest, name_size + extra_size + 1) == NULL)
        return gls_fail_memory(error);
    uint8_t *bytes = (uint8_t *)rest.data;
    if (!gls_input_read(input, offset + RECORD_SIZE, bytes, name_size + extra_size, error))
        return false;
    read_fixed(out, &extras, record);
    extras.name = bytes;
    extras.name_size = name_size;
    if (!read_extras(&extras, bytes + name_size, extra_size))
        return fail_malformed(input, error);
    add_name(name, &extras, gls_le16(record + 8), record[5]);
    if (name->failed)
        return gls_fail_memory(error);
    out->is_folder = name->size > 0 && name->data[name->size - 1] == '/';
    out->header += directory->shift;
    return true;
}
