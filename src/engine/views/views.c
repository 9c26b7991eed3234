/* SPDX-License-Identifier: MIT */
#include "engine/views/views.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/thread/cancel.h"
#include "engine/filing/place_cache.h"
#include "engine/library_choice.h"
#include "engine/views/views_run.h"

bool gls_views_check_cancel(const struct gls_views_run *run, struct gls_error *error)
{
    return !gls_cancel_is_requested(run->cancel) ||
           gls_fail(error, GLS_ERROR_CANCELLED, "%s: interrupted; the same command goes on",
                    run->out);
}

static bool open_library(struct gls_views_run *run, struct gls_error *error)
{
    struct gls_library_options options = {.mode = GLS_LIBRARY_READ};
    char *named = NULL;
    bool ok = gls_choose_library(&named, run->config, run->options->library, error) &&
              gls_library_open(&run->library, named, &options, error) &&
              gls_reader_open(&run->reader, run->library, error);

    if (ok && (run->root = realpath(named, NULL)) == NULL)
        ok = gls_fail_memory(error);
    free(named);
    return ok;
}

static bool open_places(struct gls_views_run *run, struct gls_error *error)
{
    return run->options->by != GLS_VIEW_PLACE ||
           (gls_place_store_open(&run->places, run->library, NULL, 1, error) &&
            gls_geocoder_new(&run->geocoder, run->config, gls_place_store_cache(run->places),
                             error));
}

bool gls_engine_views(struct gls_views_summary *summary, const struct gls_engine_call *call,
                      const struct gls_views_options *options,
                      const struct gls_views_callbacks *callbacks, struct gls_error *error)
{
    struct gls_views_run run = {.config = call->config,
                                .options = options,
                                .callbacks = callbacks,
                                .cancel = call->cancel,
                                .out_fd = -1};

    if (options->out == NULL || options->by < GLS_VIEW_ALBUM || options->by > GLS_VIEW_YEAR)
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "views needs a folder for its links, and what to sort by");
    bool ok = open_library(&run, error) && open_places(&run, error) &&
              gls_link_set_open(&run.links, error) && gls_view_tree_open(&run, error) &&
              gls_view_plan(&run, error) && gls_view_tree_apply(&run, error);
    *summary = run.summary;
    if (run.out_fd >= 0)
        close(run.out_fd);
    gls_link_set_close(run.links);
    gls_geocoder_free(run.geocoder);
    gls_place_store_close(run.places);
    gls_reader_close(run.reader);
    gls_library_close(run.library);
    free(run.root);
    free(run.out);
    return ok;
}
