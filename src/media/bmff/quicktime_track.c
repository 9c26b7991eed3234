/* SPDX-License-Identifier: MIT */
/* Tracks: ISO/IEC 14496-12 sections 8.3 to 8.7, QTFF "Track Atoms". */
#include "media/bmff/quicktime_track.h"

#include <string.h>

/* ---- Reading a table in chunks -------------------------------------------------- */

void gls_track_table_open(struct gls_track_table *table, struct gls_input *input,
                          const struct gls_box *box, uint32_t skip)
{
    uint64_t size = gls_box_payload_size(box);

    table->input = input;
    table->end = gls_box_end(box);
    table->offset = gls_box_payload(box) + (size < skip ? size : skip);
    table->at = 0;
    table->filled = 0;
    table->is_over = false;
}

const uint8_t *gls_track_table_next(struct gls_track_table *table, size_t width,
                                    struct gls_error *error)
{
    size_t rest = table->filled - table->at;
    size_t got;
    uint64_t left = table->end - table->offset;
    const uint8_t *entry;

    if (rest < width) {
        memmove(table->bytes, table->bytes + table->at, rest);
        got = sizeof table->bytes - rest;
        got = left < got ? (size_t)left : got;
        if (!gls_input_read(table->input, table->offset, table->bytes + rest, got, error))
            return NULL;
        table->offset += got;
        table->filled = rest + got;
        table->at = 0;
        if (table->filled < width) {
            table->is_over = true;
            return NULL;
        }
    }
    entry = table->bytes + table->at;
    table->at += width;
    return entry;
}

/* ---- One track ---------------------------------------------------------------- */

static void note_table(struct gls_track *track, const struct gls_box *box)
{
    switch (box->type) {
    case GLS_4CC('s', 't', 's', 'd'):
        track->stsd = *box;
        break;
    case GLS_4CC('s', 't', 's', 'c'):
        track->stsc = *box;
        break;
    case GLS_4CC('s', 't', 's', 'z'):
    case GLS_4CC('s', 't', 'z', '2'):
        track->stsz = *box;
        track->is_compact = box->type == GLS_4CC('s', 't', 'z', '2');
        break;
    case GLS_4CC('s', 't', 'c', 'o'):
    case GLS_4CC('c', 'o', '6', '4'):
        track->has_more = track->has_more || track->stco.size > 0;
        track->stco = *box;
        track->is_64_bit = box->type == GLS_4CC('c', 'o', '6', '4');
        break;
    case GLS_4CC('s', 'a', 'i', 'o'):
        track->has_more = true;
        break;
    default:
        break;
    }
}

static bool read_handler(struct gls_track *track, const struct gls_box *hdlr,
                         struct gls_error *error)
{
    uint8_t bytes[12];

    if (gls_box_payload_size(hdlr) < sizeof bytes)
        return true;
    if (!gls_input_read(track->input, gls_box_payload(hdlr), bytes, sizeof bytes, error))
        return false;
    track->handler = gls_be32(bytes + 8);
    return true;
}

static bool find_tables(struct gls_track *track, const struct gls_box *minf,
                        struct gls_error *error)
{
    struct gls_box_walk walk;
    struct gls_box_walk inner;
    struct gls_box box;
    struct gls_box table;

    gls_box_walk_children(&walk, track->input, minf, 0);
    while (gls_box_next(&box, &walk, error)) {
        if (box.type == GLS_4CC('s', 't', 'b', 'l')) {
            gls_box_walk_children(&inner, track->input, &box, 0);
            while (gls_box_next(&table, &inner, error))
                note_table(track, &table);
            if (inner.failed)
                return false;
        } else if (box.type == GLS_4CC('d', 'i', 'n', 'f')) {
            if (!gls_box_find(&table, track->input, &box, GLS_4CC('d', 'r', 'e', 'f'), error))
                return false;
            if (table.size > 0)
                track->dref = table;
        }
    }
    return !walk.failed;
}

bool gls_track_find(struct gls_track *out, struct gls_input *input, const struct gls_box *trak,
                    struct gls_error *error)
{
    struct gls_box_walk walk;
    struct gls_box mdia;
    struct gls_box box;

