/* SPDX-License-Identifier: MIT */
/*
 * use.c PHOTO CARD LIBRARY - a program that is built against the installed
 * library, as others' programs are: C11, the public header and nothing else of
 * glassine. It takes a card through every operation and checks what comes back.
 */
#include <glassine.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

enum { STORED_MAX = 64 };

struct seen {
    pthread_t caller;
    char last[4096]; /* source of the event before */
    char stored[STORED_MAX][4096];
    uint64_t outcomes[4];
    uint64_t events;
    struct gls_cancel *cancel; /* asked for at the first event */
};

static void on_file(void *user, const struct gls_file_event *event)
{
    struct seen *seen = user;

    CHECK(pthread_equal(pthread_self(), seen->caller));
    CHECK(strcmp(seen->last, event->source) < 0); /* in input order, each once */
    snprintf(seen->last, sizeof seen->last, "%s", event->source);
    if (event->outcome == GLS_OUTCOME_IMPORTED) {
        CHECK(event->destination != NULL && event->destination[0] == '/');
        snprintf(seen->stored[seen->outcomes[event->outcome] % STORED_MAX], 4096, "%s",
                 event->destination);
    }
    seen->outcomes[event->outcome]++;
    seen->events++;
    if (seen->cancel != NULL)
        gls_cancel_request(seen->cancel);
}

static struct gls_summary import(struct seen *seen, const struct gls_import_options *options,
                                 struct gls_cancel *cancel)
{
    struct gls_callbacks callbacks = {
        .struct_size = sizeof callbacks, .user = seen, .on_file = on_file};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_summary summary = GLS_SUMMARY_INIT;

    memset(seen, 0, sizeof *seen);
    seen->caller = pthread_self();
    seen->cancel = cancel;
    if (!gls_import(&summary, NULL, options, &callbacks, &error)) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    CHECK(error.status == GLS_OK && error.message[0] == '\0');
    CHECK(summary.scanned == seen->events);
    CHECK(summary.imported == seen->outcomes[GLS_OUTCOME_IMPORTED]);
    CHECK(summary.duplicate == seen->outcomes[GLS_OUTCOME_DUPLICATE]);
    CHECK(summary.skipped == seen->outcomes[GLS_OUTCOME_SKIPPED]);
    CHECK(summary.failed == seen->outcomes[GLS_OUTCOME_FAILED]);
    return summary;
}

static void show(const char *photo, const char *program)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_media media = GLS_MEDIA_INIT;

    CHECK(gls_show(&media, NULL, photo, &error));
    CHECK(media.kind == GLS_KIND_PHOTO && strcmp(media.format, "jpeg") == 0);
    CHECK(media.has_date && media.date.year == 2023 && media.date.month == 6);
    CHECK(media.has_essence && strlen(media.essence_xxh128) == 32);
    gls_media_clear(&media);
    CHECK(media.date_source == NULL);
    CHECK(!gls_show(&media, NULL, program, &error) && error.status == GLS_ERROR_UNSUPPORTED);
    CHECK(!gls_show(&media, NULL, "/nonexistent", &error));
    CHECK(error.status == GLS_ERROR_NOT_FOUND && strstr(error.message, "/nonexistent") != NULL);
    gls_media_clear(&media);
}

static void on_verified(void *user, const struct gls_verify_event *event)
{
    uint64_t *counts = user;

    CHECK(event->path[0] != '/');
    counts[event->state]++;
}

static struct gls_verify_summary verify(const char *library, uint64_t counts[GLS_STATE_COUNT])
{
    struct gls_verify_options options = GLS_VERIFY_OPTIONS_INIT;
    struct gls_verify_callbacks callbacks = {
        .struct_size = sizeof callbacks, .user = counts, .on_file = on_verified};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_verify_summary summary = GLS_VERIFY_SUMMARY_INIT;

    memset(counts, 0, GLS_STATE_COUNT * sizeof *counts);
    options.library = library;
    CHECK(gls_verify(&summary, NULL, &options, &callbacks, &error));
    for (int state = 1; state < GLS_STATE_COUNT; state++)
        CHECK(summary.count[state] == counts[state]);
    return summary;
}

/* Puts other bytes behind the file's end. */
static void damage(const char *path)
{
    FILE *file = fopen(path, "ab");

    CHECK(file != NULL && fputs("rot", file) >= 0 && fclose(file) == 0);
}

static void on_run(void *user, const struct gls_run *run)
{
    int64_t *last = user;

    CHECK(*last == 0 || run->id == *last - 1); /* newest first */
    *last = run->id;
    if (run->id == 1)
        CHECK(strcmp(run->command, "import") == 0 && strcmp(run->command_line, "a test") == 0);
}

static void ask_log(const char *library)
{
    struct gls_log_callbacks callbacks = {.struct_size = sizeof callbacks, .on_run = on_run};
    struct gls_error error = GLS_ERROR_INIT;
    int64_t last = 0;

    callbacks.user = &last;
    CHECK(gls_log(NULL, library, 0, &callbacks, &error) && last == 1);
    CHECK(gls_log(NULL, library, 1, NULL, &error));
    CHECK(!gls_log(NULL, library, 4711, &callbacks, &error));
    CHECK(error.status == GLS_ERROR_NOT_FOUND);
}

