/* SPDX-License-Identifier: MIT */
/*
 * mrw - Minolta's RAW: a header of blocks, each of a name, a size and its data; the block
 * TTW is a TIFF with Exif in it (as dcraw and ExifTool read it; there is no published
 * specification). Read only.
 */
#include <string.h>

#include "base/error.h"
#include "media/core/block_load.h"
#include "media/tiff/tiff.h"

enum { HEAD_SIZE = 8, BLOCKS_MAX = 64 };

static bool load_tiff(struct gls_blocks *out, struct gls_input *input, uint64_t offset,
                      uint64_t size, struct gls_error *error)
{
    struct gls_error inner = GLS_ERROR_INIT;

    if (gls_block_load(&out->exif, input, offset, size, &inner))
        return true;
    if (inner.status != GLS_ERROR_FORMAT) {
        *error = inner;
        return false;
    }
    gls_blocks_note(out, "%s", inner.message);
    return true;
}

static bool mrw_scan(struct gls_blocks *out, struct gls_input *input, struct gls_error *error)
{
    uint8_t head[HEAD_SIZE];
    uint64_t at = HEAD_SIZE;
    size_t got = sizeof head;

    if (!gls_input_read_some(input, 0, head, &got, error))
        return false;
    if (got < sizeof head || memcmp(head, "\0MRM", 4) != 0)
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: not an MRW", gls_input_name(input));
    uint64_t end = at + gls_be32(head + 4);
    for (unsigned i = 0; i < BLOCKS_MAX && at + sizeof head <= end; i++) {
        got = sizeof head;
        if (!gls_input_read_some(input, at, head, &got, error))
            return false;
        if (got < sizeof head) {
            gls_blocks_note(out, "ends too early, within its header");
            return true;
        }
        if (memcmp(head, "\0TTW", 4) == 0)
            return load_tiff(out, input, at + sizeof head, gls_be32(head + 4), error);
        at += sizeof head + (uint64_t)gls_be32(head + 4);
    }
    return true;
}

const struct gls_container gls_mrw_container = {
    .name = "MRW",
    .scan = mrw_scan,
    .can_hold_exif = true,
};
