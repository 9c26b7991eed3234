/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/error.h"
#include "media/core/block_load.h"
#include "media/riff/webp.h"

enum {
    FLAG_XMP = 0x04,
    FLAG_EXIF = 0x08,
    FLAG_ALPHA = 0x10,
    VP8X_SIZE = 10,
    FRAME_HEAD = 10 /* of a VP8 or VP8L bit stream: as much as its size takes */
};

struct layout {
    struct gls_webp_chunk first; /* VP8X, VP8 or VP8L */
    struct gls_webp_chunk exif;  /* offset 0: none */
    struct gls_webp_chunk xmp;
    size_t exif_count;
    size_t xmp_count;
    size_t extended_count; /* chunks that mean something in an extended file only */
    uint64_t last_picture; /* offset; 0: none */
    uint64_t end;
};

static void note_chunk(struct layout *out, const struct gls_webp_chunk *chunk)
{
    if (chunk->offset == GLS_WEBP_HEAD_SIZE)
        out->first = *chunk;
    if (gls_webp_is_type(chunk, "EXIF") && out->exif_count++ == 0)
        out->exif = *chunk;
    if (gls_webp_is_xmp(chunk) && out->xmp_count++ == 0)
        out->xmp = *chunk;
    if (gls_webp_is_picture(chunk) && chunk->size > 0)
        out->last_picture = chunk->offset;
    out->extended_count += gls_webp_is_type(chunk, "ALPH") || gls_webp_is_type(chunk, "ANIM") ||
                           gls_webp_is_type(chunk, "ANMF") || gls_webp_is_type(chunk, "ICCP") ||
                           gls_webp_is_type(chunk, "VP8X");
}

static bool read_layout(struct layout *out, struct gls_input *input, struct gls_error *error)
{
    struct gls_webp_walk walk;
    struct gls_webp_chunk chunk;

    memset(out, 0, sizeof *out);
    if (!gls_webp_walk_start(&walk, input, error))
        return false;
    while (gls_webp_walk_next(&walk, &chunk, error))
        note_chunk(out, &chunk);
    if (!walk.at_end && walk.parse_error == NULL)
        return false;
    if (walk.parse_error != NULL)
        return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                        "%s: it %s at byte %llu, so its tags cannot be embedded safely",
                        gls_input_name(input), walk.parse_error, (unsigned long long)walk.offset);
    out->end = walk.end;
    if (out->last_picture == 0)
        return gls_input_refuse(input, "it has no image data", error);
    if (out->exif_count > 1 || out->xmp_count > 1)
        return gls_input_refuse(
            input, "it has several blocks of one kind, which could contradict each other", error);
    return true;
}

struct canvas {
    uint32_t width; /* pixels */
    uint32_t height;
    uint8_t flags;
};

/* Canvas size and alpha of a simple file, from its bit stream (RFC 6386 section
 * 9.1 and RFC 9649 section 3.4). */
static bool read_canvas(struct canvas *out, struct gls_input *input,
                        const struct gls_webp_chunk *frame, struct gls_error *error)
{
    uint8_t head[FRAME_HEAD];

    if (frame->size < sizeof head)
        return gls_input_refuse(input, "its image data has no head", error);
    if (!gls_input_read(input, frame->offset + GLS_WEBP_CHUNK_HEAD, head, sizeof head, error))
        return false;
    out->flags = 0;
    if (gls_webp_is_type(frame, "VP8 ") && (head[0] & 1) == 0 &&
        memcmp(head + 3, "\x9D\x01\x2A", 3) == 0) {
        out->width = gls_le16(head + 6) & 0x3FFFu;
        out->height = gls_le16(head + 8) & 0x3FFFu;
    } else if (gls_webp_is_type(frame, "VP8L") && head[0] == 0x2F) {
        uint32_t bits = gls_le32(head + 1);
        out->width = (bits & 0x3FFF) + 1;
        out->height = (bits >> 14 & 0x3FFF) + 1;
        out->flags = (bits >> 28 & 1) != 0 ? FLAG_ALPHA : 0;
    } else {
        return gls_input_refuse(input, "its image data has no head", error);
    }
    return (out->width > 0 && out->height > 0) ||
           gls_input_refuse(input, "its image has no size", error);
}

/* Makes the VP8X chunk of a simple file, or corrects the flags of the present one. */
static bool set_flags(struct gls_patch *out, struct gls_input *input, const struct layout *layout,
                      uint8_t flags, struct gls_error *error)
{
    uint8_t chunk[GLS_WEBP_CHUNK_HEAD + VP8X_SIZE] = "VP8X";
    struct canvas canvas = {0};
    uint8_t present;

    if (gls_webp_is_type(&layout->first, "VP8X")) {
        uint64_t at = layout->first.offset + GLS_WEBP_CHUNK_HEAD;
        if (layout->first.size < VP8X_SIZE)
            return gls_input_refuse(input, "its VP8X chunk is too short", error);
        if (!gls_input_read(input, at, &present, 1, error))
            return false;
        flags |= present;
        return flags == present || gls_patch_overwrite(out, at, &flags, 1, error);
    }
    if (layout->extended_count > 0)
        return gls_input_refuse(input, "it has chunks of an extended WebP, but no VP8X chunk first",
                                error);
    if (!read_canvas(&canvas, input, &layout->first, error))
        return false;
    gls_put_le32(chunk + 4, VP8X_SIZE);
    chunk[8] = flags | canvas.flags;
    gls_put_le16(chunk + 12, (uint16_t)(canvas.width - 1)); /* 24 bits each, of which 14 are used */
    gls_put_le16(chunk + 15, (uint16_t)(canvas.height - 1));
    return gls_patch_insert(out, GLS_WEBP_HEAD_SIZE, chunk, sizeof chunk, error);
}

