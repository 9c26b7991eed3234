/* SPDX-License-Identifier: MIT */
/* Which format a file of boxes is: ISO/IEC 14496-12 section 4.3 (ftyp), the
 * brands registered at mp4ra.org, and QTFF for files without ftyp. */
#include <string.h>

#include "media/bmff/isobmff.h"

struct brand {
    const char *start; /* a brand begins with this */
    const char *format;
};

/* Brands that decide the format, wherever they stand in the list. */
static const struct brand major_brands[] = {
    {"heic", "heic"}, {"heix", "heic"}, {"heim", "heic"}, {"heis", "heic"}, {"hevc", "heic"},
    {"hevx", "heic"}, {"hevm", "heic"}, {"hevs", "heic"}, {"avif", "avif"}, {"avis", "avif"},
    {"crx ", "cr3"},  {"qt  ", "mov"},  {"M4V", "m4v"},   {"M4A", "m4a"},   {"M4B", "m4a"},
    {"M4P", "m4a"},   {"3g2", "3g2"},   {"KDDI", "3g2"},  {"3gp", "3gp"},   {"3ge", "3gp"},
    {"3gg", "3gp"},   {"3gr", "3gp"},   {"3gs", "3gp"},   {"3gf", "3gp"},   {"3gh", "3gp"},
    {"3gm", "3gp"},   {"mp4", "mp4"},   {"iso", "mp4"},   {"avc1", "mp4"},  {"MSNV", "mp4"},
    {"XAVC", "mp4"},  {"dash", "mp4"},  {"mmp4", "mp4"},  {"F4V ", "mp4"},  {"f4v ", "mp4"},
    {"hvc1", "mp4"},  {"cmf", "mp4"},   {"NDS", "mp4"},   {"MGSV", "mp4"},  {"av01", "mp4"},
};

static const char *format_of_brand(const uint8_t brand[4])
{
    for (size_t i = 0; i < sizeof major_brands / sizeof major_brands[0]; i++) {
        if (memcmp(brand, major_brands[i].start, strlen(major_brands[i].start)) == 0)
            return major_brands[i].format;
    }
    return NULL;
}

/* The image brands name a structure only; the compatible ones name the codec. */
static bool is_image_structure(const uint8_t brand[4])
{
    return memcmp(brand, "mif1", 4) == 0 || memcmp(brand, "mif2", 4) == 0 ||
           memcmp(brand, "msf1", 4) == 0 || memcmp(brand, "miaf", 4) == 0;
}

static const char *format_of_ftyp(const uint8_t *bytes, size_t size)
{
    const char *format = format_of_brand(bytes);
    bool image = is_image_structure(bytes);

    for (size_t at = 8; format == NULL && at + 4 <= size; at += 4) {
        const char *named = format_of_brand(bytes + at);
        bool image_codec =
            named != NULL && (strcmp(named, "heic") == 0 || strcmp(named, "avif") == 0);
        if (named != NULL && (!image || image_codec))
            format = named;
        else if (named == NULL && is_image_structure(bytes + at))
            image = true;
    }
    return format == NULL && image ? "heif" : format;
}

/* What a track holds, from mdia/hdlr: 'vide', 'soun', ...; 0 if it does not say. */
static bool track_handler(uint32_t *out, struct gls_input *input, const struct gls_box *trak,
                          struct gls_error *error)
{
    struct gls_box mdia;
    struct gls_box hdlr;
    uint8_t bytes[12];

    *out = 0;
    if (!gls_box_find(&mdia, input, trak, GLS_4CC('m', 'd', 'i', 'a'), error))
        return false;
    if (mdia.size == 0)
        return true;
    if (!gls_box_find(&hdlr, input, &mdia, GLS_4CC('h', 'd', 'l', 'r'), error))
        return false;
    if (hdlr.size == 0 || gls_box_payload_size(&hdlr) < sizeof bytes)
        return true;
    if (!gls_input_read(input, gls_box_payload(&hdlr), bytes, sizeof bytes, error))
        return false;
    *out = gls_be32(bytes + 8);
    return true;
}

/* Recorders write sound under the brands of video: is there no picture track? */
static bool is_sound_only(bool *out, struct gls_input *input, const struct gls_box *moov,
                          struct gls_error *error)
{
    struct gls_box_walk walk;
    struct gls_box trak;
    uint32_t handler;
    bool picture = false;
    bool sound = false;

    gls_box_walk_children(&walk, input, moov, 0);
    while (gls_box_next(&trak, &walk, error)) {
        if (trak.type != GLS_4CC('t', 'r', 'a', 'k'))
            continue;
        if (!track_handler(&handler, input, &trak, error))
            return false;
        sound = sound || handler == GLS_4CC('s', 'o', 'u', 'n');
        picture = picture || handler == GLS_4CC('v', 'i', 'd', 'e');
    }
    *out = sound && !picture;
    return !walk.failed;
}

/* Looks at the first top-level boxes for moov; *out is "mov" for a file
 * without ftyp that has moov or mdat, and "m4a" for an "mp4" without pictures. */
static bool look_at_boxes(const char **out, struct gls_input *input, struct gls_error *error)
{
    struct gls_box_walk walk;
    struct gls_box box;
    bool sound_only = false;
    bool had_ftyp = *out != NULL;

    gls_box_walk_file(&walk, input);
    while (walk.count < 64 && gls_box_next(&box, &walk, error)) {
        switch (box.type) {
        case GLS_4CC('m', 'o', 'o', 'v'):
            if (!had_ftyp)
                *out = "mov";
            else if (!is_sound_only(&sound_only, input, &box, error))
                return false;
            else if (sound_only)
                *out = "m4a";
            return true;
        case GLS_4CC('m', 'd', 'a', 't'):
            if (!had_ftyp)
                *out = "mov";
            break;
        case GLS_4CC('w', 'i', 'd', 'e'):
        case GLS_4CC('f', 'r', 'e', 'e'):
        case GLS_4CC('s', 'k', 'i', 'p'):
        case GLS_4CC('p', 'n', 'o', 't'):
        case GLS_4CC('P', 'I', 'C', 'T'):
            break;
        default:
            if (!had_ftyp)
                return true;
        }
    }
    return !walk.failed;
}

/* A structure that cannot be followed decides nothing; only I/O errors count. */
static bool forgive(const struct gls_error *error)
{
    return error->status == GLS_ERROR_FORMAT;
}

bool gls_isobmff_brand_format(const char **format_name, struct gls_input *input,
                              struct gls_error *error)
{
    struct gls_error inner = GLS_ERROR_INIT;
    uint8_t head[8 + 256];
    size_t got = sizeof head;
    size_t size;

    *format_name = NULL;
    if (!gls_input_read_some(input, 0, head, &got, error))
        return false;
    if (got < 8)
        return true;
    if (memcmp(head + 4, "ftyp", 4) == 0) {
        size = gls_be32(head);
        size = size < got ? size : got;
        if (size < 16)
            return true;
        *format_name = format_of_ftyp(head + 8, size - 8);
        if (*format_name == NULL || strcmp(*format_name, "mp4") != 0)
            return true;
    }
    if (!look_at_boxes(format_name, input, &inner) && !forgive(&inner)) {
        *error = inner;
        return false;
    }
    return true;
}
