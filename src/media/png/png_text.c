/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <zlib.h>

#include "base/ascii.h"
#include "base/error.h"
#include "media/core/block_load.h"
#include "media/png/png.h"

static const struct {
    const char *keyword;
    enum gls_png_kind kind;
} keywords[] = {
    {"XML:com.adobe.xmp", GLS_PNG_XMP},
    {"Raw profile type exif", GLS_PNG_PROFILE_EXIF},
    {"Raw profile type APP1", GLS_PNG_PROFILE_APP1},
    {"Raw profile type app1", GLS_PNG_PROFILE_APP1},
    {"Raw profile type xmp", GLS_PNG_PROFILE_XMP},
    {"Raw profile type iptc", GLS_PNG_PROFILE_IPTC},
    {"Raw profile type 8bim", GLS_PNG_PROFILE_IPTC},
    {"Title", GLS_PNG_TITLE},
    {"Creation Time", GLS_PNG_CREATION_TIME},
    {"create-date", GLS_PNG_CREATE_DATE},
};

static bool is_type(const struct gls_png_chunk *chunk, const char *type)
{
    return memcmp(chunk->type, type, 4) == 0;
}

bool gls_png_classify(struct gls_png_chunk *chunk, struct gls_input *input, struct gls_error *error)
{
    char keyword[GLS_PNG_KEYWORD_MAX + 2];
    size_t size = chunk->size < sizeof keyword - 1 ? chunk->size : sizeof keyword - 1;

    chunk->kind = GLS_PNG_OTHER;
    if (is_type(chunk, "eXIf"))
        chunk->kind = GLS_PNG_EXIF;
    else if (is_type(chunk, "tIME"))
        chunk->kind = GLS_PNG_TIME;
    if (!is_type(chunk, "tEXt") && !is_type(chunk, "zTXt") && !is_type(chunk, "iTXt"))
        return true;
    if (!gls_input_read(input, chunk->offset + GLS_PNG_HEAD_SIZE, keyword, size, error))
        return false;
    keyword[size] = '\0';
    for (size_t i = 0; strlen(keyword) < size && i < sizeof keywords / sizeof keywords[0]; i++)
        if (strcmp(keyword, keywords[i].keyword) == 0)
            chunk->kind = keywords[i].kind;
    return true;
}

static bool damaged(struct gls_input *input, const struct gls_png_chunk *chunk,
                    struct gls_error *error)
{
    return gls_fail(error, GLS_ERROR_FORMAT, "%s: the %.4s chunk at byte %llu is damaged",
                    gls_input_name(input), (const char *)chunk->type,
                    (unsigned long long)chunk->offset);
}

bool gls_png_load_data(struct gls_strbuf *out, struct gls_input *input, struct gls_png_chunk *chunk,
                       struct gls_error *error)
{
    uint8_t stated[4];
    uint64_t data = chunk->offset + GLS_PNG_HEAD_SIZE;

    gls_strbuf_clear(out);
    if (!gls_block_append(out, input, data, chunk->size, error) ||
        !gls_input_read(input, data + chunk->size, stated, sizeof stated, error))
        return false;
    uLong crc = crc32(crc32(0, NULL, 0), chunk->type, sizeof chunk->type);
    crc = crc32(crc, (const Bytef *)gls_strbuf_str(out), (uInt)out->size);
    chunk->is_damaged = crc != gls_be32(stated);
    return true;
}

/* Unpacks a zlib stream; false: damaged, or more than GLS_BLOCK_MAX. */
static bool inflate_text(struct gls_strbuf *out, const uint8_t *bytes, size_t size)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)size};
    int status = inflateInit(&stream);

    if (status != Z_OK)
        return false;
    while (status == Z_OK && out->size < GLS_BLOCK_MAX) {
        size_t room = out->size < 4096 ? 4096 : out->size;
        if (room > GLS_BLOCK_MAX - out->size)
            room = GLS_BLOCK_MAX - out->size;
        char *to = gls_strbuf_reserve(out, room);
        if (to == NULL)
            break;
        stream.next_out = (Bytef *)to;
        stream.avail_out = (uInt)room;
        status = inflate(&stream, Z_NO_FLUSH);
        out->size += room - stream.avail_out;
        out->data[out->size] = '\0';
    }
    inflateEnd(&stream);
    return status == Z_STREAM_END && !out->failed;
}

/* Steps over a NUL-terminated field. */
static bool skip_field(const char *data, size_t size, size_t *at)
{
    const char *end = *at < size ? memchr(data + *at, '\0', size - *at) : NULL;

    if (end == NULL)
        return false;
    *at = (size_t)(end - data) + 1;
    return true;
}

bool gls_png_load_text(struct gls_strbuf *out, bool *is_utf8, struct gls_input *input,
                       struct gls_png_chunk *chunk, struct gls_error *error)
{
    GLS_STRBUF_AUTO data = GLS_STRBUF_INIT;
    size_t at = 0;
    bool packed = is_type(chunk, "zTXt");

