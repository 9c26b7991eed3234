/* SPDX-License-Identifier: MIT */
#include "engine/describe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "base/timestamp.h"
#include "media/media.h"
#include "media/undo/undo_record.h"
#include "plan/destination.h"

static const uint64_t FAT_STEP_NS = 2000000000;
static const uint64_t FINE_STEP_NS = 1000;
static const int64_t SECOND_NS = 1000000000;

bool gls_is_same_time(int64_t recorded_ns, int64_t now_ns)
{
    uint64_t recorded = (uint64_t)recorded_ns, now = (uint64_t)now_ns;
    uint64_t apart_ns = recorded_ns > now_ns ? recorded - now : now - recorded;

    return apart_ns < FINE_STEP_NS || (now_ns % SECOND_NS == 0 && apart_ns < FAT_STEP_NS);
}

int64_t gls_mtime_ns(const struct stat *status)
{
    return gls_timespec_to_ns(&status->st_mtim);
}

static char *date_text(const struct gls_datetime *date)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;

    gls_datetime_add_iso(&text, date);
    if (date->has_offset)
        gls_utc_offset_add(&text, date->utc_offset_s);
    return gls_strbuf_take(&text);
}

char *gls_names_text(char *const *names, size_t count)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;

    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            gls_strbuf_add_char(&text, '\n');
        gls_strbuf_add_str(&text, names[i]);
    }
    return count > 0 ? gls_strbuf_take(&text) : NULL;
}

/* Hands the texts of `media` over to the row. */
static void take_media(struct gls_stored_file *out, struct gls_media *media)
{
    out->original_name = media->original_name;
    out->title = media->title;
    out->album = media->album;
    out->description = media->description;
    media->original_name = media->title = media->album = media->description = NULL;
    out->people = gls_names_text(media->people, media->people_count);
    out->further_albums = gls_names_text(media->albums, media->album_count);
    out->rating = media->rating;
    out->favourite = media->is_favourite;
    out->has_position = media->has_position;
    out->latitude = media->latitude;
    out->longitude = media->longitude;
    if (media->has_date)
        out->date_taken = date_text(&media->date);
}

void gls_row_keep_unstated(struct gls_stored_file *now, const struct gls_stored_file *old)
{
    if (now->description == NULL)
        now->description = old->description;
    if (now->people == NULL)
        now->people = old->people;
    if (now->rating == 0)
        now->rating = old->rating;
    now->favourite = now->favourite || old->favourite;
}

/* Nothing is known of a file that cannot be read: it is not described by what is left. */
static bool may_go_on(const struct gls_error *why, struct gls_error *error)
{
    if (!gls_error_is_of_system(why))
        return true;
    *error = *why;
    return false;
}

/* A file that is being described. */
struct subject {
    const struct gls_describe_request *request;
    char *path; /* absolute */
    struct stat status;
    struct gls_input *input;
};

/* What the file says; one that says nothing sensible still has its bytes. */
static bool read_media(struct gls_stored_file *out, const struct subject *subject,
                       const struct gls_format *format, struct gls_error *error)
{
    const struct stat *status = &subject->status;
    struct gls_file_times times = {.mtime_ns = gls_mtime_ns(status),
                                   .ctime_ns = gls_timespec_to_ns(&status->st_ctim)};
    struct gls_error why = GLS_ERROR_INIT;
    struct gls_media media = {0};
    bool ok = gls_media_read(&media, subject->input, format, subject->path, &why) &&
              gls_media_apply_beside(&media, subject->path, subject->request->beside, &why);

    for (const char *const *json = subject->request->jsons; ok && json != NULL && *json != NULL;
         json++)
        ok = gls_media_apply_json(&media, *json, &why);
    if (ok && gls_resolve_date(&media, subject->request->config, subject->path, &times, &why))
        take_media(out, &media);
    gls_media_clear(&media);
    return may_go_on(&why, error);
}

/* The source as the undo record gives it; *found false: there is none, or none that holds. */
static bool recover_source(struct gls_stored_file *out, bool *found, struct gls_input *input,
                           const struct gls_ranges *essence, struct gls_error *error)
{
    struct gls_error why = GLS_ERROR_INIT;
    GLS_STRBUF_AUTO record = GLS_STRBUF_INIT;
    char sha256[GLS_SHA256_HEX_SIZE];
    uint64_t size = 0;

    *found = gls_undo_find(&record, input, essence, &why) && record.size > 0 &&
             gls_undo_source_hash(sha256, &size, input, record.data, &why);
    if (*found) {
        memcpy(out->source_sha256, sha256, sizeof sha256);
        out->source_size_bytes = size;
    }
    return may_go_on(&why, error);
}

/* Everything that needs the file open. */
static bool describe_open(struct gls_stored_file *out, struct gls_copy_buffers *buffers,
                          const struct subject *subject, struct gls_error *error)
{
    const struct gls_format *format = NULL;
    struct gls_error why = GLS_ERROR_INIT;
    struct gls_ranges essence = GLS_RANGES_INIT;
    bool whole_file = true, lacks_source = subject->request->needs_source, is_recovered = false;
    bool ok = true;

    if (gls_media_recognize(&format, subject->input, subject->path, &why)) {
        ok = read_media(out, subject, format, error);
        if (ok && !gls_media_essence(&essence, &whole_file, subject->input, format, &why))
            whole_file = true;
        /* The first version had one order for all of a file. */
        if (out->essence_version == 1)
            gls_ranges_flatten(&essence);
    }
    /* SHA-256 is the most of the work: of the source's bytes, or else of the file's. */
    ok = ok && may_go_on(&why, error);
    if (ok && lacks_source && !whole_file)
        ok = recover_source(out, &is_recovered, subject->input, &essence, error);
    lacks_source = lacks_source && !is_recovered;
    struct gls_hash_request hashes = {.sha256 = lacks_source ? out->source_sha256 : NULL,
                                      .xxh128 = out->stored_xxh128,
                                      .essence_xxh128 = out->essence_xxh128,
                                      .essence = whole_file ? NULL : &essence};
    ok = ok && gls_hash_input(&hashes, buffers, subject->input, &out->size_bytes, error);
    if (ok && lacks_source)
        out->source_size_bytes = out->size_bytes;
    gls_ranges_free(&essence);
    return ok;
}

bool gls_describe_file(struct gls_stored_file *out, struct gls_copy_buffers *buffers,
                       const struct gls_describe_request *request, struct gls_error *error)
{
    struct subject subject = {.request = request,
                              .path = gls_path_join(request->root, request->path)};
    struct stat after;

    *out = (struct gls_stored_file){.path = strdup(request->path),
                                    .essence_version = request->essence_version != 0
                                                           ? request->essence_version
                                                           : GLS_ESSENCE_VERSION};
    bool ok = (subject.path != NULL && out->path != NULL) || gls_fail_memory(error);
    if (ok && stat(subject.path, &subject.status) != 0)
        ok = gls_fail_errno(error, errno, "%s", subject.path);
    ok = ok && gls_input_open(&subject.input, subject.path, error) &&
         describe_open(out, buffers, &subject, error);
    if (ok &&
        (stat(subject.path, &after) != 0 || gls_mtime_ns(&after) != gls_mtime_ns(&subject.status) ||
         (uint64_t)after.st_size != out->size_bytes))
        ok = gls_fail(error, GLS_ERROR_CHANGED, "%s: changed while it was read", subject.path);
    if (ok)
        out->mtime_ns = gls_mtime_ns(&subject.status);
    else
        gls_stored_file_clear(out);
    gls_input_free(subject.input);
    free(subject.path);
    return ok;
}
