/* SPDX-License-Identifier: MIT */
/*
 * make_card - what tests through the command need and a shell makes slowly or not
 * at all:
 *
 *   make_card many FOLDER FIXTURES COUNT   a card of COUNT small files or a few more:
 *                                          photos with colliding names and dates,
 *                                          duplicates, pairs, sidecars, broken ones
 *   make_card deep FOLDER NAME COUNT FILE  FILE in the last of COUNT folders NAME, each
 *                                          in the one before, however long that path is;
 *                                          its bytes come from stdin
 *   make_card socket PATH
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"

enum {
    PATH_SIZE = 256,
    STEM_SIZE = 64,
    BYTES_MAX = 1 << 16,
    FOLDERS = 37,
    MOMENTS = 40,
    SALTS = 25
};

/* ---- many -------------------------------------------------------------------------- */

struct template_file {
    const char *name; /* below the fixtures */
    const char *date; /* as it stands in there; NULL: as it is */
    const char *extension;
    bool is_boxes; /* more bytes may only follow in a box */
    uint8_t *bytes;
    size_t size;
};

enum { PHOTO, SHOT_RAW, SHOT_JPEG, LIVE_STILL, LIVE_MOVIE, AAE, XMP, NOTE, PNG, TEMPLATES };

struct card {
    const char *folder;
    struct template_file templates[TEMPLATES];
    uint64_t random;
    unsigned long stems;
    unsigned long count;
};

static const struct template_file all_templates[TEMPLATES] = {
    [PHOTO] = {"formats/photo.jpeg", "2016:05:02 08:02:12", "JPG", false, NULL, 0},
    [SHOT_RAW] = {"sample/DCIM/100GLASS/IMG_0003.DNG", "2023:06:11 11:03:47", "DNG", false, NULL,
                  0},
    [SHOT_JPEG] = {"sample/DCIM/100GLASS/IMG_0003.JPG", "2023:06:11 11:03:47", "JPG", false, NULL,
                   0},
    [LIVE_STILL] = {"sample/DCIM/100GLASS/IMG_0004.HEIC", "2023:07:01 12:00:30", "HEIC", true, NULL,
                    0},
    [LIVE_MOVIE] = {"sample/DCIM/100GLASS/IMG_0004.MOV", NULL, "MOV", true, NULL, 0},
    [AAE] = {"sample/DCIM/100GLASS/IMG_0006.AAE", NULL, "AAE", false, NULL, 0},
    [XMP] = {"formats/sidecar-xmp.jpg.xmp", NULL, "xmp", false, NULL, 0},
    [NOTE] = {"formats/photo.txt", NULL, "txt", false, NULL, 0},
    [PNG] = {"formats/photo.png", NULL, "png", true, NULL, 0},
};

/* The same numbers on every machine. */
static unsigned below(struct card *card, unsigned bound)
{
    card->random = card->random * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(card->random >> 33) % bound;
}

static void load_templates(struct card *card, const char *fixtures)
{
    for (size_t i = 0; i < TEMPLATES; i++) {
        char *path = temp_path(fixtures, all_templates[i].name);
        card->templates[i] = all_templates[i];
        card->templates[i].bytes = temp_read(path, &card->templates[i].size);
        free(path);
    }
}

/* What a file is made from: files of one recipe are equal. */
struct recipe {
    unsigned moment; /* one of few in which all photos were taken */
    unsigned salt;
};

static void set_date(uint8_t *bytes, size_t size, const char *date, unsigned moment)
{
    char text[32];
    size_t length = strlen(date);

    snprintf(text, sizeof text, "2020:0%u:02 03:04:%02u", moment % 3 + 1, moment / 3 % 60);
    for (size_t i = 0; i + length <= size; i++)
        if (memcmp(bytes + i, date, length) == 0)
            memcpy(bytes + i, text, length);
}

static void put(struct card *card, const char *stem, const char *extension, size_t template,
                const struct recipe *recipe)
{
    const struct template_file *from = &card->templates[template];
    uint8_t bytes[BYTES_MAX];
    char name[PATH_SIZE], salt[64];
    size_t size = from->size;

    memcpy(bytes, from->bytes, size);
    if (from->date != NULL)
        set_date(bytes, size, from->date, recipe->moment);
    if (from->is_boxes && template != PNG) {
        memcpy(bytes + size,
               "\0\0\0\x10"
               "free",
               8);
        size += 8;
    }
    snprintf(salt, sizeof salt, template == XMP ? "<!--%08u-->\n" : "%08u", recipe->salt);
    memcpy(bytes + size, salt, strlen(salt));
    size += strlen(salt);
    /* Some sizes are shared by many files, some are a file's own. */
    for (unsigned i = 0; !from->is_boxes && i < recipe->salt % 5 * recipe->salt % 200; i++)
        bytes[size++] = ' ';
    snprintf(name, sizeof name, "%s.%s", stem, extension);
    free(temp_file(card->folder, name, bytes, size));
    card->count++;
}

