/* SPDX-License-Identifier: MIT */
#include "engine/plugins/plugins.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/thread/cancel.h"
#include "engine/plugins/elodie_queue.h"
#include "engine/plugins/hook_plugin.h"
#include "engine/plugins/plugin_set.h"

/* A program of [Hooks] is stopped when its time is over; only should that hang is the
 * call abandoned. */
enum { HOOK_GRACE_MS = 10000 };

/* Threads: the calling one, and the workers in before(). `lock` guards what is below
 * it. */
struct gls_plugins {
    struct gls_plugins_options options;
    struct gls_plugin_messages *messages;
    struct gls_plugin_entry *entries;
    size_t count;
    bool have_before;
    bool require_after;
    bool is_started;
    atomic_ullong batch_done, batch_total;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t next_unit;                 /* whose turn it is to ask */
    struct gls_plugins_question *early; /* those whose turn it is not yet, in order */
};

/* ---- Opening ------------------------------------------------------------------------ */

static void note_progress(void *user, uint64_t done, uint64_t total)
{
    struct gls_plugins *plugins = user;

    atomic_store(&plugins->batch_done, done);
    atomic_store(&plugins->batch_total, total);
}

static bool open_lane(struct gls_plugins *plugins, struct gls_plugin_entry *entry,
                      struct gls_error *error)
{
    struct gls_plugin_services_options options = {
        .name = entry->name,
        .config = plugins->options.config,
        .library = plugins->options.library,
        .writer = plugins->options.writer,
        .cancel = plugins->options.cancel,
        .messages = plugins->messages,
        .batch_queue = entry->plugin.after != NULL ? GLS_QUEUE_BATCH : NULL,
        .timeout_ms = entry->limits.timeout_ms,
        .wants_log = plugins->options.wants_log,
        .progress = note_progress,
        .user = plugins};
    struct gls_plugin_limits limits = entry->limits;
    struct gls_plugin_services *services = NULL;

    if (strcmp(entry->name, GLS_HOOK_PLUGIN_NAME) == 0)
        limits.timeout_ms += HOOK_GRACE_MS;
    return gls_plugin_services_new(&services, &options, error) &&
           gls_plugin_lane_open(&entry->lane, &entry->plugin, services, &limits, error);
}

/* Loads and initialises one. */
static bool open_entry(struct gls_plugins *plugins, struct gls_plugin_entry *entry,
                       struct gls_error *error)
{
    struct gls_error why = GLS_ERROR_INIT;

    if (!gls_plugin_limits_read(&entry->limits, plugins->options.config, entry->name,
                                plugins->options.jobs, error))
        return false;
    if (gls_plugin_entry_load(entry, &plugins->options, &why) && open_lane(plugins, entry, &why)) {
        plugins->have_before = plugins->have_before || entry->plugin.before != NULL;
        plugins->require_after =
            plugins->require_after || (entry->limits.required && entry->plugin.after != NULL);
        return true;
    }
    return gls_plugin_entry_pass_over(entry, plugins->messages, why.message, error);
}

static bool start_delivery(struct gls_plugins *plugins, struct gls_plugin_entry *entry,
                           struct gls_error *error)
{
    struct gls_plugin_delivery_options options = {.name = entry->name,
                                                  .lane = entry->lane,
                                                  .limits = entry->limits,
                                                  .library = plugins->options.library,
                                                  .writer = plugins->options.writer,
                                                  .cancel = plugins->options.cancel,
                                                  .messages = plugins->messages};

    return entry->lane == NULL || entry->plugin.after == NULL ||
           gls_plugin_delivery_start(&entry->delivery, &options, error);
}

bool gls_plugins_open(struct gls_plugins **out, const struct gls_plugins_options *options,
                      struct gls_error *error)
{
    struct gls_plugins *plugins = calloc(1, sizeof *plugins);

    *out = NULL;
    if (plugins == NULL)
        return gls_fail_memory(error);
    plugins->options = *options;
    pthread_mutex_init(&plugins->lock, NULL);
    pthread_cond_init(&plugins->changed, NULL);
    plugins->messages = gls_plugin_messages_new();
    bool ok = (plugins->messages != NULL || gls_fail_memory(error)) &&
              gls_plugin_entries_new(&plugins->entries, &plugins->count, options, error);
    for (size_t i = 0; ok && i < plugins->count; i++)
        ok = open_entry(plugins, &plugins->entries[i], error);
    ok = ok && (options->is_batch ||
                gls_plugin_entries_subscribe(plugins->entries, plugins->count, options, error));
    for (size_t i = 0; ok && i < plugins->count; i++)
        ok = gls_take_elodie_queue(&plugins->entries[i], options, plugins->messages, error);
    if (ok && plugins->count > 0)
        *out = plugins;
    else
        gls_plugins_close(plugins);
    return ok;
}

