/* SPDX-License-Identifier: MIT */
/* An Exif block is a TIFF structure in memory: the TIFF editor does the work. */
#include "media/tiff/exif.h"
#include "media/tiff/tiff.h"

/* A header and an empty first directory. */
static const uint8_t empty_block[14] = {'M', 'M', 0, 42, 0, 0, 0, 8};

static bool materialize(struct gls_strbuf *out, struct gls_input *input,
                        const struct gls_patch *patch, struct gls_error *error)
{
    struct gls_input *view = NULL;
    bool ok = gls_input_from_patch(&view, input, patch, error);
    if (ok) {
        size_t size = (size_t)gls_input_size(view);
        char *room = gls_strbuf_reserve(out, size);
        ok = room != NULL ? gls_input_read(view, 0, room, size, error) : gls_fail_memory(error);
        if (ok) {
            out->size += size;
            out->data[out->size] = '\0';
        }
    }
    gls_input_free(view);
    return ok;
}

bool gls_exif_edit(struct gls_strbuf *out, bool *changed, const struct gls_strbuf *block,
                   const struct gls_tags *tags, struct gls_error *error)
{
    struct gls_input *input = NULL;
    struct gls_patch patch = GLS_PATCH_INIT;
    const struct gls_tiff_edit edit = {.tags = tags};
    *changed = false;
    const void *bytes = block != NULL ? (const void *)block->data : empty_block;
    size_t size = block != NULL ? block->size : sizeof empty_block;
    bool ok = gls_input_from_memory(&input, bytes, size, "Exif block", error) &&
              gls_tiff_plan(&patch, input, &edit, error) && gls_patch_seal(&patch, size, error);
    if (ok && !gls_patch_is_empty(&patch)) {
        ok = materialize(out, input, &patch, error);
        *changed = ok;
    }
    gls_patch_free(&patch);
    gls_input_free(input);
    return ok;
}
