/* SPDX-License-Identifier: MIT */
#include "engine/plugins/plugin_services.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/thread/cancel.h"
#include "base/thread/clock.h"

enum { PAGE = 64, VALUE_SIZE_MAX = 1 << 20 };

/* `face` comes first: a host that is handed back is these services. `lock` guards
 * what is below it, and is held while a function of the host is at work. */
struct gls_plugin_services {
    struct gls_plugin_host face;
    struct gls_plugin_services_options options;
    char *name;
    /* The plugin's section: a call that was abandoned may read it when the
     * configuration is gone. */
    struct gls_plugin_value *settings;
    size_t setting_count;

    atomic_llong alive_ms;

    pthread_mutex_t lock;
    bool has_ended;
    struct gls_plugin_queue queue; /* its reader NULL: there is no library, or it has ended */
    /* batch(): what was read ahead, and what next() gave. */
    struct gls_plugin_item *items;
    size_t item_count;
    size_t next_item;
    struct gls_plugin_item *given;
    size_t given_count;
};

static struct gls_plugin_services *services_of(struct gls_plugin_host *host)
{
    return (struct gls_plugin_services *)host;
}

/* With the lock held if it is true: the operation goes on. */
static bool enter(struct gls_plugin_services *services)
{
    atomic_store(&services->alive_ms, (long long)(gls_clock_s() * 1000));
    pthread_mutex_lock(&services->lock);
    if (!services->has_ended)
        return true;
    pthread_mutex_unlock(&services->lock);
    return false;
}

static void leave(struct gls_plugin_services *services)
{
    pthread_mutex_unlock(&services->lock);
}

/* An error of the database in a function that can only say "no". */
static void emit_error(struct gls_plugin_services *services, const struct gls_error *error)
{
    gls_plugin_messages_add(services->options.messages, services->name, "%s", error->message);
}

/* Is it in [PluginNAME] or [NAME]? */
static bool is_of(const struct gls_plugin_setting *setting, const char *plugin)
{
    const char *section = setting->section;

    return strcmp(section, plugin) == 0 ||
           (strncmp(section, "Plugin", 6) == 0 && strcmp(section + 6, plugin) == 0);
}

const char *gls_plugin_setting(const struct gls_config *config, const char *plugin, const char *key)
{
    const char *value = NULL;

    for (size_t i = 0; i < config->plugin_setting_count; i++) {
        const struct gls_plugin_setting *setting = &config->plugin_settings[i];
        if (is_of(setting, plugin) && strcmp(setting->key, key) == 0)
            value = setting->value;
    }
    return value;
}

static bool copy_settings(struct gls_plugin_services *services, struct gls_error *error)
{
    const struct gls_config *config = services->options.config;

    services->settings = calloc(config->plugin_setting_count + 1, sizeof *services->settings);
    if (services->settings == NULL)
        return gls_fail_memory(error);
    for (size_t i = 0; i < config->plugin_setting_count; i++) {
        const struct gls_plugin_setting *setting = &config->plugin_settings[i];
        if (!is_of(setting, services->name))
            continue;
        struct gls_plugin_value *copy = &services->settings[services->setting_count++];
        copy->name = strdup(setting->key);
        copy->value = strdup(setting->value);
        if (copy->name == NULL || copy->value == NULL)
            return gls_fail_memory(error);
    }
    return true;
}

/* ---- The functions of the host ------------------------------------------------- */

static void host_log(struct gls_plugin_host *host, enum gls_plugin_level level, const char *text)
{
    struct gls_plugin_services *services = services_of(host);

    if (!enter(services))
        return;
    if (text != NULL && (level == GLS_PLUGIN_DISPLAY || services->options.wants_log))
        gls_plugin_messages_add(services->options.messages, services->name, "%s", text);
    leave(services);
}

static const char *host_setting(struct gls_plugin_host *host, const char *key)
{
    const struct gls_plugin_services *services = services_of(host);
    const char *value = NULL;

    for (size_t i = 0; key != NULL && i < services->setting_count; i++) {
        if (strcmp(services->settings[i].name, key) == 0)
            value = services->settings[i].value;
    }
    return value;
}

static char *host_get(struct gls_plugin_host *host, const char *name)
{
    struct gls_plugin_services *services = services_of(host);
    struct gls_error error = GLS_ERROR_INIT;
    char *value = NULL;

    if (name == NULL || !enter(services))
        return NULL;
    if (services->queue.reader != NULL &&
        !gls_reader_plugin_value(services->queue.reader, &value, services->name, name, &error))
        emit_error(services, &error);
    leave(services);
    return value;
}

