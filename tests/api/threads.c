/* SPDX-License-Identifier: MIT */
/*
 * threads.c FOLDER - many threads of one process use the library at once: the public
 * header and nothing else of glassine. FOLDER holds files of every kind.
 */
#include <glassine.h>

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

enum { FILES_MAX = 128, SHOWING = 8, IMPORTING = 3, TEXT_SIZE = 512 };

/* Written before the threads start. */
static const char *card;
static char work[256];

static void path_of(char out[TEXT_SIZE], const char *folder, const char *name)
{
    CHECK(snprintf(out, TEXT_SIZE, "%s/%s", folder, name) < TEXT_SIZE);
}

/* ---- Several imports, each into a library of its own --------------------------------- */

struct job {
    char library[TEXT_SIZE];
    struct gls_cancel *cancel;
    atomic_uint events; /* read by the thread that cancels */
    atomic_bool is_cancelled;
    bool ok;
    struct gls_summary summary;
    struct gls_verify_summary verdict;
    struct gls_error error;
};

static void on_file(void *user, const struct gls_file_event *event)
{
    struct job *job = user;

    CHECK(event->source != NULL);
    atomic_fetch_add(&job->events, 1);
    while (job->cancel != NULL && !atomic_load(&job->is_cancelled))
        usleep(100);
}

static void import_card(struct job *job)
{
    struct gls_import_options options = GLS_IMPORT_OPTIONS_INIT;
    struct gls_callbacks callbacks = {
        .struct_size = sizeof callbacks, .user = job, .on_file = on_file};

    options.destination = job->library;
    options.paths = &card;
    options.path_count = 1;
    options.jobs = 4;
    options.cancel = job->cancel;
    job->summary.struct_size = sizeof job->summary;
    job->ok = gls_import(&job->summary, NULL, &options, &callbacks, &job->error);
}

static void verify(struct job *job)
{
    struct gls_verify_options options = GLS_VERIFY_OPTIONS_INIT;

    options.library = job->library;
    job->verdict.struct_size = sizeof job->verdict;
    CHECK(gls_verify(&job->verdict, NULL, &options, NULL, &job->error));
}

static void *run_import(void *argument)
{
    struct job *job = argument;

    import_card(job);
    CHECK(job->ok);
    verify(job);
    return NULL;
}

