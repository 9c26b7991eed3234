/* SPDX-License-Identifier: MIT */
/* A TIFF is refused, or the edited view states the tags with equal essence. */
#include "tests/fuzz/fuzz_target.h"

#include <stdlib.h>
#include <string.h>

#include "media/media.h"

static const struct gls_tags edits[] = {
    {.title = "T", .set_date = true, .date = {.year = 2011, .month = 2, .day = 3}},
    {.set_position = true, .latitude = -33.5, .longitude = 151.25},
    {.clear_position = true, .clear_title = true},
};

static void check_edit(struct gls_input *input, const struct gls_format *format, const char *path,
                       const struct gls_tags *tags)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_patch patch = GLS_PATCH_INIT;
    struct gls_input *view = NULL;
    struct gls_media media = {0};
    char before[33] = "";
    char after[33] = "";
    const struct gls_edit_request request = {format, path, tags, true, NULL};
    if (!gls_media_plan_edit(&patch, NULL, input, &request, &error)) {
        return;
    }
    if (!gls_input_from_patch(&view, input, &patch, &error) ||
        !gls_media_read(&media, view, format, path, &error) || !gls_tags_are_stated(tags, &media) ||
        !gls_media_hash_essence(before, input, format, GLS_ESSENCE_VERSION, &error) ||
        !gls_media_hash_essence(after, view, format, GLS_ESSENCE_VERSION, &error) ||
        strcmp(before, after) != 0) {
        abort();
    }
    gls_media_clear(&media);
    gls_input_free(view);
    gls_patch_free(&patch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {"a.tif", "a.nef"};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    if (!gls_media_initialize(&error) ||
        !gls_input_from_memory(&input, data, size, "fuzz", &error)) {
        abort();
    }
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        const struct gls_format *format = NULL;
        struct gls_media media = {0};
        if (!gls_media_detect(&format, input, paths[i], &error)) {
            continue;
        }
        if (gls_media_read(&media, input, format, paths[i], &error)) {
            for (size_t j = 0; j < sizeof edits / sizeof edits[0]; j++) {
                check_edit(input, format, paths[i], &edits[j]);
            }
        }
        gls_media_clear(&media);
    }
    gls_input_free(input);
    return 0;
}
