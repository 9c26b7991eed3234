/* SPDX-License-Identifier: MIT */
/* The second pass's producer: the rows of the database and the files it does not
 * know, merged in path order, within the ranges, the sample and what is left of an
 * interrupted run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/path.h"
#include "engine/verify/verify_run.h"

enum { PAGE_ROWS = 256 };

/* ---- Ranges ------------------------------------------------------------------- */

static bool is_below(const char *path, const char *folder)
{
    size_t size = strlen(folder);

    return size == 0 || (strncmp(path, folder, size) == 0 && path[size] == '/');
}

static bool is_in_range(const char *path, const struct gls_verify_range *range)
{
    return range->is_folder ? is_below(path, range->path) : strcmp(path, range->path) == 0;
}

/* By the first path that can be in them: a folder's is its own with a '/'. */
static int compare_ranges(const void *a, const void *b)
{
    const struct gls_verify_range *left = a, *right = b;
    const char *x = left->path, *y = right->path;

    while (*x != '\0' && *x == *y) {
        x++;
        y++;
    }
    int c = *x != '\0' ? (unsigned char)*x : left->is_folder ? '/' : 0;
    int d = *y != '\0' ? (unsigned char)*y : right->is_folder ? '/' : 0;
    return c != d ? c - d : (int)strlen(x) - (int)strlen(y);
}

/* A folder swallows what lies in it, so that nothing is looked at twice. */
static void drop_inner_ranges(struct gls_verify_run *run)
{
    size_t kept = 0;

    for (size_t i = 0; i < run->range_count; i++) {
        bool inner = false;
        for (size_t k = 0; k < kept && !inner; k++) {
            const struct gls_verify_range *outer = &run->ranges[k];
            inner = (outer->is_folder && is_below(run->ranges[i].path, outer->path)) ||
                    (outer->is_folder == run->ranges[i].is_folder &&
                     strcmp(outer->path, run->ranges[i].path) == 0);
        }
        if (inner)
            free(run->ranges[i].path);
        else
            run->ranges[kept++] = run->ranges[i];
    }
    run->range_count = kept;
}

static bool add_range(struct gls_verify_run *run, const char *path, bool is_folder,
                      struct gls_error *error)
{
    struct gls_verify_range *range = &run->ranges[run->range_count];

    range->path = strdup(path);
    range->is_folder = is_folder;
    run->range_count += range->path != NULL;
    return range->path != NULL || gls_fail_memory(error);
}

/* A path that is gone may have been a file or a folder: both are looked for. */
static bool add_path(struct gls_verify_run *run, const char *path, struct gls_error *error)
{
    char *absolute = NULL;
    struct stat status;

    if (!gls_path_absolute(&absolute, path, error))
        return false;
    const char *relative = gls_path_relative(absolute, gls_library_root(run->op.library));
    bool ok =
        relative != NULL || gls_fail(error, GLS_ERROR_ARGUMENT, "%s: is not in the library %s",
                                     path, gls_library_root(run->op.library));
    bool exists = ok && stat(absolute, &status) == 0;
    if (ok && (!exists || S_ISDIR(status.st_mode)))
        ok = add_range(run, relative, true, error);
    if (ok && (!exists || !S_ISDIR(status.st_mode)))
        ok = add_range(run, relative, false, error);
    free(absolute);
    return ok;
}

bool gls_verify_set_ranges(struct gls_verify_run *run, struct gls_error *error)
{
    size_t count = run->options->path_count;

    run->ranges = calloc(2 * count + 1, sizeof *run->ranges);
    if (run->ranges == NULL)
        return gls_fail_memory(error);
    if (count == 0)
        return add_range(run, "", true, error);
    for (size_t i = 0; i < count; i++) {
        if (!add_path(run, run->options->paths[i], error))
            return false;
    }
    qsort(run->ranges, run->range_count, sizeof *run->ranges, compare_ranges);
    drop_inner_ranges(run);
    return true;
}

/* ---- Resuming ----------------------------------------------------------------- */

void gls_verify_signature(const struct gls_verify_run *run, struct gls_strbuf *out)
{
    gls_strbuf_addf(out, "quick=%d sample=%g", run->options->quick, run->options->sample_percent);
    for (size_t i = 0; i < run->range_count; i++) {
        char *path = gls_percent_encode(run->ranges[i].path, strlen(run->ranges[i].path));
        gls_strbuf_addf(out, " %c%s", run->ranges[i].is_folder ? '/' : '=',
                        path == NULL ? "" : path);
        free(path);
    }
}

