/* SPDX-License-Identifier: MIT */
/*
 * let_go - the only code that takes sources away (law 2). It is asked after the
 * unit is published, flushed and committed; it reads the stored files back from
 * the device, compares, and only then moves the sources to the trash or removes
 * them. Whatever does not fit leaves every source of the unit where it is.
 */
#ifndef GLS_ENGINE_IMPORT_SOURCE_REMOVAL_H
#define GLS_ENGINE_IMPORT_SOURCE_REMOVAL_H

#include "engine/filing/session.h"

/* Sets fate and fate_reason of every member that has a source. */
void gls_source_removal(struct gls_session *run, struct gls_copy_buffers *buffers,
                        struct gls_unit *unit);

#endif
