/* SPDX-License-Identifier: MIT */
#include "engine/library_choice.h"

#include "base/path.h"
#include "store/library/library_db.h"

bool gls_choose_library(char **out, const struct gls_config *config, const char *named,
                        struct gls_error *error)
{
    *out = NULL;
    if (named == NULL && !gls_library_find_root(out, ".", error))
        return false;
    if (*out != NULL)
        return true;
    if (named == NULL && config != NULL)
        named = gls_config_destination(config);
    if (named == NULL)
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "no library: name it with --library DIR, go into it, or set [Library] "
                        "destination=");
    return gls_path_absolute(out, named, error);
}
