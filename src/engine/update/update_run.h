/* SPDX-License-Identifier: MIT */
/*
 * update_run - what the stages of one update share. An update is an import
 * whose sources are the library's own files: units are read, planned and copied
 * by the same code; what differs is where they come from, how they are named
 * and how the new version takes the old one's place.
 *
 *   update.c          opens everything, runs the pipeline, sums up
 *   update_request.c  the options, checked and resolved once
 *   update_scan.c     produce: the named files with their companions
 *   leftovers.c       copies that a run without a library left beside its files
 *   update_work.c     work: the new values, the new bytes
 *   update_names.c   sequence: new names, in input order
 *   update_commit.c  filing of a batch: swap and commit
 */
#ifndef GLS_ENGINE_UPDATE_UPDATE_RUN_H
#define GLS_ENGINE_UPDATE_UPDATE_RUN_H

#include "engine/filing/session.h"
#include "engine/update/leftovers.h"

/* What is asked of every file. */
struct gls_update_request {
    const char *album; /* NULL: leave */
    const char *title;
    bool clear_album;
    bool clear_title;
    bool clear_position;
    bool set_position;
    double latitude;
    double longitude;
    bool set_time;
    struct gls_datetime time; /* offset only if it was given */
    bool shifts;
    int64_t shift_s;
};

/* Parses and checks the options. GLS_ERROR_ARGUMENT says which one is wrong. A
 * place name is looked up through `geocoder`. */
bool gls_update_request_make(struct gls_update_request *out, struct gls_geocoder *geocoder,
                             const struct gls_update_options *options, struct gls_error *error);
/* "+1h30m", "-2d", "90s": w d h m s, in any order, each at most once. */
bool gls_shift_parse(int64_t *out_s, const char *text);

struct gls_update_run {
    struct gls_session base; /* first, so that the stages both share take either */
    const struct gls_update_options *options;
    struct gls_update_request request;
    char *root; /* NULL: --in-place */
    char beside_prefix[GLS_COPY_PREFIX_SIZE];
};

bool gls_update_produce(void *user, struct gls_pipeline *pipeline, struct gls_error *error);
void gls_update_work(void *user, unsigned worker, void *item);
enum gls_sequence_result gls_update_resolve_names(void *user, void *item);

/* The file_units function of an update. Its batches do not overlap: an old version
 * goes only when the new one is flushed, so `copied` is done on return. */
bool gls_update_file_units(void *update_run, const struct gls_unit_list *filed,
                           const struct gls_unit_list *copied, struct gls_error *error);

#endif
