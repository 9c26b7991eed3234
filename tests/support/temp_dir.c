/* SPDX-License-Identifier: MIT */
#include "tests/support/temp_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void give_up(const char *what, const char *name)
{
    fprintf(stderr, "test support: %s %s: %s\n", what, name, strerror(errno));
    abort();
}

char *temp_dir_new(void)
{
    const char *parent = getenv("TMPDIR");
    char *dir = temp_path(parent != NULL && parent[0] == '/' ? parent : "/tmp", "glassine.XXXXXX");

    if (mkdtemp(dir) == NULL)
        give_up("mkdtemp", dir);
    return dir;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *position)
{
    (void)status;
    (void)position;
    if (remove(path) != 0 && errno != ENOENT)
        give_up(type == FTW_DP ? "rmdir" : "unlink", path);
    return 0;
}

void temp_dir_remove(char *dir)
{
    if (dir == NULL)
        return;
    if (nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        give_up("walk", dir);
    free(dir);
}

char *temp_path(const char *dir, const char *name)
{
    char *path = NULL;

    if (asprintf(&path, "%s/%s", dir, name) < 0)
        give_up("memory for", name);
    return path;
}

static void make_parents(char *path, size_t start)
{
    for (size_t i = start; path[i] != '\0'; i++) {
        if (path[i] != '/')
            continue;
        path[i] = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            give_up("mkdir", path);
        path[i] = '/';
    }
}

char *temp_folder(const char *dir, const char *name)
{
    char *path = temp_path(dir, name);

    make_parents(path, strlen(dir) + 1);
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        give_up("mkdir", path);
    return path;
}

char *temp_file(const char *dir, const char *name, const void *bytes, size_t size)
{
    char *path = temp_path(dir, name);

    make_parents(path, strlen(dir) + 1);
    FILE *file = fopen(path, "wbe");
    if (file == NULL)
        give_up("open", path);
    if (size > 0 && fwrite(bytes, 1, size, file) != size)
        give_up("write", path);
    if (fclose(file) != 0)
        give_up("close", path);
    return path;
}

char *temp_text_file(const char *dir, const char *name, const char *text)
{
    return temp_file(dir, name, text, strlen(text));
}

uint8_t *temp_read(const char *path, size_t *size)
{
    struct stat status;
    FILE *file = fopen(path, "rbe");

    if (file == NULL || fstat(fileno(file), &status) != 0)
        give_up("open", path);
    size_t wanted = (size_t)status.st_size;
    uint8_t *bytes = malloc(wanted + 1);
    if (bytes == NULL || fread(bytes, 1, wanted, file) != wanted)
        give_up("read", path);
    bytes[wanted] = '\0';
    fclose(file);
    if (size != NULL)
        *size = wanted;
    return bytes;
}

bool temp_exists(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0;
}

void temp_fill(void *bytes, size_t size, uint64_t seed)
{
    uint8_t *out = bytes;
    uint64_t state = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;

    for (size_t i = 0; i < size; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        out[i] = (uint8_t)(state >> 24);
    }
}

static int fork_and_run(int (*run)(void *context), void *context, bool unprivileged)
{
    int status = 0;

    fflush(NULL);
    pid_t child = fork();
    if (child < 0)
        give_up("fork", "child");
    if (child == 0) {
        if (unprivileged && geteuid() == 0 &&
            (setgroups(0, NULL) != 0 || setgid(65534) != 0 || setuid(65534) != 0))
            give_up("setuid", "65534");
        _exit(run(context));
    }
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            give_up("wait", "child");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int temp_run_child(int (*run)(void *context), void *context)
{
    return fork_and_run(run, context, false);
}

int temp_run_unprivileged(int (*run)(void *context), void *context)
{
    return fork_and_run(run, context, true);
}
