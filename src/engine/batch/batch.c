/* SPDX-License-Identifier: MIT */
#include "engine/batch/batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/thread/clock.h"
#include "engine/operation/operation.h"
#include "engine/plugins/hook_plugin.h"
#include "engine/plugins/plugin_queue.h"
#include "engine/plugins/plugins.h"

/* Is the plugin one of the configuration's? */
static bool is_configured(const struct gls_config *config, const char *name)
{
    if (strcmp(name, GLS_HOOK_PLUGIN_NAME) == 0)
        return gls_hook_plugin_is_configured(config);
    for (size_t i = 0; i < config->plugin_count; i++) {
        if (strcmp(config->plugins[i], name) == 0)
            return true;
    }
    return false;
}

static bool check_names(const struct gls_config *config, const struct gls_batch_options *options,
                        struct gls_error *error)
{
    for (size_t i = 0; i < options->name_count; i++) {
        if (!is_configured(config, options->names[i]))
            return gls_fail(error, GLS_ERROR_ARGUMENT,
                            "plugin %s is not among [Plugins] plugins= of the configuration",
                            options->names[i]);
    }
    return true;
}

struct counting {
    struct gls_reader *reader;
    struct gls_batch_summary *summary;
    const struct gls_batch_options *options;
    bool ok;
    struct gls_error *error;
};

static bool is_counted(const struct gls_batch_options *options, const char *name)
{
    for (size_t i = 0; i < options->name_count; i++) {
        if (strcmp(options->names[i], name) == 0)
            return true;
    }
    return options->name_count == 0;
}

static bool count_plugin(void *user, const char *plugin, const char *hook)
{
    struct counting *counting = user;
    struct gls_plugin_queue_count count = {0};

    (void)hook;
    if (!is_counted(counting->options, plugin))
        return true;
    counting->ok = gls_plugin_queue_count(&count, counting->reader, plugin, counting->error);
    counting->summary->queued += count.queued;
    counting->summary->failed += count.failed;
    return counting->ok;
}

static bool count_queued(struct gls_batch_summary *summary, struct gls_operation *op,
                         const struct gls_batch_options *options, struct gls_error *error)
{
    struct counting counting = {.summary = summary, .options = options, .ok = true, .error = error};
    bool ok = gls_reader_open(&counting.reader, op->library, error) &&
              gls_reader_each_outbox_plugin(counting.reader, count_plugin, &counting, error) &&
              counting.ok;

    gls_reader_close(counting.reader);
    return ok;
}

static bool run_plugins(struct gls_operation *op, const struct gls_batch_options *options,
                        struct gls_error *error)
{
    struct gls_plugins_options plugin_options = {.config = op->config,
                                                 .library = op->library,
                                                 .writer = op->writer,
                                                 .callbacks = &op->callbacks,
                                                 .cancel = op->cancel,
                                                 .jobs = op->jobs,
                                                 .allow_hooks = options->allow_hooks,
                                                 .wants_log = options->plugin_log,
                                                 .is_batch = true,
                                                 .only = options->names,
                                                 .only_count = options->name_count};
    struct gls_plugins *plugins = NULL;
    bool ok =
        gls_plugins_open(&plugins, &plugin_options, error) && gls_plugins_start(plugins, error);

    if (ok && plugins != NULL)
        gls_plugins_batch(plugins);
    gls_plugins_close(plugins);
    return ok;
}

bool gls_engine_batch(struct gls_batch_summary *summary, const struct gls_engine_call *call,
                      const struct gls_batch_options *options, struct gls_error *error)
{
    struct gls_operation op = {.command = "batch",
                               .command_line = options->command_line,
                               .wait_s = options->wait_s,
                               .config = call->config,
                               .callbacks = *call->callbacks,
                               .cancel = call->cancel};
    char *root = NULL;
    struct gls_error closing = GLS_ERROR_INIT;

    if (!check_names(call->config, options, error) ||
        !gls_batch_find_library(&root, call->config, options->library, error))
        return false;
    if (root == NULL)
        return true;
    bool ok = gls_operation_begin(&op, 0, error) &&
              gls_operation_open(&op, root, GLS_LIBRARY_WRITE, error) &&
              run_plugins(&op, options, error) && count_queued(summary, &op, options, error);
    summary->interrupted = gls_operation_is_cancelled(&op);
    summary->seconds = gls_clock_s() - op.started_s;
    struct gls_summary run = {.seconds = summary->seconds, .interrupted = summary->interrupted};
    bool ended = gls_operation_end(&op, &run, &closing);
    if (ok && !ended)
        *error = closing;
    gls_operation_close(&op);
    free(root);
    return ok && ended;
}
