/* SPDX-License-Identifier: MIT */
#include "media/video/matroska.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/timestamp.h"

enum {
    ID_EBML = 0x1a45dfa3,
    ID_DOC_TYPE = 0x4282,
    ID_SEGMENT = 0x18538067,
    ID_INFO = 0x1549a966,
    ID_DATE_UTC = 0x4461,
    ID_SEEK_HEAD = 0x114d9b74,
    ID_SEEK = 0x4dbb,
    ID_SEEK_ID = 0x53ab,
    ID_SEEK_POSITION = 0x53ac,
    ID_CLUSTER = 0x1f43b675,
    ID_TAGS = 0x1254c367,
    ID_TAG = 0x7373,
    ID_TARGETS = 0x63c0,
    ID_TRACK = 0x63c5, /* what a tag is about that is not about the whole */
    ID_EDITION = 0x63c9,
    ID_CHAPTER = 0x63c4,
    ID_ATTACHMENT = 0x63c6,
    ID_SIMPLE_TAG = 0x67c8,
    ID_TAG_NAME = 0x45a3,
    ID_TAG_STRING = 0x4487,
    TAGS_MAX = 1024,
    TAG_NAME_SIZE = 64,
    TAG_VALUE_MAX = 1 << 20,
    HEAD_MAX = 16,      /* an identifier and a size, of eight bytes each */
    ELEMENTS_MAX = 4096 /* looked at on one level */
};
/* 2001-01-01T00:00:00, from where DateUTC counts nanoseconds. */
#define EPOCH_S INT64_C(978307200)

struct element {
    uint64_t id; /* 0: there is none */
    uint64_t payload;
    uint64_t end; /* at most that of its parent */
};

/* A number whose first byte says, by its leading zeros, how many bytes it has.
 * Returns that many; 0: it is not all there, or has more than eight. */
static size_t read_number(uint64_t *out, const uint8_t *bytes, size_t left, bool keep_marker)
{
    size_t size = 1;

    if (left == 0 || bytes[0] == 0)
        return 0;
    while ((bytes[0] << (size - 1) & 0x80) == 0)
        size++;
    if (size > left)
        return 0;
    *out = keep_marker ? bytes[0] : bytes[0] & (0xffu >> size);
    for (size_t i = 1; i < size; i++)
        *out = *out << 8 | bytes[i];
    return size;
}

/* The element at `at`. Ends at `end` whatever it states: an unknown size, which
 * live streams have, is all ones and ends there too. Its identifier is 0 at the end
 * and where there is no element. */
static bool read_element(struct element *out, struct gls_input *input, uint64_t at, uint64_t end,
                         struct gls_error *error)
{
    uint8_t head[HEAD_MAX];
    uint64_t id;
    uint64_t size = 0;
    size_t got = sizeof head;

    memset(out, 0, sizeof *out);
    if (at >= end)
        return true;
    if (!gls_input_read_some(input, at, head, &got, error))
        return false;
    size_t id_size = read_number(&id, head, got, true);
    size_t size_size = id_size > 0 ? read_number(&size, head + id_size, got - id_size, false) : 0;
    if (size_size == 0 || end - at < id_size + size_size)
        return true;
    out->id = id;
    out->payload = at + id_size + size_size;
    out->end = size < end - out->payload ? out->payload + size : end;
    return true;
}

/* The first element of that identifier within another one; its identifier is 0 if there
 * is none. */
static bool find_element(struct element *out, uint64_t id, struct gls_input *input,
                         struct element within, struct gls_error *error)
{
    uint64_t at = within.payload;

    for (unsigned count = 0; count < ELEMENTS_MAX; count++) {
        if (!read_element(out, input, at, within.end, error))
            return false;
        if (out->id == 0 || out->id == id)
            return true;
        at = out->end;
    }
    memset(out, 0, sizeof *out);
    return true;
}

bool gls_matroska_doc_type(char out[GLS_MATROSKA_DOC_TYPE_SIZE], struct gls_input *input,
                           struct gls_error *error)
{
    struct element head;
    struct element type;

    memset(out, 0, GLS_MATROSKA_DOC_TYPE_SIZE);
    if (!read_element(&head, input, 0, gls_input_size(input), error))
        return false;
    if (head.id != ID_EBML)
        return true;
    if (!find_element(&type, ID_DOC_TYPE, input, head, error))
        return false;
    uint64_t size = type.end - type.payload;
    /* Strings may be padded with NULs. */
    return size == 0 || size >= GLS_MATROSKA_DOC_TYPE_SIZE ||
           gls_input_read(input, type.payload, out, (size_t)size, error);
}

