/* SPDX-License-Identifier: MIT */
#include "media/png/png.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/container_property.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gls_container_fuzz(&gls_png_container, data, size);
    return 0;
}
