/* SPDX-License-Identifier: MIT */
/* same_shot - do two files contradict that they are of one shot? */
#ifndef GLS_ENGINE_SCAN_SAME_SHOT_H
#define GLS_ENGINE_SCAN_SAME_SHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/input.h"

/* What a file states of when it was taken, and its identifiers of a Live Photo and of a burst. */
struct gls_shot_facts {
    bool has_local; /* local_s is known */
    bool has_utc;   /* utc_s is known */
    bool is_movie;
    bool is_apple;       /* by its maker */
    int64_t local_s;     /* the wall clock's time as seconds, no matter of which zone */
    int64_t utc_s;       /* seconds since 1970, UTC */
    char content_id[64]; /* "": none */
    char burst_id[64];   /* "": none */
};

/* What the file at `path`, which `input` reads, states itself, or with `has_beside` its sidecar;
 * a date of change, or one that only counts the unreadable as the first, says nothing of the
 * shot. A file that is malformed states nothing. False: it cannot be read. */
bool gls_shot_facts_read(struct gls_shot_facts *out, struct gls_input *input, const char *path,
                         bool has_beside, struct gls_error *error);

/* Different identifiers contradict; equal ones make it certain. Else a day alone (midnight)
 * contradicts another day; times that lie more than `same_shot_s` seconds apart contradict: by the
 * wall clock or in UTC; if one states UTC alone and the other the wall clock alone, whole quarter
 * hours from -12 to +14 h are zones and do not count. The movie of a Live Photo may begin some
 * seconds before its still. What is missing contradicts nothing. */
bool gls_shots_contradict(const struct gls_shot_facts *a, const struct gls_shot_facts *b,
                          unsigned same_shot_s);

/* Do both state a time of day, of one kind, that says that they are of one shot? */
bool gls_shots_agree(const struct gls_shot_facts *a, const struct gls_shot_facts *b,
                     unsigned same_shot_s);

#endif
