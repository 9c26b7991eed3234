/* SPDX-License-Identifier: MIT */
#include "store/library/schema.h"

#include <stdio.h>
#include <string.h>

/* "glsn": tells a database of ours from any other SQLite file. */
#define APPLICATION_ID 0x676c736e

/* Hashes and paths are BLOBs: half the size of hex, and compared byte by byte. */
static const char version_1[] =
    "CREATE TABLE runs (id INTEGER PRIMARY KEY, command TEXT NOT NULL, command_line BLOB,"
    " version TEXT NOT NULL, started_s INTEGER NOT NULL, ended_s INTEGER NOT NULL DEFAULT 0,"
    " scanned INTEGER NOT NULL DEFAULT 0, imported INTEGER NOT NULL DEFAULT 0,"
    " duplicate INTEGER NOT NULL DEFAULT 0, skipped INTEGER NOT NULL DEFAULT 0,"
    " failed INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,"
    " seconds REAL NOT NULL DEFAULT 0, interrupted INTEGER NOT NULL DEFAULT 0,"
    " places_offline INTEGER NOT NULL DEFAULT 0) STRICT;"

    "CREATE TABLE files (id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE,"
    " size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, source_size INTEGER NOT NULL,"
    " source_sha256 BLOB CHECK (length(source_sha256) = 32),"
    " stored_xxh128 BLOB CHECK (length(stored_xxh128) = 16),"
    " essence_xxh128 BLOB CHECK (length(essence_xxh128) = 16),"
    " source_path BLOB, date_taken TEXT, unit_id INTEGER NOT NULL,"
    " run_id INTEGER REFERENCES runs (id), checked_s INTEGER NOT NULL) STRICT;"
    "CREATE INDEX files_size ON files (size);"
    "CREATE INDEX files_source_size ON files (source_size);"
    "CREATE INDEX files_source_sha256 ON files (source_sha256);"
    "CREATE INDEX files_stored_xxh128 ON files (stored_xxh128);"
    "CREATE INDEX files_checked_s ON files (checked_s);"
    "CREATE INDEX files_unit_id ON files (unit_id) WHERE unit_id <> 0;"

    "CREATE TABLE metadata (file_id INTEGER PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,"
    " original_name BLOB, title TEXT, album TEXT, latitude REAL, longitude REAL) STRICT;"

    "CREATE TABLE actions (id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL REFERENCES runs (id),"
    " action TEXT NOT NULL, source BLOB, target BLOB, source_sha256 BLOB, stored_xxh128 BLOB)"
    " STRICT;"
    "CREATE INDEX actions_run_id ON actions (run_id);"

    "CREATE TABLE intents (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, tmp_path BLOB,"
    " old_path BLOB, file_id INTEGER NOT NULL, path BLOB NOT NULL, size INTEGER NOT NULL,"
    " mtime_ns INTEGER NOT NULL, source_size INTEGER NOT NULL, source_sha256 BLOB,"
    " stored_xxh128 BLOB, essence_xxh128 BLOB, source_path BLOB, date_taken TEXT,"
    " unit_id INTEGER NOT NULL, run_id INTEGER NOT NULL, checked_s INTEGER NOT NULL,"
    " original_name BLOB, title TEXT, album TEXT, latitude REAL, longitude REAL) STRICT;"
    "CREATE INDEX intents_tmp_path ON intents (tmp_path);"
    "CREATE INDEX intents_path ON intents (path);"

    "CREATE TABLE places (id INTEGER PRIMARY KEY, latitude REAL NOT NULL,"
    " longitude REAL NOT NULL, city TEXT NOT NULL, state TEXT NOT NULL, country TEXT NOT NULL,"
    " country_code TEXT NOT NULL, time_zone TEXT NOT NULL, population INTEGER NOT NULL,"
    " UNIQUE (latitude, longitude)) STRICT;"

    "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE elodie_hashes (sha256 BLOB PRIMARY KEY CHECK (length(sha256) = 32),"
    " path BLOB NOT NULL) STRICT, WITHOUT ROWID;";

/* Runs that are open when a writer migrates have died: it holds the library's lock. */
#define RUN_STATE_1 "CASE WHEN ended_s = 0 THEN 3 WHEN interrupted <> 0 THEN 2 ELSE 1 END"

