/* SPDX-License-Identifier: MIT */
/* recover_intent - one open intent is completed or rolled back (inside of recover). */
#ifndef GLS_ENGINE_JOURNAL_RECOVER_INTENT_H
#define GLS_ENGINE_JOURNAL_RECOVER_INTENT_H

#include "engine/disk/copy.h"
#include "store/write/db_writer.h"

struct gls_recovery {
    struct gls_library *library;
    struct gls_reader *reader;
    struct gls_copy_buffers *buffers;
    struct gls_db_batch *batch; /* what the database is to learn of it */
    int64_t run_id;
    uint64_t completed;
    bool has_removals;    /* planned, to be done when the rows are committed */
    bool is_unsure;       /* a file of the intent in work could not be looked at */
    uint64_t unread;      /* intents that stay for that */
    struct gls_error why; /* of the first */
};

/* GLS_ERROR_LIBRARY: a path of the intent leads out of the library. Asked of all intents
 * before any is acted upon. */
bool gls_recover_check(const struct gls_recovery *recovery, const struct gls_intent *intent,
                       struct gls_error *error);
bool gls_recover_intent(struct gls_recovery *recovery, const struct gls_intent *intent,
                        struct gls_error *error);

#endif
