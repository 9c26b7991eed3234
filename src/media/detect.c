/* SPDX-License-Identifier: MIT */
/* Which format a file is, by its first bytes. A name decides only what they
 * cannot: which RAW of those that are built on TIFF, and plain text. */
#include <string.h>

#include "base/ascii.h"
#include "base/path.h"
#include "media/bmff/isobmff.h"
#include "media/format_table.h"
#include "media/media.h"
#include "media/tiff/tiff.h"
#include "media/video/asf.h"
#include "media/video/matroska.h"

#define HEAD_SIZE 4096

struct head {
    uint8_t bytes[HEAD_SIZE];
    size_t size;
};

struct magic {
    const char *format;
    size_t offset;
    size_t size;
    const char *bytes;
};

static const struct magic magics[] = {
    {"jpeg", 0, 3, "\xff\xd8\xff"},
    {"png", 0, 8, "\x89PNG\r\n\x1a\n"},
    {"gif", 0, 6, "GIF87a"},
    {"gif", 0, 6, "GIF89a"},
    {"psd", 0, 6, "8BPS\0\1"},
    {"psd", 0, 6, "8BPS\0\2"},
    {"jp2", 0, 12, "\0\0\0\x0cjP  \r\n\x87\n"},
    {"jp2", 0, 4, "\xff\x4f\xff\x51"},
    {"jxl", 0, 12, "\0\0\0\x0cJXL \r\n\x87\n"},
    {"raf", 0, 15, "FUJIFILMCCD-RAW"},
    {"crw", 6, 8, "HEAPCCDR"},
    {"mrw", 0, 4, "\0MRM"},
    {"x3f", 0, 4, "FOVb"},
    {"rw2", 0, 4, "IIU\0"},
    {"orf", 0, 4, "IIRO"},
    {"orf", 0, 4, "IIRS"},
    {"orf", 0, 4, "MMOR"},
    {"flv", 0, 4, "FLV\1"},
    {"mxf", 0, 14, "\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02"},
    {"mpeg", 0, 4, "\0\0\1\xba"},
    {"mpeg", 0, 4, "\0\0\1\xb3"},
};

static bool has_bytes(const struct head *head, size_t offset, const char *bytes, size_t size)
{
    return head->size >= offset + size && memcmp(head->bytes + offset, bytes, size) == 0;
}

static const char *format_of_riff(const struct head *head)
{
    if (!has_bytes(head, 0, "RIFF", 4)) {
        return NULL;
    }
    if (has_bytes(head, 8, "WEBP", 4)) {
        return "webp";
    }
    return has_bytes(head, 8, "AVI ", 4) ? "avi" : NULL;
}

/* EBML (RFC 8794): the DocType element tells Matroska from WebM. */
static bool format_of_ebml(const char **name, struct gls_input *input, const struct head *head,
                           struct gls_error *error)
{
    char type[GLS_MATROSKA_DOC_TYPE_SIZE];
    if (!has_bytes(head, 0, "\x1a\x45\xdf\xa3", 4)) {
        return true;
    }
    if (!gls_matroska_doc_type(type, input, error)) {
        return false;
    }
    *name = strcmp(type, "webm") == 0 ? "webm" : strcmp(type, "matroska") == 0 ? "mkv" : NULL;
    return true;
}

/* ISO/IEC 13818-1 transport packets of 188 bytes, or of 192 with the time stamp
 * of AVCHD before each: the sync byte must come again, at least four times. */
static const char *format_of_transport_stream(const struct head *head)
{
    static const size_t strides[] = {188, 192};
    for (size_t i = 0; i < 2; i++) {
        size_t first = strides[i] - 188;
        size_t seen = 0;
        size_t at = first;
        while (at < head->size && head->bytes[at] == 0x47) {
            seen++;
            at += strides[i];
        }
        if (at >= head->size && seen >= 4) {
            return "mts";
        }
    }
    return NULL;
}

