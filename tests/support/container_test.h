/* SPDX-License-Identifier: MIT */
/*
 * container_test - the container property as cmocka tests assert it. Link with
 * gls_test_support.
 */
#ifndef GLS_TESTS_CONTAINER_TEST_H
#define GLS_TESTS_CONTAINER_TEST_H

#include "tests/support/container_property.h"

/* The property holds for the edit, which is refused if `is_refused` says so, since it is not
 * supported or the file is no whole one, and else done. `result`, which may be NULL, gets the
 * edited file then. */
void gls_assert_edit(struct gls_strbuf *result, const struct gls_container *container,
                     const struct gls_strbuf *file, const struct gls_block_edit *edit,
                     bool is_refused);

/* The property holds for each of the files that is there; without any the test is skipped. */
void gls_assert_files(const struct gls_container *container, const struct gls_named_file *files,
                      size_t count);

#endif
