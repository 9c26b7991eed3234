/* SPDX-License-Identifier: MIT */
/* The table of formats and what needs no more than a row of it. */
#include "media/media.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/path.h"
#include "base/range_digest.h"
#include "base/timestamp.h"
#include "media/bmff/cr3.h"
#include "media/bmff/heif.h"
#include "media/core/record.h"
#include "media/format_table.h"
#include "media/gif/gif.h"
#include "media/image/image.h"
#include "media/jpeg/jpeg.h"
#include "media/png/png.h"
#include "media/riff/webp.h"
#include "media/text/text_note.h"
#include "media/tiff/tiff.h"
#include "media/video/video.h"
#include "media/xmp/xmp.h"

static const struct gls_format formats[] = {
    {"jpeg", GLS_KIND_PHOTO, "jpg jpeg jpe", false, &gls_image_backend, &gls_jpeg_container},
    {"png", GLS_KIND_PHOTO, "png", false, &gls_image_backend, &gls_png_container},
    {"gif", GLS_KIND_PHOTO, "gif", false, &gls_image_backend, &gls_gif_container},
    {"webp", GLS_KIND_PHOTO, "webp", false, &gls_image_backend, &gls_webp_container},
    {"heic", GLS_KIND_PHOTO, "heic heif", false, &gls_image_backend, &gls_heif_container},
    {"heif", GLS_KIND_PHOTO, "heif heic", false, &gls_image_backend, &gls_heif_container},
    {"avif", GLS_KIND_PHOTO, "avif", false, &gls_image_backend, &gls_heif_container},
    {"tiff", GLS_KIND_PHOTO, "tif tiff", false, &gls_image_backend, &gls_tiff_container},
    {"dng", GLS_KIND_PHOTO, "dng", false, &gls_image_backend, &gls_tiff_container},
    {"nef", GLS_KIND_PHOTO, "nef", true, &gls_image_backend, &gls_tiff_container},
    {"cr2", GLS_KIND_PHOTO, "cr2", true, &gls_image_backend, &gls_tiff_container},
    {"arw", GLS_KIND_PHOTO, "arw", true, &gls_image_backend, &gls_tiff_container},
    {"orf", GLS_KIND_PHOTO, "orf", true, &gls_image_backend, &gls_tiff_container},
    {"pef", GLS_KIND_PHOTO, "pef", true, &gls_image_backend, &gls_tiff_container},
    {"srw", GLS_KIND_PHOTO, "srw", true, &gls_image_backend, &gls_tiff_container},
    {"rw2", GLS_KIND_PHOTO, "rw2", true, &gls_image_backend, &gls_tiff_container},
    {"raf", GLS_KIND_PHOTO, "raf", true, &gls_image_backend, &gls_raf_container},
    {"cr3", GLS_KIND_PHOTO, "cr3", true, &gls_image_backend, &gls_cr3_container},
    {"mov", GLS_KIND_VIDEO, "mov", false, &gls_video_backend, NULL},
    {"mp4", GLS_KIND_VIDEO, "mp4", false, &gls_video_backend, NULL},
    {"m4v", GLS_KIND_VIDEO, "m4v", false, &gls_video_backend, NULL},
    {"3gp", GLS_KIND_VIDEO, "3gp", false, &gls_video_backend, NULL},
    {"3g2", GLS_KIND_VIDEO, "3g2", false, &gls_video_backend, NULL},
    {"m4a", GLS_KIND_AUDIO, "m4a", false, &gls_video_backend, NULL},
    {"avi", GLS_KIND_VIDEO, "avi", false, &gls_stream_backend, NULL},
    {"mpeg", GLS_KIND_VIDEO, "mpg mpeg", false, &gls_stream_backend, NULL},
    {"mts", GLS_KIND_VIDEO, "mts m2ts", false, &gls_stream_backend, NULL},
    {"mkv", GLS_KIND_VIDEO, "mkv", false, &gls_stream_backend, NULL},
    {"webm", GLS_KIND_VIDEO, "webm", false, &gls_stream_backend, NULL},
    {"txt", GLS_KIND_TEXT, "txt", false, &gls_text_backend, NULL},
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

const struct gls_format *gls_format_by_extension(const char *extension)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        if (has_extension(&formats[i], extension)) {
            return &formats[i];
        }
    }
    return NULL;
}

bool gls_media_is_supported_name(const char *path)
{
    return gls_format_by_extension(gls_path_extension(path)) != NULL;
}

/* A .mov that is called .mp4 is no lie worth a note: one backend reads both.
 * But a RAW name must hold that RAW. */
static void note_lying_extension(struct gls_media *media, const struct gls_format *format,
                                 const char *path)
{
    const char *extension = gls_path_extension(path);
    if (has_extension(format, extension)) {
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
    if (!format->backend->read(out, input, format->context, error)) {
        gls_media_clear(out);
        return false;
    }
    note_lying_extension(out, format, path);
    return true;
}

bool gls_media_essence(struct gls_ranges *out, bool *whole_file, struct gls_input *input,
                       const struct gls_format *format, struct gls_error *error)
{
    struct gls_error doubt = GLS_ERROR_INIT;
    uint64_t size = gls_input_size(input);
    *whole_file = false;
    if (format->backend->essence != NULL) {
        if (format->backend->essence(out, input, format->context, &doubt)) {
            gls_ranges_normalize(out, size);
            if (out->count > 0) {
                return true;
            }
        } else if (doubt.status == GLS_ERROR_MEMORY || doubt.status == GLS_ERROR_IO) {
            *error = doubt;
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
        size_t piece = left < GLS_HASH_BUFFER_SIZE ? (size_t)left : GLS_HASH_BUFFER_SIZE;
        if (!gls_input_read(input, range->offset + done, buffer, piece, error)) {
            return false;
        }
        gls_range_digest_update(digest, range->offset + done, buffer, piece);
        done += piece;
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
