/* SPDX-License-Identifier: MIT */
/*
 * gif - GIF87a and GIF89a (CompuServe, 1990), and XMP in an application
 * extension (XMP part 3, section 1.1.2): the packet stands there bare, and 258
 * "magic" bytes behind it lead a reader of sub-blocks to its end.
 */
#include "media/gif/gif.h"

#include <string.h>

#include "base/error.h"
#include "media/core/block_load.h"

enum {
    HEAD_SIZE = 13, /* signature, version, screen descriptor */
    IMAGE_HEAD = 10,
    XMP_HEAD = 14, /* introducer, label, size, identifier and code */
    XMP_TRAILER = 258,
    INTRODUCER_EXTENSION = 0x21,
    INTRODUCER_IMAGE = 0x2C,
    INTRODUCER_END = 0x3B,
    LABEL_COMMENT = 0xFE,
    BLOCKS_MAX = 1 << 20 /* more is no picture */
};
static const uint8_t xmp_head[XMP_HEAD] = {0x21, 0xFF, 11,  'X', 'M', 'P', ' ',
                                           'D',  'a',  't', 'a', 'X', 'M', 'P'};

enum kind { KIND_OTHER, KIND_XMP, KIND_COMMENT };

struct block {
    uint64_t offset;
    uint64_t size; /* with terminator */
    enum kind kind;
};

struct walk {
    struct gls_input *input;
    uint64_t offset; /* of the next block */
    uint64_t first;  /* behind the global colour table */
    unsigned count;
    bool is_87a;
    bool at_end; /* the trailer was met; `offset` is its own */
    const char *parse_error;
};

/* What stands behind `flags`: a colour table of 2^(n+1) entries, or nothing. */
static uint64_t table_size(uint8_t flags)
{
    return (flags & 0x80) != 0 ? (uint64_t)3 << ((flags & 7) + 1) : 0;
}

static bool walk_start(struct walk *out, struct gls_input *input, struct gls_error *error)
{
    uint8_t head[HEAD_SIZE];
    size_t got = sizeof head;

    *out = (struct walk){.input = input};
    if (!gls_input_read_some(input, 0, head, &got, error))
        return false;
    if (got < 6 || (memcmp(head, "GIF87a", 6) != 0 && memcmp(head, "GIF89a", 6) != 0))
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: not a GIF: it lacks the signature",
                        gls_input_name(input));
    out->is_87a = head[4] == '7';
    if (got < sizeof head)
        out->parse_error = "ends too early, within its head,";
    else
        out->first = sizeof head + table_size(head[10]);
    out->offset = out->first;
    return true;
}

/* Follows sub-blocks from *offset to behind their terminator. False: the file
 * ends first (parse_error is set), or an error. */
static bool skip_sub_blocks(struct walk *walk, uint64_t *offset, struct gls_error *error)
{
    uint8_t size;
    size_t got;

    do {
        got = 1;
        if (!gls_input_read_some(walk->input, *offset, &size, &got, error))
            return false;
        if (got == 0) {
            walk->parse_error = "ends too early, within the block";
            return false;
        }
        *offset += 1 + (uint64_t)size;
    } while (size != 0);
    return true;
}

static bool measure_block(struct walk *walk, struct block *out, const uint8_t *head, size_t got,
                          struct gls_error *error)
{
    uint64_t end = walk->offset;

    if (head[0] == INTRODUCER_IMAGE && got >= IMAGE_HEAD) {
        end += IMAGE_HEAD + table_size(head[9]) + 1; /* and the code size */
    } else if (head[0] == INTRODUCER_EXTENSION && got >= 2) {
        if (got >= XMP_HEAD && memcmp(head, xmp_head, XMP_HEAD) == 0)
            out->kind = KIND_XMP;
        else if (head[1] == LABEL_COMMENT)
            out->kind = KIND_COMMENT;
        end += out->kind == KIND_XMP ? XMP_HEAD : 2;
    } else {
        walk->parse_error = head[0] == INTRODUCER_IMAGE || head[0] == INTRODUCER_EXTENSION
                                ? "ends too early, within the block"
                                : "is damaged: there is no block";
        return false;
    }
    if (!skip_sub_blocks(walk, &end, error))
        return false;
    out->size = end - out->offset;
    return true;
}

/* The next block before the trailer; false at the trailer, at a parse error, and on a
 * read error, when neither at_end nor parse_error is set. */
static bool walk_next(struct walk *walk, struct block *out, struct gls_error *error)
{
    uint8_t head[XMP_HEAD];
    size_t got = sizeof head;

    *out = (struct block){.offset = walk->offset};
    if (walk->parse_error != NULL ||
        !gls_input_read_some(walk->input, walk->offset, head, &got, error))
        return false;
    if (got == 0)
        walk->parse_error = "ends too early, before its trailer,";
    else if (head[0] == INTRODUCER_END)
        walk->at_end = true;
    else if (++walk->count > BLOCKS_MAX)
        walk->parse_error = "has too many blocks, the last";
    if (walk->parse_error != NULL || walk->at_end)
        return false;
    if (!measure_block(walk, out, head, got, error))
        return false;
    walk->offset += out->size;
    return true;
}

