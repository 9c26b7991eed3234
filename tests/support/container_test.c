/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "tests/support/container_test.h"

void gls_assert_edit(struct gls_strbuf *result, const struct gls_container *container,
                     const struct gls_strbuf *file, const struct gls_block_edit *edit,
                     enum gls_status status)
{
    struct gls_error error = GLS_ERROR_INIT;
    bool refused = false;
    const char *problem = gls_container_check_bytes(container, file, edit, &refused, &error);

    if (problem != NULL)
        fail_msg("%s: %s", container->name, problem);
    if (refused != (status != GLS_OK) || (refused && error.status != status))
        fail_msg("%s: the edit was %s %s", container->name, refused ? "refused:" : "done",
                 error.message);
    if (!refused && result != NULL)
        assert_true(gls_container_apply_bytes(result, container, file, edit, &error));
}

void gls_assert_files(const struct gls_container *container, const struct gls_named_file *files,
                      size_t count)
{
    struct gls_error error = GLS_ERROR_INIT;
    size_t found;

    if (!gls_container_check_files(&found, container, files, count, &error))
        fail_msg("%s", error.message);
    print_message("%zu of %zu files are there\n", found, count);
    if (found == 0)
        skip();
}
