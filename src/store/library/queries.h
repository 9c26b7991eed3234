/* SPDX-License-Identifier: MIT */
/*
 * queries - every SQL statement that runs more than once, by name.
 *
 * They stand in one table so that a connection can keep each one prepared, and
 * so that a test can ask SQLite for the plan of each: none may read a whole
 * table but those that gls_query_lists_all() names.
 */
#ifndef GLS_STORE_LIBRARY_QUERIES_H
#define GLS_STORE_LIBRARY_QUERIES_H

#include <stdbool.h>

enum gls_query {
    /* reading files */
    GLS_QUERY_HAS_SIZE,
    GLS_QUERY_BY_SOURCE_SHA256,
    GLS_QUERY_BY_STORED_XXH128,
    GLS_QUERY_BY_PATH,
    GLS_QUERY_BY_UNIT,
    GLS_QUERY_PAGE_FIRST,
    GLS_QUERY_PAGE_AFTER,
    GLS_QUERY_COUNT_FILES,
    GLS_QUERY_SUM_SIZES,
    GLS_QUERY_SAMPLE_CUT,
    GLS_QUERY_COUNT_OLDER,
    /* reading the rest */
    GLS_QUERY_INTENTS,
    GLS_QUERY_RUNS,
    GLS_QUERY_RUN,
    GLS_QUERY_ACTIONS,
    GLS_QUERY_PLACES_NEAR,
    GLS_QUERY_NEXT_PLACE_ID,
    GLS_QUERY_SETTING,
    GLS_QUERY_ELODIE_HASH,
    GLS_QUERY_ALBUMS,
    GLS_QUERY_ALBUM_FILES,
    GLS_QUERY_ALBUMS_OF_FILE,
    GLS_QUERY_OUTBOX,
    GLS_QUERY_PLUGIN_VALUE,
    GLS_QUERY_PLUGIN_VALUES,
    /* writing */
    GLS_QUERY_ADD_INTENT,
    GLS_QUERY_DROP_INTENT,
    GLS_QUERY_DROP_INTENT_BY_TMP,
    GLS_QUERY_DROP_INTENT_BY_PATH,
    GLS_QUERY_CLEAR_PATH,
    GLS_QUERY_PUT_FILE,
    GLS_QUERY_UPDATE_FILE,
    GLS_QUERY_PUT_METADATA,
    GLS_QUERY_REMOVE_FILE,
    GLS_QUERY_SET_CHECKED,
    GLS_QUERY_ADD_ACTION,
    GLS_QUERY_KEEP_PLACE,
    GLS_QUERY_TRIM_PLACES,
    GLS_QUERY_SET_SETTING,
    GLS_QUERY_UNSET_SETTING,
    GLS_QUERY_PUT_ELODIE_HASH,
    GLS_QUERY_BEGIN_RUN,
    GLS_QUERY_END_RUN,
    GLS_QUERY_CLOSE_DEAD_RUNS,
    GLS_QUERY_PUT_ALBUM,
    GLS_QUERY_ADD_MEMBER,
    GLS_QUERY_REMOVE_MEMBER,
    GLS_QUERY_LEAVE_OWN_ALBUM,
    GLS_QUERY_TRIM_ALBUMS,
    GLS_QUERY_ADD_OUTBOX,
    GLS_QUERY_SET_OUTBOX,
    GLS_QUERY_REMOVE_OUTBOX,
    GLS_QUERY_PUT_PLUGIN_VALUE,
    GLS_QUERY_REMOVE_PLUGIN_VALUE,
    GLS_QUERY_COUNT
};

/* Static text. */
const char *gls_query_sql(enum gls_query query);
/* Is it meant to go over a whole table or index? */
bool gls_query_lists_all(enum gls_query query);

#endif
