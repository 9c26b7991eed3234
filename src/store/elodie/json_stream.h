/* SPDX-License-Identifier: MIT */
/*
 * json_stream - reads a JSON object whose values are all strings, or null, which
 * comes as "" (RFC 8259), one pair at a time: memory does not grow with the file, as it would with
 * Jansson, which keeps the whole document (law 10).
 *
 * Texts come as bytes. Python writes a byte of a path that is no UTF-8 as a lone
 * surrogate U+DC80..U+DCFF (PEP 383); it becomes that byte again. Any other lone
 * surrogate, and U+0000, is an error.
 */
#ifndef GLS_STORE_ELODIE_JSON_STREAM_H
#define GLS_STORE_ELODIE_JSON_STREAM_H

#include "base/input.h"

#define GLS_JSON_STRING_MAX 65536 /* bytes; longer ones are an error */

/* Calls visit() for each pair, in order; `visit` may be NULL, to check only.
 * Stops with false when visit() returns false (it fills *error). Anything but one
 * complete object with nothing behind it is GLS_ERROR_FORMAT. */
bool gls_json_each_string(struct gls_input *input,
                          bool (*visit)(void *user, const char *key, const char *value,
                                        struct gls_error *error),
                          void *user, struct gls_error *error);

#endif
