/* SPDX-License-Identifier: MIT */
/* An Exif block is refused, or states what was written, and says so again. */
#include "tests/fuzz/fuzz_target.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "media/tiff/exif.h"

static bool is_stated(const struct gls_exif_values *values, const struct gls_tags *tags)
{
    static const char date[] = "2011:02:03 00:00:00";
    const char *const dates[] = {values->date_time_original, values->date_time_digitized,
                                 values->date_time};
    for (size_t i = 0; tags->set_date && i < 3; i++) {
        if (dates[i] == NULL || strcmp(dates[i], date) != 0) {
            return false;
        }
    }
    return !tags->set_position ||
           (values->has_position && fabs(values->latitude - tags->latitude) < 1e-8);
}

static void check_edit(const uint8_t *data, size_t size, const struct gls_tags *tags)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_exif_values values;
    GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO again = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO block = GLS_STRBUF_INIT;
    bool changed = false;
    gls_strbuf_add(&block, data, size);
    if (!gls_exif_edit(&out, &changed, &block, tags, &error) || !changed) {
        return;
    }
    if (!gls_exif_decode(&values, out.data, out.size, &error)) {
        abort();
    }
    /* Entries that come twice may hide what was written: image.c proves each edit
     * and refuses those. What is stated stays so. */
    bool stated = is_stated(&values, tags);
    gls_exif_values_clear(&values);
    if (stated && gls_exif_edit(&again, &changed, &out, tags, &error) && changed) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct gls_tags edits[] = {
        {.set_date = true, .date = {.year = 2011, .month = 2, .day = 3}},
        {.set_position = true, .latitude = -33.5, .longitude = 151.25},
        {.clear_position = true},
    };
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_exif_values values;
    struct gls_media media = {0};
    if (gls_exif_decode(&values, data, size, &error)) {
        gls_exif_offer(&media, &values);
        gls_media_clear(&media);
        gls_exif_values_clear(&values);
    }
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        check_edit(data, size, &edits[i]);
    }
    return 0;
}