struct raw_maker {
    const char *extension;
    const char *make; /* the Make tag begins with this; "": whatever it is */
    const char *format;
};

static const struct raw_maker raw_makers[] = {
    {"nef", "NIKON", "nef"},   {"nrw", "NIKON", "nef"}, {"arw", "SONY", "arw"},
    {"pef", "PENTAX", "pef"},  {"pef", "RICOH", "pef"}, {"srw", "SAMSUNG", "srw"},
    {"orf", "OLYMPUS", "orf"}, {"cr2", "Canon", "cr2"}, {"3fr", "", "3fr"},
    {"fff", "", "fff"},        {"iiq", "", "iiq"},      {"erf", "", "erf"},
    {"kdc", "", "kdc"},        {"dcr", "", "dcr"},      {"mef", "", "mef"},
    {"mos", "", "mos"},
};

/* A TIFF by its first four bytes: DNG says so in a tag; the others share their
 * structure with any TIFF and are recognised by name and maker together. */
static bool format_of_tiff(const char **name, struct gls_input *input, const struct head *head,
                           const char *path, struct gls_error *error)
{
    struct gls_tiff_traits traits;
    *name = "tiff";
    if (has_bytes(head, 8, "CR\2", 3)) {
        *name = "cr2";
        return true;
    }
    if (!gls_tiff_read_traits(&traits, input, error)) {
        return false;
    }
    const char *extension = gls_path_extension(path);
    if (traits.is_dng) {
        *name = gls_ascii_equal(extension, "gpr") ? "gpr" : "dng";
        return true;
    }
    for (size_t i = 0; i < sizeof raw_makers / sizeof raw_makers[0]; i++) {
        if (gls_ascii_equal(extension, raw_makers[i].extension) &&
            gls_ascii_begins_equal(traits.make, raw_makers[i].make, strlen(raw_makers[i].make))) {
            *name = raw_makers[i].format;
            return true;
        }
    }
    return true;
}

/* "BM" alone is too little: the reserved fields are zero, and the size of the second
 * header is one of those that there are. */
static bool is_bmp(const struct head *head)
{
    static const uint32_t sizes[] = {12, 40, 52, 56, 64, 108, 124};
    if (!has_bytes(head, 0, "BM", 2) || head->size < 18 || gls_le32(head->bytes + 6) != 0) {
        return false;
    }
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        if (gls_le32(head->bytes + 14) == sizes[i]) {
            return true;
        }
    }
    return false;
}

/* A JPEG XL codestream alone begins with two bytes, which its name must confirm. */
static bool is_jxl_codestream(const struct head *head, const char *path)
{
    return has_bytes(head, 0, "\xff\x0a", 2) && gls_ascii_equal(gls_path_extension(path), "jxl");
}

static const char *format_of_magic(const struct head *head)
{
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        if (has_bytes(head, magics[i].offset, magics[i].bytes, magics[i].size)) {
            return magics[i].format;
        }
    }
    if (head->size >= GLS_ASF_GUID_SIZE &&
        memcmp(head->bytes, gls_asf_header_guid, GLS_ASF_GUID_SIZE) == 0) {
        return "wmv";
    }
    return is_bmp(head) ? "bmp" : format_of_riff(head);
}

/* In one byte a character or more, or in UTF-16 that says so. */
static bool is_text(const struct head *head, const char *path)
{
    return gls_ascii_equal(gls_path_extension(path), "txt") &&
           (memchr(head->bytes, 0, head->size) == NULL || has_bytes(head, 0, "\xff\xfe", 2) ||
            has_bytes(head, 0, "\xfe\xff", 2));
}

/* Classic TIFF and BigTIFF, both byte orders. */
static bool is_tiff(const struct head *head)
{
    return has_bytes(head, 0, "II*\0", 4) || has_bytes(head, 0, "MM\0*", 4) ||
           has_bytes(head, 0, "II+\0", 4) || has_bytes(head, 0, "MM\0+", 4);
}

