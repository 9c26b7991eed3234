/* SPDX-License-Identifier: MIT */
#include "store/library/db_handle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "store/library/checkpoint.h"

/* How long to wait for another program that holds the database. */
enum { BUSY_TIMEOUT_MS = 5000 };

/* Pages in the log from which on they are moved into the database; SQLite's default. */
enum { CHECKPOINT_PAGES = 1000 };

struct gls_db {
    sqlite3 *sqlite;
    char *path;
    sqlite3_stmt *statements[GLS_QUERY_COUNT];
    bool may_checkpoint; /* it may write to the database's files */
};

struct access_row {
    int flags;
    const char *uri_parameters; /* NULL: a plain file name */
    const char *pragmas;
};

/* Each worker reads through a connection of its own, so that pages are kept for one
 * writer (8 MiB) and hardly for its readers (1 MiB): the system keeps the file. */
#define READER_PRAGMAS "PRAGMA query_only = ON; PRAGMA temp_store = FILE; PRAGMA cache_size = -1024"

#define WRITER_PRAGMAS                                                                             \
    "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 16777216;"   \
    "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192;"

/* What one statement may have to undo fits in memory, and the writer's statements
 * would else write it to a file each time. What a query sorts may be large.
 * unix-none takes no locks and exclusive mode keeps the index of the WAL in
 * memory: so an old WAL is read and nothing is created beside it. The library's
 * own lock keeps writers away meanwhile. */
static const struct access_row access_rows[] = {
    [GLS_DB_WRITE] = {SQLITE_OPEN_READWRITE, NULL, WRITER_PRAGMAS "PRAGMA synchronous = FULL"},
    [GLS_DB_DRAFT] = {SQLITE_OPEN_READWRITE, NULL, WRITER_PRAGMAS "PRAGMA synchronous = OFF"},
    [GLS_DB_CREATE] = {SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL,
                       "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                       "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192"},
    [GLS_DB_QUERY] = {SQLITE_OPEN_READWRITE, NULL, READER_PRAGMAS},
    [GLS_DB_PASSIVE] = {SQLITE_OPEN_READONLY, NULL, READER_PRAGMAS},
    [GLS_DB_IMMUTABLE] = {SQLITE_OPEN_READONLY, "?immutable=1", READER_PRAGMAS},
    [GLS_DB_OLD_WAL] = {SQLITE_OPEN_READONLY, "?vfs=unix-none",
                        "PRAGMA locking_mode = EXCLUSIVE;" READER_PRAGMAS},
};

/* read() instead of a mapping: a disk that goes away must give an error, not a signal. */
static const char common_pragmas[] = "PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 0";

static bool fail_code(const char *path, int code, const char *text, struct gls_error *error)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return gls_fail(error, GLS_ERROR_BUSY,
                        "%s: is locked by another program; try again when that has finished", path);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_TOOBIG: /* a row that states a size that no row of ours has */
        return gls_fail(error, GLS_ERROR_LIBRARY,
                        "%s: is damaged (%s); the pictures are not touched by this: "
                        "\"glassine generate-db --source LIBRARY\" makes it anew from them",
                        path, text);
    case SQLITE_FULL:
        return gls_fail(error, GLS_ERROR_NO_SPACE, "%s: the disk is full; make room, and try again",
                        path);
    case SQLITE_NOMEM:
        return gls_fail_memory(error);
    case SQLITE_IOERR:
        return gls_fail(error, GLS_ERROR_IO,
                        "%s: cannot be read and written (%s); see to the disk, and try again", path,
                        text);
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return gls_fail(error, GLS_ERROR_LIBRARY,
                        "%s: %s; check that you may read and write it and its folder, and that its "
                        "disk can be read",
                        path, text);
    default:
        return gls_fail(error, GLS_ERROR_INTERNAL, "%s: %s", path, text);
    }
}

/* SQLite says only that it cannot open a file; this says why, but for what fail_code()
 * has a remedy for. */
static bool fail_open_files(const struct gls_db *db, struct gls_error *error)
{
    int cause = sqlite3_system_errno(db->sqlite);

    return cause != 0 && cause != EACCES && cause != EPERM && cause != ENOENT &&
           !gls_fail_errno(error, cause, "%s: cannot be opened", db->path);
}

/* The last failure that a database's file remembers, or the journal or log beside it.
 * It is never reset. 0: none. */
