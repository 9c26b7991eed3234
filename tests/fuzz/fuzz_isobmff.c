/* SPDX-License-Identifier: MIT */
/* HEIF items, movies and CR3: an edit is refused, or the edited file can be read
 * again and has the same essence, and the same edit finds nothing left to do. */
#include <stdlib.h>
#include <string.h>

#include "media/bmff/cr3.h"
#include "media/bmff/heif.h"
#include "media/bmff/isobmff.h"
#include "media/video/video.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/backend_property.h"
#include "tests/support/container_property.h"

static const struct gls_tags tag_sets[] = {
    {.title = "A title",
     .original_name = "IMG_1.MOV",
     .set_position = true,
     .latitude = 12.5,
     .longitude = -45.25},
    {.clear_title = true,
     .clear_position = true,
     .set_date = true,
     .date = {.year = 2015, .month = 1, .day = 19, .hour = 12, .has_offset = true}},
};

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_edit(struct gls_input *input, const struct gls_tags *tags)
{
    struct gls_media edited = {.kind = GLS_KIND_VIDEO};

    (void)gls_backend_fuzz_edit(&edited, &gls_video_backend, input, tags);
    gls_media_clear(&edited);
}

static void check_movie(const uint8_t *data, size_t size)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_media media = {.kind = GLS_KIND_VIDEO};
    struct gls_blocks blocks;
    struct gls_input *input = NULL;
    const char *format;

    memset(&blocks, 0, sizeof blocks);
    require(gls_input_from_memory(&input, data, size, "x", &error));
    require(gls_isobmff_brand_format(&format, input, &error));
    (void)gls_video_backend.read(&media, input, NULL, &error);
    (void)gls_cr3_container.scan(&blocks, input, &error);
    for (size_t i = 0; i < sizeof tag_sets / sizeof tag_sets[0]; i++)
        check_edit(input, &tag_sets[i]);
    gls_blocks_free(&blocks);
    gls_media_clear(&media);
    gls_input_free(input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gls_error error = GLS_ERROR_INIT;

    require(gls_media_initialize(&error));
    gls_container_fuzz(&gls_heif_container, data, size);
    check_movie(data, size);
    return 0;
}
