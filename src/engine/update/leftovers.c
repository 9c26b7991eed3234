/* SPDX-License-Identifier: MIT */
#include "engine/update/leftovers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/system/retry.h"

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

/* What the copies of this process begin with. A process may get the number of one that was
 * killed; not in the same instant. */
static void process_prefix(char out[GLS_COPY_PREFIX_SIZE])
{
    static atomic_uint_fast64_t began;
    struct timespec now = {0};
    uint_fast64_t unset = 0;

    clock_gettime(CLOCK_REALTIME, &now);
    (void)atomic_compare_exchange_strong(
        &began, &unset, (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec);
    snprintf(out, GLS_COPY_PREFIX_SIZE, "%s%08x-%ld-%llx-", start, host_number(), (long)getpid(),
             (unsigned long long)atomic_load(&began));
}

void gls_copy_prefix_make(char out[GLS_COPY_PREFIX_SIZE])
{
    static atomic_uint runs;

    process_prefix(out);
    size_t size = strlen(out);
    snprintf(out + size, GLS_COPY_PREFIX_SIZE - size, "%u", atomic_fetch_add(&runs, 1));
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

/* A copy of this process belongs to a run that may be at work. */
static bool is_left(const char *name)
{
    char own[GLS_COPY_PREFIX_SIZE];
    long pid = maker_of(name);

    process_prefix(own);
    if (pid == 0 || strncmp(name, own, strlen(own)) == 0)
        return false;
    return pid == (long)getpid() || (kill((pid_t)pid, 0) != 0 && errno == ESRCH);
}

void gls_leftovers_remove(const char *folder)
{
    DIR *dir = gls_opendir(folder);

    if (dir == NULL)
        return;
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (is_left(entry->d_name))
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
    }
    closedir(dir);
}
