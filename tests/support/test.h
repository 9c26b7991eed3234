/* SPDX-License-Identifier: MIT */
/* test - what every cmocka test includes first. */
#ifndef GLS_TESTS_SUPPORT_TEST_H
#define GLS_TESTS_SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
