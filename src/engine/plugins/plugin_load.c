/* SPDX-License-Identifier: MIT */
#include "engine/plugins/plugin_load.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/strbuf.h"

enum { NAME_MAX_SIZE = 64 };

/* A name is a file's and a section's: nothing in it may lead elsewhere. */
static bool check_name(const char *name, struct gls_error *error)
{
    size_t size = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    if (size == 0 || name[size] != '\0' || size > NAME_MAX_SIZE)
        return gls_fail(error, GLS_ERROR_CONFIG,
                        "plugin \"%.80s\": a name has 1 to %d letters, digits, \"_\" or \"-\"",
                        name, NAME_MAX_SIZE);
    return true;
}

/* Sets *path to folder/NAME.so if that is there. */
static bool look_in(char **path, const char *folder, const char *name, struct gls_error *error)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    struct stat status;
    char *absolute = NULL;

    if (*path != NULL || folder == NULL || folder[0] == '\0')
        return true;
    gls_strbuf_addf(&text, "%s/%s.so", folder, name);
    if (text.failed)
        return gls_fail_memory(error);
    if (!gls_path_absolute(&absolute, gls_strbuf_str(&text), error))
        return false;
    /* One that cannot be looked at is no reason to take another of its name. */
    if (stat(absolute, &status) == 0 || !gls_path_is_absent(errno))
        *path = absolute;
    else
        free(absolute);
    return true;
}

/* Each folder of a list with colons between them. */
static bool look_in_list(char **path, const char *list, const char *name, struct gls_error *error)
{
    while (list != NULL && *list != '\0') {
        size_t size = strcspn(list, ":");
        char *folder = strndup(list, size);
        bool ok = folder != NULL ? look_in(path, folder, name, error) : gls_fail_memory(error);
        free(folder);
        if (!ok)
            return false;
        list += size + (list[size] == ':');
    }
    return true;
}

/* plugins/ beside the configuration file. */
static bool look_beside(char **path, const char *config_path, const char *name,
                        struct gls_error *error)
{
    if (config_path == NULL)
        return true;
    char *folder = gls_path_dir(config_path);
    char *plugins = folder != NULL ? gls_path_join(folder, "plugins") : NULL;
    bool ok = plugins != NULL ? look_in(path, plugins, name, error) : gls_fail_memory(error);

    free(plugins);
    free(folder);
    return ok;
}

/* Of this library or program; NULL: not known. The caller frees it. */
static char *own_folder(void)
{
#if !GLS_WITH_PLUGINS
    return NULL;
#else
    static const char here = 0;
    Dl_info self;

    return dladdr(&here, &self) != 0 && self.dli_fname != NULL ? gls_path_dir(self.dli_fname)
                                                               : NULL;
#endif
}

/* Where this library or program lies: installed, moved with its prefix, or built. */
static bool look_in_installation(char **path, const char *name, struct gls_error *error)
{
    static const char *const places[] = {"glassine/plugins", "../lib/glassine/plugins", "plugins",
                                         "../plugins"};
    bool ok = true;
    char *folder = own_folder();

    for (size_t i = 0; ok && folder != NULL && i < sizeof places / sizeof *places; i++) {
        char *place = gls_path_join(folder, places[i]);
        ok = place != NULL ? look_in(path, place, name, error) : gls_fail_memory(error);
        free(place);
    }
    free(folder);
    return ok && look_in(path, GLS_PLUGIN_DIR, name, error);
}

static bool find(char **path, const struct gls_config *config, const char *name,
                 struct gls_error *error)
{
    bool ok = check_name(name, error);

    *path = NULL;
    for (size_t i = 0; ok && i < config->plugin_folder_count; i++)
        ok = look_in(path, config->plugin_folders[i], name, error);
    return ok && look_in_list(path, secure_getenv("GLASSINE_PLUGIN_PATH"), name, error) &&
           look_beside(path, config->path, name, error) && look_in_installation(path, name, error);
}

