/* SPDX-License-Identifier: MIT */
#include "media/png/png.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "base/timestamp.h"
#include "media/core/block_load.h"
#include "media/core/date_words.h"

static const uint8_t signature[GLS_PNG_SIGNATURE_SIZE] = {0x89, 'P',  'N',  'G',
                                                          '\r', '\n', 0x1A, '\n'};

/* A walk over all chunks. */
struct walk {
    struct gls_input *input;
    uint64_t offset; /* of the next chunk */
    unsigned count;
    bool at_end;             /* IEND was met */
    const char *parse_error; /* why the walk ended before IEND; static */
};

/* GLS_ERROR_FORMAT: it does not begin with the signature. */
static bool walk_start(struct walk *out, struct gls_input *input, struct gls_error *error)
{
    uint8_t head[GLS_PNG_SIGNATURE_SIZE];
    size_t got = sizeof head;

    *out = (struct walk){.input = input, .offset = sizeof head};
    if (!gls_input_read_some(input, 0, head, &got, error))
        return false;
    if (got < sizeof head || memcmp(head, signature, sizeof head) != 0)
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: not a PNG: it lacks the signature",
                        gls_input_name(input));
    return true;
}

static bool is_letter(uint8_t byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

/* The next chunk but IEND (kind is not set); false at the end, at a parse error and on
 * a read error, when neither at_end nor parse_error is set. */
static bool walk_next(struct walk *walk, struct gls_png_chunk *out, struct gls_error *error)
{
    uint8_t head[GLS_PNG_HEAD_SIZE];
    uint64_t file_size = gls_input_size(walk->input);
    size_t got = sizeof head;

    if (!gls_input_read_some(walk->input, walk->offset, head, &got, error))
        return false;
    *out = (struct gls_png_chunk){.offset = walk->offset, .size = gls_be32(head)};
    memcpy(out->type, head + 4, 4);
    if (got < sizeof head)
        walk->parse_error = "ends too early, before its end chunk,";
    else if (out->size > INT32_MAX || !is_letter(head[4]) || !is_letter(head[5]) ||
             !is_letter(head[6]) || !is_letter(head[7]))
        walk->parse_error = "is damaged: there is no chunk";
    else if ((uint64_t)out->size + GLS_PNG_FRAME > file_size - walk->offset)
        walk->parse_error = "ends too early, within the chunk";
    else if (++walk->count > GLS_PNG_CHUNKS_MAX)
        walk->parse_error = "has too many chunks, the last";
    else if (memcmp(out->type, "IEND", 4) == 0)
        walk->at_end = true;
    if (walk->parse_error != NULL || walk->at_end)
        return false;
    walk->offset += (uint64_t)out->size + GLS_PNG_FRAME;
    return true;
}

void gls_png_layout_free(struct gls_png_layout *layout)
{
    free(layout->chunks);
    memset(layout, 0, sizeof *layout);
}

static bool add_chunk(struct gls_png_layout *layout, const struct gls_png_chunk *chunk,
                      struct gls_error *error)
{
    if (layout->count == layout->space) {
        size_t space = layout->space > 0 ? 2 * layout->space : 16;
        struct gls_png_chunk *grown = reallocarray(layout->chunks, space, sizeof *layout->chunks);
        if (grown == NULL)
            return gls_fail_memory(error);
        layout->chunks = grown;
        layout->space = space;
    }
    layout->chunks[layout->count++] = *chunk;
    return true;
}

static void set_parse_error(struct gls_png_layout *layout, const char *parse_error, uint64_t offset)
{
    if (layout->parse_error == NULL) {
        layout->parse_error = parse_error;
        layout->parse_error_offset = offset;
    }
}

static bool note_chunk(struct gls_png_layout *out, struct gls_input *input,
                       struct gls_png_chunk *chunk, struct gls_error *error)
{
    if (chunk->offset == GLS_PNG_SIGNATURE_SIZE &&
        (memcmp(chunk->type, "IHDR", 4) != 0 || chunk->size != 13))
        set_parse_error(out, "does not begin with an IHDR chunk", chunk->offset);
    bool is_idat = memcmp(chunk->type, "IDAT", 4) == 0;
    bool is_animation = memcmp(chunk->type, "acTL", 4) == 0 || memcmp(chunk->type, "fcTL", 4) == 0;
    out->has_idat = out->has_idat || is_idat;
    if ((is_idat || is_animation) && out->first_picture == 0)
        out->first_picture = chunk->offset;
    if (!gls_png_classify(chunk, input, error))
        return false;
    if (chunk->kind == GLS_PNG_OTHER)
        return true;
    if (out->count == GLS_PNG_METADATA_MAX) {
        set_parse_error(out, "has too many metadata chunks, the last", chunk->offset);
        return true;
    }
    return add_chunk(out, chunk, error);
}

bool gls_png_read_layout(struct gls_png_layout *out, struct gls_input *input,
                         struct gls_error *error)
{
    struct walk walk;
    struct gls_png_chunk chunk;
    bool ok = walk_start(&walk, input, error);

    memset(out, 0, sizeof *out);
    while (ok && walk_next(&walk, &chunk, error))
        ok = note_chunk(out, input, &chunk, error);
    if (ok && walk.parse_error != NULL)
        set_parse_error(out, walk.parse_error, walk.offset);
    else if (ok && walk.at_end && !out->has_idat)
        set_parse_error(out, "has no image data before its end", walk.offset);
    ok = ok && (walk.at_end || walk.parse_error != NULL);
    if (!ok)
        gls_png_layout_free(out);
    return ok;
}

static bool take_text(char **out, struct gls_input *input, struct gls_png_chunk *chunk,
                      struct gls_error *error)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    bool is_utf8;

    if (!gls_png_load_text(&text, &is_utf8, input, chunk, error))
        return false;
    char *value = is_utf8 ? gls_utf8_make_valid(gls_strbuf_str(&text), text.size)
                          : gls_latin1_to_utf8(gls_strbuf_str(&text), text.size);
    if (value == NULL)
        return gls_fail_memory(error);
    free(*out);
    *out = value;
    return true;
}