static bool add_values(struct gls_db_batch *batch, const char *plugin,
                       const struct gls_plugin_value *values, size_t count, struct gls_error *error)
{
    for (size_t i = 0; i < count; i++) {
        const char *value = values[i].value;
        if (values[i].name == NULL || strlen(values[i].name) > VALUE_SIZE_MAX ||
            (value != NULL && strlen(value) > VALUE_SIZE_MAX))
            return gls_fail(error, GLS_ERROR_ARGUMENT, "a value of more than %d bytes is not kept",
                            VALUE_SIZE_MAX);
        if (!gls_db_batch_set_plugin_value(batch, plugin, values[i].name, value))
            return gls_fail_memory(error);
    }
    return true;
}

static bool host_put(struct gls_plugin_host *host, const struct gls_plugin_value *values,
                     size_t count)
{
    struct gls_plugin_services *services = services_of(host);
    struct gls_error error = GLS_ERROR_INIT;

    if (!enter(services))
        return false;
    struct gls_db_batch *batch = gls_db_batch_new();
    bool ok = services->options.writer != NULL ||
              gls_fail(&error, GLS_ERROR_ARGUMENT, "there is no library to keep values in");
    ok = ok && (batch != NULL || gls_fail_memory(&error)) &&
         add_values(batch, services->name, values, count, &error) &&
         gls_db_writer_commit(services->options.writer, batch, &error);
    gls_db_batch_free(batch);
    if (!ok)
        emit_error(services, &error);
    leave(services);
    return ok;
}

static bool host_is_cancelled(struct gls_plugin_host *host)
{
    struct gls_plugin_services *services = services_of(host);
    bool cancelled = true;

    if (enter(services)) {
        cancelled = gls_cancel_is_requested(services->options.cancel);
        leave(services);
    }
    return cancelled;
}

static const char *host_json(struct gls_plugin_host *host, const struct gls_plugin_record *record)
{
    (void)host;
    return record != NULL ? gls_plugin_record_json(record) : NULL;
}

static bool read_page(struct gls_plugin_services *services, struct gls_error *error)
{
    free(services->items); /* what was in it was given */
    services->items = NULL;
    services->item_count = services->next_item = 0;
    return gls_plugin_queue_read(&services->items, &services->item_count, &services->queue, PAGE,
                                 error);
}

/* Moves the next item that is there still to those that were given. */
static const struct gls_plugin_record *give(struct gls_plugin_services *services)
{
    struct gls_plugin_item *grown =
        reallocarray(services->given, services->given_count + 1, sizeof *grown);

    if (grown == NULL)
        return NULL;
    services->given = grown;
    grown[services->given_count] = services->items[services->next_item++];
    return gls_plugin_file_record(grown[services->given_count++].file);
}

static const struct gls_plugin_record *host_next(struct gls_plugin_host *host)
{
    struct gls_plugin_services *services = services_of(host);
    struct gls_error error = GLS_ERROR_INIT;
    const struct gls_plugin_record *record = NULL;

    if (!enter(services))
        return NULL;
    bool ok = services->queue.reader != NULL && !gls_cancel_is_requested(services->options.cancel);
    if (ok && services->next_item == services->item_count && !read_page(services, &error)) {
        emit_error(services, &error);
        ok = false;
    }
    if (ok && services->next_item < services->item_count)
        record = give(services);
    leave(services);
    return record;
}

static struct gls_plugin_item *find_given(struct gls_plugin_services *services,
                                          const struct gls_plugin_record *record)
{
    for (size_t i = 0; i < services->given_count; i++) {
        if (gls_plugin_file_record(services->given[i].file) == record)
            return &services->given[i];
    }
    return NULL;
}

static bool commit_result(struct gls_plugin_services *services, const struct gls_plugin_item *item,
                          enum gls_plugin_result result, const char *reason)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_plugin_reply reply = {.reason = ""};
    struct gls_db_batch *batch = gls_db_batch_new();

    snprintf(reply.reason, sizeof reply.reason, "%s", reason != NULL ? reason : "failed");
    bool ok = (batch != NULL && gls_plugin_queue_set(batch, item, (int)result, &reply)) ||
              gls_fail_memory(&error);
    ok = ok && (gls_db_batch_is_empty(batch) ||
                gls_db_writer_commit(services->options.writer, batch, &error));
    gls_db_batch_free(batch);
    if (!ok)
        emit_error(services, &error);
    else if (result != GLS_PLUGIN_OK)
        gls_plugin_messages_add(services->options.messages, services->name, "%s: %s",
                                gls_plugin_file_record(item->file)->destination, reply.reason);
    return ok;
}

