/* SPDX-License-Identifier: MIT */
/*
 * link_set - the folders and links that were made in a folder, and those that are planned
 * for it, of any number: memory stays flat. A folder is a path with the target "". One
 * thread at a time.
 */
#ifndef GLS_STORE_CLAIMS_LINK_SET_H
#define GLS_STORE_CLAIMS_LINK_SET_H

#include "base/error.h"

struct gls_link_set;
bool gls_link_set_open(struct gls_link_set **out, struct gls_error *error);
void gls_link_set_close(struct gls_link_set *set);

/* What was made by an earlier run. */
bool gls_link_set_add_made(struct gls_link_set *set, const char *path, const char *target,
                           struct gls_error *error);
bool gls_link_set_is_made(struct gls_link_set *set, bool *out, const char *path, const char *target,
                          struct gls_error *error);

/* The path of a link that was made and leads there, NULL: none. The caller frees it. */
bool gls_link_set_find_made(struct gls_link_set *set, char **out, const char *target,
                            struct gls_error *error);

/* Plans a path that is not planned yet; *added tells. `target` NULL: a folder of somebody
 * else, which is used and is in none of the lists below. */
bool gls_link_set_plan(struct gls_link_set *set, bool *added, const char *path, const char *target,
                       struct gls_error *error);
/* The next number, from 1, for a name that wants to be this path, which is planned. */
bool gls_link_set_number(struct gls_link_set *set, unsigned *out, const char *path,
                         struct gls_error *error);

enum gls_link_list {
    GLS_LINKS_STALE,   /* made and no longer planned; what is in a folder before it */
    GLS_LINKS_PLANNED, /* a folder before what is in it */
    GLS_LINKS_ALL      /* made or planned */
};
/* Until the callback returns false, which has filled *error. It may use the set for
 * anything but another list of the same kind. */
bool gls_link_set_each(struct gls_link_set *set, enum gls_link_list list,
                       bool (*visit)(void *user, const char *path, const char *target,
                                     struct gls_error *error),
                       void *user, struct gls_error *error);

#endif
