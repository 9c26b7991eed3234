/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/beneath.h"
#include "store/library/file_row.h"
#include "store/library/library_private.h"

static void clear_intent(struct gls_intent *intent)
{
    free(intent->tmp_path);
    free(intent->old_path);
    gls_stored_file_clear(&intent->file);
    *intent = (struct gls_intent){0};
}

void gls_intents_free(struct gls_intent *intents, size_t count)
{
    for (size_t i = 0; intents != NULL && i < count; i++)
        clear_intent(&intents[i]);
    free(intents);
}

/* A copy stands under .glassine/tmp, directly; only there recovery may remove one. */
static bool read_tmp_path(char **out, sqlite3_stmt *statement, int column, struct gls_error *error)
{
    static const char tmp[] = GLS_LIBRARY_FOLDER "/tmp/";

    if (!gls_column_copy(out, statement, column))
        return gls_fail_memory(error);
    if (*out == NULL || (strncmp(*out, tmp, sizeof tmp - 1) == 0 && gls_beneath_is_plain(*out) &&
                         strchr(*out + sizeof tmp - 1, '/') == NULL &&
                         strlen(*out) == (size_t)sqlite3_column_bytes(statement, column)))
        return true;
    return gls_fail_row_path(statement, *out, error);
}

static bool read_intent(struct gls_intent *out, sqlite3_stmt *statement, struct gls_error *error)
{
    int kind = sqlite3_column_int(statement, GLS_FILE_COLUMNS);

    *out = (struct gls_intent){.kind = (enum gls_intent_kind)kind,
                               .id = sqlite3_column_int64(statement, GLS_FILE_COLUMNS + 3)};
    bool ok = gls_file_row_read(&out->file, statement, error) &&
              read_tmp_path(&out->tmp_path, statement, GLS_FILE_COLUMNS + 1, error) &&
              gls_column_path(&out->old_path, statement, GLS_FILE_COLUMNS + 2, error);
    bool needs_tmp = kind != GLS_INTENT_MOVE && kind != GLS_INTENT_REMOVE;
    if (ok && (kind < GLS_INTENT_PUBLISH || kind > GLS_INTENT_REPAIR ||
               (needs_tmp && out->tmp_path == NULL)))
        ok = gls_fail(
            error, GLS_ERROR_LIBRARY, "%s: intent %lld is none that glassine makes (kind %d)",
            sqlite3_db_filename(sqlite3_db_handle(statement), "main"), (long long)out->id, kind);
    if (!ok)
        clear_intent(out);
    return ok;
}

/* Room for one more intent, doubling. */
static bool grow(struct gls_intent **intents, size_t count, size_t *space)
{
    if (count < *space)
        return true;
    size_t larger = *space == 0 ? 64 : *space * 2;
    struct gls_intent *moved = reallocarray(*intents, larger, sizeof **intents);
    if (moved == NULL)
        return false;
    *intents = moved;
    *space = larger;
    return true;
}

bool gls_reader_intents(struct gls_reader *reader, struct gls_intent **out, size_t *count,
                        struct gls_error *error)
{
    struct gls_intent *intents = NULL;
    size_t space = 0;
    bool row = true;

    *out = NULL;
    *count = 0;
    if (reader->db == NULL)
        return true;
    sqlite3_stmt *statement = gls_db_take(reader->db, GLS_QUERY_INTENTS, error);
    bool ok = statement != NULL;
    while (ok && (ok = gls_db_step(reader->db, statement, &row, error)) && row) {
        ok = (grow(&intents, *count, &space) || gls_fail_memory(error)) &&
             read_intent(&intents[*count], statement, error);
        *count += ok;
    }
    gls_db_put_back(reader->db, GLS_QUERY_INTENTS, statement);
    if (!ok) {
        gls_intents_free(intents, *count);
        intents = NULL;
        *count = 0;
    }
    *out = intents;
    return ok;
}

static void read_run(struct gls_run *out, struct gls_summary *summary, sqlite3_stmt *statement,
                     const char *command_line)
{
    *out = (struct gls_run){
        .struct_size = sizeof *out,
        .id = sqlite3_column_int64(statement, 0),
        .command = (const char *)sqlite3_column_text(statement, 1),
        .command_line = command_line,
        .version = (const char *)sqlite3_column_text(statement, 3),
        .started_s = sqlite3_column_int64(statement, 4),
        .ended_s = sqlite3_column_int64(statement, 5),
        .state = (enum gls_run_state)sqlite3_column_int(statement, 15),
        .summary = summary,
    };
    *summary =
        (struct gls_summary){.struct_size = sizeof *summary,
                             .scanned = (uint64_t)sqlite3_column_int64(statement, 6),
                             .imported = (uint64_t)sqlite3_column_int64(statement, 7),
                             .duplicate = (uint64_t)sqlite3_column_int64(statement, 8),
                             .skipped = (uint64_t)sqlite3_column_int64(statement, 9),
                             .failed = (uint64_t)sqlite3_column_int64(statement, 10),
                             .bytes = (uint64_t)sqlite3_column_int64(statement, 11),
                             .seconds = sqlite3_column_double(statement, 12),
                             .interrupted = sqlite3_column_int64(statement, 13) != 0,
                             .places_offline = (uint64_t)sqlite3_column_int64(statement, 14)};
}

