/* SPDX-License-Identifier: MIT */
/*
 * filing - from finished copies to files of the library, a batch at a time:
 * flush, note the intents, rename, flush, commit. After a crash the intents
 * tell the next run what to finish (recover.h).
 */
#ifndef GLS_ENGINE_FILING_H
#define GLS_ENGINE_FILING_H

#include "engine/import_run.h"

/* The file_units function of an import. Files every open member of the units. On return each member
 * is settled; false only when the database failed (GLS_ERROR_LIBRARY or GLS_ERROR_NO_SPACE): then
 * members that are published already will be completed by the next run. */
bool gls_file_units(void *import_run, struct gls_unit **units, size_t count,
                    struct gls_error *error);

#endif
