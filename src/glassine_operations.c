/* SPDX-License-Identifier: MIT */
/*
 * The public operations: what may be left out is filled in and what the caller
 * may have got wrong is refused here, so that the engine need not ask.
 */
#include <string.h>

#include "engine/albums/list.h"
#include "engine/albums/membership.h"
#include "engine/batch/batch.h"
#include "engine/import/import.h"
#include "engine/log.h"
#include "engine/rebuild/rebuild.h"
#include "engine/update/album_tags.h"
#include "engine/update/update.h"
#include "engine/verify/verify.h"
#include "engine/views/views.h"
#include "glassine_arguments.h"

/* Sets all of the caller's summary but its struct_size to zero. */
static bool clear_summary(void *summary, size_t least, struct gls_error *error)
{
    size_t size = 0;

    if (!take_size(&size, summary, least, error))
        return false;
    memset((char *)summary + sizeof size, 0, size - sizeof size);
    return true;
}

/* What the engine is given, and what stands behind it until end_call(). */
struct call {
    struct gls_engine_call engine;
    struct gls_config *defaults;    /* NULL: the caller's is used */
    struct gls_callbacks listeners; /* as this version knows them */
};

static bool begin_call(struct call *call, const struct gls_config *config,
                       const struct gls_callbacks *callbacks, struct gls_error *error)
{
    *call = (struct call){.engine = {.config = config, .callbacks = &call->listeners}};
    return (callbacks == NULL || take_struct(&call->listeners, sizeof call->listeners, callbacks,
                                             UP_TO(gls_callbacks, on_message), error)) &&
           take_config(&call->engine.config, &call->defaults, error);
}

static void end_call(struct call *call)
{
    gls_config_free(call->defaults);
}

bool gls_import(struct gls_summary *summary, const struct gls_config *config,
                const struct gls_import_options *options, const struct gls_callbacks *callbacks,
                struct gls_error *error)
{
    struct gls_import_options own;
    struct gls_summary counted = {0};
    struct call call;

    if (!clear_summary(summary, UP_TO(gls_summary, left_out), error) ||
        !take_struct(&own, sizeof own, options, UP_TO(gls_import_options, path_count), error) ||
        !begin_call(&call, config, callbacks, error))
        return false;
    call.engine.cancel = own.cancel;
    if (own.destination == NULL)
        own.destination = gls_config_destination(call.engine.config);
    bool ok = gls_engine_import(&counted, &call.engine, &own, error);
    if (ok && !counted.interrupted)
        gls_engine_write_album_tags(
            &call.engine, own.destination,
            &(struct gls_update_options){.dry_run = own.dry_run,
                                         .jobs = own.jobs,
                                         .write_metadata = own.write_metadata,
                                         .command_line = own.command_line,
                                         .allow_hooks = own.allow_hooks,
                                         .plugin_log = own.plugin_log,
                                         .wait_s = own.wait_s});
    give_struct(summary, &counted, sizeof counted);
    end_call(&call);
    return ok;
}

bool gls_update(struct gls_summary *summary, const struct gls_config *config,
                const struct gls_update_options *options, const struct gls_callbacks *callbacks,
                struct gls_error *error)
{
    struct gls_update_options own;
    struct gls_summary counted = {0};
    struct call call;

    if (!clear_summary(summary, UP_TO(gls_summary, left_out), error) ||
        !take_struct(&own, sizeof own, options, UP_TO(gls_update_options, path_count), error) ||
        !begin_call(&call, config, callbacks, error))
        return false;
    call.engine.cancel = own.cancel;
    bool ok = (own.album_change == GLS_ALBUM_SET ? gls_engine_update : gls_engine_change_albums)(
        &counted, &call.engine, &own, error);
    if (ok && !counted.interrupted && own.album_change != GLS_ALBUM_SET)
        gls_engine_write_album_tags(&call.engine, own.paths[0], &own);
    give_struct(summary, &counted, sizeof counted);
    end_call(&call);
    return ok;
}

bool gls_generate_db(struct gls_summary *summary, const struct gls_config *config,
                     const struct gls_generate_options *options,
                     const struct gls_callbacks *callbacks, struct gls_error *error)
{
    struct gls_generate_options own;
    struct gls_summary counted = {0};
    struct call call;

    if (!clear_summary(summary, UP_TO(gls_summary, left_out), error) ||
        !take_struct(&own, sizeof own, options, UP_TO(gls_generate_options, library), error) ||
        !begin_call(&call, config, callbacks, error))
        return false;
    call.engine.cancel = own.cancel;
    if (own.library == NULL)
        own.library = gls_config_destination(call.engine.config);
    bool ok = gls_engine_generate_db(&counted, &call.engine, &own, error);
    give_struct(summary, &counted, sizeof counted);
    end_call(&call);
    return ok;
}