bool gls_plugins_start(struct gls_plugins *plugins, struct gls_error *error)
{
    bool ok = true;

    for (size_t i = 0; ok && plugins != NULL && i < plugins->count; i++)
        ok = start_delivery(plugins, &plugins->entries[i], error);
    if (plugins != NULL && ok)
        plugins->is_started = true;
    if (ok)
        gls_plugins_notify(plugins);
    return ok;
}

/* ---- A dry run ------------------------------------------------------------------------ */

bool gls_plugins_check(const struct gls_plugins_options *options, struct gls_error *error)
{
    struct gls_plugin_entry *entries = NULL;
    size_t count = 0;
    struct gls_plugin_messages *messages = gls_plugin_messages_new();
    bool ok = (messages != NULL || gls_fail_memory(error)) &&
              gls_plugin_entries_new(&entries, &count, options, error);

    for (size_t i = 0; ok && i < count; i++)
        ok = gls_plugin_entry_check(&entries[i], options, messages, error);
    gls_plugin_messages_emit(messages, options->callbacks);
    gls_plugin_entries_free(entries, count);
    gls_plugin_messages_free(messages);
    return ok;
}

/* ---- Before -------------------------------------------------------------------------- */

bool gls_plugins_have_before(const struct gls_plugins *plugins)
{
    return plugins != NULL && plugins->have_before;
}

/* One call for each plugin and file, in this order. */
struct gls_plugins_question {
    uint64_t number;                   /* of the unit */
    struct gls_plugins_question *next; /* among those that are early */
    bool is_posted;                    /* guarded by the lock of the plugins */
    struct gls_plugin_file **files;
    struct gls_plugin_call **calls; /* NULL where a plugin is not asked */
    size_t count;                   /* of files */
};

static bool is_asked(const struct gls_plugin_entry *entry)
{
    return entry->lane != NULL && entry->plugin.before != NULL;
}

static void post_calls(struct gls_plugins *plugins, struct gls_plugins_question *all)
{
    for (size_t i = 0; i < plugins->count; i++) {
        for (size_t k = 0; k < all->count && is_asked(&plugins->entries[i]); k++)
            all->calls[i * all->count + k] =
                gls_plugin_lane_post(plugins->entries[i].lane, GLS_HOOK_BEFORE, all->files[k]);
    }
}

/* Does the answer keep the file from being filed? What is no veto is told, not obeyed,
 * unless the plugin is required. */
static bool is_vetoed(struct gls_plugins *plugins, const struct gls_plugin_entry *entry,
                      const struct gls_plugin_file *file, struct gls_plugin_call *call,
                      char reason[GLS_VETO_SIZE])
{
    struct gls_plugin_reply reply;
    int result = gls_plugin_lane_wait(entry->lane, call, &reply);

    if (result == GLS_PLUGIN_VETO) {
        snprintf(reason, GLS_VETO_SIZE, "plugin %s: %s", entry->name, reply.reason);
        return true;
    }
    /* It might have been vetoed. */
    if (result != GLS_PLUGIN_OK && gls_cancel_is_requested(plugins->options.cancel)) {
        snprintf(reason, GLS_VETO_SIZE, "interrupted before plugin %s answered; import it again",
                 entry->name);
        return true;
    }
    if (result == GLS_PLUGIN_ERROR || result == GLS_PLUGIN_ABANDONED)
        gls_plugin_messages_add(plugins->messages, entry->name, "%s: before: %s",
                                gls_plugin_file_record(file)->source, reply.reason);
    if (result == GLS_PLUGIN_OK || !entry->limits.required)
        return false;
    snprintf(reason, GLS_VETO_SIZE, "plugin %s, which is required, did not agree: %s", entry->name,
             reply.reason);
    return true;
}

/* Waits for every answer; the first veto counts, by plugin and then by file. */
static size_t collect_answers(struct gls_plugins *plugins, struct gls_plugins_question *all,
                              char reason[GLS_VETO_SIZE])
{
    char text[GLS_VETO_SIZE];
    size_t vetoed = all->count;

    for (size_t i = 0; i < plugins->count; i++) {
        for (size_t k = 0; k < all->count && is_asked(&plugins->entries[i]); k++) {
            if (is_vetoed(plugins, &plugins->entries[i], all->files[k],
                          all->calls[i * all->count + k], text) &&
                vetoed == all->count) {
                vetoed = k;
                memcpy(reason, text, sizeof text);
            }
        }
    }
    return vetoed;
}

