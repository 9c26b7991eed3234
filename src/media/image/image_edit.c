/* SPDX-License-Identifier: MIT */
/* Which blocks of a still picture change for which tags. */
#include "media/image/image_edit.h"

#include <string.h>

#include "media/tiff/exif.h"
#include "media/xmp/xmp.h"

static bool edit_exif(struct gls_strbuf *out, bool *changed, const struct gls_blocks *blocks,
                      const struct gls_tags *tags, struct gls_error *error)
{
    bool has_exif = blocks->exif.present && blocks->exif.bytes.size > 0;
    *changed = false;
    if (!tags->set_date && !tags->set_position && !(tags->clear_position && has_exif)) {
        return true;
    }
    if (blocks->exif.is_unread) {
        return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                        "its Exif cannot be read whole, so it is not replaced");
    }
    return gls_exif_edit(out, changed, has_exif ? &blocks->exif.bytes : NULL, tags, error);
}

/* The parts of an extended XMP stay as they are; XMP part 3 lets what they state
 * count as if it stood in the packet. */
static bool check_extended(const struct gls_block *extended, const struct gls_xmp_request *request,
                           struct gls_error *error)
{
    struct gls_xmp_request of_extended = *request;
    bool contradicts = false;
    of_extended.packet = extended->bytes.data;
    of_extended.size = extended->bytes.size;
    if (extended->present && !request->tags->is_draft &&
        !gls_xmp_contradicts(&contradicts, &of_extended, error)) {
        return false;
    }
    return !contradicts ||
           gls_fail(error, GLS_ERROR_UNSUPPORTED,
                    "its extended XMP states another value or cannot be read, and it cannot be "
                    "edited");
}

static bool edit_xmp(struct gls_strbuf *out, bool *changed, const struct gls_blocks *blocks,
                     const struct gls_xmp_request *request, struct gls_error *error)
{
    if (!check_extended(&blocks->xmp_extended, request, error) ||
        !gls_xmp_edit(out, changed, request, error)) {
        return false;
    }
    return !*changed || !(blocks->xmp.is_unread || blocks->xmp_extended.is_unread) ||
           gls_fail(error, GLS_ERROR_UNSUPPORTED,
                    "its XMP cannot be read whole, so it is not replaced");
}

bool gls_image_plan_edit(struct gls_patch *out, struct gls_input *input,
                         const struct gls_tags *tags, const void *context, struct gls_error *error)
{
    const struct gls_container *container = context;
    struct gls_blocks blocks;
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
    bool exif_changed = false;
    bool xmp_changed = false;
    if (container->replace == NULL) {
        return gls_fail(error, GLS_ERROR_UNSUPPORTED, "%s: no tags are written into %s files",
                        gls_input_name(input), container->name);
    }
    memset(&blocks, 0, sizeof blocks);
    bool ok = container->scan(&blocks, input, error);
    if (ok && container->can_hold_exif && !container->is_exif) {
        ok = edit_exif(&exif, &exif_changed, &blocks, tags, error);
    }
    const struct gls_xmp_use use = {
        .holds_date = !container->can_hold_exif,
        .holds_position = !container->can_hold_exif,
        .size_limit = container->xmp_size_max,
    };
    const struct gls_xmp_request request = {
        .packet = blocks.xmp.present ? blocks.xmp.bytes.data : NULL,
        .size = blocks.xmp.present ? blocks.xmp.bytes.size : 0,
        .tags = tags,
        .use = &use,
        .input = input,
    };
    ok = ok && edit_xmp(&xmp, &xmp_changed, &blocks, &request, error);
    if (ok && (exif_changed || xmp_changed || container->is_exif)) {
        const struct gls_block_edit edit = {
            .exif = exif_changed ? &exif : NULL, .xmp = xmp_changed ? &xmp : NULL, .tags = tags};
        ok = container->replace(out, input, &edit, error);
    }
    gls_blocks_free(&blocks);
    return ok;
}
