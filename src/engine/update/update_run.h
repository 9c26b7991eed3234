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
 *   album_tags.c     what joined or left an album, as keywords in the files
 *   update_commit.c  filing of a batch: swap and commit
 */
#ifndef GLS_ENGINE_UPDATE_UPDATE_RUN_H
#define GLS_ENGINE_UPDATE_UPDATE_RUN_H

#include "engine/filing/session.h"
#include "engine/operation/call.h"
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
    bool writes_albums; /* nothing but the keywords of albums: album_tags.h */
    char *root;         /* NULL: --in-place */
    char beside_prefix[GLS_COPY_PREFIX_SIZE];
};

/* Writes into a unit's media what the database says that they joined and left. */
bool gls_update_albums(struct gls_update_run *update, struct gls_session_worker *worker,
                       struct gls_unit *unit, struct gls_error *error);
/* After an update of the kind `writes_albums`: what was tried is not tried again. */
bool gls_update_forget_albums(struct gls_update_run *update, struct gls_error *error);
/* The file goes on naming the bytes that it came with. */
void gls_update_mark_source(struct gls_tags *tags, const struct gls_member *member);
/* What is asked for must end up somewhere, else the file is not updated. */
bool gls_update_is_written(const struct gls_member *member, struct gls_error *error);
/* gls_engine_update() of engine/update/update.h, or its part `writes_albums`. */
bool gls_update_run_all(struct gls_summary *summary, const struct gls_engine_call *call,
                        const struct gls_update_options *options, bool writes_albums,
                        struct gls_error *error);

bool gls_update_produce(void *user, struct gls_pipeline *pipeline, struct gls_error *error);
void gls_update_work(void *user, unsigned worker, void *item);
enum gls_sequence_result gls_update_resolve_names(void *user, void *item);

/* The file_units function of an update. Its batches do not overlap: an old version
 * goes only when the new one is flushed, so `copied` is done on return. */
bool gls_update_file_units(void *update_run, const struct gls_unit_list *filed,
                           const struct gls_unit_list *copied, struct gls_error *error);

#endif
