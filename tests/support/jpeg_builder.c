/* SPDX-License-Identifier: MIT */
#include "tests/support/jpeg_builder.h"

#include <stdlib.h>
#include <string.h>

#include "media/jpeg/jpeg.h"
#include "tests/support/container_property.h"

void jpeg_put_segment(struct gls_strbuf *out, uint8_t marker, const char *head, size_t head_size,
                      const struct gls_strbuf *data)
{
    size_t size = 2 + head_size + (data != NULL ? data->size : 0);
    const uint8_t bytes[4] = {0xFF, marker, (uint8_t)(size >> 8), (uint8_t)size};

    gls_strbuf_add(out, bytes, sizeof bytes);
    gls_strbuf_add(out, head, head_size);
    if (data != NULL)
        gls_strbuf_add(out, data->data, data->size);
}

static const struct {
    char letter;
    uint8_t marker;
    const char *bytes;
    size_t size;
} segments[] = {
    {'J', 0xE0, BYTES("JFIF\0\1\2\0\0\1\0\1\0\0")},
    {'c', 0xE1, BYTES("Exif\0\0and so on")}, /* goes on from the Exif block before */
    {'M', 0xE2, BYTES("MPF\0MM\0*\0\0\0\x08")},
    {'I', 0xE2, BYTES("ICC_PROFILE\0\1\1profile")},
    {'P', 0xED, BYTES("Photoshop 3.0\08BIM\4\4\0\0\0\0\0\5\x1C\2\x37\0\0\0")},
    {'Q', 0xDB, BYTES("\0tables")},
};

void jpeg_put_letter(struct gls_strbuf *out, char letter)
{
    static const char image[] = "\xFF\xDA\0\x08\1\1\0\0\x3F\0 coded \xFF\0 data \xFF\xD9 trailer";
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;

    gls_make_exif(&exif, 50, 'o');
    gls_make_xmp(&xmp, 300, 'o');
    for (size_t i = 0; i < sizeof segments / sizeof segments[0]; i++)
        if (segments[i].letter == letter)
            jpeg_put_segment(out, segments[i].marker, segments[i].bytes, segments[i].size, NULL);
    if (letter == 'E')
        jpeg_put_segment(out, 0xE1, "Exif\0", 6, &exif);
    else if (letter == 'e') /* an odd second byte */
        jpeg_put_segment(out, 0xE1, "Exif\0\xFF", 6, &exif);
    else if (letter == 'X')
        jpeg_put_segment(out, 0xE1, gls_jpeg_xmp_head, GLS_JPEG_XMP_HEAD, &xmp);
    else if (letter == 'F') /* fill bytes */
        gls_strbuf_add(out, "\xFF\xFF\xFF", 3);
    else if (letter == 'T') /* a marker without length */
        gls_strbuf_add(out, "\xFF\x01", 2);
    else if (letter == 'S')
        gls_strbuf_add(out, image, sizeof image - 1);
}

void jpeg_make(struct gls_strbuf *out, const char *letters)
{
    gls_strbuf_clear(out);
    gls_strbuf_add(out, "\xFF\xD8", 2);
    for (; *letters != '\0'; letters++)
        jpeg_put_letter(out, *letters);
    if (out->failed)
        abort();
}

static char letter_of(const uint8_t *data, uint8_t marker)
{
    switch (marker) {
    case 0xE0:
        return 'J';
    case 0xE1:
        return data[0] == 'h' ? 'X' : data[5] != 0 ? 'e' : data[6] == 'a' ? 'c' : 'E';
    case 0xE2:
        return data[0] == 'M' ? 'M' : 'I';
    case 0xED:
        return 'P';
    default:
        return marker == 0xDA ? 'S' : 'Q';
    }
}

/* The inverse of jpeg_make(); fill bytes and standalone markers are F and T. */
void jpeg_spell(char *out, const struct gls_strbuf *file)
{
    const uint8_t *bytes = (const uint8_t *)file->data;
    size_t at = 2;

    for (bool done = false; !done && at < file->size; out++) {
        if (bytes[at + 1] == 0xFF) {
            at += 3;
            *out = 'F';
            continue;
        }
        *out = bytes[at + 1] == 1 ? 'T' : letter_of(bytes + at + 4, bytes[at + 1]);
        at += *out == 'T' ? 2 : 2 + (size_t)gls_be16(bytes + at + 2);
        done = *out == 'S';
    }
    *out = '\0';
}
