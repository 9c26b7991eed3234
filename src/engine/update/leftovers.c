/* SPDX-License-Identifier: MIT */
#include "engine/update/leftovers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char start[] = ".glassine-";

/* Tells machines apart that share a disk: another one's processes cannot be asked for. */
static uint32_t host_number(void)
{
    char name[256] = "";
    uint32_t hash = 2166136261u; /* FNV-1a */

    (void)gethostname(name, sizeof name - 1);
    for (const char *c = name; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    return hash;
}

void gls_copy_prefix_make(char out[GLS_COPY_PREFIX_SIZE])
{
    struct timespec now = {0};

    /* A process may get the number of one that was killed; not in the same instant. */
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(out, GLS_COPY_PREFIX_SIZE, "%s%08x-%ld-%llx", start, host_number(), (long)getpid(),
             (unsigned long long)now.tv_sec * 1000000000ULL + (unsigned long long)now.tv_nsec);
}

/* The process that made a copy of that name on this machine; 0: none did. */
static long maker_of(const char *name)
{
    char machine[32];
    char *end = NULL;
    int size = snprintf(machine, sizeof machine, "%s%08x-", start, host_number());

    if (strncmp(name, machine, (size_t)size) != 0)
        return 0;
    errno = 0;
    long pid = strtol(name + size, &end, 10);
    return errno == 0 && pid > 0 && *end == '-' ? pid : 0;
}

static bool is_left(const char *name, const char *own_prefix)
{
    long pid = maker_of(name);

    if (pid == 0 || strncmp(name, own_prefix, strlen(own_prefix)) == 0)
        return false;
    return pid == (long)getpid() || (kill((pid_t)pid, 0) != 0 && errno == ESRCH);
}

void gls_leftovers_remove(const char *folder, const char *own_prefix)
{
    DIR *dir = opendir(folder);

    if (dir == NULL)
        return;
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (is_left(entry->d_name, own_prefix))
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
    }
    closedir(dir);
}
