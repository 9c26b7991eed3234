/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <zlib.h>

#include "base/error.h"
#include "media/png/png.h"

/* The head of an uncompressed iTXt: keyword, flag, method, no language, no translation. */
static const char xmp_head[] = "XML:com.adobe.xmp\0\0\0\0"; /* and the last NUL */

/* A block to write, and where it is now: in its own chunk, and in a raw profile. */
struct replacement {
    enum gls_png_kind kind; /* GLS_PNG_EXIF or GLS_PNG_XMP */
    const struct gls_strbuf *block;
    const struct gls_png_chunk *modern;
    const struct gls_png_chunk *legacy;
    struct gls_strbuf modern_bytes;
    struct gls_strbuf legacy_bytes;
};

static void replacement_free(struct replacement *replacement)
{
    gls_strbuf_free(&replacement->modern_bytes);
    gls_strbuf_free(&replacement->legacy_bytes);
}

static bool same_bytes(const struct gls_strbuf *a, const struct gls_strbuf *b)
{
    return a->size == b->size && (a->size == 0 || memcmp(a->data, b->data, a->size) == 0);
}

/* A raw profile is what its content makes of it, whatever its name. */
static bool may_hold(enum gls_png_kind kind, enum gls_png_kind block_kind)
{
    return kind == block_kind || kind == GLS_PNG_PROFILE_EXIF || kind == GLS_PNG_PROFILE_APP1 ||
           kind == GLS_PNG_PROFILE_XMP;
}

/* Keeps the chunk if it holds a block of the kind that is replaced. */
static bool keep_present(struct replacement *out, struct gls_input *input,
                         struct gls_png_chunk *chunk, struct gls_error *error)
{
    struct gls_strbuf bytes = GLS_STRBUF_INIT;
    struct gls_error inner = GLS_ERROR_INIT;
    enum gls_png_kind what;
    bool ok = true;

    if (!gls_png_load_block(&bytes, &what, input, chunk, &inner)) {
        *error = inner;
        if (inner.status == GLS_ERROR_FORMAT) /* damaged: what it holds is not known */
            error->status = GLS_ERROR_UNSUPPORTED;
        ok = false;
    } else if (what == out->kind) {
        bool is_modern = chunk->kind == out->kind;
        const struct gls_png_chunk **slot = is_modern ? &out->modern : &out->legacy;
        struct gls_strbuf *to = is_modern ? &out->modern_bytes : &out->legacy_bytes;
        if (chunk->is_damaged) {
            ok = gls_input_refuse(input, "the checksum of its present metadata is wrong", error);
        } else if (*slot != NULL) {
            ok = gls_input_refuse(input,
                                  "it has several blocks of one kind, which could contradict "
                                  "each other",
                                  error);
        } else {
            *slot = chunk;
            *to = bytes;
            return true;
        }
    }
    gls_strbuf_free(&bytes);
    return ok;
}

/* A PNG chunk of `type` around `head` and `block`. */
static bool make_chunk(struct gls_strbuf *out, const char *type, const struct gls_strbuf *block,
                       struct gls_error *error)
{
    uint8_t number[4];
    bool is_text = memcmp(type, "iTXt", 4) == 0;
    size_t head_size = is_text ? sizeof xmp_head : 0;

    gls_put_be32(number, (uint32_t)(head_size + block->size));
    gls_strbuf_add(out, number, sizeof number);
    gls_strbuf_add(out, type, 4);
    gls_strbuf_add(out, xmp_head, head_size);
    gls_strbuf_add(out, block->data, block->size);
    if (out->failed)
        return gls_fail_memory(error);
    uLong crc = crc32(crc32(0, NULL, 0), (const Bytef *)out->data + 4, (uInt)(out->size - 4));
    gls_put_be32(number, (uint32_t)crc);
    gls_strbuf_add(out, number, sizeof number);
    return !out->failed || gls_fail_memory(error);
}

