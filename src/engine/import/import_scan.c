/* SPDX-License-Identifier: MIT */
/* The first stage: what the scanner finds becomes units in the pipeline. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/path.h"
#include "base/timestamp.h"
#include "engine/import/import_stages.h"
#include "engine/import/import_takeout.h"
#include "engine/scan/scan.h"

struct producer {
    struct gls_import_found found;
    struct gls_session *run;
    struct gls_pipeline *pipeline;
    struct gls_reader *reader; /* NULL unless sources are removed */
    struct gls_copy_buffers *buffers;
    uint64_t next_number;
    bool out_of_memory;
};

static enum gls_member_role role_of(enum gls_scan_role role)
{
    switch (role) {
    case GLS_SCAN_XMP:
        return GLS_ROLE_SIDECAR;
    case GLS_SCAN_TAKEOUT:
    case GLS_SCAN_COMPANION:
        return GLS_ROLE_COMPANION;
    case GLS_SCAN_MEDIA:
        break;
    }
    return GLS_ROLE_MEDIA;
}

static bool add_file(struct producer *producer, struct gls_unit *unit,
                     const struct gls_scan_file *file)
{
    struct gls_session *run = producer->run;
    struct gls_member *member = gls_unit_add(unit);

    if (member == NULL)
        return false;
    member->source.status = file->status;
    if (!producer->found.in_archives)
        member->source.path = strdup(file->path);
    else if (!gls_import_archives_take(producer->found.archives, member, file->path,
                                       file->verdict == GLS_SCAN_TAKE))
        return false;
    member->suffix = strdup(file->suffix != NULL ? file->suffix : "");
    member->role = role_of(file->role);
    member->is_takeout = file->role == GLS_SCAN_TAKEOUT && !file->is_orphan;
    member->is_unworded = file->is_unworded;
    member->media_index = file->of;
    if (file->verdict != GLS_SCAN_TAKE)
        gls_member_set_outcome(
            member, file->verdict == GLS_SCAN_SKIPPED ? GLS_OUTCOME_SKIPPED : GLS_OUTCOME_FAILED,
            "%s", file->reason != NULL ? file->reason : "cannot be read");
    atomic_fetch_add(&run->files_found, 1);
    if (!gls_member_is_done(member)) {
        gls_claims_note_size(run->claims, (uint64_t)file->status.st_size);
        atomic_fetch_add(&run->bytes_found, (uint64_t)file->status.st_size);
    }
    return member->source.path != NULL && member->suffix != NULL &&
           gls_import_add_details(&producer->found, unit, member, file);
}

/* ---- Sidecars that a run left when it was cut off --------------------------------- */

struct leftover_search {
    struct gls_member *member;
    const char *name;
    int root;
};

