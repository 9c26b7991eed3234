/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <zlib.h>

#include "base/error.h"
#include "media/png/png.h"

/* The head of an uncompressed iTXt: keyword, flag, method, no language, no translation. */
static const char xmp_head[] = "XML:com.adobe.xmp\0\0\0\0"; /* and the last NUL */

/* Where a block is now: in its own chunk, and in a raw profile. */
struct place {
    const struct gls_png_chunk *modern;
    const struct gls_png_chunk *legacy;
    struct gls_strbuf modern_bytes;
    struct gls_strbuf legacy_bytes;
};

static void place_free(struct place *place)
{
    gls_strbuf_free(&place->modern_bytes);
    gls_strbuf_free(&place->legacy_bytes);
}

static bool refuse(struct gls_input *input, struct gls_error *error, const char *why)
{
    return gls_fail(error, GLS_ERROR_UNSUPPORTED, "%s: %s", gls_input_name(input), why);
}

static bool same_bytes(const struct gls_strbuf *a, const struct gls_strbuf *b)
{
    return a->size == b->size && (a->size == 0 || memcmp(a->data, b->data, a->size) == 0);
}

/* A raw profile is what its content makes of it, whatever its name. */
static bool may_hold(enum gls_png_kind kind, enum gls_png_kind wanted)
{
    return kind == wanted || kind == GLS_PNG_PROFILE_EXIF || kind == GLS_PNG_PROFILE_APP1 ||
           kind == GLS_PNG_PROFILE_XMP;
}

/* Puts one more chunk into the place if it holds a block of the wanted kind. */
static bool take_place(struct place *out, struct gls_input *input, struct gls_png_chunk *chunk,
                       enum gls_png_kind wanted, struct gls_error *error)
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
    } else if (what == wanted) {
        bool is_modern = chunk->kind == wanted;
        const struct gls_png_chunk **slot = is_modern ? &out->modern : &out->legacy;
        struct gls_strbuf *to = is_modern ? &out->modern_bytes : &out->legacy_bytes;
        if (chunk->is_damaged) {
            ok = refuse(input, error, "the checksum of its present metadata is wrong");
        } else if (*slot != NULL) {
            ok = refuse(input, error,
                        "it has several blocks of one kind, which could contradict "
                        "each other");
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
                        const struct place *place, const struct gls_strbuf *chunk,
                        struct gls_error *error)
{
    const struct gls_png_chunk *old = place->modern != NULL ? place->modern : place->legacy;

    /* Before the chunks of an animation: FFmpeg takes what stands between a frame's
     * control chunk and its data for a broken frame. */
    if (old == NULL)
        return gls_patch_add(out, layout->first_picture, 0, chunk->data, chunk->size, error);
    if (!gls_patch_add(out, old->offset, whole_size(old), chunk->data, chunk->size, error))
        return false;
    /* A raw profile that says the same would contradict from now on. */
    return place->modern == NULL || place->legacy == NULL ||
           gls_patch_add(out, place->legacy->offset, whole_size(place->legacy), NULL, 0, error);
}

static bool replace_block(struct gls_patch *out, struct gls_input *input,
                          struct gls_png_layout *layout, const struct gls_strbuf *block,
                          enum gls_png_kind wanted, struct gls_error *error)
{
    struct place place = {0};
    struct gls_strbuf chunk = GLS_STRBUF_INIT;
    const char *type = wanted == GLS_PNG_EXIF ? "eXIf" : "iTXt";
    unsigned loads = 0;
    bool ok = true;

    if (block->size > GLS_BLOCK_MAX - sizeof xmp_head)
        ok = refuse(input, error, "the metadata block would become too large");
    for (size_t i = 0; ok && i < layout->count; i++) {
        if (!may_hold(layout->chunks[i].kind, wanted))
            continue;
        ok = ++loads <= GLS_PNG_LOADS_MAX
                 ? take_place(&place, input, &layout->chunks[i], wanted, error)
                 : refuse(input, error, "it has too many profiles");
    }
    if (ok && place.modern != NULL && place.legacy != NULL &&
        !same_bytes(&place.modern_bytes, &place.legacy_bytes))
        ok = refuse(input, error, "its raw profile contradicts its own chunk");
    bool stated = (place.modern != NULL && same_bytes(&place.modern_bytes, block)) ||
                  (place.legacy != NULL && same_bytes(&place.legacy_bytes, block));
    if (ok && !stated)
        ok = make_chunk(&chunk, type, block, error) &&
             add_splices(out, layout, &place, &chunk, error);
    gls_strbuf_free(&chunk);
    place_free(&place);
    return ok;
}

bool gls_png_replace(struct gls_patch *out, struct gls_input *input,
                     const struct gls_block_edit *edit, struct gls_error *error)
{
    struct gls_png_layout layout = {0};
    bool ok = gls_png_read_layout(&layout, input, error);

    if (ok && layout.parse_error != NULL)
        ok = gls_fail(error, GLS_ERROR_UNSUPPORTED,
                      "%s: it %s at byte %llu, so its tags cannot be embedded safely",
                      gls_input_name(input), layout.parse_error,
                      (unsigned long long)layout.parse_error_offset);
    /* Exif first: where both go before the image data, it is to stand first. */
    if (ok && edit->exif != NULL)
        ok = replace_block(out, input, &layout, edit->exif, GLS_PNG_EXIF, error);
    if (ok && edit->xmp != NULL)
        ok = replace_block(out, input, &layout, edit->xmp, GLS_PNG_XMP, error);
    ok = ok && gls_patch_seal(out, gls_input_size(input), error);
    gls_png_layout_free(&layout);
    return ok;
}
