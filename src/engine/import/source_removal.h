/* SPDX-License-Identifier: MIT */
/*
 * source_removal - the only code that removes sources (law 2), and what it asks before.
 *
 * A copy whose source is to be removed is read back from the device when it is
 * published and flushed, before a row claims it. When the rows are committed, the
 * sources of a unit go to the trash or are removed: all that fit, or none.
 */
#ifndef GLS_ENGINE_IMPORT_SOURCE_REMOVAL_H
#define GLS_ENGINE_IMPORT_SOURCE_REMOVAL_H

#include "engine/filing/session.h"

/* Reads the published copies of a unit back. False: that of members[*failed] reads
 * otherwise than it was written, or not at all, and its source is still there. */
bool gls_source_removal_read_back(struct gls_session *run, struct gls_unit *unit, size_t *failed,
                                  struct gls_error *error);

/* Sets disposition and disposition_reason of every member that has a source. A
 * duplicate of a file that turns out to be damaged becomes a failure. */
void gls_source_removal(struct gls_session *run, struct gls_unit *unit);

#endif
