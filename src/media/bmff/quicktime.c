/* SPDX-License-Identifier: MIT */
#include "media/bmff/quicktime.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 4096u
#define KEYS_MAX (1u << 20) /* bytes of a `keys` box */
#define KEY_COUNT_MAX 4096u

void gls_movie_free(struct gls_movie *movie)
{
    for (size_t i = 0; i < movie->value_count; i++)
        free(movie->values[i].text);
    free(movie->values);
    free(movie->times);
    memset(movie, 0, sizeof *movie);
}

const char *gls_movie_text(const struct gls_movie *movie, enum gls_movie_value_kind kind)
{
    for (size_t i = 0; i < movie->value_count; i++) {
        if (movie->values[i].kind == kind && movie->values[i].text[0] != '\0')
            return movie->values[i].text;
    }
    return NULL;
}

uint64_t gls_movie_created(const struct gls_movie *movie, uint32_t header)
{
    for (size_t i = 0; i < movie->time_count; i++) {
        if (movie->times[i].header == header && movie->times[i].since_1904_s != 0)
            return movie->times[i].since_1904_s;
    }
    return 0;
}

/* ---- Values ---------------------------------------------------------------- */

/* A value that was found; its text is read here. */
static bool add_value(struct gls_movie *movie, struct gls_input *input,
                      const struct gls_movie_value *found, struct gls_error *error)
{
    struct gls_movie_value *value;

    if (found->kind == GLS_MOVIE_NOTHING || movie->value_count >= GLS_MOVIE_VALUE_MAX ||
        found->size > TEXT_MAX)
        return true;
    if (movie->values == NULL) {
        movie->values = calloc(GLS_MOVIE_VALUE_MAX, sizeof *movie->values);
        if (movie->values == NULL)
            return gls_fail_memory(error);
    }
    value = &movie->values[movie->value_count];
    *value = *found;
    value->text = calloc(1, found->size + 1u);
    if (value->text == NULL)
        return gls_fail_memory(error);
    movie->value_count++;
    return gls_input_read(input, value->offset, value->text, value->size, error);
}

/* Sizes beyond what is kept anyway are all the same. */
static uint32_t text_size(uint64_t size)
{
    return size <= TEXT_MAX ? (uint32_t)size : TEXT_MAX + 1;
}

struct name_kind {
    const char *name;
    enum gls_movie_value_kind kind;
};

static const struct name_kind key_names[] = {
    {"com.apple.quicktime.creationdate", GLS_MOVIE_KEYS_DATE},
    {"creation_time", GLS_MOVIE_KEYS_CREATED},
    {"com.apple.quicktime.location.ISO6709", GLS_MOVIE_KEYS_POSITION},
    {"location", GLS_MOVIE_KEYS_POSITION},
    {"com.apple.quicktime.make", GLS_MOVIE_MAKE},
    {"com.apple.quicktime.model", GLS_MOVIE_MODEL},
    {"com.android.manufacturer", GLS_MOVIE_MAKE},
    {"com.android.model", GLS_MOVIE_MODEL},
    {"com.apple.quicktime.content.identifier", GLS_MOVIE_CONTENT_ID},
};

static enum gls_movie_value_kind kind_of_key(const uint8_t *name, size_t size)
{
    for (size_t i = 0; i < sizeof key_names / sizeof key_names[0]; i++) {
        if (strlen(key_names[i].name) == size && memcmp(key_names[i].name, name, size) == 0)
            return key_names[i].kind;
    }
    return GLS_MOVIE_NOTHING;
}

/* The kinds of user-data and ilst entries, whose names begin with 0xA9. */
static enum gls_movie_value_kind kind_of_type(uint32_t type)
{
    switch (type) {
    case GLS_4CC(0xa9, 'x', 'y', 'z'):
        return GLS_MOVIE_USER_POSITION;
    case GLS_4CC(0xa9, 'd', 'a', 'y'):
        return GLS_MOVIE_CONTENT_DATE;
    case GLS_4CC(0xa9, 'm', 'a', 'k'):
        return GLS_MOVIE_MAKE;
    case GLS_4CC(0xa9, 'm', 'o', 'd'):
        return GLS_MOVIE_MODEL;
    default:
        return GLS_MOVIE_NOTHING;
    }
}

/* ---- meta: keys and ilst ------------------------------------------------------ */

struct key_kinds {
    uint8_t kinds[KEY_COUNT_MAX];
    size_t count;
};