static int file_errno(sqlite3 *sqlite, const char *schema, int file_pointer)
{
    sqlite3_file *file = NULL;
    int cause = 0;

    sqlite3_file_control(sqlite, schema, file_pointer, &file);
    if (file != NULL && file->pMethods != NULL)
        file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &cause);
    return cause;
}

/* SQLite takes a disk that fails to read for one that has damaged the file, and a log
 * that it fails to read for a damaged database. 0: it read; else *path is the database's. */
static int read_errno(sqlite3 *sqlite, const char **path)
{
    static const char *const schemas[] = {"main", "old"}; /* that a new database is made of */
    static const int files[] = {SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER};

    for (size_t i = 0; i < 4; i++) {
        int cause = file_errno(sqlite, schemas[i / 2], files[i % 2]);
        *path = sqlite3_db_filename(sqlite, schemas[i / 2]);
        if (cause == EIO || cause == ENXIO)
            return cause;
    }
    return 0;
}

/* SQLite forgets the cause of what fails in a commit; its files remember it. The journal
 * or log is asked first: a commit is written there, and it takes no locks whose failures
 * would be remembered. 0: they do not know either. */
static int commit_errno(sqlite3 *sqlite)
{
    int cause = file_errno(sqlite, "main", SQLITE_FCNTL_JOURNAL_POINTER);

    return cause != 0 ? cause : file_errno(sqlite, "main", SQLITE_FCNTL_FILE_POINTER);
}

bool gls_db_fail(struct gls_db *db, struct gls_error *error)
{
    if ((sqlite3_errcode(db->sqlite) & 0xff) == SQLITE_CANTOPEN && fail_open_files(db, error))
        return false;
    int code = sqlite3_extended_errcode(db->sqlite), cause = sqlite3_system_errno(db->sqlite);
    const char *unread = NULL;
    int read_cause = (code & 0xff) == SQLITE_CORRUPT ? read_errno(db->sqlite, &unread) : 0;
    if (read_cause != 0)
        return gls_fail_errno(error, read_cause, "%s: cannot be read", unread);
    /* SQLite calls it a disk's fault, which a full one, a quota or a limit is not. */
    if ((code & 0xff) == SQLITE_IOERR && cause == 0)
        cause = commit_errno(db->sqlite);
    if ((code & 0xff) == SQLITE_IOERR && cause != 0)
        return gls_fail_errno(error, cause, "%s: cannot be read and written", db->path);
    return fail_code(db->path, code, sqlite3_errmsg(db->sqlite), error);
}

/* After each commit, instead of SQLite's own checkpoint, which would not ask readers
 * that look at the files as they lie. */
