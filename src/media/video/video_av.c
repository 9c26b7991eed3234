/* SPDX-License-Identifier: MIT */
#include "media/video/video_av.h"

#include <dlfcn.h>
#include <libavformat/avformat.h>
#include <libavutil/dict.h>
#include <libavutil/error.h>
#include <libavutil/log.h>
#include <libavutil/mem.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_SIZE (32 << 10)
#define PROBE_SIZE "1048576" /* bytes that are looked at to tell the container */
#define XMP_MAX (16u << 20)

/* ---- The library ------------------------------------------------------------------ */

/* The functions, and which of the two libraries has them. */
/* clang-format off */
#define FUNCTIONS(each) \
    each(format, alloc_context, avformat_alloc_context) \
    each(format, open_input, avformat_open_input) \
    each(format, close_input, avformat_close_input) \
    each(format, free_context, avformat_free_context) \
    each(format, avio_alloc, avio_alloc_context) \
    each(format, avio_free, avio_context_free) \
    each(util, alloc, av_malloc) \
    each(util, freep, av_freep) \
    each(util, dict_get, av_dict_get) \
    each(util, dict_set, av_dict_set) \
    each(util, dict_free, av_dict_free) \
    each(util, log_set_callback, av_log_set_callback)
/* clang-format on */

/* Each member has the type of the function it is named after, so that a call
 * through it is checked like a call of the function itself. */
struct library {
    __typeof__(&avformat_alloc_context) alloc_context;
    __typeof__(&avformat_open_input) open_input;
    __typeof__(&avformat_close_input) close_input;
    __typeof__(&avformat_free_context) free_context;
    __typeof__(&avio_alloc_context) avio_alloc;
    __typeof__(&avio_context_free) avio_free;
    __typeof__(&av_malloc) alloc;
    __typeof__(&av_freep) freep;
    __typeof__(&av_dict_get) dict_get;
    __typeof__(&av_dict_set) dict_set;
    __typeof__(&av_dict_free) dict_free;
    __typeof__(&av_log_set_callback) log_set_callback;
    bool is_usable;
};

/* Written once, under the pthread_once below; read only after it. */
static struct library library;
static pthread_once_t library_once = PTHREAD_ONCE_INIT;

/* The library must not print. */
static void say_nothing(void *context, int level, const char *format, va_list arguments)
{
    (void)context;
    (void)level;
    (void)format;
    (void)arguments;
}

#if GLS_LINKS_AVFORMAT

static void load_library(void)
{
#define TAKE(part, member, function) library.member = function;
    FUNCTIONS(TAKE)
    library.is_usable = true;
    library.log_set_callback(say_nothing);
}

#else

#define TEXT_OF(number) #number
#define SONAME(name, major) name ".so." TEXT_OF(major)

/* POSIX lets a void pointer carry a function; ISO C has no cast for it. */
static bool find_function(void *target, void *handle, const char *name)
{
    void *symbol = dlsym(handle, name);

    memcpy(target, &symbol, sizeof symbol);
    return symbol != NULL;
}

static void load_library(void)
{
    void *util = dlopen(SONAME("libavutil", LIBAVUTIL_VERSION_MAJOR), RTLD_NOW | RTLD_LOCAL);
    void *format = dlopen(SONAME("libavformat", LIBAVFORMAT_VERSION_MAJOR), RTLD_NOW | RTLD_LOCAL);

    if (util == NULL || format == NULL)
        return;
#define FIND(part, member, function) &&find_function(&library.member, part, #function)
    library.is_usable = true FUNCTIONS(FIND);
    if (library.is_usable)
        library.log_set_callback(say_nothing);
}

#endif

/* ---- Reading through a gls_input ------------------------------------------------------ */

struct source {
    struct gls_input *input;
    uint64_t offset;
    struct gls_error error; /* of the read that failed; GLS_OK if none did */
};

static int read_packet(void *opaque, uint8_t *buffer, int size)
{
    struct source *source = opaque;

    if (size <= 0 || source->offset >= gls_input_size(source->input))
        return AVERROR_EOF;
    size_t got = (size_t)size;
    if (!gls_input_read_some(source->input, source->offset, buffer, &got, &source->error))
        return AVERROR(EIO);
    source->offset += got;
    return got > 0 ? (int)got : AVERROR_EOF;
}

