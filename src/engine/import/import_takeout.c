/* SPDX-License-Identifier: MIT */
/* What a Takeout's JSONs and the tables of an export say, as far as the scanner asks for it. */
#include "engine/import/import_takeout.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/path.h"
#include "base/system/retry.h"
#include "base/timestamp.h"
#include "engine/names/takeout_name.h"
#include "media/takeout.h"

bool gls_import_open_found(const struct gls_import_found *found, struct gls_input **out,
                           const char *path, struct gls_error *error)
{
    return found->in_archives ? gls_import_archives_open(found->archives, out, path, error)
                              : gls_input_open(out, path, error);
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

/* *out: NULL where the JSON cannot be understood, or is of no picture. */
static bool read_record(struct gls_takeout **out, const struct gls_import_found *found,
                        const char *json, struct gls_error *error)
{
    struct gls_takeout *record = calloc(1, sizeof *record);
    struct gls_error why = GLS_ERROR_INIT;
    struct gls_input *input = NULL;

    *out = record;
    if (record == NULL)
        return gls_fail_memory(error);
    bool is_read =
        gls_import_open_found(found, &input, json, &why) && gls_takeout_read(record, input, &why);
    gls_input_free(input);
    if (is_read && record->is_photo)
        return true;
    gls_takeout_clear(record);
    free(record);
    *out = NULL;
    if (is_read || !gls_error_is_of_system(&why))
        return true;
    *error = why;
    return false;
}

bool gls_import_add_details(const struct gls_import_found *found, struct gls_unit *unit,
                            struct gls_member *member, const struct gls_scan_file *file)
{
    struct gls_error error = GLS_ERROR_INIT;

    if (file->details != NULL)
        return add_details(unit, member, file->details);
    if (file->json != NULL && !read_record(&member->details, found, file->json, &error))
        gls_member_set_outcome(member, GLS_OUTCOME_FAILED,
                               "what its JSON says of it cannot be read: %s", error.message);
    if (member->details != NULL)
        member->details->is_trashed = false; /* that was said of another copy */
    return true;
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

static void list_folder(const struct gls_import_found *found, const char *folder,
                        struct gls_folder_list *out)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    int read_errno = 0;

    if (found->in_archives) {
        const struct gls_scan_tree tree = gls_import_archives_tree(found->archives);
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

static void ask_json(const struct gls_import_found *found, struct told *told, const char *path)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    struct gls_takeout record = {0};

    if (gls_import_open_found(found, &input, path, &ignored) &&
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
static struct told ask_jsons(const struct gls_import_found *found, const char *folder)
{
    struct gls_folder_list list = {0};
    struct told told = {0};

    list_folder(found, folder, &list);
    for (size_t i = 0; i < list.count; i++) {
        const char *name = gls_folder_list_name(&list, i);
        char *path =
            gls_ascii_equal(gls_path_extension(name), "json") ? gls_path_join(folder, name) : NULL;
        if (path != NULL)
            ask_json(found, &told, path);
        free(path);
    }
    gls_folder_list_clear(&list);
    return told;
}

bool gls_import_is_trash(const struct gls_import_found *found, const char *folder)
{
    struct told told = ask_jsons(found, folder);

    return told.trashed > 0 && told.trashed == told.photos && told.others == 0;
}

/* The folder of a year is no album, nor is Google's of what was archived or locked away; one of
 * one's own with such a name holds other pictures, too. */
static bool names_no_album(const struct gls_import_found *found, const char *title,
                           const char *path)
{
    if (gls_takeout_is_year(title))
        return true;
    if (!gls_takeout_is_set_apart(title))
        return false;
    char *folder = gls_path_dir(path);
    struct told told = folder != NULL ? ask_jsons(found, folder) : (struct told){0};
    free(folder);
    return told.photos > 0 && told.set_apart == told.photos;
}

/* What is no JSON of a Takeout has no title. */
bool gls_import_read_title(const struct gls_import_found *found, const char *path,
                           struct gls_strbuf *out, bool *is_album, struct gls_error *error)
{
    struct gls_input *input = NULL;
    struct gls_takeout record = {0};
    bool done = gls_import_open_found(found, &input, path, error) &&
                gls_takeout_read(&record, input, error);

    if (done && record.title != NULL) {
        *is_album = !record.is_photo;
        if (record.is_photo || !names_no_album(found, record.title, path))
            gls_strbuf_add_str(out, record.title);
        if (*is_album && out->size > 0)
            done = keep_album(found->run, &record, error);
    }
    gls_takeout_clear(&record);
    gls_input_free(input);
    return done || !gls_error_is_of_system(error);
}
