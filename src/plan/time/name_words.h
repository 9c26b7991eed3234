/* SPDX-License-Identifier: MIT */
/* name_words - what stands in letters in a date of a file's name. All take the text from where
 * the word may stand, and return how many bytes of it the word takes; 0: it is not there. */
#ifndef GLS_PLAN_TIME_NAME_WORDS_H
#define GLS_PLAN_TIME_NAME_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* The word that a letter of a shape stands for; NULL: none. */
const char *gls_name_word(char letter);
/* The name of a month, in English alone where that is asked for; *month is set. */
size_t gls_name_month(int64_t *month, const char *text, bool is_english);
/* What stands between a date and its time. */
size_t gls_name_gap(const char *text);
/* What stands between the day, the name of the month and the year: "3. May", "1er mai", "3 de
 * mayo". */
size_t gls_name_joint(const char *text);

#endif