static bool read_keys(struct key_kinds *out, struct gls_input *input, const struct gls_box *keys,
                      struct gls_error *error)
{
    GLS_STRBUF_AUTO bytes = GLS_STRBUF_INIT;
    const uint8_t *at;
    size_t left;

    out->count = 0;
    if (!gls_box_read_payload(&bytes, input, keys, KEYS_MAX, error))
        return false;
    if (bytes.size < 8)
        return true;
    at = (const uint8_t *)bytes.data + 8; /* version, flags, count */
    left = bytes.size - 8;
    while (left >= 8 && out->count < KEY_COUNT_MAX) {
        size_t size = gls_be32(at);
        if (size < 8 || size > left)
            break;
        out->kinds[out->count++] = (uint8_t)kind_of_key(at + 8, size - 8);
        at += size;
        left -= size;
    }
    return true;
}

/* All `data` boxes of one entry: there may be one for each language. */
static bool read_entry(struct gls_movie *movie, struct gls_input *input,
                       const struct gls_box *entry, enum gls_movie_value_kind kind,
                       struct gls_error *error)
{
    struct gls_box_walk walk;
    struct gls_box data;
    uint8_t head[8];

    gls_box_walk_children(&walk, input, entry, 0);
    while (gls_box_next(&data, &walk, error)) {
        struct gls_movie_value value = {
            .kind = kind, .offset = gls_box_payload(&data) + 8, .box = *entry};
        if (data.type != GLS_4CC('d', 'a', 't', 'a') || gls_box_payload_size(&data) < 8 ||
            data.is_cut)
            continue;
        value.size = text_size(gls_box_payload_size(&data) - 8);
        if (!gls_input_read(input, gls_box_payload(&data), head, sizeof head, error))
            return false;
        if (gls_be32(head) > 1) /* 0: by context, 1: UTF-8 */
            continue;
        if (!add_value(movie, input, &value, error))
            return false;
    }
    return !walk.failed;
}

static bool read_ilst(struct gls_movie *movie, struct gls_input *input, const struct gls_box *ilst,
                      const struct key_kinds *keys, struct gls_error *error)
{
    struct gls_box_walk walk;
    struct gls_box entry;

    gls_box_walk_children(&walk, input, ilst, 0);
    while (gls_box_next(&entry, &walk, error)) {
        enum gls_movie_value_kind kind = kind_of_type(entry.type);
        if (entry.type >= 1 && entry.type <= keys->count)
            kind = (enum gls_movie_value_kind)keys->kinds[entry.type - 1];
        if (kind != GLS_MOVIE_NOTHING && !read_entry(movie, input, &entry, kind, error))
            return false;
    }
    return !walk.failed;
}

/* In ISO files `meta` is a FullBox, in QuickTime files a plain one. */
static bool open_meta(struct gls_box_walk *walk, struct gls_input *input,
                      const struct gls_box *meta, struct gls_error *error)
{
    uint8_t head[8];
    bool plain = false;

    if (gls_box_payload_size(meta) >= sizeof head) {
        if (!gls_input_read(input, gls_box_payload(meta), head, sizeof head, error))
            return false;
        plain = gls_be32(head + 4) == GLS_4CC('h', 'd', 'l', 'r');
    }
    gls_box_walk_children(walk, input, meta, plain ? 0 : 4);
    return true;
}

static bool read_meta(struct gls_movie *movie, struct gls_input *input, const struct gls_box *meta,
                      struct gls_error *error)
{
    struct key_kinds keys = {.count = 0};
    struct gls_box_walk walk;
    struct gls_box box;
    struct gls_box ilst = {.size = 0};

    if (!open_meta(&walk, input, meta, error))
        return false;
    while (gls_box_next(&box, &walk, error)) {
        if (box.type == GLS_4CC('k', 'e', 'y', 's')) {
            if (!read_keys(&keys, input, &box, error))
                return false;
        } else if (box.type == GLS_4CC('i', 'l', 's', 't')) {
            ilst = box;
        }
    }
    if (walk.failed)
        return false;
    return ilst.size == 0 || read_ilst(movie, input, &ilst, &keys, error);
}

/* ---- udta ---------------------------------------------------------------------- */

/* QTFF international text: 16-bit size, 16-bit language, text; several may
 * follow each other. */
static bool read_user_text(struct gls_movie *movie, struct gls_input *input,
                           const struct gls_box *box, struct gls_error *error)
{
    uint64_t at = gls_box_payload(box);
    uint64_t end = gls_box_end(box);
    uint8_t head[4];

    while (end - at >= sizeof head) {
        struct gls_movie_value value = {
            .kind = kind_of_type(box->type), .offset = at + 4, .box = *box};
        if (!gls_input_read(input, at, head, sizeof head, error))
            return false;
        value.size = gls_be16(head);
        if (value.size > end - at - 4)
            break;
        if (value.size > 0 && !add_value(movie, input, &value, error))
            return false;
        at += 4u + value.size;
    }
    return true;
}

