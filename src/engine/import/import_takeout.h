/* SPDX-License-Identifier: MIT */
/*
 * import_takeout - what is said of a file elsewhere than in it: by the JSONs of a Takeout and by
 * the tables of an export from iCloud, in folders and in archives.
 *
 * Used by the scanner's thread.
 */
#ifndef GLS_ENGINE_IMPORT_IMPORT_TAKEOUT_H
#define GLS_ENGINE_IMPORT_IMPORT_TAKEOUT_H

#include "engine/filing/session.h"
#include "engine/import/import_archive.h"
#include "engine/scan/scan.h"

/* Where the paths lie that the scanner hands over. */
struct gls_import_found {
    struct gls_session *run;
    struct gls_import_archives *archives;
    bool in_archives; /* else they are files */
};

bool gls_import_open_found(const struct gls_import_found *found, struct gls_input **out,
                           const char *path, struct gls_error *error);
/* Takes what is said of the file into its member, and its first album into the unit. What cannot be
 * read sets the outcome of the member. False: no memory. */
bool gls_import_add_details(const struct gls_import_found *found, struct gls_unit *unit,
                            struct gls_member *member, const struct gls_scan_file *file);
/* As gls_scan_options.title and .is_trash. What a JSON says of an album goes to the database. */
bool gls_import_read_title(const struct gls_import_found *found, const char *path,
                           struct gls_strbuf *out, bool *is_album, struct gls_error *error);
bool gls_import_is_trash(const struct gls_import_found *found, const char *folder);

#endif