static bool make_chunk(struct gls_strbuf *out, const char *type, const char *prefix,
                       size_t prefix_size, const struct gls_strbuf *block)
{
    uint8_t size[4];

    gls_put_le32(size, (uint32_t)(prefix_size + block->size));
    gls_strbuf_add(out, type, 4);
    gls_strbuf_add(out, size, sizeof size);
    gls_strbuf_add(out, prefix, prefix_size);
    gls_strbuf_add(out, block->data, block->size);
    if (out->size & 1)
        gls_strbuf_add_char(out, '\0');
    return !out->failed;
}

struct target_chunk {
    const char *type;
    const struct gls_webp_chunk *old; /* the one it replaces; offset 0: none */
    uint64_t insertion;               /* where it goes if there is none */
    const struct gls_strbuf *block;
};

/* Adds the splice for one block unless it is stated already; *growth is what it
 * adds to the RIFF size. */
static bool put_block(struct gls_patch *out, int64_t *growth, struct gls_input *input,
                      const struct target_chunk *target, struct gls_error *error)
{
    const struct gls_webp_chunk *old = target->old;
    const struct gls_strbuf *block = target->block;
    struct gls_strbuf present = GLS_STRBUF_INIT, chunk = GLS_STRBUF_INIT;
    size_t prefix = 0;
    bool ok = true;

    if (old->offset != 0) {
        ok = gls_block_append(&present, input, old->offset + GLS_WEBP_CHUNK_HEAD, old->size, error);
        if (ok && gls_webp_is_type(old, "EXIF"))
            prefix = gls_exif_prefix_size(gls_strbuf_str(&present), present.size);
    }
    bool same = ok && old->offset != 0 && present.size - prefix == block->size &&
                (block->size == 0 || memcmp(present.data + prefix, block->data, block->size) == 0);
    if (ok && !same) {
        uint64_t removed = old->offset != 0 ? gls_webp_whole_size(old) : 0;
        if (block->size > GLS_BLOCK_MAX - 8)
            ok = gls_input_refuse(input, "the metadata block would become too large", error);
        else if (!make_chunk(&chunk, target->type, gls_strbuf_str(&present), prefix, block))
            ok = gls_fail_memory(error);
        ok = ok && gls_patch_replace(out, old->offset != 0 ? old->offset : target->insertion,
                                     removed, &chunk, error);
        *growth += (int64_t)chunk.size - (int64_t)removed;
    }
    gls_strbuf_free(&present);
    gls_strbuf_free(&chunk);
    return ok;
}

static bool set_riff_size(struct gls_patch *out, struct gls_input *input,
                          const struct layout *layout, int64_t growth, struct gls_error *error)
{
    uint8_t bytes[4];
    int64_t size = (int64_t)layout->end - 8 + growth;

    if (growth == 0)
        return true;
    if (size > (int64_t)UINT32_MAX - 10)
        return gls_input_refuse(input, "it would become larger than 4 GiB", error);
    gls_put_le32(bytes, (uint32_t)size);
    return gls_patch_overwrite(out, 4, bytes, sizeof bytes, error);
}

bool gls_webp_replace(struct gls_patch *out, struct gls_input *input,
                      const struct gls_block_edit *edit, struct gls_error *error)
{
    struct layout layout;
    int64_t growth = 0;
    uint8_t flags = 0;

    if (!read_layout(&layout, input, error))
        return false;
    /* EXIF and XMP stand behind the image, in this order. */
    uint64_t exif_point = layout.xmp.offset > layout.last_picture ? layout.xmp.offset : layout.end;
    if (edit->exif != NULL) {
        flags |= FLAG_EXIF;
        struct target_chunk exif = {"EXIF", &layout.exif, exif_point, edit->exif};
        if (!put_block(out, &growth, input, &exif, error))
            return false;
    }
    if (edit->xmp != NULL) {
        flags |= FLAG_XMP;
        struct target_chunk xmp = {"XMP ", &layout.xmp, layout.end, edit->xmp};
        if (!put_block(out, &growth, input, &xmp, error))
            return false;
    }
    if (!gls_webp_is_type(&layout.first, "VP8X"))
        growth += GLS_WEBP_CHUNK_HEAD + VP8X_SIZE;
    return (flags == 0 || (set_flags(out, input, &layout, flags, error) &&
                           set_riff_size(out, input, &layout, growth, error))) &&
           gls_patch_seal(out, gls_input_size(input), error);
}
