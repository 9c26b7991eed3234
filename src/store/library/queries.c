/* SPDX-License-Identifier: MIT */
#include "store/library/queries.h"

/* The columns of one stored file in the order that file_row.h reads and binds. */
#define FILE_COLUMNS                                                                               \
    "f.id, f.path, f.size, f.mtime_ns, f.source_size, f.source_sha256, f.stored_xxh128, "          \
    "f.essence_xxh128, f.source_path, f.date_taken, f.unit_id, f.run_id, f.checked_s, "            \
    "m.original_name, m.title, m.album, m.latitude, m.longitude, f.essence_version, "              \
    "m.description, m.people, m.rating, m.favourite"
#define SELECT_FILE "SELECT " FILE_COLUMNS " FROM files f LEFT JOIN metadata m ON m.file_id = f.id "

#define INTENT_COLUMNS                                                                             \
    "file_id, path, size, mtime_ns, source_size, source_sha256, stored_xxh128, essence_xxh128, "   \
    "source_path, date_taken, unit_id, run_id, checked_s, original_name, title, album, latitude, " \
    "longitude, essence_version, description, people, rating, favourite, kind, tmp_path, old_path"

/* A run that has not ended has counted nothing yet: what it did is in its log, but for the last
 * batch of one that was cut off, which the next run recovers and logs as its own. A verify's log
 * names only what is not as stored. */
#define COUNTED(column, actions)                                                                   \
    "CASE WHEN ended_s <> 0 OR command = 'verify' THEN " column " ELSE (SELECT count(*) "          \
    "FROM actions WHERE run_id = runs.id AND action IN (" actions ")) END, "
#define FILED "'published', 'adopted', 'moved', 'edited'"
#define RUN_COLUMNS                                                                                \
    "id, command, command_line, version, started_s, ended_s, " COUNTED(                            \
        "scanned", FILED ", 'duplicate', 'skipped', 'failed'") COUNTED("imported", FILED)          \
        COUNTED("duplicate", "'duplicate'") COUNTED("skipped", "'skipped'")                        \
            COUNTED("failed", "'failed'") "bytes, seconds, interrupted, places_offline, end_state"

#define QUERY(name, text) [name] = (text)