/* Every folder has an IMG_0000, an IMG_0001 and so on. */
static void name_stem(struct card *card, char out[STEM_SIZE])
{
    unsigned long stem = card->stems++;

    snprintf(out, STEM_SIZE, "%lu/%s_%04lu", stem % FOLDERS, below(card, 4) == 0 ? "img" : "IMG",
             stem / FOLDERS);
}

static void put_pair(struct card *card, const char *stem, size_t first, const struct recipe *recipe)
{
    /* Now and then one half is missing. */
    if (below(card, 8) != 0)
        put(card, stem, card->templates[first].extension, first, recipe);
    if (below(card, 8) != 0)
        put(card, stem, card->templates[first + 1].extension, first + 1, recipe);
}

static void put_broken(struct card *card, const char *stem)
{
    static const char *const texts[] = {"", "this is no picture\n", "\xFF\xD8\xFF"};
    const char *text = texts[below(card, 3)];
    char name[PATH_SIZE];

    snprintf(name, sizeof name, "%s-broken.jpg", stem);
    free(temp_text_file(card->folder, name, text));
    card->count++;
}

static void put_some(struct card *card)
{
    /* Few recipes for many files: many are made twice. */
    struct recipe recipe = {below(card, MOMENTS), below(card, SALTS)};
    char stem[STEM_SIZE], other[PATH_SIZE];

    name_stem(card, stem);
    switch (below(card, 20)) {
    case 0:
    case 1:
        put_pair(card, stem, SHOT_RAW, &recipe);
        break;
    case 2:
    case 3:
        put_pair(card, stem, LIVE_STILL, &recipe);
        break;
    case 4:
        put(card, stem, "JPG", PHOTO, &recipe);
        put(card, stem, below(card, 2) == 0 ? "xmp" : "JPG.xmp", XMP, &recipe);
        break;
    case 5:
        put(card, stem, "JPG", PHOTO, &recipe);
        put(card, stem, "AAE", AAE, &recipe);
        break;
    case 6:
        put(card, stem, "txt", NOTE, &recipe);
        break;
    case 7:
        put(card, stem, "png", PNG, &recipe);
        break;
    case 8:
        put_broken(card, stem);
        break;
    case 9:
        /* The same bytes twice, near each other in the scan. */
        put(card, stem, "JPG", PHOTO, &recipe);
        snprintf(other, sizeof other, "%s-copy", stem);
        put(card, other, "jpg", PHOTO, &recipe);
        break;
    default:
        put(card, stem, below(card, 3) == 0 ? "jpg" : "JPG", PHOTO, &recipe);
    }
}

static int make_many(const char *folder, const char *fixtures, unsigned long count)
{
    struct card card = {.folder = folder, .random = 2};

    load_templates(&card, fixtures);
    while (card.count < count)
        put_some(&card);
    for (size_t i = 0; i < TEMPLATES; i++)
        free(card.templates[i].bytes);
    return 0;
}

/* ---- Odd things ---------------------------------------------------------------------- */

static int fail(const char *what)
{
    perror(what);
    return 1;
}

static int make_deep(const char *folder, const char *name, unsigned long count, const char *file)
{
    char bytes[BYTES_MAX];

    if (chdir(folder) != 0)
        return fail(folder);
    for (unsigned long i = 0; i < count; i++)
        if ((mkdir(name, 0777) != 0 && access(name, X_OK) != 0) || chdir(name) != 0)
            return fail(name);
    size_t size = fread(bytes, 1, sizeof bytes, stdin);
    FILE *out = fopen(file, "wb");
    if (out == NULL || fwrite(bytes, 1, size, out) != size || fclose(out) != 0)
        return fail(file);
    return 0;
}

static int make_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    if (strlen(path) >= sizeof address.sun_path)
        return fail("a socket's path is short");
    memcpy(address.sun_path, path, strlen(path) + 1);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
        return fail(path);
    close(fd);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "many") == 0)
        return make_many(argv[2], argv[3], strtoul(argv[4], NULL, 10));
    if (argc == 6 && strcmp(argv[1], "deep") == 0)
        return make_deep(argv[2], argv[3], strtoul(argv[4], NULL, 10), argv[5]);
    if (argc == 3 && strcmp(argv[1], "socket") == 0)
        return make_socket(argv[2]);
    fprintf(stderr, "make_card: see its source\n");
    return 2;
}
