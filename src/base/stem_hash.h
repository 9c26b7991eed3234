/* SPDX-License-Identifier: MIT */
/*
 * stem_hash - finds names that begin with a stem and a dot, without comparing them: the
 * hash of a name's first bytes is taken at each of its dots. Two stems may share a hash,
 * and letters of ASCII are the same in either case, as file systems may have it; so a
 * hash that is there says "perhaps", and one that is not says "no".
 */
#ifndef GLS_BASE_STEM_HASH_H
#define GLS_BASE_STEM_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ascii.h"

#define GLS_STEM_HASH_INIT UINT64_C(0xcbf29ce484222325)

/* FNV-1a, one byte on. */
static inline uint64_t gls_stem_hash_add(uint64_t hash, char c)
{
    return (hash ^ (unsigned char)gls_ascii_lower(c)) * UINT64_C(0x100000001b3);
}

/* Of `size` bytes. False: a byte is not ASCII, and which of such names a file system
 * takes for one, it alone knows. */
static inline bool gls_stem_hash_of(uint64_t *out, const char *stem, size_t size)
{
    bool is_ascii = true;

    *out = GLS_STEM_HASH_INIT;
    for (size_t i = 0; i < size; i++) {
        *out = gls_stem_hash_add(*out, stem[i]);
        is_ascii = is_ascii && (unsigned char)stem[i] < 0x80;
    }
    return is_ascii;
}

#endif
