/* SPDX-License-Identifier: MIT */
#include "media/riff/riff.h"

#include <stdio.h>
#include <string.h>

#define CHUNK_COUNT_MAX 65536u
#define DEPTH_MAX 4u
#define XMP_MAX (16u << 20)

void gls_riff_free(struct gls_riff *riff)
{
    gls_strbuf_free(&riff->xmp);
}

struct chunk {
    char id[4];
    uint64_t payload;
    uint64_t size;
};

static bool read_text(char out[64], struct gls_input *input, const struct chunk *chunk,
                      struct gls_error *error)
{
    size_t size = chunk->size < 63 ? (size_t)chunk->size : 63;

    if (out[0] != '\0')
        return true;
    memset(out, 0, 64);
    return gls_input_read_some(input, chunk->payload, out, &size, error);
}

static bool read_xmp(struct gls_strbuf *out, struct gls_input *input, const struct chunk *chunk,
                     struct gls_error *error)
{
    char *room;

    if (out->size > 0 || chunk->size > XMP_MAX ||
        chunk->size > gls_input_size(input) - chunk->payload)
        return true;
    room = gls_strbuf_reserve(out, (size_t)chunk->size);
    if (room == NULL)
        return gls_fail_memory(error);
    if (!gls_input_read(input, chunk->payload, room, (size_t)chunk->size, error))
        return false;
    out->size = (size_t)chunk->size;
    room[chunk->size] = '\0';
    return true;
}

static bool read_chunk(struct gls_riff *out, struct gls_input *input, const struct chunk *chunk,
                       struct gls_error *error)
{
    if (memcmp(chunk->id, "IDIT", 4) == 0)
        return read_text(out->date_time_original, input, chunk, error);
    if (memcmp(chunk->id, "ICRD", 4) == 0)
        return read_text(out->date_created, input, chunk, error);
    if (memcmp(chunk->id, "_PMX", 4) == 0)
        return read_xmp(&out->xmp, input, chunk, error);
    return true;
}

/* Is it a list that may hold one of ours? `movi` holds the frames. */
static bool is_open_list(const struct chunk *chunk, const uint8_t *type)
{
    return (memcmp(chunk->id, "LIST", 4) == 0 || memcmp(chunk->id, "RIFF", 4) == 0) &&
           chunk->size >= 4 && memcmp(type, "movi", 4) != 0;
}

bool gls_riff_read(struct gls_riff *out, struct gls_input *input, struct gls_error *error)
{
    uint64_t ends[DEPTH_MAX];
    unsigned depth = 0;
    uint64_t at = 0;
    uint64_t file_size = gls_input_size(input);

    memset(out, 0, sizeof *out);
    ends[0] = file_size;
    for (unsigned count = 0; count < CHUNK_COUNT_MAX; count++) {
        struct chunk chunk;
        uint8_t head[12] = {0};
        size_t got = sizeof head;
        while (depth > 0 && ends[depth] - at < 8)
            at = ends[depth--];
        if (at >= file_size || file_size - at < 8)
            return true;
        if (!gls_input_read_some(input, at, head, &got, error))
            return false;
        memcpy(chunk.id, head, 4);
        chunk.payload = at + 8;
        chunk.size = gls_le32(head + 4);
        if (is_open_list(&chunk, head + 8) && depth + 1 < DEPTH_MAX) {
            uint64_t end = chunk.payload + chunk.size + (chunk.size & 1);
            depth++;
            ends[depth] = end < ends[depth - 1] ? end : ends[depth - 1];
            at = chunk.payload + 4 < ends[depth] ? chunk.payload + 4 : ends[depth];
            continue;
        }
        if (!read_chunk(out, input, &chunk, error))
            return false;
        at = chunk.payload + chunk.size + (chunk.size & 1);
        at = at < ends[depth] ? at : ends[depth]; /* never beyond its list, so never back */
    }
    return true;
}
