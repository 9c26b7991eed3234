/* SPDX-License-Identifier: MIT */
/*
 * elodie_import - takes in, once per library, what Elodie kept in its folder:
 * hash.json (hashes of files that were imported) and location.json (names of
 * places). The files are only read.
 */
#ifndef GLS_STORE_ELODIE_ELODIE_IMPORT_H
#define GLS_STORE_ELODIE_ELODIE_IMPORT_H

#include "store/write/db_writer.h"

struct gls_elodie_counts {
    uint64_t hashes;
    uint64_t places;
};

/* `folder` is Elodie's, e.g. ~/.elodie. Counts of 0: it was done before (setting
 * "elodie.imported"), or there is nothing. All or nothing: a file that is cut
 * short or malformed is GLS_ERROR_FORMAT and nothing is taken in; the caller
 * reports the message and goes on, and the next run tries again. */
bool gls_elodie_import(struct gls_elodie_counts *out, struct gls_reader *reader,
                       struct gls_db_writer *writer, const char *folder, struct gls_error *error);

#endif
