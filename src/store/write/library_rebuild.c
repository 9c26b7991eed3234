/* SPDX-License-Identifier: MIT */
#include "store/write/library_rebuild.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/path.h"
#include "base/system/retry.h"
#include "store/library/library_create.h"
#include "store/library/library_private.h"
#include "store/library/schema.h"

struct gls_rebuild {
    struct gls_library *library;
    char *draft; /* path of the new database until it is swapped in */
    struct gls_db_writer *writer;
    bool has_runs;
    bool swapped;
};

/* What the files themselves cannot tell; runs come first. */
static const char *const kept_tables[] = {
    "runs", "actions", "settings", "places", "elodie_hashes", "plugin_values", "subscriptions"};

/* Copies table by table: from a database that is damaged in the middle, what can
 * still be read is better than nothing, and half a table is not. */
static bool copy_tables(struct gls_rebuild *rebuild, struct gls_db *db, struct gls_error *error)
{
    char sql[128];
    bool ok = true;

    for (size_t i = 0; ok && i < sizeof kept_tables / sizeof *kept_tables; i++) {
        snprintf(sql, sizeof sql,
                 "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE;"
                 "INSERT INTO main.%s SELECT * FROM old.%s; COMMIT",
                 kept_tables[i], kept_tables[i]);
        ok = gls_db_exec(db, sql, error);
        rebuild->has_runs = rebuild->has_runs || (ok && i == 0);
        if (!ok) {
            ok = error->status == GLS_ERROR_LIBRARY;
            gls_db_roll_back(db);
        }
    }
    return ok;
}

/* Which file of the new database is which of the old one: the same picture under the
 * same path, or, where that path is gone, the same bytes under another. */
#define SAME_FILES                                                                                 \
    "(SELECT o.id AS old_id, n.id AS new_id FROM old.files o JOIN main.files n ON n.path = "       \
    "o.path "                                                                                      \
    "WHERE n.stored_xxh128 = o.stored_xxh128 OR n.essence_xxh128 = o.essence_xxh128 "              \
    "OR n.source_sha256 = o.source_sha256 "                                                        \
    "UNION ALL SELECT o.id, n.id FROM old.files o "                                                \
    "JOIN main.files n ON n.stored_xxh128 = o.stored_xxh128 "                                      \
    "WHERE NOT EXISTS (SELECT 1 FROM main.files p WHERE p.path = o.path)) s "

/* What hangs on files, which have other ids now: what is queued for plugins,
 * and the albums. */
static const char *const kept_of_files[] = {
    "BEGIN IMMEDIATE;"
    "INSERT INTO main.outbox (plugin, hook, file_id, file_key, payload,"
    " attempts, next_try_s, last_error, state) SELECT o.plugin, o.hook, n.id,"
    " o.file_key, o.payload, o.attempts, o.next_try_s, o.last_error, o.state"
    " FROM old.outbox o JOIN old.files f ON f.id = o.file_id"
    " JOIN main.files n ON n.path = f.path ORDER BY o.id; COMMIT",
    "BEGIN IMMEDIATE;"
    "INSERT INTO main.albums (name, title, description, date)"
    " SELECT name, title, description, date FROM old.albums WHERE true"
    " ON CONFLICT (name) DO UPDATE SET title = excluded.title,"
    " description = excluded.description, date = excluded.date;"
    "INSERT OR IGNORE INTO main.album_members (album_id, file_id) SELECT a.id, s.new_id "
    "FROM old.album_members m JOIN old.albums b ON b.id = m.album_id "
    "JOIN main.albums a ON a.name = b.name JOIN " SAME_FILES "ON s.old_id = m.file_id;"
    "INSERT OR IGNORE INTO main.album_changes (file_id, album, joined) "
    "SELECT s.new_id, c.album, c.joined FROM old.album_changes c "
    "JOIN " SAME_FILES "ON s.old_id = c.file_id;"
    "INSERT OR IGNORE INTO main.further_values (file_id, name, value) "
    "SELECT s.new_id, v.name, v.value FROM old.further_values v "
    "JOIN " SAME_FILES "ON s.old_id = v.file_id;"
    "DELETE FROM main.albums WHERE id NOT IN (SELECT album_id FROM main.album_members);"
    "COMMIT"};

/* SQLite takes a disk that fails to read for one that has damaged the file. */
static bool attach_old(const struct gls_rebuild *rebuild, struct gls_db *db,
                       struct gls_error *error)
{
    const char *path = rebuild->library->db_path;
    char *attach = sqlite3_mprintf("ATTACH %Q AS old", path);
    bool ok = attach != NULL ? gls_db_exec(db, attach, error) : gls_fail_memory(error);

    sqlite3_free(attach);
    if (!ok && error->status == GLS_ERROR_LIBRARY && !gls_db_is_damaged(path))
        gls_fail(error, GLS_ERROR_IO, "%s: cannot be read; see to the disk, and try again", path);
    return ok;
}

