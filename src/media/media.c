/* SPDX-License-Identifier: MIT */
/* The table of formats and what needs no more than a row of it. */
#include "media/media.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/path.h"
#include "media/bmff/cr3.h"
#include "media/bmff/heif.h"
#include "media/bmff/jp2.h"
#include "media/ciff/crw.h"
#include "media/core/range_digest.h"
#include "media/core/record.h"
#include "media/format_table.h"
#include "media/gif/gif.h"
#include "media/image/image.h"
#include "media/jpeg/jpeg.h"
#include "media/png/png.h"
#include "media/psd/psd.h"
#include "media/riff/webp.h"
#include "media/text/text_note.h"
#include "media/tiff/tiff.h"
#include "media/video/video.h"
#include "media/xmp/xmp.h"

/* What is filed though we read nothing of it: by its name, a sidecar or its time. */
static bool opaque_read(struct gls_media *out, struct gls_input *input, const void *context,
                        struct gls_error *error)
{
    (void)out;
    (void)input;
    (void)context;
    (void)error;
    return true;
}

static const struct gls_backend opaque_backend = {.name = "opaque", .read = opaque_read};

#define IMAGE(name) &gls_image_backend, &gls_##name##_container
#define MOVIE &gls_video_backend, NULL
#define STREAM(name) &gls_stream_backend, &gls_##name##_stream
#define OPAQUE &opaque_backend, NULL

static const struct gls_format formats[] = {
    {"jpeg", GLS_KIND_PHOTO, "jpg jpeg jpe jfif jif mpo insp", false, IMAGE(jpeg)},
    {"png", GLS_KIND_PHOTO, "png", false, IMAGE(png)},
    {"gif", GLS_KIND_PHOTO, "gif", false, IMAGE(gif)},
    {"webp", GLS_KIND_PHOTO, "webp", false, IMAGE(webp)},
    {"heic", GLS_KIND_PHOTO, "heic heif hif", false, IMAGE(heif)},
    {"heif", GLS_KIND_PHOTO, "heif heic hif", false, IMAGE(heif)},
    {"avif", GLS_KIND_PHOTO, "avif", false, IMAGE(heif)},
    {"jxl", GLS_KIND_PHOTO, "jxl", false, IMAGE(jxl)},
    {"jp2", GLS_KIND_PHOTO, "jp2 jpx jpf j2k j2c jpc", false, IMAGE(jp2)},
    {"psd", GLS_KIND_PHOTO, "psd psb", false, IMAGE(psd)},
    {"bmp", GLS_KIND_PHOTO, "bmp", false, OPAQUE},
    {"tiff", GLS_KIND_PHOTO, "tif tiff", false, IMAGE(tiff)},
    {"dng", GLS_KIND_PHOTO, "dng", false, IMAGE(tiff)},
    {"nef", GLS_KIND_PHOTO, "nef nrw", true, IMAGE(tiff)},
    {"cr2", GLS_KIND_PHOTO, "cr2", true, IMAGE(tiff)},
    {"arw", GLS_KIND_PHOTO, "arw", true, IMAGE(tiff)},
    {"orf", GLS_KIND_PHOTO, "orf", true, IMAGE(tiff)},
    {"pef", GLS_KIND_PHOTO, "pef", true, IMAGE(tiff)},
    {"srw", GLS_KIND_PHOTO, "srw", true, IMAGE(tiff)},
    {"rw2", GLS_KIND_PHOTO, "rw2", true, IMAGE(tiff)},
    {"gpr", GLS_KIND_PHOTO, "gpr", true, IMAGE(tiff_raw)},
    {"3fr", GLS_KIND_PHOTO, "3fr", true, IMAGE(tiff_raw)},
    {"fff", GLS_KIND_PHOTO, "fff", true, IMAGE(tiff_raw)},
    {"iiq", GLS_KIND_PHOTO, "iiq", true, IMAGE(tiff_raw)},
    {"erf", GLS_KIND_PHOTO, "erf", true, IMAGE(tiff_raw)},
    {"kdc", GLS_KIND_PHOTO, "kdc", true, IMAGE(tiff_raw)},
    {"dcr", GLS_KIND_PHOTO, "dcr", true, IMAGE(tiff_raw)},
    {"mef", GLS_KIND_PHOTO, "mef", true, IMAGE(tiff_raw)},
    {"mos", GLS_KIND_PHOTO, "mos", true, IMAGE(tiff_raw)},
    {"rwl", GLS_KIND_PHOTO, "rwl", true, IMAGE(tiff_raw)},
    {"mrw", GLS_KIND_PHOTO, "mrw", true, IMAGE(mrw)},
    {"crw", GLS_KIND_PHOTO, "crw", true, IMAGE(crw)},
    {"x3f", GLS_KIND_PHOTO, "x3f", true, OPAQUE},
    {"raf", GLS_KIND_PHOTO, "raf", true, IMAGE(raf)},
    {"cr3", GLS_KIND_PHOTO, "cr3", true, IMAGE(cr3)},
    {"mov", GLS_KIND_VIDEO, "mov qt", false, MOVIE},
    {"mp4", GLS_KIND_VIDEO, "mp4 mp mv cover insv 360", false, MOVIE},
    {"m4v", GLS_KIND_VIDEO, "m4v", false, MOVIE},
    {"3gp", GLS_KIND_VIDEO, "3gp 3gpp", false, MOVIE},
    {"3g2", GLS_KIND_VIDEO, "3g2", false, MOVIE},
    {"m4a", GLS_KIND_AUDIO, "m4a", false, MOVIE},
    {"avi", GLS_KIND_VIDEO, "avi", false, STREAM(avi)},
    {"mpeg", GLS_KIND_VIDEO, "mpg mpeg", false, OPAQUE},
    {"mts", GLS_KIND_VIDEO, "mts m2ts m2t", false, STREAM(mts)},
    {"mkv", GLS_KIND_VIDEO, "mkv", false, STREAM(matroska)},
    {"webm", GLS_KIND_VIDEO, "webm", false, STREAM(matroska)},
    {"wmv", GLS_KIND_VIDEO, "wmv asf", false, STREAM(asf)},
    {"flv", GLS_KIND_VIDEO, "flv", false, OPAQUE},
    {"mxf", GLS_KIND_VIDEO, "mxf", false, OPAQUE},
    {"audio", GLS_KIND_AUDIO, "", false, OPAQUE}, /* WhatsApp's voice notes */
    {"txt", GLS_KIND_TEXT, "txt", false, &gls_text_backend, NULL},
    {"other", GLS_KIND_UNKNOWN, "", false, OPAQUE},
};
#define FORMAT_COUNT (sizeof formats / sizeof formats[0])