static bool take_time(struct gls_blocks *out, struct gls_input *input, struct gls_png_chunk *chunk,
                      struct gls_error *error)
{
    GLS_STRBUF_AUTO data = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;

    if (!gls_png_load_data(&data, input, chunk, error))
        return false;
    if (data.size != 7)
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: a tIME chunk of another size than 7",
                        gls_input_name(input));
    const uint8_t *b = (const uint8_t *)data.data;
    gls_strbuf_addf(&text, "%04u-%02u-%02uT%02u:%02u:%02uZ", gls_be16(b), b[2], b[3], b[4], b[5],
                    b[6]);
    out->text_date = gls_strbuf_take(&text);
    return out->text_date != NULL || gls_fail_memory(error);
}

static bool take_block(struct gls_blocks *out, struct gls_input *input, struct gls_png_chunk *chunk,
                       struct gls_error *error)
{
    struct gls_strbuf bytes = GLS_STRBUF_INIT;
    enum gls_png_kind what;
    struct gls_block *block = NULL;
    bool ok = gls_png_load_block(&bytes, &what, input, chunk, error);

    if (ok && what == GLS_PNG_EXIF)
        block = &out->exif;
    else if (ok && what == GLS_PNG_XMP)
        block = &out->xmp;
    else if (ok && what == GLS_PNG_PROFILE_IPTC)
        block = &out->iptc;
    if (block != NULL && !block->present) {
        gls_strbuf_free(&block->bytes);
        *block = (struct gls_block){.bytes = bytes, .present = true};
    } else {
        gls_strbuf_free(&bytes);
    }
    return ok;
}

/* ImageMagick's "date:create" and "date:modify" are not taken: they are the
 * times of the file it read, not of the picture. tIME is when the image was last
 * changed: better than nothing. */
static const struct {
    enum gls_png_kind kind;
    enum gls_date_strength strength;
    const char *source;
} date_sources[] = {
    {GLS_PNG_CREATION_TIME, GLS_DATE_TAKEN, "PNG.tEXt.Creation Time"},
    {GLS_PNG_CREATE_DATE, GLS_DATE_DIGITIZED, "PNG.tEXt.create-date"},
    {GLS_PNG_TIME, GLS_DATE_CHANGED, "PNG.tIME"},
};

/* A text that is no possible date leaves the place to the next one. */
static bool take_date(struct gls_blocks *out, struct gls_input *input, struct gls_png_chunk *chunk,
                      struct gls_error *error)
{
    struct gls_datetime when;
    bool is_partial;
    size_t row = 0;

    while (date_sources[row].kind != chunk->kind)
        row++;
    out->text_date_is_utc = chunk->kind == GLS_PNG_TIME;
    if (!(out->text_date_is_utc ? take_time(out, input, chunk, error)
                                : take_text(&out->text_date, input, chunk, error)))
        return false;
    if (!gls_date_text_parse(&when, &is_partial, out->text_date) ||
        !gls_datetime_is_plausible(&when)) {
        free(out->text_date);
        out->text_date = NULL;
        return true;
    }
    out->text_date_strength = date_sources[row].strength;
    out->text_date_source = strdup(date_sources[row].source);
    return out->text_date_source != NULL || gls_fail_memory(error);
}

static bool take_chunk(struct gls_blocks *out, struct gls_input *input, struct gls_png_chunk *chunk,
                       struct gls_error *error)
{
    switch (chunk->kind) {
    case GLS_PNG_TITLE:
        return out->text_title != NULL || take_text(&out->text_title, input, chunk, error);
    case GLS_PNG_CREATION_TIME:
    case GLS_PNG_CREATE_DATE:
    case GLS_PNG_TIME:
        return take_date(out, input, chunk, error);
    default:
        return take_block(out, input, chunk, error);
    }
}

