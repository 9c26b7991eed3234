/* SPDX-License-Identifier: MIT */
#include "plan/config/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/ascii.h"
#include "base/error.h"
#include "base/input.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "plan/config/config_parse.h"

enum { CONFIG_SIZE_MAX = 1 << 20 };

static void strings_free(char **strings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(strings[i]);
    free(strings);
}

void gls_config_free(struct gls_config *config)
{
    if (config == NULL)
        return;
    for (size_t i = 0; i < config->override_count; i++)
        free(config->overrides[i].name);
    free(config->overrides);
    strings_free(config->exclusions, config->exclusion_count);
    strings_free(config->video_is_local, config->video_is_local_count);
    strings_free(config->plugins, config->plugin_count);
    strings_free(config->plugin_folders, config->plugin_folder_count);
    strings_free(config->also_formats, config->also_format_count);
    for (size_t i = 0; i < config->plugin_setting_count; i++) {
        free(config->plugin_settings[i].section);
        free(config->plugin_settings[i].key);
        free(config->plugin_settings[i].value);
    }
    free(config->plugin_settings);
    free(config->hook_before);
    free(config->hook_after);
    free(config->hook_batch);
    gls_template_free(config->folder_template);
    gls_template_free(config->name_template);
    free(config->path);
    free(config->elodie_folder);
    free(config->destination);
    free(config->zone);
    free(config->filename_regex);
    free(config->mapquest_key);
    free(config->mapquest_base_url);
    free(config->nominatim_url);
    free(config->nominatim_email);
    free(config);
}

const char *gls_config_path(const struct gls_config *config)
{
    return config->path;
}

const char *gls_config_destination(const struct gls_config *config)
{
    return config->destination;
}

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && *value != '\0' ? value : NULL;
}

/* "--config /dev/null" is a way to say none. */
static bool is_null_device(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
}

/* Reads the whole file. A FIFO or another device would not end. */
static bool read_file(struct gls_strbuf *out, const char *path, struct gls_error *error)
{
    struct gls_input *input = NULL;

    if (is_null_device(path))
        return true;
    bool ok = gls_input_open(&input, path, error);
    uint64_t size = ok ? gls_input_size(input) : 0;
    if (ok && size > CONFIG_SIZE_MAX)
        ok = gls_fail(error, GLS_ERROR_CONFIG, "%s: larger than a configuration can be", path);
    char *room = ok ? gls_strbuf_reserve(out, (size_t)size + 1) : NULL;
    ok = ok && (room != NULL || gls_fail_memory(error)) &&
         gls_input_read(input, 0, room, (size_t)size, error);
    if (ok)
        out->size += (size_t)size;
    else if (error->status == GLS_ERROR_UNSUPPORTED)
        error->status = GLS_ERROR_CONFIG;
    gls_input_free(input);
    return ok || gls_error_prefix(error, "the configuration");
}

static bool exists(const char *path)
{
    struct stat status;
    /* What cannot be looked at is there: opening it then tells the user why. */
    return stat(path, &status) == 0 || !gls_path_is_absent(errno);
}

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? S_ISDIR(status.st_mode) : !gls_path_is_absent(errno);
}

/* Elodie's folder of the environment counts only where it is one. */
static const char *elodie_environment(void)
{
    const char *folder = environment("ELODIE_APPLICATION_DIRECTORY");
    return folder != NULL && is_folder(folder) ? folder : NULL;
}

/* A relative one is void, says the XDG Base Directory Specification. */
static const char *xdg_environment(void)
{
    const char *folder = environment("XDG_CONFIG_HOME");
    return folder != NULL && *folder == '/' ? folder : NULL;
}

/* The whole path of a folder that need not be there. *out stays NULL where it lies
 * below a home that a user without one (in a container, a job) does not have. */
static bool whole_path(char **out, const char *folder, struct gls_error *error)
{
    *out = NULL;
    if (gls_path_absolute(out, folder, error))
        return true;
    if (error->status != GLS_ERROR_NOT_FOUND)
        return false;
    *error = (struct gls_error)GLS_ERROR_INIT;
    return true;
}