/* A folder of links; requests that make no sense, and a folder that is refused. */
static void ask_views(const char *library)
{
    struct gls_views_options options = GLS_VIEWS_OPTIONS_INIT;
    struct gls_views_summary summary = GLS_VIEWS_SUMMARY_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    char out[4096];

    options.library = library;
    CHECK(!gls_views(&summary, NULL, &options, NULL, &error));
    CHECK(error.status == GLS_ERROR_ARGUMENT);
    CHECK(snprintf(out, sizeof out, "%s-views", library) < (int)sizeof out);
    options.out = out;
    CHECK(!gls_views(&summary, NULL, &options, NULL, &error));
    CHECK(error.status == GLS_ERROR_ARGUMENT);
    options.by = GLS_VIEW_YEAR;
    CHECK(gls_views(&summary, NULL, &options, NULL, &error));
    CHECK(summary.links > 0 && summary.made == summary.links && summary.left == 0);
    CHECK(gls_views(&summary, NULL, &options, NULL, &error) && summary.made == 0);
    options.struct_size = 4711;
    CHECK(!gls_views(&summary, NULL, &options, NULL, &error));
    CHECK(error.status == GLS_ERROR_ARGUMENT);
    options.struct_size = sizeof options;
    options.out = "/";
    CHECK(!gls_views(&summary, NULL, &options, NULL, &error));
    CHECK(error.status == GLS_ERROR_EXISTS);
    CHECK(gls_list_albums_of(library, NULL, NULL, &error));
    CHECK(gls_list_further_of(library, NULL, NULL, &error));
}

static void ask_places(void)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_place place;
    struct gls_place_candidates candidates;

    CHECK(gls_place_at(&place, NULL, 48.8583, 2.2945, &error));
    CHECK(strcmp(place.city, "Paris") == 0 && strcmp(place.country_code, "FR") == 0);
    CHECK(!gls_place_at(&place, NULL, 91, 0, &error) && error.status == GLS_ERROR_ARGUMENT);
    CHECK(!gls_place_find(&place, &candidates, NULL, "Springfield", &error));
    CHECK(error.status == GLS_ERROR_ARGUMENT && candidates.count > 5);
    free(candidates.places);
}

static void update(const char *stored)
{
    struct gls_update_options options = GLS_UPDATE_OPTIONS_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_summary summary = GLS_SUMMARY_INIT;

    options.paths = &stored;
    options.path_count = 1;
    options.title = "Seen from outside";
    if (!gls_update(&summary, NULL, &options, NULL, &error)) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    CHECK(summary.failed == 0 && summary.imported >= 1);
}

int main(int argc, char **argv)
{
    struct gls_import_options options = GLS_IMPORT_OPTIONS_INIT;
    struct gls_generate_options generate = GLS_GENERATE_OPTIONS_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_cancel *cancel = gls_cancel_new();
    static struct seen seen, planned;
    struct gls_summary summary = GLS_SUMMARY_INIT;
    uint64_t counts[GLS_STATE_COUNT];

    CHECK(argc == 4 && cancel != NULL);
    show(argv[1], argv[0]);
    options.destination = argv[3];
    options.paths = (const char *const *)&argv[2];
    options.path_count = 1;
    options.jobs = 2;
    options.command_line = "a test";
    options.dry_run = true;
    uint64_t all = import(&planned, &options, NULL).scanned;
    options.dry_run = false;

    /* What a dry run promises is what the rest relies on. */
    CHECK(planned.outcomes[GLS_OUTCOME_IMPORTED] + 1 == all);

    /* A cancelled import keeps what it did; the next one does the rest. */
    options.cancel = cancel;
    summary = import(&seen, &options, cancel);
    options.cancel = NULL;
    CHECK(summary.interrupted && summary.failed == 0 && summary.scanned >= 1);
    uint64_t before = summary.imported;
    gls_cancel_free(cancel);
    summary = import(&seen, &options, NULL);
    CHECK(!summary.interrupted && summary.scanned == all && summary.failed == 0);
    CHECK(summary.imported + before + 1 == all); /* the card holds one picture twice */

    CHECK(verify(argv[3], counts).count[GLS_STATE_OK] == all - 1);
    update(planned.stored[0]);
    CHECK(verify(argv[3], counts).count[GLS_STATE_OK] == all - 1);
    damage(planned.stored[1]);
    struct gls_verify_summary verdict = verify(argv[3], counts);
    CHECK(verdict.count[GLS_STATE_OK] == all - 2);
    ask_views(argv[3]);
    ask_log(argv[3]);
    ask_places();

    generate.library = argv[3];
    CHECK(gls_generate_db(&summary, NULL, &generate, NULL, &error));
    CHECK(summary.imported == all - 1);
    printf("%s: %llu files\n", gls_version(), (unsigned long long)all);
    return 0;
}
