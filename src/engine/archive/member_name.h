/* SPDX-License-Identifier: MIT */
/*
 * member_name - the name of an archive's member, which is data of somebody else: bytes
 * to a path below the archive's top, or the reason why it is none.
 */
#ifndef GLS_ENGINE_ARCHIVE_MEMBER_NAME_H
#define GLS_ENGINE_ARCHIVE_MEMBER_NAME_H

#include "base/strbuf.h"

/* Folders that may lie in each other; nobody keeps photos deeper. */
enum { GLS_MEMBER_DEPTH_MAX = 250 };

/* Puts the path without ".", empty parts and slashes at its ends into *out; "" is the
 * top itself. Returns NULL, or static text that says why the name cannot be used: then
 * *out is empty. */
const char *gls_member_name_clean(struct gls_strbuf *out, const char *bytes, size_t size);

/* Appends bytes of a ZIP whose encoding nobody states: UTF-8 where they are that, else IBM
 * code page 437 (APPNOTE 6.3.10, appendix D). */
void gls_member_name_add_unstated(struct gls_strbuf *out, const char *bytes, size_t size);

#endif