    gls_strbuf_clear(out);
    *is_utf8 = is_type(chunk, "iTXt");
    if (!gls_png_load_data(&data, input, chunk, error))
        return false;
    bool ok = skip_field(data.data, data.size, &at);
    if (ok && *is_utf8) {
        /* compression flag and method, language tag, translated keyword */
        ok = data.size - at >= 2 && (data.data[at] == 0 || data.data[at + 1] == 0);
        packed = ok && data.data[at] != 0;
        at += 2;
        ok = ok && skip_field(data.data, data.size, &at) && skip_field(data.data, data.size, &at);
    } else if (ok && packed) {
        ok = data.size > at && data.data[at] == 0;
        at++;
    }
    if (ok && packed)
        ok = inflate_text(out, (const uint8_t *)data.data + at, data.size - at);
    else if (ok)
        gls_strbuf_add(out, data.data + at, data.size - at);
    if (out->failed)
        return gls_fail_memory(error);
    return ok || damaged(input, chunk, error);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* "\nNAME\n    SIZE\n" and SIZE bytes in hex, broken into lines. Decodes in place. */
static bool decode_profile(struct gls_strbuf *text)
{
    const char *from = gls_strbuf_str(text), *end = from + text->size;
    char *to = text->data;
    size_t stated = 0, size = 0;
    int high = -1;

    while (from < end && is_blank(*from))
        from++;
    while (from < end && *from != '\n') /* a name may have blanks: "IPTC profile" */
        from++;
    while (from < end && is_blank(*from))
        from++;
    for (; from < end && *from >= '0' && *from <= '9' && stated <= GLS_BLOCK_MAX; from++)
        stated = stated * 10 + (size_t)(*from - '0');
    for (; from < end && size < stated; from++) {
        int digit = gls_hex_value(*from);
        if (digit < 0 && is_blank(*from))
            continue;
        if (digit < 0)
            return false;
        if (high >= 0)
            to[size++] = (char)(high << 4 | digit);
        high = high >= 0 ? -1 : digit;
    }
    if (size != stated || size == 0)
        return false;
    gls_strbuf_truncate(text, size);
    return true;
}

static bool has_prefix(const struct gls_strbuf *bytes, const char *prefix, size_t size)
{
    return bytes->size >= size && memcmp(bytes->data, prefix, size) == 0;
}

/* Tells by content what a profile is and takes its prefix off. */
static enum gls_png_kind strip_profile(struct gls_strbuf *bytes, enum gls_png_kind stated)
{
    static const char xmp_head[] = "http://ns.adobe.com/xap/1.0/"; /* and its NUL */
    const uint8_t *records;
    size_t size;

    if (stated == GLS_PNG_PROFILE_IPTC) {
        if (has_prefix(bytes, "\x1C", 1))
            return stated;
        if (!gls_photoshop_find(&records, &size, GLS_PHOTOSHOP_IPTC, (const uint8_t *)bytes->data,
                                bytes->size))
            return GLS_PNG_OTHER;
        memmove(bytes->data, records, size);
        gls_strbuf_truncate(bytes, size);
        return stated;
    }
    if (has_prefix(bytes, xmp_head, sizeof xmp_head)) {
        gls_strbuf_splice(bytes, 0, sizeof xmp_head, NULL, 0);
        return GLS_PNG_XMP;
    }
    if (stated == GLS_PNG_PROFILE_XMP)
        return GLS_PNG_XMP;
    size = gls_exif_prefix_size(bytes->data, bytes->size);
    if (size > 0)
        gls_strbuf_splice(bytes, 0, size, NULL, 0);
    return has_prefix(bytes, "II*\0", 4) || has_prefix(bytes, "MM\0*", 4) ? GLS_PNG_EXIF
                                                                          : GLS_PNG_OTHER;
}

bool gls_png_load_block(struct gls_strbuf *out, enum gls_png_kind *what, struct gls_input *input,
                        struct gls_png_chunk *chunk, struct gls_error *error)
{
    bool is_utf8;

    *what = chunk->kind;
    if (chunk->kind == GLS_PNG_EXIF) {
        if (!gls_png_load_data(out, input, chunk, error))
            return false;
        size_t prefix = gls_exif_prefix_size(gls_strbuf_str(out), out->size);
        if (prefix > 0) /* not in the specification, but met */
            gls_strbuf_splice(out, 0, prefix, NULL, 0);
        return true;
    }
    if (!gls_png_load_text(out, &is_utf8, input, chunk, error))
        return false;
    if (chunk->kind == GLS_PNG_XMP)
        return true;
    if (!decode_profile(out))
        return damaged(input, chunk, error);
    *what = strip_profile(out, chunk->kind);
    if (*what == GLS_PNG_OTHER)
        gls_strbuf_clear(out);
    return true;
}
