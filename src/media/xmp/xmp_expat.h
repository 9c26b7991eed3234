/* SPDX-License-Identifier: MIT */
/* xmp_expat - expat that tells want of memory from XML that is broken: without memory for a name it
 * speaks of prefixes that are not bound. */
#ifndef GLS_MEDIA_XMP_XMP_EXPAT_H
#define GLS_MEDIA_XMP_XMP_EXPAT_H

#include <expat.h>
#include <stdbool.h>

/* A parser that puts a blank between namespace and name. NULL: no memory. One at a time in a
 * thread, which uses it and frees it. */
XML_Parser gls_expat_new(void);
/* NULL: does nothing. */
void gls_expat_free(XML_Parser parser);
/* Was memory refused since this thread's last gls_expat_new()? */
bool gls_expat_is_starved(void);

#endif
