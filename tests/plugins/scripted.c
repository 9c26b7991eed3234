/* SPDX-License-Identifier: MIT */
/*
 * scripted - a plugin that does what its section of the configuration says, for the
 * tests: as a shared object named by GLS_TEST_NAME, of GLS_TEST_THREADS.
 *
 *   log=FILE        a line a call: HOOK<tab>KEY<tab>SOURCE<tab>DESTINATION<tab>STATUS
 *   before=, after=, batch=, init=, close=
 *                   WHAT[:PART] for calls whose source holds PART; WHAT is veto, error,
 *                   refuse, keep, stop, slow (50 ms), hang (60 s), crash, garbage
 *   fail_first=N    after fails that many times
 *
 * A second thread in a plugin of one thread is logged as OVERLAP.
 */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "glassine_plugin.h"

static atomic_int inside;
static atomic_int failures;

static void write_line(struct gls_plugin_host *host, const char *hook,
                       const struct gls_plugin_record *record)
{
    char line[4096];
    const char *path = host->setting(host, "log");
    int fd = path != NULL ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;
    static const struct gls_plugin_record none;

    if (fd < 0)
        return;
    if (record == NULL)
        record = &none;
    else if (strstr(host->json(host, record), "\"source\":") == NULL)
        abort();
    int size = snprintf(line, sizeof line, "%s\t%s\t%s\t%s\t%s\n", hook,
                        record->key != NULL ? record->key : "-",
                        record->source != NULL ? record->source : "-",
                        record->destination != NULL ? record->destination : "-",
                        record->status != NULL ? record->status : "-");
    if (write(fd, line, (size_t)size) != size)
        abort();
    close(fd);
}

static void sleep_ms(long ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

    nanosleep(&time, NULL);
}

static enum gls_plugin_result act(const char *what, size_t size, struct gls_plugin_reply *reply)
{
    static const struct {
        const char *word;
        enum gls_plugin_result result;
    } results[] = {{"veto", GLS_PLUGIN_VETO},     {"error", GLS_PLUGIN_ERROR},
                   {"refuse", GLS_PLUGIN_REFUSE}, {"keep", GLS_PLUGIN_KEEP},
                   {"stop", GLS_PLUGIN_STOP},     {"garbage", (enum gls_plugin_result)77}};

    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        if (strncmp(what, results[i].word, size) == 0) {
            snprintf(reply->reason, sizeof reply->reason, "scripted %s", results[i].word);
            return results[i].result;
        }
    }
    if (strncmp(what, "slow", size) == 0)
        sleep_ms(50);
    else if (strncmp(what, "hang", size) == 0)
        sleep_ms(60000);
    else if (strncmp(what, "crash", size) == 0)
        abort();
    return GLS_PLUGIN_OK;
}

/* What the section says that this hook does to this file. */
static enum gls_plugin_result follow(struct gls_plugin_host *host, const char *hook,
                                     const struct gls_plugin_record *record,
                                     struct gls_plugin_reply *reply)
{
    const char *what = host->setting(host, hook);
    enum gls_plugin_result result = GLS_PLUGIN_OK;

    if (atomic_fetch_add(&inside, 1) != 0 && GLS_TEST_THREADS == GLS_PLUGIN_ONE_THREAD)
        write_line(host, "OVERLAP", record);
    write_line(host, hook, record);
    if (what != NULL) {
        size_t size = strcspn(what, ":");
        const char *part = what[size] == ':' ? what + size + 1 : "";
        if (record == NULL || (record->source != NULL && strstr(record->source, part) != NULL))
            result = act(what, size, reply);
    }
    atomic_fetch_sub(&inside, 1);
    return result;
}

static bool scripted_init(void **self, struct gls_plugin_host *host, struct gls_plugin_reply *reply)
{
    *self = host;
    return follow(host, "init", NULL, reply) == GLS_PLUGIN_OK;
}

static enum gls_plugin_result scripted_before(void *self, struct gls_plugin_host *host,
                                              const struct gls_plugin_record *record,
                                              struct gls_plugin_reply *reply)
{
    if (self != host)
        abort();
    return follow(host, "before", record, reply);
}

static enum gls_plugin_result scripted_after(void *self, struct gls_plugin_host *host,
                                             const struct gls_plugin_record *record,
                                             struct gls_plugin_reply *reply)
{
    const char *fail_first = host->setting(host, "fail_first");
    (void)self;
    if (fail_first != NULL && atomic_fetch_add(&failures, 1) < atoi(fail_first)) {
        write_line(host, "failed", record);
        snprintf(reply->reason, sizeof reply->reason, "not yet");
        return GLS_PLUGIN_ERROR;
    }
    return follow(host, "after", record, reply);
}

/* Counts in the store how many it has seen, so that the store is tried too. */
static bool count_up(struct gls_plugin_host *host)
{
    char *seen = host->get(host, "seen");
    char text[32];

    snprintf(text, sizeof text, "%d", (seen != NULL ? atoi(seen) : 0) + 1);
    free(seen);
    return host->put(host, &(struct gls_plugin_value){"seen", text}, 1);
}

static enum gls_plugin_result scripted_batch(void *self, struct gls_plugin_host *host,
                                             struct gls_plugin_reply *reply)
{
    const struct gls_plugin_record *record;
    uint64_t total = host->queued(host), done = 0;

    (void)self;
    write_line(host, "batch", NULL);
    while ((record = host->next(host)) != NULL) {
        struct gls_plugin_reply one = {.reason = ""};
        enum gls_plugin_result result = follow(host, "batch", record, &one);
        if (result == GLS_PLUGIN_STOP) {
            *reply = one;
            return result;
        }
        if (!count_up(host) || !host->finish(host, record, result, one.reason))
            return GLS_PLUGIN_ERROR;
        host->progress(host, ++done, total);
    }
    host->log(host, GLS_PLUGIN_DISPLAY, "batch is through");
    host->log(host, GLS_PLUGIN_LOG, "a detail");
    return GLS_PLUGIN_OK;
}

static void scripted_close(void *self, struct gls_plugin_host *host)
{
    struct gls_plugin_reply reply;

    (void)self;
    follow(host, "close", NULL, &reply);
}

const struct gls_plugin gls_plugin_descriptor = {
    .abi = GLS_TEST_ABI,
    .threads = GLS_TEST_THREADS,
    .name = GLS_TEST_NAME,
    .init = scripted_init,
    .before = GLS_TEST_HAS & 1 ? scripted_before : NULL,
    .after = GLS_TEST_HAS & 2 ? scripted_after : NULL,
    .batch = GLS_TEST_HAS & 4 ? scripted_batch : NULL,
    .close = scripted_close,
    .timeout_s = GLS_TEST_TIMEOUT_S,
};
