/* SPDX-License-Identifier: MIT */
/*
 * name_allocator - the one place that gives the files of a unit their names: the
 * unit's stem, with the first number (none, -1, -2, ...) under which every file of the
 * unit fits.
 *
 * A name is reserved for its unit as a whole: a picture does not get a name beside
 * which another unit's sidecar stands, and a sidecar that belongs to a stem (a.xmp)
 * does not get a stem that another unit's picture has. Else the one would be read as
 * belonging to the other.
 *
 * Numbers that a run gave out or found taken stay taken to its end, so the count never
 * has to start again: a thousand files of one name cost a thousand looks, not a
 * million. Used by the sequencer alone. What stands under a name, the caller knows.
 */
#ifndef GLS_ENGINE_FILING_NAME_ALLOCATOR_H
#define GLS_ENGINE_FILING_NAME_ALLOCATOR_H

#include "engine/filing/unit.h"

struct gls_name_lookup {
    void *user;
    /* What stands under the name that `member` would get (its stored.path)? */
    bool (*look)(void *user, struct gls_member *member, enum gls_name_state *out,
                 struct gls_error *error);
    /* Is there, or will there be, any file of that name? */
    bool (*exists)(void *user, const char *relative);
    /* May there be one whose name begins with the first `size` bytes of `path` and a dot?
     * False: exists() need not be asked for any. NULL: perhaps, always. */
    bool (*may_have_stem)(void *user, const char *path, size_t size);
};

struct gls_name_allocator;
struct gls_name_allocator *gls_name_allocator_new(void); /* NULL: no memory */
void gls_name_allocator_free(struct gls_name_allocator *allocator);

/* Sets stored.path and stored.name_state of each member that is neither done nor has
 * joined a stored file. Names that the unit has already (`previous.path`) are free to
 * it. GLS_ERROR_EXISTS: a million numbers are taken. */
bool gls_name_allocator_choose(struct gls_name_allocator *allocator, struct gls_unit *unit,
                               const struct gls_name_lookup *lookup, struct gls_error *error);

#endif
