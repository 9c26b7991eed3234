/* SPDX-License-Identifier: MIT */
#include "media/undo/source_mark.h"

#include <string.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "media/undo/undo_record.h"

/* The root of a packet: its name today, its name before 2005, or (it may be left
 * out) the wrapper's identifier (XMP part 1, 7.3.2 and 7.3.3). */
static const char *const packet_signs[] = {"<x:xmpmeta", "<x:xapmeta", "W5M0MpCehiHzreSzNTczkc9d"};

static bool carries(const struct gls_splice *splice)
{
    if (splice->bytes == NULL)
        return false;
    for (size_t i = 0; i < sizeof packet_signs / sizeof packet_signs[0]; i++) {
        if (memmem(splice->bytes, splice->size, packet_signs[i], strlen(packet_signs[i])) != NULL)
            return true;
    }
    /* A text note's metadata is one line of JSON. */
    return splice->bytes[0] == '{';
}

/* The splice that puts the XMP packet or the JSON line in; patch->count if none does. */
static size_t find_xmp_splice(const struct gls_patch *patch)
{
    size_t i = 0;

    while (i < patch->count && !carries(&patch->splices[i]))
        i++;
    return i;
}

/* The hash that a record in the file itself names, or leads to. One that says nothing
 * legible goes; one that cannot be read at the moment does not. */
static bool carry_on(struct gls_strbuf *out, struct gls_input *input, struct gls_error *error)
{
    GLS_STRBUF_AUTO record = GLS_STRBUF_INIT;
    struct gls_error inner = GLS_ERROR_INIT;
    char sha256[GLS_SHA256_HEX_SIZE];
    uint64_t size_bytes = 0;

    if (gls_undo_find(&record, input, NULL, &inner) && record.size > 0 &&
        gls_undo_source_hash(sha256, &size_bytes, input, record.data, &inner))
        gls_undo_encode_hash(out, sha256, size_bytes);
    if (!gls_error_is_of_system(&inner))
        return true;
    *error = inner;
    return false;
}

bool gls_source_mark_make(struct gls_strbuf *out, struct gls_input *input,
                          const struct gls_patch *patch, const struct gls_tags *tags,
                          struct gls_error *error)
{
    size_t xmp_splice = find_xmp_splice(patch);

    if (xmp_splice == patch->count)
        return true;
    switch (tags->mark) {
    case GLS_MARK_NONE:
        return true;
    case GLS_MARK_INPUT_IS_SOURCE:
        return gls_undo_encode(out, patch, xmp_splice, input, error);
    case GLS_MARK_KEEP:
        return carry_on(out, input, error);
    case GLS_MARK_HASH:
        gls_undo_encode_hash(out, tags->source_sha256, tags->source_size_bytes);
        return true;
    }
    return true;
}

bool gls_source_mark_fits(const struct gls_patch *without, const struct gls_patch *with)
{
    size_t xmp_splice = find_xmp_splice(without);

    if (without->count != with->count || find_xmp_splice(with) != xmp_splice)
        return false;
    for (size_t i = 0; i < without->count; i++) {
        const struct gls_splice *a = &without->splices[i], *b = &with->splices[i];
        if (a->offset != b->offset || a->removed != b->removed ||
            (i != xmp_splice && a->size != b->size))
            return false;
    }
    return true;
}
