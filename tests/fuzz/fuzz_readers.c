/* SPDX-License-Identifier: MIT */
/* Every reader that has no writer, over any bytes: it reads or refuses, and what it calls
 * the essence lies in the file. */
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "media/bmff/jp2.h"
#include "media/ciff/crw.h"
#include "media/psd/psd.h"
#include "media/tiff/tiff.h"
#include "media/video/asf.h"
#include "media/video/matroska.h"
#include "tests/fuzz/fuzz_target.h"

static void check_container(const struct gls_container *container, struct gls_input *input)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_blocks blocks = {0};
    struct gls_ranges ranges = GLS_RANGES_INIT;

    if (!container->scan(&blocks, input, &error) && error.status != GLS_ERROR_FORMAT)
        abort();
    gls_blocks_free(&blocks);
    if (container->essence != NULL && container->essence(&ranges, input, &error)) {
        uint64_t size = gls_input_size(input);
        gls_ranges_normalize(&ranges, size);
        for (size_t i = 0; i < ranges.count; i++)
            if (ranges.items[i].size > size - ranges.items[i].offset ||
                ranges.items[i].group >= GLS_RANGE_GROUPS_MAX)
                abort();
    }
    gls_ranges_free(&ranges);
}

/* Rows have fields that end within the row. */
static bool check_row(void *user, char *const *fields, size_t count)
{
    (void)user;
    if (count == 0 || count > GLS_CSV_FIELDS)
        abort();
    for (size_t i = 0; i < count; i++)
        if (strlen(fields[i]) >= GLS_CSV_ROW_SIZE ||
            (i > 0 && fields[i] <= fields[i - 1] + strlen(fields[i - 1])))
            abort();
    return strcmp(fields[0], "stop") != 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct gls_container *const containers[] = {
        &gls_psd_container, &gls_jp2_container, &gls_jxl_container,
        &gls_mrw_container, &gls_crw_container, &gls_tiff_raw_container};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    struct gls_av_values values;
    struct gls_datetime when;
    bool found;

    if (!gls_input_from_memory(&input, data, size, "fuzz", &error))
        return 0;
    for (size_t i = 0; i < sizeof containers / sizeof containers[0]; i++)
        check_container(containers[i], input);
    if (!gls_asf_read_date(&when, &found, input, &error) ||
        !gls_matroska_read_tags(&values, input, &error))
        abort(); /* memory can always be read */
    gls_av_values_free(&values);
    if (!gls_csv_each_row(input, check_row, NULL, &error) && error.status != GLS_ERROR_FORMAT)
        abort();
    gls_input_free(input);
    return 0;
}
