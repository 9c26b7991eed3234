/* SPDX-License-Identifier: MIT */
#include "cli/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* The length of the well-formed UTF-8 character (RFC 3629) at `p`, or 0. */
static size_t character_size(const unsigned char *p)
{
    size_t size = p[0] < 0x80   ? 1
                  : p[0] < 0xC2 ? 0
                  : p[0] < 0xE0 ? 2
                  : p[0] < 0xF0 ? 3
                  : p[0] < 0xF5 ? 4
                                : 0;

    for (size_t i = 1; i < size; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    }
    if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ||
        (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
        return 0;
    return size;
}

bool cli_is_utf8(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;

    while (*p != '\0') {
        size_t size = character_size(p);
        if (size == 0)
            return false;
        p += size;
    }
    return true;
}

char *cli_valid_utf8(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    char *out = malloc(strlen(text) * 3 + 1);
    size_t used = 0;

    while (out != NULL && *p != '\0') {
        size_t size = character_size(p);
        if (size == 0) {
            memcpy(out + used, "\xEF\xBF\xBD", 3);
            used += 3;
            p++;
        } else {
            memcpy(out + used, p, size);
            used += size;
            p += size;
        }
    }
    if (out != NULL)
        out[used] = '\0';
    return out;
}

static bool is_unreserved(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           strchr("-._~/", c) != NULL;
}

char *cli_percent_encode(const char *bytes)
{
    char *out = malloc(strlen(bytes) * 3 + 1);
    size_t used = 0;

    for (; out != NULL && *bytes != '\0'; bytes++) {
        unsigned char c = (unsigned char)*bytes;
        if (is_unreserved(c))
            out[used++] = (char)c;
        else
            used += (size_t)sprintf(out + used, "%%%02X", c);
    }
    if (out != NULL)
        out[used] = '\0';
    return out;
}

/* A control character (C0, DEL, or C1 in UTF-8) at `p`: how many bytes it has; 0: none. */
static size_t control_size(const unsigned char *p)
{
    if (p[0] < 0x20 || p[0] == 0x7F)
        return p[0] != '\0';
    return p[0] == 0xC2 && p[1] >= 0x80 && p[1] < 0xA0 ? 2 : 0;
}

void cli_escape(char *out, const char *text)
{
    const unsigned char *p = (const unsigned char *)text;

    while (*p != '\0') {
        size_t control = control_size(p);
        if (control == 0)
            *out++ = (char)*p++;
        for (; control > 0; control--)
            out += sprintf(out, "\\x%02X", *p++);
    }
    *out = '\0';
}

/* Does a terminal give the character at `p` two columns? The wide blocks of
 * Unicode's East Asian Width, coarsely: too wide a guess only cuts a name. */
static bool is_wide(const unsigned char *p)
{
    if (p[0] >= 0xF0) /* emoji, and ideographs beyond the basic plane */
        return true;
    unsigned c = p[0] >= 0xE0
                     ? (unsigned)(p[0] & 0x0F) << 12 | (unsigned)(p[1] & 0x3F) << 6 | (p[2] & 0x3F)
                     : 0;
    return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
           (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60);
}

static size_t columns_of(const unsigned char *p)
{
    return is_wide(p) ? 2 : 1;
}

char *cli_tail_for_width(const char *path, size_t width)
{
    char *valid = cli_valid_utf8(path);
    size_t columns = 0;

    if (valid == NULL)
        return NULL;
    unsigned char *p = (unsigned char *)valid;
    for (size_t size; *p != '\0'; p += size) {
        size = character_size(p);
        if (control_size(p) > 0)
            memset(p, '?', size);
        columns += columns_of(p) * (p[0] == '?' ? size : 1);
    }
    for (p = (unsigned char *)valid; columns > width && *p != '\0';) {
        columns -= columns_of(p);
        p += character_size(p);
    }
    memmove(valid, p, strlen((char *)p) + 1);
    return valid;
}

int cli_terminal_width(void)
{
    struct winsize size;

    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

double cli_now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void cli_size_text(char out[24], double bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    size_t unit = 0;

    while (bytes >= 1000 && unit + 1 < sizeof units / sizeof units[0]) {
        bytes /= 1000;
        unit++;
    }
    snprintf(out, 24, unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
}

void cli_date_text(char out[64], const struct gls_datetime *when, bool with_offset)
{
    int used = snprintf(out, 64, "%04d-%02d-%02dT%02d:%02d:%02d", when->year, when->month,
                        when->day, when->hour, when->minute, when->second);

    if (when->subsecond_digits > 0) {
        char digits[16];
        snprintf(digits, sizeof digits, "%09d", (int)when->nanosecond);
        used += snprintf(out + used, 64 - (size_t)used, ".%.*s", when->subsecond_digits, digits);
    }
    if (with_offset && when->has_offset) {
        int minutes = when->utc_offset_s / 60;
        snprintf(out + used, 64 - (size_t)used, "%c%02d:%02d", minutes < 0 ? '-' : '+',
                 abs(minutes) / 60, abs(minutes) % 60);
    }
}

const char *cli_plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}
