/* SPDX-License-Identifier: MIT */
#include "engine/archive/archive.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/timestamp.h"
#include "engine/archive/archive_stream.h"
#include "engine/archive/member_name.h"
#include "engine/archive/zip_directory.h"

enum archive_kind { ARCHIVE_ZIP, ARCHIVE_TAR };

enum { TAR_BLOCK = 512, ZIP_LOCAL_SIZE = 30 };

/* From what size on, and to how many times its packed size, a member may grow: pictures and
 * films are packed already. */
enum { BOMB_SIZE_MIN = 64 << 20, BOMB_RATIO_MAX = 200 };

struct gls_archive {
    struct gls_input *input;
    enum archive_kind kind;
    struct gls_zip_directory zip;
    struct gls_gzip_reader *gzip;
    struct gls_archive_stream *listing; /* of a tar: the run that lists it */
};

/* ---- Opening ---------------------------------------------------------------------------- */

static bool is_tar_header(const uint8_t *block)
{
    unsigned sum = 0;
    unsigned long stated = 0;
    char digits[9] = "";

    for (size_t i = 0; i < TAR_BLOCK; i++)
        sum += i >= 148 && i < 156 ? ' ' : block[i];
    memcpy(digits, block + 148, 8);
    stated = strtoul(digits, NULL, 8);
    return stated == sum && sum != ' ' * 8u;
}

static bool find_kind(struct gls_archive *archive, const struct gls_gzip_points *points,
                      struct gls_error *error)
{
    uint8_t head[TAR_BLOCK] = {0};
    size_t size = sizeof head;

    if (!gls_input_read_some(archive->input, 0, head, &size, error))
        return false;
    if (size >= 3 && memcmp(head, "\x1f\x8b\x08", 3) == 0) {
        archive->kind = ARCHIVE_TAR;
        return gls_gzip_reader_new(&archive->gzip, archive->input, points, error);
    }
    if (size == sizeof head && memcmp(head, "PK", 2) != 0 && is_tar_header(head)) {
        archive->kind = ARCHIVE_TAR;
        return true;
    }
    if (size >= 4 && memcmp(head, "PK\7\10", 4) == 0)
        return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                        "%s: is the first piece of a ZIP in several pieces; join them first (zip "
                        "-s 0 ARCHIVE.zip --out WHOLE.zip)",
                        gls_input_name(archive->input));
    archive->kind = ARCHIVE_ZIP;
    if (size < 4 || memcmp(head, "PK", 2) != 0)
        return gls_fail(error, GLS_ERROR_FORMAT,
                        "%s: is neither a ZIP nor a tar, whatever its name",
                        gls_input_name(archive->input));
    return gls_zip_directory_find(&archive->zip, archive->input, error);
}

bool gls_archive_open(struct gls_archive **out, const char *path,
                      const struct gls_gzip_points *points, struct gls_error *error)
{
    struct gls_archive *archive = calloc(1, sizeof *archive);

    *out = NULL;
    if (archive == NULL)
        return gls_fail_memory(error);
    if (!gls_archive_library(error)) {
        gls_error_prefix(error, "%s", path);
        free(archive);
        return false;
    }
    if (!gls_input_open(&archive->input, path, error) || !find_kind(archive, points, error)) {
        gls_archive_close(archive);
        return false;
    }
    *out = archive;
    return true;
}

void gls_archive_close(struct gls_archive *archive)
{
    if (archive == NULL)
        return;
    gls_gzip_reader_free(archive->gzip);
    gls_input_free(archive->input);
    free(archive);
}

/* ---- Listing ------------------------------------------------------------------------------ */

struct lister {
    bool (*on_member)(void *user, const struct gls_archive_member *member, struct gls_error *error);
    void *user;
    struct gls_strbuf name;
};

