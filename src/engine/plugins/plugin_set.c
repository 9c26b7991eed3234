/* SPDX-License-Identifier: MIT */
#include "engine/plugins/plugin_set.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/c_locale.h"
#include "base/strbuf.h"
#include "engine/plugins/hook_plugin.h"
#include "engine/plugins/plugin_load.h"

enum { PARALLEL_MAX = 64, RETRIES_MAX = 100, TIMEOUT_S = 30, RETRIES = 2, TIMEOUT_MAX_S = 86400 };
enum { BACK_OFF_S = 1, BACK_OFF_MAX_S = 60 };

/* A key of a plugin's section that takes a number above 0. */
struct number_key {
    const char *key;
    double most;
};
static const struct number_key retries_key = {"retries", RETRIES_MAX};
static const struct number_key parallel_key = {"parallel", PARALLEL_MAX};
static const struct number_key timeout_key = {"timeout_s", TIMEOUT_MAX_S};
static const struct number_key backoff_key = {"backoff_s", BACK_OFF_MAX_S};
static const struct number_key rate_key = {"max_per_second", 1e6};

/* The number, within its bounds; unset: *out stays. */
static bool read_number(double *out, const struct gls_config *config, const char *name,
                        const struct number_key *what, struct gls_error *error)
{
    const char *text = gls_plugin_setting(config, name, what->key);
    char *end = NULL;

    if (text == NULL || text[0] == '\0')
        return true;
    double number = strtod_l(text, &end, gls_c_locale());
    if (end == text || *end != '\0' || !isfinite(number) || number <= 0 || number > what->most)
        return gls_fail(error, GLS_ERROR_CONFIG,
                        "[Plugin%s] %s: \"%.80s\" is no number above 0 and up to %.0f", name,
                        what->key, text, what->most);
    *out = number;
    return true;
}

static bool read_required(bool *out, const struct gls_config *config, const char *name,
                          struct gls_error *error)
{
    static const char *const words[] = {"no", "yes", "false", "true", "off", "on", "0", "1"};
    const char *text = gls_plugin_setting(config, name, "required");

    for (size_t i = 0; text != NULL && i < sizeof words / sizeof *words; i++) {
        if (gls_ascii_equal(text, words[i])) {
            *out = i % 2 == 1;
            return true;
        }
    }
    return text == NULL ||
           gls_fail(error, GLS_ERROR_CONFIG, "[Plugin%s] required: \"%.80s\" is neither yes nor no",
                    name, text);
}

bool gls_plugin_limits_read(struct gls_plugin_limits *out, const struct gls_config *config,
                            const char *name, unsigned jobs, struct gls_error *error)
{
    double parallel = jobs < PARALLEL_MAX ? jobs : PARALLEL_MAX, retries = RETRIES;
    double timeout_s = 0; /* as the plugin has it */
    const char *none = gls_plugin_setting(config, name, "retries");

    *out = (struct gls_plugin_limits){.parallel = 1, .backoff_s = BACK_OFF_S};
    if (none != NULL && strcmp(none, "0") == 0)
        retries = 0;
    else if (!read_number(&retries, config, name, &retries_key, error))
        return false;
    if (!read_number(&parallel, config, name, &parallel_key, error) ||
        !read_number(&timeout_s, config, name, &timeout_key, error) ||
        !read_number(&out->max_per_second, config, name, &rate_key, error) ||
        !read_number(&out->backoff_s, config, name, &backoff_key, error) ||
        !read_required(&out->required, config, name, error))
        return false;
    out->parallel = parallel < 1 ? 1 : (unsigned)parallel;
    out->retries = (unsigned)retries;
    out->timeout_ms = timeout_s > 0 ? (unsigned)ceil(timeout_s * 1000) : 0;
    return true;
}

static bool is_wanted(const struct gls_plugins_options *options, const char *name)
{
    for (size_t i = 0; i < options->only_count; i++) {
        if (strcmp(options->only[i], name) == 0)
            return true;
    }
    return options->only_count == 0;
}

static void add_name(struct gls_plugin_entry *entries, size_t *count,
                     const struct gls_plugins_options *options, const char *name)
{
    for (size_t i = 0; i < *count; i++) {
        if (strcmp(entries[i].name, name) == 0)
            return;
    }
    if (is_wanted(options, name))
        entries[(*count)++].name = name;
}

bool gls_plugin_entries_new(struct gls_plugin_entry **out, size_t *count,
                            const struct gls_plugins_options *options, struct gls_error *error)
{
    const struct gls_config *config = options->config;

    *count = 0;
    *out = calloc(config->plugin_count + 1, sizeof **out);
    if (*out == NULL)
        return gls_fail_memory(error);
    for (size_t i = 0; i < config->plugin_count; i++) {
        if (strcmp(config->plugins[i], GLS_HOOK_PLUGIN_NAME) != 0)
            add_name(*out, count, options, config->plugins[i]);
    }
    if (options->allow_hooks && gls_hook_plugin_is_configured(config))
        add_name(*out, count, options, GLS_HOOK_PLUGIN_NAME);
    return true;
}

void gls_plugin_entries_free(struct gls_plugin_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(entries[i].path);
    free(entries);
}

