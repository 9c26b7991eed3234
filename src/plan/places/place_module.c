/* SPDX-License-Identifier: MIT */
/* place_module - finds and loads libglassine_places.so. */
#include "plan/places/place_module.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/strbuf.h"

#define MODULE_NAME "libglassine_places.so"

struct gls_place_module {
    void *handle;
    const struct gls_place_api *api;
    struct gls_place_service *service;
};

/* Beside this library or program, where a package puts it, and where the
 * build does; never where the environment says. */
static void *open_beside(const char *folder)
{
    static const char *const places[] = {"/", "/glassine/", "/../", "/../lib/glassine/"};
    void *handle = NULL;
    for (size_t i = 0; i < sizeof places / sizeof *places && !handle; i++) {
        struct gls_strbuf path = GLS_STRBUF_INIT;
        gls_strbuf_add_str(&path, folder);
        gls_strbuf_add_str(&path, places[i]);
        gls_strbuf_add_str(&path, MODULE_NAME);
        if (!path.failed)
            handle = dlopen(gls_strbuf_str(&path), RTLD_NOW | RTLD_LOCAL);
        gls_strbuf_free(&path);
    }
    return handle;
}

static void *open_module(void)
{
    Dl_info self;
    void *handle = NULL;
    if (dladdr(MODULE_NAME, &self) != 0 && self.dli_fname) {
        char *folder = gls_path_dir(self.dli_fname);
        if (folder)
            handle = open_beside(folder);
        free(folder);
    }
    if (!handle)
        handle = dlopen(GLS_MODULE_DIR "/" MODULE_NAME, RTLD_NOW | RTLD_LOCAL);
    return handle;
}

bool gls_place_module_load(struct gls_place_module **out,
                           const struct gls_place_service_options *options, struct gls_error *error)
{
    struct gls_place_module *module = calloc(1, sizeof *module);
    bool ok = false;
    if (!module)
        return gls_fail_memory(error);
    module->handle = open_module();
    if (module->handle)
        module->api = dlsym(module->handle, GLS_PLACE_API_SYMBOL);
    if (!module->api || module->api->version != GLS_PLACE_API_VERSION)
        gls_fail(error, GLS_ERROR_UNSUPPORTED,
                 MODULE_NAME ": not found beside glassine or of another version; places are named "
                             "offline");
    else
        ok = module->api->open(&module->service, options, error);
    if (!ok) {
        gls_place_module_free(module);
        module = NULL;
    }
    *out = module;
    return ok;
}

/* The module stays loaded: libcurl's libraries do not all survive dlclose(). */
void gls_place_module_free(struct gls_place_module *module)
{
    if (module && module->service)
        module->api->close(module->service);
    free(module);
}

bool gls_place_module_ask(struct gls_place_module *module, struct gls_place *out, bool *found,
                          const struct gls_place_question *question, struct gls_error *error)
{
    return module->api->ask(module->service, out, found, question, error);
}
