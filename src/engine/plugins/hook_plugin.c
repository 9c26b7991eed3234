/* SPDX-License-Identifier: MIT */
#include "engine/plugins/hook_plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "engine/plugins/hook_process.h"
#include "engine/plugins/plugin_services.h"

enum program { PROGRAM_BEFORE, PROGRAM_AFTER, PROGRAM_BATCH, PROGRAMS };
enum { END_TIMEOUT_MS = 5000 };

static const char *const names[PROGRAMS] = {"before", "after", "batch"};

struct hook_program {
    const char *hook;                 /* as it stands in the line */
    char *command;                    /* own: the configuration may be gone when a call returns */
    struct gls_hook_process *process; /* NULL: not started yet, or has to be anew */
};

struct hooks {
    struct hook_program programs[PROGRAMS];
    struct gls_plugin_host *host;
    json_int_t last_id;
    unsigned timeout_ms;
};

static void hooks_free(struct hooks *hooks)
{
    for (size_t i = 0; i < PROGRAMS; i++) {
        gls_hook_process_stop(hooks->programs[i].process, END_TIMEOUT_MS);
        free(hooks->programs[i].command);
    }
    free(hooks);
}

/* Can each command be split into words? */
bool gls_hook_plugin_check(const struct gls_config *config, struct gls_error *error)
{
    const char *const commands[PROGRAMS] = {config->hook_before, config->hook_after,
                                            config->hook_batch};

    for (size_t i = 0; i < PROGRAMS; i++) {
        char **words = NULL;
        if (commands[i] == NULL)
            continue;
        if (!gls_hook_split(&words, commands[i], error))
            return gls_error_prefix(error, "[Hooks] %s", names[i]);
        gls_hook_words_free(words);
    }
    return true;
}

static bool hooks_init(void **self, struct gls_plugin_host *host, struct gls_plugin_reply *reply)
{
    const struct gls_plugin_services_options *options = gls_plugin_services_options_of(host);
    const struct gls_config *config = options->config;
    const char *commands[PROGRAMS] = {config->hook_before, config->hook_after, config->hook_batch};
    struct hooks *hooks = calloc(1, sizeof *hooks);
    struct gls_error error = GLS_ERROR_INIT;
    bool ok = (hooks != NULL || gls_fail_memory(&error)) && gls_hook_plugin_check(config, &error);

    for (size_t i = 0; ok && i < PROGRAMS; i++) {
        struct hook_program *program = &hooks->programs[i];
        program->hook = names[i];
        program->command = commands[i] != NULL ? strdup(commands[i]) : NULL;
        ok = program->command != NULL || commands[i] == NULL || gls_fail_memory(&error);
    }
    if (ok) {
        hooks->host = host;
        hooks->timeout_ms = options->timeout_ms;
        *self = hooks;
        return true;
    }
    snprintf(reply->reason, sizeof reply->reason, "%.500s", error.message);
    if (hooks != NULL)
        hooks_free(hooks);
    return false;
}

/* The record's JSON, with id and hook before all else. */
static bool make_line(struct gls_strbuf *line, const char *hook, json_int_t id,
                      const struct gls_plugin_record *record)
{
    const char *json = gls_plugin_record_json(record);

    if (json == NULL)
        return false;
    gls_strbuf_addf(line, "{\"id\":%lld,\"hook\":\"%s\",", (long long)id, hook);
    gls_strbuf_add_str(line, json + 1);
    gls_strbuf_add_char(line, '\n');
    return !line->failed;
}

/* NULL: it says nothing of this, as with null and false. */
static const json_t *said(const json_t *answer, const char *key)
{
    const json_t *value = json_object_get(answer, key);

    return json_is_null(value) || json_is_false(value) ? NULL : value;
}

static enum gls_plugin_result result_of(const json_t *answer, struct gls_plugin_reply *reply)
{
    const json_t *veto = said(answer, "veto");
    const json_t *failure = said(answer, "error");
    const json_t *later_s = json_object_get(answer, "retry_after_s");
    const char *text = json_string_value(failure != NULL ? failure : veto);

