/* SPDX-License-Identifier: MIT */
/* Sample tables: ISO/IEC 14496-12 sections 8.5 to 8.7, QTFF "Sample Atoms". */
#include <string.h>

#include "media/bmff/quicktime.h"

#define RANGE_MAX (1u << 21)
#define DESCRIPTION_MAX 64u

/* ---- Reading a table in pieces -------------------------------------------------- */

struct table {
    struct gls_input *input;
    uint64_t offset; /* of what is not yet in `bytes` */
    uint64_t end;
    uint8_t bytes[4096];
    size_t at;
    size_t filled;
    bool is_over; /* less than one entry is left */
};

static void table_open(struct table *table, struct gls_input *input, const struct gls_box *box,
                       uint32_t skip)
{
    uint64_t size = gls_box_payload_size(box);

    table->input = input;
    table->end = gls_box_end(box);
    table->offset = gls_box_payload(box) + (size < skip ? size : skip);
    table->at = 0;
    table->filled = 0;
    table->is_over = false;
}

/* The next `width` bytes, or NULL: at the end (is_over) or on an error. */
static const uint8_t *table_next(struct table *table, size_t width, struct gls_error *error)
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

/* One sample description, as far as it tells where bytes are. */
struct description {
    bool is_external;           /* the samples lie in another file */
    uint32_t frames_per_packet; /* sound of constant size; 0: as stsz says */
    uint32_t bytes_per_packet;
};

struct track {
    struct gls_input *input;
    uint32_t handler;
    struct gls_box stsd;
    struct gls_box stsc;
    struct gls_box stsz;
    struct gls_box stco;
    struct gls_box dref;
    bool is_compact; /* stz2 */
    bool is_64_bit;  /* co64 */
    bool has_more;   /* a second table of offsets, or those of auxiliary data (saio) */
    struct description descriptions[DESCRIPTION_MAX];
    size_t description_count;
};

static void note_table(struct track *track, const struct gls_box *box)
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

static bool read_handler(struct track *track, const struct gls_box *hdlr, struct gls_error *error)
{
    uint8_t bytes[12];

    if (gls_box_payload_size(hdlr) < sizeof bytes)
        return true;
    if (!gls_input_read(track->input, gls_box_payload(hdlr), bytes, sizeof bytes, error))
        return false;
    track->handler = gls_be32(bytes + 8);
    return true;
}

static bool find_tables(struct track *track, const struct gls_box *minf, struct gls_error *error)
{
    struct gls_box_walk walk;
    struct gls_box_walk inner;
    struct gls_box box;
    struct gls_box table;
    bool found;

    gls_box_walk_children(&walk, track->input, minf, 0);
    while (gls_box_next(&box, &walk, error)) {
        if (box.type == GLS_4CC('s', 't', 'b', 'l')) {
            gls_box_walk_children(&inner, track->input, &box, 0);
            while (gls_box_next(&table, &inner, error))
                note_table(track, &table);
            if (inner.failed)
                return false;
        } else if (box.type == GLS_4CC('d', 'i', 'n', 'f')) {
            if (!gls_box_find(&table, &found, track->input, &box, GLS_4CC('d', 'r', 'e', 'f'),
                              error))
                return false;
            if (found)
                track->dref = table;
        }
    }
    return !walk.failed;
}

static bool find_parts(struct track *track, struct gls_input *input, const struct gls_box *trak,
                       struct gls_error *error)
{
    struct gls_box_walk walk;
    struct gls_box mdia;
    struct gls_box box;
    bool found;