const struct gls_format *gls_format_at(size_t index)
{
    return index < FORMAT_COUNT ? &formats[index] : NULL;
}

const struct gls_format *gls_format_by_name(const char *name)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        if (strcmp(formats[i].name, name) == 0) {
            return &formats[i];
        }
    }
    return NULL;
}

static bool has_extension(const struct gls_format *format, const char *extension)
{
    size_t size = strlen(extension);
    const char *word = format->extensions;
    while (size > 0 && *word != '\0') {
        size_t word_size = strcspn(word, " ");
        if (word_size == size && gls_ascii_begins_equal(word, extension, size)) {
            return true;
        }
        word += word_size + strspn(word + word_size, " ");
    }
    return false;
}

bool gls_extension_is_motion_photo(const char *extension)
{
    return gls_ascii_begins_equal(extension, "mp~", 3) && extension[3] != '\0';
}

const struct gls_format *gls_format_by_extension(const char *extension)
{
    if (gls_extension_is_motion_photo(extension)) {
        extension = "mp";
    }
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        if (has_extension(&formats[i], extension)) {
            return &formats[i];
        }
    }
    return NULL;
}

void gls_format_add_extension(struct gls_strbuf *out, const char *format)
{
    const struct gls_format *row = gls_format_by_name(format);
    if (row != NULL && row->extensions[0] != '\0') {
        gls_strbuf_add_char(out, '.');
        gls_strbuf_add(out, row->extensions, strcspn(row->extensions, " "));
    }
}

const struct gls_format *gls_media_opaque_format(void)
{
    return gls_format_by_name("other");
}

/* '#' is a digit, ' ' also the '-' that a library's template puts there. */
static bool begins_as(const char *text, const char *pattern)
{
    for (; *pattern != '\0'; pattern++, text++) {
        bool fits = *pattern == '#'   ? *text >= '0' && *text <= '9'
                    : *pattern == ' ' ? *text == ' ' || *text == '-'
                                      : gls_ascii_lower(*text) == *pattern;
        if (!fits) {
            return false;
        }
    }
    return true;
}

static bool begins_as_voice_note(const char *text)
{
    return begins_as(text, "ptt-########-wa#") || begins_as(text, "aud-########-wa#") ||
           begins_as(text, "whatsapp ptt ") || begins_as(text, "whatsapp audio ");
}

bool gls_media_is_voice_note(const char *path)
{
    static const char extensions[] = " opus ogg mp3 m4a aac amr wav ";
    const char *name = gls_path_base(path);
    const char *extension = gls_path_extension(path);
    bool is_sound = false;
    for (const char *word = extensions + 1; *word != '\0'; word += strcspn(word, " ") + 1) {
        size_t size = strcspn(word, " ");
        is_sound |= strlen(extension) == size && gls_ascii_begins_equal(extension, word, size);
    }
    for (const char *at = name; is_sound && *at != '\0'; at++) {
        if ((at == name || at[-1] == '-') && begins_as_voice_note(at)) {
            return true;
        }
    }
    return false;
}

