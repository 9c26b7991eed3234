/* SPDX-License-Identifier: MIT */
#include "cli/preview.h"

#include <stdlib.h>
#include <string.h>

#include "cli/text.h"

/* Where the folder stands in the list, or where it is to be put. */
static size_t find(const struct cli_preview *preview, const char *path, bool *found)
{
    size_t low = 0, high = preview->count;

    *found = false;
    while (low < high && !*found) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(path, preview->folders[middle].path);
        *found = order == 0;
        if (order < 0)
            high = middle;
        else
            low = *found ? middle : middle + 1;
    }
    return low;
}

/* Without memory a folder is not counted: it is a preview. */
static void count_folder(struct cli_preview *preview, const char *destination)
{
    const char *slash = strrchr(destination, '/');
    char *path = strndup(destination, slash != NULL ? (size_t)(slash - destination) : 0);
    bool found = false;

    if (path == NULL)
        return;
    size_t at = find(preview, path, &found);
    if (found) {
        preview->folders[at].files++;
        free(path);
        return;
    }
    if (preview->count == preview->space) {
        size_t space = preview->space == 0 ? 64 : preview->space * 2;
        struct cli_preview_folder *grown = realloc(preview->folders, space * sizeof *grown);
        if (grown == NULL) {
            free(path);
            return;
        }
        preview->folders = grown;
        preview->space = space;
    }
    memmove(&preview->folders[at + 1], &preview->folders[at],
            (preview->count - at) * sizeof *preview->folders);
    preview->folders[at] = (struct cli_preview_folder){path, 1};
    preview->count++;
}

void cli_preview_add(struct cli_preview *preview, struct cli_output *output,
                     const struct gls_file_event *event)
{
    const char *source = event->date_source;

    if (event->outcome == GLS_OUTCOME_DUPLICATE)
        cli_print(output, "duplicate  %s = %s", event->source,
                  event->destination != NULL ? event->destination : "");
    if (event->outcome != GLS_OUTCOME_IMPORTED || event->destination == NULL)
        return;
    count_folder(preview, event->destination);
    if (event->name_number > 0)
        cli_print(output, "numbered   %s -> %s", event->source, event->destination);
    if (source != NULL && strncmp(source, "file.", 5) == 0 && strcmp(source, "file.name") != 0)
        cli_print(output, "undated    %s -> %s", event->source, event->destination);
}

void cli_preview_end(struct cli_preview *preview, struct cli_output *output)
{
    for (size_t i = 0; i < preview->count; i++) {
        uint64_t files = preview->folders[i].files;
        cli_print(output, "%6llu new file%-2s %s", (unsigned long long)files, cli_plural(files),
                  preview->folders[i].path);
        free(preview->folders[i].path);
    }
    free(preview->folders);
    *preview = (struct cli_preview){0};
}
