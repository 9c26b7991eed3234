/* SPDX-License-Identifier: MIT */
/* A plugin that is built against the installed header alone. */
#include "plugin_layout.h"

#include <stdio.h>

static enum gls_plugin_result after(void *self, struct gls_plugin_host *host,
                                    const struct gls_plugin_record *record,
                                    struct gls_plugin_reply *reply)
{
    char text[1024];

    (void)self;
    (void)reply;
    snprintf(text, sizeof text, "%s %s", host->setting(host, "word"), record->destination);
    host->log(host, GLS_PLUGIN_DISPLAY, text);
    return GLS_PLUGIN_OK;
}

const struct gls_plugin gls_plugin_descriptor = {
    GLS_PLUGIN_ABI, GLS_PLUGIN_ONE_THREAD, "PluginC", NULL, NULL, after, NULL, NULL, 0,
};