static const char version_2[] =
    "ALTER TABLE files ADD COLUMN essence_version INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE metadata ADD COLUMN description TEXT;"
    "ALTER TABLE metadata ADD COLUMN people TEXT;"
    "ALTER TABLE metadata ADD COLUMN rating INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE metadata ADD COLUMN favourite INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE intents ADD COLUMN description TEXT;"
    "ALTER TABLE intents ADD COLUMN people TEXT;"
    "ALTER TABLE intents ADD COLUMN rating INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE intents ADD COLUMN favourite INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE intents ADD COLUMN essence_version INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE runs ADD COLUMN end_state INTEGER NOT NULL DEFAULT 0;"
    "UPDATE runs SET end_state = " RUN_STATE_1 ";"
    "CREATE INDEX files_date_taken ON files (date_taken);"
    "ALTER TABLE actions ADD COLUMN reason TEXT;"
    "ALTER TABLE actions ADD COLUMN input INTEGER NOT NULL DEFAULT 0;"
    "DROP INDEX actions_run_id;"
    "CREATE INDEX actions_run_id_input ON actions (run_id, input);"
    "CREATE INDEX elodie_hashes_path ON elodie_hashes (path);"
    "CREATE TABLE albums (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, title TEXT,"
    " description TEXT, date TEXT) STRICT;"
    "CREATE TABLE album_members ( album_id INTEGER NOT NULL REFERENCES albums (id) ON DELETE"
    " CASCADE, file_id INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE, PRIMARY KEY"
    " (album_id, file_id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX album_members_file_id ON album_members (file_id);"
    "INSERT INTO albums (name) SELECT DISTINCT album FROM metadata WHERE album <> '';"
    "INSERT INTO album_members (album_id, file_id) SELECT a.id, m.file_id FROM metadata m"
    " JOIN albums a ON a.name = m.album JOIN files f ON f.id = m.file_id;"
    "CREATE TABLE album_changes ( file_id INTEGER NOT NULL REFERENCES files (id) ON DELETE"
    " CASCADE, album TEXT NOT NULL, joined INTEGER NOT NULL, PRIMARY KEY (file_id, album)) STRICT,"
    " WITHOUT ROWID;"
    "CREATE TABLE further_values ( file_id INTEGER NOT NULL REFERENCES files (id) ON DELETE"
    " CASCADE, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (file_id, name, value))"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, plugin TEXT NOT NULL, hook"
    " TEXT NOT NULL, file_id INTEGER REFERENCES files (id) ON DELETE CASCADE, file_key TEXT"
    " NOT NULL, payload TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, next_try_s INTEGER"
    " NOT NULL DEFAULT 0, last_error TEXT, state INTEGER NOT NULL DEFAULT 0, UNIQUE (plugin,"
    " hook, file_key)) STRICT;"
    "CREATE INDEX outbox_file_id ON outbox (file_id);"
    "CREATE TABLE subscriptions (plugin TEXT PRIMARY KEY, hook TEXT NOT NULL) STRICT, WITHOUT"
    " ROWID;"
    "CREATE TABLE plugin_values (plugin TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT"
    " NULL, PRIMARY KEY (plugin, key)) STRICT, WITHOUT ROWID;";

/* Version 1 as version 2 would show it. Temporary tables and views hide those of the
 * database that have their names, and belong to one connection alone. */