/* Names what the archive calls `bytes`, unless it is the top itself. */
static bool hand_over(struct lister *lister, struct gls_archive_member *member,
                      const struct gls_strbuf *shown, struct gls_error *error)
{
    const char *reason = gls_member_name_clean(&lister->name, gls_strbuf_str(shown), shown->size);

    if (shown->failed || lister->name.failed)
        return gls_fail_memory(error);
    member->name = gls_strbuf_str(&lister->name);
    member->shown = gls_strbuf_str(shown);
    if (reason != NULL)
        member->problem = reason;
    else if (member->name[0] == '\0')
        return true;
    return lister->on_member(lister->user, member, error);
}

static bool is_bomb(uint64_t size, uint64_t packed)
{
    return size > BOMB_SIZE_MIN && size / BOMB_RATIO_MAX > packed;
}

static const char bomb[] = "would grow to more than 200 times its packed size, as no picture or "
                           "film does; unpack it by hand if that is meant";

static const char *zip_problem(const struct gls_zip_entry *entry)
{
    if (entry->is_link)
        return "is a link or a device in an archive; only files are imported";
    if (entry->is_encrypted)
        return "is encrypted; unpack the archive with its password and import the folder";
    if (is_bomb(entry->size_bytes, entry->packed_bytes))
        return bomb;
    return NULL;
}

static bool list_zip(struct gls_archive *archive, struct lister *lister, struct gls_error *error)
{
    GLS_STRBUF_AUTO shown = GLS_STRBUF_INIT;
    uint64_t at = archive->zip.start;
    uint64_t count = 0;
    bool ok = true;

    while (ok && at < archive->zip.end) {
        struct gls_zip_entry entry;
        ok = gls_zip_directory_read(&entry, &shown, &archive->zip, at, error);
        const struct timespec time = {.tv_sec = entry.time_s};
        struct gls_archive_member member = {.problem = ok ? zip_problem(&entry) : NULL,
                                            .place = entry.record,
                                            .start = entry.header,
                                            .packed_bytes = entry.packed_bytes,
                                            .size_bytes = entry.is_link ? 0 : entry.size_bytes,
                                            .mtime_ns = gls_timespec_to_ns(&time),
                                            .mtime_is_civil = !entry.has_utc,
                                            .mode = entry.mode};
        if (ok && !entry.is_folder)
            ok = hand_over(lister, &member, &shown, error);
        at = entry.next;
        count++;
    }
    /* Without ZIP64 the count has 16 bits, and some programs let it run over. */
    if (ok && (count & 0xffff) != (archive->zip.count & 0xffff))
        return gls_fail(error, GLS_ERROR_FORMAT,
                        "%s: its directory holds %llu members and states %llu; fetch the archive "
                        "again",
                        gls_input_name(archive->input), (unsigned long long)count,
                        (unsigned long long)archive->zip.count);
    return ok;
}

static bool hand_over_tar(struct gls_archive *archive, struct lister *lister,
                          struct archive_entry *entry, struct gls_error *error)
{
    const struct gls_archive_library *library = archive->listing->library;
    GLS_STRBUF_AUTO shown = GLS_STRBUF_INIT;
    const char *name = library->pathname(entry);
    int64_t size = library->size(entry);
    struct timespec time = {.tv_sec = library->mtime(entry), .tv_nsec = library->mtime_nsec(entry)};
    struct gls_archive_member member = {
        .place = (uint64_t)library->header_position(archive->listing->reader),
        .size_bytes = size > 0 ? (uint64_t)size : 0,
        .mtime_ns = gls_timespec_to_ns(&time),
        .mode = library->perm(entry) & 0777,
        .is_unchecked = archive->gzip != NULL};

    if (library->filetype(entry) == S_IFDIR)
        return true;
    if (library->hardlink(entry) != NULL || library->filetype(entry) != S_IFREG)
        member.problem = "is a link or a device in an archive; only files are imported";
    gls_strbuf_add_str(&shown, name != NULL ? name : "");
    return hand_over(lister, &member, &shown, error);
}

