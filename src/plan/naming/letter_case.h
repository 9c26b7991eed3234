/* SPDX-License-Identifier: MIT */
/* letter_case - Unicode's full mapping of letters, in no language: the locale has
 * no say, and a machine in Turkey names a file like any other. */
#ifndef GLS_PLAN_NAMING_LETTER_CASE_H
#define GLS_PLAN_NAMING_LETTER_CASE_H

#include "base/strbuf.h"

/* Adds `text` in lower or upper case. Some letters become more than one (upper
 * case of U+00DF is "SS"), and a Greek sigma at the end of a word is a final one.
 * Bytes that are not UTF-8 are added as they are. */
void gls_letters_add(struct gls_strbuf *out, const char *text, size_t size, bool upper);

#endif