static double fixed_16_16(const uint8_t *bytes)
{
    return (double)(int32_t)gls_be32(bytes) / 65536.0;
}

/* 3GPP TS 26.244 section 8.10: FullBox, language, name (UTF-8, or UTF-16 with
 * a byte order mark), role, longitude, latitude, altitude, ... */
static bool read_loci(struct gls_movie *movie, struct gls_input *input, const struct gls_box *box,
                      struct gls_error *error)
{
    uint8_t bytes[1024];
    size_t at = 6;
    uint64_t size = gls_box_payload_size(box);
    size_t got = size < sizeof bytes ? (size_t)size : sizeof bytes;

    if (!gls_input_read_some(input, gls_box_payload(box), bytes, &got, error))
        return false;
    if (got >= 8 && (gls_be16(bytes + 6) == 0xfeff || gls_be16(bytes + 6) == 0xfffe)) {
        while (at + 2 <= got && gls_be16(bytes + at) != 0)
            at += 2;
        at += 2;
    } else {
        while (at < got && bytes[at] != 0)
            at++;
        at += 1;
    }
    at += 1; /* role */
    if (got < 8 || at > got - 8)
        return true;
    movie->has_loci = true;
    movie->loci = *box;
    movie->loci_offset = gls_box_payload(box) + at;
    movie->loci_longitude = fixed_16_16(bytes + at);
    movie->loci_latitude = fixed_16_16(bytes + at + 4);
    return true;
}

static bool read_user_box(struct gls_movie *movie, struct gls_input *input,
                          const struct gls_box *box, struct gls_error *error)
{
    struct gls_movie_value date = {.kind = GLS_MOVIE_USER_DATE,
                                   .offset = gls_box_payload(box),
                                   .size = text_size(gls_box_payload_size(box)),
                                   .box = *box};

    switch (box->type) {
    case GLS_4CC('m', 'e', 't', 'a'):
        return read_meta(movie, input, box, error);
    case GLS_4CC('X', 'M', 'P', '_'):
        movie->xmp_user = *box;
        return true;
    case GLS_4CC('d', 'a', 't', 'e'):
        return add_value(movie, input, &date, error);
    case GLS_4CC('l', 'o', 'c', 'i'):
        return movie->has_loci || read_loci(movie, input, box, error);
    default:
        return kind_of_type(box->type) == GLS_MOVIE_NOTHING ||
               read_user_text(movie, input, box, error);
    }
}

static bool read_udta(struct gls_movie *movie, struct gls_input *input, const struct gls_box *udta,
                      struct gls_error *error)
{
    struct gls_box_walk walk;
    struct gls_box box;

    gls_box_walk_children(&walk, input, udta, 0);
    while (gls_box_next(&box, &walk, error)) {
        movie->is_cut = movie->is_cut || box.is_cut;
        if (!box.is_cut && !read_user_box(movie, input, &box, error))
            return false;
    }
    return !walk.failed;
}

/* ---- Times ------------------------------------------------------------------------ */

/* mvhd, tkhd and mdhd all begin with version, flags and the creation time. */
static bool read_time(struct gls_movie *movie, struct gls_input *input, const struct gls_box *box,
                      struct gls_error *error)
{
    uint8_t bytes[12] = {0};
    struct gls_movie_time *time;

    if (movie->time_count >= GLS_MOVIE_TIME_MAX || gls_box_payload_size(box) < sizeof bytes)
        return true;
    if (movie->times == NULL) {
        movie->times = calloc(GLS_MOVIE_TIME_MAX, sizeof *movie->times);
        if (movie->times == NULL)
            return gls_fail_memory(error);
    }
    if (!gls_input_read(input, gls_box_payload(box), bytes, sizeof bytes, error))
        return false;
    time = &movie->times[movie->time_count++];
    time->header = box->type;
    time->width = bytes[0] == 1 ? 8 : 4;
    time->offset = gls_box_payload(box) + 4;
    time->since_1904_s = bytes[0] == 1 ? gls_be64(bytes + 4) : gls_be32(bytes + 4);
    return true;
}

static bool read_track(struct gls_movie *movie, struct gls_input *input, const struct gls_box *trak,
                       struct gls_error *error)
{
    struct gls_box_walk walk;
    struct gls_box box;
    struct gls_box mdhd;