    memset(out, 0, sizeof *out);
    out->input = input;
    if (!gls_box_find(&mdia, input, trak, GLS_4CC('m', 'd', 'i', 'a'), error))
        return false;
    if (mdia.size == 0)
        return true;
    gls_box_walk_children(&walk, input, &mdia, 0);
    while (gls_box_next(&box, &walk, error)) {
        if (box.type == GLS_4CC('h', 'd', 'l', 'r') && !read_handler(out, &box, error))
            return false;
        if (box.type == GLS_4CC('m', 'i', 'n', 'f') && !find_tables(out, &box, error))
            return false;
    }
    return !walk.failed;
}

/* ---- Sample descriptions --------------------------------------------------------- */

static bool is_plain_sound(uint32_t format)
{
    switch (format) {
    case GLS_4CC('s', 'o', 'w', 't'):
    case GLS_4CC('t', 'w', 'o', 's'):
    case GLS_4CC('r', 'a', 'w', ' '):
    case GLS_4CC('N', 'O', 'N', 'E'):
    case GLS_4CC('i', 'n', '2', '4'):
    case GLS_4CC('i', 'n', '3', '2'):
    case GLS_4CC('f', 'l', '3', '2'):
    case GLS_4CC('f', 'l', '6', '4'):
    case GLS_4CC('l', 'p', 'c', 'm'):
        return true;
    default:
        return false;
    }
}

/* QuickTime sound of constant size counts frames of one "byte" in stsz; how
 * many bytes they take stands in the sample description (versions 0 to 2). */
static void read_sound(struct gls_track_description *out, const uint8_t *entry, size_t size,
                       uint32_t format)
{
    unsigned version;

    if (size < 20)
        return;
    version = gls_be16(entry);
    if (version == 0 && is_plain_sound(format)) {
        out->frames_per_packet = 1;
        out->bytes_per_packet = (uint32_t)gls_be16(entry + 8) * ((gls_be16(entry + 10) + 7u) / 8u);
    } else if (version == 0 &&
               (format == GLS_4CC('u', 'l', 'a', 'w') || format == GLS_4CC('a', 'l', 'a', 'w'))) {
        out->frames_per_packet = 1;
        out->bytes_per_packet = gls_be16(entry + 8);
    } else if (version == 1 && size >= 36) {
        out->frames_per_packet = gls_be32(entry + 20);
        out->bytes_per_packet = gls_be32(entry + 28);
    } else if (version == 2 && size >= 56) {
        out->bytes_per_packet = gls_be32(entry + 48);
        out->frames_per_packet = gls_be32(entry + 52);
    }
}

static bool reference_is_external(bool *out, const struct gls_track *track, unsigned index,
                                  struct gls_error *error)
{
    struct gls_box_walk walk;
    struct gls_box box;
    unsigned at = 0;
    uint8_t flags[4];

    *out = false;
    if (track->dref.size == 0)
        return true;
    gls_box_walk_children(&walk, track->input, &track->dref, 8);
    while (at < index && gls_box_next(&box, &walk, error)) {
        if (++at < index || gls_box_payload_size(&box) < 4)
            continue;
        if (!gls_input_read(track->input, gls_box_payload(&box), flags, 4, error))
            return false;
        *out = (flags[3] & 1) == 0;
    }
    return !walk.failed;
}

bool gls_track_read_descriptions(struct gls_track *track, struct gls_error *error)
{
    struct gls_box_walk walk;
    struct gls_box box;
    uint8_t entry[8 + 56];

    if (track->stsd.size == 0)
        return true;
    gls_box_walk_children(&walk, track->input, &track->stsd, 8);
    while (track->description_count < GLS_TRACK_DESCRIPTION_MAX &&
           gls_box_next(&box, &walk, error)) {
        struct gls_track_description *out = &track->descriptions[track->description_count++];
        uint64_t size = gls_box_payload_size(&box);
        size_t got = size < sizeof entry ? (size_t)size : sizeof entry;
        if (!gls_input_read_some(track->input, gls_box_payload(&box), entry, &got, error))
            return false;
        if (got < 8)
            continue;
        if (!reference_is_external(&out->is_external, track, gls_be16(entry + 6), error))
            return false;
        if (track->handler == GLS_4CC('s', 'o', 'u', 'n'))
            read_sound(out, entry + 8, got - 8, box.type);
    }
    return !walk.failed;
}
