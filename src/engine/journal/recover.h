/* SPDX-License-Identifier: MIT */
/*
 * recover - finishing what a run that died had begun (law 7). Called with the
 * library locked, before anything else is done to it. README.md has the table of
 * what is done about each intent at each instant.
 */
#ifndef GLS_ENGINE_JOURNAL_RECOVER_H
#define GLS_ENGINE_JOURNAL_RECOVER_H

#include "store/write/db_writer.h"

struct gls_recover_request {
    struct gls_library *library;
    struct gls_db_writer *writer;
    int64_t run_id;                  /* the run that the log names for what is completed */
    const struct gls_cancel *cancel; /* NULL: nobody cancels */
};

struct gls_recovered {
    uint64_t completed;   /* files that were finished */
    uint64_t unread;      /* files that could not be looked at: theirs stays for the next run */
    struct gls_error why; /* of the first of these */
};

/* Completes or rolls back every open intent and removes copies that no intent names.
 * Nothing outside the library is touched. GLS_ERROR_LIBRARY: an intent names a path that leads out
 * of the library; GLS_ERROR_CANCELLED: the rest is for the next run. */
bool gls_recover(struct gls_recovered *out, const struct gls_recover_request *request,
                 struct gls_error *error);

#endif