    gls_box_walk_children(&walk, input, trak, 0);
    while (gls_box_next(&box, &walk, error)) {
        if (box.type == GLS_4CC('t', 'k', 'h', 'd')) {
            if (!read_time(movie, input, &box, error))
                return false;
        } else if (box.type == GLS_4CC('m', 'd', 'i', 'a')) {
            if (!gls_box_find(&mdhd, input, &box, GLS_4CC('m', 'd', 'h', 'd'), error) ||
                (mdhd.size > 0 && !read_time(movie, input, &mdhd, error)))
                return false;
        }
    }
    return !walk.failed;
}

/* ---- The whole ---------------------------------------------------------------------- */

static bool read_movie_box(struct gls_movie *movie, struct gls_input *input,
                           const struct gls_box *box, struct gls_error *error)
{
    switch (box->type) {
    case GLS_4CC('m', 'v', 'h', 'd'):
        return read_time(movie, input, box, error);
    case GLS_4CC('t', 'r', 'a', 'k'):
        return read_track(movie, input, box, error);
    case GLS_4CC('u', 'd', 't', 'a'):
        return read_udta(movie, input, box, error);
    case GLS_4CC('m', 'e', 't', 'a'):
        return read_meta(movie, input, box, error);
    case GLS_4CC('c', 'm', 'o', 'v'):
        movie->is_compressed = true;
        return true;
    default:
        return true;
    }
}

static bool read_moov(struct gls_movie *movie, struct gls_input *input, struct gls_error *error)
{
    struct gls_box_walk walk;
    struct gls_box box;

    gls_box_walk_children(&walk, input, &movie->moov, 0);
    while (gls_box_next(&box, &walk, error)) {
        movie->is_cut = movie->is_cut || box.is_cut;
        if (!read_movie_box(movie, input, &box, error))
            return false;
    }
    return !walk.failed;
}

/* A camera's XML stands in a `meta` box, which is a FullBox here. One that is no list
 * of boxes has none. */
static bool find_camera_xml(struct gls_movie *movie, struct gls_input *input,
                            const struct gls_box *meta, struct gls_error *error)
{
    struct gls_error inner = GLS_ERROR_INIT;
    struct gls_box_walk walk;
    struct gls_box box;

    if (meta->size == 0 || movie->camera_xml.size != 0)
        return true;
    gls_box_walk_children(&walk, input, meta, 4);
    while (movie->camera_xml.size == 0 && gls_box_next(&box, &walk, &inner))
        if (box.type == GLS_4CC('x', 'm', 'l', ' '))
            movie->camera_xml = box;
    if (walk.failed && inner.status != GLS_ERROR_FORMAT) {
        *error = inner;
        return false;
    }
    return true;
}

static void note_top_box(struct gls_movie *movie, struct gls_box *meta, const struct gls_box *box)
{
    movie->is_cut = movie->is_cut || box->is_cut;
    if (box->type == GLS_4CC('m', 'o', 'o', 'v') && !movie->has_moov) {
        movie->moov = *box;
        movie->has_moov = true;
    } else if (box->type == GLS_4CC('m', 'e', 't', 'a')) {
        *meta = *box;
    } else if (box->type == GLS_4CC('m', 'o', 'o', 'f')) {
        movie->has_fragments = true;
    } else if (gls_box_is_uuid(box, gls_uuid_xmp)) {
        movie->xmp_uuid = *box;
        movie->xmp_uuid_count++;
    }
}

bool gls_movie_scan(struct gls_movie *out, struct gls_input *input, struct gls_error *error)
{
    struct gls_error inner = GLS_ERROR_INIT;
    struct gls_box_walk walk;
    struct gls_box meta = {.size = 0};
    struct gls_box box;

    memset(out, 0, sizeof *out);
    gls_box_walk_file(&walk, input);
    while (gls_box_next(&box, &walk, &inner))
        note_top_box(out, &meta, &box);
    /* Bytes that are no box, behind the movie, spoil nothing of what it says. */
    if (walk.failed && (inner.status != GLS_ERROR_FORMAT || !out->has_moov)) {
        *error = inner;
        return false;
    }
    if (out->has_moov && !read_moov(out, input, &inner)) {
        if (inner.status != GLS_ERROR_FORMAT) {
            *error = inner;
            gls_movie_free(out);
            return false;
        }
        out->is_cut = true; /* what was read before stays */
    }
    if (!find_camera_xml(out, input, &meta, error)) {
        gls_movie_free(out);
        return false;
    }
    return true;
}