static const char read_version_1[] =
    "CREATE TEMP VIEW files AS SELECT *, 1 AS essence_version FROM main.files;"
    "CREATE TEMP VIEW metadata AS SELECT *, NULL AS description, NULL AS people, 0 AS rating,"
    " 0 AS favourite FROM main.metadata;"
    "CREATE TEMP VIEW intents AS SELECT *, NULL AS description, NULL AS people, 0 AS rating,"
    " 0 AS favourite, 1 AS essence_version FROM main.intents;"
    "CREATE TEMP VIEW runs AS SELECT *, " RUN_STATE_1 " AS end_state FROM main.runs;"
    "CREATE TEMP VIEW actions AS SELECT *, NULL AS reason, 0 AS input FROM main.actions;"
    "CREATE TEMP VIEW albums AS SELECT min(file_id) AS id, album AS name, NULL AS title,"
    " NULL AS description, NULL AS date FROM main.metadata WHERE album <> '' GROUP BY album;"
    "CREATE TEMP VIEW album_members AS SELECT a.id AS album_id, m.file_id FROM main.metadata m"
    " JOIN temp.albums a ON a.name = m.album;"
    "CREATE TEMP TABLE album_changes (file_id, album, joined);"
    "CREATE TEMP TABLE further_values (file_id, name, value);"
    "CREATE TEMP TABLE outbox (id INTEGER PRIMARY KEY, plugin, hook, file_id, file_key, payload,"
    " attempts, next_try_s, last_error, state);"
    "CREATE TEMP TABLE subscriptions (plugin, hook);"
    "CREATE TEMP TABLE plugin_values (plugin, key, value);";

/* A row for each version but 0, an empty file: how the one before becomes it, and how
 * it is read by a connection that may not write (the present one: as it is). */
static const struct {
    const char *migration;
    const char *read_as_present;
} versions[GLS_LIBRARY_SCHEMA_VERSION + 1] = {
    [1] = {version_1, read_version_1},
    [2] = {version_2, NULL},
};

static bool migrate(struct gls_db *db, int from, int to, struct gls_error *error)
{
    char finish[96];

    snprintf(finish, sizeof finish, "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
             APPLICATION_ID, to);
    bool ok = gls_db_exec(db, "BEGIN IMMEDIATE", error);
    for (int version = from + 1; ok && version <= to; version++)
        ok = gls_db_exec(db, versions[version].migration, error);
    ok = ok && gls_db_exec(db, finish, error);
    if (!ok)
        gls_db_roll_back(db);
    return ok;
}

bool gls_schema_create(struct gls_db *db, struct gls_error *error)
{
    return migrate(db, 0, GLS_LIBRARY_SCHEMA_VERSION, error);
}

/* ---- Tables that are gone -------------------------------------------------------------- */

/* *out: the database has an entry of this name. An error is no table that is gone. */
static bool has_entry(bool *out, struct gls_db *db, sqlite3_stmt *find, const char *name,
                      struct gls_error *error)
{
    bool ok = (sqlite3_bind_text(find, 1, name, -1, SQLITE_STATIC) == SQLITE_OK ||
               gls_db_fail(db, error)) &&
              gls_db_step(db, find, out, error);

    sqlite3_reset(find);
    return ok;
}

static bool prepare_find(sqlite3_stmt **out, struct gls_db *db, struct gls_error *error)
{
    return sqlite3_prepare_v2(gls_db_sqlite(db), "SELECT 1 FROM main.sqlite_schema WHERE name = ?1",
                              -1, out, NULL) == SQLITE_OK ||
           gls_db_fail(db, error);
}

/* Makes the tables and indices of this version that db lacks. `lost`, of GLS_SCHEMA_NAME bytes,
 * is the first. */
static bool make_missing(struct gls_db *db, int version, char lost[GLS_SCHEMA_NAME],
                         struct gls_error *error)
{
    struct gls_db *model = NULL;
    sqlite3_stmt *list = NULL, *find = NULL;
    bool ok = gls_db_open(&model, ":memory:", GLS_DB_CREATE, error) &&
              migrate(model, 0, version, error) &&
              (sqlite3_prepare_v2(gls_db_sqlite(model),
                                  "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL "
                                  "ORDER BY type = 'index'",
                                  -1, &list, NULL) == SQLITE_OK ||
               gls_db_fail(model, error)) &&
              prepare_find(&find, db, error);

    bool more = true, found;
    while (ok && (ok = gls_db_step(model, list, &more, error)) && more) {
        const char *name = (const char *)sqlite3_column_text(list, 0);
        const char *sql = (const char *)sqlite3_column_text(list, 1);
        ok = ((name != NULL && sql != NULL) || gls_fail_memory(error)) &&
             has_entry(&found, db, find, name, error);
        if (!ok || found)
            continue;
        if (lost[0] == '\0')
            snprintf(lost, GLS_SCHEMA_NAME, "%s", name);
        ok = gls_db_exec(db, sql, error);
    }
    sqlite3_finalize(list);
    sqlite3_finalize(find);
    gls_db_close(model);
    return ok;
}