static void fill_trailer(uint8_t trailer[XMP_TRAILER])
{
    trailer[0] = 1;
    for (unsigned i = 1; i < 256; i++)
        trailer[i] = (uint8_t)(256 - i);
    trailer[256] = trailer[257] = 0;
}

/* Is the block a bare packet whose trailer is damaged? Other programs read it up to its
 * end mark, and so do we. What follows that mark is not known. */
static bool load_to_end_mark(struct gls_block *out, struct gls_input *input,
                             const struct block *block, struct gls_error *error)
{
    static const char mark[] = "<?xpacket end=\"w\"?>";
    struct gls_block whole = {0};
    const char *end = NULL;
    bool ok =
        gls_block_load(&whole, input, block->offset + XMP_HEAD, block->size - XMP_HEAD, error);

    if (ok && whole.bytes.size > 0 && whole.bytes.data[0] == '<')
        end = memmem(whole.bytes.data, whole.bytes.size, mark, strlen("<?xpacket end="));
    size_t size = end != NULL ? (size_t)(end - whole.bytes.data) + sizeof mark - 1 : 0;
    if (size > 0 && size <= whole.bytes.size) {
        gls_strbuf_truncate(&whole.bytes, size);
        gls_strbuf_free(&out->bytes);
        *out = (struct gls_block){whole.bytes, .present = true, .is_unread = true};
        return true;
    }
    gls_strbuf_free(&whole.bytes);
    return ok;
}

/* Some writers cut the packet into ordinary sub-blocks: joins them. */
static bool load_sub_blocks(struct gls_block *out, struct gls_input *input,
                            const struct block *block, struct gls_error *error)
{
    uint64_t at = block->offset + XMP_HEAD, end = block->offset + block->size;
    uint8_t size;
    bool ok = true;

    gls_strbuf_clear(&out->bytes);
    while (ok && at < end - 1) {
        ok = gls_input_read(input, at, &size, 1, error) &&
             gls_block_append(&out->bytes, input, at + 1, size, error);
        at += 1 + (uint64_t)size;
    }
    out->present = ok && out->bytes.size > 0 && out->bytes.data[0] == '<';
    return ok;
}

static bool load_packet(struct gls_block *out, struct gls_input *input, const struct block *block,
                        struct gls_error *error)
{
    uint8_t expected[XMP_TRAILER], present[XMP_TRAILER];
    bool is_bare = block->size >= XMP_HEAD + XMP_TRAILER;

    fill_trailer(expected);
    if (is_bare) {
        if (!gls_input_read(input, block->offset + block->size - XMP_TRAILER, present,
                            sizeof present, error))
            return false;
        is_bare = memcmp(present, expected, sizeof expected) == 0;
    }
    if (!is_bare)
        return load_sub_blocks(out, input, block, error) &&
               (out->present || load_to_end_mark(out, input, block, error));
    return gls_block_load(out, input, block->offset + XMP_HEAD,
                          block->size - XMP_HEAD - XMP_TRAILER, error);
}

static bool fail_parse_error(const struct walk *walk, enum gls_status status,
                             struct gls_error *error)
{
    return gls_fail(error, status, "%s: it %s at byte %llu", gls_input_name(walk->input),
                    walk->parse_error, (unsigned long long)walk->offset);
}

/* A packet that cannot be loaded is worth a note, unless reading failed. */
static bool take_packet(struct gls_blocks *out, struct gls_input *input, const struct block *block,
                        struct gls_error *error)
{
    struct gls_error inner = GLS_ERROR_INIT;

    if (load_packet(&out->xmp, input, block, &inner)) {
        out->xmp.is_unread = out->xmp.is_unread || !out->xmp.present;
        if (!out->xmp.present)
            gls_blocks_note(out, "an XMP block that holds no packet was left out");
        return true;
    }
    if (inner.status != GLS_ERROR_FORMAT) {
        *error = inner;
        return false;
    }
    out->xmp.is_unread = true;
    gls_blocks_note(out, "a damaged XMP packet was left out");
    return true;
}

static bool gif_scan(struct gls_blocks *out, struct gls_input *input, struct gls_error *error)
{
    struct walk walk;
    struct block block;
    size_t count = 0;
    bool ok = walk_start(&walk, input, error);

    while (ok && walk_next(&walk, &block, error))
        if (block.kind == KIND_XMP && count++ == 0)
            ok = take_packet(out, input, &block, error);
    ok = ok && (walk.at_end || walk.parse_error != NULL);
    if (ok && walk.parse_error != NULL)
        gls_blocks_note(out, "%s at byte %llu", walk.parse_error, (unsigned long long)walk.offset);
    if (ok && count > 1)
        gls_blocks_note(out, "has %zu XMP packets; the first one counts", count);
    if (!ok)
        gls_blocks_free(out);
    return ok;
}