static int on_commit(void *user, sqlite3 *sqlite, const char *schema, int pages)
{
    const struct gls_db *db = user;
    int claim = pages >= CHECKPOINT_PAGES ? gls_checkpoint_claim(db->path) : GLS_CHECKPOINT_REFUSED;

    if (claim != GLS_CHECKPOINT_REFUSED)
        sqlite3_wal_checkpoint_v2(sqlite, schema, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    gls_checkpoint_end(claim);
    return SQLITE_OK;
}

/* The name SQLite is given: the path itself, or a URI in which every byte that
 * could mean something is escaped. */
static char *make_name(const char *path, const char *uri_parameters)
{
    if (uri_parameters == NULL)
        return strdup(path);
    GLS_STRBUF_AUTO uri = GLS_STRBUF_INIT;
    char *escaped = gls_percent_encode(path, strlen(path));
    if (escaped == NULL)
        return NULL;
    gls_strbuf_add_str(&uri, "file:");
    gls_strbuf_add_str(&uri, escaped);
    gls_strbuf_add_str(&uri, uri_parameters);
    free(escaped);
    return gls_strbuf_take(&uri);
}

bool gls_db_open(struct gls_db **out, const char *path, enum gls_db_access access,
                 struct gls_error *error)
{
    const struct access_row *row = &access_rows[access];
    struct gls_db *db = calloc(1, sizeof *db);
    char *name = make_name(path, row->uri_parameters);
    bool ok = false;

    if (db == NULL || name == NULL || (db->path = strdup(path)) == NULL) {
        gls_fail_memory(error);
        goto done;
    }
    int flags = row->flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (row->uri_parameters != NULL)
        flags |= SQLITE_OPEN_URI;
    int code = sqlite3_open_v2(name, &db->sqlite, flags, NULL);
    if (code != SQLITE_OK) {
        if (!fail_open_files(db, error))
            fail_code(path, code, sqlite3_errstr(code), error);
        goto done;
    }
    sqlite3_busy_timeout(db->sqlite, BUSY_TIMEOUT_MS);
    db->may_checkpoint = access == GLS_DB_WRITE || access == GLS_DB_QUERY;
    if (db->may_checkpoint)
        sqlite3_wal_hook(db->sqlite, on_commit, db);
    /* The row's first: a locking mode counts only before the first read. */
    ok = gls_db_exec(db, row->pragmas, error) && gls_db_exec(db, common_pragmas, error);
done:
    free(name);
    if (ok)
        *out = db;
    else
        gls_db_close(db);
    return ok;
}

bool gls_db_is_damaged(const char *path)
{
    sqlite3 *sqlite = NULL;
    const char *unread = NULL;
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_open_v2(path, &sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    bool has_tables = false;

    if (code == SQLITE_OK)
        code =
            sqlite3_prepare_v2(sqlite, "SELECT count(*) FROM sqlite_schema", -1, &statement, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
        has_tables = code == SQLITE_ROW && sqlite3_column_int(statement, 0) > 0;
    }
    bool is_read = sqlite != NULL && read_errno(sqlite, &unread) == 0; /* NULL: no memory for it */
    sqlite3_finalize(statement);
    sqlite3_close(sqlite);
    code &= 0xff;
    return is_read &&
           (code == SQLITE_CORRUPT || code == SQLITE_NOTADB || (code == SQLITE_ROW && !has_tables));
}

void gls_db_close(struct gls_db *db)
{
    if (db == NULL)
        return;
    for (size_t i = 0; i < GLS_QUERY_COUNT; i++)
        sqlite3_finalize(db->statements[i]);
    /* The last connection that closes moves the log into the database and removes it. */
    int claim = db->may_checkpoint ? gls_checkpoint_claim(db->path) : GLS_CHECKPOINT_REFUSED;
    if (db->may_checkpoint && claim == GLS_CHECKPOINT_REFUSED)
        sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_close(db->sqlite);
    gls_checkpoint_end(claim);
    free(db->path);
    free(db);
}

const char *gls_db_path(const struct gls_db *db)
{
    return db->path;
}

sqlite3 *gls_db_sqlite(struct gls_db *db)
{
    return db->sqlite;
}

bool gls_db_exec(struct gls_db *db, const char *sql, struct gls_error *error)
{
    if (sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) != SQLITE_OK)
        return gls_db_fail(db, error);
    return true;
}

bool gls_db_number(struct gls_db *db, const char *sql, int64_t *out, struct gls_error *error)
{
    sqlite3_stmt *statement = NULL;
    bool ok = sqlite3_prepare_v2(db->sqlite, sql, -1, &statement, NULL) == SQLITE_OK &&
              sqlite3_step(statement) == SQLITE_ROW;

    if (ok)
        *out = sqlite3_column_int64(statement, 0);
    else
        gls_db_fail(db, error);
    sqlite3_finalize(statement);
    return ok;
}

void gls_db_roll_back(struct gls_db *db)
{
    if (!sqlite3_get_autocommit(db->sqlite))
        sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
}

sqlite3_stmt *gls_db_take(struct gls_db *db, enum gls_query query, struct gls_error *error)
{
    sqlite3_stmt *statement = db->statements[query];

    if (statement != NULL && !sqlite3_stmt_busy(statement))
        return statement;
    unsigned flags = statement == NULL ? SQLITE_PREPARE_PERSISTENT : 0;
    statement = NULL;
    if (sqlite3_prepare_v3(db->sqlite, gls_query_sql(query), -1, flags, &statement, NULL) !=
        SQLITE_OK) {
        gls_db_fail(db, error);
        return NULL;
    }
    if (db->statements[query] == NULL)
        db->statements[query] = statement;
    return statement;
}

void gls_db_put_back(struct gls_db *db, enum gls_query query, sqlite3_stmt *statement)
{
    if (statement == NULL)
        return;
    if (statement != db->statements[query]) {
        sqlite3_finalize(statement);
        return;
    }
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

bool gls_db_step(struct gls_db *db, sqlite3_stmt *statement, bool *row, struct gls_error *error)
{
    int code = sqlite3_step(statement);

    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return gls_db_fail(db, error);
    *row = code == SQLITE_ROW;
    return true;
}

bool gls_db_finish(struct gls_db *db, enum gls_query query, sqlite3_stmt *statement,
                   struct gls_error *error)
{
    bool row = true;
    bool ok = true;

    while (ok && row)
        ok = gls_db_step(db, statement, &row, error);
    gls_db_put_back(db, query, statement);
    return ok;
}
