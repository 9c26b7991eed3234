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
 * of them are listed, however many folders the units go to and however large these are. */
enum { NAMES_PER_UNIT = 128, NAMES_FIRST = 4096, CREDIT_MAX = 64 * NAMES_FIRST };

enum { FOLDERS = 1024, FOLDERS_OF_HASH = 16, NAMES_PER_AGE = 1024, STEM_BITS = 1 << 24 };

struct folder {
    char *path; /* NULL: empty */
    uint64_t hash;
    long listed;      /* names, by the last listing */
    bool is_complete; /* else: too large, or it cannot be listed */
    int64_t listed_ms;
};

struct gls_folder_names {
    int64_t age_ms;
    bool ignores_case;
    long credit; /* names that may be listed now; below 0: not yet */
    struct folder folders[FOLDERS];
    unsigned char stems[STEM_BITS / 8];
};

struct gls_folder_names *gls_folder_names_new(int64_t age_ms, bool ignores_case)
{
    struct gls_folder_names *names = calloc(1, sizeof *names);

    if (names != NULL) {
        names->age_ms = age_ms;
        names->ignores_case = ignores_case;
        names->credit = NAMES_FIRST;
    }
    return names;
}

void gls_folder_names_free(struct gls_folder_names *names)
{
    if (names == NULL)
        return;
    for (size_t i = 0; i < FOLDERS; i++)
        free(names->folders[i].path);
    free(names);
}

/* ---- Stems ------------------------------------------------------------------------ */

/* The byte and the bit of a stem. */
static unsigned char *stem_bit(struct gls_folder_names *names, uint64_t hash, unsigned char *bit)
{
    uint64_t number = (hash ^ hash >> 32) % STEM_BITS;

    *bit = (unsigned char)(1u << number % 8);
    return &names->stems[number / 8];
}

static bool has_stem(struct gls_folder_names *names, uint64_t hash)
{
    unsigned char bit, *byte = stem_bit(names, hash, &bit);

    return (*byte & bit) != 0;
}

/* A name may be that of several stems: a.b.jpg of "a" and of "a.b". `hash`: of what stands
 * before the name. */
static void add_stems(struct gls_folder_names *names, uint64_t hash, const char *name)
{
    for (const char *c = name; *c != '\0'; c++) {
        unsigned char bit, *byte = stem_bit(names, hash, &bit);
        if (*c == '.' && c > name)
            *byte |= bit;
        hash = gls_stem_hash_add(hash, *c);
    }
}

static size_t folder_size(const char *path, size_t size)
{
    while (size > 0 && path[size - 1] != '/')
        size--;
    return size;
}

void gls_folder_names_add(struct gls_folder_names *names, const char *path)
{
    size_t size = folder_size(path, strlen(path));
    uint64_t hash;

    (void)gls_stem_hash_of(&hash, path, size);
    add_stems(names, hash, path + size);
}

/* ---- Listing ---------------------------------------------------------------------- */

/* False: not all of it. A folder that is larger than one expects is listed further each time. */
static bool add_names(struct gls_folder_names *names, struct folder *folder, int fd)
{
    const struct dirent *entry;
    long most = folder->listed > NAMES_FIRST / 2 ? 2 * folder->listed : NAMES_FIRST;
    DIR *dir = fdopendir(fd);
    bool ok = dir != NULL;

    if (!ok)
        close(fd);
    folder->listed = 0;
    while (ok && (errno = 0, entry = readdir(dir)) != NULL) {
        add_stems(names, folder->hash, entry->d_name);
        ok = ++folder->listed < most;
    }
    ok = ok && errno == 0;
    names->credit -= folder->listed;
    if (dir != NULL)
        closedir(dir);
    return ok;
}

static void list(struct gls_folder_names *names, struct folder *folder, int root)
{
    folder->listed_ms = gls_clock_ms();
    int fd =
        gls_open_at(root, folder->path[0] != '\0' ? folder->path : ".", O_RDONLY | O_DIRECTORY, 0);
    folder->is_complete = fd >= 0 ? add_names(names, folder, fd) : errno == ENOENT;
}

static bool is_old(const struct gls_folder_names *names, const struct folder *folder)
{
    int64_t ages = folder->listed < NAMES_PER_AGE ? 1 : folder->listed / NAMES_PER_AGE;

    return gls_clock_ms() - folder->listed_ms >= ages * names->age_ms;
}

/* ---- Asking ------------------------------------------------------------------------ */

/* The entry of the folder that is the first `size` bytes of `path`: one of some that its hash
 * leads to, of which the one that was listed first gives way. NULL: no memory. */
static struct folder *find(struct gls_folder_names *names, uint64_t hash, const char *path,
                           size_t size)
{
    struct folder *oldest = NULL;

    for (size_t i = 0; i < FOLDERS_OF_HASH; i++) {
        struct folder *folder = &names->folders[((hash ^ hash >> 32) + i) % FOLDERS];
        if (folder->path != NULL && folder->hash == hash &&
            strncmp(folder->path, path, size) == 0 && folder->path[size] == '\0')
            return folder;
        if (oldest == NULL || folder->listed_ms < oldest->listed_ms)
            oldest = folder;
    }
    free(oldest->path);
    *oldest = (struct folder){
        .path = strndup(path, size), .hash = hash, .is_complete = true, .listed_ms = INT64_MIN / 2};
    return oldest->path != NULL ? oldest : NULL;
}

bool gls_folder_names_may_hold(struct gls_folder_names *names, int root, const char *path,
                               size_t stem_size)
{
    size_t size = folder_size(path, stem_size);
    uint64_t hash, stem;
    bool is_ascii = gls_stem_hash_of(&hash, path, size) || !names->ignores_case;

    is_ascii = gls_stem_hash_of(&stem, path + size, stem_size - size) && is_ascii;
    (void)gls_stem_hash_of(&stem, path, stem_size);
    if (size == stem_size || !is_ascii || has_stem(names, stem))
        return true;
    if (root < 0)
        return false;
    names->credit += names->credit < CREDIT_MAX ? NAMES_PER_UNIT : 0;
    struct folder *folder = find(names, hash, path, size > 0 ? size - 1 : 0);
    if (folder == NULL)
        return true;
    if (is_old(names, folder)) {
        if (names->credit < 0)
            return true;
        list(names, folder, root);
    }
    return !folder->is_complete || has_stem(names, stem);
}