static const char *const queries[GLS_QUERY_COUNT] = {
    /* A hash from Elodie comes without a size, so with such hashes every size may be known. */
    QUERY(GLS_QUERY_HAS_SIZE, "SELECT EXISTS(SELECT 1 FROM files WHERE source_size = ?1)"
                              " OR EXISTS(SELECT 1 FROM files WHERE size = ?1)"
                              " OR EXISTS(SELECT 1 FROM elodie_hashes WHERE sha256 >= x'')"),
    QUERY(GLS_QUERY_BY_SOURCE_SHA256, SELECT_FILE "WHERE f.source_sha256 = ?1 ORDER BY f.id"),
    QUERY(GLS_QUERY_BY_STORED_XXH128, SELECT_FILE "WHERE f.stored_xxh128 = ?1 ORDER BY f.id"),
    QUERY(GLS_QUERY_BY_PATH, SELECT_FILE "WHERE f.path = ?1"),
    QUERY(GLS_QUERY_BY_DATE, SELECT_FILE "WHERE f.date_taken >= ?1 AND f.date_taken < ?2 "
                                         "ORDER BY f.date_taken, f.id"),
    QUERY(GLS_QUERY_PAGE_FIRST, SELECT_FILE "WHERE f.path >= x'' ORDER BY f.path LIMIT ?1"),
    QUERY(GLS_QUERY_PAGE_AFTER, SELECT_FILE "WHERE f.path > ?2 ORDER BY f.path LIMIT ?1"),
    QUERY(GLS_QUERY_COUNT_FILES, "SELECT count(*) FROM files"),
    QUERY(GLS_QUERY_SUM_SIZES, "SELECT ifnull(sum(size), 0) FROM files"),
    QUERY(GLS_QUERY_SAMPLE_CUT, "SELECT checked_s FROM files ORDER BY checked_s LIMIT 1 OFFSET ?1"),
    QUERY(GLS_QUERY_COUNT_OLDER, "SELECT count(*) FROM files WHERE checked_s < ?1"),

    QUERY(GLS_QUERY_INTENTS, "SELECT " INTENT_COLUMNS ", id FROM intents ORDER BY id"),
    QUERY(GLS_QUERY_RUNS, "SELECT " RUN_COLUMNS " FROM runs ORDER BY id DESC"),
    QUERY(GLS_QUERY_RUN, "SELECT " RUN_COLUMNS " FROM runs WHERE id = ?1"),
    QUERY(GLS_QUERY_ACTIONS, "SELECT run_id, action, source, target, source_sha256, stored_xxh128, "
                             "reason FROM actions WHERE run_id = ?1 ORDER BY input, id"),
    QUERY(GLS_QUERY_PLACES_NEAR,
          "SELECT latitude, longitude, city, state, country, country_code, time_zone, population "
          "FROM places WHERE latitude BETWEEN ?1 AND ?2 AND (?3 = 0 OR id < ?3)"),
    QUERY(GLS_QUERY_NEXT_PLACE_ID, "SELECT coalesce(max(id), 0) + 1 FROM places"),
    QUERY(GLS_QUERY_SETTING, "SELECT value FROM settings WHERE name = ?1"),
    QUERY(GLS_QUERY_ELODIE_HASH, "SELECT path FROM elodie_hashes WHERE sha256 = ?1"),
    QUERY(GLS_QUERY_ELODIE_PATH, "SELECT 1 FROM elodie_hashes WHERE path = ?1 LIMIT 1"),

    QUERY(GLS_QUERY_ADD_INTENT, "INSERT INTO intents (" INTENT_COLUMNS ") VALUES (?1, ?2, ?3, ?4, "
                                "?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, "
                                "?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26)"),
    QUERY(GLS_QUERY_DROP_INTENT, "DELETE FROM intents WHERE id = ?1"),
    QUERY(GLS_QUERY_DROP_INTENT_BY_TMP, "DELETE FROM intents WHERE tmp_path = ?1"),
    QUERY(GLS_QUERY_DROP_INTENT_BY_PATH,
          "DELETE FROM intents WHERE path = ?1 AND tmp_path IS NULL"),
    /* Another row under this path speaks of a file that is gone. */
    QUERY(GLS_QUERY_CLEAR_PATH, "DELETE FROM files WHERE path = ?1 AND id <> ?2"),
    QUERY(GLS_QUERY_PUT_FILE,
          "INSERT INTO files (path, size, mtime_ns, source_size, source_sha256, stored_xxh128, "
          "essence_xxh128, source_path, date_taken, unit_id, run_id, checked_s, essence_version) "
          "VALUES (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, nullif(?12, 0), ?13, ?19) "
          "ON CONFLICT (path) DO NOTHING"),
    QUERY(GLS_QUERY_UPDATE_FILE,
          "UPDATE files SET path = ?2, size = ?3, mtime_ns = ?4, source_size = ?5, "
          "source_sha256 = ?6, stored_xxh128 = ?7, essence_xxh128 = ?8, source_path = ?9, "
          "date_taken = ?10, unit_id = ?11, run_id = nullif(?12, 0), checked_s = ?13, "
          "essence_version = ?19 "
          "WHERE id = ?1"),
    /* The same where source, date and unit are what they were: their indexes stay untouched. */
    QUERY(GLS_QUERY_UPDATE_STORED,
          "UPDATE files SET path = ?2, size = ?3, mtime_ns = ?4, stored_xxh128 = ?7, "
          "essence_xxh128 = ?8, source_path = ?9, run_id = nullif(?12, 0), checked_s = ?13, "
          "essence_version = ?19 "
          "WHERE id = ?1 AND source_size = ?5 AND source_sha256 IS ?6 AND date_taken IS ?10 "
          "AND unit_id = ?11"),
    QUERY(GLS_QUERY_FILE_ID, "SELECT id FROM files WHERE path = ?1"),
    QUERY(GLS_QUERY_PUT_METADATA,
          "INSERT OR REPLACE INTO metadata (file_id, original_name, title, album, latitude, "
          "longitude, description, people, rating, favourite) "
          "VALUES (?1, ?14, ?15, ?16, ?17, ?18, ?20, ?21, ?22, ?23)"),
    /* What a duplicate says otherwise than the file that is stored. */
    QUERY(GLS_QUERY_KEEP_FURTHER,
          "INSERT OR IGNORE INTO further_values (file_id, name, value) "
          "SELECT f.id, 'title', ?15 FROM files f JOIN metadata m ON m.file_id = f.id "
          "WHERE f.path = ?2 AND m.title <> ?15 UNION ALL "
          "SELECT f.id, 'description', ?20 FROM files f JOIN metadata m ON m.file_id = f.id "
          "WHERE f.path = ?2 AND m.description <> ?20 UNION ALL "
          "SELECT f.id, 'people', ?21 FROM files f JOIN metadata m ON m.file_id = f.id "
          "WHERE f.path = ?2 AND m.people <> ?21 UNION ALL "
          "SELECT f.id, 'rating', CAST(?22 AS TEXT) FROM files f "
          "JOIN metadata m ON m.file_id = f.id "
          "WHERE f.path = ?2 AND m.rating <> 0 AND ?22 <> 0 AND m.rating <> ?22"),
    /* What the stored file does not say. */
    QUERY(GLS_QUERY_ADD_METADATA,
          "UPDATE metadata SET title = coalesce(title, ?15), "
          "description = coalesce(description, ?20), people = coalesce(people, ?21), "
          "rating = CASE rating WHEN 0 THEN ?22 ELSE rating END, "
          "favourite = max(favourite, ?23) "
          "WHERE file_id = (SELECT id FROM files WHERE path = ?2)"),
    QUERY(GLS_QUERY_JOIN_UNIT, "UPDATE files SET unit_id = ?2 WHERE path = ?1 AND unit_id = 0"),
    QUERY(GLS_QUERY_FOLLOW_UNIT,
          "UPDATE files SET unit_id = (SELECT unit_id FROM files WHERE path = ?1) "
          "WHERE unit_id = ?2 AND unit_id <> 0 AND ?2 <> (SELECT unit_id FROM files WHERE path = "
          "?1)"),
    /* The same for what has no row yet: the run may be cut off before it has. */
    QUERY(GLS_QUERY_JOIN_INTENT, "UPDATE intents SET unit_id = ?2 WHERE path = ?1 AND unit_id = 0"),
    QUERY(GLS_QUERY_FOLLOW_INTENT,
          "UPDATE intents SET unit_id = coalesce((SELECT unit_id FROM files WHERE path = ?1), "
          "(SELECT unit_id FROM intents WHERE path = ?1 LIMIT 1), unit_id) "
          "WHERE unit_id = ?2 AND ?2 <> 0"),
    QUERY(GLS_QUERY_REMOVE_FILE, "DELETE FROM files WHERE id = ?1"),
    QUERY(GLS_QUERY_SET_CHECKED,
          "UPDATE files SET checked_s = ?13, essence_xxh128 = ?8, essence_version = ?19 "
          "WHERE id = ?1 AND stored_xxh128 IS ?7"),
    QUERY(GLS_QUERY_ADD_ACTION,
          "INSERT INTO actions (run_id, action, source, target, source_sha256, stored_xxh128, "
          "reason, input) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
    QUERY(GLS_QUERY_KEEP_PLACE,
          "INSERT OR REPLACE INTO places (latitude, longitude, city, state, country, "
          "country_code, time_zone, population) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
    QUERY(GLS_QUERY_TRIM_PLACES,
          "DELETE FROM places WHERE id <= (SELECT max(id) FROM places) - ?1"),
    QUERY(GLS_QUERY_SET_SETTING, "INSERT OR REPLACE INTO settings (name, value) VALUES (?1, ?2)"),
    QUERY(GLS_QUERY_UNSET_SETTING, "DELETE FROM settings WHERE name = ?1"),
    QUERY(GLS_QUERY_PUT_ELODIE_HASH,
          "INSERT OR REPLACE INTO elodie_hashes (sha256, path) VALUES (?1, ?2)"),
    QUERY(GLS_QUERY_BEGIN_RUN, "INSERT INTO runs (command, command_line, version, started_s) "
                               "VALUES (?1, ?2, ?3, ?4) RETURNING id"),
    QUERY(GLS_QUERY_END_RUN,
          "UPDATE runs SET ended_s = ?2, scanned = ?3, imported = ?4, duplicate = ?5, "
          "skipped = ?6, failed = ?7, bytes = ?8, seconds = ?9, interrupted = ?10, "
          "places_offline = ?11, end_state = CASE WHEN ?10 <> 0 THEN 2 ELSE 1 END "
          "WHERE id = ?1"),
    /* Only the run that holds the library's lock can be at work. */
    QUERY(GLS_QUERY_CLOSE_DEAD_RUNS,
          "UPDATE runs SET end_state = 3 WHERE ended_s = 0 AND end_state = 0"),

    QUERY(GLS_QUERY_PUT_ALBUM,
          "INSERT INTO albums (name, title, description, date) VALUES (?1, ?2, ?3, ?4) "
          "ON CONFLICT (name) DO UPDATE SET title = coalesce(excluded.title, title), "
          "description = coalesce(excluded.description, description), "
          "date = coalesce(excluded.date, date)"),
    QUERY(GLS_QUERY_NAME_ALBUM,
          "INSERT INTO albums (name) VALUES (?1) ON CONFLICT (name) DO NOTHING"),
    QUERY(GLS_QUERY_ADD_MEMBER, "INSERT OR IGNORE INTO album_members (album_id, file_id) "
                                "SELECT a.id, f.id FROM albums a JOIN files f "
                                "WHERE a.name = ?1 AND f.path = ?2"),
    QUERY(GLS_QUERY_REMOVE_MEMBER, "DELETE FROM album_members "
                                   "WHERE album_id = (SELECT id FROM albums WHERE name = ?1) "
                                   "AND file_id = (SELECT id FROM files WHERE path = ?2)"),
    QUERY(GLS_QUERY_NOTE_JOINED,
          "INSERT INTO album_changes (file_id, album, joined) "
          "SELECT f.id, ?1, 1 FROM files f WHERE f.path = ?2 AND NOT EXISTS "
          "(SELECT 1 FROM album_members c JOIN albums a ON a.id = c.album_id "
          "WHERE a.name = ?1 AND c.file_id = f.id) "
          "ON CONFLICT (file_id, album) DO UPDATE SET joined = 1"),
    QUERY(GLS_QUERY_NOTE_LEFT,
          "INSERT INTO album_changes (file_id, album, joined) "
          "SELECT c.file_id, ?1, 0 FROM album_members c JOIN albums a ON a.id = c.album_id "
          "JOIN files f ON f.id = c.file_id WHERE a.name = ?1 AND f.path = ?2 "
          "ON CONFLICT (file_id, album) DO UPDATE SET joined = 0"),
    QUERY(GLS_QUERY_FORGET_ALBUM_CHANGES,
          "DELETE FROM album_changes WHERE file_id = (SELECT id FROM files WHERE path = ?1)"),
    QUERY(GLS_QUERY_ALBUM_CHANGES,
          "SELECT album, joined FROM album_changes WHERE file_id = ?1 ORDER BY album"),
    QUERY(GLS_QUERY_FILES_OF_ALBUM_CHANGES,
          SELECT_FILE "WHERE f.id IN (SELECT file_id FROM album_changes WHERE file_id > ?1) "
                      "ORDER BY f.id LIMIT ?2"),
    /* A file's own album is the one that decides its folder. */
    QUERY(GLS_QUERY_LEAVE_OWN_ALBUM,
          "DELETE FROM album_members WHERE file_id = ?1 AND album_id = "
          "(SELECT a.id FROM metadata m JOIN albums a ON a.name = m.album "
          "WHERE m.file_id = ?1 AND m.album IS NOT ?16)"),
    QUERY(GLS_QUERY_TRIM_ALBUMS,
          "DELETE FROM albums WHERE id NOT IN (SELECT album_id FROM album_members)"),
    QUERY(GLS_QUERY_ALBUMS,
          "SELECT a.name, a.title, a.description, a.date, count(*) FROM albums a "
          "JOIN album_members m ON m.album_id = a.id GROUP BY a.id ORDER BY a.name"),
    QUERY(GLS_QUERY_ALBUM_FILES,
          SELECT_FILE "JOIN album_members c ON c.file_id = f.id "
                      "WHERE c.album_id = (SELECT id FROM albums WHERE name = ?1) "
                      "ORDER BY f.path"),
    QUERY(GLS_QUERY_ALBUMS_OF_FILE,
          "SELECT a.name FROM album_members c JOIN albums a ON a.id = c.album_id "
          "WHERE c.file_id = ?1 ORDER BY c.album_id"),
    QUERY(GLS_QUERY_FURTHER_OF_FILE,
          "SELECT name, value FROM further_values WHERE file_id = ?1 ORDER BY name, value"),

    QUERY(GLS_QUERY_ADD_OUTBOX, "INSERT INTO outbox (plugin, hook, file_key, payload, file_id) "
                                "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING"),
    QUERY(GLS_QUERY_SET_OUTBOX, "UPDATE OR REPLACE outbox SET attempts = ?2, next_try_s = ?3, "
                                "last_error = ?4, state = ?5, hook = coalesce(?6, hook) "
                                "WHERE id = ?1"),
    QUERY(GLS_QUERY_REMOVE_OUTBOX, "DELETE FROM outbox WHERE id = ?1"),
    QUERY(GLS_QUERY_OUTBOX,
          "SELECT " FILE_COLUMNS ", o.id, o.plugin, o.hook, o.file_key, o.payload, o.attempts, "
          "o.next_try_s, o.last_error, o.state FROM outbox o LEFT JOIN files f ON f.id = o.file_id "
          "LEFT JOIN metadata m ON m.file_id = f.id WHERE o.id > ?1 "
          "AND (?2 IS NULL OR o.plugin = ?2) AND (?4 IS NULL OR o.hook = ?4) "
          "ORDER BY o.id LIMIT ?3"),
    QUERY(GLS_QUERY_OUTBOX_COUNT,
          "SELECT count(*), total(state <> 0) FROM outbox WHERE plugin = ?1"),
    QUERY(GLS_QUERY_OUTBOX_ERROR, "SELECT last_error FROM outbox WHERE id = (SELECT max(id) "
                                  "FROM outbox WHERE plugin = ?1 AND last_error IS NOT NULL)"),
    QUERY(GLS_QUERY_OUTBOX_PLUGINS, "SELECT DISTINCT plugin FROM outbox ORDER BY plugin"),
    QUERY(GLS_QUERY_OUTBOX_OF_PATH,
          "SELECT EXISTS(SELECT 1 FROM outbox WHERE plugin = ?1 AND file_id = "
          "(SELECT id FROM files WHERE path = ?2))"),
    QUERY(GLS_QUERY_RETRY_OUTBOX, "UPDATE outbox SET state = 0, next_try_s = 0 WHERE plugin = ?1"),
    QUERY(GLS_QUERY_DROP_OUTBOX, "DELETE FROM outbox WHERE plugin = ?1"),
    QUERY(GLS_QUERY_SUBSCRIPTIONS, "SELECT plugin, hook FROM subscriptions ORDER BY plugin"),
    QUERY(GLS_QUERY_CLEAR_SUBSCRIPTIONS, "DELETE FROM subscriptions"),
    QUERY(GLS_QUERY_SUBSCRIBE, "INSERT OR REPLACE INTO subscriptions (plugin, hook) "
                               "VALUES (?1, ?2)"),
    QUERY(GLS_QUERY_SUBSCRIBED_PATH,
          "SELECT path FROM files WHERE id = ?1 AND EXISTS(SELECT 1 FROM subscriptions)"),
    QUERY(GLS_QUERY_PUT_PLUGIN_VALUE,
          "INSERT OR REPLACE INTO plugin_values (plugin, key, value) VALUES (?1, ?2, ?3)"),
    QUERY(GLS_QUERY_REMOVE_PLUGIN_VALUE,
          "DELETE FROM plugin_values WHERE plugin = ?1 AND key = ?2"),
    QUERY(GLS_QUERY_PLUGIN_VALUE, "SELECT value FROM plugin_values WHERE plugin = ?1 AND key = ?2"),
};

const char *gls_query_sql(enum gls_query query)
{
    return queries[query];
}