static uint64_t whole_size(const struct gls_png_chunk *chunk)
{
    return (uint64_t)chunk->size + GLS_PNG_FRAME;
}

static bool add_splices(struct gls_patch *out, const struct gls_png_layout *layout,
                        const struct replacement *replacement, const struct gls_strbuf *chunk,
                        struct gls_error *error)
{
    const struct gls_png_chunk *modern = replacement->modern;
    const struct gls_png_chunk *legacy = replacement->legacy;
    const struct gls_png_chunk *old = modern != NULL ? modern : legacy;

    /* Before the chunks of an animation: FFmpeg takes what stands between a frame's
     * control chunk and its data for a broken frame. */
    if (old == NULL)
        return gls_patch_insert(out, layout->first_picture, chunk->data, chunk->size, error);
    if (!gls_patch_replace(out, old->offset, whole_size(old), chunk, error))
        return false;
    /* A raw profile that says the same would contradict from now on. */
    return modern == NULL || legacy == NULL ||
           gls_patch_remove(out, legacy->offset, whole_size(legacy), error);
}

static bool find_present(struct replacement *out, struct gls_input *input,
                         struct gls_png_layout *layout, struct gls_error *error)
{
    unsigned loads = 0;

    for (size_t i = 0; i < layout->count; i++) {
        if (!may_hold(layout->chunks[i].kind, out->kind))
            continue;
        if (++loads > GLS_PNG_LOADS_MAX)
            return gls_input_refuse(input, "it has too many profiles", error);
        if (!keep_present(out, input, &layout->chunks[i], error))
            return false;
    }
    return out->modern == NULL || out->legacy == NULL ||
           same_bytes(&out->modern_bytes, &out->legacy_bytes) ||
           gls_input_refuse(input, "its raw profile contradicts its own chunk", error);
}

/* Frees what the replacement owns. */
static bool replace_block(struct gls_patch *out, struct gls_input *input,
                          struct gls_png_layout *layout, struct replacement *replacement,
                          struct gls_error *error)
{
    GLS_STRBUF_AUTO chunk = GLS_STRBUF_INIT;
    const struct gls_strbuf *block = replacement->block;
    const char *type = replacement->kind == GLS_PNG_EXIF ? "eXIf" : "iTXt";
    bool ok = block->size <= GLS_BLOCK_MAX - sizeof xmp_head ||
              gls_input_refuse(input, "the metadata block would become too large", error);

    ok = ok && find_present(replacement, input, layout, error);
    bool is_stated =
        (replacement->modern != NULL && same_bytes(&replacement->modern_bytes, block)) ||
        (replacement->legacy != NULL && same_bytes(&replacement->legacy_bytes, block));
    if (ok && !is_stated)
        ok = make_chunk(&chunk, type, block, error) &&
             add_splices(out, layout, replacement, &chunk, error);
    replacement_free(replacement);
    return ok;
}

bool gls_png_replace(struct gls_patch *out, struct gls_input *input,
                     const struct gls_block_edit *edit, struct gls_error *error)
{
    struct gls_png_layout layout = {0};
    struct replacement exif = {.kind = GLS_PNG_EXIF, .block = edit->exif};
    struct replacement xmp = {.kind = GLS_PNG_XMP, .block = edit->xmp};
    bool ok = gls_png_read_layout(&layout, input, error);

    if (ok && layout.parse_error != NULL)
        ok = gls_fail(error, GLS_ERROR_UNSUPPORTED,
                      "%s: it %s at byte %llu, so its tags cannot be embedded safely",
                      gls_input_name(input), layout.parse_error,
                      (unsigned long long)layout.parse_error_offset);
    /* Exif first: where both go before the image data, it is to stand first. */
    if (ok && edit->exif != NULL)
        ok = replace_block(out, input, &layout, &exif, error);
    if (ok && edit->xmp != NULL)
        ok = replace_block(out, input, &layout, &xmp, error);
    ok = ok && gls_patch_seal(out, gls_input_size(input), error);
    gls_png_layout_free(&layout);
    return ok;
}
