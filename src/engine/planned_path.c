/* SPDX-License-Identifier: MIT */
#include "engine/planned_path.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "engine/filing/session.h"
#include "media/media.h"

/* The record is looked at, not owned: gls_unit_plan_name() reads it alone. */
static bool plan(char **out, const struct gls_session *run, struct gls_member *member,
                 struct gls_error *error)
{
    struct gls_unit unit = {.members = member, .count = 1};
    bool ok = gls_unit_plan_name(run, &unit, error);

    if (ok) {
        *out = gls_unit_member_path(&unit, member, 0);
        ok = *out != NULL || gls_fail_memory(error);
    }
    free(unit.folder);
    free(unit.stem);
    return ok;
}

bool gls_engine_plan(char **out, const struct gls_config *config, const struct gls_media *media,
                     const char *name, struct gls_error *error)
{
    struct gls_session run = {.op = {.config = config}};
    const char *base = gls_path_base(name);

    if (!media->has_date)
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "%s: has no date; an import would take that of the file's last change",
                        name);
    GLS_STRBUF_AUTO suffix = GLS_STRBUF_INIT;
    if (!gls_media_is_supported_name(name) && media->format != NULL)
        gls_format_add_extension(&suffix, media->format);
    if (suffix.size == 0)
        gls_strbuf_add_str(&suffix, base + gls_path_stem_size(base));
    struct gls_member member = {.role = GLS_ROLE_MEDIA,
                                .media = *media,
                                .source = {.path = strdup(name)},
                                .suffix = gls_strbuf_take(&suffix)};
    bool ok = (member.source.path != NULL && member.suffix != NULL) || gls_fail_memory(error);
    ok = ok && gls_geocoder_new(&run.geocoder, config, NULL, error) &&
         plan(out, &run, &member, error);
    gls_geocoder_free(run.geocoder);
    free(member.source.path);
    free(member.suffix);
    return ok;
}