/* A tar from `at` on. */
static bool open_tar(struct gls_archive *archive, struct gls_archive_stream *stream, uint64_t at,
                     struct gls_error *error)
{
    uint64_t end = archive->gzip != NULL ? UINT64_MAX : gls_input_size(archive->input);

    stream->gzip = archive->gzip;
    return gls_archive_stream_open(stream, archive->input, at, end, error);
}

/* A gzip stream is read to its end, where its checksum is. */
static bool drain(const struct gls_archive *archive, struct gls_error *error)
{
    const uint8_t *bytes = NULL;
    size_t size = 1;

    for (uint64_t at = archive->listing->at; size > 0; at += size)
        if (!gls_gzip_reader_read(archive->gzip, at, &bytes, &size, error))
            return false;
    return gls_gzip_reader_is_complete(archive->gzip) ||
           gls_fail(error, GLS_ERROR_FORMAT, "%s: is cut off; fetch the archive again",
                    gls_input_name(archive->input));
}

static bool list_tar(struct gls_archive *archive, struct lister *lister, struct gls_error *error)
{
    struct archive_entry *entry = NULL;

    archive->listing = calloc(1, sizeof *archive->listing);
    if (archive->listing == NULL)
        return gls_fail_memory(error);
    if (archive->gzip != NULL)
        gls_gzip_reader_set_first(archive->gzip, true);
    bool ok = open_tar(archive, archive->listing, 0, error);
    do {
        ok = ok && gls_archive_stream_next(archive->listing, &entry, error) &&
             (entry == NULL || hand_over_tar(archive, lister, entry, error));
    } while (ok && entry != NULL);
    ok = ok && (archive->gzip == NULL || drain(archive, error));
    if (archive->gzip != NULL)
        gls_gzip_reader_set_first(archive->gzip, false);
    gls_archive_stream_close(archive->listing);
    free(archive->listing);
    archive->listing = NULL;
    return ok;
}

bool gls_archive_list(struct gls_archive *archive,
                      bool (*on_member)(void *user, const struct gls_archive_member *member,
                                        struct gls_error *error),
                      void *user, struct gls_error *error)
{
    struct lister lister = {.on_member = on_member, .user = user};
    bool ok = archive->kind == ARCHIVE_ZIP ? list_zip(archive, &lister, error)
                                           : list_tar(archive, &lister, error);

    gls_strbuf_free(&lister.name);
    return ok;
}

/* ---- Reading ------------------------------------------------------------------------------ */

static void put_le16(uint8_t *p, unsigned v)
{
    gls_put_le16(p, (uint16_t)v);
}

static void put_le32(uint8_t *p, uint64_t v)
{
    put_le16(p, (unsigned)(v & 0xffff));
    put_le16(p + 2, (unsigned)(v >> 16 & 0xffff));
}

/* A local header made of what the directory says: the one in the file may leave sizes and
 * checksum out, has the name in some encoding, and may lie. */
static void make_local_header(struct gls_archive_stream *stream, const struct gls_zip_entry *entry)
{
    uint8_t *p = stream->head;
    bool is_large = entry->size_bytes >= UINT32_MAX || entry->packed_bytes >= UINT32_MAX;

    memcpy(p, "PK\3\4", 4);
    put_le16(p + 4, 45);
    put_le16(p + 6, 0);
    put_le16(p + 8, entry->method);
    put_le32(p + 10, 0x00210000); /* 1980-01-01 */
    put_le32(p + 14, entry->crc32);
    put_le32(p + 18, is_large ? UINT32_MAX : entry->packed_bytes);
    put_le32(p + 22, is_large ? UINT32_MAX : entry->size_bytes);
    put_le16(p + 26, 1);
    put_le16(p + 28, is_large ? 20 : 0);
    p[30] = 'x';
    stream->head_size = ZIP_LOCAL_SIZE + 1;
    if (is_large) {
        put_le16(p + 31, 1);
        put_le16(p + 33, 16);
        put_le32(p + 35, entry->size_bytes);
        put_le32(p + 39, entry->size_bytes >> 32);
        put_le32(p + 43, entry->packed_bytes);
        put_le32(p + 47, entry->packed_bytes >> 32);
        stream->head_size += 20;
    }
}