/* Everything behind the signature and version, to the end of the file, but XMP
 * and comment extensions: they are metadata. */
static bool gif_essence(struct gls_ranges *out, struct gls_input *input, struct gls_error *error)
{
    struct walk walk;
    struct block block;
    bool ok = walk_start(&walk, input, error);

    if (ok && walk.parse_error == NULL)
        ok = gls_ranges_add(out, 6, walk.first - 6, error);
    while (ok && walk_next(&walk, &block, error))
        if (block.kind == KIND_OTHER)
            ok = gls_ranges_add(out, block.offset, block.size, error);
    if (!ok || (!walk.at_end && walk.parse_error == NULL))
        return false;
    if (walk.parse_error != NULL)
        return fail_parse_error(&walk, GLS_ERROR_FORMAT, error);
    return gls_ranges_add(out, walk.offset, gls_input_size(input) - walk.offset, error);
}

/* Finds where the packet is; refuses what is malformed. `old`: size 0 if none. */
static bool find_old(struct block *old, struct walk *walk, struct gls_input *input,
                     struct gls_error *error)
{
    struct block block;
    size_t count = 0;

    *old = (struct block){0};
    if (!walk_start(walk, input, error))
        return false;
    while (walk_next(walk, &block, error))
        if (block.kind == KIND_XMP && count++ == 0)
            *old = block;
    if (!walk->at_end && walk->parse_error == NULL)
        return false;
    if (walk->parse_error != NULL)
        return fail_parse_error(walk, GLS_ERROR_UNSUPPORTED, error);
    if (count > 1)
        return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                        "%s: it has several XMP packets, which could contradict each other",
                        gls_input_name(input));
    if (old->size == 0)
        old->offset = walk->first;
    return true;
}

/* Does the block hold this packet, in the form that we write? */
static bool is_stated(bool *same, struct gls_input *input, const struct block *old,
                      const struct gls_strbuf *packet, struct gls_error *error)
{
    struct gls_block present = {0};
    bool ok = true;

    *same = false;
    if (old->size == XMP_HEAD + packet->size + XMP_TRAILER) {
        ok = load_packet(&present, input, old, error);
        *same = ok && present.bytes.size == packet->size &&
                memcmp(present.bytes.data, packet->data, packet->size) == 0;
    }
    gls_strbuf_free(&present.bytes);
    return ok;
}

static bool add_packet(struct gls_patch *out, const struct block *old,
                       const struct gls_strbuf *packet, struct gls_error *error)
{
    struct gls_strbuf block = GLS_STRBUF_INIT;
    uint8_t trailer[XMP_TRAILER];
    bool ok;

    fill_trailer(trailer);
    gls_strbuf_add(&block, xmp_head, sizeof xmp_head);
    gls_strbuf_add(&block, packet->data, packet->size);
    gls_strbuf_add(&block, trailer, sizeof trailer);
    ok = !block.failed || gls_fail_memory(error);
    ok = ok && gls_patch_replace(out, old->offset, old->size, &block, error);
    gls_strbuf_free(&block);
    return ok;
}

static bool gif_replace(struct gls_patch *out, struct gls_input *input,
                        const struct gls_block_edit *edit, struct gls_error *error)
{
    struct walk walk;
    struct block old;
    bool same = true;

    if (edit->exif != NULL)
        return gls_fail(error, GLS_ERROR_UNSUPPORTED, "%s: a GIF cannot hold Exif",
                        gls_input_name(input));
    if (!find_old(&old, &walk, input, error))
        return false;
    if (edit->xmp != NULL) {
        /* A reader steps through the packet as if it were sub-blocks: a NUL
         * (UTF-16, say) would end it there. */
        if (edit->xmp->size == 0 || edit->xmp->size > GLS_BLOCK_MAX ||
            memchr(edit->xmp->data, '\0', edit->xmp->size) != NULL)
            return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                            "%s: a GIF cannot hold this XMP packet (empty, too large or not UTF-8)",
                            gls_input_name(input));
        if (!is_stated(&same, input, &old, edit->xmp, error))
            return false;
    }
    /* Extensions came with GIF89a. */
    if (!same && (!add_packet(out, &old, edit->xmp, error) ||
                  (walk.is_87a && !gls_patch_overwrite(out, 4, "9", 1, error))))
        return false;
    return gls_patch_seal(out, gls_input_size(input), error);
}

const struct gls_container gls_gif_container = {
    .name = "GIF",
    .scan = gif_scan,
    .essence = gif_essence,
    .replace = gif_replace,
    .can_hold_exif = false,
};
