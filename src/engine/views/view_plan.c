/* SPDX-License-Identifier: MIT */
/* What links there are to be. What a file states is no path: each part of a folder's name
 * is sanitised, and the name of a link is that of the library's file. */
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "engine/disk/rename.h"
#include "engine/views/views_run.h"
#include "media/media.h"
#include "plan/naming/sanitize.h"
#include "store/library/albums.h"

enum { PAGE_ROWS = 256 };

struct plan {
    struct gls_views_run *run;
    struct gls_strbuf way;    /* from the folder of the links to the library */
    struct gls_strbuf folder; /* of the album at hand */
    struct gls_error *error;
    bool portable_names; /* the links' file system forbids <>:"\|?* */
    bool ok;
};

/* The way from one folder to another, both absolute: "../../library/". */
static void add_way(struct gls_strbuf *out, const char *from, const char *to)
{
    size_t common = 0;

    for (size_t i = 0;; i++) {
        if ((from[i] == '\0' || from[i] == '/') && (to[i] == '\0' || to[i] == '/'))
            common = i;
        if (from[i] != to[i] || from[i] == '\0')
            break;
    }
    for (const char *at = from + common; *at != '\0'; at++)
        if (*at == '/' && at[1] != '\0')
            gls_strbuf_add_str(out, "../");
    to += common;
    to += *to == '/' ? 1 : 0;
    gls_strbuf_add_str(out, to);
    if (*to != '\0')
        gls_strbuf_add_char(out, '/');
}

/* Plans a folder. It is ours if it is not there yet, or the list names it. */
static bool plan_folder(struct plan *plan, bool *added, const char *path)
{
    struct gls_link_set *links = plan->run->links;
    bool is_made = false;

    if (!gls_link_set_is_made(links, &is_made, path, "", plan->error))
        return false;
    bool is_ours = is_made || !gls_view_tree_has(plan->run, path);
    return gls_link_set_plan(links, added, path, is_ours ? "" : NULL, plan->error);
}

/* Plans the folder and those that it is in. */
static bool plan_folders(struct plan *plan, const char *folder)
{
    GLS_STRBUF_AUTO path = GLS_STRBUF_INIT;
    bool ok = true, added;

    for (const char *at = folder; ok && *at != '\0';) {
        size_t size = strcspn(at, "/");
        if (at > folder)
            gls_strbuf_add_char(&path, '/');
        gls_strbuf_add(&path, at, size);
        at += size + (at[size] == '/' ? 1 : 0);
        ok = path.failed ? gls_fail_memory(plan->error) : plan_folder(plan, &added, path.data);
    }
    return ok;
}

/* "folder/name", or where `number` is not 0 "folder/name-number". */
static bool name_link(struct gls_strbuf *out, const char *folder, const char *name, unsigned number)
{
    char *numbered = number > 0 ? gls_numbered_name(name, number) : strdup(name);

    gls_strbuf_clear(out);
    gls_strbuf_addf(out, "%s/%s", folder, numbered != NULL ? numbered : "");
    bool ok = numbered != NULL && !out->failed;
    free(numbered);
    return ok;
}

/* Where a link in the folder leads. */
static void add_target(const struct plan *plan, struct gls_strbuf *out, const char *folder,
                       const char *file)
{
    gls_strbuf_add_str(out, "../");
    for (const char *at = folder; *at != '\0'; at++)
        if (*at == '/')
            gls_strbuf_add_str(out, "../");
    gls_strbuf_add_str(out, gls_strbuf_str(&plan->way));
    gls_strbuf_add_str(out, file);
}

static bool plan_link(struct plan *plan, const char *folder, const char *file)
{
    GLS_STRBUF_AUTO target = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO plain = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO path = GLS_STRBUF_INIT;
    char *name = plan->portable_names ? gls_sanitize_component(gls_path_base(file), true, true)
                                      : strdup(gls_path_base(file));
    bool ok = plan_folders(plan, folder), added = false;
    unsigned number = 0;

    add_target(plan, &target, folder, file);
    if (ok && (name == NULL || target.failed || !name_link(&plain, folder, name, 0)))
        ok = gls_fail_memory(plan->error);
    while (ok && !added) {
        if (!name_link(&path, folder, name, number))
            ok = gls_fail_memory(plan->error);
        ok = ok && gls_link_set_plan(plan->run->links, &added, path.data, target.data, plan->error);
        if (ok && !added)
            ok = gls_link_set_number(plan->run->links, &number, plain.data, plan->error);
    }
    free(name);
    return ok;
}