static unsigned default_timeout_s(const struct gls_plugin *plugin)
{
    if (plugin->timeout_s == 0)
        return TIMEOUT_S;
    return plugin->timeout_s < TIMEOUT_MAX_S ? plugin->timeout_s : TIMEOUT_MAX_S;
}

bool gls_plugin_entry_load(struct gls_plugin_entry *entry,
                           const struct gls_plugins_options *options, struct gls_error *error)
{
    const struct gls_plugin *loaded = NULL;

    if (strcmp(entry->name, GLS_HOOK_PLUGIN_NAME) == 0)
        entry->plugin = gls_hook_plugin(options->config);
    else if (gls_plugin_load(&loaded, &entry->path, options->config, entry->name, error))
        entry->plugin = *loaded;
    else
        return false;
    entry->is_loaded = true;
    if (entry->limits.timeout_ms == 0)
        entry->limits.timeout_ms = 1000 * default_timeout_s(&entry->plugin);
    if (entry->plugin.threads == GLS_PLUGIN_ONE_THREAD)
        entry->limits.parallel = 1;
    return true;
}

bool gls_plugin_entry_pass_over(const struct gls_plugin_entry *entry,
                                struct gls_plugin_messages *messages, const char *why,
                                struct gls_error *error)
{
    if (entry->limits.required)
        return gls_fail(error, GLS_ERROR_CONFIG, "plugin %s, which is required, cannot be used: %s",
                        entry->name, why);
    gls_plugin_messages_add(messages, entry->name, "not used: %s", why);
    return true;
}

/* Would it be used? Without running any of its code. */
static bool can_be_used(const struct gls_plugin_entry *entry, const struct gls_config *config,
                        struct gls_error *error)
{
    char *path = NULL;

    if (strcmp(entry->name, GLS_HOOK_PLUGIN_NAME) == 0)
        return gls_hook_plugin_check(config, error);
    bool ok = gls_plugin_find(&path, config, entry->name, error);
    free(path);
    return ok;
}

bool gls_plugin_entry_check(struct gls_plugin_entry *entry,
                            const struct gls_plugins_options *options,
                            struct gls_plugin_messages *messages, struct gls_error *error)
{
    struct gls_error why = GLS_ERROR_INIT;

    return gls_plugin_limits_read(&entry->limits, options->config, entry->name, options->jobs,
                                  error) &&
           (can_be_used(entry, options->config, &why) ||
            gls_plugin_entry_pass_over(entry, messages, why.message, error));
}

const char *gls_plugin_entry_queue(const struct gls_plugin_entry *entry)
{
    if (!entry->is_loaded || entry->plugin.after != NULL)
        return GLS_QUEUE_AFTER;
    return entry->plugin.batch != NULL ? GLS_QUEUE_BATCH : NULL;
}

/* ---- Subscriptions ---------------------------------------------------------------------- */

static bool append_subscription(void *user, const char *plugin, const char *hook)
{
    gls_strbuf_addf(user, "%s %s\n", plugin, hook);
    return true;
}

/* In the order of their names, as the database tells them. */
static int compare_entries(const void *a, const void *b)
{
    const struct gls_plugin_entry *const *left = a, *const *right = b;

    return strcmp((*left)->name, (*right)->name);
}

static bool list_configured(struct gls_strbuf *text, const struct gls_plugin_entry *entries,
                            size_t count)
{
    const struct gls_plugin_entry **sorted = calloc(count + 1, sizeof(void *));

    if (sorted == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        sorted[i] = &entries[i];
    qsort(sorted, count, sizeof *sorted, compare_entries);
    for (size_t i = 0; i < count; i++) {
        if (gls_plugin_entry_queue(sorted[i]) != NULL)
            append_subscription(text, sorted[i]->name, gls_plugin_entry_queue(sorted[i]));
    }
    free(sorted);
    return !text->failed;
}

static bool write_subscriptions(const struct gls_plugin_entry *entries, size_t count,
                                struct gls_db_writer *writer, struct gls_error *error)
{
    struct gls_db_batch *batch = gls_db_batch_new();
    bool ok = batch != NULL && gls_db_batch_clear_subscriptions(batch);

    for (size_t i = 0; ok && i < count; i++) {
        const char *queue = gls_plugin_entry_queue(&entries[i]);
        ok = queue == NULL || gls_db_batch_subscribe(batch, entries[i].name, queue);
    }
    ok = (ok || gls_fail_memory(error)) && gls_db_writer_commit(writer, batch, error);
    gls_db_batch_free(batch);
    return ok;
}

bool gls_plugin_entries_subscribe(const struct gls_plugin_entry *entries, size_t count,
                                  const struct gls_plugins_options *options,
                                  struct gls_error *error)
{
    GLS_STRBUF_AUTO now = GLS_STRBUF_INIT, configured = GLS_STRBUF_INIT;
    struct gls_reader *reader = NULL;
    bool ok = gls_reader_open(&reader, options->library, error) &&
              gls_reader_each_subscription(reader, append_subscription, &now, error);

    gls_reader_close(reader);
    ok = ok &&
         ((!now.failed && list_configured(&configured, entries, count)) || gls_fail_memory(error));
    return ok && (strcmp(gls_strbuf_str(&now), gls_strbuf_str(&configured)) == 0 ||
                  write_subscriptions(entries, count, options->writer, error));
}