static void imports_side_by_side(void)
{
    static struct job jobs[IMPORTING];
    pthread_t threads[IMPORTING];

    for (int i = 0; i < IMPORTING; i++) {
        char name[16];
        snprintf(name, sizeof name, "lib%d", i);
        path_of(jobs[i].library, work, name);
        CHECK(pthread_create(&threads[i], NULL, run_import, &jobs[i]) == 0);
    }
    for (int i = 0; i < IMPORTING; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(jobs[0].summary.imported > 20);
    for (int i = 0; i < IMPORTING; i++) {
        const struct gls_summary *first = &jobs[0].summary, *summary = &jobs[i].summary;
        CHECK(summary->scanned == atomic_load(&jobs[i].events));
        CHECK(summary->scanned == first->scanned && summary->imported == first->imported);
        CHECK(summary->duplicate == first->duplicate && summary->failed == first->failed);
        CHECK(jobs[i].verdict.count[GLS_STATE_OK] == jobs[i].verdict.checked);
        CHECK(jobs[i].verdict.checked >= summary->imported);
    }
}

/* ---- Two imports into one library ------------------------------------------------------- */

static void *run_rival(void *argument)
{
    import_card(argument);
    return NULL;
}

static void one_library_one_writer(void)
{
    static struct job jobs[2];
    pthread_t threads[2];
    int finished = 0;

    for (int i = 0; i < 2; i++) {
        path_of(jobs[i].library, work, "shared");
        CHECK(pthread_create(&threads[i], NULL, run_rival, &jobs[i]) == 0);
    }
    for (int i = 0; i < 2; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        CHECK(jobs[i].ok || jobs[i].error.status == GLS_ERROR_BUSY);
        finished += jobs[i].ok;
    }
    CHECK(finished >= 1);
    verify(&jobs[0]);
    CHECK(jobs[0].verdict.count[GLS_STATE_OK] == jobs[0].verdict.checked);
}

/* ---- Cancelling from another thread --------------------------------------------------------- */

static void *run_cancelled(void *argument)
{
    struct job *job = argument;

    import_card(job);
    CHECK(job->ok);
    return NULL;
}

static void cancelled_by_another(void)
{
    static struct job job, rest;
    pthread_t thread;

    path_of(job.library, work, "cancelled");
    job.cancel = gls_cancel_new();
    CHECK(job.cancel != NULL);
    CHECK(pthread_create(&thread, NULL, run_cancelled, &job) == 0);
    /* In the middle: the first file is told of, and waits for us. */
    while (atomic_load(&job.events) == 0)
        usleep(100);
    gls_cancel_request(job.cancel);
    atomic_store(&job.is_cancelled, true);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(job.summary.interrupted);
    CHECK(job.summary.scanned ==
          job.summary.imported + job.summary.duplicate + job.summary.skipped + job.summary.failed);
    gls_cancel_free(job.cancel);
    memcpy(rest.library, job.library, sizeof rest.library);
    import_card(&rest);
    CHECK(rest.ok && !rest.summary.interrupted);
    CHECK(rest.summary.imported + job.summary.imported >= 20);
    verify(&rest);
    CHECK(rest.verdict.count[GLS_STATE_OK] == rest.verdict.checked);
}

/* ---- Showing in parallel --------------------------------------------------------- */

static char files[FILES_MAX][TEXT_SIZE];
static char expected[FILES_MAX][TEXT_SIZE];
static int file_count;

static void describe(char out[TEXT_SIZE], const char *path)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_media media = GLS_MEDIA_INIT;
    struct gls_place place = {.city = ""};

    if (!gls_show(&media, NULL, path, &error)) {
        snprintf(out, TEXT_SIZE, "%d %.400s", (int)error.status, error.message);
        return;
    }
    if (media.has_position)
        CHECK(gls_place_at(&place, NULL, media.latitude, media.longitude, &error));
    snprintf(out, TEXT_SIZE, "%d %s %d-%d-%d %d:%d %s|%s|%s|%s|%s|%.80s|%s", (int)media.kind,
             media.format, media.date.year, media.date.month, media.date.day, media.date.hour,
             media.date.minute, media.date_source != NULL ? media.date_source : "",
             media.camera_make != NULL ? media.camera_make : "",
             media.title != NULL ? media.title : "", media.album != NULL ? media.album : "",
             media.original_name != NULL ? media.original_name : "", place.city,
             media.essence_xxh128);
    gls_media_clear(&media);
}

static void *run_show(void *argument)
{
    int first = *(int *)argument;
    char text[TEXT_SIZE];

    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < file_count; i++) {
            int file = (first * 5 + i) % file_count;
            describe(text, files[file]);
            if (strcmp(text, expected[file]) != 0)
                fprintf(stderr, "alone:    %s\ntogether: %s\n", expected[file], text);
            CHECK(strcmp(text, expected[file]) == 0);
        }
    }
    return NULL;
}

static void list_files(void)
{
    DIR *dir = opendir(card);

    CHECK(dir != NULL);
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (entry->d_name[0] == '.')
            continue;
        CHECK(file_count < FILES_MAX);
        path_of(files[file_count], card, entry->d_name);
        file_count++;
    }
    closedir(dir);
    CHECK(file_count > 20);
}

static void shown_by_many(void)
{
    pthread_t threads[SHOWING];
    int numbers[SHOWING];

    for (int i = 0; i < file_count; i++)
        describe(expected[i], files[i]);
    for (int i = 0; i < SHOWING; i++) {
        numbers[i] = i;
        CHECK(pthread_create(&threads[i], NULL, run_show, &numbers[i]) == 0);
    }
    for (int i = 0; i < SHOWING; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
}

int main(int argc, char **argv)
{
    const char *tmp = getenv("TMPDIR");

    CHECK(argc == 2);
    card = argv[1];
    CHECK(snprintf(work, sizeof work, "%s/glassine-threads-XXXXXX", tmp != NULL ? tmp : "/tmp") <
          (int)sizeof work);
    CHECK(mkdtemp(work) != NULL);
    list_files();
    /* First of all, so that what is set up once is set up by many at once. */
    imports_side_by_side();
    one_library_one_writer();
    cancelled_by_another();
    shown_by_many();
    char command[TEXT_SIZE];
    CHECK(snprintf(command, sizeof command, "rm -rf '%s'", work) < (int)sizeof command);
    return system(command) == 0 ? 0 : 1;
}
