/* SPDX-License-Identifier: MIT */
#include "engine/filing/unit.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "base/timestamp.h"
#include "engine/describe.h"

struct gls_unit *gls_unit_new(void)
{
    return calloc(1, sizeof(struct gls_unit));
}

static void member_clear(struct gls_member *member)
{
    gls_member_drop_spool(member);
    free(member->source.path);
    free(member->suffix);
    free(member->reason);
    gls_media_clear(&member->media);
    gls_media_clear(&member->stated);
    free(member->people);
    if (member->details != NULL)
        gls_takeout_clear(member->details);
    free(member->details);
    free(member->further_albums);
    gls_input_free(member->source.input);
    gls_patch_free(&member->copy.patch);
    gls_media_clear(&member->copy.edited);
    free(member->copy.tmp);
    free(member->stored.path);
    free(member->stored.date_taken);
    free(member->copy.content);
    free(member->previous.path);
    free(member->previous.title);
    gls_stored_file_clear(&member->previous.row);
    free(member->copy.written_reason);
    free(member->source.disposition_reason);
}

void gls_member_drop_spool(struct gls_member *member)
{
    struct gls_member_source *source = &member->source;

    bool is_gone = true;

    if (source->spool_room == NULL)
        return;
    if (source->spool != NULL)
        unlink(source->spool);
    else if (source->spool_fd >= 0 && source->status.st_size > 0)
        is_gone = fallocate(source->spool_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                            (off_t)source->spool_offset, source->status.st_size) == 0;
    free(source->spool);
    source->spool = NULL;
    /* Not every file system makes holes. */
    gls_spool_room_give(source->spool_room, is_gone ? (uint64_t)source->status.st_size : 0);
    source->spool_room = NULL;
}

void gls_unit_drop_spools(struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++)
        if (gls_member_is_done(&unit->members[i]))
            gls_member_drop_spool(&unit->members[i]);
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
    free(unit->album);
    free(unit);
}

struct gls_member *gls_unit_add(struct gls_unit *unit)
{
    if (unit->count == unit->space) {
        size_t space = unit->space == 0 ? 1 : unit->space * 2;
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

__attribute__((format(printf, 3, 0))) static void set_outcome(struct gls_member *member,
                                                              enum gls_outcome outcome,
                                                              const char *format, va_list arguments)
{
    char text[1024];

    member->outcome = outcome;
    member->stage = GLS_STAGE_DONE;
    free(member->reason);
    member->reason = NULL;
    if (format != NULL) {
        vsnprintf(text, sizeof text, format, arguments);
        member->reason = strdup(text);
    }
}

void gls_member_set_outcome(struct gls_member *member, enum gls_outcome outcome, const char *format,
                            ...)
{
    va_list arguments;

    va_start(arguments, format);
    set_outcome(member, outcome, format, arguments);
    va_end(arguments);
}

void gls_unit_fail(struct gls_unit *unit, const char *format, ...)
{
    for (size_t i = 0; i < unit->count; i++) {
        va_list arguments;
        if (gls_member_is_done(&unit->members[i]))
            continue;
        va_start(arguments, format);
        set_outcome(&unit->members[i], GLS_OUTCOME_FAILED, format, arguments);
        va_end(arguments);
    }
}

void gls_unit_skip(struct gls_unit *unit, const char *reason)
{
    for (size_t i = 0; i < unit->count; i++) {
        if (!gls_member_is_done(&unit->members[i]))
            gls_member_set_outcome(&unit->members[i], GLS_OUTCOME_SKIPPED, "%s", reason);
    }
}

bool gls_unit_has_outcome(const struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        if (!gls_member_is_done(&unit->members[i]))
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

int64_t gls_unit_id(const struct gls_unit *unit, int64_t run_id)
{
    if (unit->stored_unit_id != 0)
        return unit->stored_unit_id;
    return unit->count > 1 ? run_id * (1LL << 32) + (int64_t)unit->number + 1 : 0;
}

/* An update changes what a file is now, not where it came from. */
static void keep_origin(struct gls_stored_file *row, const struct gls_stored_file *old)
{
    row->id = old->id;
    row->source_size_bytes = old->source_size_bytes;
    row->source_path = old->source_path;
    row->unit_id = old->unit_id;
    memcpy(row->source_sha256, old->source_sha256, sizeof row->source_sha256);
    gls_row_keep_unstated(row, old);
}

struct gls_stored_file gls_member_row(const struct gls_unit *unit, const struct gls_member *member,
                                      int64_t run_id, char date[64])
{
    const struct gls_media *media = &member->media;
    struct gls_strbuf text = GLS_STRBUF_INIT;
    struct gls_stored_file row = {.id = member->stored.replaces_id,
                                  .path = member->stored.path,
                                  .size_bytes = member->stored.size_bytes,
                                  .mtime_ns = member->stored.mtime_ns,
                                  .source_size_bytes = (uint64_t)member->source.status.st_size,
                                  .source_path = member->source.path,
                                  .title = media->title,
                                  .album = media->album,
                                  .description = media->description,
                                  .people = member->people,
                                  .further_albums = member->further_albums,
                                  .rating = media->rating,
                                  .favourite = media->is_favourite,
                                  .has_position = media->has_position,
                                  .latitude = media->latitude,
                                  .longitude = media->longitude,
                                  .run_id = run_id};

    memcpy(row.source_sha256, member->source.sha256, sizeof row.source_sha256);
    memcpy(row.stored_xxh128, member->stored.xxh128, sizeof row.stored_xxh128);
    memcpy(row.essence_xxh128, member->stored.essence_xxh128, sizeof row.essence_xxh128);
    row.essence_version = member->stored.essence_version;
    /* A file of the library that is updated has a name that the library gave. */
    row.original_name = media->original_name;
    if (row.original_name == NULL && member->source.path != NULL && member->previous.path == NULL)
        row.original_name = (char *)gls_path_base(member->source.path);
    row.unit_id = gls_unit_id(unit, run_id);
    gls_datetime_add_iso(&text, &unit->date);
    if (unit->date.has_offset)
        gls_utc_offset_add(&text, unit->date.utc_offset_s);
    snprintf(date, 64, "%s", gls_strbuf_str(&text));
    gls_strbuf_free(&text);
    row.date_taken = date;
    if (member->previous.row.id != 0)
        keep_origin(&row, &member->previous.row);
    return row;
}