/* The setting is "signature\ncut ties\nlast path, percent-encoded". */
static bool read_resume(struct gls_verify_run *run, const char *value, struct gls_error *error)
{
    GLS_STRBUF_AUTO signature = GLS_STRBUF_INIT;
    long long cut = 0;
    unsigned long long ties = 0;
    size_t size;

    gls_verify_signature(run, &signature);
    gls_strbuf_add_char(&signature, '\n');
    if (signature.failed)
        return gls_fail_memory(error);
    const char *path = strrchr(value, '\n');
    if (strncmp(value, signature.data, signature.size) != 0 || path == NULL ||
        sscanf(value + signature.size, "%lld %llu", &cut, &ties) != 2)
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "the verify that was interrupted had other options; repeat those, or "
                        "start anew without --resume");
    run->sample_cut_s = cut;
    run->sample_ties = ties;
    run->resume_after = gls_percent_decode(path + 1, &size);
    return run->resume_after != NULL || gls_fail_memory(error);
}

bool gls_verify_set_resume(struct gls_verify_run *run, struct gls_error *error)
{
    char *value = NULL;

    if (!run->options->resume)
        return true;
    if (!gls_reader_setting(run->scan_reader, &value, "verify.resume", error))
        return false;
    bool ok = value == NULL || read_resume(run, value, error);
    if (value == NULL)
        gls_operation_emit(&run->op, "no verify was interrupted: starting at the beginning");
    free(value);
    return ok;
}

void gls_verify_clear_scan(struct gls_verify_run *run)
{
    for (size_t i = 0; i < run->range_count; i++)
        free(run->ranges[i].path);
    free(run->ranges);
    free(run->resume_after);
}

/* ---- Producing ------------------------------------------------------------------ */

/* Both sides of the merge, each with what comes next in it. */
struct merge {
    struct gls_verify_run *run;
    const struct gls_verify_range *range;
    struct gls_file_page page;
    size_t at; /* in the page */
    char *row_after, *untracked_after;
    struct gls_untracked_file file; /* path NULL: none is left */
};

static bool set_after(char **after, const char *path, struct gls_error *error)
{
    char *copy = strdup(path);

    free(*after);
    *after = copy;
    return copy != NULL || gls_fail_memory(error);
}

/* Rows are read a page at a time; a page that begins beyond the range is the end. */
static bool fill_page(struct merge *merge, struct gls_error *error)
{
    if (merge->at < merge->page.count)
        return true;
    gls_file_page_clear(&merge->page);
    merge->at = 0;
    if (!gls_reader_page(merge->run->scan_reader, &merge->page, merge->row_after, PAGE_ROWS, error))
        return false;
    return merge->page.count == 0 ||
           set_after(&merge->row_after, merge->page.rows[merge->page.count - 1].path, error);
}

/* Files that were moved are reported at their row, and a sample is one of rows. */
static bool next_untracked(struct merge *merge, struct gls_error *error)
{
    bool found = true, ok = true;

    gls_untracked_file_clear(&merge->file);
    while (!merge->run->is_sample && ok && found && merge->file.path == NULL) {
        ok = gls_untracked_next(merge->run->untracked, &merge->file, &found, merge->untracked_after,
                                error);
        if (!ok || !found)
            break;
        ok = set_after(&merge->untracked_after, merge->file.path, error);
        if (merge->file.moved_from != NULL)
            gls_untracked_file_clear(&merge->file);
    }
    return ok;
}

static bool is_sampled(struct gls_verify_run *run, const struct gls_stored_file *row)
{
    if (!run->is_sample || row->checked_s < run->sample_cut_s)
        return true;
    if (row->checked_s > run->sample_cut_s || run->sample_ties == 0)
        return false;
    run->sample_ties--;
    return true;
}

/* Hands an item to the workers. *more false: the run is stopping. */
static bool submit(struct gls_verify_run *run, struct gls_verify_item *item, bool *more,
                   struct gls_error *error)
{
    bool found = false;

    if (item->is_tracked && run->has_moved &&
        !gls_untracked_moved_from(run->untracked, &item->found, &found, item->row.path, error)) {
        gls_verify_item_free(item);
        return false;
    }
    *more = gls_pipeline_submit(run->pipeline, item);
    if (!*more)
        gls_verify_item_free(item);
    return true;
}

