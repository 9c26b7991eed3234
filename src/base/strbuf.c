/* SPDX-License-Identifier: MIT */
#include "base/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void gls_strbuf_free(struct gls_strbuf *buf)
{
    if (buf == NULL)
        return;
    free(buf->data);
    *buf = (struct gls_strbuf)GLS_STRBUF_INIT;
}

void gls_strbuf_clear(struct gls_strbuf *buf)
{
    buf->size = 0;
    buf->failed = false;
    if (buf->data != NULL)
        buf->data[0] = '\0';
}

char *gls_strbuf_reserve(struct gls_strbuf *buf, size_t extra)
{
    size_t needed;

    if (buf->failed)
        return NULL;
    if (__builtin_add_overflow(buf->size, extra, &needed) ||
        __builtin_add_overflow(needed, (size_t)1, &needed)) {
        buf->failed = true;
        return NULL;
    }
    if (needed > buf->space) {
        size_t space = buf->space < 32 ? 64 : buf->space;
        while (space < needed && space <= SIZE_MAX / 2)
            space *= 2;
        if (space < needed)
            space = needed;
        char *data = realloc(buf->data, space);
        if (data == NULL) {
            buf->failed = true;
            return NULL;
        }
        buf->data = data;
        buf->space = space;
        buf->data[buf->size] = '\0';
    }
    return buf->data + buf->size;
}

void gls_strbuf_add(struct gls_strbuf *buf, const void *bytes, size_t size)
{
    char *end = gls_strbuf_reserve(buf, size);

    if (end == NULL)
        return;
    if (size > 0)
        memcpy(end, bytes, size);
    buf->size += size;
    buf->data[buf->size] = '\0';
}

void gls_strbuf_add_str(struct gls_strbuf *buf, const char *text)
{
    gls_strbuf_add(buf, text, strlen(text));
}

void gls_strbuf_add_char(struct gls_strbuf *buf, char c)
{
    gls_strbuf_add(buf, &c, 1);
}

void gls_strbuf_addf(struct gls_strbuf *buf, const char *format, ...)
{
    char small[256];
    va_list args;

    va_start(args, format);
    int needed = vsnprintf(small, sizeof(small), format, args);
    va_end(args);
    if (needed < 0) {
        buf->failed = true;
        return;
    }
    size_t size = (size_t)needed;
    if (size < sizeof(small)) {
        gls_strbuf_add(buf, small, size);
        return;
    }
    char *end = gls_strbuf_reserve(buf, size);
    if (end == NULL)
        return;
    va_start(args, format);
    vsnprintf(end, size + 1, format, args);
    va_end(args);
    buf->size += size;
}

void gls_strbuf_add_quoted(struct gls_strbuf *buf, const char *text)
{
    gls_strbuf_add_char(buf, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            gls_strbuf_add_str(buf, "'\\''");
        else
            gls_strbuf_add_char(buf, *text);
    }
    gls_strbuf_add_char(buf, '\'');
}

void gls_strbuf_truncate(struct gls_strbuf *buf, size_t size)
{
    if (size >= buf->size)
        return;
    buf->size = size;
    buf->data[size] = '\0';
}

void gls_strbuf_splice(struct gls_strbuf *buf, size_t offset, size_t remove, const void *bytes,
                       size_t size)
{
    if (offset > buf->size)
        offset = buf->size;
    if (remove > buf->size - offset)
        remove = buf->size - offset;
    if (size > remove && gls_strbuf_reserve(buf, size - remove) == NULL)
        return;
    if (buf->failed || buf->data == NULL)
        return;
    memmove(buf->data + offset + size, buf->data + offset + remove, buf->size - offset - remove);
    if (size > 0)
        memcpy(buf->data + offset, bytes, size);
    buf->size = buf->size - remove + size;
    buf->data[buf->size] = '\0';
}

char *gls_strbuf_take(struct gls_strbuf *buf)
{
    gls_strbuf_add(buf, "", 0);
    char *text = buf->failed ? NULL : buf->data;

    if (text != NULL)
        buf->data = NULL;
    gls_strbuf_free(buf);
    return text;
}

const char *gls_strbuf_str(const struct gls_strbuf *buf)
{
    return buf->data != NULL ? buf->data : "";
}
