/* SPDX-License-Identifier: MIT */
/*
 * container_test - the container property as cmocka tests assert it. Link with
 * gls_test_support.
 */
#ifndef GLS_TESTS_CONTAINER_TEST_H
#define GLS_TESTS_CONTAINER_TEST_H

#include "tests/support/container_property.h"

/* The property holds for the edit, which ends with `status`: GLS_OK where it is done, and `result`,
 * which may be NULL, gets the edited file; else it is refused with that status. */
void gls_assert_edit(struct gls_strbuf *result, const struct gls_container *container,
                     const struct gls_strbuf *file, const struct gls_block_edit *edit,
                     enum gls_status status);

/* The property holds for each of the files that is there; without any the test is skipped. */
void gls_assert_files(const struct gls_container *container, const struct gls_named_file *files,
                      size_t count);

#endif
