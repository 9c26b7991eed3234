/* SPDX-License-Identifier: MIT */
/* The first stage of an update: the named files, with the companions that stand
 * beside them, become units. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/path.h"
#include "engine/scan/scan.h"
#include "engine/update/update_run.h"

struct path_list {
    char **items;
    bool *is_met; /* files: a unit was made of it */
    size_t count;
};

struct producer {
    struct gls_update_run *update;
    struct gls_pipeline *pipeline;
    char *cleaned;          /* --in-place: the folder whose leftovers were removed last */
    struct path_list files; /* absolute, sorted, each once */
    struct path_list folders;
    const char *folder;   /* that is scanned for some of `files` */
    bool folder_is_named; /* every unit of the folder is meant, not only `files` */
    uint64_t next_number;
    bool out_of_memory;
};

static void free_list(struct path_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    free(list->is_met);
}

/* Takes `path` over. */
static bool add_path(struct path_list *list, char *path)
{
    char **items = realloc(list->items, (list->count + 1) * sizeof *items);

    if (items == NULL) {
        free(path);
        return false;
    }
    list->items = items;
    items[list->count++] = path;
    return true;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Is the path among the named files? Then it is met now. */
static bool meet_file(struct producer *producer, const char *path)
{
    const struct path_list *files = &producer->files;
    char **found = files->count > 0
                       ? bsearch(&path, files->items, files->count, sizeof path, compare_paths)
                       : NULL;

    if (found != NULL)
        files->is_met[found - files->items] = true;
    return found != NULL;
}

/* ---- Units -------------------------------------------------------------------- */

static bool submit(struct producer *producer, struct gls_unit *unit)
{
    unit->number = producer->next_number++;
    if (gls_pipeline_submit(producer->pipeline, unit))
        return true;
    gls_unit_free(unit);
    return false;
}

/* A path that cannot even be looked at is an input all the same. */
static bool submit_failure(struct producer *producer, const char *path, const char *why)
{
    struct gls_unit *unit = gls_unit_new();
    struct gls_member *member = unit != NULL ? gls_unit_add(unit) : NULL;

    if (member == NULL || (member->source.path = strdup(path)) == NULL) {
        gls_unit_free(unit);
        producer->out_of_memory = true;
        return false;
    }
    gls_member_set_outcome(member, GLS_OUTCOME_FAILED, "%s", why);
    return submit(producer, unit);
}

/* A link that is met while walking: its target is updated under its own name. */
static bool is_link(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
}

static bool add_member(const struct producer *producer, struct gls_unit *unit,
                       const struct gls_scan_file *file)
{
    const char *root = producer->update->root;
    const char *relative = root != NULL ? gls_path_relative(file->path, root) : NULL;
    struct gls_member *member = gls_unit_add(unit);

    if (member == NULL)
        return false;
    member->source.path = strdup(file->path);
    member->suffix = strdup(file->suffix != NULL ? file->suffix : "");
    /* A folder on the way to the library, which cannot be looked at, lies not in it. */
    member->previous.path = strdup(relative != NULL ? relative : file->path);
    member->source.status = file->status;
    member->media_index = file->of;
    member->role = file->role == GLS_SCAN_XMP     ? GLS_ROLE_SIDECAR
                   : file->role != GLS_SCAN_MEDIA ? GLS_ROLE_COMPANION
                                                  : GLS_ROLE_MEDIA;
    member->is_takeout = file->role == GLS_SCAN_TAKEOUT && !file->is_orphan;
    if (file->verdict != GLS_SCAN_TAKE)
        gls_member_set_outcome(
            member, file->verdict == GLS_SCAN_SKIPPED ? GLS_OUTCOME_SKIPPED : GLS_OUTCOME_FAILED,
            "%s", file->reason != NULL ? file->reason : "cannot be read");
    else if (is_link(file->path))
        gls_member_set_outcome(member, GLS_OUTCOME_SKIPPED, "a symbolic link; name its target");
    return member->source.path != NULL && member->suffix != NULL && member->previous.path != NULL;
}

static bool is_meant(struct producer *producer, const struct gls_scan_unit *found)
{
    bool meant = producer->folder_is_named;

    for (size_t i = 0; !producer->folder_is_named && i < found->count; i++)
        meant = meet_file(producer, found->files[i].path) || meant;
    return meant;
}

/* Without a library nobody else removes what a run that was cut off left. */
static void sweep_folder(struct producer *producer, const char *path)
{
    const struct gls_update_run *update = producer->update;
    bool is_due = update->root == NULL && !update->options->dry_run;
    char *folder = is_due ? gls_path_dir(path) : NULL;

    if (folder == NULL || (producer->cleaned != NULL && strcmp(producer->cleaned, folder) == 0)) {
        free(folder);
        return;
    }
    gls_leftovers_remove(folder);
    free(producer->cleaned);
    producer->cleaned = folder;
}

/* The folder that is scanned for named files cannot be read: these fail for that reason. */
static bool fail_folder(struct producer *producer, const struct gls_scan_file *failed)
{
    const struct path_list *files = &producer->files;

    if (failed->verdict != GLS_SCAN_FAILED || !gls_path_is_within(producer->folder, failed->path))
        return true;
    for (size_t i = 0; i < files->count; i++) {
        const char *name = gls_path_relative(files->items[i], producer->folder);
        if (files->is_met[i] || name == NULL || strchr(name, '/') != NULL)
            continue;
        files->is_met[i] = true;
        if (!submit_failure(producer, files->items[i], failed->reason))
            return false;
    }
    return true;
}

static bool take_unit(void *user, const struct gls_scan_unit *found)
{
    struct producer *producer = user;
    struct gls_session *run = &producer->update->base;

    if (!is_meant(producer, found))
        return fail_folder(producer, &found->files[0]);
    sweep_folder(producer, found->files[0].path);
    struct gls_unit *unit = gls_unit_new();
    bool complete = unit != NULL;
    for (size_t i = 0; complete && i < found->count; i++) {
        complete = add_member(producer, unit, &found->files[i]);
        atomic_fetch_add(&run->files_found, 1);
        atomic_fetch_add(&run->bytes_found, (uint64_t)found->files[i].status.st_size);
    }
    if (!complete) {
        producer->out_of_memory = true;
        gls_unit_free(unit);
        return false;
    }
    unit->primary = found->primary;
    return submit(producer, unit);
}

/* ---- What was named ------------------------------------------------------------- */

/* Is `root` the innermost library around the path? */
static bool is_in_library(const char *root, const char *path, struct gls_error *error)
{
    char *innermost = NULL;
    bool ok = gls_library_find_root(&innermost, path, error) &&
              ((innermost != NULL && strcmp(innermost, root) == 0) ||
               gls_fail(error, GLS_ERROR_ARGUMENT, "lies outside the library that is updated"));

    free(innermost);
    return ok;
}

/* Sorts a path into files and folders; what a symbolic link points to is meant. */
static bool take_path(struct producer *producer, const char *given, struct gls_error *error)
{
    const char *root = producer->update->root;
    struct gls_error why = GLS_ERROR_INIT;
    struct stat status;
    char *path = NULL;

    if (!gls_path_absolute(&path, given, error))
        return false;
    char *real = realpath(path, NULL);
    if (real == NULL || stat(real, &status) != 0) {
        char cause[128];
        bool ok = submit_failure(producer, path, gls_errno_text(errno, cause, sizeof cause));
        free(real);
        free(path);
        return ok || !producer->out_of_memory || gls_fail_memory(error);
    }
    free(path);
    if (root != NULL && !is_in_library(root, real, &why)) {
        bool ok = submit_failure(producer, real, why.message);
        free(real);
        return ok || !producer->out_of_memory || gls_fail_memory(error);
    }
    bool added = add_path(S_ISDIR(status.st_mode) ? &producer->folders : &producer->files, real);
    return added || gls_fail_memory(error);
}

static bool is_below_folder(const struct producer *producer, const char *path, size_t except)
{
    for (size_t i = 0; i < producer->folders.count; i++) {
        if (i != except && gls_path_is_within(path, producer->folders.items[i]))
            return true;
    }
    return false;
}

/* Leaves each file and folder in once, so that nothing is updated twice. */
static void drop_repeats(struct producer *producer)
{
    struct path_list *files = &producer->files, *folders = &producer->folders;
    size_t kept = 0;

    for (size_t i = folders->count; i-- > 0;) {
        if (is_below_folder(producer, folders->items[i], i)) {
            free(folders->items[i]);
            memmove(&folders->items[i], &folders->items[i + 1],
                    (--folders->count - i) * sizeof folders->items[0]);
        }
    }
    if (files->count > 0)
        qsort(files->items, files->count, sizeof files->items[0], compare_paths);
    for (size_t i = 0; i < files->count; i++) {
        if ((kept > 0 && strcmp(files->items[kept - 1], files->items[i]) == 0) ||
            is_below_folder(producer, files->items[i], folders->count))
            free(files->items[i]);
        else
            files->items[kept++] = files->items[i];
    }
    files->count = kept;
}

static bool read_content(void *user, const char *path, const struct gls_format **out,
                         struct gls_error *error)
{
    struct gls_input *input = NULL;
    bool done = gls_input_open(&input, path, error) && gls_scan_recognize(out, input, path, error);

    (void)user;
    gls_input_free(input);
    return done;
}

static bool scan_folder(struct producer *producer, const char *folder, bool shallow,
                        struct gls_error *error)
{
    struct gls_scan_totals totals = {0};
    struct gls_error scan_error = GLS_ERROR_INIT;
    struct gls_scan_options options = {.paths = &folder,
                                       .path_count = 1,
                                       .shallow = shallow,
                                       .is_library = true,
                                       .cancel = producer->update->base.op.cancel,
                                       .user = producer,
                                       .on_unit = take_unit,
                                       .content = read_content};

    producer->folder = folder;
    bool ok = gls_scan(&totals, &options, &scan_error);
    producer->folder = NULL;
    if (!ok && scan_error.status != GLS_ERROR_CANCELLED)
        *error = scan_error;
    if (producer->out_of_memory)
        return gls_fail_memory(error);
    return ok || scan_error.status == GLS_ERROR_CANCELLED;
}

/* What no scan makes a unit of is an input all the same. */
static bool fail_unmet(struct producer *producer)
{
    for (size_t i = 0; i < producer->files.count; i++) {
        if (!producer->files.is_met[i] &&
            !submit_failure(producer, producer->files.items[i], "not a supported file type"))
            return false;
    }
    return true;
}

/* The folders of the named files, each once: the companions stand there. */
static bool scan_files(struct producer *producer, struct gls_error *error)
{
    char *last = NULL;
    bool ok = true;

    producer->folder_is_named = false;
    producer->files.is_met = calloc(producer->files.count + 1, sizeof(bool));
    if (producer->files.is_met == NULL)
        return gls_fail_memory(error);
    for (size_t i = 0; ok && i < producer->files.count; i++) {
        char *folder = gls_path_dir(producer->files.items[i]);
        ok = folder != NULL || gls_fail_memory(error);
        if (ok && (last == NULL || strcmp(last, folder) != 0))
            ok = scan_folder(producer, folder, true, error);
        free(last);
        last = folder;
    }
    free(last);
    return ok && (fail_unmet(producer) || !producer->out_of_memory || gls_fail_memory(error));
}

bool gls_update_produce(void *user, struct gls_pipeline *pipeline, struct gls_error *error)
{
    struct gls_update_run *update = user;
    struct producer producer = {.update = update, .pipeline = pipeline};
    bool ok = true;

    for (size_t i = 0; ok && i < update->options->path_count; i++)
        ok = take_path(&producer, update->options->paths[i], error);
    if (ok) {
        drop_repeats(&producer);
        ok = scan_files(&producer, error);
        producer.folder_is_named = true;
        for (size_t i = 0; ok && i < producer.folders.count; i++)
            ok = scan_folder(&producer, producer.folders.items[i], false, error);
    }
    free_list(&producer.files);
    free_list(&producer.folders);
    free(producer.cleaned);
    atomic_store(&update->base.scan_done, true);
    return ok;
}