/* Takes the row over from the page; the page's own becomes empty. */
static bool submit_row(struct gls_verify_run *run, struct gls_stored_file *row, bool *more,
                       struct gls_error *error)
{
    struct gls_verify_item *item = calloc(1, sizeof *item);

    if (item == NULL)
        return gls_fail_memory(error);
    item->is_tracked = true;
    item->row = *row;
    *row = (struct gls_stored_file){0};
    return submit(run, item, more, error);
}

static bool submit_untracked(struct gls_verify_run *run, const struct gls_untracked_file *file,
                             bool *more, struct gls_error *error)
{
    struct gls_verify_item *item = calloc(1, sizeof *item);

    if (item == NULL || (item->row.path = strdup(file->path)) == NULL) {
        free(item);
        return gls_fail_memory(error);
    }
    item->row.size_bytes = file->size_bytes;
    item->state = GLS_STATE_UNTRACKED;
    if (file->read_errno != 0) {
        struct gls_error why = GLS_ERROR_INIT;
        gls_fail_errno(&why, file->read_errno, "it cannot be looked at");
        item->state = GLS_STATE_UNREADABLE;
        item->reason = strdup(why.message);
    }
    return submit(run, item, more, error);
}

static bool merge_step(struct merge *merge, bool *more, struct gls_error *error)
{
    struct gls_verify_run *run = merge->run;

    if (!fill_page(merge, error))
        return false;
    struct gls_stored_file *row =
        merge->at < merge->page.count ? &merge->page.rows[merge->at] : NULL;
    const char *untracked = merge->file.path;
    if (row != NULL && !is_in_range(row->path, merge->range))
        row = NULL;
    if (untracked != NULL && !is_in_range(untracked, merge->range))
        untracked = NULL;
    if (row == NULL && untracked == NULL) {
        *more = false;
        return true;
    }
    if (row == NULL || (untracked != NULL && strcmp(untracked, row->path) < 0))
        return submit_untracked(run, &merge->file, more, error) && next_untracked(merge, error);
    merge->at++;
    return !is_sampled(run, row) || submit_row(run, row, more, error);
}

static bool scan_folder(struct gls_verify_run *run, const struct gls_verify_range *range,
                        bool *more, struct gls_error *error)
{
    struct merge merge = {.run = run, .range = range};
    GLS_STRBUF_AUTO start = GLS_STRBUF_INIT;
    bool in_range = true;

    gls_strbuf_add_str(&start, range->path);
    if (start.size > 0)
        gls_strbuf_add_char(&start, '/');
    const char *after = gls_strbuf_str(&start);
    if (run->resume_after != NULL && strcmp(run->resume_after, after) > 0)
        after = run->resume_after;
    bool ok = set_after(&merge.row_after, after, error) &&
              set_after(&merge.untracked_after, after, error) && next_untracked(&merge, error);
    while (ok && in_range)
        ok = merge_step(&merge, &in_range, error);
    /* A run that is stopping refuses the next range's first item too. */
    *more = true;
    gls_untracked_file_clear(&merge.file);
    gls_file_page_clear(&merge.page);
    free(merge.row_after);
    free(merge.untracked_after);
    return ok;
}

static bool scan_one(struct gls_verify_run *run, const struct gls_verify_range *range, bool *more,
                     struct gls_error *error)
{
    struct gls_stored_file row;
    struct gls_untracked_file file;
    bool found = false;

    if (run->resume_after != NULL && strcmp(range->path, run->resume_after) <= 0)
        return true;
    if (!gls_reader_find_path(run->scan_reader, &row, &found, range->path, error))
        return false;
    if (found) {
        bool ok = !is_sampled(run, &row) || submit_row(run, &row, more, error);
        gls_stored_file_clear(&row);
        return ok;
    }
    if (!gls_untracked_get(run->untracked, &file, &found, range->path, error))
        return false;
    bool ok = !found || file.moved_from != NULL || run->is_sample ||
              submit_untracked(run, &file, more, error);
    gls_untracked_file_clear(&file);
    return ok;
}

bool gls_verify_produce(void *user, struct gls_pipeline *pipeline, struct gls_error *error)
{
    struct gls_verify_run *run = user;
    bool ok = true, more = true;

    run->pipeline = pipeline;
    for (size_t i = 0; ok && more && i < run->range_count; i++)
        ok = run->ranges[i].is_folder ? scan_folder(run, &run->ranges[i], &more, error)
                                      : scan_one(run, &run->ranges[i], &more, error);
    return ok;
}
