/* SPDX-License-Identifier: MIT */
#include "tests/support/container_property.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool same_bytes(const struct gls_block *block, const struct gls_strbuf *bytes)
{
    return block->present && block->bytes.size == bytes->size &&
           (bytes->size == 0 || memcmp(block->bytes.data, bytes->data, bytes->size) == 0);
}

static bool same_block(const struct gls_block *a, const struct gls_block *b)
{
    return a->present ? same_bytes(b, &a->bytes) : !b->present;
}

static bool same_text(const char *a, const char *b)
{
    return a == NULL ? b == NULL : b != NULL && strcmp(a, b) == 0;
}

static const char *compare_blocks(const struct gls_blocks *before, const struct gls_blocks *after,
                                  const struct gls_block_edit *edit)
{
    if (edit->exif != NULL ? !same_bytes(&after->exif, edit->exif)
                           : !same_block(&before->exif, &after->exif))
        return "the Exif block is not the one that was asked for";
    if (edit->xmp != NULL ? !same_bytes(&after->xmp, edit->xmp)
                          : !same_block(&before->xmp, &after->xmp))
        return "the XMP packet is not the one that was asked for";
    if (!same_block(&before->xmp_extended, &after->xmp_extended))
        return "the extended XMP changed";
    if (!same_block(&before->iptc, &after->iptc))
        return "the IPTC records changed";
    if (!same_text(before->text_title, after->text_title) ||
        !same_text(before->text_date, after->text_date))
        return "a text changed";
    return NULL;
}

static const char *compare_essence(const struct gls_container *container, struct gls_input *input,
                                   struct gls_input *view, const struct gls_patch *patch)
{
    struct gls_ranges source = GLS_RANGES_INIT, result = GLS_RANGES_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    const char *problem = NULL;

    if (container->essence == NULL)
        return NULL;
    if (!container->essence(&source, input, &error)) {
        problem = "an input without essence was edited";
    } else if (!container->essence(&result, view, &error)) {
        problem = "the edited file has no essence";
    } else {
        gls_ranges_normalize(&source, gls_input_size(input));
        gls_ranges_normalize(&result, gls_input_size(view));
        if (source.count == 0)
            problem = "the essence is empty";
        else if (!gls_patch_keeps_ranges(patch, &source, &result))
            problem = "the essence changed";
    }
    gls_ranges_free(&source);
    gls_ranges_free(&result);
    return problem;
}

static const char *check_view(const struct gls_container *container, struct gls_input *input,
                              const struct gls_block_edit *edit, const struct gls_patch *patch)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_blocks before = {0}, after = {0};
    struct gls_patch again = GLS_PATCH_INIT;
    struct gls_input *view = NULL;
    const char *problem = NULL;

    if (!patch->sealed)
        problem = "the patch is not sealed";
    else if (!gls_input_from_patch(&view, input, patch, &error))
        problem = "the patched view cannot be opened";
    else if (!container->scan(&before, input, &error))
        problem = "an input that cannot be scanned was edited";
    else if (!container->scan(&after, view, &error))
        problem = "the edited file cannot be scanned";
    else if ((problem = compare_blocks(&before, &after, edit)) == NULL &&
             (problem = compare_essence(container, input, view, patch)) == NULL) {
        if (!container->replace(&again, view, edit, &error))
            problem = "the edited file refuses the same edit";
        else if (!gls_patch_is_empty(&again))
            problem = "the same edit changes the edited file again";
    }
    gls_patch_free(&again);
    gls_blocks_free(&before);
    gls_blocks_free(&after);
    gls_input_free(view);
    return problem;
}

const char *gls_container_check(const struct gls_container *container, struct gls_input *input,
                                const struct gls_block_edit *edit, bool *refused,
                                struct gls_error *error)
{
    struct gls_patch patch = GLS_PATCH_INIT;
    const char *problem = NULL;

