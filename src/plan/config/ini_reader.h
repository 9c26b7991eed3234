/* SPDX-License-Identifier: MIT */
/*
 * ini_reader - INI text to entries, with the rules of Python's RawConfigParser,
 * because Elodie's users wrote their files for it.
 */
#ifndef GLS_PLAN_CONFIG_INI_READER_H
#define GLS_PLAN_CONFIG_INI_READER_H

#include "base/error.h"

struct gls_ini_entry {
    const char *section;
    const char *key;   /* lower case; NULL: the section begins */
    const char *value; /* continuation lines are joined with '\n' */
    unsigned line;     /* of the key, from 1 */
};

/* Receives an entry; false with *error filled ends the reading. */
typedef bool gls_ini_receiver(void *user, const struct gls_ini_entry *entry,
                              struct gls_error *error);

struct gls_ini_text {
    const char *path; /* for messages */
    const char *text; /* valid for the call */
    size_t size;      /* in bytes */
};

/* Hands every entry of the text on in its order. GLS_ERROR_CONFIG names the path and the
 * line. Comments are whole lines
 * that begin with '#' or ';'; these characters inside a value belong to it. */
bool gls_ini_read(const struct gls_ini_text *ini, gls_ini_receiver *receive, void *user,
                  struct gls_error *error);

#endif
