/* SPDX-License-Identifier: MIT */
#include "tests/support/backend_property.h"

#include <stdlib.h>

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_essence(const struct gls_backend *backend, struct gls_input *input,
                          struct gls_input *view, const struct gls_patch *patch)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_ranges before = GLS_RANGES_INIT;
    struct gls_ranges after = GLS_RANGES_INIT;

    require(backend->essence(&before, input, NULL, &error));
    require(backend->essence(&after, view, NULL, &error));
    gls_ranges_normalize(&before, gls_input_size(input));
    gls_ranges_normalize(&after, gls_input_size(view));
    require(gls_patch_keeps_ranges(patch, &before, &after));
    gls_ranges_free(&before);
    gls_ranges_free(&after);
}

bool gls_backend_fuzz_edit(struct gls_media *edited, const struct gls_backend *backend,
                           struct gls_input *input, const struct gls_tags *tags)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_patch patch = GLS_PATCH_INIT;
    struct gls_patch again = GLS_PATCH_INIT;
    struct gls_input *view = NULL;
    bool made = backend->plan_edit(&patch, input, tags, NULL, &error);

    if (made) {
        require(gls_input_from_patch(&view, input, &patch, &error));
        check_essence(backend, input, view, &patch);
        require(backend->read(edited, view, NULL, &error));
        require(backend->plan_edit(&again, view, tags, NULL, &error));
        require(gls_patch_is_empty(&again));
    } else {
        require(error.status != GLS_OK && error.status != GLS_ERROR_INTERNAL);
    }
    gls_input_free(view);
    gls_patch_free(&again);
    gls_patch_free(&patch);
    return made;
}