    *refused = !container->replace(&patch, input, edit, error);
    if (!*refused)
        problem = check_view(container, input, edit, &patch);
    else if (error->message[0] == '\0' || error->status == GLS_OK)
        problem = "a refusal without a reason";
    else if (error->status == GLS_ERROR_INTERNAL)
        problem = error->message;
    gls_patch_free(&patch);
    return problem;
}

const char *gls_container_check_bytes(const struct gls_container *container,
                                      const struct gls_strbuf *file,
                                      const struct gls_block_edit *edit, bool *refused,
                                      struct gls_error *error)
{
    struct gls_input *input = NULL;
    const char *problem = "the bytes cannot be opened";

    if (gls_input_from_memory(&input, gls_strbuf_str(file), file->size, "memory", error))
        problem = gls_container_check(container, input, edit, refused, error);
    gls_input_free(input);
    return problem;
}

bool gls_container_scan_bytes(struct gls_blocks *out, const struct gls_container *container,
                              const struct gls_strbuf *file, struct gls_error *error)
{
    struct gls_input *input = NULL;
    bool ok = gls_input_from_memory(&input, gls_strbuf_str(file), file->size, "memory", error) &&
              container->scan(out, input, error);

    gls_input_free(input);
    return ok;
}

bool gls_container_apply(struct gls_strbuf *out, const struct gls_container *container,
                         struct gls_input *input, const struct gls_block_edit *edit,
                         struct gls_error *error)
{
    struct gls_patch patch = GLS_PATCH_INIT;
    struct gls_input *view = NULL;
    bool ok = container->replace(&patch, input, edit, error) &&
              gls_input_from_patch(&view, input, &patch, error);

    gls_strbuf_clear(out);
    if (ok) {
        size_t size = (size_t)gls_input_size(view);
        char *to = gls_strbuf_reserve(out, size);
        ok = to != NULL && gls_input_read(view, 0, to, size, error);
        out->size = ok ? size : 0;
    }
    gls_input_free(view);
    gls_patch_free(&patch);
    return ok;
}

bool gls_container_apply_bytes(struct gls_strbuf *out, const struct gls_container *container,
                               const struct gls_strbuf *file, const struct gls_block_edit *edit,
                               struct gls_error *error)
{
    struct gls_input *input = NULL;
    bool ok = gls_input_from_memory(&input, gls_strbuf_str(file), file->size, "memory", error) &&
              gls_container_apply(out, container, input, edit, error);

    gls_input_free(input);
    return ok;
}

static const char *check_edits(const struct gls_container *container, struct gls_input *input,
                               struct gls_error *error)
{
    static const struct {
        size_t exif, xmp; /* sizes; 0: leave */
    } edits[] = {{0, 300}, {0, 60000}, {100, 0}, {60000, 300}};
    const char *problem = NULL;

    for (size_t i = 0; problem == NULL && i < sizeof edits / sizeof edits[0]; i++) {
        struct gls_strbuf exif = GLS_STRBUF_INIT, xmp = GLS_STRBUF_INIT;
        struct gls_block_edit edit = {.exif = edits[i].exif > 0 ? &exif : NULL,
                                      .xmp = edits[i].xmp > 0 ? &xmp : NULL};
        bool refused;
        gls_make_exif(&exif, edits[i].exif, 'x');
        gls_make_xmp(&xmp, edits[i].xmp, 'y');
        problem = gls_container_check(container, input, &edit, &refused, error);
        if (problem == NULL && refused && (container->can_hold_exif || edit.exif == NULL))
            problem = "it refuses";
        gls_strbuf_free(&exif);
        gls_strbuf_free(&xmp);
    }
    return problem;
}