/* Adds a part to a folder; "" adds none. */
static bool add_part(const struct plan *plan, struct gls_strbuf *folder, const char *text)
{
    if (text[0] == '\0')
        return true;
    char *part = gls_sanitize_component(text, plan->portable_names, false);
    if (part == NULL)
        return false;
    if (folder->size > 0)
        gls_strbuf_add_char(folder, '/');
    gls_strbuf_add_str(folder, part);
    free(part);
    return !folder->failed;
}

/* ---- By what -------------------------------------------------------------------------- */

static bool by_year(struct plan *plan, struct gls_strbuf *folder,
                    const struct gls_stored_file *file)
{
    const char *date = file->date_taken != NULL ? file->date_taken : "";
    size_t digits = 0;

    while (date[digits] >= '0' && date[digits] <= '9')
        digits++;
    if (digits == 4)
        gls_strbuf_add(folder, date, digits);
    return !folder->failed || gls_fail_memory(plan->error);
}

static bool by_place(struct plan *plan, struct gls_strbuf *folder,
                     const struct gls_stored_file *file)
{
    struct gls_place place = {0};

    if (!file->has_position)
        return true;
    return gls_geocoder_at(plan->run->geocoder, &place, file->latitude, file->longitude,
                           plan->error) &&
           ((add_part(plan, folder, place.country) && add_part(plan, folder, place.state) &&
             add_part(plan, folder, place.city)) ||
            gls_fail_memory(plan->error));
}

/* "MAKE MODEL", where the model does not begin with the make. */
static bool add_camera(const struct plan *plan, struct gls_strbuf *folder,
                       const struct gls_media *media)
{
    GLS_STRBUF_AUTO name = GLS_STRBUF_INIT;
    const char *make = media->camera_make != NULL ? media->camera_make : "";
    const char *model = media->camera_model != NULL ? media->camera_model : "";

    if (strncmp(model, make, strlen(make)) != 0) {
        gls_strbuf_add_str(&name, make);
        gls_strbuf_add_str(&name, model[0] != '\0' ? " " : "");
    }
    gls_strbuf_add_str(&name, model);
    return !name.failed && add_part(plan, folder, gls_strbuf_str(&name));
}

/* What it states is not known: the link that it has stays. */
static bool keep_link(struct plan *plan, const char *file)
{
    GLS_STRBUF_AUTO target = GLS_STRBUF_INIT;
    char *path = NULL, *folder = NULL;
    bool added = false;

    add_target(plan, &target, "CAMERA", file);
    bool ok = (!target.failed || gls_fail_memory(plan->error)) &&
              gls_link_set_find_made(plan->run->links, &path, target.data, plan->error);
    if (ok && path != NULL) {
        folder = gls_path_dir(path);
        ok = (folder != NULL || gls_fail_memory(plan->error)) && plan_folders(plan, folder) &&
             gls_link_set_plan(plan->run->links, &added, path, target.data, plan->error);
    }
    free(folder);
    free(path);
    return ok;
}

static bool fail_file(struct plan *plan, const char *file, const char *reason)
{
    const struct gls_views_callbacks *callbacks = plan->run->callbacks;

    plan->run->summary.failed++;
    if (callbacks->on_failed != NULL)
        callbacks->on_failed(callbacks->user, file, reason);
    return keep_link(plan, file);
}

