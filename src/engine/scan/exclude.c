/* SPDX-License-Identifier: MIT */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "engine/scan/exclude.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"

/* One pattern, compiled twice: a path that is UTF-8 is matched by characters, as
 * a person who wrote "." or "\w" expects; any other path is matched by bytes, so
 * that one odd byte does not hide it from ".*". */
struct pattern {
    pcre2_code *characters; /* NULL: the pattern itself is not UTF-8 */
    pcre2_code *bytes;      /* NULL: it cannot be read as bytes (\x{100}) */
};

struct gls_exclude {
    pcre2_match_data *match;
    size_t count;
    struct pattern patterns[];
};

static pcre2_code *compile(const char *text, uint32_t flags, int *code, size_t *offset)
{
    pcre2_code *pattern =
        pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, flags, code, offset, NULL);

    /* Where there is no JIT for this machine the interpreter does the same. */
    if (pattern != NULL)
        (void)pcre2_jit_compile(pattern, PCRE2_JIT_COMPLETE);
    return pattern;
}

static bool compile_pattern(struct pattern *out, const char *text, struct gls_error *error)
{
    int code = 0;
    size_t offset = 0;
    char cause[256];

    if (gls_utf8_is_valid(text, strlen(text))) {
        out->characters =
            compile(text, PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_MATCH_INVALID_UTF,
                    &code, &offset);
        if (out->characters != NULL) {
            out->bytes = compile(text, 0, &code, &offset);
            return out->bytes != NULL || code != PCRE2_ERROR_HEAP_FAILED || gls_fail_memory(error);
        }
    } else {
        out->bytes = compile(text, 0, &code, &offset);
        if (out->bytes != NULL)
            return true;
    }
    if (code == PCRE2_ERROR_HEAP_FAILED)
        return gls_fail_memory(error);
    pcre2_get_error_message(code, (PCRE2_UCHAR *)cause, sizeof(cause));
    return gls_fail(error, GLS_ERROR_CONFIG,
                    "exclude regex \"%s\" does not compile: %s at byte %zu", text, cause, offset);
}

bool gls_exclude_new(struct gls_exclude **out, const char *const *patterns, size_t count,
                     struct gls_error *error)
{
    *out = NULL;
    if (count == 0)
        return true;
    struct gls_exclude *exclude =
        calloc(1, sizeof(*exclude) + count * sizeof(exclude->patterns[0]));
    if (exclude == NULL)
        return gls_fail_memory(error);
    exclude->count = count;
    /* Nobody asks for groups: one pair, the whole match, is enough. */
    exclude->match = pcre2_match_data_create(1, NULL);
    bool done = exclude->match != NULL || gls_fail_memory(error);
    for (size_t i = 0; done && i < count; i++)
        done = compile_pattern(&exclude->patterns[i], patterns[i], error);
    if (!done) {
        gls_exclude_free(exclude);
        return false;
    }
    *out = exclude;
    return true;
}

void gls_exclude_free(struct gls_exclude *exclude)
{
    if (exclude == NULL)
        return;
    for (size_t i = 0; i < exclude->count; i++) {
        pcre2_code_free(exclude->patterns[i].characters);
        pcre2_code_free(exclude->patterns[i].bytes);
    }
    pcre2_match_data_free(exclude->match);
    free(exclude);
}

bool gls_exclude_matches(const struct gls_exclude *exclude, const char *path)
{
    if (exclude == NULL)
        return false;
    size_t size = strlen(path);
    bool is_utf8 = gls_utf8_is_valid(path, size);
    for (size_t i = 0; i < exclude->count; i++) {
        const struct pattern *pattern = &exclude->patterns[i];
        const pcre2_code *code = is_utf8 ? pattern->characters : pattern->bytes;
        if (code == NULL)
            code = is_utf8 ? pattern->bytes : pattern->characters;
        if (pcre2_match(code, (PCRE2_SPTR)path, size, 0, 0, exclude->match, NULL) >= 0)
            return true;
    }
    return false;
}