/* A file that is not there is fine. */
static bool check_file(const struct gls_container *container, const struct gls_named_file *file,
                       bool *there, struct gls_error *error)
{
    char path[4096];
    const char *folder = getenv(file->folder_variable);
    struct gls_error cause = GLS_ERROR_INIT;
    struct gls_input *input = NULL;

    snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : "", file->name);
    *there = folder != NULL && access(path, R_OK) == 0;
    if (!*there)
        return true;
    const char *problem = gls_input_open(&input, path, &cause)
                              ? check_edits(container, input, &cause)
                              : "it cannot be opened";
    gls_input_free(input);
    return problem == NULL ||
           gls_fail(error, GLS_ERROR_INTERNAL, "%s: %s (%s)", file->name, problem, cause.message);
}

bool gls_container_check_files(size_t *found, const struct gls_container *container,
                               const struct gls_named_file *files, size_t count,
                               struct gls_error *error)
{
    bool ok = true;

    *found = 0;
    for (size_t i = 0; ok && i < count; i++) {
        bool there;
        ok = check_file(container, &files[i], &there, error);
        *found += there;
    }
    return ok;
}

/* Grows `out` to `size` bytes. */
static void fill(struct gls_strbuf *out, size_t size, char byte)
{
    if (size <= out->size)
        return;
    char *to = gls_strbuf_reserve(out, size - out->size);
    if (to == NULL)
        return;
    memset(to, byte, size - out->size);
    out->size = size;
}

void gls_make_exif(struct gls_strbuf *out, size_t size, char variant)
{
    static const uint8_t head[] = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0};

    gls_strbuf_clear(out);
    gls_strbuf_add(out, head, sizeof head);
    fill(out, size, variant);
}

void gls_make_xmp(struct gls_strbuf *out, size_t size, char variant)
{
    static const char tail[] = "<?xpacket end=\"w\"?>";

    gls_strbuf_clear(out);
    gls_strbuf_addf(out,
                    "<?xpacket begin=\"\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta "
                    "xmlns:x=\"adobe:ns:meta/\" x:xmptk=\"%c\"/>",
                    variant);
    fill(out, size > sizeof tail - 1 ? size - (sizeof tail - 1) : 0, ' ');
    gls_strbuf_add_str(out, tail);
}

static void fuzz_edit(const struct gls_container *container, struct gls_input *input,
                      const struct gls_block_edit *edit)
{
    struct gls_error error = GLS_ERROR_INIT;
    bool refused;
    const char *problem = gls_container_check(container, input, edit, &refused, &error);

    if (problem != NULL) {
        fprintf(stderr, "%s: %s (%s)\n", container->name, problem, error.message);
        abort();
    }
}

void gls_container_fuzz(const struct gls_container *container, const uint8_t *data, size_t size)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_blocks blocks = {0};
    struct gls_ranges ranges = GLS_RANGES_INIT;
    struct gls_input *input = NULL;
    struct gls_strbuf exif = GLS_STRBUF_INIT, xmp = GLS_STRBUF_INIT;

    if (!gls_input_from_memory(&input, data, size, "fuzz", &error))
        abort();
    container->scan(&blocks, input, &error);
    if (container->essence != NULL)
        container->essence(&ranges, input, &error);
    if (container->replace != NULL) {
        gls_make_exif(&exif, 61, 'a');
        gls_make_xmp(&xmp, 201, 'b');
        fuzz_edit(container, input, &(struct gls_block_edit){.xmp = &xmp});
        fuzz_edit(container, input, &(struct gls_block_edit){.exif = &exif});
        /* Large blocks are slow: few inputs get them, always the same ones. */
        bool is_large = size % 32 == 31;
        gls_make_exif(&exif, is_large ? 65000 : 650, 'c');
        gls_make_xmp(&xmp, is_large ? 65500 : 655, 'd');
        fuzz_edit(container, input, &(struct gls_block_edit){.exif = &exif, .xmp = &xmp});
    }
    gls_strbuf_free(&exif);
    gls_strbuf_free(&xmp);
    gls_ranges_free(&ranges);
    gls_blocks_free(&blocks);
    gls_input_free(input);
}
