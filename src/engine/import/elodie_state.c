/* SPDX-License-Identifier: MIT */
#include "engine/import/elodie_state.h"

#include <stdio.h>

#include "store/elodie/elodie_import.h"

bool gls_take_elodie_state(struct gls_session *run, struct gls_error *error)
{
    const char *folder = run->op.config->elodie_folder;
    struct gls_elodie_counts counts = {0};
    struct gls_error cause = GLS_ERROR_INIT;
    struct gls_reader *reader = NULL;
    char text[1200] = "";

    if (folder == NULL)
        return true;
    if (!gls_reader_open(&reader, run->op.library, error))
        return false;
    bool taken = gls_elodie_import(&counts, reader, run->op.writer, folder, &cause);
    gls_reader_close(reader);
    if (!taken && cause.status == GLS_ERROR_LIBRARY) {
        *error = cause;
        return false;
    }
    if (!taken)
        snprintf(text, sizeof text, "%s", cause.message);
    else if (counts.hashes + counts.places > 0)
        snprintf(text, sizeof text, "took in %llu hashes and %llu places from Elodie",
                 (unsigned long long)counts.hashes, (unsigned long long)counts.places);
    if (text[0] != '\0')
        gls_operation_emit(&run->op, text);
    return true;
}
