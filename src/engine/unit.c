/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/import_run.h"

struct gls_unit *gls_unit_new(void)
{
    return calloc(1, sizeof(struct gls_unit));
}

static void member_clear(struct gls_member *member)
{
    free(member->source);
    free(member->suffix);
    free(member->reason);
    gls_media_clear(&member->media);
    gls_input_free(member->input);
    gls_patch_free(&member->patch);
    free(member->tmp);
    free(member->destination);
    free(member->content);
    free(member->written_reason);
    free(member->fate_reason);
}

void gls_unit_free(struct gls_unit *unit)
{
    if (unit == NULL)
        return;
    for (size_t i = 0; i < unit->count; i++)
        member_clear(&unit->members[i]);
    free(unit->members);
    free(unit->folder);
    free(unit->stem);
    free(unit);
}

struct gls_member *gls_unit_add(struct gls_unit *unit)
{
    if (unit->count == unit->space) {
        size_t space = unit->space == 0 ? 4 : unit->space * 2;
        struct gls_member *members = realloc(unit->members, space * sizeof *members);
        if (members == NULL)
            return NULL;
        unit->members = members;
        unit->space = space;
    }
    struct gls_member *member = &unit->members[unit->count++];
    memset(member, 0, sizeof *member);
    return member;
}

static void settle(struct gls_member *member, enum gls_outcome outcome, const char *format,
                   va_list arguments)
{
    char text[1024];

    member->outcome = outcome;
    member->settled = true;
    free(member->reason);
    member->reason = NULL;
    if (format != NULL) {
        vsnprintf(text, sizeof text, format, arguments);
        member->reason = strdup(text);
    }
}

void gls_member_settle(struct gls_member *member, enum gls_outcome outcome, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    settle(member, outcome, format, arguments);
    va_end(arguments);
}

void gls_unit_fail(struct gls_unit *unit, const char *format, ...)
{
    for (size_t i = 0; i < unit->count; i++) {
        va_list arguments;
        if (unit->members[i].settled)
            continue;
        va_start(arguments, format);
        settle(&unit->members[i], GLS_OUTCOME_FAILED, format, arguments);
        va_end(arguments);
    }
}

bool gls_unit_is_settled(const struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        if (!unit->members[i].settled)
            return false;
    }
    return true;
}

enum { FILE_NAME_MAX = 255 };

/* Cuts at a character boundary, and not behind a blank or dot. */
static size_t cut_stem(const char *stem, size_t limit)
{
    size_t size = strlen(stem);

    if (size <= limit)
        return size;
    size = limit;
    while (size > 0 && ((unsigned char)stem[size] & 0xC0) == 0x80)
        size--;
    while (size > 1 && (stem[size - 1] == ' ' || stem[size - 1] == '.'))
        size--;
    return size;
}

char *gls_unit_member_path(const struct gls_unit *unit, const struct gls_member *member,
                           unsigned number)
{
    struct gls_strbuf path = GLS_STRBUF_INIT;
    char infix[16] = "";
    size_t longest = 0;

    for (size_t i = 0; i < unit->count; i++) {
        size_t size = strlen(unit->members[i].suffix);
        longest = size > longest ? size : longest;
    }
    if (number > 0)
        snprintf(infix, sizeof infix, "-%u", number);
    size_t taken = longest + strlen(infix);
    size_t room = taken < FILE_NAME_MAX ? FILE_NAME_MAX - taken : 1;
    if (unit->folder[0] != '\0') {
        gls_strbuf_add_str(&path, unit->folder);
        gls_strbuf_add_char(&path, '/');
    }
    gls_strbuf_add(&path, unit->stem, cut_stem(unit->stem, room));
    gls_strbuf_add_str(&path, infix);
    gls_strbuf_add_str(&path, member->suffix);
    return gls_strbuf_take(&path);
}
