/* SPDX-License-Identifier: MIT */
/* The first stage: what the scanner finds becomes units in the pipeline. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "engine/import/import_stages.h"
#include "engine/scan/scan.h"

struct producer {
    struct gls_session *run;
    struct gls_pipeline *pipeline;
    uint64_t next_number;
    bool out_of_memory;
};

static enum gls_member_role role_of(enum gls_scan_role role)
{
    switch (role) {
    case GLS_SCAN_XMP:
        return GLS_ROLE_SIDECAR;
    case GLS_SCAN_COMPANION:
        return GLS_ROLE_COMPANION;
    case GLS_SCAN_MEDIA:
        break;
    }
    return GLS_ROLE_MEDIA;
}

static bool add_file(struct producer *producer, struct gls_unit *unit,
                     const struct gls_scan_file *file)
{
    struct gls_session *run = producer->run;
    struct gls_member *member = gls_unit_add(unit);

    if (member == NULL)
        return false;
    member->source.path = strdup(file->path);
    member->suffix = strdup(file->suffix != NULL ? file->suffix : "");
    member->source.status = file->status;
    member->role = role_of(file->role);
    member->media_index = file->of;
    if (file->verdict != GLS_SCAN_TAKE)
        gls_member_set_outcome(
            member, file->verdict == GLS_SCAN_SKIPPED ? GLS_OUTCOME_SKIPPED : GLS_OUTCOME_FAILED,
            "%s", file->reason != NULL ? file->reason : "cannot be read");
    else
        gls_claims_note_size(run->claims, (uint64_t)file->status.st_size);
    atomic_fetch_add(&run->files_found, 1);
    if (file->verdict == GLS_SCAN_TAKE)
        atomic_fetch_add(&run->bytes_found, (uint64_t)file->status.st_size);
    return member->source.path != NULL && member->suffix != NULL;
}

static bool submit_unit(void *user, const struct gls_scan_unit *found)
{
    struct producer *producer = user;
    struct gls_unit *unit = gls_unit_new();
    bool complete = unit != NULL;

    for (size_t i = 0; complete && i < found->count; i++)
        complete = add_file(producer, unit, &found->files[i]);
    if (!complete) {
        producer->out_of_memory = true;
        gls_unit_free(unit);
        return false;
    }
    unit->primary = found->primary;
    unit->number = producer->next_number++;
    if (!gls_pipeline_submit(producer->pipeline, unit)) {
        gls_unit_free(unit);
        return false;
    }
    return true;
}

/* Reads the identifier that joins the halves of a Live Photo. A file that cannot
 * be read has none here; its own turn will report it. */
static bool read_content_id(void *user, const char *path, char out[64])
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    const struct gls_format *format = NULL;
    struct gls_media media = {0};
    bool found = false;

    (void)user;
    if (gls_input_open(&input, path, &error) && gls_media_detect(&format, input, path, &error) &&
        gls_media_read(&media, input, format, path, &error) && media.content_id != NULL &&
        strlen(media.content_id) < 64) {
        memcpy(out, media.content_id, strlen(media.content_id) + 1);
        found = true;
    }
    gls_media_clear(&media);
    gls_input_free(input);
    return found;
}

bool gls_import_produce(void *user, struct gls_pipeline *pipeline, struct gls_error *error)
{
    struct gls_session *run = user;
    const struct gls_import_options *options = run->options;
    struct producer producer = {.run = run, .pipeline = pipeline};
    struct gls_scan_totals totals = {0};
    struct gls_scan_options scan = {.paths = options->paths,
                                    .path_count = options->path_count,
                                    .exclude = run->exclude,
                                    .library_root = gls_library_root(run->op.library),
                                    .user = &producer,
                                    .on_unit = submit_unit,
                                    .content_id = read_content_id};
    struct gls_error scan_error = GLS_ERROR_INIT;
    bool ok = gls_scan(&totals, &scan, &scan_error);

    run->left_out = totals.excluded + totals.unsupported;
    atomic_store(&run->scan_done, true);
    if (producer.out_of_memory)
        return gls_fail_memory(error);
    /* A scan that the pipeline stopped is no failure of its own. */
    if (!ok && scan_error.status != GLS_ERROR_CANCELLED) {
        *error = scan_error;
        return false;
    }
    return true;
}
