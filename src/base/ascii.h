/* SPDX-License-Identifier: MIT */
/*
 * ascii - letters and digits of ASCII, and letters without regard to case. isalpha(),
 * strcasecmp() and the like ask the locale of the process, and in Turkish "HEIC" and
 * "heic" are two words.
 */
#ifndef GLS_BASE_ASCII_H
#define GLS_BASE_ASCII_H

#include <stdbool.h>
#include <stddef.h>

static inline char gls_ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static inline char gls_ascii_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static inline bool gls_ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool gls_ascii_is_letter(char c)
{
    return gls_ascii_lower(c) >= 'a' && gls_ascii_lower(c) <= 'z';
}

/* Of a hexadecimal digit in either case; -1: it is none. */
static inline int gls_hex_value(char c)
{
    unsigned digit = (unsigned char)c - (unsigned)'0';
    unsigned letter = ((unsigned char)c | 0x20U) - (unsigned)'a';

    return digit < 10 ? (int)digit : letter < 6 ? (int)letter + 10 : -1;
}

/* Are the first `size` bytes equal, or both texts if they end before? */
static inline bool gls_ascii_begins_equal(const char *a, const char *b, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (gls_ascii_lower(a[i]) != gls_ascii_lower(b[i]))
            return false;
        if (a[i] == '\0')
            return true;
    }
    return true;
}

static inline bool gls_ascii_equal(const char *a, const char *b)
{
    return gls_ascii_begins_equal(a, b, (size_t)-1);
}

#endif
