/* SPDX-License-Identifier: MIT */
/* A build that reads no archives (GLS_ARCHIVES=off). */
#include "engine/archive/archive.h"

bool gls_archive_open(struct gls_archive **out, const char *path,
                      const struct gls_gzip_points *points, struct gls_error *error)
{
    (void)points;
    *out = NULL;
    return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                    "%s: this build of glassine reads no archives (GLS_ARCHIVES=off); unpack it "
                    "and import the folder",
                    path);
}

void gls_archive_close(struct gls_archive *archive)
{
    (void)archive;
}

bool gls_archive_list(struct gls_archive *archive,
                      bool (*on_member)(void *user, const struct gls_archive_member *member,
                                        struct gls_error *error),
                      void *user, struct gls_error *error)
{
    (void)archive;
    (void)on_member;
    (void)user;
    return gls_fail(error, GLS_ERROR_INTERNAL, "no archive is open");
}

bool gls_archive_read(struct gls_archive *archive, uint64_t place, uint64_t size_bytes,
                      const struct gls_archive_sink *sink, struct gls_error *error)
{
    (void)archive;
    (void)place;
    (void)size_bytes;
    (void)sink;
    return gls_fail(error, GLS_ERROR_INTERNAL, "no archive is open");
}
