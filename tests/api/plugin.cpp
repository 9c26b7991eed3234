/* SPDX-License-Identifier: MIT */
// A plugin in C++ that is built against the installed header alone.
#include "plugin_layout.h"

#include <string>

static gls_plugin_result after(void *, gls_plugin_host *host, const gls_plugin_record *record,
                               gls_plugin_reply *)
{
    const std::string text = std::string(host->setting(host, "word")) + " " + record->destination;

    host->log(host, GLS_PLUGIN_DISPLAY, text.c_str());
    return GLS_PLUGIN_OK;
}

const gls_plugin gls_plugin_descriptor = {
    GLS_PLUGIN_ABI,
    GLS_PLUGIN_ANY_THREAD,
    "PluginCxx",
    nullptr,
    nullptr,
    after,
    nullptr,
    nullptr,
    0,
};
