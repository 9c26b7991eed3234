/* SPDX-License-Identifier: MIT */
/* The first stage: what the scanner finds becomes units in the pipeline. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/path.h"
#include "base/system/retry.h"
#include "base/timestamp.h"
#include "engine/import/import_archive.h"
#include "engine/import/import_stages.h"
#include "engine/scan/scan.h"
#include "engine/scan/takeout_name.h"
#include "media/takeout.h"

struct producer {
    struct gls_session *run;
    struct gls_pipeline *pipeline;
    struct gls_reader *reader; /* NULL unless sources are removed */
    struct gls_copy_buffers *buffers;
    struct gls_import_archives *archives;
    bool in_archives; /* the files that are found are members of theirs */
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

/* As a Takeout would say it. NULL: no memory. */
static struct gls_takeout *copy_details(const struct gls_scan_details *details)
{
    struct gls_takeout *copy = calloc(1, sizeof *copy);

    if (copy == NULL)
        return NULL;
    copy->is_photo = true;
    copy->date_source = "iCloud.originalCreationDate";
    copy->has_date = details->has_date && gls_datetime_from_utc_s(&copy->date, details->utc_s, 0);
    copy->is_favourite = details->is_favourite;
    copy->is_archived = details->is_hidden;
    copy->is_trashed = details->is_deleted;
    copy->albums = calloc(details->album_count + 1, sizeof copy->albums[0]);
    bool complete = copy->albums != NULL;
    for (size_t i = 0; complete && i < details->album_count; i++) {
        copy->albums[i] = gls_utf8_make_valid(details->albums[i], strlen(details->albums[i]));
        complete = copy->albums[i] != NULL;
        copy->album_count += complete;
    }
    if (complete)
        return copy;
    gls_takeout_clear(copy);
    free(copy);
    return NULL;
}

/* False: no memory. */
static bool add_details(struct gls_unit *unit, struct gls_member *member,
                        const struct gls_scan_details *details)
{
    member->details = copy_details(details);
    if (member->details == NULL)
        return false;
    unit->is_of_icloud = true;
    if (unit->album != NULL || details->album_count == 0)
        return true;
    unit->album = gls_utf8_make_valid(details->albums[0], strlen(details->albums[0]));
    return unit->album != NULL;
}

