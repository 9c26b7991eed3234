/* SPDX-License-Identifier: MIT */
/*
 * db_writer - the one thread that writes a library's database.
 *
 * A caller collects changes in a batch and commits it: the call returns when
 * the transaction is durable (WAL, synchronous=FULL) or has failed as a whole.
 */
#ifndef GLS_STORE_WRITE_DB_WRITER_H
#define GLS_STORE_WRITE_DB_WRITER_H

#include "store/library/albums.h"
#include "store/library/outbox.h"

struct gls_db_writer;
bool gls_db_writer_start(struct gls_db_writer **out, struct gls_library *library,
                         struct gls_error *error);
/* As above, on a database file that is no library's yet (generate-db): nothing is flushed.
 * The caller sees to it that nobody else writes there, and flushes the file at the end. */
bool gls_db_writer_start_on(struct gls_db_writer **out, const char *db_path,
                            struct gls_error *error);
/* Finishes what is queued, stops the thread, frees. NULL is allowed. */
void gls_db_writer_stop(struct gls_db_writer *writer);

/* A batch: filled by one thread, then committed. All arguments are copied. The
 * functions return false only when memory is short. */
struct gls_db_batch;
struct gls_db_batch *gls_db_batch_new(void);
void gls_db_batch_free(struct gls_db_batch *batch);
bool gls_db_batch_is_empty(const struct gls_db_batch *batch);

/* Intents before the file system is touched ... */
bool gls_db_batch_add_intent(struct gls_db_batch *batch, const struct gls_intent *intent);
/* ... and after it: the row of file.path (or of file.id if not 0) becomes
 * `file`, its intent (found by tmp_path, or by path if there is none) goes, and
 * an action is logged (`action` NULL: none; from/to as in struct gls_action), and an
 * item for each plugin that has subscribed. */
bool gls_db_batch_put_file(struct gls_db_batch *batch, const struct gls_stored_file *file,
                           const char *tmp_path, const char *action, const char *from);
bool gls_db_batch_drop_intent(struct gls_db_batch *batch, int64_t intent_id);
/* Drops the open intent that has this tmp_path (or, if NULL, this file.path). */
bool gls_db_batch_drop_intent_of(struct gls_db_batch *batch, const char *tmp_path,
                                 const char *path);
bool gls_db_batch_remove_file(struct gls_db_batch *batch, int64_t file_id);
/* The row of file->id gets file's checked_s, essence_xxh128 and essence_version, if it
 * still is about a file with file->stored_xxh128. */
bool gls_db_batch_set_checked(struct gls_db_batch *batch, const struct gls_stored_file *file);
bool gls_db_batch_log(struct gls_db_batch *batch, const struct gls_action *action);
/* What is added from now on is about this input of the run, counted from 0. The log is
 * read in the order of the inputs, whenever their actions were committed; before them
 * stands what is about none. */
void gls_db_batch_set_input(struct gls_db_batch *batch, uint64_t number);
bool gls_db_batch_keep_place(struct gls_db_batch *batch, const struct gls_place *place);
/* value NULL: unset. */
bool gls_db_batch_set_setting(struct gls_db_batch *batch, const char *name, const char *value);
/* Elodie's hash.json: a hash known for a file outside or inside the library. */
bool gls_db_batch_put_elodie_hash(struct gls_db_batch *batch, const char *sha256, const char *path);

/* Makes the album, or adds what is given to what is known of it. */
bool gls_db_batch_put_album(struct gls_db_batch *batch, const struct gls_album *album);
/* Membership of the file whose row has this path, also of one that the same batch puts
 * there. An album that is not known is made; one that has lost its last file goes when
 * the run ends. A file's own album (gls_stored_file.album) is joined and left by
 * putting its row, and needs neither. */
bool gls_db_batch_add_to_album(struct gls_db_batch *batch, const char *album, const char *path);
bool gls_db_batch_remove_from_album(struct gls_db_batch *batch, const char *album,
                                    const char *path);

/* The file with this path states its albums now, or cannot: see
 * gls_reader_files_of_album_changes(). */
bool gls_db_batch_forget_album_changes(struct gls_db_batch *batch, const char *path);

/* What another file of the same bytes says: of the row with file->path, title, caption,
 * people and rating are filled in where they are empty, and else kept beside them
 * (further_values); file->album becomes one more album of it. */
bool gls_db_batch_add_metadata(struct gls_db_batch *batch, const struct gls_stored_file *file);

/* The files of the unit `unit_id` and the file with this path are of one unit: of that one, or,
 * where the file is of a unit already, of the file's. */
bool gls_db_batch_join_unit(struct gls_db_batch *batch, const char *path, int64_t unit_id);

/* Queues for a plugin; no effect where plugin, hook and file_key are queued already. Of
 * the item plugin, hook, file_key, payload and file_id are read. */
bool gls_db_batch_add_outbox(struct gls_db_batch *batch, const struct gls_outbox_item *item);
/* After a failed try: sets attempts, next_try_s, last_error and state of item->id, and
 * the hook unless it is NULL. */
bool gls_db_batch_set_outbox(struct gls_db_batch *batch, const struct gls_outbox_item *item);
bool gls_db_batch_remove_outbox(struct gls_db_batch *batch, int64_t id);
/* All of a plugin's items: queued again, or gone. */
bool gls_db_batch_retry_outbox(struct gls_db_batch *batch, const char *plugin);
bool gls_db_batch_drop_outbox(struct gls_db_batch *batch, const char *plugin);
/* Who gets an item for each file that gls_db_batch_put_file() records with an action. */
bool gls_db_batch_clear_subscriptions(struct gls_db_batch *batch);
bool gls_db_batch_subscribe(struct gls_db_batch *batch, const char *plugin, const char *hook);
/* value NULL: the key goes. */
bool gls_db_batch_set_plugin_value(struct gls_db_batch *batch, const char *plugin, const char *key,
                                   const char *value);

/* Commits and frees nothing; the batch may be cleared and used again. */
bool gls_db_writer_commit(struct gls_db_writer *writer, struct gls_db_batch *batch,
                          struct gls_error *error);
void gls_db_batch_clear(struct gls_db_batch *batch);

/* A new row in runs; its id. Committed at once. */
bool gls_db_writer_begin_run(struct gls_db_writer *writer, int64_t *run_id, const char *command,
                             const char *command_line, struct gls_error *error);
bool gls_db_writer_end_run(struct gls_db_writer *writer, int64_t run_id,
                           const struct gls_summary *summary, struct gls_error *error);

#endif
