/* SPDX-License-Identifier: MIT */
#include "plugins/googlephotos/media_type.h"

#include <stddef.h>

#include "base/ascii.h"
#include "base/path.h"

/* The service names "some" RAW files: those of the large makers. One that it does not take
 * after all is refused by it, with its reason. */
static const struct gls_google_media_type types[] = {
    {"avif", "image/avif", false},
    {"bmp", "image/bmp", false},
    {"gif", "image/gif", false},
    {"heic", "image/heic", false},
    {"heif", "image/heif", false},
    {"ico", "image/x-icon", false},
    {"jpe", "image/jpeg", false},
    {"jpeg", "image/jpeg", false},
    {"jpg", "image/jpeg", false},
    {"png", "image/png", false},
    {"tif", "image/tiff", false},
    {"tiff", "image/tiff", false},
    {"webp", "image/webp", false},
    {"arw", "image/x-sony-arw", false},
    {"cr2", "image/x-canon-cr2", false},
    {"cr3", "image/x-canon-cr3", false},
    {"dng", "image/x-adobe-dng", false},
    {"nef", "image/x-nikon-nef", false},
    {"nrw", "image/x-nikon-nrw", false},
    {"orf", "image/x-olympus-orf", false},
    {"pef", "image/x-pentax-pef", false},
    {"raf", "image/x-fuji-raf", false},
    {"rw2", "image/x-panasonic-rw2", false},
    {"srw", "image/x-samsung-srw", false},
    {"3g2", "video/3gpp2", true},
    {"3gp", "video/3gpp", true},
    {"asf", "video/x-ms-asf", true},
    {"avi", "video/x-msvideo", true},
    {"divx", "video/divx", true},
    {"m2t", "video/mp2t", true},
    {"m2ts", "video/mp2t", true},
    {"m4v", "video/x-m4v", true},
    {"mkv", "video/x-matroska", true},
    {"mmv", "video/x-mmv", true},
    {"mod", "video/mpeg", true},
    {"mov", "video/quicktime", true},
    {"mp4", "video/mp4", true},
    {"mpeg", "video/mpeg", true},
    {"mpg", "video/mpeg", true},
    {"mts", "video/mp2t", true},
    {"tod", "video/mpeg", true},
    {"wmv", "video/x-ms-wmv", true},
};

const struct gls_google_media_type *gls_google_media_type(const char *path)
{
    const char *extension = gls_path_extension(path);

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (gls_ascii_equal(extension, types[i].extension))
            return &types[i];
    }
    return NULL;
}

uint64_t gls_google_size_max(const struct gls_google_media_type *type)
{
    return type->is_video ? UINT64_C(20) << 30 : UINT64_C(200) << 20;
}