static bool set_date(struct gls_datetime *out, int64_t since_2001_ns)
{
    const int64_t second_ns = 1000000000;
    int64_t seconds = since_2001_ns / second_ns;
    int64_t rest_ns = since_2001_ns % second_ns;

    if (rest_ns < 0) {
        rest_ns += second_ns;
        seconds--;
    }
    if (!gls_datetime_from_utc_s(out, EPOCH_S + seconds, 0))
        return false;
    out->nanosecond = (int32_t)rest_ns;
    out->subsecond_digits = (int8_t)(rest_ns == 0 ? 0 : rest_ns % 1000000 == 0 ? 3 : 9);
    return true;
}

bool gls_matroska_read_date(struct gls_datetime *out, bool *found, struct gls_input *input,
                            struct gls_error *error)
{
    static const uint64_t path[] = {ID_SEGMENT, ID_INFO, ID_DATE_UTC};
    struct element at = {.payload = 0, .end = gls_input_size(input)};
    uint8_t bytes[8];

    *found = false;
    for (size_t i = 0; i < sizeof path / sizeof path[0]; i++) {
        struct element next;
        if (!find_element(&next, path[i], input, at, error))
            return false;
        if (next.id == 0)
            return true;
        at = next;
    }
    *found = at.end - at.payload == sizeof bytes;
    if (!*found)
        return true;
    if (!gls_input_read(input, at.payload, bytes, sizeof bytes, error))
        return false;
    /* Zero is the epoch: a date that was never set. */
    *found = gls_be64(bytes) != 0 && set_date(out, (int64_t)gls_be64(bytes));
    return true;
}

/* ---- Tags -------------------------------------------------------------------------- */

/* An unsigned number; an element of another size than 1 to 8 bytes is 0. */
static bool read_unsigned(uint64_t *out, struct gls_input *input, const struct element *element,
                          struct gls_error *error)
{
    uint64_t size = element->end - element->payload;
    uint8_t bytes[8] = {0};

    *out = 0;
    if (size == 0 || size > sizeof bytes)
        return true;
    if (!gls_input_read(input, element->payload, bytes + sizeof bytes - size, (size_t)size, error))
        return false;
    *out = gls_be64(bytes);
    return true;
}

/* Where the seek head says that the tags begin, counted from the segment's payload. */
static bool read_seek_head(uint64_t *position, struct gls_input *input, const struct element *head,
                           struct gls_error *error)
{
    struct element seek = {.id = ID_SEEK};
    struct element part;
    uint64_t at = head->payload;
    uint64_t id;

    for (unsigned i = 0; i < TAGS_MAX && seek.id != 0; i++) {
        if (!read_element(&seek, input, at, head->end, error))
            return false;
        at = seek.end;
        if (seek.id != ID_SEEK)
            continue;
        if (!find_element(&part, ID_SEEK_ID, input, seek, error) ||
            (part.id != 0 && !read_unsigned(&id, input, &part, error)))
            return false;
        if (part.id != 0 && id == ID_TAGS)
            return find_element(&part, ID_SEEK_POSITION, input, seek, error) &&
                   (part.id == 0 || read_unsigned(position, input, &part, error));
    }
    return true;
}

/* Tags stand before the clusters, which hold the frames, or where the seek head says, or
 * somewhere behind. Their identifier is 0 if there are none. */
static bool find_tags(struct element *out, struct gls_input *input, const struct element *segment,
                      struct gls_error *error)
{
    uint64_t at = segment->payload;
    uint64_t position = 0;

    for (unsigned i = 0; i < ELEMENTS_MAX; i++) {
        if (!read_element(out, input, at, segment->end, error))
            return false;
        if (out->id == 0 || out->id == ID_TAGS)
            return true;
        if (out->id == ID_SEEK_HEAD && !read_seek_head(&position, input, out, error))
            return false;
        at = out->end;
        if (out->id == ID_CLUSTER && position > out->payload - segment->payload &&
            position < segment->end - segment->payload)
            at = segment->payload + position;
    }
    memset(out, 0, sizeof *out);
    return true;
}

/* A text without the NULs that may pad it; NULL in *out if it is empty or too long. */
static bool read_text(char **out, struct gls_input *input, const struct element *element,
                      struct gls_error *error)
{
    uint64_t size = element->end - element->payload;

