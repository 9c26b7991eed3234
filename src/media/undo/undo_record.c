/* SPDX-License-Identifier: MIT */
#include "media/undo/undo_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* A record is MARK, base64url (RFC 4648) of a zlib stream, and END. The stream
 * holds numbers of 7 bits a byte, least significant first, the high bit meaning
 * "more": source size, number of splices, index of the XMP's splice, check sum; then per splice
 * the distance from the end of the one before, bytes left out, bytes put in (0
 * for the XMP's splice), and the bytes left out themselves. */

enum {
    MARK_SIZE = sizeof GLS_UNDO_MARK - 1,
    SPLICES_MAX = 4096,
    PLAIN_MAX = GLS_UNDO_REMOVED_MAX + SPLICES_MAX * 30 + 64,
    XMP_SPLICE_MAX = 32 << 20,
    LANDMARK = 64,
    WINDOW = 65536,
    WINDOW_BITS_MIN = 9, /* the least that zlib takes */
    PACK_LEVEL = 4
};

struct gls_undo {
    struct gls_patch inverse;
    struct gls_input *input;
};

/* CRC-32 of the source's bytes at its ends and on both sides of the XMP's splice: a file
 * that another program has rearranged since does not pass for a source. */
static bool sum_landmarks(uint32_t *out, struct gls_input *source, uint64_t before, uint64_t after,
                          struct gls_error *error)
{
    uint64_t size = gls_input_size(source), begins[] = {0, before, after, size};
    uint8_t bytes[LANDMARK];
    uLong sum = crc32(0, NULL, 0);

    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        size_t got = LANDMARK;
        uint64_t begin = begins[i];
        if (i % 2 == 1)
            begin -= begin < LANDMARK ? begin : LANDMARK;
        if (!gls_input_read_some(source, begin, bytes, &got, error))
            return false;
        sum = crc32(sum, bytes, (uInt)got);
    }
    *out = (uint32_t)sum;
    return true;
}

/* ---- Making ------------------------------------------------------------------ */

static void add_number(struct gls_strbuf *out, uint64_t value)
{
    while (value >= 0x80) {
        gls_strbuf_add_char(out, (char)(0x80 | (value & 0x7F)));
        value >>= 7;
    }
    gls_strbuf_add_char(out, (char)value);
}

static bool add_removed(struct gls_strbuf *out, struct gls_input *input,
                        const struct gls_splice *splice, struct gls_error *error)
{
    size_t size = (size_t)splice->removed;
    char *bytes = gls_strbuf_reserve(out, size);

    if (bytes == NULL)
        return gls_fail_memory(error);
    if (!gls_input_read(input, splice->offset, bytes, size, error))
        return false;
    out->size += size;
    return true;
}

static bool make_plain(struct gls_strbuf *out, const struct gls_patch *patch, size_t xmp_splice,
                       struct gls_input *input, struct gls_error *error)
{
    const struct gls_splice *block = &patch->splices[xmp_splice];
    uint64_t end = 0;
    uint32_t sum = 0;
    bool ok = sum_landmarks(&sum, input, block->offset, block->offset + block->removed, error);

    add_number(out, gls_input_size(input));
    add_number(out, patch->count);
    add_number(out, xmp_splice);
    add_number(out, sum);
    for (size_t i = 0; ok && i < patch->count; i++) {
        const struct gls_splice *splice = &patch->splices[i];
        add_number(out, splice->offset - end);
        add_number(out, splice->removed);
        add_number(out, i == xmp_splice ? 0 : splice->size);
        ok = add_removed(out, input, splice, error);
        end = splice->offset + splice->removed;
    }
    return ok && (!out->failed || gls_fail_memory(error));
}

static void add_base64(struct gls_strbuf *out, const uint8_t *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    char *next = gls_strbuf_reserve(out, size / 3 * 4 + 4);

    if (next == NULL)
        return;
    char *begin = next;
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        uint32_t group = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                         (left > 2 ? bytes[i + 2] : 0);
        *next++ = digits[group >> 18];
        *next++ = digits[group >> 12 & 63];
        if (left > 1)
            *next++ = digits[group >> 6 & 63];
        if (left > 2)
            *next++ = digits[group & 63];
    }
    *next = '\0';
    out->size += (size_t)(next - begin);
}

/* With a window no larger than what is packed, for the tables of the usual one cost more time
 * than a small record, and at a level that makes records of XMP packets 2 % larger than the best
 * one in two thirds of its instructions. NULL: no memory. The caller's to free. */