static void free_question(struct gls_plugins_question *question)
{
    for (size_t i = 0; question->files != NULL && i < question->count; i++)
        gls_plugin_file_drop(question->files[i]);
    free(question->files);
    free(question->calls);
    free(question);
}

static struct gls_plugins_question *make_question(const struct gls_plugin_record *files,
                                                  size_t count, size_t plugins)
{
    struct gls_plugins_question *question = calloc(1, sizeof *question);

    if (question == NULL)
        return NULL;
    question->count = count;
    question->files = calloc(count + 1, sizeof(struct gls_plugin_file *));
    question->calls = calloc(count * plugins + 1, sizeof(struct gls_plugin_call *));
    bool ok = question->files != NULL && question->calls != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        question->files[i] = gls_plugin_file_new(&files[i]);
        ok = question->files[i] != NULL;
    }
    if (!ok) {
        free_question(question);
        question = NULL;
    }
    return question;
}

static void add_early(struct gls_plugins *plugins, struct gls_plugins_question *question)
{
    struct gls_plugins_question **place = &plugins->early;

    while (*place != NULL && (*place)->number < question->number)
        place = &(*place)->next;
    question->next = *place;
    *place = question;
}

/* Calls are queued in input order: those whose turn it is now. */
static void post_early(struct gls_plugins *plugins)
{
    struct gls_plugins_question *question;

    while ((question = plugins->early) != NULL && question->number == plugins->next_unit) {
        plugins->early = question->next;
        post_calls(plugins, question);
        question->is_posted = true;
        plugins->next_unit++;
    }
    pthread_cond_broadcast(&plugins->changed);
}

struct gls_plugins_question *gls_plugins_ask(struct gls_plugins *plugins, uint64_t number,
                                             const struct gls_plugin_record *files, size_t count)
{
    struct gls_plugins_question *question = make_question(files, count, plugins->count);

    pthread_mutex_lock(&plugins->lock);
    if (question != NULL) {
        question->number = number;
        add_early(plugins, question);
    } else {
        while (plugins->next_unit != number)
            pthread_cond_wait(&plugins->changed, &plugins->lock);
        plugins->next_unit++;
    }
    post_early(plugins);
    pthread_mutex_unlock(&plugins->lock);
    return question;
}

bool gls_plugins_take_answers(struct gls_plugins *plugins, struct gls_plugins_question *question,
                              size_t *vetoed, char reason[GLS_VETO_SIZE])
{
    pthread_mutex_lock(&plugins->lock);
    while (!question->is_posted)
        pthread_cond_wait(&plugins->changed, &plugins->lock);
    pthread_mutex_unlock(&plugins->lock);
    *vetoed = collect_answers(plugins, question, reason);
    bool is_any = *vetoed < question->count;
    free_question(question);
    return is_any;
}

/* ---- After ---------------------------------------------------------------------------- */

void gls_plugins_emit(struct gls_plugins *plugins)
{
    if (plugins != NULL)
        gls_plugin_messages_emit(plugins->messages, plugins->options.callbacks);
}

void gls_plugins_notify(struct gls_plugins *plugins)
{
    for (size_t i = 0; plugins != NULL && i < plugins->count; i++) {
        if (plugins->entries[i].delivery != NULL)
            gls_plugin_delivery_notify(plugins->entries[i].delivery);
    }
}

/* Until what is queued for it was tried. On the calling thread. */
static void deliver(struct gls_plugins *plugins, struct gls_plugin_entry *entry)
{
    if (entry->delivery == NULL)
        return;
    uint64_t ticket = gls_plugin_delivery_ask(entry->delivery);
    while (!gls_plugin_delivery_is_done(entry->delivery, ticket))
        gls_plugins_emit(plugins);
}

bool gls_plugins_require_after(const struct gls_plugins *plugins)
{
    return plugins != NULL && plugins->require_after;
}

bool gls_plugins_find_waiting(struct gls_plugins *plugins, const char **waiting,
                              struct gls_reader *reader, const char *path, struct gls_error *error)
{
    bool waits = false;

    *waiting = NULL;
    for (size_t i = 0; i < plugins->count && !waits; i++) {
        struct gls_plugin_entry *entry = &plugins->entries[i];
        if (!entry->limits.required || entry->plugin.after == NULL)
            continue;
        if (!gls_reader_outbox_has(reader, &waits, entry->name, path, error))
            return false;
        if (waits) {
            deliver(plugins, entry);
            if (!gls_reader_outbox_has(reader, &waits, entry->name, path, error))
                return false;
        }
        if (waits)
            *waiting = entry->name;
    }
    return true;
}

