/* SPDX-License-Identifier: MIT */
/* Bytes that nobody can guess, for names and secrets. */
#ifndef GLS_BASE_RANDOM_H
#define GLS_BASE_RANDOM_H

#include <stdbool.h>
#include <stddef.h>

#include "glassine.h"

/* Fills `out` from the kernel: getrandom(2), or /dev/urandom where it is older than that.
 * At most 256 bytes, which come in one call. GLS_ERROR_IO etc. where neither is there. */
bool gls_random_bytes(void *out, size_t size_bytes, struct gls_error *error);

#endif
