/* SPDX-License-Identifier: MIT */
/* preview - what a dry run tells a person at a terminal: the files that would be no
 * plain new ones as they come, and at the end the folders with how many files each
 * would get. */
#ifndef GLS_CLI_PREVIEW_H
#define GLS_CLI_PREVIEW_H

#include "cli/output.h"

struct cli_preview_folder {
    char *path;
    uint64_t files;
};

/* Begins as zeros. */
struct cli_preview {
    struct cli_preview_folder *folders; /* by the bytes of their paths */
    size_t count;
    size_t space;
};

void cli_preview_add(struct cli_preview *preview, struct cli_output *output,
                     const struct gls_file_event *event);
/* Prints the folders, and frees what was kept. */
void cli_preview_end(struct cli_preview *preview, struct cli_output *output);

#endif
