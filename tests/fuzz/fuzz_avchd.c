/* SPDX-License-Identifier: MIT */
/* Transport streams and AVI chunks: whatever the bytes, an answer. */
#include <stdlib.h>

#include "base/timestamp.h"
#include "media/core/date_words.h"
#include "media/riff/riff.h"
#include "media/video/avchd.h"
#include "tests/fuzz/fuzz_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    struct gls_datetime when;
    bool is_partial;
    struct gls_avchd avchd;
    struct gls_riff riff;

    if (!gls_input_from_memory(&input, data, size, "x", &error) ||
        !gls_avchd_read(&avchd, input, &error) || !gls_riff_read(&riff, input, &error))
        abort();
    if (avchd.has_date && !gls_datetime_is_valid(&avchd.date))
        abort();
    if (gls_date_text_parse(&when, &is_partial, riff.date_time_original) &&
        !gls_datetime_is_valid(&when))
        abort();
    gls_riff_free(&riff);
    gls_input_free(input);
    return 0;
}