static bool host_finish(struct gls_plugin_host *host, const struct gls_plugin_record *record,
                        enum gls_plugin_result result, const char *reason)
{
    struct gls_plugin_services *services = services_of(host);
    bool ok = false;

    if (!enter(services))
        return false;
    struct gls_plugin_item *item = find_given(services, record);
    if (item != NULL) {
        ok = commit_result(services, item, result, reason);
        struct gls_plugin_item done = *item;
        *item = services->given[--services->given_count];
        gls_plugin_item_clear(&done);
    }
    leave(services);
    return ok;
}

static uint64_t host_queued(struct gls_plugin_host *host)
{
    struct gls_plugin_services *services = services_of(host);
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_plugin_queue_count count = {0};

    if (!enter(services))
        return 0;
    if (services->queue.reader != NULL &&
        !gls_plugin_queue_count(&count, services->queue.reader, services->name, &error))
        emit_error(services, &error);
    leave(services);
    return count.queued - count.failed;
}

static void host_progress(struct gls_plugin_host *host, uint64_t done, uint64_t total)
{
    struct gls_plugin_services *services = services_of(host);

    if (!enter(services))
        return;
    if (services->options.progress != NULL)
        services->options.progress(services->options.user, done, total);
    leave(services);
}

/* ---- Life ------------------------------------------------------------------------ */

bool gls_plugin_services_new(struct gls_plugin_services **out,
                             const struct gls_plugin_services_options *options,
                             struct gls_error *error)
{
    struct gls_plugin_services *services = calloc(1, sizeof *services);

    *out = NULL;
    if (services == NULL)
        return gls_fail_memory(error);
    services->face = (struct gls_plugin_host){.struct_size = sizeof services->face,
                                              .version = GLS_VERSION_TEXT,
                                              .log = host_log,
                                              .setting = host_setting,
                                              .get = host_get,
                                              .put = host_put,
                                              .is_cancelled = host_is_cancelled,
                                              .json = host_json,
                                              .next = host_next,
                                              .finish = host_finish,
                                              .queued = host_queued,
                                              .progress = host_progress};
    services->options = *options;
    services->name = strdup(options->name);
    services->options.name = services->name;
    services->queue = (struct gls_plugin_queue){
        .library = options->library, .plugin = services->name, .hook = options->batch_queue};
    pthread_mutex_init(&services->lock, NULL);
    bool ok = (services->name != NULL || gls_fail_memory(error)) &&
              copy_settings(services, error) &&
              (options->library == NULL ||
               gls_reader_open(&services->queue.reader, options->library, error));
    if (ok)
        *out = services;
    else
        gls_plugin_services_free(services);
    return ok;
}

void gls_plugin_services_end(struct gls_plugin_services *services)
{
    pthread_mutex_lock(&services->lock);
    services->has_ended = true;
    gls_reader_close(services->queue.reader);
    services->queue.reader = NULL;
    pthread_mutex_unlock(&services->lock);
}

void gls_plugin_services_free(struct gls_plugin_services *services)
{
    if (services == NULL)
        return;
    for (size_t i = services->next_item; i < services->item_count; i++)
        gls_plugin_item_clear(&services->items[i]);
    free(services->items);
    for (size_t i = 0; i < services->setting_count; i++) {
        free((char *)services->settings[i].name);
        free((char *)services->settings[i].value);
    }
    free(services->settings);
    gls_plugin_items_free(services->given, services->given_count);
    gls_reader_close(services->queue.reader);
    pthread_mutex_destroy(&services->lock);
    free(services->name);
    free(services);
}

struct gls_plugin_host *gls_plugin_services_host(struct gls_plugin_services *services)
{
    return &services->face;
}

const struct gls_plugin_services_options *
gls_plugin_services_options_of(const struct gls_plugin_host *host)
{
    return &((const struct gls_plugin_services *)host)->options;
}

bool gls_plugin_services_is_cancelled(const struct gls_plugin_services *services)
{
    return gls_cancel_is_requested(services->options.cancel);
}

double gls_plugin_services_alive_s(struct gls_plugin_services *services)
{
    return (double)atomic_load(&services->alive_ms) / 1000;
}
