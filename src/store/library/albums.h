/* SPDX-License-Identifier: MIT */
/*
 * albums - the albums of a library and their members.
 *
 * A file is in any number of albums. The one that its own metadata names
 * (gls_stored_file.album) may decide its folder, and is among them.
 */
#ifndef GLS_STORE_LIBRARY_ALBUMS_H
#define GLS_STORE_LIBRARY_ALBUMS_H

#include "store/library/library_db.h"

/* Every album that has members, by name. Inside the callbacks the reader may be used
 * for anything but closing it; false from them ends the listing. */
bool gls_reader_each_album(struct gls_reader *reader,
                           bool (*visit)(void *user, const struct gls_album *album), void *user,
                           struct gls_error *error);
/* The members of an album, in path order. */
bool gls_reader_each_album_file(struct gls_reader *reader, const char *album,
                                bool (*visit)(void *user, const struct gls_stored_file *file),
                                void *user, struct gls_error *error);
/* The names of the albums of a file, in the order in which the albums were made. */
bool gls_reader_each_album_of_file(struct gls_reader *reader, int64_t file_id,
                                   bool (*visit)(void *user, const char *album), void *user,
                                   struct gls_error *error);

/* What duplicates of the file said otherwise than it: "title", "description", "people" or
 * "rating". */
bool gls_reader_each_further_of_file(struct gls_reader *reader, int64_t file_id,
                                     bool (*visit)(void *user, const char *name, const char *value),
                                     void *user, struct gls_error *error);

/* Files that joined or left albums since their keywords were last written, with an id above
 * `after_id`, in the order of ids, at most `limit`. */
bool gls_reader_files_of_album_changes(struct gls_reader *reader, int64_t after_id, int limit,
                                       const struct gls_file_visitor *visitor,
                                       struct gls_error *error);
/* What such a file joined and left. */
bool gls_reader_album_changes(struct gls_reader *reader, int64_t file_id,
                              bool (*visit)(void *user, const char *album, bool joined), void *user,
                              struct gls_error *error);

#endif
