/* SPDX-License-Identifier: MIT */
/*
 * views_run - the parts of a run of views: view_plan.c says what links there are to be,
 * view_tree.c makes the folder agree.
 *
 * The folder's list .glassine-views names every link with its target, and every folder,
 * that was made there. Before anything is changed a list of what is there and what will be
 * takes its place, so that a run that is cut off leaves nothing that no list names. A link
 * is removed only if it leads where the list says: one that somebody replaced stays.
 */
#ifndef GLS_ENGINE_VIEWS_VIEWS_RUN_H
#define GLS_ENGINE_VIEWS_VIEWS_RUN_H

#include "plan/config/config.h"
#include "plan/places/geocode.h"
#include "store/claims/link_set.h"
#include "store/library/library_db.h"

#define GLS_VIEWS_LIST ".glassine-views"

struct gls_views_run {
    const struct gls_config *config;
    const struct gls_views_options *options;
    const struct gls_views_callbacks *callbacks;
    const struct gls_cancel *cancel;
    struct gls_views_summary summary;
    struct gls_library *library;
    struct gls_reader *reader;
    struct gls_geocoder *geocoder; /* by place only, as the next */
    struct gls_place_store *places;
    struct gls_link_set *links;
    char *root; /* of the library; absolute and without links, as the next */
    char *out;
    int out_fd;
};

bool gls_views_check_cancel(const struct gls_views_run *run, struct gls_error *error);

/* Opens the folder of the links, makes it if it is missing, keeps other runs out of it,
 * and reads its list into run->links. */
bool gls_view_tree_open(struct gls_views_run *run, struct gls_error *error);
/* Is there something at the path, whoever made it? */
bool gls_view_tree_has(const struct gls_views_run *run, const char *path);
/* Removes what is stale and makes what is planned. */
bool gls_view_tree_apply(struct gls_views_run *run, struct gls_error *error);

/* Plans the links of the library. */
bool gls_view_plan(struct gls_views_run *run, struct gls_error *error);

#endif
