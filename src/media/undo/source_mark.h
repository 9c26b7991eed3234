/* SPDX-License-Identifier: MIT */
/*
 * source_mark - plans an edit that also leaves word, in the XMP that it writes, of
 * the bytes the file had when it came: see undo_record.h.
 */
#ifndef GLS_MEDIA_UNDO_SOURCE_MARK_H
#define GLS_MEDIA_UNDO_SOURCE_MARK_H

#include "base/strbuf.h"
#include "media/core/format.h"

/* Appends to `out` the record that `tags->mark` asks for, where `patch` (sealed)
 * is the edit without it. Nothing is appended where no record can be made: no XMP
 * among what the patch writes, or too much that it removes. */
bool gls_source_mark_make(struct gls_strbuf *out, struct gls_input *input,
                          const struct gls_patch *patch, const struct gls_tags *tags,
                          struct gls_error *error);
/* Do both sealed patches touch the same places in the same way, but for the size
 * of the XMP? Only then the record made for the one is true of the other. */
bool gls_source_mark_fits(const struct gls_patch *without, const struct gls_patch *with);

#endif