/* A file that is damaged states no camera; to find that out is verify's work. */
static bool by_camera(struct plan *plan, struct gls_strbuf *folder,
                      const struct gls_stored_file *file)
{
    struct gls_error why = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    const struct gls_format *format = NULL;
    struct gls_media media = {0};
    char *path = gls_library_path(plan->run->library, file->path, &why);
    bool ok;

    if (path != NULL && gls_input_open(&input, path, &why) &&
        gls_media_detect(&format, input, path, &why) &&
        gls_media_read(&media, input, format, path, &why))
        ok = add_camera(plan, folder, &media) || gls_fail_memory(plan->error);
    else if (why.status == GLS_ERROR_MEMORY)
        ok = gls_fail_memory(plan->error);
    else
        ok = !gls_error_is_of_system(&why) || fail_file(plan, file->path, why.message);
    gls_media_clear(&media);
    gls_input_free(input);
    free(path);
    return ok;
}

static bool plan_file(struct plan *plan, const struct gls_stored_file *file)
{
    GLS_STRBUF_AUTO folder = GLS_STRBUF_INIT;
    enum gls_view_by by = plan->run->options->by;
    uint64_t failed = plan->run->summary.failed;
    bool ok = gls_views_check_cancel(plan->run, plan->error) &&
              (by == GLS_VIEW_YEAR    ? by_year
               : by == GLS_VIEW_PLACE ? by_place
                                      : by_camera)(plan, &folder, file);

    if (ok && folder.size == 0 && plan->run->summary.failed == failed)
        plan->run->summary.without++;
    return ok && (folder.size == 0 || plan_link(plan, folder.data, file->path));
}

static bool plan_files(struct plan *plan)
{
    struct gls_file_page page = {0};
    char *after = NULL;
    bool ok = true, more = true;

    while (ok && more) {
        ok = gls_reader_page(plan->run->reader, &page, after, PAGE_ROWS, plan->error);
        more = ok && page.count > 0;
        for (size_t i = 0; ok && i < page.count; i++)
            ok = plan_file(plan, &page.rows[i]);
        free(after);
        after = ok && more ? strdup(page.rows[page.count - 1].path) : NULL;
        if (ok && more && after == NULL)
            ok = gls_fail_memory(plan->error);
        gls_file_page_clear(&page);
    }
    free(after);
    return ok;
}

/* ---- Albums ---------------------------------------------------------------------------- */

static bool visit_member(void *user, const struct gls_stored_file *file)
{
    struct plan *plan = user;

    plan->ok = gls_views_check_cancel(plan->run, plan->error) &&
               plan_link(plan, plan->folder.data, file->path);
    return plan->ok;
}

/* Two albums of which the names differ in what no folder's name may have are two folders. */
static bool visit_album(void *user, const struct gls_album *album)
{
    struct plan *plan = user;
    char *name = gls_sanitize_component(album->name, plan->portable_names, false);
    bool added = false;

    plan->ok = name != NULL || gls_fail_memory(plan->error);
    for (unsigned number = 0; plan->ok && !added; number++) {
        char *numbered = number > 0 ? gls_numbered_name(name, number) : strdup(name);
        gls_strbuf_clear(&plan->folder);
        gls_strbuf_add_str(&plan->folder, numbered != NULL ? numbered : "");
        plan->ok = numbered != NULL && !plan->folder.failed ? plan_folder(plan, &added, numbered)
                                                            : gls_fail_memory(plan->error);
        free(numbered);
    }
    free(name);
    plan->ok = plan->ok &&
               gls_reader_each_album_file(plan->run->reader, album->name, visit_member, plan,
                                          plan->error) &&
               plan->ok;
    return plan->ok;
}

bool gls_view_plan(struct gls_views_run *run, struct gls_error *error)
{
    struct plan plan = {
        .run = run, .error = error, .portable_names = gls_has_portable_names(run->out), .ok = true};
    bool ok = gls_media_initialize(error);

    add_way(&plan.way, run->out, run->root);
    if (plan.way.failed)
        ok = gls_fail_memory(error);
    if (ok && run->options->by == GLS_VIEW_ALBUM)
        ok = gls_reader_each_album(run->reader, visit_album, &plan, error) && plan.ok;
    else if (ok)
        ok = plan_files(&plan);
    gls_strbuf_free(&plan.folder);
    gls_strbuf_free(&plan.way);
    return ok;
}