bool gls_reader_each_run(struct gls_reader *reader, int64_t only_run_id,
                         bool (*visit)(void *user, const struct gls_run *run), void *user,
                         struct gls_error *error)
{
    enum gls_query query = only_run_id == 0 ? GLS_QUERY_RUNS : GLS_QUERY_RUN;
    bool row = true, more = true;

    if (reader->db == NULL)
        return true;
    sqlite3_stmt *statement = gls_db_take(reader->db, query, error);
    bool ok = statement != NULL;
    if (ok && only_run_id != 0)
        sqlite3_bind_int64(statement, 1, only_run_id);
    while (ok && more && (ok = gls_db_step(reader->db, statement, &row, error)) && row) {
        struct gls_run run;
        struct gls_summary summary;
        char *command_line;
        ok = gls_column_copy(&command_line, statement, 2) || gls_fail_memory(error);
        if (ok) {
            read_run(&run, &summary, statement, command_line);
            more = visit(user, &run);
        }
        free(command_line);
    }
    gls_db_put_back(reader->db, query, statement);
    return ok;
}

/* Reads one action, shows it, and frees what it held. */
static bool visit_action(sqlite3_stmt *statement, bool *more,
                         bool (*visit)(void *user, const struct gls_action *action), void *user)
{
    char sha256[65], xxh128[33];
    char *from = NULL, *to = NULL;
    bool ok = gls_column_copy(&from, statement, 2) && gls_column_copy(&to, statement, 3);

    if (ok) {
        gls_column_hex(sha256, statement, 4, 32);
        gls_column_hex(xxh128, statement, 5, 16);
        *more = visit(user, &(struct gls_action){
                                .run_id = sqlite3_column_int64(statement, 0),
                                .action = (const char *)sqlite3_column_text(statement, 1),
                                .from = from,
                                .to = to,
                                .source_sha256 = sha256[0] == '\0' ? NULL : sha256,
                                .stored_xxh128 = xxh128[0] == '\0' ? NULL : xxh128,
                                .reason = (const char *)sqlite3_column_text(statement, 6),
                            });
    }
    free(from);
    free(to);
    return ok;
}

bool gls_reader_each_action(struct gls_reader *reader, int64_t run_id,
                            bool (*visit)(void *user, const struct gls_action *action), void *user,
                            struct gls_error *error)
{
    bool row = true, more = true;

    if (reader->db == NULL)
        return true;
    sqlite3_stmt *statement = gls_db_take(reader->db, GLS_QUERY_ACTIONS, error);
    bool ok = statement != NULL;
    if (ok)
        sqlite3_bind_int64(statement, 1, run_id);
    while (ok && more && (ok = gls_db_step(reader->db, statement, &row, error)) && row)
        ok = visit_action(statement, &more, visit, user) || gls_fail_memory(error);
    gls_db_put_back(reader->db, GLS_QUERY_ACTIONS, statement);
    return ok;
}

bool gls_reader_setting(struct gls_reader *reader, char **out, const char *name,
                        struct gls_error *error)
{
    bool row = false;

    *out = NULL;
    if (reader->db == NULL)
        return true;
    sqlite3_stmt *statement = gls_db_take(reader->db, GLS_QUERY_SETTING, error);
    if (statement == NULL)
        return false;
    gls_bind_text(statement, 1, name);
    bool ok = gls_db_step(reader->db, statement, &row, error);
    if (ok && row)
        ok = gls_column_copy(out, statement, 0) || gls_fail_memory(error);
    gls_db_put_back(reader->db, GLS_QUERY_SETTING, statement);
    return ok;
}

bool gls_reader_has_elodie_path(struct gls_reader *reader, bool *out, const char *path,
                                struct gls_error *error)
{
    *out = false;
    if (reader->db == NULL)
        return true;
    sqlite3_stmt *statement = gls_db_take(reader->db, GLS_QUERY_ELODIE_PATH, error);
    if (statement == NULL)
        return false;
    gls_bind_bytes(statement, 1, path);
    bool ok = gls_db_step(reader->db, statement, out, error);
    gls_db_put_back(reader->db, GLS_QUERY_ELODIE_PATH, statement);
    return ok;
}

/* hash.json is an object, so there is one path for a hash. */
bool gls_reader_each_elodie_hash(struct gls_reader *reader, const char *sha256,
                                 bool (*visit)(void *user, const char *path), void *user,
                                 struct gls_error *error)
{
    char *path = NULL;
    bool row = false;

    if (reader->db == NULL)
        return true;
    sqlite3_stmt *statement = gls_db_take(reader->db, GLS_QUERY_ELODIE_HASH, error);
    if (statement == NULL)
        return false;
    gls_bind_hex(statement, 1, sha256, 32);
    bool ok = gls_db_step(reader->db, statement, &row, error);
    if (ok && row)
        ok = gls_column_copy(&path, statement, 0) || gls_fail_memory(error);
    gls_db_put_back(reader->db, GLS_QUERY_ELODIE_HASH, statement);
    if (path != NULL)
        visit(user, path);
    free(path);
    return ok;
}