/* ---- Batch ------------------------------------------------------------------------------ */

static void show_progress(struct gls_plugins *plugins, const struct gls_plugin_entry *entry)
{
    const struct gls_callbacks *callbacks = plugins->options.callbacks;
    struct gls_progress progress = {.struct_size = sizeof progress,
                                    .files_found = atomic_load(&plugins->batch_total),
                                    .scan_done = true,
                                    .files_done = atomic_load(&plugins->batch_done),
                                    .current = entry->name};

    if (callbacks != NULL && callbacks->on_progress != NULL)
        callbacks->on_progress(callbacks->user, &progress);
}

static void run_batch(struct gls_plugins *plugins, struct gls_plugin_entry *entry)
{
    struct gls_plugin_reply reply;

    atomic_store(&plugins->batch_done, 0);
    atomic_store(&plugins->batch_total, 0);
    struct gls_plugin_call *call = gls_plugin_lane_post(entry->lane, GLS_HOOK_BATCH, NULL);
    while (!gls_plugin_lane_has_ended(entry->lane, call)) {
        gls_plugins_emit(plugins);
        show_progress(plugins, entry);
    }
    int result = gls_plugin_lane_wait(entry->lane, call, &reply);
    if (result == GLS_PLUGIN_ERROR || result == GLS_PLUGIN_ABANDONED)
        gls_plugin_messages_add(plugins->messages, entry->name, "batch: %s", reply.reason);
}

void gls_plugins_batch(struct gls_plugins *plugins)
{
    for (size_t i = 0; i < plugins->count; i++)
        deliver(plugins, &plugins->entries[i]);
    for (size_t i = 0; i < plugins->count; i++) {
        struct gls_plugin_entry *entry = &plugins->entries[i];
        if (entry->lane != NULL && entry->plugin.batch != NULL &&
            !gls_cancel_is_requested(plugins->options.cancel))
            run_batch(plugins, entry);
        gls_plugins_emit(plugins);
    }
}

/* ---- Closing ------------------------------------------------------------------------------ */

/* What stays queued, and why. */
static void sum_up(struct gls_plugins *plugins, struct gls_plugin_entry *entry,
                   struct gls_reader *reader)
{
    struct gls_plugin_queue_count count = {0};
    struct gls_error error = GLS_ERROR_INIT;
    char why[GLS_PLUGIN_REASON_SIZE];

    if (entry->lane != NULL && gls_plugin_lane_rests(entry->lane, why))
        gls_plugin_messages_add(plugins->messages, entry->name, "rests until the next run: %s",
                                why);
    if (!gls_plugin_queue_count(&count, reader, entry->name, &error))
        gls_plugin_messages_add(plugins->messages, entry->name, "%s", error.message);
    else if (count.queued > 0)
        gls_plugin_messages_add(plugins->messages, entry->name,
                                "%llu file%s queued; \"glassine batch\" goes on with %s",
                                (unsigned long long)count.queued,
                                count.queued == 1 ? " is" : "s are",
                                count.queued == 1 ? "it" : "them");
}

static void sum_up_all(struct gls_plugins *plugins)
{
    struct gls_reader *reader = NULL;
    struct gls_error ignored = GLS_ERROR_INIT;

    if (gls_reader_open(&reader, plugins->options.library, &ignored)) {
        for (size_t i = 0; i < plugins->count; i++)
            sum_up(plugins, &plugins->entries[i], reader);
    }
    gls_reader_close(reader);
}

void gls_plugins_close(struct gls_plugins *plugins)
{
    if (plugins == NULL)
        return;
    /* A run that never began tells no plugin of anything. */
    for (size_t i = 0; plugins->is_started && i < plugins->count; i++)
        deliver(plugins, &plugins->entries[i]);
    for (size_t i = 0; i < plugins->count; i++)
        gls_plugin_delivery_stop(plugins->entries[i].delivery);
    if (plugins->count > 0)
        sum_up_all(plugins);
    for (size_t i = 0; i < plugins->count; i++)
        gls_plugin_lane_close(plugins->entries[i].lane);
    gls_plugins_emit(plugins);
    gls_plugin_entries_free(plugins->entries, plugins->count);
    gls_plugin_messages_free(plugins->messages);
    pthread_cond_destroy(&plugins->changed);
    pthread_mutex_destroy(&plugins->lock);
    free(plugins);
}
