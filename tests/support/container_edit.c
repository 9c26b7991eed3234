/* SPDX-License-Identifier: MIT */
/*
 * container_edit KIND IN OUT - writes a copy of IN whose Exif block and XMP packet
 * are larger than before, or new, but say the same: check-containers then asks
 * other programs whether anything else changed. Exit status 2: refused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/container_property.h"

static const struct {
    const char *name;
    const struct gls_container *container;
} kinds[] = {
    {"jpeg", &gls_jpeg_container},
    {"png", &gls_png_container},
    {"gif", &gls_gif_container},
    {"webp", &gls_webp_container},
};

/* With Make "Abc", where there was none. */
static const uint8_t new_exif[] = {'M', 'M', 0, 42, 0, 0,   0,   8,   0, 1, 1, 15, 0,
                                   2,   0,   0, 0,  4, 'A', 'b', 'c', 0, 0, 0, 0,  0};
static const char new_xmp[] =
    "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>"
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description "
    "rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:title><rdf:Alt>"
    "<rdf:li xml:lang='x-default'>Abc</rdf:li></rdf:Alt></dc:title></rdf:Description>"
    "</rdf:RDF></x:xmpmeta><?xpacket end='w'?>";

static void make_blocks(struct gls_strbuf *exif, struct gls_strbuf *xmp,
                        const struct gls_blocks *blocks)
{
    if (blocks->exif.present)
        gls_strbuf_add(exif, blocks->exif.bytes.data, blocks->exif.bytes.size);
    else
        gls_strbuf_add(exif, new_exif, sizeof new_exif);
    for (int i = 0; i < 1000; i++)
        gls_strbuf_add_char(exif, '\0');
    if (!blocks->xmp.present) {
        gls_strbuf_add_str(xmp, new_xmp);
        return;
    }
    gls_strbuf_add(xmp, blocks->xmp.bytes.data, blocks->xmp.bytes.size);
    while (xmp->size > 0 && xmp->data[xmp->size - 1] == '\0')
        gls_strbuf_truncate(xmp, xmp->size - 1);
    for (int i = 0; i < 1000; i++)
        gls_strbuf_add_char(xmp, '\n');
}

static bool write_file(const char *path, const struct gls_strbuf *bytes)
{
    FILE *file = fopen(path, "wb");
    bool ok = file != NULL && fwrite(bytes->data, 1, bytes->size, file) == bytes->size;

    return (file == NULL || fclose(file) == 0) && ok;
}

static int edit_file(const struct gls_container *container, const char *from, const char *to)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_blocks blocks = {0};
    struct gls_input *input = NULL;
    struct gls_strbuf exif = GLS_STRBUF_INIT, xmp = GLS_STRBUF_INIT, out = GLS_STRBUF_INIT;
    int status = EXIT_FAILURE;

    if (gls_input_open(&input, from, &error) && container->scan(&blocks, input, &error)) {
        make_blocks(&exif, &xmp, &blocks);
        struct gls_block_edit edit = {container->can_hold_exif ? &exif : NULL, &xmp};
        if (gls_container_apply(&out, container, input, &edit, &error))
            status = write_file(to, &out) ? EXIT_SUCCESS : EXIT_FAILURE;
        else
            status = error.status == GLS_ERROR_UNSUPPORTED ? 2 : EXIT_FAILURE;
    }
    if (status != EXIT_SUCCESS)
        fprintf(stderr, "%s\n", error.message);
    gls_strbuf_free(&exif);
    gls_strbuf_free(&xmp);
    gls_strbuf_free(&out);
    gls_blocks_free(&blocks);
    gls_input_free(input);
    return status;
}

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 4 && i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(argv[1], kinds[i].name) == 0)
            return edit_file(kinds[i].container, argv[2], argv[3]);
    fprintf(stderr, "usage: container_edit jpeg|png|gif|webp IN OUT\n");
    return EXIT_FAILURE;
}
