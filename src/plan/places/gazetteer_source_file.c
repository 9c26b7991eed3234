/* SPDX-License-Identifier: MIT */
/*
 * The gazetteer in a file of its own, mapped: its pages are read when they are
 * needed and shared by all processes. It is a part of the program, as a library
 * would be, and looked for where the program is: $GLASSINE_PLACES, beside the
 * program, ../share/glassine from there, and the data folder of the installation.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "base/system/retry.h"
#include "plan/places/gazetteer_data.h"
#include "plan/places/gazetteer_source.h"

#define FILE_NAME "glassine-places.bin"

static const uint8_t *bytes; /* set once, under the pthread_once */
static pthread_once_t bytes_once = PTHREAD_ONCE_INIT;

/* Is it whole, and of the layout that this program reads? */
static bool is_gazetteer(const uint8_t *at, uint64_t size)
{
    static const char magic[GLS_GAZ_HEADER_SIZE] = "GLSGAZ2";
    uint64_t end = GLS_GAZ_HEADER_SIZE + 8 * (uint64_t)GLS_GAZ_SECTIONS;
    if (size < end || memcmp(at, magic, sizeof magic) != 0)
        return false;
    for (size_t i = 0; i < GLS_GAZ_SECTIONS; i++) {
        const uint8_t *row = at + GLS_GAZ_HEADER_SIZE + 8 * i;
        if (gls_le32(row) != end)
            return false;
        end += gls_le32(row + 4);
    }
    return end == size;
}

static bool map(const char *path)
{
    struct stat about;
    int fd = gls_open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0);
    if (fd < 0)
        return false;
    if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0 &&
        (uint64_t)about.st_size <= UINT32_MAX) {
        size_t size = (size_t)about.st_size;
        void *at = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
        if (at != MAP_FAILED && is_gazetteer(at, size))
            bytes = at;
        else if (at != MAP_FAILED)
            munmap(at, size);
    }
    close(fd);
    return bytes != NULL;
}

static bool map_below(const char *folder, const char *rest)
{
    GLS_STRBUF_AUTO path = GLS_STRBUF_INIT;
    gls_strbuf_addf(&path, "%s%s" FILE_NAME, folder, rest);
    return !path.failed && map(gls_strbuf_str(&path));
}

/* The folder of the running program; without /proc, of the path that it was
 * started by. NULL: not known. */
static char *program_folder(void)
{
    char path[4096];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);
    if (size > 0) {
        path[size] = '\0';
        return gls_path_dir(path);
    }
    const char *started = (const char *)(uintptr_t)getauxval(AT_EXECFN);
    return started != NULL && started[0] == '/' ? gls_path_dir(started) : NULL;
}

static void find_file(void)
{
    const char *named = secure_getenv("GLASSINE_PLACES");
    if (named != NULL && named[0] != '\0') {
        (void)map(named);
        return; /* a file that was named is the one, or there is none */
    }
    char *folder = program_folder();
    if (folder == NULL || (!map_below(folder, "/") && !map_below(folder, "/../share/glassine/")))
        (void)map(GLS_DATA_DIR "/" FILE_NAME);
    free(folder);
}

const uint8_t *gls_gazetteer_bytes(void)
{
    pthread_once(&bytes_once, find_file);
    return bytes;
}

const char *gls_gazetteer_lack(void)
{
    return gls_gazetteer_bytes() != NULL ? ""
                                         : "no usable " FILE_NAME
                                           " was found; put it beside glassine or name it by "
                                           "$GLASSINE_PLACES";
}