/* May only the superuser and this user write to it? In a folder with the sticky bit
 * others may write, but not replace what is this user's. */
static bool is_ours(const char *path, bool sticky_serves, struct gls_error *error)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return gls_fail_errno(error, errno, "%s", path);
    if (status.st_uid != 0 && status.st_uid != geteuid())
        return gls_fail(error, GLS_ERROR_PERMISSION,
                        "%s belongs to another user, who could replace the plugin; use a folder "
                        "of your own",
                        path);
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0 &&
        !(sticky_serves && (status.st_mode & S_ISVTX) != 0))
        return gls_fail(error, GLS_ERROR_PERMISSION,
                        "%s can be written to by others, so the plugin is not loaded; \"chmod "
                        "go-w\" it",
                        path);
    return true;
}

/* The object and its folder, then every folder above. */
static bool check_owners(const char *path, struct gls_error *error)
{
    char *whole = realpath(path, NULL);
    bool ok = whole != NULL || gls_fail_errno(error, errno, "%s", path);
    unsigned depth = 0;

    while (ok) {
        ok = is_ours(whole, depth++ > 1, error);
        if (strcmp(whole, "/") == 0)
            break;
        char *parent = gls_path_dir(whole);
        free(whole);
        whole = parent;
        ok = ok && (whole != NULL || gls_fail_memory(error));
    }
    free(whole);
    return ok;
}

/* Loads the object; *out NULL: it has no descriptor. */
static bool open_object(const struct gls_plugin **out, const char *path, struct gls_error *error)
{
#if !GLS_WITH_PLUGINS
    *out = NULL;
    return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                    "%s: this glassine was built without plugins in C; a command in [Hooks] "
                    "serves",
                    path);
#else
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);

    if (handle == NULL) {
        const char *why = dlerror(); // NOLINT(concurrency-mt-unsafe): per thread in glibc
        return gls_fail(error, GLS_ERROR_UNSUPPORTED, "%s", why != NULL ? why : path);
    }
    *out = dlsym(handle, GLS_PLUGIN_SYMBOL);
    return true;
#endif
}

static bool check_descriptor(const struct gls_plugin *plugin, const char *path, const char *name,
                             struct gls_error *error)
{
    if (plugin == NULL)
        return gls_fail(error, GLS_ERROR_UNSUPPORTED, "%s defines no " GLS_PLUGIN_SYMBOL, path);
    if (plugin->abi != GLS_PLUGIN_ABI)
        return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                        "%s was built for plugin interface %u, and this glassine has %u; build it "
                        "anew",
                        path, (unsigned)plugin->abi, GLS_PLUGIN_ABI);
    if (plugin->name == NULL || strcmp(plugin->name, name) != 0)
        return gls_fail(error, GLS_ERROR_UNSUPPORTED, "%s calls itself \"%.80s\"", path,
                        plugin->name != NULL ? plugin->name : "");
    if (plugin->threads > GLS_PLUGIN_ANY_THREAD)
        return gls_fail(error, GLS_ERROR_UNSUPPORTED, "%s: threads is %u, which is no value of it",
                        path, (unsigned)plugin->threads);
    return true;
}

bool gls_plugin_find(char **path, const struct gls_config *config, const char *name,
                     struct gls_error *error)
{
    if (!find(path, config, name, error))
        return false;
    if (*path == NULL)
        return gls_fail(error, GLS_ERROR_NOT_FOUND,
                        "no %s.so in [Plugins] path=, $GLASSINE_PLUGIN_PATH, plugins/ beside the "
                        "configuration, or the installation",
                        name);
    return check_owners(*path, error);
}

bool gls_plugin_load(const struct gls_plugin **out, char **path, const struct gls_config *config,
                     const char *name, struct gls_error *error)
{
    return gls_plugin_find(path, config, name, error) && open_object(out, *path, error) &&
           check_descriptor(*out, *path, name, error);
}