static uint8_t *pack(size_t *size, const struct gls_strbuf *plain)
{
    z_stream stream = {.next_in = (Bytef *)plain->data, .avail_in = (uInt)plain->size};
    int bits = WINDOW_BITS_MIN;

    while (bits < MAX_WBITS && plain->size > (size_t)1 << bits)
        bits++;
    if (deflateInit2(&stream, PACK_LEVEL, Z_DEFLATED, bits, bits - WINDOW_BITS_MIN + 2,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;
    uLong space = deflateBound(&stream, stream.avail_in);
    uint8_t *packed = malloc(space);
    stream.next_out = packed;
    stream.avail_out = packed != NULL ? (uInt)space : 0;
    if (packed != NULL && deflate(&stream, Z_FINISH) != Z_STREAM_END) {
        free(packed);
        packed = NULL;
    }
    *size = stream.total_out;
    deflateEnd(&stream);
    return packed;
}

static bool add_packed(struct gls_strbuf *out, const struct gls_strbuf *plain,
                       struct gls_error *error)
{
    size_t size = 0;
    uint8_t *packed = pack(&size, plain);

    if (packed == NULL)
        return gls_fail_memory(error);
    gls_strbuf_add_str(out, GLS_UNDO_MARK);
    add_base64(out, packed, size);
    gls_strbuf_add_char(out, GLS_UNDO_END);
    free(packed);
    return !out->failed || gls_fail_memory(error);
}

bool gls_undo_encode(struct gls_strbuf *out, const struct gls_patch *patch, size_t xmp_splice,
                     struct gls_input *input, struct gls_error *error)
{
    GLS_STRBUF_AUTO plain = GLS_STRBUF_INIT;
    uint64_t removed = 0;

    if (xmp_splice >= patch->count)
        return gls_fail(error, GLS_ERROR_INTERNAL, "%s: no splice carries the record",
                        gls_input_name(input));
    for (size_t i = 0; i < patch->count && removed <= GLS_UNDO_REMOVED_MAX; i++)
        removed += patch->splices[i].removed;
    if (removed > GLS_UNDO_REMOVED_MAX || patch->count > SPLICES_MAX)
        return true;
    return make_plain(&plain, patch, xmp_splice, input, error) && add_packed(out, &plain, error);
}

void gls_undo_encode_hash(struct gls_strbuf *out, const char *sha256, uint64_t size_bytes)
{
    gls_strbuf_addf(out, GLS_UNDO_HASH_MARK "%s:%llu%c", sha256, (unsigned long long)size_bytes,
                    GLS_UNDO_END);
}

/* ---- Using --------------------------------------------------------------------- */

static bool fail_malformed(struct gls_input *stored, struct gls_error *error)
{
    return gls_fail(error, GLS_ERROR_FORMAT, "%s: its undo record is malformed",
                    gls_input_name(stored));
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

/* The zlib stream of a record; false: other characters. `out` holds text_size bytes. */
static bool unpack_base64(uint8_t *out, size_t *size, const char *text, size_t text_size)
{
    uint32_t group = 0;
    unsigned bits = 0;

    *size = 0;
    for (size_t i = 0; i < text_size; i++) {
        int value = base64_value(text[i]);
        if (value < 0)
            return false;
        group = (group << 6 | (uint32_t)value) & 0xFFFF;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[(*size)++] = (uint8_t)(group >> bits);
        }
    }
    return true;
}

struct plain {
    const uint8_t *next;
    const uint8_t *end;
};

static bool take_number(struct plain *plain, uint64_t *out)
{
    *out = 0;
    for (unsigned shift = 0; shift < 63 && plain->next < plain->end; shift += 7) {
        uint8_t byte = *plain->next++;
        *out |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

/* One splice as the record has it. `bytes` is what it left out of the source. */
struct step {
    uint64_t offset;
    uint64_t removed;
    uint64_t inserted;
    const uint8_t *bytes;
};

struct steps {
    uint64_t source_size;
    uint64_t count;
    uint64_t xmp_splice;
    uint64_t sum;
    struct step *items;
};

static bool take_step(struct plain *plain, struct step *step, uint64_t *end, uint64_t source_size)
{
    uint64_t distance;

    if (!take_number(plain, &distance) || !take_number(plain, &step->removed) ||
        !take_number(plain, &step->inserted) || distance > source_size - *end ||
        step->removed > source_size - *end - distance ||
        step->removed > (uint64_t)(plain->end - plain->next) || step->inserted > INT64_MAX >> 16)
        return false;
    step->offset = *end + distance;
    step->bytes = plain->next;
    plain->next += step->removed;
    *end = step->offset + step->removed;
    return true;
}

static bool take_steps(struct plain *plain, struct steps *steps)
{
    uint64_t end = 0;

    if (!take_number(plain, &steps->source_size) || !take_number(plain, &steps->count) ||
        !take_number(plain, &steps->xmp_splice) || !take_number(plain, &steps->sum) ||
        steps->source_size > INT64_MAX || steps->count > SPLICES_MAX ||
        steps->xmp_splice >= steps->count)
        return false;
    steps->items = calloc((size_t)steps->count, sizeof *steps->items);
    if (steps->items == NULL)
        return false;
    for (uint64_t i = 0; i < steps->count; i++) {
        if (!take_step(plain, &steps->items[i], &end, steps->source_size))
            return false;
    }
    return plain->next == plain->end;
}

/* What the XMP's splice put in is what is left of the stored file's size. */
static bool size_xmp_splice(struct steps *steps, uint64_t stored_size)
{
    uint64_t others = steps->source_size;

    for (uint64_t i = 0; i < steps->count; i++)
        others += steps->items[i].inserted - steps->items[i].removed;
    if (others > stored_size || stored_size - others > XMP_SPLICE_MAX)
        return false;
    steps->items[steps->xmp_splice].inserted += stored_size - others;
    return true;
}

/* Splices that touch in the stored file become one, so that their order is plain. */
static bool add_inverse(struct gls_patch *inverse, const struct steps *steps,
                        struct gls_error *error)
{
    GLS_STRBUF_AUTO bytes = GLS_STRBUF_INIT;
    uint64_t start = 0, end = 0, stored = 0, source = 0;
    bool ok = true;

    for (uint64_t i = 0; ok && i < steps->count; i++) {
        const struct step *step = &steps->items[i];
        stored += step->offset - source;
        if (i > 0 && stored != end) {
            ok = gls_patch_replace(inverse, start, end - start, &bytes, error);
            gls_strbuf_clear(&bytes);
        }
        if (i == 0 || stored != end)
            start = stored;
        gls_strbuf_add(&bytes, step->bytes, (size_t)step->removed);
        stored += step->inserted;
        end = stored;
        source = step->offset + step->removed;
    }
    if (bytes.failed)
        return gls_fail_memory(error);
    return ok && gls_patch_replace(inverse, start, end - start, &bytes, error);
}

/* A file that another program has changed since has its XMP elsewhere. */
static bool xmp_splice_holds(const struct steps *steps, struct gls_input *stored,
                             const char *record)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    uint64_t offset = steps->items[steps->xmp_splice].offset;
    size_t size = (size_t)steps->items[steps->xmp_splice].inserted;

    for (uint64_t i = 0; i < steps->xmp_splice; i++)
        offset += steps->items[i].inserted - steps->items[i].removed;
    uint8_t *bytes = malloc(size + 1);
    bool holds = bytes != NULL && gls_input_read(stored, offset, bytes, size, &ignored) &&
                 memmem(bytes, size, record, strlen(record)) != NULL;
    free(bytes);
    return holds;
}

static bool fail_changed(struct gls_input *stored, struct gls_error *error)
{
    return gls_fail(error, GLS_ERROR_FORMAT, "%s: was changed since its undo record was written",
                    gls_input_name(stored));
}

static bool invert(struct gls_undo *undo, struct gls_input *stored, const char *record,
                   struct plain *plain, struct gls_error *error)
{
    struct steps steps = {0};
    uint64_t stored_size = gls_input_size(stored);
    uint32_t sum = 0;
    bool ok = take_steps(plain, &steps) || fail_malformed(stored, error);

    if (ok && (!size_xmp_splice(&steps, stored_size) || !xmp_splice_holds(&steps, stored, record)))
        ok = gls_fail(error, GLS_ERROR_FORMAT, "%s: was changed since its undo record was written",
                      gls_input_name(stored));
    ok = ok && add_inverse(&undo->inverse, &steps, error) &&
         gls_patch_seal(&undo->inverse, stored_size, error) &&
         gls_input_from_patch(&undo->input, stored, &undo->inverse, error);
    if (ok) {
        const struct step *xmp_splice = &steps.items[steps.xmp_splice];
        ok = sum_landmarks(&sum, undo->input, xmp_splice->offset,
                           xmp_splice->offset + xmp_splice->removed, error) &&
             (sum == steps.sum || fail_changed(stored, error));
    }
    free(steps.items);
    return ok;
}

bool gls_undo_open(struct gls_undo **out, struct gls_input *stored, const char *record,
                   struct gls_error *error)
{
    size_t text_size = strlen(record), packed_size = 0;
    uLongf plain_size = PLAIN_MAX;
    struct plain plain;

    if (strncmp(record, GLS_UNDO_HASH_MARK, MARK_SIZE) == 0)
        return gls_fail(error, GLS_ERROR_UNSUPPORTED, "%s: its record only names a hash",
                        gls_input_name(stored));
    if (text_size < MARK_SIZE + 1 || text_size > GLS_UNDO_RECORD_MAX ||
        strncmp(record, GLS_UNDO_MARK, MARK_SIZE) != 0 || record[text_size - 1] != GLS_UNDO_END)
        return fail_malformed(stored, error);
    struct gls_undo *undo = calloc(1, sizeof *undo);
    uint8_t *packed = malloc(text_size), *bytes = malloc(PLAIN_MAX);
    bool ok = (undo != NULL && packed != NULL && bytes != NULL) || gls_fail_memory(error);
    if (ok &&
        (!unpack_base64(packed, &packed_size, record + MARK_SIZE, text_size - MARK_SIZE - 1) ||
         uncompress(bytes, &plain_size, packed, (uLong)packed_size) != Z_OK))
        ok = fail_malformed(stored, error);
    if (ok) {
        plain = (struct plain){bytes, bytes + plain_size};
        ok = invert(undo, stored, record, &plain, error);
    }
    free(bytes);
    free(packed);
    if (ok)
        *out = undo;
    else
        gls_undo_close(undo);
    return ok;
}

struct gls_input *gls_undo_input(struct gls_undo *undo)
{
    return undo->input;
}

void gls_undo_close(struct gls_undo *undo)
{
    if (undo == NULL)
        return;
    gls_input_free(undo->input);
    gls_patch_free(&undo->inverse);
    free(undo);
}

static bool hash_input(char sha256[GLS_SHA256_HEX_SIZE], struct gls_input *input,
                       struct gls_error *error)
{
    struct gls_sha256 *digest = gls_sha256_new();
    uint8_t *window = malloc(WINDOW);
    bool ok = (digest != NULL && window != NULL) || gls_fail_memory(error);
    size_t got = 1;

    for (uint64_t offset = 0; ok && got > 0; offset += got) {
        got = WINDOW;
        ok = gls_input_read_some(input, offset, window, &got, error);
        if (ok)
            gls_sha256_update(digest, window, got);
    }
    if (ok) {
        gls_sha256_finish(digest, sha256);
        ok = sha256[0] != '\0' || gls_fail_memory(error);
    }
    free(window);
    gls_sha256_free(digest);
    return ok;
}

bool gls_undo_source_hash(char sha256[GLS_SHA256_HEX_SIZE], uint64_t *size_bytes,
                          struct gls_input *stored, const char *record, struct gls_error *error)
{
    struct gls_undo *undo = NULL;
    unsigned long long size = 0;
    char end = '\0';

    if (strncmp(record, GLS_UNDO_HASH_MARK, MARK_SIZE) == 0) {
        const char *hex = record + MARK_SIZE;
        if (strspn(hex, "0123456789abcdef") != GLS_SHA256_HEX_SIZE - 1 ||
            sscanf(hex + GLS_SHA256_HEX_SIZE - 1, ":%19llu%c", &size, &end) != 2 ||
            end != GLS_UNDO_END)
            return fail_malformed(stored, error);
        memcpy(sha256, hex, GLS_SHA256_HEX_SIZE - 1);
        sha256[GLS_SHA256_HEX_SIZE - 1] = '\0';
        *size_bytes = size;
        return true;
    }
    bool ok = gls_undo_open(&undo, stored, record, error) &&
              hash_input(sha256, gls_undo_input(undo), error);
    if (ok)
        *size_bytes = gls_input_size(gls_undo_input(undo));
    gls_undo_close(undo);
    return ok;
}
