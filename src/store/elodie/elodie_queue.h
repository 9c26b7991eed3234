/* SPDX-License-Identifier: MIT */
/*
 * elodie_queue - takes in, once per library, what a plugin of Elodie's had still to do:
 * plugins/NAME.json in its folder, an object whose names are paths. The file is only read.
 */
#ifndef GLS_STORE_ELODIE_ELODIE_QUEUE_H
#define GLS_STORE_ELODIE_ELODIE_QUEUE_H

#include "store/write/db_writer.h"

/* All stay the caller's. */
struct gls_elodie_queue {
    struct gls_library *library;
    struct gls_db_writer *writer;
    const char *folder; /* Elodie's, e.g. ~/.elodie */
    const char *plugin; /* glassine's name of it; in lower case Elodie's file has it */
    const char *hook;   /* what the files are queued for */
};

struct gls_elodie_queue_counts {
    uint64_t queued;  /* now in the outbox */
    uint64_t unknown; /* they lie in the library, and it has no row of them yet */
    uint64_t gone;    /* they would lie in the library, and are not there */
};

/* What is unknown is remembered, and looked for again by the next call; all else is done
 * with (setting "elodie.queue.NAME"). Files outside of the library are left out. A file
 * that is malformed is GLS_ERROR_FORMAT, nothing is taken in, and the next call tries again. */
bool gls_elodie_queue_import(struct gls_elodie_queue_counts *out,
                             const struct gls_elodie_queue *queue, struct gls_error *error);

#endif
