/* SPDX-License-Identifier: MIT */
#include "store/library/outbox.h"

#include "store/library/file_row.h"
#include "store/library/library_private.h"

static const char *text(sqlite3_stmt *statement, int column)
{
    return (const char *)sqlite3_column_text(statement, column);
}

/* The row of its file is read first. False: `visit` wants no more, or, with ok false, it
 * failed. */
static bool visit_row(bool *ok, sqlite3_stmt *statement,
                      bool (*visit)(void *user, const struct gls_outbox_item *item), void *user,
                      struct gls_error *error)
{
    enum { OWN = GLS_FILE_COLUMNS };
    struct gls_stored_file file = {0};
    bool has_file = sqlite3_column_type(statement, 0) != SQLITE_NULL;

    *ok = !has_file || gls_file_row_read(&file, statement, error);
    bool more =
        *ok &&
        visit(user, &(struct gls_outbox_item){
                        .id = sqlite3_column_int64(statement, OWN),
                        .plugin = text(statement, OWN + 1),
                        .hook = text(statement, OWN + 2),
                        .file_key = text(statement, OWN + 3),
                        .payload = text(statement, OWN + 4),
                        .attempts = (unsigned)sqlite3_column_int64(statement, OWN + 5),
                        .next_try_s = sqlite3_column_int64(statement, OWN + 6),
                        .last_error = text(statement, OWN + 7),
                        .state = (enum gls_outbox_state)sqlite3_column_int(statement, OWN + 8),
                        .file_id = file.id,
                        .file = has_file ? &file : NULL,
                    });
    gls_stored_file_clear(&file);
    return more;
}

bool gls_reader_each_outbox(struct gls_reader *reader, const struct gls_outbox_page *page,
                            bool (*visit)(void *user, const struct gls_outbox_item *item),
                            void *user, struct gls_error *error)
{
    bool row = true, more = true;

    if (reader->db == NULL)
        return true;
    sqlite3_stmt *statement = gls_db_take(reader->db, GLS_QUERY_OUTBOX, error);
    bool ok = statement != NULL;
    if (ok) {
        sqlite3_bind_int64(statement, 1, page->after_id);
        gls_bind_text(statement, 2, page->plugin);
        sqlite3_bind_int64(statement, 3, (sqlite3_int64)page->limit);
        gls_bind_text(statement, 4, page->hook);
    }
    while (ok && more && (ok = gls_db_step(reader->db, statement, &row, error)) && row)
        more = visit_row(&ok, statement, visit, user, error);
    gls_db_put_back(reader->db, GLS_QUERY_OUTBOX, statement);
    return ok;
}

/* The statement of a query on one plugin. */
static sqlite3_stmt *take_for(struct gls_reader *reader, enum gls_query query, const char *plugin,
                              struct gls_error *error)
{
    sqlite3_stmt *statement = gls_db_take(reader->db, query, error);

    if (statement != NULL)
        gls_bind_text(statement, 1, plugin);
    return statement;
}

static bool read_last_error(struct gls_reader *reader, char **out, const char *plugin,
                            struct gls_error *error)
{
    bool row = false;
    sqlite3_stmt *statement = take_for(reader, GLS_QUERY_OUTBOX_ERROR, plugin, error);
    bool ok = statement != NULL && gls_db_step(reader->db, statement, &row, error);

    if (ok && row)
        ok = gls_column_copy(out, statement, 0) || gls_fail_memory(error);
    gls_db_put_back(reader->db, GLS_QUERY_OUTBOX_ERROR, statement);
    return ok;
}

bool gls_reader_outbox_count(struct gls_reader *reader, struct gls_outbox_count *out,
                             const char *plugin, struct gls_error *error)
{
    bool row = false;

    *out = (struct gls_outbox_count){0};
    if (reader->db == NULL)
        return true;
    sqlite3_stmt *statement = take_for(reader, GLS_QUERY_OUTBOX_COUNT, plugin, error);
    bool ok = statement != NULL && gls_db_step(reader->db, statement, &row, error);
    if (ok && row) {
        out->queued = (uint64_t)sqlite3_column_int64(statement, 0);
        out->failed = (uint64_t)sqlite3_column_int64(statement, 1);
    }
    gls_db_put_back(reader->db, GLS_QUERY_OUTBOX_COUNT, statement);
    return ok && read_last_error(reader, &out->last_error, plugin, error);
}

bool gls_reader_outbox_has(struct gls_reader *reader, bool *out, const char *plugin,
                           const char *path, struct gls_error *error)
{
    bool row = false;

    *out = false;
    if (reader->db == NULL)
        return true;
    sqlite3_stmt *statement = take_for(reader, GLS_QUERY_OUTBOX_OF_PATH, plugin, error);
    if (statement != NULL)
        gls_bind_bytes(statement, 2, path);
    bool ok = statement != NULL && gls_db_step(reader->db, statement, &row, error);
    *out = ok && row && sqlite3_column_int(statement, 0) != 0;
    gls_db_put_back(reader->db, GLS_QUERY_OUTBOX_OF_PATH, statement);
    return ok;
}

static bool each_name(struct gls_reader *reader, enum gls_query query,
                      bool (*visit)(void *user, const char *plugin, const char *hook), void *user,
                      struct gls_error *error)
{
    bool row = true, more = true;

    if (reader->db == NULL)
        return true;
    sqlite3_stmt *statement = gls_db_take(reader->db, query, error);
    bool ok = statement != NULL;
    while (ok && more && (ok = gls_db_step(reader->db, statement, &row, error)) && row)
        more = visit(user, text(statement, 0),
                     sqlite3_column_count(statement) > 1 ? text(statement, 1) : NULL);
    gls_db_put_back(reader->db, query, statement);
    return ok;
}

bool gls_reader_each_outbox_plugin(struct gls_reader *reader,
                                   bool (*visit)(void *user, const char *plugin, const char *hook),
                                   void *user, struct gls_error *error)
{
    return each_name(reader, GLS_QUERY_OUTBOX_PLUGINS, visit, user, error);
}

bool gls_reader_each_subscription(struct gls_reader *reader,
                                  bool (*visit)(void *user, const char *plugin, const char *hook),
                                  void *user, struct gls_error *error)
{
    return each_name(reader, GLS_QUERY_SUBSCRIPTIONS, visit, user, error);
}

bool gls_reader_plugin_value(struct gls_reader *reader, char **out, const char *plugin,
                             const char *key, struct gls_error *error)
{
    bool row = false;

    *out = NULL;
    if (reader->db == NULL)
        return true;
    sqlite3_stmt *statement = take_for(reader, GLS_QUERY_PLUGIN_VALUE, plugin, error);
    if (statement == NULL)
        return false;
    gls_bind_text(statement, 2, key);
    bool ok = gls_db_step(reader->db, statement, &row, error);
    if (ok && row)
        ok = gls_column_copy(out, statement, 0) || gls_fail_memory(error);
    gls_db_put_back(reader->db, GLS_QUERY_PLUGIN_VALUE, statement);
    return ok;
}
