/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "engine/batch/batch.h"
#include "engine/operation/operation.h"
#include "engine/plugins/plugin_queue.h"
#include "engine/plugins/plugin_set.h"

bool gls_batch_find_library(char **root, const struct gls_config *config, const char *named,
                            struct gls_error *error)
{
    const char *path = named != NULL ? named : gls_config_destination(config);

    *root = NULL;
    if (named == NULL && !gls_library_find_root(root, ".", error))
        return false;
    if (*root != NULL || path == NULL)
        return true;
    if (!gls_path_absolute(root, path, error))
        return false;
    char *database = gls_path_join(*root, GLS_LIBRARY_FOLDER "/library.db");
    /* Opening one that cannot be looked at tells why. */
    bool is_library =
        database != NULL && (access(database, F_OK) == 0 || !gls_path_is_absent(errno));
    free(database);
    if (is_library)
        return true;
    if (named != NULL)
        gls_fail(error, GLS_ERROR_LIBRARY, "%s: is no library", *root);
    free(*root);
    *root = NULL;
    return named == NULL;
}

struct listing {
    const struct gls_config *config;
    const struct gls_list_plugins_options *options;
    void (*on_plugin)(void *user, const struct gls_plugin_info *info);
    void *user;
    struct gls_reader *reader; /* NULL: there is no library */
    struct gls_plugin_entry *entries;
    size_t count;
    struct gls_db_batch *changes; /* NULL: nothing is to be changed */
    bool ok;
    struct gls_error *error;
};

static bool is_named(const struct gls_list_plugins_options *options, const char *name)
{
    for (size_t i = 0; i < options->name_count; i++) {
        if (strcmp(options->names[i], name) == 0)
            return true;
    }
    return options->name_count == 0;
}

/* ---- Retrying and dropping -------------------------------------------------------- */

static bool change_queue(void *user, const char *plugin, const char *hook)
{
    struct listing *listing = user;

    (void)hook;
    if (!is_named(listing->options, plugin))
        return true;
    listing->ok = listing->options->drop ? gls_db_batch_drop_outbox(listing->changes, plugin)
                                         : gls_db_batch_retry_outbox(listing->changes, plugin);
    return listing->ok;
}

static bool change_queues(struct listing *listing, struct gls_operation *op,
                          struct gls_error *error)
{
    listing->changes = gls_db_batch_new();
    bool ok = listing->changes != NULL || gls_fail_memory(error);
    ok = ok && gls_reader_open(&listing->reader, op->library, error) &&
         gls_reader_each_outbox_plugin(listing->reader, change_queue, listing, error);
    gls_reader_close(listing->reader);
    listing->reader = NULL;
    ok = ok && (listing->ok || gls_fail_memory(error)) &&
         (gls_db_batch_is_empty(listing->changes) ||
          gls_db_writer_commit(op->writer, listing->changes, error));
    gls_db_batch_free(listing->changes);
    return ok;
}

/* ---- Listing ------------------------------------------------------------------------- */

static bool show(struct listing *listing, struct gls_plugin_info *info)
{
    struct gls_plugin_queue_count count = {0};

    if (listing->reader != NULL &&
        !gls_plugin_queue_count(&count, listing->reader, info->name, listing->error))
        return false;
    info->struct_size = sizeof *info;
    info->queued = count.queued;
    info->failed = count.failed;
    info->last_error = count.last_error[0] != '\0' ? count.last_error : NULL;
    listing->on_plugin(listing->user, info);
    return true;
}

static bool show_entry(struct listing *listing, struct gls_plugin_entry *entry)
{
    struct gls_plugins_options options = {.config = listing->config, .jobs = 1};
    struct gls_error why = GLS_ERROR_INIT;
    struct gls_plugin_info info = {.name = entry->name};

    if (!is_named(listing->options, entry->name))
        return true;
    if (!gls_plugin_limits_read(&entry->limits, listing->config, entry->name, 1, &why) ||
        !gls_plugin_entry_load(entry, &options, &why)) {
        info.state = GLS_PLUGIN_UNUSABLE;
        info.problem = why.message;
    }
    info.path = entry->path;
    if (entry->is_loaded) {
        info.has_before = entry->plugin.before != NULL;
        info.has_after = entry->plugin.after != NULL;
        info.has_batch = entry->plugin.batch != NULL;
    }
    return show(listing, &info);
}

/* Files may wait for one that is configured no more. */
static bool show_absent(void *user, const char *plugin, const char *hook)
{
    struct listing *listing = user;
    struct gls_plugin_info info = {.name = plugin, .state = GLS_PLUGIN_ABSENT};

    (void)hook;
    for (size_t i = 0; i < listing->count; i++) {
        if (strcmp(listing->entries[i].name, plugin) == 0)
            return true;
    }
    if (is_named(listing->options, plugin))
        listing->ok = show(listing, &info);
    return listing->ok;
}

static bool list(struct listing *listing, struct gls_library *library, struct gls_error *error)
{
    struct gls_plugins_options all = {.config = listing->config, .allow_hooks = true};
    bool ok = gls_plugin_entries_new(&listing->entries, &listing->count, &all, error) &&
              (library == NULL || gls_reader_open(&listing->reader, library, error));

    for (size_t i = 0; ok && i < listing->count; i++)
        ok = show_entry(listing, &listing->entries[i]);
    ok = ok && (listing->reader == NULL ||
                (gls_reader_each_outbox_plugin(listing->reader, show_absent, listing, error) &&
                 listing->ok));
    gls_reader_close(listing->reader);
    gls_plugin_entries_free(listing->entries, listing->count);
    return ok;
}

bool gls_engine_list_plugins(const struct gls_config *config,
                             const struct gls_list_plugins_options *options,
                             void (*on_plugin)(void *user, const struct gls_plugin_info *info),
                             void *user, struct gls_error *error)
{
    bool changes = options->retry || options->drop;
    struct listing listing = {.config = config,
                              .options = options,
                              .on_plugin = on_plugin,
                              .user = user,
                              .ok = true,
                              .error = error};
    struct gls_operation op = {.command = "plugins", .wait_s = options->wait_s, .config = config};
    struct gls_summary run = {0};
    char *root = NULL;

    if (options->retry && options->drop)
        return gls_fail(error, GLS_ERROR_ARGUMENT, "--retry and --drop exclude each other");
    bool ok = gls_batch_find_library(&root, config, options->library, error);
    if (ok && root != NULL)
        ok = gls_operation_begin(&op, 0, error) &&
             gls_operation_open(&op, root, changes ? GLS_LIBRARY_WRITE : GLS_LIBRARY_READ, error) &&
             (!changes || change_queues(&listing, &op, error));
    ok = ok && list(&listing, op.library, error);
    struct gls_error closing = GLS_ERROR_INIT;
    if (root != NULL && !gls_operation_end(&op, &run, &closing) && ok) {
        *error = closing;
        ok = false;
    }
    if (root != NULL)
        gls_operation_close(&op);
    free(root);
    return ok;
}