bool gls_verify(struct gls_verify_summary *summary, const struct gls_config *config,
                const struct gls_verify_options *options,
                const struct gls_verify_callbacks *callbacks, struct gls_error *error)
{
    struct gls_verify_options own;
    struct gls_verify_callbacks listeners = {0};
    struct gls_verify_summary counted = {0};
    struct call call;

    if (!clear_summary(summary, UP_TO(gls_verify_summary, interrupted), error) ||
        !take_struct(&own, sizeof own, options, UP_TO(gls_verify_options, path_count), error) ||
        (callbacks != NULL && !take_struct(&listeners, sizeof listeners, callbacks,
                                           UP_TO(gls_verify_callbacks, on_message), error)) ||
        !begin_call(&call, config, NULL, error))
        return false;
    call.listeners.user = listeners.user;
    call.listeners.on_progress = listeners.on_progress;
    call.listeners.on_message = listeners.on_message;
    call.engine.cancel = own.cancel;
    bool ok = gls_engine_verify(&counted, &call.engine, &own, &listeners, error);
    give_struct(summary, &counted, sizeof counted);
    end_call(&call);
    return ok;
}

bool gls_log(const struct gls_config *config, const char *library, int64_t run_id,
             const struct gls_log_callbacks *callbacks, struct gls_error *error)
{
    struct gls_log_callbacks listeners = {0};
    struct gls_config *defaults = NULL;

    if (run_id < 0)
        return gls_fail(error, GLS_ERROR_ARGUMENT, "run %lld: runs are counted from 1",
                        (long long)run_id);
    if ((callbacks != NULL && !take_struct(&listeners, sizeof listeners, callbacks,
                                           UP_TO(gls_log_callbacks, on_action), error)) ||
        !take_config(&config, &defaults, error))
        return false;
    bool ok = gls_engine_log(config, library, run_id, &listeners, error);
    gls_config_free(defaults);
    return ok;
}

bool gls_batch(struct gls_batch_summary *summary, const struct gls_config *config,
               const struct gls_batch_options *options, const struct gls_callbacks *callbacks,
               struct gls_error *error)
{
    struct gls_batch_options own;
    struct gls_batch_summary counted = {0};
    struct call call;

    if (!clear_summary(summary, UP_TO(gls_batch_summary, interrupted), error) ||
        !take_struct(&own, sizeof own, options, UP_TO(gls_batch_options, plugin_log), error) ||
        !begin_call(&call, config, callbacks, error))
        return false;
    call.engine.cancel = own.cancel;
    bool ok = gls_engine_batch(&counted, &call.engine, &own, error);
    give_struct(summary, &counted, sizeof counted);
    end_call(&call);
    return ok;
}

static void ignore_plugin(void *user, const struct gls_plugin_info *info)
{
    (void)user;
    (void)info;
}

bool gls_list_plugins(const struct gls_config *config,
                      const struct gls_list_plugins_options *options,
                      void (*on_plugin)(void *user, const struct gls_plugin_info *info), void *user,
                      struct gls_error *error)
{
    struct gls_list_plugins_options own;
    struct gls_config *defaults = NULL;

    if (!take_struct(&own, sizeof own, options, UP_TO(gls_list_plugins_options, drop), error) ||
        !take_config(&config, &defaults, error))
        return false;
    bool ok = gls_engine_list_plugins(config, &own, on_plugin != NULL ? on_plugin : ignore_plugin,
                                      user, error);
    gls_config_free(defaults);
    return ok;
}

bool gls_list(const struct gls_config *config, const char *library, const char *album,
              const struct gls_list_callbacks *callbacks, struct gls_error *error)
{
    struct gls_list_callbacks listeners = {0};
    struct gls_config *defaults = NULL;

    if ((callbacks != NULL && !take_struct(&listeners, sizeof listeners, callbacks,
                                           UP_TO(gls_list_callbacks, on_path), error)) ||
        !take_config(&config, &defaults, error))
        return false;
    bool ok = gls_engine_list(config, library, album, &listeners, error);
    gls_config_free(defaults);
    return ok;
}

static void ignore_album(void *user, const char *album)
{
    (void)user;
    (void)album;
}

bool gls_list_albums_of(const char *path, void (*on_album)(void *user, const char *album),
                        void *user, struct gls_error *error)
{
    return gls_engine_list_albums_of(path, on_album != NULL ? on_album : ignore_album, user, error);
}

static void ignore_value(void *user, const char *name, const char *value)
{
    (void)user;
    (void)name;
    (void)value;
}

bool gls_list_further_of(const char *path,
                         void (*on_value)(void *user, const char *name, const char *value),
                         void *user, struct gls_error *error)
{
    return gls_engine_list_further_of(path, on_value != NULL ? on_value : ignore_value, user,
                                      error);
}

bool gls_views(struct gls_views_summary *summary, const struct gls_config *config,
               const struct gls_views_options *options, const struct gls_views_callbacks *callbacks,
               struct gls_error *error)
{
    struct gls_views_options own;
    struct gls_views_callbacks listeners = {0};
    struct gls_views_summary counted = {0};
    struct call call;

    if (!clear_summary(summary, UP_TO(gls_views_summary, without), error) ||
        !take_struct(&own, sizeof own, options, UP_TO(gls_views_options, by), error) ||
        (callbacks != NULL && !take_struct(&listeners, sizeof listeners, callbacks,
                                           UP_TO(gls_views_callbacks, on_link), error)) ||
        !begin_call(&call, config, NULL, error))
        return false;
    call.engine.cancel = own.cancel;
    bool ok = gls_engine_views(&counted, &call.engine, &own, &listeners, error);
    give_struct(summary, &counted, sizeof counted);
    end_call(&call);
    return ok;
}
