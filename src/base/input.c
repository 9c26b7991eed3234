/* SPDX-License-Identifier: MIT */
#include "base/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/system/retry.h"

enum { WINDOW_SIZE = 16 * 1024, WINDOW_ALIGN = 4096, HEAD_SIZE_MAX = 256 * 1024 };

/* Bytes of a file that are in memory. */
struct window {
    uint8_t *bytes; /* WINDOW_SIZE, or as much as the head has grown to */
    uint64_t offset;
    size_t used;
};

struct kept {
    void *thing;
    void (*free_thing)(void *);
};

enum input_kind { INPUT_FILE, INPUT_MEMORY, INPUT_PATCHED };

struct gls_input {
    enum input_kind kind;
    uint64_t size;
    int fd; /* -1 for the other kinds */
    bool owns_fd;
    uint64_t start;     /* of the part of the file that it is */
    struct window head; /* the file's first bytes, which every step begins with; it grows */
    struct window moving;
    const uint8_t *memory;
    struct gls_input *base;
    const struct gls_patch *patch;
    struct kept kept[GLS_KEPT_KINDS];
    char name[];
};

static struct gls_input *new_input(enum input_kind kind, const char *name, struct gls_error *error)
{
    size_t name_size = strlen(name) + 1;
    struct gls_input *input = calloc(1, sizeof(*input) + name_size);

    if (input == NULL) {
        gls_fail_memory(error);
        return NULL;
    }
    input->kind = kind;
    input->fd = -1;
    memcpy(input->name, name, name_size);
    return input;
}

static const char *kind_of(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return "a directory";
    case S_IFIFO:
        return "a FIFO";
    case S_IFSOCK:
        return "a socket";
    case S_IFCHR:
    case S_IFBLK:
        return "a device";
    default:
        return "no regular file";
    }
}

static bool fail_irregular(struct gls_error *error, const char *name, mode_t mode)
{
    return gls_fail(error, GLS_ERROR_UNSUPPORTED, "%s: is %s, not a regular file", name,
                    kind_of(mode));
}

bool gls_input_open(struct gls_input **out, const char *path, struct gls_error *error)
{
    return gls_input_open_as(out, path, path, error);
}

bool gls_input_open_as(struct gls_input **out, const char *path, const char *name,
                       struct gls_error *error)
{
    int fd = gls_open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0);
    struct stat status;

    *out = NULL;
    if (fd < 0) {
        int cause = errno;
        /* A socket cannot be opened at all: say so. */
        if (cause == ENXIO && stat(path, &status) == 0 && !S_ISREG(status.st_mode))
            return fail_irregular(error, name, status.st_mode);
        return gls_fail_errno(error, cause, "%s: cannot be opened", name);
    }
    return gls_input_take_fd(out, fd, name, error);
}

bool gls_input_take_fd(struct gls_input **out, int fd, const char *name, struct gls_error *error)
{
    if (!gls_input_from_fd(out, fd, name, error)) {
        close(fd);
        return false;
    }
    (*out)->owns_fd = true;
    return true;
}

bool gls_input_from_fd(struct gls_input **out, int fd, const char *name, struct gls_error *error)
{
    struct stat status;

    *out = NULL;
    if (fstat(fd, &status) != 0)
        return gls_fail_errno(error, errno, "%s: cannot be examined", name);
    if (!S_ISREG(status.st_mode))
        return fail_irregular(error, name, status.st_mode);
    struct gls_input *input = new_input(INPUT_FILE, name, error);
    if (input == NULL)
        return false;
    input->fd = fd;
    input->size = (uint64_t)status.st_size;
    *out = input;
    return true;
}

bool gls_input_from_part(struct gls_input **out, int fd, uint64_t offset, uint64_t size,
                         const char *name)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    struct gls_input *input = new_input(INPUT_FILE, name, &ignored);

    *out = input;
    if (input == NULL)
        return false;
    input->fd = fd;
    input->start = offset;
    input->size = size;
    return true;
}

