/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/c_locale.h"

#ifdef __clang_analyzer__
#undef gls_fail
#undef gls_fail_errno
#undef gls_error_prefix
#undef gls_fail_memory
#endif

enum { MESSAGE_SIZE = sizeof(((struct gls_error *)NULL)->message) };

/* A cut must not leave half a character behind: the size up to the last whole
 * one of the first `size` bytes. */
static size_t cut_at_character(const char *text, size_t size)
{
    size_t start = size;

    while (start > 0 && size - start < 3 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0 || (unsigned char)text[start - 1] < 0xC0)
        return size;
    start--;
    unsigned char lead = (unsigned char)text[start];
    size_t needed = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    return size - start < needed ? start : size;
}

/* Formats into `out`, which holds MESSAGE_SIZE bytes, using at most `limit` of
 * them and the NUL. Returns the size. */
__attribute__((format(printf, 3, 0))) static size_t format_text(char *out, size_t limit,
                                                                const char *format, va_list args)
{
    int needed = vsnprintf(out, MESSAGE_SIZE, format, args);
    size_t size = needed < 0 ? 0 : (size_t)needed;

    if (size >= MESSAGE_SIZE)
        size = MESSAGE_SIZE - 1;
    if (size > limit || (needed > 0 && (size_t)needed > size)) {
        if (size > limit)
            size = limit;
        size = cut_at_character(out, size);
    }
    out[size] = '\0';
    return size;
}

bool gls_fail(struct gls_error *error, enum gls_status status, const char *format, ...)
{
    char text[MESSAGE_SIZE]; /* an argument may be the old message itself */
    va_list args;

    va_start(args, format);
    size_t size = format_text(text, MESSAGE_SIZE - 1, format, args);
    va_end(args);
    error->status = status;
    memcpy(error->message, text, size + 1);
    return false;
}

static enum gls_status status_of(int system_errno)
{
    switch (system_errno) {
    case ENOENT:
    case ENOTDIR:
        return GLS_ERROR_NOT_FOUND;
    case EEXIST:
        return GLS_ERROR_EXISTS;
    case EACCES:
    case EPERM:
    case EROFS:
        return GLS_ERROR_PERMISSION;
    case ENOSPC:
    case EDQUOT:
        return GLS_ERROR_NO_SPACE;
    case ENOMEM:
        return GLS_ERROR_MEMORY;
    default:
        return GLS_ERROR_IO;
    }
}

bool gls_fail_errno(struct gls_error *error, int system_errno, const char *format, ...)
{
    char text[MESSAGE_SIZE];
    char cause[128];
    va_list args;

    gls_errno_text(system_errno, cause, sizeof(cause));
    size_t cause_size = strlen(cause);
    va_start(args, format);
    /* However long the path, the cause is said. */
    size_t size = format_text(text, MESSAGE_SIZE - 1 - 2 - cause_size, format, args);
    va_end(args);
    memcpy(text + size, ": ", 2);
    memcpy(text + size + 2, cause, cause_size + 1);
    error->status = status_of(system_errno);
    memcpy(error->message, text, size + 2 + cause_size + 1);
    return false;
}

bool gls_error_prefix(struct gls_error *error, const char *format, ...)
{
    enum { KEPT_AT_LEAST = MESSAGE_SIZE / 2 };
    char text[MESSAGE_SIZE];
    size_t old_size = strlen(error->message);
    size_t kept = old_size < KEPT_AT_LEAST ? old_size : KEPT_AT_LEAST;
    va_list args;

    va_start(args, format);
    size_t size = format_text(text, MESSAGE_SIZE - 1 - 2 - kept, format, args);
    va_end(args);
    size_t room = MESSAGE_SIZE - 1 - 2 - size;
    if (old_size > room)
        old_size = cut_at_character(error->message, room);
    memcpy(text + size, ": ", 2);
    memcpy(text + size + 2, error->message, old_size);
    size += 2 + old_size;
    text[size] = '\0';
    memcpy(error->message, text, size + 1);
    return false;
}

bool gls_fail_memory(struct gls_error *error)
{
    return gls_fail(error, GLS_ERROR_MEMORY, "out of memory");
}

bool gls_error_is_of_system(const struct gls_error *error)
{
    switch (error->status) {
    case GLS_ERROR_MEMORY:
    case GLS_ERROR_IO:
    case GLS_ERROR_NOT_FOUND:
    case GLS_ERROR_PERMISSION:
    case GLS_ERROR_NO_SPACE:
    case GLS_ERROR_CHANGED:
        return true;
    default:
        return false;
    }
}

/* What to do, where the system's words do not say it. */
static const char *remedy_for(int system_errno)
{
    switch (system_errno) {
    case EMFILE:
        return " (allow more: ulimit -n 1024)";
    case EFBIG:
        return " (for the file system, or for the limit: ulimit -f unlimited)";
    case EIO:
        return " (see to the disk, and try again)";
    case ENOSPC:
        return " (make room, and try again)";
    case EDQUOT:
        return " (make room or have the quota raised, and try again)";
    case EROFS:
        return " (mount it so that it can be written, and try again)";
    default:
        return "";
    }
}

const char *gls_errno_text(int system_errno, char *buffer, size_t buffer_size)
{
    locale_t locale = gls_c_locale();
    const char *text = locale != (locale_t)0 ? strerror_l(system_errno, locale) : NULL;

    if (text != NULL)
        snprintf(buffer, buffer_size, "%s%s", text, remedy_for(system_errno));
    else
        snprintf(buffer, buffer_size, "system error %d", system_errno);
    return buffer;
}
