/* SPDX-License-Identifier: MIT */
/* What a library remembers of its runs. */
#include "engine/log.h"

#include <stdlib.h>

#include "engine/library_choice.h"
#include "store/library/library_db.h"

struct log_view {
    const struct gls_library *library;
    const struct gls_log_callbacks *callbacks;
    uint64_t runs;
};

static bool visit_run(void *user, const struct gls_run *run)
{
    struct log_view *view = user;
    struct gls_run shown = *run;
    struct gls_lock_holder holder;

    /* One that did not end and is not at work has died; the next that writes will say so
     * in the database. */
    if (run->state == GLS_RUN_OPEN && !gls_library_holder(view->library, &holder))
        shown.state = GLS_RUN_CUT_OFF;
    view->runs++;
    if (view->callbacks->on_run != NULL)
        view->callbacks->on_run(view->callbacks->user, &shown);
    return true;
}

static bool visit_action(void *user, const struct gls_action *action)
{
    struct log_view *view = user;

    if (view->callbacks->on_action != NULL)
        view->callbacks->on_action(view->callbacks->user, action);
    return true;
}

bool gls_engine_log(const struct gls_config *config, const char *library, int64_t run_id,
                    const struct gls_log_callbacks *callbacks, struct gls_error *error)
{
    struct log_view view = {.callbacks = callbacks};
    struct gls_library *opened = NULL;
    struct gls_reader *reader = NULL;

    char *root = NULL;
    bool ok = gls_choose_library(&root, config, library, error) &&
              gls_library_open(&opened, root,
                               &(struct gls_library_options){.mode = GLS_LIBRARY_READ}, error) &&
              gls_reader_open(&reader, opened, error);
    view.library = opened;
    ok = ok && gls_reader_each_run(reader, run_id, visit_run, &view, error);
    if (ok && run_id != 0 && view.runs == 0)
        ok = gls_fail(error, GLS_ERROR_NOT_FOUND, "%s: there was no run %lld",
                      gls_library_root(opened), (long long)run_id);
    if (ok && run_id != 0)
        ok = gls_reader_each_action(reader, run_id, visit_action, &view, error);
    gls_reader_close(reader);
    gls_library_close(opened);
    free(root);
    return ok;
}