bool gls_input_from_memory(struct gls_input **out, const void *bytes, size_t size, const char *name,
                           struct gls_error *error)
{
    struct gls_input *input = new_input(INPUT_MEMORY, name, error);

    *out = input;
    if (input == NULL)
        return false;
    input->memory = bytes;
    input->size = size;
    return true;
}

bool gls_input_from_patch(struct gls_input **out, struct gls_input *base,
                          const struct gls_patch *patch, struct gls_error *error)
{
    *out = NULL;
    if (!patch->sealed && patch->count > 0)
        return gls_fail(error, GLS_ERROR_INTERNAL, "%s: the edit is not sealed", base->name);
    struct gls_input *input = new_input(INPUT_PATCHED, base->name, error);
    if (input == NULL)
        return false;
    input->base = base;
    input->patch = patch;
    input->size = gls_patch_result_size(patch, base->size);
    *out = input;
    return true;
}

static void free_kept(const struct kept *kept)
{
    if (kept->thing != NULL)
        kept->free_thing(kept->thing);
}

void gls_input_free(struct gls_input *input)
{
    if (input == NULL)
        return;
    for (size_t i = 0; i < GLS_KEPT_KINDS; i++)
        free_kept(&input->kept[i]);
    if (input->owns_fd)
        close(input->fd);
    free(input->head.bytes);
    free(input->moving.bytes);
    free(input);
}

static struct gls_input *lowest(struct gls_input *input)
{
    while (input->base != NULL)
        input = input->base;
    return input;
}

void gls_input_keep(struct gls_input *input, enum gls_kept_kind kind, void *thing,
                    void (*free_thing)(void *))
{
    struct kept *kept = &lowest(input)->kept[kind];

    free_kept(kept);
    *kept = (struct kept){thing, free_thing};
}

void *gls_input_kept(struct gls_input *input, enum gls_kept_kind kind)
{
    return lowest(input)->kept[kind].thing;
}

uint64_t gls_input_size(const struct gls_input *input)
{
    return input->size;
}

const char *gls_input_name(const struct gls_input *input)
{
    return input->name;
}

bool gls_input_refuse(const struct gls_input *input, const char *why, struct gls_error *error)
{
    return gls_fail(error, GLS_ERROR_UNSUPPORTED, "%s: %s", gls_input_name(input), why);
}

int gls_input_fd(const struct gls_input *input)
{
    return input->fd;
}

/* Reads exactly `size` bytes that lie within the size the file had when it was
 * opened. */
static bool pread_fully(struct gls_input *input, uint64_t offset, uint8_t *buffer, size_t size,
                        struct gls_error *error)
{
    while (size > 0) {
        ssize_t got = gls_pread(input->fd, buffer, size, input->start + offset);
        if (got < 0) {
            int cause = errno;
            gls_fail_errno(error, cause, "%s: cannot be read at offset %llu", input->name,
                           (unsigned long long)offset);
            error->status = GLS_ERROR_IO;
            return false;
        }
        if (got == 0)
            return gls_fail(error, GLS_ERROR_CHANGED, "%s: became shorter while it was read",
                            input->name);
        buffer += got;
        offset += (uint64_t)got;
        size -= (size_t)got;
    }
    return true;
}

static bool holds(const struct window *window, uint64_t offset, size_t size)
{
    return offset >= window->offset && offset + size <= window->offset + window->used;
}

/* Adds to the file's first bytes what is missing up to `end`, and as much again. */
static bool grow_head(struct gls_input *input, uint64_t end, struct gls_error *error)
{
    struct window *head = &input->head;
    size_t size = WINDOW_SIZE;

    while (size < end)
        size *= 2;
    uint8_t *bytes = realloc(head->bytes, size);
    if (bytes == NULL)
        return gls_fail_memory(error);
    head->bytes = bytes;
    if (size > input->size)
        size = (size_t)input->size;
    if (!pread_fully(input, head->used, bytes + head->used, size - head->used, error))
        return false;
    head->used = size;
    return true;
}

