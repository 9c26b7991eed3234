/* SPDX-License-Identifier: MIT */
/* A file of any kind, through all that an import does to it: it is refused, or an
 * edit of it is refused, or the edit is proved and finds nothing left to do. Films
 * that libavformat reads are left to its own fuzzing. */
#include <stdlib.h>

#include "media/media.h"
#include "media/video/video.h"
#include "tests/fuzz/fuzz_target.h"

/* What content alone does not decide, the name does. */
static const char *const names[] = {"x.jpg", "x.nef", "x.dng", "x.txt"};

static const struct gls_tags tag_sets[] = {
    {.title = "Über <all> & \"more\"",
     .album = "An album",
     .original_name = "IMG_1.JPG",
     .set_position = true,
     .latitude = -12.5,
     .longitude = 179.999999,
     .mark = GLS_MARK_INPUT_IS_SOURCE},
    {.clear_title = true,
     .clear_album = true,
     .clear_position = true,
     .set_date = true,
     .date = {.year = 2015,
              .month = 1,
              .day = 19,
              .hour = 12,
              .utc_offset_s = 3600,
              .has_offset = true}},
};

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_edit(struct gls_input *input, const struct gls_edit_request *request)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_patch patch = GLS_PATCH_INIT, again = GLS_PATCH_INIT;
    struct gls_input *view = NULL;

    if (gls_media_plan_edit(&patch, NULL, input, request, &error)) {
        require(gls_input_from_patch(&view, input, &patch, &error));
        require(gls_media_plan_edit(&again, NULL, view, request, &error));
        require(gls_patch_is_empty(&again));
    } else {
        require(error.status != GLS_OK && error.status != GLS_ERROR_INTERNAL);
        require(error.message[0] != '\0');
    }
    gls_input_free(view);
    gls_patch_free(&again);
    gls_patch_free(&patch);
}

static void check_as(struct gls_input *input, const char *name)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_edit_request request = {.path = name, .raw_embed = true, NULL};
    struct gls_media media = {0};
    struct gls_ranges essence = GLS_RANGES_INIT;
    bool whole_file;

    if (!gls_media_detect(&request.format, input, name, &error) ||
        request.format->backend == &gls_stream_backend)
        return;
    (void)gls_media_read(&media, input, request.format, name, &error);
    require(gls_media_essence(&essence, &whole_file, input, request.format, &error));
    for (size_t i = 0; i < sizeof tag_sets / sizeof tag_sets[0]; i++) {
        request.tags = &tag_sets[i];
        check_edit(input, &request);
    }
    gls_ranges_free(&essence);
    gls_media_clear(&media);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;

    require(gls_media_initialize(&error));
    require(gls_input_from_memory(&input, data, size, "x", &error));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        check_as(input, names[i]);
    gls_input_free(input);
    return 0;
}
