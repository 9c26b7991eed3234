/* SPDX-License-Identifier: MIT */
/* Text notes: an edit is refused, or the edited text states the values, has the
 * same content, and the same edit finds nothing left to do. */
#include <stdlib.h>

#include "media/text/text_note.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/backend_property.h"

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

static void check_edit(struct gls_input *input, const struct gls_tags *tags)
{
    struct gls_media edited = {.kind = GLS_KIND_TEXT};

    if (gls_backend_fuzz_edit(&edited, &gls_text_backend, input, tags))
        require(gls_tags_are_stated(tags, &edited));
    gls_media_clear(&edited);
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