    memset(track, 0, sizeof *track);
    track->input = input;
    if (!gls_box_find(&mdia, &found, input, trak, GLS_4CC('m', 'd', 'i', 'a'), error))
        return false;
    if (!found)
        return true;
    gls_box_walk_children(&walk, input, &mdia, 0);
    while (gls_box_next(&box, &walk, error)) {
        if (box.type == GLS_4CC('h', 'd', 'l', 'r') && !read_handler(track, &box, error))
            return false;
        if (box.type == GLS_4CC('m', 'i', 'n', 'f') && !find_tables(track, &box, error))
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
static void read_sound(struct description *out, const uint8_t *entry, size_t size, uint32_t format)
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

static bool reference_is_external(bool *out, const struct track *track, unsigned index,
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

static bool read_descriptions(struct track *track, struct gls_error *error)
{
    struct gls_box_walk walk;
    struct gls_box box;
    uint8_t entry[8 + 56];
    size_t got;

    if (track->stsd.size == 0)
        return true;
    gls_box_walk_children(&walk, track->input, &track->stsd, 8);
    while (track->description_count < DESCRIPTION_MAX && gls_box_next(&box, &walk, error)) {
        struct description *out = &track->descriptions[track->description_count++];
        uint64_t size = gls_box_payload_size(&box);
        size = size < sizeof entry ? size : sizeof entry;
        if (!gls_input_read_some(track->input, gls_box_payload(&box), entry, (size_t)size, &got,
                                 error))
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

/* ---- Sample sizes ------------------------------------------------------------------ */

struct sizes {
    struct table table;
    uint32_t constant; /* 0: each sample has its own */
    unsigned bits;     /* of a size in the table */
    uint8_t half;      /* stz2 with 4 bits: the second one of a byte */
    bool has_half;
    uint64_t left; /* samples not yet counted */
};

static bool sizes_open(struct sizes *out, const struct track *track, struct gls_error *error)
{
    uint8_t head[12];

    memset(out, 0, sizeof *out);
    if (gls_box_payload_size(&track->stsz) < sizeof head)
        return true;
    if (!gls_input_read(track->input, gls_box_payload(&track->stsz), head, sizeof head, error))
        return false;
    out->constant = track->is_compact ? 0 : gls_be32(head + 4);
    out->bits = track->is_compact ? head[7] : 32;
    out->left = gls_be32(head + 8);
    if (out->bits != 4 && out->bits != 8 && out->bits != 16 && out->bits != 32)
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: the 'stz2' box is malformed",
                        gls_input_name(track->input));
    table_open(&out->table, track->input, &track->stsz, 12);
    return true;
}

static bool next_size(uint32_t *out, struct sizes *sizes, struct gls_error *error)
{
    const uint8_t *entry;

    *out = 0;
    if (sizes->has_half) {
        sizes->has_half = false;
        *out = sizes->half;
        return true;
    }
    entry = table_next(&sizes->table, sizes->bits < 8 ? 1 : sizes->bits / 8, error);
    if (entry == NULL)
        return sizes->table.is_over;
    if (sizes->bits == 32)
        *out = gls_be32(entry);
    else if (sizes->bits == 16)
        *out = gls_be16(entry);
    else
        *out = sizes->bits == 8 ? entry[0] : entry[0] >> 4;
    sizes->has_half = sizes->bits == 4;
    sizes->half = entry[0] & 15;
    return true;
}

/* The bytes of the next `samples` samples, which stand in one chunk. */
static bool chunk_size(uint64_t *out, struct sizes *sizes, uint64_t samples,
                       const struct description *description, struct gls_error *error)
{
    uint32_t size;

    *out = 0;
    if (samples > sizes->left)
        samples = sizes->left;
    sizes->left -= samples;
    if (sizes->constant != 0) {
        if (description != NULL && description->frames_per_packet != 0 &&
            description->bytes_per_packet != 0)
            *out = (samples + description->frames_per_packet - 1) / description->frames_per_packet *
                   description->bytes_per_packet;
        else
            *out = samples * sizes->constant;
        return true;
    }
    for (uint64_t i = 0; i < samples && !sizes->table.is_over; i++) {
        if (!next_size(&size, sizes, error))
            return false;
        *out += size;
    }
    return true;
}

/* ---- Chunks ------------------------------------------------------------------------- */

struct runs { /* stsc */
    struct table table;
    uint32_t samples;
    uint32_t description;
    uint32_t next_first; /* chunk, from 1, at which the next run begins; 0: none */
    uint32_t next_samples;
    uint32_t next_description;
};

static bool load_run(struct runs *runs, struct gls_error *error)
{
    const uint8_t *entry = table_next(&runs->table, 12, error);

    if (entry == NULL) {
        runs->next_first = 0;
        return runs->table.is_over;
    }
    runs->next_first = gls_be32(entry);
    runs->next_samples = gls_be32(entry + 4);
    runs->next_description = gls_be32(entry + 8);
    return true;
}

static bool runs_at_chunk(struct runs *runs, uint32_t chunk, struct gls_error *error)
{
    while (runs->next_first != 0 && runs->next_first <= chunk) {
        runs->samples = runs->next_samples;
        runs->description = runs->next_description;
        if (!load_run(runs, error))
            return false;
    }
    return true;
}

static bool add_chunks(struct gls_ranges *out, struct track *track, struct gls_error *error)
{
    struct sizes sizes;
    struct runs runs = {.samples = 0};
    struct table offsets;
    size_t width = track->is_64_bit ? 8 : 4;
    uint64_t size;

    table_open(&runs.table, track->input, &track->stsc, 8);
    table_open(&offsets, track->input, &track->stco, 8);
    if (!sizes_open(&sizes, track, error) || !load_run(&runs, error))
        return false;
    for (uint32_t chunk = 1; sizes.left > 0 && out->count <= RANGE_MAX; chunk++) {
        const struct description *description = NULL;
        const uint8_t *entry = table_next(&offsets, width, error);
        uint64_t offset;
        if (entry == NULL)
            return offsets.is_over;
        offset = track->is_64_bit ? gls_be64(entry) : gls_be32(entry);
        if (!runs_at_chunk(&runs, chunk, error))
            return false;
        if (runs.description >= 1 && runs.description <= track->description_count)
            description = &track->descriptions[runs.description - 1];
        if (!chunk_size(&size, &sizes, runs.samples, description, error))
            return false;
        if (offset > INT64_MAX || size > INT64_MAX - offset)
            return gls_fail(error, GLS_ERROR_FORMAT, "%s: a chunk lies at an impossible place",
                            gls_input_name(track->input));
        if ((description == NULL || !description->is_external) &&
            !gls_ranges_add(out, offset, size, error))
            return false;
    }
    return true;
}

static bool add_track(struct gls_ranges *out, struct gls_input *input, const struct gls_box *trak,
                      struct gls_error *error)
{
    struct track track;

    if (!find_parts(&track, input, trak, error))
        return false;
    if (track.stsc.size == 0 || track.stsz.size == 0 || track.stco.size == 0)
        return true;
    gls_ranges_next_group(out);
    return read_descriptions(&track, error) && add_chunks(out, &track, error);
}

static bool add_tracks(struct gls_ranges *out, struct gls_input *input, const struct gls_box *moov,
                       struct gls_error *error)
{
    struct gls_box_walk walk;
    struct gls_box box;

    gls_box_walk_children(&walk, input, moov, 0);
    while (gls_box_next(&box, &walk, error)) {
        if (box.type == GLS_4CC('t', 'r', 'a', 'k') && !add_track(out, input, &box, error))
            return false;
    }
    return !walk.failed;
}

static bool add_media_data(struct gls_ranges *out, struct gls_input *input, struct gls_error *error)
{
    struct gls_box_walk walk;
    struct gls_box box;

    gls_box_walk_file(&walk, input);
    while (gls_box_next(&box, &walk, error)) {
        if (box.type == GLS_4CC('m', 'd', 'a', 't') &&
            !gls_ranges_add(out, gls_box_payload(&box), gls_box_payload_size(&box), error))
            return false;
    }
    return !walk.failed;
}

/* Finds moov and whether the file is fragmented. */
static bool look_at_top(struct gls_box *moov, bool *has_fragments, struct gls_input *input,
                        struct gls_error *error)
{
    struct gls_error inner = GLS_ERROR_INIT;
    struct gls_box_walk walk;
    struct gls_box box;

    memset(moov, 0, sizeof *moov);
    *has_fragments = false;
    gls_box_walk_file(&walk, input);
    while (gls_box_next(&box, &walk, &inner)) {
        if (box.type == GLS_4CC('m', 'o', 'o', 'v') && moov->size == 0)
            *moov = box;
        else if (box.type == GLS_4CC('m', 'o', 'o', 'f'))
            *has_fragments = true;
    }
    if (walk.failed && (inner.status != GLS_ERROR_FORMAT || moov->size == 0)) {
        *error = inner;
        return false;
    }
    return true;
}

bool gls_movie_essence(struct gls_ranges *out, struct gls_input *input, struct gls_error *error)
{
    size_t before = out->count;
    uint32_t group = out->group;
    struct gls_box moov;
    bool use_media_data;

    if (!look_at_top(&moov, &use_media_data, input, error))
        return false;
    if (!use_media_data) {
        if (moov.size > 0 && !add_tracks(out, input, &moov, error))
            return false;
        use_media_data = out->count > RANGE_MAX;
    }
    if (use_media_data) {
        out->count = before;
        out->group = group;
        gls_ranges_next_group(out);
        if (!add_media_data(out, input, error))
            return false;
    }
    if (out->count == 0)
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: holds no samples", gls_input_name(input));
    return true;
}

/* ---- Moving --------------------------------------------------------------------------- */

struct mover {
    struct gls_patch *patch;
    uint64_t (*move)(const void *context, uint64_t offset);
    const void *context;
};

static bool move_track(const struct mover *mover, const struct track *track,
                       struct gls_error *error)
{
    struct table offsets;
    size_t width = track->is_64_bit ? 8 : 4;
    uint64_t at = gls_box_payload(&track->stco) + 8;
    const uint8_t *entry;
    uint8_t bytes[8];

    table_open(&offsets, track->input, &track->stco, 8);
    while ((entry = table_next(&offsets, width, error)) != NULL) {
        uint64_t old = track->is_64_bit ? gls_be64(entry) : gls_be32(entry);
        uint64_t moved = mover->move(mover->context, old);
        if (moved == UINT64_MAX || (width == 4 && moved > UINT32_MAX))
            return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                            "%s: a sample cannot be moved to where it would have to be",
                            gls_input_name(track->input));
        if (track->is_64_bit)
            gls_put_be64(bytes, moved);
        else
            gls_put_be32(bytes, (uint32_t)moved);
        if (moved != old && !gls_patch_add(mover->patch, at, width, bytes, width, error))
            return false;
        at += width;
    }
    return offsets.is_over;
}

bool gls_movie_move_chunks(struct gls_patch *patch, struct gls_input *input,
                           const struct gls_box *moov,
                           uint64_t (*move)(const void *context, uint64_t offset),
                           const void *context, struct gls_error *error)
{
    struct mover mover = {patch, move, context};
    struct gls_box_walk walk;
    struct gls_box box;
    struct track track;

    gls_box_walk_children(&walk, input, moov, 0);
    while (gls_box_next(&box, &walk, error)) {
        if (box.type != GLS_4CC('t', 'r', 'a', 'k'))
            continue;
        if (!find_parts(&track, input, &box, error))
            return false;
        if (track.has_more)
            return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                            "%s: a track of its points into the file in more than one way",
                            gls_input_name(input));
        if (track.stco.size > 0 && !move_track(&mover, &track, error))
            return false;
    }
    return !walk.failed;
}