/* Takes over from the old database what it still gives. */
static bool take_over(struct gls_rebuild *rebuild, struct gls_error *error)
{
    struct gls_db *db = NULL;

    if (rebuild->library->empty)
        return true;
    bool ok = gls_db_open(&db, rebuild->draft, GLS_DB_WRITE, error) &&
              attach_old(rebuild, db, error) && copy_tables(rebuild, db, error);
    gls_db_close(db);
    return ok;
}

/* An index of hashes takes each row at another page: kept up row by row, those of a large
 * library cost pages of writing a file. They are made at the end, of all rows at once. */
static bool drop_indexes(struct gls_rebuild *rebuild, struct gls_error *error)
{
    static const char list[] = "SELECT group_concat('DROP INDEX ' || name, ';') FROM sqlite_schema "
                               "WHERE type = 'index' AND tbl_name = 'files' AND sql IS NOT NULL";
    sqlite3_stmt *drops = NULL;
    struct gls_db *db = NULL;
    bool ok = gls_db_open(&db, rebuild->draft, GLS_DB_DRAFT, error) &&
              ((sqlite3_prepare_v2(gls_db_sqlite(db), list, -1, &drops, NULL) == SQLITE_OK &&
                sqlite3_step(drops) == SQLITE_ROW) ||
               gls_db_fail(db, error));
    char *sql = ok ? strdup((const char *)sqlite3_column_text(drops, 0)) : NULL;

    sqlite3_finalize(drops);
    ok = ok && (sql != NULL || gls_fail_memory(error)) && gls_db_exec(db, sql, error);
    free(sql);
    gls_db_close(db);
    return ok;
}

/* What is sorted for an index goes through files, so that memory is flat; a system without
 * a folder for them has only memory. */
static bool make_indexes(struct gls_db *db, struct gls_error *error)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    char lost[GLS_SCHEMA_NAME];

    return (gls_db_exec(db, "PRAGMA temp_store = FILE", error) &&
            gls_schema_complete(db, lost, &ignored)) ||
           (gls_db_exec(db, "PRAGMA temp_store = MEMORY", error) &&
            gls_schema_complete(db, lost, error));
}

bool gls_rebuild_begin(struct gls_rebuild **out, struct gls_library *library,
                       struct gls_error *error)
{
    struct gls_rebuild *rebuild = calloc(1, sizeof *rebuild);

    if (rebuild == NULL)
        return gls_fail_memory(error);
    rebuild->library = library;
    rebuild->draft = gls_path_append(library->db_path, ".new");
    bool ok = rebuild->draft != NULL || gls_fail_memory(error);
    if (ok)
        unlink(rebuild->draft); /* of a run that died; its logs go as orphans */
    ok = ok && gls_library_create_db(rebuild->draft, error) && take_over(rebuild, error) &&
         drop_indexes(rebuild, error) &&
         gls_db_writer_start_on(&rebuild->writer, rebuild->draft, error);
    if (ok)
        *out = rebuild;
    else
        gls_rebuild_free(rebuild);
    return ok;
}

struct gls_db_writer *gls_rebuild_writer(struct gls_rebuild *rebuild)
{
    return rebuild->writer;
}

bool gls_rebuild_has_runs(const struct gls_rebuild *rebuild)
{
    return rebuild->has_runs;
}

/* Of an old database that is damaged, or older than a table, nothing can be had. */
static bool keep_of_files(struct gls_rebuild *rebuild, struct gls_db *db, struct gls_error *error)
{
    if (rebuild->library->empty)
        return true;
    bool ok = attach_old(rebuild, db, error);
    for (size_t i = 0; ok && i < sizeof kept_of_files / sizeof *kept_of_files; i++) {
        if (gls_db_exec(db, kept_of_files[i], error))
            continue;
        ok = error->status == GLS_ERROR_LIBRARY;
        gls_db_roll_back(db);
    }
    return ok && gls_db_exec(db, "DETACH old", error);
}

/* The last connection that closes moves the log into the file and removes it;
 * one that stays would be read beside the old database's name after the swap. */
static bool finish_draft(struct gls_rebuild *rebuild, struct gls_error *error)
{
    struct gls_db *db = NULL;
    int64_t busy = 1;

    gls_db_writer_stop(rebuild->writer);
    rebuild->writer = NULL;
    bool ok = gls_db_open(&db, rebuild->draft, GLS_DB_DRAFT, error) && make_indexes(db, error) &&
              keep_of_files(rebuild, db, error) &&
              gls_db_number(db, "PRAGMA wal_checkpoint(TRUNCATE)", &busy, error) &&
              gls_db_exec(db, "PRAGMA journal_mode = DELETE", error);
    gls_db_close(db);
    if (ok && busy != 0)
        ok = gls_fail(error, GLS_ERROR_BUSY, "%s: is in use by another program", rebuild->draft);
    int fd = ok ? gls_open(rebuild->draft, O_RDONLY, 0) : -1;
    if (ok && (fd < 0 || gls_fsync(fd) != 0))
        ok = gls_fail_errno(error, errno, "%s: cannot be flushed", rebuild->draft);
    if (fd >= 0)
        close(fd);
    return ok;
}

