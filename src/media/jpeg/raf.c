/* SPDX-License-Identifier: MIT */
/*
 * raf - Fujifilm's RAW: a header with the place of a whole JPEG, whose blocks are
 * the file's metadata (as ExifTool and dcraw read it; there is no published
 * specification). Read only: nothing says what else counts offsets.
 */
#include <string.h>

#include "base/error.h"
#include "media/core/block_load.h"
#include "media/jpeg/jpeg.h"

enum { JPEG_PLACE = 84, HEAD_SIZE = 92 };
static const char magic[] = "FUJIFILMCCD-RAW ";

static bool raf_scan(struct gls_blocks *out, struct gls_input *input, struct gls_error *error)
{
    struct gls_patch outside = GLS_PATCH_INIT;
    struct gls_input *jpeg = NULL;
    uint8_t head[HEAD_SIZE];
    uint64_t size = gls_input_size(input);
    size_t got = sizeof head;
    bool ok;

    if (!gls_input_read_some(input, 0, head, &got, error))
        return false;
    if (got < sizeof head || memcmp(head, magic, sizeof magic - 1) != 0)
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: not a RAF", gls_input_name(input));
    uint64_t start = gls_be32(head + JPEG_PLACE);
    uint64_t end = start + gls_be32(head + JPEG_PLACE + 4);
    if (start < sizeof head || start >= size || start == end) {
        gls_blocks_note(out, "ends too early: its JPEG is missing");
        return true;
    }
    if (end > size) {
        gls_blocks_note(out, "ends too early, within its JPEG");
        end = size;
    }
    /* The JPEG alone: a view with everything around it cut off. */
    ok = gls_patch_remove(&outside, 0, start, error) &&
         gls_patch_remove(&outside, end, size - end, error) &&
         gls_patch_seal(&outside, size, error) &&
         gls_input_from_patch(&jpeg, input, &outside, error) &&
         gls_jpeg_container.scan(out, jpeg, error);
    gls_input_free(jpeg);
    gls_patch_free(&outside);
    return ok;
}

/* The essence is the whole file: sensor data, its tables and the JPEG have no
 * documented borders that would leave only metadata outside. */
const struct gls_container gls_raf_container = {
    .name = "RAF",
    .scan = raf_scan,
    .can_hold_exif = true,
};