static bool name_of_format(const char **name, struct gls_input *input, const char *path,
                           struct gls_error *error)
{
    struct head head;
    head.size = sizeof head.bytes;
    if (!gls_input_read_some(input, 0, head.bytes, &head.size, error)) {
        return false;
    }
    *name = format_of_magic(&head);
    if (*name == NULL && !format_of_ebml(name, input, &head, error)) {
        return false;
    }
    if (*name == NULL && is_jxl_codestream(&head, path)) {
        *name = "jxl";
    }
    /* Leica's RAW is Panasonic's by another name. */
    if (*name != NULL && strcmp(*name, "rw2") == 0 &&
        gls_ascii_equal(gls_path_extension(path), "rwl")) {
        *name = "rwl";
    }
    if (*name != NULL) {
        return true;
    }
    if (is_tiff(&head)) {
        return format_of_tiff(name, input, &head, path, error);
    }
    if (!gls_isobmff_brand_format(name, input, error)) {
        return false;
    }
    /* Voice memos of old iPhones are QuickTime files; the brand tells no more. */
    bool is_movie = *name != NULL && (strcmp(*name, "mov") == 0 || strcmp(*name, "mp4") == 0);
    if (is_movie && gls_ascii_equal(gls_path_extension(path), "m4a")) {
        *name = "m4a";
    }
    if (*name == NULL) {
        *name = format_of_transport_stream(&head);
    }
    if (*name == NULL && is_text(&head, path)) {
        *name = "txt";
    }
    if (*name == NULL && head.size > 0 && gls_media_is_voice_note(path)) {
        *name = "audio";
    }
    return true;
}

/* Sound in containers of movies, parts of discs and streams, and RAW movies whose readers go by
 * the name. */
static bool is_of_other_kind(const char *path)
{
    static const char *const extensions[] = {"vob", "crm", "braw", "m4b", "m4p",  "m4r",
                                             "m4s", "aax", "f4a",  "f4b", "weba", "mka",
                                             "mks", "wma", "3ga",  "ac3", "m2a",  "mpa"};
    bool is_other = false;
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++) {
        is_other |= gls_ascii_equal(gls_path_extension(path), extensions[i]);
    }
    return is_other;
}

bool gls_media_recognize(const struct gls_format **out, struct gls_input *input, const char *path,
                         struct gls_error *error)
{
    if (!gls_media_detect(out, input, path, error)) {
        return false;
    }
    const struct gls_format *format = *out;
    bool is_sure = (format->kind == GLS_KIND_PHOTO || format->kind == GLS_KIND_VIDEO) &&
                   strcmp(format->name, "tiff") != 0 && !is_of_other_kind(path);
    return is_sure || gls_media_is_supported_name(path) ||
           gls_fail(error, GLS_ERROR_FORMAT, "%s: its content does not tell what it is",
                    gls_input_name(input));
}

bool gls_media_detect(const struct gls_format **out, struct gls_input *input, const char *path,
                      struct gls_error *error)
{
    const char *name = NULL;
    if (!name_of_format(&name, input, path, error)) {
        return false;
    }
    *out = name == NULL ? NULL : gls_format_by_name(name);
    if (*out == NULL) {
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: not a valid media file%s",
                        gls_input_name(input), gls_input_size(input) == 0 ? " (it is empty)" : "");
    }
    return true;
}

bool gls_media_head_leaves_open(const uint8_t *bytes, size_t size)
{
    static const char boxes[][5] = {"free", "skip", "wide", "mdat", "moov", "pnot", "PICT"};
    struct head head = {.size = size < HEAD_SIZE ? size : HEAD_SIZE};
    memcpy(head.bytes, bytes, head.size);
    bool is_open = is_tiff(&head);
    for (size_t i = 0; i < sizeof boxes / sizeof boxes[0]; i++) {
        is_open |= has_bytes(&head, 4, boxes[i], 4);
    }
    return is_open;
}
