/* SPDX-License-Identifier: MIT */
/* shot_json - what a Takeout's JSON says of a picture counts for the movie of its Live Photo
 * and its edited version as well, which have none of their own. Import and generate-db know
 * that from the folder (scan/takeout_match.c); this is for a file that is looked at alone. */
#ifndef GLS_ENGINE_SHOT_JSON_H
#define GLS_ENGINE_SHOT_JSON_H

#include "plan/config/config.h"

/* Applies to `media`, unless a JSON was applied already, the JSON of the still that the file at
 * `path` belongs to by its name, if nothing that the two state contradicts it. False: a file
 * cannot be looked at or read. */
bool gls_apply_json_of_shot(struct gls_media *media, const struct gls_config *config,
                            const char *path, struct gls_error *error);

#endif
