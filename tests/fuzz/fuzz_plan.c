/* SPDX-License-Identifier: MIT */
/*
 * A configuration, a NUL, and a text that a file says of itself: the
 * configuration is refused or gives templates, and then the text never makes a
 * folder or name that leaves the library, is too long or is not UTF-8.
 */
#include "tests/fuzz/fuzz_target.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "plan/config/config_parse.h"
#include "plan/naming/sanitize.h"
#include "plan/time/name_date.h"

static void demand(bool holds)
{
    if (!holds)
        abort();
}

/* One component, and one that sanitising leaves as it is. */
static void check_component(const char *name, bool portable, bool keep_extension)
{
    char *again = gls_sanitize_component(name, portable, keep_extension);
    demand(again != NULL && strcmp(again, name) == 0);
    demand(*name != '\0' && strchr(name, '/') == NULL && strlen(name) <= 255);
    demand(strcmp(name, ".") != 0 && strcmp(name, "..") != 0);
    demand(gls_utf8_is_valid(name, strlen(name)));
    free(again);
}

static void check_name(const struct gls_config *config, const struct gls_subject *subject)
{
    struct gls_error error = GLS_ERROR_INIT;
    char *name = NULL;
    demand(gls_template_name(&name, config->name_template, subject, &error));
    check_component(name, subject->portable_names, true);
    char *numbered = gls_numbered_name(name, 12345);
    demand(numbered != NULL && strlen(numbered) <= 255);
    demand(gls_utf8_is_valid(numbered, strlen(numbered)));
    free(numbered);
    free(name);
}

static void check_folder(const struct gls_config *config, const struct gls_subject *subject)
{
    struct gls_error error = GLS_ERROR_INIT;
    char *folder = NULL;
    demand(gls_template_folder(&folder, config->folder_template, subject, &error));
    char *rest = folder;
    for (char *name; (name = strsep(&rest, "/")) != NULL;)
        check_component(name, subject->portable_names, false);
    free(folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *nul = size > 0 ? memchr(data, 0, size) : NULL;
    size_t config_size = nul != NULL ? (size_t)(nul - data) : size;
    char *text = strndup((const char *)data, config_size);
    char *said = strndup((const char *)data + config_size + (nul != NULL),
                         size - config_size - (nul != NULL));
    struct gls_config *config = calloc(1, sizeof *config);
    struct gls_error error = GLS_ERROR_INIT;
    const struct gls_datetime when = {.year = 2020, .month = 2, .day = 29};
    const struct gls_place place = {.city = "../C", .country = "X"};
    struct gls_datetime found;
    struct gls_name_remarks remarks;
    demand(text != NULL && said != NULL && config != NULL);
    if (gls_config_parse(config, text, config_size, "config.ini", &error)) {
        struct gls_subject subject = {.date = &when,
                                      .place = &place,
                                      .album = said,
                                      .title = said,
                                      .original_name = said,
                                      .camera_model = said,
                                      .base_name = size % 3 == 0 ? "IMG_1.JPG" : said,
                                      .named_title = said,
                                      .is_filed = size % 5 == 0,
                                      .portable_names = size % 2 == 0};
        check_folder(config, &subject);
        check_name(config, &subject);
        gls_date_from_name(&found, &remarks, said,
                           &(struct gls_name_rules){config->filename_regex, config->date_order});
    } else {
        demand(error.status == GLS_ERROR_CONFIG && error.message[0] != '\0');
    }
    gls_config_free(config);
    free(said);
    free(text);
    return 0;
}