static bool move_window(struct gls_input *input, uint64_t offset, struct gls_error *error)
{
    struct window *window = &input->moving;
    uint64_t start = offset - offset % WINDOW_ALIGN;
    uint64_t left = input->size - start;
    size_t size = left < WINDOW_SIZE ? (size_t)left : WINDOW_SIZE;

    if (window->bytes == NULL) {
        window->bytes = malloc(WINDOW_SIZE);
        if (window->bytes == NULL)
            return gls_fail_memory(error);
    }
    window->used = 0;
    if (!pread_fully(input, start, window->bytes, size, error))
        return false;
    window->offset = start;
    window->used = size;
    return true;
}

static bool read_file(struct gls_input *input, uint64_t offset, uint8_t *buffer, size_t size,
                      struct gls_error *error)
{
    uint64_t end = offset + size;
    bool continues_head =
        end <= WINDOW_SIZE || (offset <= input->head.used && end <= HEAD_SIZE_MAX);
    struct window *window = continues_head ? &input->head : &input->moving;

    if (!holds(window, offset, size)) {
        if (!continues_head && size > WINDOW_SIZE - WINDOW_ALIGN)
            return pread_fully(input, offset, buffer, size, error);
        if (!(continues_head ? grow_head(input, end, error) : move_window(input, offset, error)))
            return false;
    }
    memcpy(buffer, window->bytes + (offset - window->offset), size);
    return true;
}

/* The number of splices whose place in the result begins at or before `offset`. */
static size_t splices_before(const struct gls_patch *patch, uint64_t offset)
{
    size_t low = 0;
    size_t high = patch->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (patch->splices[middle].result_offset <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool read_patched(struct gls_input *input, uint64_t offset, uint8_t *buffer, size_t size,
                         struct gls_error *error)
{
    const struct gls_patch *patch = input->patch;
    size_t next = splices_before(patch, offset);

    while (size > 0) {
        /* Between the splice before `offset` and the one after it lie first new
         * bytes, then an extent of the base. */
        const struct gls_splice *splice = next > 0 ? &patch->splices[next - 1] : NULL;
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): there are `count` of them */
        uint64_t limit = next < patch->count ? patch->splices[next].result_offset : input->size;
        uint64_t into = offset - (splice != NULL ? splice->result_offset : 0);
        size_t part = size;

        if (part > limit - offset)
            part = (size_t)(limit - offset);
        if (splice != NULL && into < splice->size) {
            if (part > splice->size - into)
                part = (size_t)(splice->size - into);
            memcpy(buffer, splice->bytes + into, part);
        } else if (part > 0) {
            uint64_t at = offset;
            if (splice != NULL)
                at = splice->offset + splice->removed + (into - splice->size);
            if (!gls_input_read(input->base, at, buffer, part, error))
                return false;
        }
        buffer += part;
        offset += part;
        size -= part;
        if (offset == limit)
            next++;
    }
    return true;
}

bool gls_input_read(struct gls_input *input, uint64_t offset, void *buffer, size_t size,
                    struct gls_error *error)
{
    if (size > input->size || offset > input->size - size)
        return gls_fail(error, GLS_ERROR_FORMAT,
                        "%s: ends too early: %zu bytes expected at offset %llu of %llu",
                        input->name, size, (unsigned long long)offset,
                        (unsigned long long)input->size);
    if (size == 0)
        return true;
    switch (input->kind) {
    case INPUT_FILE:
        return read_file(input, offset, buffer, size, error);
    case INPUT_PATCHED:
        return read_patched(input, offset, buffer, size, error);
    case INPUT_MEMORY:
    default:
        memcpy(buffer, input->memory + offset, size);
        return true;
    }
}

bool gls_input_read_some(struct gls_input *input, uint64_t offset, void *buffer, size_t *size,
                         struct gls_error *error)
{
    uint64_t left = offset < input->size ? input->size - offset : 0;

    if (*size > left)
        *size = (size_t)left;
    if (*size == 0 || gls_input_read(input, offset, buffer, *size, error))
        return true;
    *size = 0;
    return false;
}
