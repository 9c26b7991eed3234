/* SPDX-License-Identifier: MIT */
/*
 * strbuf - a growing byte string, always NUL-terminated.
 *
 * Start from GLS_STRBUF_INIT and release with gls_strbuf_free(). When memory
 * runs out `failed` is set, the content stays as it was and later additions
 * are no-ops, so that a builder checks once, at its end.
 */
#ifndef GLS_BASE_STRBUF_H
#define GLS_BASE_STRBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gls_strbuf {
    char *data;   /* never NULL once something was added; may be NULL before */
    size_t size;  /* bytes, without the terminating NUL */
    size_t space; /* bytes allocated */
    bool failed;
};
#define GLS_STRBUF_INIT                                                                            \
    {                                                                                              \
        NULL, 0, 0, false                                                                          \
    }
#define GLS_STRBUF_AUTO __attribute__((cleanup(gls_strbuf_free))) struct gls_strbuf

void gls_strbuf_free(struct gls_strbuf *buf);
/* Empties it, keeps its memory, clears `failed`. */
void gls_strbuf_clear(struct gls_strbuf *buf);
void gls_strbuf_add(struct gls_strbuf *buf, const void *bytes, size_t size);
void gls_strbuf_add_str(struct gls_strbuf *buf, const char *text);
void gls_strbuf_add_char(struct gls_strbuf *buf, char c);
void gls_strbuf_addf(struct gls_strbuf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* As one word of a shell's command line, within single quotes. */
void gls_strbuf_add_quoted(struct gls_strbuf *buf, const char *text);
/* Makes room for `extra` more bytes and returns where they go, or NULL; the
 * caller writes them and then adds to `size` what it wrote. */
char *gls_strbuf_reserve(struct gls_strbuf *buf, size_t extra);
/* Cuts to `size` bytes, which must not be more than there are. */
void gls_strbuf_truncate(struct gls_strbuf *buf, size_t size);
/* Replaces `remove` bytes at `offset` by `bytes`. */
void gls_strbuf_splice(struct gls_strbuf *buf, size_t offset, size_t remove, const void *bytes,
                       size_t size);
/* Hands the string over to the caller, who frees it with free(), and empties
 * buf. NULL if it failed. An empty string if nothing was added. */
char *gls_strbuf_take(struct gls_strbuf *buf);
/* The text, "" if empty. */
const char *gls_strbuf_str(const struct gls_strbuf *buf);

#endif
