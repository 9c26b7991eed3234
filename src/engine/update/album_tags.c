/* SPDX-License-Identifier: MIT */
#include "engine/update/album_tags.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "base/thread/cancel.h"
#include "engine/update/update_run.h"
#include "store/library/albums.h"

/* So many files are asked for at a time. */
enum { CHUNK = 512 };

/* ---- One file's keywords ------------------------------------------------------------ */

struct names {
    char **items;
    size_t count;
};

struct changes {
    struct names joined;
    struct names left;
    bool no_memory;
};

static bool add_change(void *user, const char *album, bool joined)
{
    struct changes *changes = user;
    struct names *names = joined ? &changes->joined : &changes->left;
    char **grown = reallocarray(names->items, names->count + 1, sizeof *grown);

    if (grown != NULL)
        names->items = grown;
    if (grown == NULL || (grown[names->count] = strdup(album)) == NULL)
        changes->no_memory = true;
    else
        names->count++;
    return !changes->no_memory;
}

static void free_names(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->items[i]);
    free(names->items);
}

/* Names that no tag can hold stay with the database. */
static void drop_unwritable(struct names *names)
{
    size_t count = 0;

    for (size_t i = 0; i < names->count; i++) {
        if (gls_text_tag_is_writable(names->items[i]))
            names->items[count++] = names->items[i];
        else
            free(names->items[i]);
    }
    names->count = count;
}

/* The record as it will be, for the row. */
static void predict(struct gls_member *member, const struct changes *changes)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;

    for (size_t i = 0; i < changes->joined.count; i++)
        gls_strbuf_addf(&text, "%s%s", i > 0 ? "\n" : "", changes->joined.items[i]);
    free(member->further_albums);
    member->further_albums = text.size > 0 ? gls_strbuf_take(&text) : NULL;
}

static bool write_member(struct gls_update_run *update, struct gls_session_worker *worker,
                         struct gls_unit *unit, size_t index, struct gls_error *error)
{
    struct gls_member *member = &unit->members[index];
    struct changes changes = {0};
    bool ok = gls_reader_album_changes(worker->reader, member->previous.row.id, add_change,
                                       &changes, error) &&
              (!changes.no_memory || gls_fail_memory(error));

    drop_unwritable(&changes.joined);
    struct gls_tags tags = {.albums = changes.joined.items,
                            .album_count = changes.joined.count,
                            .left_albums = changes.left.items,
                            .left_album_count = changes.left.count};
    if (ok && !gls_tags_is_empty(&tags)) {
        predict(member, &changes);
        gls_update_mark_source(&tags, member);
        ok = gls_unit_write_tags(&update->base, unit, index, &tags, error) &&
             gls_update_is_written(&unit->members[index], error);
    }
    free_names(&changes.joined);
    free_names(&changes.left);
    return ok;
}

bool gls_update_albums(struct gls_update_run *update, struct gls_session_worker *worker,
                       struct gls_unit *unit, struct gls_error *error)
{
    size_t inputs = unit->count;
    bool ok = true;

    for (size_t i = 0; ok && i < inputs; i++)
        if (unit->members[i].role == GLS_ROLE_MEDIA && unit->members[i].previous.row.id != 0)
            ok = write_member(update, worker, unit, i, error);
    return ok;
}

/* ---- All of a library ------------------------------------------------------------------- */

struct pass {
    const struct gls_engine_call *call;
    const struct gls_update_options *like;
    const char *root;
    const char *paths[CHUNK]; /* absolute, owned */
    size_t path_count;
    int64_t last_id;
    bool no_memory;
    bool interrupted;
};

static bool add_path(void *user, const struct gls_stored_file *file)
{
    struct pass *pass = user;
    char *path = gls_path_join(pass->root, file->path);

    pass->no_memory = path == NULL;
    if (path != NULL)
        pass->paths[pass->path_count++] = path;
    pass->last_id = file->id;
    return path != NULL;
}

static void drop_paths(struct pass *pass)
{
    for (size_t i = 0; i < pass->path_count; i++)
        free((char *)pass->paths[i]);
    pass->path_count = 0;
}

static bool read_paths(struct pass *pass, struct gls_error *error)
{
    struct gls_library_options options = {.mode = GLS_LIBRARY_READ};
    struct gls_library *library = NULL;
    struct gls_reader *reader = NULL;

    drop_paths(pass);
    bool ok =
        gls_library_open(&library, pass->root, &options, error) &&
        gls_reader_open(&reader, library, error) &&
        gls_reader_files_of_album_changes(reader, pass->last_id, CHUNK,
                                          &(struct gls_file_visitor){add_path, pass}, error) &&
        (!pass->no_memory || gls_fail_memory(error));
    gls_reader_close(reader);
    gls_library_close(library);
    return ok;
}

static void emit_message(const struct pass *pass, const char *text)
{
    if (pass->call->callbacks->on_message != NULL)
        pass->call->callbacks->on_message(pass->call->callbacks->user, text);
}

static void emit_failure(void *user, const struct gls_file_event *event)
{
    const struct pass *pass = user;
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;

    if (event->outcome != GLS_OUTCOME_FAILED)
        return;
    gls_strbuf_addf(&text, "the keywords of its albums are not written: %s",
                    event->reason != NULL ? event->reason : event->source);
    emit_message(pass, gls_strbuf_str(&text));
}

static bool write_chunk(struct pass *pass, struct gls_error *error)
{
    const struct gls_callbacks callbacks = {.user = pass, .on_file = emit_failure};
    struct gls_engine_call call = *pass->call;
    struct gls_update_options options = *pass->like;
    struct gls_summary summary;

    call.callbacks = &callbacks;
    options.paths = pass->paths;
    options.path_count = pass->path_count;
    bool ok = gls_update_run_all(&summary, &call, &options, true, error);
    pass->interrupted = summary.interrupted;
    return ok;
}

void gls_engine_write_album_tags(const struct gls_engine_call *call, const char *inside,
                                 const struct gls_update_options *like)
{
    const struct gls_config *config = call->config;
    enum gls_write_metadata how =
        like->write_metadata != GLS_WRITE_DEFAULT ? like->write_metadata : config->write_metadata;
    struct pass pass = {.call = call, .like = like};
    struct gls_error error = GLS_ERROR_INIT;
    bool ok = true, more = config->album_tags && how != GLS_WRITE_NONE && !like->dry_run &&
                           !gls_cancel_is_requested(call->cancel);
    char *root = NULL;

    if (more && inside != NULL)
        ok = gls_library_find_real_root(&root, inside, &error);
    pass.root = root;
    more = root != NULL;

    while (ok && more && !pass.interrupted) {
        ok = read_paths(&pass, &error);
        more = ok && pass.path_count > 0;
        if (more)
            ok = write_chunk(&pass, &error);
    }
    if (!ok) {
        gls_error_prefix(&error, "albums are not written as keywords, which the next import or "
                                 "update does");
        emit_message(&pass, error.message);
    }
    drop_paths(&pass);
    free(root);
}

bool gls_update_forget_albums(struct gls_update_run *update, struct gls_error *error)
{
    struct gls_db_batch *batch = gls_db_batch_new();
    bool ok = batch != NULL;

    for (size_t i = 0; ok && i < update->options->path_count; i++)
        ok = gls_db_batch_forget_album_changes(
            batch, gls_path_relative(update->options->paths[i], update->root));
    ok = ok ? gls_db_writer_commit(update->base.op.writer, batch, error) : gls_fail_memory(error);
    gls_db_batch_free(batch);
    return ok;
}