/* The best of each: eXIf before a raw profile, and so on. */
static const enum gls_png_kind order[] = {
    GLS_PNG_EXIF,         GLS_PNG_XMP,          GLS_PNG_PROFILE_EXIF, GLS_PNG_PROFILE_XMP,
    GLS_PNG_PROFILE_APP1, GLS_PNG_PROFILE_IPTC, GLS_PNG_TITLE,        GLS_PNG_CREATION_TIME,
    GLS_PNG_CREATE_DATE,  GLS_PNG_TIME,
};

static bool is_needed(const struct gls_blocks *blocks, enum gls_png_kind kind)
{
    switch (kind) {
    case GLS_PNG_EXIF:
        return !blocks->exif.present;
    case GLS_PNG_XMP:
        return !blocks->xmp.present;
    case GLS_PNG_PROFILE_EXIF: /* what it is called is not always what it is */
    case GLS_PNG_PROFILE_APP1:
    case GLS_PNG_PROFILE_XMP:
        return !blocks->exif.present || !blocks->xmp.present;
    case GLS_PNG_PROFILE_IPTC:
        return !blocks->iptc.present;
    case GLS_PNG_TITLE:
        return blocks->text_title == NULL;
    default:
        return blocks->text_date == NULL;
    }
}

static bool take_kind(struct gls_blocks *out, struct gls_input *input,
                      struct gls_png_layout *layout, enum gls_png_kind kind,
                      struct gls_error *error)
{
    unsigned loads = 0;

    for (size_t i = 0; i < layout->count && loads < GLS_PNG_LOADS_MAX; i++) {
        struct gls_png_chunk *chunk = &layout->chunks[i];
        struct gls_error inner = GLS_ERROR_INIT;
        if (chunk->kind != kind || !is_needed(out, kind))
            continue;
        loads++;
        bool taken = take_chunk(out, input, chunk, &inner);
        if (taken && chunk->is_damaged)
            gls_blocks_note(out, "the checksum of its %.4s chunk is wrong",
                            (const char *)chunk->type);
        if (taken)
            continue;
        if (inner.status != GLS_ERROR_FORMAT) {
            *error = inner;
            return false;
        }
        gls_blocks_note(out, "a damaged %.4s chunk was left out", (const char *)chunk->type);
    }
    return true;
}

static bool png_scan(struct gls_blocks *out, struct gls_input *input, struct gls_error *error)
{
    struct gls_png_layout layout = {0};
    bool ok = gls_png_read_layout(&layout, input, error);

    if (ok && layout.parse_error != NULL)
        gls_blocks_note(out, "%s at byte %llu", layout.parse_error,
                        (unsigned long long)layout.parse_error_offset);
    for (size_t i = 0; ok && i < sizeof order / sizeof order[0]; i++)
        ok = take_kind(out, input, &layout, order[i], error);
    gls_png_layout_free(&layout);
    if (!ok)
        gls_blocks_free(out);
    return ok;
}

/* Critical chunks are those whose first letter is a capital one. */
static bool is_essence(const uint8_t *type)
{
    static const char ancillary[][5] = {"tRNS", "acTL", "fcTL", "fdAT"};

    if (type[0] >= 'A' && type[0] <= 'Z')
        return true;
    for (size_t i = 0; i < sizeof ancillary / sizeof ancillary[0]; i++)
        if (memcmp(type, ancillary[i], 4) == 0)
            return true;
    return false;
}

/* Whole chunks (length, type, data, CRC): every critical one but IEND, that is
 * IHDR, PLTE and IDAT, and tRNS and the frames of an animation. */
static bool png_essence(struct gls_ranges *out, struct gls_input *input, struct gls_error *error)
{
    struct walk walk;
    struct gls_png_chunk chunk;
    bool ok = walk_start(&walk, input, error);

    while (ok && walk_next(&walk, &chunk, error))
        if (is_essence(chunk.type))
            ok = gls_ranges_add(out, chunk.offset, (uint64_t)chunk.size + GLS_PNG_FRAME, error);
    if (ok && walk.parse_error != NULL)
        ok = gls_fail(error, GLS_ERROR_FORMAT, "%s: %s at byte %llu", gls_input_name(input),
                      walk.parse_error, (unsigned long long)walk.offset);
    else if (ok && walk.at_end && out->count == 0)
        ok = gls_fail(error, GLS_ERROR_FORMAT, "%s: it has no image data", gls_input_name(input));
    return ok && walk.at_end;
}

const struct gls_container gls_png_container = {
    .name = "PNG",
    .scan = png_scan,
    .essence = png_essence,
    .replace = gls_png_replace,
    .can_hold_exif = true,
};