static bool add_file(struct producer *producer, struct gls_unit *unit,
                     const struct gls_scan_file *file)
{
    struct gls_session *run = producer->run;
    struct gls_member *member = gls_unit_add(unit);

    if (member == NULL)
        return false;
    member->source.status = file->status;
    if (!producer->in_archives)
        member->source.path = strdup(file->path);
    else if (!gls_import_archives_take(producer->archives, member, file->path,
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
           (file->details == NULL || add_details(unit, member, file->details));
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

    if (producer->in_archives)
        path = gls_import_archives_shown(producer->archives, path);
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

    producer->out_of_memory = !gls_import_archives_add(producer->archives, path);
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
    return gls_import_archives_wait(producer->archives, bytes, files);
}

static bool submit_unit(void *user, const struct gls_scan_unit *found)
{
    struct producer *producer = user;

    if (producer->in_archives && !wait_for_room(producer, found))
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
        !producer->in_archives && !is_leftover(producer, &unit->members[0]) &&
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

static bool open_found(const struct producer *producer, struct gls_input **out, const char *path,
                       struct gls_error *error)
{
    return producer->in_archives ? gls_import_archives_open(producer->archives, out, path, error)
                                 : gls_input_open(out, path, error);
}

static bool read_facts(void *user, const char *path, struct gls_shot_facts *out,
                       struct gls_error *error)
{
    struct gls_input *input = NULL;
    bool done = open_found(user, &input, path, error) &&
                gls_shot_facts_read(out, input, path, false, error);

    gls_input_free(input);
    return done;
}

static bool read_content(void *user, const char *path, const struct gls_format **out,
                         struct gls_error *error)
{
    const struct producer *producer = user;
    struct gls_input *input = NULL;

    if (producer->in_archives)
        return gls_import_archives_recognize(producer->archives, out, path, error);
    bool done = gls_input_open(&input, path, error) && gls_scan_recognize(out, input, path, error);
    gls_input_free(input);
    return done;
}

/* What the JSON of an album says of it goes to the database; its members come later, and an
 * album that gets none goes when the run ends. */
static bool keep_album(const struct gls_session *run, const struct gls_takeout *record,
                       struct gls_error *error)
{
    GLS_STRBUF_AUTO date = GLS_STRBUF_INIT;

    if (run->op.writer == NULL || (record->description == NULL && !record->has_date))
        return true;
    if (record->has_date) {
        gls_datetime_add_iso(&date, &record->date);
        gls_strbuf_add_char(&date, 'Z');
    }
    struct gls_db_batch *batch = gls_db_batch_new();
    const struct gls_album album = {.name = record->title,
                                    .title = record->title,
                                    .description = record->description,
                                    .date = record->has_date ? date.data : NULL};
    bool ok = batch != NULL && !date.failed && gls_db_batch_put_album(batch, &album);
    ok = ok ? gls_db_writer_commit(run->op.writer, batch, error) : gls_fail_memory(error);
    gls_db_batch_free(batch);
    return ok;
}

static void list_folder(const struct producer *producer, const char *folder,
                        struct gls_folder_list *out)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    int read_errno = 0;

    if (producer->in_archives) {
        const struct gls_scan_tree tree = gls_import_archives_tree(producer->archives);
        (void)tree.list(tree.user, folder, out, &ignored);
        return;
    }
    int fd = gls_open(folder, O_RDONLY | O_DIRECTORY, 0);
    if (fd >= 0) {
        (void)gls_folder_list_read(out, fd, &read_errno);
        close(fd);
    }
}

/* What the JSONs of a folder are of. */
struct told {
    size_t photos, others; /* of pictures; of albums and the like */
    size_t trashed, set_apart;
};

static void ask_json(const struct producer *producer, struct told *told, const char *path)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    struct gls_takeout record = {0};

    if (open_found(producer, &input, path, &ignored) &&
        gls_takeout_read(&record, input, &ignored)) {
        told->photos += record.is_photo;
        told->others += !record.is_photo;
        told->trashed += record.is_photo && record.is_trashed;
        told->set_apart += record.is_photo && (record.is_archived || record.is_locked);
    }
    gls_takeout_clear(&record);
    gls_input_free(input);
}

/* All of its JSONs, so that the order in which a file system lists them decides nothing. */
static struct told ask_jsons(const struct producer *producer, const char *folder)
{
    struct gls_folder_list list = {0};
    struct told told = {0};

    list_folder(producer, folder, &list);
    for (size_t i = 0; i < list.count; i++) {
        const char *name = gls_folder_list_name(&list, i);
        char *path =
            gls_ascii_equal(gls_path_extension(name), "json") ? gls_path_join(folder, name) : NULL;
        if (path != NULL)
            ask_json(producer, &told, path);
        free(path);
    }
    gls_folder_list_clear(&list);
    return told;
}

static bool is_trash(void *user, const char *folder)
{
    struct told told = ask_jsons(user, folder);

    return told.trashed > 0 && told.trashed == told.photos && told.others == 0;
}

/* The folder of a year is no album, nor is Google's of what was archived or locked away; one of
 * one's own with such a name holds other pictures, too. */
static bool names_no_album(const struct producer *producer, const char *title, const char *path)
{
    if (gls_takeout_is_year(title))
        return true;
    if (!gls_takeout_is_set_apart(title))
        return false;
    char *folder = gls_path_dir(path);
    struct told told = folder != NULL ? ask_jsons(producer, folder) : (struct told){0};
    free(folder);
    return told.photos > 0 && told.set_apart == told.photos;
}

/* What is no JSON of a Takeout has no title. */
static bool read_title(void *user, const char *path, struct gls_strbuf *out, bool *is_album,
                       struct gls_error *error)
{
    struct gls_input *input = NULL;
    struct gls_takeout record = {0};
    const struct producer *producer = user;
    bool done =
        open_found(producer, &input, path, error) && gls_takeout_read(&record, input, error);

    if (done && record.title != NULL) {
        *is_album = !record.is_photo;
        if (record.is_photo || !names_no_album(producer, record.title, path))
            gls_strbuf_add_str(out, record.title);
        if (*is_album && out->size > 0)
            done = keep_album(producer->run, &record, error);
    }
    gls_takeout_clear(&record);
    gls_input_free(input);
    return done || !gls_error_is_of_system(error);
}

/* Archives come behind all other inputs. A companion alone in one is never removed. */
static bool scan_archives(struct producer *producer, const struct gls_scan_options *options,
                          struct gls_error *error)
{
    const struct gls_archive_failures failures = {submit_failure, producer};
    const struct gls_scan_tree tree = gls_import_archives_tree(producer->archives);
    struct gls_scan_options scan = *options;
    struct gls_scan_totals totals = {0};

    if (gls_import_archives_count(producer->archives) == 0)
        return true;
    scan.tree = &tree;
    scan.with_orphans = false;
    if (!gls_import_archives_list(producer->archives, &failures, error))
        return false;
    producer->in_archives = true;
    return gls_scan(&totals, &scan, error);
}

bool gls_import_produce(void *user, struct gls_pipeline *pipeline, struct gls_error *error)
{
    struct gls_session *run = user;
    const struct gls_import_options *options = run->options;
    struct producer producer = {.run = run, .pipeline = pipeline};
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
    bool ok = gls_import_archives_new(&producer.archives, run, &scan_error) &&
              open_leftovers(&producer, &scan_error) && gls_scan(&totals, &scan, &scan_error) &&
              scan_archives(&producer, &scan, &scan_error);

    gls_import_archives_free(producer.archives);
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
