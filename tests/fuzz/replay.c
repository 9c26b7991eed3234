/* SPDX-License-Identifier: MIT */
/*
 * replay - feeds every file of the folders that are named on the command line
 * to a fuzz target, so that what fuzzing found stays found with any compiler.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/fuzz/fuzz_target.h"

/* The bytes stand in a block of exactly their size, so that a sanitizer sees a
 * read of one byte too many. */
static bool replay_file(const char *path)
{
    struct stat status;
    uint8_t *bytes = NULL;
    FILE *file = fopen(path, "rb");
    bool ok = file != NULL && fstat(fileno(file), &status) == 0;

    if (ok) {
        size_t size = (size_t)status.st_size;
        bytes = malloc(size > 0 ? size : 1);
        ok = bytes != NULL && fread(bytes, 1, size, file) == size;
        if (ok) {
            printf("%s\n", path);
            fflush(stdout); /* the last line names the input that crashed */
            LLVMFuzzerTestOneInput(bytes, size);
        }
    }
    if (!ok)
        perror(path);
    free(bytes);
    if (file != NULL)
        fclose(file);
    return ok;
}

static int replay_folder(const char *folder, size_t *count)
{
    char path[4096];
    struct dirent **names = NULL;
    int found = scandir(folder, &names, NULL, alphasort);
    int failed = 0;

    if (found < 0) {
        perror(folder);
        return 1;
    }
    for (int i = 0; i < found; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        if (names[i]->d_name[0] != '.') {
            failed += !replay_file(path);
            ++*count;
        }
        free(names[i]);
    }
    free(names);
    return failed;
}

int main(int argc, char **argv)
{
    size_t count = 0;
    int failed = 0;

    for (int i = 1; i < argc; i++)
        failed += replay_folder(argv[i], &count);
    if (count == 0)
        fprintf(stderr, "no inputs: name a folder that holds some\n");
    printf("%zu inputs replayed\n", count);
    return failed == 0 && count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
