/* SPDX-License-Identifier: MIT */
#include "engine/filing/folder_names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/stem_hash.h"
#include "base/system/retry.h"
#include "base/thread/clock.h"

/* To ask for each companion of a unit takes about as long as to list so many names: no more
 * of them are listed, however many folders the units go to. */
enum { FOLDERS = 128, NAMES_MAX = 4096, NAMES_PER_UNIT = 128, CREDIT_MAX = 64 * NAMES_MAX };

struct folder {
    char *path; /* NULL: empty */
    uint64_t hash;
    uint64_t *stems;
    size_t count, space;
    bool is_complete; /* else: too large, or it cannot be listed */
    int64_t listed_ms;
};

struct gls_folder_names {
    int64_t age_ms;
    long credit; /* names that may be listed now; below 0: not yet */
    size_t next; /* whose folder gives way to a new one */
    struct folder folders[FOLDERS];
};

struct gls_folder_names *gls_folder_names_new(int64_t age_ms)
{
    struct gls_folder_names *names = calloc(1, sizeof *names);

    if (names != NULL)
        *names = (struct gls_folder_names){.age_ms = age_ms, .credit = NAMES_MAX};
    return names;
}

void gls_folder_names_free(struct gls_folder_names *names)
{
    if (names == NULL)
        return;
    for (size_t i = 0; i < FOLDERS; i++) {
        free(names->folders[i].path);
        free(names->folders[i].stems);
    }
    free(names);
}

/* ---- Listing ---------------------------------------------------------------------- */

static bool add_stem(struct folder *folder, uint64_t stem)
{
    if (folder->count == folder->space) {
        size_t space = folder->space == 0 ? 64 : folder->space * 2;
        uint64_t *grown =
            space <= NAMES_MAX ? reallocarray(folder->stems, space, sizeof *grown) : NULL;
        if (grown == NULL)
            return false;
        folder->stems = grown;
        folder->space = space;
    }
    folder->stems[folder->count++] = stem;
    return true;
}

/* A name may be that of several stems: a.b.jpg of "a" and of "a.b". */
static bool add_name(struct folder *folder, const char *name)
{
    uint64_t hash = GLS_STEM_HASH_INIT;
    bool ok = true;

    for (const char *c = name; ok && *c != '\0'; c++) {
        if (*c == '.' && c > name)
            ok = add_stem(folder, hash);
        hash = gls_stem_hash_add(hash, *c);
    }
    return ok;
}

/* False: not all of it. */
static bool add_names(struct folder *folder, long *credit, int fd)
{
    const struct dirent *entry;
    DIR *dir = fdopendir(fd);
    bool ok = dir != NULL;

    if (!ok)
        close(fd);
    while (ok && (errno = 0, entry = readdir(dir)) != NULL) {
        ok = add_name(folder, entry->d_name);
        --*credit;
    }
    ok = ok && errno == 0;
    if (dir != NULL)
        closedir(dir);
    return ok;
}

static void list(struct folder *folder, long *credit, int root)
{
    folder->count = 0;
    folder->listed_ms = gls_clock_ms();
    int fd =
        gls_open_at(root, folder->path[0] != '\0' ? folder->path : ".", O_RDONLY | O_DIRECTORY, 0);
    folder->is_complete = fd >= 0 ? add_names(folder, credit, fd) : errno == ENOENT;
}

/* ---- Asking ------------------------------------------------------------------------ */

static bool is_folder(const struct folder *folder, uint64_t hash, const char *path, size_t size)
{
    return folder->hash == hash && folder->path != NULL && strlen(folder->path) == size &&
           memcmp(folder->path, path, size) == 0;
}

/* The place of the folder that is the first `size` bytes of `path`. NULL: no memory. */
static struct folder *find(struct gls_folder_names *names, const char *path, size_t size)
{
    uint64_t hash = GLS_STEM_HASH_INIT;

    for (size_t i = 0; i < size; i++)
        hash = gls_stem_hash_add(hash, path[i]);
    for (size_t i = 0; i < FOLDERS; i++) {
        if (is_folder(&names->folders[i], hash, path, size))
            return &names->folders[i];
    }
    struct folder *folder = &names->folders[names->next++ % FOLDERS];
    free(folder->path);
    free(folder->stems);
    *folder = (struct folder){
        .path = strndup(path, size), .hash = hash, .is_complete = true, .listed_ms = INT64_MIN / 2};
    return folder->path != NULL ? folder : NULL;
}

static bool has_stem(const struct folder *folder, uint64_t stem)
{
    for (size_t i = 0; i < folder->count; i++) {
        if (folder->stems[i] == stem)
            return true;
    }
    return false;
}

bool gls_folder_names_may_hold(struct gls_folder_names *names, int root, const char *path,
                               size_t stem_size)
{
    size_t base = stem_size;
    uint64_t stem;

    while (base > 0 && path[base - 1] != '/')
        base--;
    if (base == stem_size || !gls_stem_hash_of(&stem, path + base, stem_size - base))
        return true;
    names->credit += names->credit < CREDIT_MAX ? NAMES_PER_UNIT : 0;
    struct folder *folder = find(names, path, base > 0 ? base - 1 : 0);
    if (folder == NULL)
        return true;
    if (gls_clock_ms() - folder->listed_ms >= names->age_ms) {
        if (names->credit < 0)
            return true;
        list(folder, &names->credit, root);
    }
    return !folder->is_complete || has_stem(folder, stem);
}
