/* SPDX-License-Identifier: MIT */
#include "tests/support/make_library.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/temp_dir.h"

static void give_up(const char *what, const char *name)
{
    fprintf(stderr, "test support: %s: %s\n", what, name);
    exit(1);
}

/* SOI, a comment, one 8x8 grey block by the shortest legal tables, a trailer of the
 * picture's number behind EOI. The trailer counts as essence. */
static const uint8_t head[] = {0xFF, 0xD8};
static const uint8_t frame[] = {0xFF, 0xC0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0};
static const uint8_t huffman[] = {0xFF, 0xC4, 0, 20, 0x00, 1, 0, 0,    0,    0, 0,  0,    0, 0, 0,
                                  0,    0,    0, 0,  0,    0, 0, 0xFF, 0xC4, 0, 20, 0x10, 1, 0, 0,
                                  0,    0,    0, 0,  0,    0, 0, 0,    0,    0, 0,  0,    0, 0};
static const uint8_t scan[] = {0xFF, 0xDA, 0, 8, 1, 1, 0x00, 0, 63, 0, 0x3F, 0xFF, 0xD9};

static void write_quantisation(FILE *file)
{
    static const uint8_t start[] = {0xFF, 0xDB, 0, 67, 0};

    fwrite(start, 1, sizeof start, file);
    for (int i = 0; i < 64; i++)
        fputc(1, file);
}

void make_picture(const char *path, unsigned picture, const char *comment)
{
    FILE *file = fopen(path, "wb");
    size_t size = strlen(comment) + 2;

    if (file == NULL)
        give_up("cannot be written", path);
    fwrite(head, 1, sizeof head, file);
    fputc(0xFF, file);
    fputc(0xFE, file);
    fputc((int)(size >> 8), file);
    fputc((int)(size & 0xFF), file);
    fputs(comment, file);
    write_quantisation(file);
    fwrite(frame, 1, sizeof frame, file);
    fwrite(huffman, 1, sizeof huffman, file);
    fwrite(scan, 1, sizeof scan, file);
    fprintf(file, "picture %08u", picture);
    if (fclose(file) != 0)
        give_up("cannot be written", path);
    set_mtime(path, 1449277166 + picture);
}

void make_pictures(const char *root, const char *prefix, unsigned count)
{
    char name[64], comment[32];

    for (unsigned i = 0; i < count; i++) {
        snprintf(name, sizeof name, "%s%03u", prefix, i / 100);
        if (i % 100 == 0)
            free(temp_folder(root, name));
        snprintf(name, sizeof name, "%s%03u/p%04u.jpg", prefix, i / 100, i);
        snprintf(comment, sizeof comment, "comment %04u", i);
        char *path = temp_path(root, name);
        make_picture(path, i, comment);
        free(path);
    }
}

void set_mtime(const char *path, int64_t mtime_s)
{
    struct timespec times[2] = {{.tv_sec = mtime_s, .tv_nsec = 5000},
                                {.tv_sec = mtime_s, .tv_nsec = 5000}};

    if (utimensat(AT_FDCWD, path, times, 0) != 0)
        give_up("its time cannot be set", path);
}

void make_database(const struct gls_config *config, const char *root, uint64_t expected)
{
    struct gls_generate_options options = GLS_GENERATE_OPTIONS_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_summary summary = GLS_SUMMARY_INIT;

    options.library = root;
    options.jobs = 2;
    if (!gls_generate_db(&summary, config, &options, NULL, &error))
        give_up(error.message, root);
    if (summary.imported != expected || summary.failed != 0)
        give_up("its database lacks files", root);
}
