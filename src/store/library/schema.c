/* SPDX-License-Identifier: MIT */
#include "store/library/schema.h"

#include <stdio.h>

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

/* steps[N] leads from version N to version N + 1. */
static const char *const steps[GLS_LIBRARY_SCHEMA_VERSION] = {version_1};

static bool run_steps(struct gls_db *db, int from, struct gls_error *error)
{
    char finish[96];

    snprintf(finish, sizeof finish, "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
             APPLICATION_ID, GLS_LIBRARY_SCHEMA_VERSION);
    bool ok = gls_db_exec(db, "BEGIN IMMEDIATE", error);
    for (int version = from; ok && version < GLS_LIBRARY_SCHEMA_VERSION; version++)
        ok = gls_db_exec(db, steps[version], error);
    ok = ok && gls_db_exec(db, finish, error);
    if (!ok)
        gls_db_roll_back(db);
    return ok;
}

bool gls_schema_create(struct gls_db *db, struct gls_error *error)
{
    return run_steps(db, 0, error);
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
    if (version == GLS_LIBRARY_SCHEMA_VERSION)
        return true;
    if (!may_write)
        return gls_fail(error, GLS_ERROR_LIBRARY,
                        "%s: was made by an older glassine; a command that may write to the "
                        "library brings it up to date",
                        gls_db_path(db));
    return run_steps(db, (int)version, error);
}