    *out = NULL;
    if (size == 0 || size > TAG_VALUE_MAX)
        return true;
    char *text = calloc(1, (size_t)size + 1);
    if (text == NULL)
        return gls_fail_memory(error);
    if (!gls_input_read(input, element->payload, text, (size_t)size, error)) {
        free(text);
        return false;
    }
    *out = text;
    return true;
}

static char **slot_of(struct gls_av_values *values, const char *name)
{
    const struct {
        const char *name;
        char **slot;
    } slots[] = {
        {"creation_time", &values->creation_time},
        {"com.apple.quicktime.creationdate", &values->apple_creation_date},
        {"DATE_RECORDED", &values->date_recorded},
        {"DATE_DIGITIZED", &values->date_digitized},
        {"com.apple.quicktime.location.ISO6709", &values->position},
        {"location", &values->position},
        {"com.apple.quicktime.make", &values->make},
        {"make", &values->make},
        {"com.apple.quicktime.model", &values->model},
        {"model", &values->model},
        {"com.apple.quicktime.content.identifier", &values->content_id},
        {"xmp", &values->xmp},
    };

    for (size_t i = 0; i < sizeof slots / sizeof slots[0]; i++)
        if (gls_ascii_equal(name, slots[i].name))
            return slots[i].slot;
    return NULL;
}

static bool take_simple_tag(struct gls_av_values *out, struct gls_input *input,
                            const struct element *tag, struct gls_error *error)
{
    struct element part;
    char *name = NULL;
    bool ok = find_element(&part, ID_TAG_NAME, input, *tag, error);

    if (!ok || part.id == 0 || part.end - part.payload >= TAG_NAME_SIZE)
        return ok;
    ok = read_text(&name, input, &part, error);
    char **slot = name != NULL ? slot_of(out, name) : NULL;
    if (slot != NULL && *slot == NULL)
        ok = find_element(&part, ID_TAG_STRING, input, *tag, error) &&
             (part.id == 0 || read_text(slot, input, &part, error));
    free(name);
    return ok;
}

/* Is the tag about one track, chapter or attachment? */
static bool is_about_part(bool *out, struct gls_input *input, const struct element *tag,
                          struct gls_error *error)
{
    static const uint64_t ids[] = {ID_TRACK, ID_EDITION, ID_CHAPTER, ID_ATTACHMENT};
    struct element targets;
    struct element target;
    uint64_t number;

    *out = false;
    if (!find_element(&targets, ID_TARGETS, input, *tag, error))
        return false;
    for (size_t i = 0; targets.id != 0 && i < sizeof ids / sizeof ids[0]; i++) {
        if (!find_element(&target, ids[i], input, targets, error))
            return false;
        if (target.id != 0 && !read_unsigned(&number, input, &target, error))
            return false;
        *out = *out || (target.id != 0 && number != 0);
    }
    return true;
}

static bool take_tag(struct gls_av_values *out, struct gls_input *input, const struct element *tag,
                     struct gls_error *error)
{
    struct element simple = {.id = ID_SIMPLE_TAG};
    uint64_t at = tag->payload;
    bool is_part;

    if (!is_about_part(&is_part, input, tag, error))
        return false;
    for (unsigned i = 0; i < TAGS_MAX && simple.id != 0 && !is_part; i++) {
        if (!read_element(&simple, input, at, tag->end, error))
            return false;
        if (simple.id == ID_SIMPLE_TAG && !take_simple_tag(out, input, &simple, error))
            return false;
        at = simple.end;
    }
    return true;
}

bool gls_matroska_read_tags(struct gls_av_values *out, struct gls_input *input,
                            struct gls_error *error)
{
    const struct element file = {.payload = 0, .end = gls_input_size(input)};
    struct element segment;
    struct element tags = {0};
    struct element tag = {.id = ID_TAG};

    memset(out, 0, sizeof *out);
    if (!find_element(&segment, ID_SEGMENT, input, file, error))
        return false;
    if (segment.id != 0 && !find_tags(&tags, input, &segment, error))
        return false;
    uint64_t at = tags.payload;
    for (unsigned i = 0; i < TAGS_MAX && tag.id != 0; i++) {
        if (!read_element(&tag, input, at, tags.end, error))
            return false;
        if (tag.id == ID_TAG && !take_tag(out, input, &tag, error))
            return false;
        at = tag.end;
    }
    return true;
}