    if (text != NULL)
        snprintf(reply->reason, sizeof reply->reason, "%s", text);
    if (json_is_integer(later_s) && json_integer_value(later_s) > 0)
        reply->retry_after_s = json_integer_value(later_s) < UINT32_MAX
                                   ? (uint32_t)json_integer_value(later_s)
                                   : UINT32_MAX;
    if (failure != NULL)
        return GLS_PLUGIN_ERROR;
    if (veto != NULL)
        return GLS_PLUGIN_VETO;
    return json_is_true(json_object_get(answer, "keep")) ? GLS_PLUGIN_KEEP : GLS_PLUGIN_OK;
}

static enum gls_plugin_result ask(struct hooks *hooks, enum program which,
                                  const struct gls_plugin_record *record,
                                  struct gls_plugin_reply *reply)
{
    struct hook_program *program = &hooks->programs[which];
    GLS_STRBUF_AUTO line = GLS_STRBUF_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    json_t *answer = NULL;
    enum gls_plugin_result result = GLS_PLUGIN_ERROR;
    json_int_t id = ++hooks->last_id;

    bool ok = make_line(&line, program->hook, id, record) || gls_fail_memory(&error);
    if (ok && program->process == NULL)
        ok = gls_hook_process_start(&program->process, program->command, hooks->timeout_ms,
                                    hooks->host, &error);
    ok = ok && gls_hook_process_ask(program->process, &answer, gls_strbuf_str(&line), id, &error);
    if (ok)
        result = result_of(answer, reply);
    else
        snprintf(reply->reason, sizeof reply->reason, "%.500s", error.message);
    if (program->process != NULL && !gls_hook_process_is_usable(program->process)) {
        gls_hook_process_stop(program->process, 0);
        program->process = NULL;
    }
    json_decref(answer);
    return result;
}

static enum gls_plugin_result hooks_before(void *self, struct gls_plugin_host *host,
                                           const struct gls_plugin_record *record,
                                           struct gls_plugin_reply *reply)
{
    struct hooks *hooks = self;

    (void)host;
    return ask(hooks, PROGRAM_BEFORE, record, reply);
}

static enum gls_plugin_result hooks_after(void *self, struct gls_plugin_host *host,
                                          const struct gls_plugin_record *record,
                                          struct gls_plugin_reply *reply)
{
    struct hooks *hooks = self;

    (void)host;
    return ask(hooks, PROGRAM_AFTER, record, reply);
}

static enum gls_plugin_result hooks_batch(void *self, struct gls_plugin_host *host,
                                          struct gls_plugin_reply *reply)
{
    struct hooks *hooks = self;
    const struct gls_plugin_record *record;
    uint64_t total = host->queued(host), done = 0;
    unsigned failures = 0;

    while ((record = host->next(host)) != NULL) {
        struct gls_plugin_reply one = {.reason = ""};
        enum gls_plugin_result result = ask(hooks, PROGRAM_BATCH, record, &one);
        if (result != GLS_PLUGIN_OK)
            result = GLS_PLUGIN_ERROR;
        failures = result == GLS_PLUGIN_OK ? 0 : failures + 1;
        host->finish(host, record, result, one.reason[0] != '\0' ? one.reason : NULL);
        host->progress(host, ++done, total);
        if (failures == 5) {
            snprintf(reply->reason, sizeof reply->reason,
                     "five failures in a row, the last: %.400s", one.reason);
            return GLS_PLUGIN_STOP;
        }
    }
    return GLS_PLUGIN_OK;
}

static void hooks_close(void *self, struct gls_plugin_host *host)
{
    (void)host;
    hooks_free(self);
}

bool gls_hook_plugin_is_configured(const struct gls_config *config)
{
    return config->hook_before != NULL || config->hook_after != NULL || config->hook_batch != NULL;
}

struct gls_plugin gls_hook_plugin(const struct gls_config *config)
{
    return (struct gls_plugin){.abi = GLS_PLUGIN_ABI,
                               .threads = GLS_PLUGIN_ONE_THREAD,
                               .name = GLS_HOOK_PLUGIN_NAME,
                               .init = hooks_init,
                               .before = config->hook_before != NULL ? hooks_before : NULL,
                               .after = config->hook_after != NULL ? hooks_after : NULL,
                               .batch = config->hook_batch != NULL ? hooks_batch : NULL,
                               .close = hooks_close};
}
