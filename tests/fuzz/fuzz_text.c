/* SPDX-License-Identifier: MIT */
/* Text notes: an edit is refused, or the edited text states the values, has the
 * same content, and the same edit finds nothing left to do. */
#include <stdlib.h>

#include "media/backends.h"
#include "tests/fuzz/fuzz_target.h"

static const struct gls_tags tag_sets[] = {
    {.title = "A \"title\" \\", .album = "Älbum"},
    {.clear_title = true, .set_position = true, .latitude = -12.5, .longitude = 0.1},
    {.clear_position = true,
     .clear_album = true,
     .original_name = "a.txt",
     .set_date = true,
     .date = {.year = 2015, .month = 1, .day = 19, .hour = 12, .has_offset = true}},
};

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_content(struct gls_input *input, struct gls_input *view,
                          const struct gls_patch *patch)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_ranges before = GLS_RANGES_INIT;
    struct gls_ranges after = GLS_RANGES_INIT;

    require(gls_text_backend.essence(&before, input, &error));
    require(gls_text_backend.essence(&after, view, &error));
    gls_ranges_normalize(&before, gls_input_size(input));
    gls_ranges_normalize(&after, gls_input_size(view));
    require(gls_patch_keeps_ranges(patch, &before, &after));
    gls_ranges_free(&before);
    gls_ranges_free(&after);
}

static void check_edit(struct gls_input *input, const struct gls_tags *tags)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_patch patch = GLS_PATCH_INIT;
    struct gls_patch again = GLS_PATCH_INIT;
    struct gls_media media = {.kind = GLS_KIND_TEXT};
    struct gls_input *view = NULL;

    if (gls_text_backend.plan_edit(&patch, input, tags, &error)) {
        require(gls_input_from_patch(&view, input, &patch, &error));
        check_content(input, view, &patch);
        require(gls_text_backend.read(&media, view, &error));
        require(gls_tags_are_stated(tags, &media));
        require(gls_text_backend.plan_edit(&again, view, tags, &error));
        require(gls_patch_is_empty(&again));
    } else {
        require(error.status == GLS_ERROR_UNSUPPORTED);
    }
    gls_media_clear(&media);
    gls_input_free(view);
    gls_patch_free(&again);
    gls_patch_free(&patch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;

    require(gls_input_from_memory(&input, data, size, "x", &error));
    for (size_t i = 0; i < sizeof tag_sets / sizeof tag_sets[0]; i++)
        check_edit(input, &tag_sets[i]);
    gls_input_free(input);
    return 0;
}
