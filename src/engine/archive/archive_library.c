/* SPDX-License-Identifier: MIT */
#include "engine/archive/archive_library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

/* Written once, under the pthread_once below; read only after it. */
static struct gls_archive_library library;
static bool is_usable;
static pthread_once_t library_once = PTHREAD_ONCE_INIT;

/* clang-format off */
#define FUNCTIONS(each) \
    each(read_new, archive_read_new) \
    each(read_free, archive_read_free) \
    each(support_tar, archive_read_support_format_tar) \
    each(support_zip, archive_read_support_format_zip_streamable) \
    each(read_open, archive_read_open2) \
    each(next_header, archive_read_next_header) \
    each(read_data, archive_read_data) \
    each(header_position, archive_read_header_position) \
    each(error_string, archive_error_string) \
    each(pathname, archive_entry_pathname) \
    each(hardlink, archive_entry_hardlink) \
    each(filetype, archive_entry_filetype) \
    each(size, archive_entry_size) \
    each(mtime, archive_entry_mtime) \
    each(mtime_nsec, archive_entry_mtime_nsec) \
    each(perm, archive_entry_perm)
/* clang-format on */

#if GLS_LINKS_ARCHIVES

static void load_library(void)
{
#define TAKE(member, function) library.member = function;
    FUNCTIONS(TAKE)
    is_usable = true;
}

#else

/* Its soname has not changed since libarchive 3.1 of 2013. */
#define SONAME "libarchive.so.13"

/* POSIX lets a void pointer carry a function; ISO C has no cast for it. */
static bool find_function(void *target, void *handle, const char *name)
{
    void *symbol = dlsym(handle, name);

    memcpy(target, &symbol, sizeof symbol);
    return symbol != NULL;
}

static void load_library(void)
{
    void *handle = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);

#define FIND(member, function) &&find_function(&library.member, handle, #function)
    is_usable = handle != NULL FUNCTIONS(FIND);
}

#endif

const struct gls_archive_library *gls_archive_library(struct gls_error *error)
{
    pthread_once(&library_once, load_library);
    if (is_usable)
        return &library;
    gls_fail(error, GLS_ERROR_UNSUPPORTED,
             "archives are read by libarchive, which is not installed (libarchive.so.13); install "
             "it, or unpack the archive and import the folder");
    return NULL;
}