bool gls_media_is_supported_name(const char *path)
{
    return gls_format_by_extension(gls_path_extension(path)) != NULL ||
           gls_media_is_voice_note(path);
}

/* A .mov that is called .mp4 is no lie worth a note: one backend reads both.
 * But a RAW name must hold that RAW. */
static void note_lying_extension(struct gls_media *media, const struct gls_format *format,
                                 const char *path)
{
    const char *extension = gls_path_extension(path);
    if (has_extension(format, extension) || format->extensions[0] == '\0') {
        return;
    }
    const struct gls_format *named = gls_format_by_extension(extension);
    if (named != NULL && named->backend == format->backend && named->context == format->context &&
        named->is_raw == format->is_raw) {
        return;
    }
    char upper[16];
    size_t size = 0;
    for (; format->name[size] != '\0' && size + 1 < sizeof upper; size++) {
        char c = format->name[size];
        upper[size] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    upper[size] = '\0';
    if (*extension == '\0') {
        gls_media_note(media, "content is %s though the name has no extension", upper);
    } else {
        gls_media_note(media, "content is %s though the name says .%.32s", upper, extension);
    }
}

bool gls_media_read(struct gls_media *out, struct gls_input *input, const struct gls_format *format,
                    const char *path, struct gls_error *error)
{
    memset(out, 0, sizeof *out);
    out->kind = format->kind;
    out->format = format->name;
    if (!format->backend->read(out, input, format->context, error) ||
        !gls_media_is_whole(out, error)) {
        gls_media_clear(out);
        return false;
    }
    note_lying_extension(out, format, path);
    return true;
}

bool gls_media_note_damage(struct gls_media *out, struct gls_input *input,
                           const struct gls_format *format, struct gls_error *error)
{
    return format->backend->note_damage == NULL ||
           format->backend->note_damage(out, input, format->context, error);
}

bool gls_media_essence(struct gls_ranges *out, bool *whole_file, struct gls_input *input,
                       const struct gls_format *format, struct gls_error *error)
{
    struct gls_error inner = GLS_ERROR_INIT;
    uint64_t size = gls_input_size(input);
    *whole_file = false;
    if (format->backend->essence != NULL) {
        if (format->backend->essence(out, input, format->context, &inner)) {
            gls_ranges_normalize(out, size);
            if (out->count > 0) {
                return true;
            }
        } else if (gls_error_is_of_system(&inner)) {
            *error = inner;
            return false;
        }
    }
    gls_ranges_free(out);
    *out = (struct gls_ranges)GLS_RANGES_INIT;
    *whole_file = true;
    return gls_ranges_add(out, 0, size, error);
}

static bool hash_range(struct gls_range_digest *digest, struct gls_input *input,
                       const struct gls_range *range, uint8_t *buffer, struct gls_error *error)
{
    uint64_t done = 0;
    while (done < range->size) {
        uint64_t left = range->size - done;
        size_t part = left < GLS_HASH_BUFFER_SIZE ? (size_t)left : GLS_HASH_BUFFER_SIZE;
        if (!gls_input_read(input, range->offset + done, buffer, part, error)) {
            return false;
        }
        gls_range_digest_update(digest, range->offset + done, buffer, part);
        done += part;
    }
    return true;
}

static bool hash_ranges(char out[GLS_XXH128_HEX_SIZE], struct gls_input *input,
                        const struct gls_ranges *ranges, struct gls_error *error)
{
    struct gls_range_digest *digest = gls_range_digest_new(ranges);
    uint8_t *buffer = malloc(GLS_HASH_BUFFER_SIZE);
    bool ok = (digest != NULL && buffer != NULL) || gls_fail_memory(error);
    for (size_t i = 0; ok && i < ranges->count; i++) {
        ok = hash_range(digest, input, &ranges->items[i], buffer, error);
    }
    if (ok) {
        gls_range_digest_finish(digest, out);
    }
    free(buffer);
    gls_range_digest_free(digest);
    return ok;
}

bool gls_media_hash_essence(char out[33], struct gls_input *input, const struct gls_format *format,
                            unsigned version, struct gls_error *error)
{
    struct gls_ranges ranges = GLS_RANGES_INIT;
    bool whole_file;
    bool ok = gls_media_essence(&ranges, &whole_file, input, format, error);
    if (ok && version < 2) {
        gls_ranges_flatten(&ranges);
    }
    ok = ok && hash_ranges(out, input, &ranges, error);
    gls_ranges_free(&ranges);
    return ok;
}

bool gls_media_initialize(struct gls_error *error)
{
    return gls_xmp_initialize(error);
}
