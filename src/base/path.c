/* SPDX-License-Identifier: MIT */
#include "base/path.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#if GLS_IS_STATIC && defined(__GLIBC__)
#include <nss.h>
#endif

#include "base/strbuf.h"

char *gls_path_join(const char *dir, const char *name)
{
    GLS_STRBUF_AUTO buf = GLS_STRBUF_INIT;
    size_t size = strlen(dir);

    if (name[0] != '/' && size > 0) {
        gls_strbuf_add(&buf, dir, size);
        if (dir[size - 1] != '/')
            gls_strbuf_add_char(&buf, '/');
    }
    gls_strbuf_add_str(&buf, name);
    return gls_strbuf_take(&buf);
}

char *gls_path_append(const char *path, const char *suffix)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;

    gls_strbuf_add_str(&text, path);
    gls_strbuf_add_str(&text, suffix);
    return gls_strbuf_take(&text);
}

const char *gls_path_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

char *gls_path_dir(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return strdup(".");
    while (slash > path && slash[-1] == '/')
        slash--;
    if (slash == path)
        return strdup("/");
    return strndup(path, (size_t)(slash - path));
}

/* The dot of the extension, or the terminating NUL. */
static const char *extension_dot(const char *base)
{
    const char *start = base + strspn(base, ".");
    const char *dot = strrchr(start, '.');

    return dot != NULL && dot[1] != '\0' ? dot : base + strlen(base);
}

const char *gls_path_extension(const char *path)
{
    const char *dot = extension_dot(gls_path_base(path));

    return *dot == '.' ? dot + 1 : dot;
}

size_t gls_path_stem_size(const char *path)
{
    const char *base = gls_path_base(path);

    return (size_t)(extension_dot(base) - base);
}

/* For a user whom /etc/passwd does not know, a static glibc loads the system's modules (those of
 * nsswitch.conf: systemd, LDAP), and aborts on them. The file alone is asked. */
static void keep_to_password_file(void)
{
#if GLS_IS_STATIC && defined(__GLIBC__)
    __nss_configure_lookup("passwd", "files");
#endif
}

/* Adds $HOME, or what the password file says. */
static bool add_home(struct gls_strbuf *out, struct gls_error *error)
{
    const char *home = getenv("HOME");
    struct passwd entry;
    struct passwd *found = NULL;
    char buffer[4096];

    if (home == NULL || home[0] == '\0') {
        keep_to_password_file();
        getpwuid_r(getuid(), &entry, buffer, sizeof(buffer), &found);
        if (found == NULL || found->pw_dir == NULL || found->pw_dir[0] == '\0')
            return gls_fail(error, GLS_ERROR_NOT_FOUND,
                            "~: the home folder is not known; set HOME or write the whole path");
        home = found->pw_dir;
    }
    gls_strbuf_add_str(out, home);
    return true;
}

static bool add_working_directory(struct gls_strbuf *out, struct gls_error *error)
{
    char *directory = getcwd(NULL, 0);

    if (directory == NULL)
        return gls_fail_errno(error, errno, "the working directory");
    gls_strbuf_add_str(out, directory);
    free(directory);
    return true;
}

/* Adds `path` part by part to `out`, which is "" or an absolute normal path. */
static void add_parts(struct gls_strbuf *out, const char *path)
{
    while (*path != '\0') {
        size_t size = strcspn(path, "/");
        if (size == 2 && path[0] == '.' && path[1] == '.') {
            const char *slash = strrchr(gls_strbuf_str(out), '/');
            gls_strbuf_truncate(out, slash != NULL ? (size_t)(slash - out->data) : 0);
        } else if (size > 0 && !(size == 1 && path[0] == '.')) {
            gls_strbuf_add_char(out, '/');
            gls_strbuf_add(out, path, size);
        }
        path += size;
        path += strspn(path, "/");
    }
}

bool gls_path_absolute(char **out, const char *path, struct gls_error *error)
{
    GLS_STRBUF_AUTO start = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO result = GLS_STRBUF_INIT;

    *out = NULL;
    if (path[0] == '\0')
        return gls_fail(error, GLS_ERROR_ARGUMENT, "a path is empty");
    if (path[0] == '~' && (path[1] == '\0' || path[1] == '/')) {
        if (!add_home(&start, error))
            return false;
        path++;
    }
    if (start.size == 0 ? path[0] != '/' : start.data[0] != '/') {
        GLS_STRBUF_AUTO directory = GLS_STRBUF_INIT;
        if (!add_working_directory(&directory, error))
            return false;
        add_parts(&result, gls_strbuf_str(&directory));
        result.failed |= directory.failed;
    }
    add_parts(&result, gls_strbuf_str(&start));
    add_parts(&result, path);
    if (result.size == 0)
        gls_strbuf_add_char(&result, '/');
    result.failed |= start.failed;
    *out = gls_strbuf_take(&result);
    return *out != NULL ? true : gls_fail_memory(error);
}

const char *gls_path_relative(const char *path, const char *dir)
{
    size_t size = strlen(dir);

    if (size > 0 && dir[size - 1] == '/')
        size--; /* the root itself */
    if (strncmp(path, dir, size) != 0)
        return NULL;
    if (path[size] == '\0')
        return path + size;
    return path[size] == '/' ? path + size + 1 : NULL;
}

bool gls_path_is_within(const char *path, const char *dir)
{
    return gls_path_relative(path, dir) != NULL;
}

bool gls_path_is_absent(int system_errno)
{
    return system_errno == ENOENT || system_errno == ENOTDIR;
}

/* mkdir() that is content with a directory that is there. Other errors than
 * "exists" are asked about too: an automounter denies before it looks. */
static bool make_one(const char *dir, int *cause)
{
    struct stat status;

    if (mkdir(dir, 0777) == 0)
        return true;
    *cause = errno;
    if (*cause != ENOENT && stat(dir, &status) == 0) {
        if (S_ISDIR(status.st_mode))
            return true;
        *cause = ENOTDIR;
    }
    return false;
}

bool gls_make_directories(const char *dir, struct gls_error *error)
{
    char *path = strdup(dir), *slash;
    size_t size = strlen(dir);
    int cause = 0;

    if (path == NULL)
        return gls_fail_memory(error);
    /* Up to the nearest parent that is there: in a library most are. */
    bool done = make_one(path, &cause);
    while (!done && cause == ENOENT && (slash = strrchr(path, '/')) != NULL) {
        *slash = '\0';
        done = make_one(path, &cause);
    }
    for (size_t end; done && (end = strlen(path)) < size;) {
        path[end] = '/';
        done = make_one(path, &cause);
    }
    if (!done)
        gls_fail_errno(error, cause, "%s: cannot be made a folder", path);
    free(path);
    return done;
}

bool gls_make_parent(const char *path, struct gls_error *error)
{
    char *folder = gls_path_dir(path);
    bool ok = (folder != NULL || gls_fail_memory(error)) && gls_make_directories(folder, error);

    free(folder);
    return ok;
}
