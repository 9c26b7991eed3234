/* SPDX-License-Identifier: MIT */
/* What a database knows of its files, and where a file would be filed. */
#include "engine/planned_path.h"
#include "engine/stored.h"
#include "glassine_arguments.h"

static bool take_listeners(struct gls_list_callbacks *own,
                           const struct gls_list_callbacks *callbacks, struct gls_error *error)
{
    *own = (struct gls_list_callbacks){0};
    return callbacks == NULL ||
           take_struct(own, sizeof *own, callbacks, UP_TO(gls_list_callbacks, on_path), error);
}

bool gls_lookup(const struct gls_config *config, const char *library, const char *sha256,
                const struct gls_list_callbacks *callbacks, struct gls_error *error)
{
    struct gls_list_callbacks listeners;
    struct gls_config *defaults = NULL;

    if (!take_listeners(&listeners, callbacks, error) || !take_config(&config, &defaults, error))
        return false;
    bool ok = gls_engine_lookup(config, library, sha256, &listeners, error);
    gls_config_free(defaults);
    return ok;
}

bool gls_walk(const struct gls_config *config, const struct gls_walk_options *options,
              const struct gls_list_callbacks *callbacks, struct gls_error *error)
{
    struct gls_walk_options own;
    struct gls_list_callbacks listeners;
    struct gls_config *defaults = NULL;

    if (!take_struct(&own, sizeof own, options, UP_TO(gls_walk_options, until), error) ||
        !take_listeners(&listeners, callbacks, error) || !take_config(&config, &defaults, error))
        return false;
    bool ok = gls_engine_walk(config, &own, &listeners, error);
    gls_config_free(defaults);
    return ok;
}

bool gls_plan(char **out, const struct gls_config *config, const struct gls_media *media,
              const char *name, struct gls_error *error)
{
    struct gls_media own;
    struct gls_config *defaults = NULL;

    if (!take_struct(&own, sizeof own, media, UP_TO(gls_media, url), error) ||
        !take_config(&config, &defaults, error))
        return false;
    bool ok = gls_engine_plan(out, config, &own, name, error);
    gls_config_free(defaults);
    return ok;
}