/* A database that SQLite cannot read is kept byte by byte. */
static bool copy_bytes(const char *from, const char *to, struct gls_error *error)
{
    int in = gls_open(from, O_RDONLY, 0);
    int out = in < 0 ? -1 : gls_open(to, O_WRONLY | O_CREAT | O_EXCL, 0666);
    char *buffer = malloc(65536);
    ssize_t got = out < 0 || buffer == NULL ? -1 : 1;

    while (got > 0) {
        got = gls_read(in, buffer, 65536);
        if (got > 0 && !gls_write_all(out, buffer, (size_t)got))
            got = -1;
    }
    bool ok = got == 0 && gls_fsync(out) == 0;
    if (!ok)
        gls_fail_errno(error, errno, "%s: cannot be copied to %s", from, to);
    free(buffer);
    if (in >= 0)
        close(in);
    if (out >= 0 && close(out) != 0 && ok)
        ok = gls_fail_errno(error, errno, "%s", to);
    return ok;
}

static bool copy_database(const char *from, const char *to, struct gls_error *error)
{
    struct gls_db *old = NULL, *copy = NULL;
    bool ok = gls_db_open(&old, from, GLS_DB_QUERY, error) &&
              gls_db_open(&copy, to, GLS_DB_CREATE, error);

    if (ok) {
        sqlite3_backup *backup =
            sqlite3_backup_init(gls_db_sqlite(copy), "main", gls_db_sqlite(old), "main");
        if (backup != NULL) {
            sqlite3_backup_step(backup, -1);
            ok = sqlite3_backup_finish(backup) == SQLITE_OK;
        } else {
            ok = false;
        }
        if (!ok)
            gls_db_fail(copy, error);
    }
    gls_db_close(copy);
    gls_db_close(old);
    return ok;
}

/* Two backups in one second must not meet. NULL: `error` says why. */
static char *name_backup(const char *draft, const char *db_path, gls_rebuild_publish *publish,
                         struct gls_error *error)
{
    time_t now = time(NULL);
    struct tm parts;
    char stamp[32], suffix[48];

    gmtime_r(&now, &parts);
    strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", &parts);
    for (unsigned number = 0; number < 1000; number++) {
        snprintf(suffix, sizeof suffix, number == 0 ? ".%s" : ".%s-%u", stamp, number);
        char *name = gls_path_append(db_path, suffix);
        if (name == NULL)
            gls_fail_memory(error);
        else if (publish(draft, name, error))
            return name;
        free(name);
        if (error->status != GLS_ERROR_EXISTS)
            break;
    }
    return NULL;
}

/* Built under the draft's name, so that a run which is cut off leaves no half of a backup. */
static bool back_up(struct gls_library *library, gls_rebuild_publish *publish, char **backup_path,
                    struct gls_error *error)
{
    const char *db_path = library->db_path;
    struct stat status;

    *backup_path = NULL;
    if (stat(db_path, &status) != 0)
        return gls_path_is_absent(errno) ||
               gls_fail_errno(error, errno, "%s: cannot be backed up", db_path);
    char *draft = gls_path_append(db_path, ".draft");
    if (draft == NULL)
        return gls_fail_memory(error);
    gls_library_drop_draft(db_path);
    bool ok = !library->empty && copy_database(db_path, draft, error);
    /* Not for a disk that fails: the bytes are without what only the log has. */
    if (library->empty || (!ok && error->status == GLS_ERROR_LIBRARY)) {
        gls_library_drop_draft(db_path);
        ok = copy_bytes(db_path, draft, error);
    }
    if (ok) {
        *backup_path = name_backup(draft, db_path, publish, error);
        ok = *backup_path != NULL ||
             gls_error_prefix(error, "the old database cannot be backed up, and stays in force");
    }
    gls_library_drop_draft(db_path);
    free(draft);
    return ok;
}

bool gls_rebuild_finish(struct gls_rebuild *rebuild, gls_rebuild_publish *publish,
                        char **backup_path, struct gls_error *error)
{
    const char *db_path = rebuild->library->db_path;

    *backup_path = NULL;
    if (!finish_draft(rebuild, error) || !back_up(rebuild->library, publish, backup_path, error))
        return false;
    /* What is left of a damaged database must not be replayed into the new one. A
     * sound one has left nothing: its last connection was closed. */
    if (!gls_library_drop_logs(db_path, error))
        return false;
    if (rename(rebuild->draft, db_path) != 0)
        return gls_fail_errno(error, errno, "%s: cannot be swapped in", rebuild->draft);
    rebuild->swapped = true;
    return gls_library_sync_folder(db_path, error);
}

void gls_rebuild_free(struct gls_rebuild *rebuild)
{
    struct gls_error ignored = GLS_ERROR_INIT;

    if (rebuild == NULL)
        return;
    gls_db_writer_stop(rebuild->writer);
    if (!rebuild->swapped && rebuild->draft != NULL) {
        unlink(rebuild->draft);
        (void)gls_library_drop_logs(rebuild->draft, &ignored);
    }
    free(rebuild->draft);
    free(rebuild);
}
