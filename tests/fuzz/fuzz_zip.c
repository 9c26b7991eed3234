/* SPDX-License-Identifier: MIT */
/* The central directory of a ZIP: it is gone through to its end, and what its names become
 * stays below the archive's top. */
#include <stdlib.h>
#include <string.h>

#include "engine/archive/member_name.h"
#include "engine/archive/zip_directory.h"
#include "tests/fuzz/fuzz_target.h"

static void check_path(const char *path, const char *problem)
{
    size_t size = strlen(path);

    if (problem != NULL && size > 0)
        abort();
    while (problem == NULL && size > 0) {
        size_t part = strcspn(path, "/");
        if (part == 0 || (part == 1 && path[0] == '.') || (part == 2 && memcmp(path, "..", 2) == 0))
            abort();
        path += part + (path[part] == '/');
        size = strlen(path);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    struct gls_zip_directory directory;
    struct gls_strbuf name = GLS_STRBUF_INIT;
    struct gls_strbuf path = GLS_STRBUF_INIT;

    if (!gls_input_from_memory(&input, data, size, "x", &error))
        abort();
    bool ok = gls_zip_directory_find(&directory, input, &error);
    if (ok && (directory.start > directory.end || directory.end > size))
        abort();
    for (uint64_t at = ok ? directory.start : 0; ok && at < directory.end;) {
        struct gls_zip_entry entry;
        ok = gls_zip_directory_read(&entry, &name, &directory, at, &error);
        if (ok && entry.next <= at)
            abort();
        if (ok) {
            const char *problem = gls_member_name_clean(&path, gls_strbuf_str(&name), name.size);
            check_path(gls_strbuf_str(&path), problem);
        }
        at = entry.next;
    }
    gls_strbuf_free(&name);
    gls_strbuf_free(&path);
    gls_input_free(input);
    return 0;
}