/* Looks for the tables that the migrations up to this version make (none drops one): building a
 * model of them would cost more than all else that a small command does. */
static bool find_lost(struct gls_db *db, int version, char lost[GLS_SCHEMA_NAME],
                      struct gls_error *error)
{
    static const char create[] = "CREATE TABLE ";
    sqlite3_stmt *find = NULL;
    bool ok = prepare_find(&find, db, error);

    lost[0] = '\0';
    for (int i = 1; ok && lost[0] == '\0' && i <= version; i++) {
        const char *at = versions[i].migration;
        while (ok && lost[0] == '\0' && (at = strstr(at, create)) != NULL) {
            bool found = false;
            at += sizeof create - 1;
            snprintf(lost, GLS_SCHEMA_NAME, "%.*s", (int)strcspn(at, " ("), at);
            ok = has_entry(&found, db, find, lost, error);
            if (found)
                lost[0] = '\0';
        }
    }
    sqlite3_finalize(find);
    return ok;
}

/* The version of a database of ours; 0: it is none, or none that this build knows. */
static int known_version(struct gls_db *db)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    int64_t version = 0, application_id = 0;
    bool ok = gls_db_number(db, "PRAGMA application_id", &application_id, &ignored) &&
              gls_db_number(db, "PRAGMA user_version", &version, &ignored);

    return ok && application_id == APPLICATION_ID && version >= 1 &&
                   version <= GLS_LIBRARY_SCHEMA_VERSION
               ? (int)version
               : 0;
}

bool gls_schema_complete(struct gls_db *db, char lost[GLS_SCHEMA_NAME], struct gls_error *error)
{
    int version = known_version(db);

    lost[0] = '\0';
    return version == 0 || make_missing(db, version, lost, error);
}

/* Half of the tables are no library. */
static bool is_whole(struct gls_db *db, struct gls_error *error)
{
    char lost[GLS_SCHEMA_NAME];

    return find_lost(db, known_version(db), lost, error) &&
           (lost[0] == '\0' ||
            gls_fail(error, GLS_ERROR_LIBRARY,
                     "%s: is damaged (the table %s is gone); the pictures are not touched by "
                     "this: \"glassine generate-db --source LIBRARY\" makes it anew from them",
                     gls_db_path(db), lost));
}

bool gls_schema_check(struct gls_db *db, bool may_write, struct gls_error *error)
{
    int64_t version = 0, application_id = 0;

    if (!gls_db_number(db, "PRAGMA application_id", &application_id, error) ||
        !gls_db_number(db, "PRAGMA user_version", &version, error))
        return false;
    if (application_id != APPLICATION_ID || version < 1)
        return gls_fail(error, GLS_ERROR_LIBRARY,
                        "%s: is no database of glassine; move it away and run "
                        "\"glassine generate-db --source LIBRARY\" to make one from the files",
                        gls_db_path(db));
    if (version > GLS_LIBRARY_SCHEMA_VERSION)
        return gls_fail(error, GLS_ERROR_LIBRARY,
                        "%s: was made by a newer glassine (database version %lld, this one knows "
                        "%d); use that one for this library",
                        gls_db_path(db), (long long)version, GLS_LIBRARY_SCHEMA_VERSION);
    return is_whole(db, error) && (version == GLS_LIBRARY_SCHEMA_VERSION || !may_write ||
                                   migrate(db, (int)version, GLS_LIBRARY_SCHEMA_VERSION, error));
}

/* A reader's connection may not write, not even to what is temporary and its own. */
bool gls_schema_read_older(struct gls_db *db, struct gls_error *error)
{
    int64_t version = 0;

    if (!gls_db_number(db, "PRAGMA user_version", &version, error))
        return false;
    if (version < 1 || version >= GLS_LIBRARY_SCHEMA_VERSION)
        return true;
    return gls_db_exec(db, "PRAGMA query_only = OFF", error) &&
           gls_db_exec(db, versions[version].read_as_present, error) &&
           gls_db_exec(db, "PRAGMA query_only = ON", error);
}