static bool open_zip_member(struct gls_archive *archive, struct gls_archive_stream *stream,
                            uint64_t place, struct gls_error *error)
{
    GLS_STRBUF_AUTO name = GLS_STRBUF_INIT;
    struct gls_zip_entry entry;
    uint8_t local[ZIP_LOCAL_SIZE];
    uint64_t size = gls_input_size(archive->input);

    if (!gls_zip_directory_read(&entry, &name, &archive->zip, place, error))
        return false;
    if (entry.header > size || size - entry.header < sizeof local)
        return gls_fail(error, GLS_ERROR_FORMAT,
                        "the ZIP's directory says that it lies behind its end");
    if (!gls_input_read(archive->input, entry.header, local, sizeof local, error))
        return false;
    uint64_t data = entry.header + sizeof local + gls_le16(local + 26) + gls_le16(local + 28);
    if (memcmp(local, "PK\3\4", 4) != 0 || data > size || entry.packed_bytes > size - data)
        return gls_fail(error, GLS_ERROR_FORMAT, "it does not lie where the ZIP's directory says");
    make_local_header(stream, &entry);
    return gls_archive_stream_open(stream, archive->input, data, data + entry.packed_bytes, error);
}

static uint64_t packed_at(const struct gls_archive_stream *stream)
{
    return stream->gzip != NULL ? gls_gzip_reader_packed(stream->gzip) : 0;
}

static bool copy_data(struct gls_archive_stream *stream, uint64_t size_bytes,
                      const struct gls_archive_sink *sink, struct gls_error *error)
{
    uint8_t *buffer = malloc(GLS_ARCHIVE_BUFFER_SIZE);
    uint64_t done = 0;
    uint64_t before = packed_at(stream);
    size_t got = 1;
    bool ok = buffer != NULL || gls_fail_memory(error);

    while (ok && got > 0) {
        ok = gls_archive_stream_data(stream, buffer, GLS_ARCHIVE_BUFFER_SIZE, &got, error);
        done += got;
        if (ok && done > size_bytes)
            ok = gls_fail(error, GLS_ERROR_FORMAT, "holds more bytes than the archive states");
        if (ok && stream->gzip != NULL &&
            is_bomb(done, packed_at(stream) - before + GLS_ARCHIVE_BUFFER_SIZE))
            ok = gls_fail(error, GLS_ERROR_FORMAT, "%s", bomb);
        ok = ok && (got == 0 || sink->write(sink->user, buffer, got, error));
    }
    if (ok && done != size_bytes)
        ok = gls_fail(error, GLS_ERROR_FORMAT, "holds fewer bytes than the archive states");
    free(buffer);
    return ok;
}

bool gls_archive_read(struct gls_archive *archive, uint64_t place, uint64_t size_bytes,
                      const struct gls_archive_sink *sink, struct gls_error *error)
{
    struct archive_entry *entry = NULL;

    if (archive->listing != NULL)
        return copy_data(archive->listing, size_bytes, sink, error);
    struct gls_archive_stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL)
        return gls_fail_memory(error);
    bool ok = archive->kind == ARCHIVE_ZIP ? open_zip_member(archive, stream, place, error)
                                           : open_tar(archive, stream, place, error);
    ok = ok && gls_archive_stream_next(stream, &entry, error);
    if (ok && entry == NULL)
        ok = gls_fail(error, GLS_ERROR_FORMAT, "is not there any more");
    ok = ok && copy_data(stream, size_bytes, sink, error);
    gls_archive_stream_close(stream);
    free(stream);
    return ok;
}