/* One place where a configuration may be: "<folder>/<name>", the folder from the
 * environment or below the home folder. Sets *out if the file is there. */
static bool look_in(char **out, const char *folder, const char *name, struct gls_error *error)
{
    if (folder == NULL || *out != NULL)
        return true;
    char *whole;
    if (!whole_path(&whole, folder, error))
        return false;
    if (whole == NULL)
        return true;
    char *path = gls_path_join(whole, name);
    free(whole);
    if (path == NULL)
        return gls_fail_memory(error);
    if (exists(path))
        *out = path;
    else
        free(path);
    return true;
}

/* Sets *out to the file to load, NULL for defaults. */
static bool find_config(char **out, const char *path, struct gls_error *error)
{
    *out = NULL;
    if (path == NULL)
        path = environment("GLASSINE_CONFIG");
    if (path != NULL)
        return gls_path_absolute(out, path, error);
    return look_in(out, xdg_environment(), "glassine/config.ini", error) &&
           look_in(out, "~/.config", "glassine/config.ini", error) &&
           look_in(out, elodie_environment(), "config.ini", error) &&
           look_in(out, "~/.elodie", "config.ini", error);
}

static bool find_elodie(struct gls_config *config, struct gls_error *error)
{
    const char *folder = elodie_environment();
    if (!whole_path(&config->elodie_folder, folder != NULL ? folder : "~/.elodie", error))
        return false;
    if (config->elodie_folder != NULL && !is_folder(config->elodie_folder)) {
        free(config->elodie_folder);
        config->elodie_folder = NULL;
    }
    return true;
}

/* As in Elodie, the environment goes before the file. */
static bool apply_environment(struct gls_config *config, struct gls_error *error)
{
    const char *key = environment("ELODIE_MAPQUEST_KEY");
    const char *url = environment("ELODIE_MAPQUEST_BASE_URL");
    if (key != NULL) {
        free(config->mapquest_key);
        config->mapquest_key = strdup(key);
        if (config->mapquest_key == NULL)
            return gls_fail_memory(error);
    }
    if (url != NULL) {
        config->mapquest_base_url = strdup(url);
        if (config->mapquest_base_url == NULL)
            return gls_fail_memory(error);
    }
    return true;
}

bool gls_config_files_as_it_is(const struct gls_config *config, const char *extension)
{
    for (size_t i = 0; i < config->also_format_count; i++)
        if (gls_ascii_equal(extension, config->also_formats[i]))
            return true;
    return false;
}

bool gls_config_defaults(struct gls_config **out, struct gls_error *error)
{
    struct gls_config *config = calloc(1, sizeof *config);

    if (config == NULL)
        return gls_fail_memory(error);
    if (!gls_config_parse(config, "", 0, NULL, error)) {
        gls_config_free(config);
        return false;
    }
    *out = config;
    return true;
}

bool gls_config_from_text(struct gls_config **out, const char *text, size_t size_bytes,
                          struct gls_error *error)
{
    struct gls_config *config = calloc(1, sizeof *config);

    if (config == NULL)
        return gls_fail_memory(error);
    if (size_bytes > CONFIG_SIZE_MAX) {
        gls_config_free(config);
        return gls_fail(error, GLS_ERROR_CONFIG,
                        "configuration: larger than a configuration can be");
    }
    if (!gls_config_parse(config, text, size_bytes, "configuration", error)) {
        gls_config_free(config);
        return false;
    }
    *out = config;
    return true;
}

bool gls_config_load(struct gls_config **out, const char *path, struct gls_error *error)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    struct gls_config *config = calloc(1, sizeof *config);
    if (config == NULL)
        return gls_fail_memory(error);
    if (find_config(&config->path, path, error) &&
        (config->path == NULL || read_file(&text, config->path, error)) &&
        gls_config_parse(config, gls_strbuf_str(&text), text.size, config->path, error) &&
        apply_environment(config, error) && find_elodie(config, error)) {
        *out = config;
        return true;
    }
    gls_config_free(config);
    return false;
}