static int64_t seek(void *opaque, int64_t offset, int whence)
{
    struct source *source = opaque;
    int64_t size = (int64_t)gls_input_size(source->input);

    switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE:
        return size;
    case SEEK_SET:
        break;
    case SEEK_CUR:
        offset += (int64_t)source->offset;
        break;
    case SEEK_END:
        offset += size;
        break;
    default:
        return AVERROR(EINVAL);
    }
    if (offset < 0)
        return AVERROR(EINVAL);
    source->offset = (uint64_t)offset;
    return offset;
}

/* ---- Values ------------------------------------------------------------------------------ */

static bool copy_value(char **out, const AVDictionary *metadata, const char *key)
{
    const AVDictionaryEntry *entry;

    if (*out != NULL)
        return true;
    entry = library.dict_get(metadata, key, NULL, 0);
    if (entry == NULL || entry->value[0] == '\0' || strlen(entry->value) > XMP_MAX)
        return true;
    *out = strdup(entry->value);
    return *out != NULL;
}

static bool copy_values(struct gls_av_values *out, const AVDictionary *metadata,
                        struct gls_error *error)
{
    return (copy_value(&out->creation_time, metadata, "creation_time") &&
            copy_value(&out->apple_creation_date, metadata, "com.apple.quicktime.creationdate") &&
            copy_value(&out->date_recorded, metadata, "DATE_RECORDED") &&
            copy_value(&out->position, metadata, "com.apple.quicktime.location.ISO6709") &&
            copy_value(&out->position, metadata, "location") &&
            copy_value(&out->make, metadata, "com.apple.quicktime.make") &&
            copy_value(&out->make, metadata, "make") &&
            copy_value(&out->model, metadata, "com.apple.quicktime.model") &&
            copy_value(&out->model, metadata, "model") &&
            copy_value(&out->content_id, metadata, "com.apple.quicktime.content.identifier") &&
            copy_value(&out->xmp, metadata, "xmp")) ||
           gls_fail_memory(error);
}

/* avformat_open_input() frees the context when it fails; the I/O context and
 * its buffer stay ours. */
static bool open_and_copy(struct gls_av_values *out, AVIOContext *io, struct source *source,
                          struct gls_error *error)
{
    AVFormatContext *context = library.alloc_context();
    AVDictionary *options = NULL;
    bool ok;

    if (context == NULL)
        return gls_fail_memory(error);
    context->pb = io;
    context->flags |= AVFMT_FLAG_CUSTOM_IO;
    if (library.dict_set(&options, "export_xmp", "1", 0) < 0 ||
        library.dict_set(&options, "probesize", PROBE_SIZE, 0) < 0 ||
        library.dict_set(&options, "enable_drefs", "0", 0) < 0) {
        library.free_context(context);
        ok = gls_fail_memory(error);
    } else if (library.open_input(&context, NULL, NULL, &options) < 0) {
        ok = gls_fail(error, GLS_ERROR_FORMAT,
                      "%s: not a valid media file: libavformat cannot "
                      "read its header",
                      gls_input_name(source->input));
    } else {
        ok = copy_values(out, context->metadata, error);
        library.close_input(&context);
    }
    library.dict_free(&options);
    if (source->error.status != GLS_OK) {
        *error = source->error;
        ok = false;
    }
    return ok;
}

bool gls_av_read(struct gls_av_values *out, struct gls_input *input, struct gls_error *error)
{
    struct source source = {input, 0, GLS_ERROR_INIT};
    unsigned char *buffer;
    AVIOContext *io = NULL;
    bool ok;

    memset(out, 0, sizeof *out);
    (void)pthread_once(&library_once, load_library);
    if (!library.is_usable)
        return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                        "%s: reading it needs libavformat %d (FFmpeg), which is not installed",
                        gls_input_name(input), LIBAVFORMAT_VERSION_MAJOR);
    buffer = library.alloc(BUFFER_SIZE);
    if (buffer != NULL)
        io = library.avio_alloc(buffer, BUFFER_SIZE, 0, &source, read_packet, NULL, seek);
    if (io == NULL) {
        library.freep(&buffer);
        return gls_fail_memory(error);
    }
    ok = open_and_copy(out, io, &source, error);
    library.freep(&io->buffer);
    library.avio_free(&io);
    if (!ok)
        gls_av_values_free(out);
    return ok;
}