/* A stored file of the same bytes that came under the same name. */
static bool visit_stored(void *user, const struct gls_stored_file *row)
{
    struct leftover_search *search = user;
    struct stat status;

    if (row->original_name == NULL || strcmp(row->original_name, search->name) != 0 ||
        fstatat(search->root, row->path, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(status.st_mode))
        return true;
    search->member->stored.path = strdup(row->path);
    return false;
}

/* A sidecar alone, whose photo an earlier run has removed and which it had stored too:
 * the gate proves that, and it goes like the photo. Sets its outcome then. */
static bool is_leftover(struct producer *producer, struct gls_member *member)
{
    struct gls_hash_request request = {.sha256 = member->source.sha256,
                                       .xxh128 = member->source.xxh128};
    struct leftover_search search = {.member = member,
                                     .name = gls_path_base(member->source.path),
                                     .root = gls_library_fd(producer->run->op.library)};
    struct gls_error ignored = GLS_ERROR_INIT;

    if (!gls_hash_file(&request, producer->buffers, member->source.path, NULL, &ignored) ||
        !gls_reader_each_source_sha256(producer->reader, member->source.sha256, visit_stored,
                                       &search, &ignored) ||
        member->stored.path == NULL)
        return false;
    gls_member_set_outcome(member, GLS_OUTCOME_DUPLICATE, "the library holds these bytes");
    return true;
}

static bool open_leftovers(struct producer *producer, struct gls_error *error)
{
    if (producer->run->remove_sources == NULL)
        return true;
    producer->buffers = gls_copy_buffers_new();
    return (producer->buffers != NULL || gls_fail_memory(error)) &&
           gls_reader_open(&producer->reader, producer->run->op.library, error);
}

/* ---- Units ------------------------------------------------------------------------- */

/* A file that is no input, and why, goes the way of the units, so that it is reported in
 * their order. */
static bool submit_left_out(void *user, const char *path, bool is_folder, const char *reason)
{
    struct producer *producer = user;
    struct gls_unit *unit = gls_unit_new();
    struct gls_member *member = unit != NULL ? gls_unit_add(unit) : NULL;

    if (producer->found.in_archives)
        path = gls_import_archives_shown(producer->found.archives, path);
    if (member == NULL || (member->source.path = strdup(path)) == NULL) {
        producer->out_of_memory = true;
        gls_unit_free(unit);
        return false;
    }
    gls_member_set_outcome(member, GLS_OUTCOME_SKIPPED, "%s", reason);
    unit->is_left_out = true;
    unit->is_folder = is_folder;
    unit->number = producer->next_number++;
    if (gls_pipeline_submit(producer->pipeline, unit))
        return true;
    gls_unit_free(unit);
    return false;
}

/* An archive, or a member, that is not to be read. */
static bool submit_failure(void *user, const char *path, const char *reason)
{
    struct producer *producer = user;
    struct gls_unit *unit = gls_unit_new();
    struct gls_member *member = unit != NULL ? gls_unit_add(unit) : NULL;

    if (member == NULL || (member->source.path = strdup(path)) == NULL ||
        (member->suffix = strdup("")) == NULL) {
        producer->out_of_memory = true;
        gls_unit_free(unit);
        return false;
    }
    gls_member_set_outcome(member, GLS_OUTCOME_FAILED, "%s", reason);
    atomic_fetch_add(&producer->run->files_found, 1);
    unit->number = producer->next_number++;
    if (gls_pipeline_submit(producer->pipeline, unit))
        return true;
    gls_unit_free(unit);
    return false;
}

static bool submit_archive(void *user, const char *path)
{
    struct producer *producer = user;

    producer->out_of_memory = !gls_import_archives_add(producer->found.archives, path);
    return !producer->out_of_memory;
}

/* False: cancelled. */
static bool wait_for_room(struct producer *producer, const struct gls_scan_unit *found)
{
    uint64_t bytes = 0, files = 0;

    for (size_t i = 0; i < found->count; i++) {
        if (found->files[i].verdict != GLS_SCAN_TAKE)
            continue;
        bytes += (uint64_t)found->files[i].status.st_size;
        files++;
    }
    return gls_import_archives_wait(producer->found.archives, bytes, files);
}

static bool submit_unit(void *user, const struct gls_scan_unit *found)
{
    struct producer *producer = user;

    if (producer->found.in_archives && !wait_for_room(producer, found))
        return false;
    struct gls_unit *unit = gls_unit_new();
    bool complete = unit != NULL;
    for (size_t i = 0; complete && i < found->count; i++)
        complete = add_file(producer, unit, &found->files[i]);
    for (size_t i = 0; complete && i < unit->count; i++) {
        if (unit->members[i].outcome == GLS_OUTCOME_FAILED)
            gls_unit_fail(unit, "its companion %s cannot be imported",
                          unit->members[i].source.path);
    }
    if (complete && found->files[0].is_orphan && producer->reader != NULL &&
        !producer->found.in_archives && !is_leftover(producer, &unit->members[0]) &&
        !found->files[0].is_named) {
        gls_unit_free(unit);
        atomic_fetch_sub(&producer->run->files_found, 1);
        return submit_left_out(producer, found->files[0].path, false, found->files[0].reason);
    }
    if (!complete) {
        producer->out_of_memory = true;
        gls_unit_free(unit);
        return false;
    }
    unit->primary = found->primary;
    if (found->album != NULL) {
        free(unit->album);
        unit->album = strdup(found->album);
    }
    unit->number = producer->next_number++;
    if (!gls_pipeline_submit(producer->pipeline, unit)) {
        gls_unit_free(unit);
        return false;
    }
    return true;
}

static bool read_facts(void *user, const char *path, struct gls_shot_facts *out,
                       struct gls_error *error)
{
    const struct producer *producer = user;
    struct gls_input *input = NULL;
    bool done = gls_import_open_found(&producer->found, &input, path, error) &&
                gls_shot_facts_read(out, input, path, false, error);

    gls_input_free(input);
    return done;
}

static bool read_content(void *user, const char *path, const struct gls_format **out,
                         struct gls_error *error)
{
    const struct producer *producer = user;
    struct gls_input *input = NULL;

    if (producer->found.in_archives)
        return gls_import_archives_recognize(producer->found.archives, out, path, error);
    bool done = gls_input_open(&input, path, error) && gls_scan_recognize(out, input, path, error);
    gls_input_free(input);
    return done;
}

static bool read_title(void *user, const char *path, struct gls_strbuf *out, bool *is_album,
                       struct gls_error *error)
{
    const struct producer *producer = user;

    return gls_import_read_title(&producer->found, path, out, is_album, error);
}

static bool is_trash(void *user, const char *folder)
{
    const struct producer *producer = user;

    return gls_import_is_trash(&producer->found, folder);
}

/* Archives come behind all other inputs. A companion alone in one is never removed. */
static bool scan_archives(struct producer *producer, const struct gls_scan_options *options,
                          struct gls_error *error)
{
    const struct gls_archive_failures failures = {submit_failure, producer};
    const struct gls_scan_tree tree = gls_import_archives_tree(producer->found.archives);
    struct gls_scan_options scan = *options;
    struct gls_scan_totals totals = {0};

    if (gls_import_archives_count(producer->found.archives) == 0)
        return true;
    scan.tree = &tree;
    scan.with_orphans = false;
    if (!gls_import_archives_list(producer->found.archives, &failures, error))
        return false;
    producer->found.in_archives = true;
    return gls_scan(&totals, &scan, error);
}

bool gls_import_produce(void *user, struct gls_pipeline *pipeline, struct gls_error *error)
{
    struct gls_session *run = user;
    const struct gls_import_options *options = run->options;
    struct producer producer = {.found.run = run, .run = run, .pipeline = pipeline};
    struct gls_scan_totals totals = {0};
    struct gls_scan_options scan = {.paths = options->paths,
                                    .path_count = options->path_count,
                                    .exclude = run->exclude,
                                    .library_root = gls_library_root(run->op.library),
                                    .cancel = run->op.cancel,
                                    .also = (const char *const *)run->op.config->also_formats,
                                    .also_count = run->op.config->also_format_count,
                                    .same_shot_s = run->op.config->same_shot_s,
                                    .includes_ignored = options->include_ignored,
                                    .user = &producer,
                                    .with_orphans = run->remove_sources != NULL,
                                    .on_unit = submit_unit,
                                    .on_left_out = submit_left_out,
                                    .on_archive = submit_archive,
                                    .facts = read_facts,
                                    .content = read_content,
                                    .title = read_title,
                                    .is_trash = is_trash};
    struct gls_error scan_error = GLS_ERROR_INIT;
    bool ok = gls_import_archives_new(&producer.found.archives, run, &scan_error) &&
              open_leftovers(&producer, &scan_error) && gls_scan(&totals, &scan, &scan_error) &&
              scan_archives(&producer, &scan, &scan_error);

    gls_import_archives_free(producer.found.archives);
    gls_reader_close(producer.reader);
    gls_copy_buffers_free(producer.buffers);
    atomic_store(&run->scan_done, true);
    if (producer.out_of_memory)
        return gls_fail_memory(error);
    /* A scan that the pipeline stopped is no failure of its own. */
    if (!ok && scan_error.status != GLS_ERROR_CANCELLED) {
        *error = scan_error;
        return false;
    }
    return true;
}
