/* SPDX-License-Identifier: MIT */
#include "media/riff/webp.h"

#include <string.h>

#include "base/error.h"
#include "media/core/block_load.h"

bool gls_webp_is_type(const struct gls_webp_chunk *chunk, const char *type)
{
    return memcmp(chunk->type, type, sizeof chunk->type) == 0;
}

bool gls_webp_is_xmp(const struct gls_webp_chunk *chunk)
{
    return gls_webp_is_type(chunk, "XMP ") || memcmp(chunk->type, "XMP\0", 4) == 0;
}

bool gls_webp_is_picture(const struct gls_webp_chunk *chunk)
{
    static const char types[][5] = {"VP8 ", "VP8L", "ALPH", "ANIM", "ANMF"};

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (gls_webp_is_type(chunk, types[i]))
            return true;
    return false;
}

uint64_t gls_webp_whole_size(const struct gls_webp_chunk *chunk)
{
    return GLS_WEBP_CHUNK_HEAD + (uint64_t)chunk->size + (chunk->size & 1);
}

bool gls_webp_walk_start(struct gls_webp_walk *out, struct gls_input *input,
                         struct gls_error *error)
{
    uint8_t head[GLS_WEBP_HEAD_SIZE];
    size_t got = sizeof head;

    *out = (struct gls_webp_walk){.input = input, .offset = sizeof head};
    if (!gls_input_read_some(input, 0, head, &got, error))
        return false;
    if (got < sizeof head || memcmp(head, "RIFF", 4) != 0 || memcmp(head + 8, "WEBP", 4) != 0)
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: not a WebP: it lacks the signature",
                        gls_input_name(input));
    out->end = 8 + (uint64_t)gls_le32(head + 4);
    return true;
}

bool gls_webp_walk_next(struct gls_webp_walk *walk, struct gls_webp_chunk *out,
                        struct gls_error *error)
{
    uint8_t head[GLS_WEBP_CHUNK_HEAD];
    uint64_t file_size = gls_input_size(walk->input);
    size_t got = sizeof head;

    *out = (struct gls_webp_chunk){.offset = walk->offset};
    if (walk->offset >= walk->end) {
        walk->at_end = walk->offset == walk->end && walk->end <= file_size;
        if (!walk->at_end)
            walk->parse_error = "has a chunk that is longer than the whole, before";
        return false;
    }
    if (!gls_input_read_some(walk->input, walk->offset, head, &got, error))
        return false;
    memcpy(out->type, head, sizeof out->type);
    out->size = gls_le32(head + 4);
    if (got < sizeof head)
        walk->parse_error = "ends too early, before the chunk";
    else if (gls_webp_whole_size(out) > file_size - walk->offset)
        walk->parse_error = "ends too early, within the chunk";
    else if (++walk->count > GLS_WEBP_CHUNKS_MAX)
        walk->parse_error = "has too many chunks, the last";
    if (walk->parse_error != NULL)
        return false;
    walk->offset += gls_webp_whole_size(out);
    return true;
}

static bool take_chunk(struct gls_blocks *out, struct gls_input *input,
                       const struct gls_webp_chunk *chunk, struct gls_error *error)
{
    struct gls_error inner = GLS_ERROR_INIT;
    bool is_exif = gls_webp_is_type(chunk, "EXIF");
    struct gls_block *block = is_exif ? &out->exif : &out->xmp;

    if (!is_exif && !gls_webp_is_xmp(chunk))
        return true;
    if (block->present) {
        gls_blocks_note(out, "has a second %.4s chunk; the first one counts", chunk->type);
        return true;
    }
    if (!gls_block_load(block, input, chunk->offset + GLS_WEBP_CHUNK_HEAD, chunk->size, &inner)) {
        gls_blocks_note(out, "a damaged %.4s chunk was left out", chunk->type);
        block->is_unread = true;
        *error = inner;
        return inner.status == GLS_ERROR_FORMAT;
    }
    size_t prefix =
        is_exif ? gls_exif_prefix_size(gls_strbuf_str(&block->bytes), block->bytes.size) : 0;
    if (prefix > 0)
        gls_strbuf_splice(&block->bytes, 0, prefix, NULL, 0);
    return true;
}

static bool webp_scan(struct gls_blocks *out, struct gls_input *input, struct gls_error *error)
{
    struct gls_webp_walk walk;
    struct gls_webp_chunk chunk;
    bool ok = gls_webp_walk_start(&walk, input, error);

    while (ok && gls_webp_walk_next(&walk, &chunk, error))
        ok = take_chunk(out, input, &chunk, error);
    ok = ok && (walk.at_end || walk.parse_error != NULL);
    if (ok && walk.parse_error != NULL)
        gls_blocks_note(out, "%s at byte %llu", walk.parse_error, (unsigned long long)walk.offset);
    if (!ok)
        gls_blocks_free(out);
    return ok;
}

/* The payloads of the chunks that a decoder decodes. VP8X is not among them: it
 * repeats what they say, and is made when the first metadata comes in. */
static bool webp_essence(struct gls_ranges *out, struct gls_input *input, struct gls_error *error)
{
    struct gls_webp_walk walk;
    struct gls_webp_chunk chunk;
    bool ok = gls_webp_walk_start(&walk, input, error);

    while (ok && gls_webp_walk_next(&walk, &chunk, error))
        if (gls_webp_is_picture(&chunk))
            ok = gls_ranges_add(out, chunk.offset + GLS_WEBP_CHUNK_HEAD, chunk.size, error);
    if (!ok || (!walk.at_end && walk.parse_error == NULL))
        return false;
    if (walk.parse_error != NULL)
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: it %s at byte %llu", gls_input_name(input),
                        walk.parse_error, (unsigned long long)walk.offset);
    return out->count > 0 ||
           gls_fail(error, GLS_ERROR_FORMAT, "%s: it has no image data", gls_input_name(input));
}

const struct gls_container gls_webp_container = {
    .name = "WebP",
    .scan = webp_scan,
    .essence = webp_essence,
    .replace = gls_webp_replace,
    .can_hold_exif = true,
};
