// SPDX-License-Identifier: MIT
// use.cpp CARD LIBRARY - the same from C++17: an import with callbacks that are
// made from lambdas, and exceptions that stay on this side of the border.
#include <glassine.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{

struct free_config {
    void operator()(gls_config *config) const
    {
        gls_config_free(config);
    }
};
using config_ptr = std::unique_ptr<gls_config, free_config>;

gls_summary file_card(const config_ptr &config, const std::string &card, const std::string &library,
                      std::vector<std::string> &names)
{
    const char *paths[] = {card.c_str()};
    gls_import_options options = GLS_IMPORT_OPTIONS_INIT;
    options.destination = library.c_str();
    options.paths = paths;
    options.path_count = 1;
    gls_callbacks callbacks = GLS_CALLBACKS_INIT;
    callbacks.user = &names;
    callbacks.on_file = [](void *user, const gls_file_event *event) {
        static_cast<std::vector<std::string> *>(user)->emplace_back(event->source);
    };
    gls_summary summary = GLS_SUMMARY_INIT;
    gls_error error = GLS_ERROR_INIT;
    if (!gls_import(&summary, config.get(), &options, &callbacks, &error))
        throw std::runtime_error(error.message);
    return summary;
}

} // namespace

int main(int argc, char **argv)
try {
    gls_config *loaded = nullptr;
    gls_error error = GLS_ERROR_INIT;
    if (argc != 3 || !gls_config_load(&loaded, "/dev/null", &error))
        throw std::runtime_error(error.message);
    config_ptr config(loaded);
    std::vector<std::string> names;
    gls_summary summary = file_card(config, argv[1], argv[2], names);
    if (summary.scanned != names.size() || summary.imported == 0 || summary.failed != 0)
        throw std::runtime_error("the summary does not agree with the events");
    std::printf("%s: %zu files\n", gls_version(), names.size());
    return 0;
} catch (const std::exception &problem) {
    std::fprintf(stderr, "use: %s\n", problem.what());
    return 1;
}
