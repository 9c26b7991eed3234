/* SPDX-License-Identifier: MIT */
/* Sample tables: ISO/IEC 14496-12 sections 8.5 to 8.7, QTFF "Sample Atoms". */
#include <string.h>

#include "media/bmff/quicktime.h"
#include "media/bmff/quicktime_track.h"

#define RANGE_MAX (1u << 21)

/* ---- Sample sizes ------------------------------------------------------------------ */

struct sizes {
    struct gls_track_table table;
    uint32_t constant; /* 0: each sample has its own */
    unsigned bits;     /* of a size in the table */
    uint8_t half;      /* stz2 with 4 bits: the second one of a byte */
    bool has_half;
    uint64_t left; /* samples not yet counted */
};

static bool sizes_open(struct sizes *out, const struct gls_track *track, struct gls_error *error)
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
    gls_track_table_open(&out->table, track->input, &track->stsz, 12);
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
    entry = gls_track_table_next(&sizes->table, sizes->bits < 8 ? 1 : sizes->bits / 8, error);
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
                       const struct gls_track_description *description, struct gls_error *error)
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
    struct gls_track_table table;
    uint32_t samples;
    uint32_t description;
    uint32_t next_first; /* chunk, from 1, at which the next run begins; 0: none */
    uint32_t next_samples;
    uint32_t next_description;
};

static bool load_run(struct runs *runs, struct gls_error *error)
{
    const uint8_t *entry = gls_track_table_next(&runs->table, 12, error);

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

static bool add_chunks(struct gls_ranges *out, struct gls_track *track, struct gls_error *error)
{
    struct sizes sizes;
    struct runs runs = {.samples = 0};
    struct gls_track_table offsets;
    size_t width = track->is_64_bit ? 8 : 4;
    uint64_t size;

    gls_track_table_open(&runs.table, track->input, &track->stsc, 8);
    gls_track_table_open(&offsets, track->input, &track->stco, 8);
    if (!sizes_open(&sizes, track, error) || !load_run(&runs, error))
        return false;
    for (uint32_t chunk = 1; sizes.left > 0 && out->count <= RANGE_MAX; chunk++) {
        const struct gls_track_description *description = NULL;
        const uint8_t *entry = gls_track_table_next(&offsets, width, error);
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
    struct gls_track track;

    if (!gls_track_find(&track, input, trak, error))
        return false;
    if (track.stsc.size == 0 || track.stsz.size == 0 || track.stco.size == 0)
        return true;
    gls_ranges_next_group(out);
    return gls_track_read_descriptions(&track, error) && add_chunks(out, &track, error);
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

static bool move_track(struct gls_patch *out, const struct gls_track *track,
                       const struct gls_movie_mover *mover, struct gls_error *error)
{
    struct gls_track_table offsets;
    size_t width = track->is_64_bit ? 8 : 4;
    uint64_t at = gls_box_payload(&track->stco) + 8;
    const uint8_t *entry;
    uint8_t bytes[8];

    gls_track_table_open(&offsets, track->input, &track->stco, 8);
    while ((entry = gls_track_table_next(&offsets, width, error)) != NULL) {
        uint64_t old = track->is_64_bit ? gls_be64(entry) : gls_be32(entry);
        uint64_t moved = mover->moved_offset(mover->context, old);
        if (moved == UINT64_MAX || (width == 4 && moved > UINT32_MAX))
            return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                            "%s: a sample cannot be moved to where it would have to be",
                            gls_input_name(track->input));
        if (track->is_64_bit)
            gls_put_be64(bytes, moved);
        else
            gls_put_be32(bytes, (uint32_t)moved);
        if (moved != old && !gls_patch_overwrite(out, at, bytes, width, error))
            return false;
        at += width;
    }
    return offsets.is_over;
}

bool gls_movie_move_chunks(struct gls_patch *out, struct gls_input *input,
                           const struct gls_box *moov, const struct gls_movie_mover *mover,
                           struct gls_error *error)
{
    struct gls_box_walk walk;
    struct gls_box box;
    struct gls_track track;

    gls_box_walk_children(&walk, input, moov, 0);
    while (gls_box_next(&box, &walk, error)) {
        if (box.type != GLS_4CC('t', 'r', 'a', 'k'))
            continue;
        if (!gls_track_find(&track, input, &box, error))
            return false;
        if (track.has_more)
            return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                            "%s: a track of its points into the file in more than one way",
                            gls_input_name(input));
        if (track.stco.size > 0 && !move_track(out, &track, mover, error))
            return false;
    }
    return !walk.failed;
}
