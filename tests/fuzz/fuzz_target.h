/* SPDX-License-Identifier: MIT */
/* fuzz_target - what each fuzz target defines; libFuzzer or replay.c calls it. */
#ifndef GLS_TESTS_FUZZ_TARGET_H
#define GLS_TESTS_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

/* Returns 0; calls abort() if a property does not hold. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
